/* synonyms.c: words that other lists use. A table, in any spelling that normal_form() makes one.
 *
 * Sources: public column names of HOPE's registration workbook (unicef/hope), of proGres v3 and v4
 * (unhcr-mena/proGres-analysis, proGres_v4_data_quality), KoboToolbox and ODK forms, 121, the febrl
 * data sets (Christen, 2008) and OpenCR's test data; what offices write in the five languages. The
 * labels of our own fields and code lists come beside them. */
#include "domain/importing/importing_int.h"

#include "base/banned.h"

const Synonym header_synonyms[] = {
    /* ---- names ---- */
    { "given_name", "given name|given names|first name|firstname|forename|forenames|fname|"
                    "individual given name|beneficiary first name|name|names|prénom|prénoms|"
                    "nom de baptême|نام|اسم|الاسم|الاسم الأول|نوم|لومړی نوم|نام کوچک|نامکوچک" },
    { "father_name", "father name|father's name|fathername|name of father|father|nom du père|père|"
                     "نام پدر|اسم پدر|ولد|پدر|د پلار نوم|دپلار نوم|پلار|اسم الأب|الأب" },
    { "grandfather_name", "grandfather name|grandfather's name|grand father name|nom du grand-père|"
                          "grand-père|نام پدرکلان|نام پدربزرگ|پدرکلان|ولدیت|د نیکه نوم|نیکه|"
                          "اسم الجد|الجد" },
    { "family_name", "family name|surname|last name|lastname|lname|sname|second family name|"
                     "family names|nom|nom de famille|تخلص|نام خانوادگی|نام فامیلی|فامیلی|"
                     "کورنی نوم|کورنۍ نوم|اسم العائلة|الكنية|اللقب|النسبة" },
    { "postnom", "postnom|post nom|post-nom|postname|second name" },
    { "mother_name", "mother name|mother's name|mothername|name of mother|nom de la mère|"
                     "نام مادر|د مور نوم|اسم الأم" },
    { "given_name_local", "given name local|given name original script|name in dari|name in pashto|"
                          "name in arabic|name dari|name arabic|name local|local name|arabic name|"
                          "first name arabic|first name local" },
    { "father_name_local", "father name local|father name in dari|father name dari|"
                           "father name arabic|father name in pashto" },
    { "grandfather_name_local", "grandfather name local|grandfather name dari" },
    { "family_name_local", "family name local|family name arabic|family name in dari|"
                           "last name arabic|last name local|surname local" },
    { "full_name", "full name|fullname|complete name|name of individual|individual name|"
                   "beneficiary name|name of beneficiary|collector name|nom complet|"
                   "nom et prénom|noms et prénoms|nom et prénoms|نام مکمل|نام کامل|"
                   "نام و تخلص|بشپړ نوم|الاسم الكامل|الاسم الثلاثي|الاسم الرباعي|progres name" },
    { "name.full_name", "alias|also known as|other name|other names|nickname|maiden name|surnom|"
                        "autre nom|لقب" },
    /* ---- person ---- */
    { "sex", "sex|gender|sexe|genre|sex code|sexcode|gender code|m/f|f/m|sex (m/f)|جنس|جنسیت|"
             "نوعیت جنس|جندر|الجنس|النوع|نوع الجنس" },
    { "birth_date", "birth date|birthdate|date of birth|dateofbirth|dob|d.o.b.|born|birthday|"
                    "date birth|birth day|birth year|year of birth|yob|naissance|ddn|"
                    "date de naissance|né le|née le|année de naissance|تاریخ تولد|تولد|"
                    "سال تولد|تاریخ تولدی|د زېږېدو نېټه|د زیږیدو نیټه|د زېږون نېټه|"
                    "تاريخ الميلاد|تاريخ الولادة|الميلاد|سنة الولادة|estimated date of birth" },
    { "age", "age|age in years|age years|individual age|individualage|current age|âge|"
             "âge en années|سن|عمر|العمر|السن|عمر به سال" },
    { "birth_place", "birth place|place of birth|birthplace|birth city|birth city town village|"
                     "lieu de naissance|محل تولد|جای تولد|د زېږېدو ځای|مكان الولادة|محل الميلاد" },
    { "nationality", "nationality|nationality code|nationality lookup name|citizenship|nationalité|"
                     "تابعیت|ملیت|تابعيت|الجنسية" },
    { "country_of_origin", "country of origin|country origin|origin country|origin country code|"
                           "coo|pays d'origine|pays origine|کشور اصلی|کشور مبدا|اصلي هېواد|"
                           "بلد المنشأ|بلد الأصل" },
    { "ethnicity", "ethnicity|ethnicity code|ethnic group|tribe|ethnie|groupe ethnique|قوم|قومیت|"
                   "العرق|القبيلة" },
    { "religion", "religion|religion code|دین|مذهب|الدين|الديانة" },
    { "marital_status", "marital status|marriage status|marriage status code|marital status name|"
                        "civil status|état civil|situation matrimoniale|statut matrimonial|"
                        "حالت مدنی|وضعیت تاهل|مدني حالت|الحالة الاجتماعية|الحالة الزوجية" },
    { "education", "education|education level|education level code|level of education|"
                   "niveau d'éducation|niveau d'instruction|études|تحصیل|سویه تحصیلی|درجه تحصیل|"
                   "زده کړې|المستوى التعليمي|التعليم" },
    { "occupation", "occupation|occupation code|profession|job|métier|پیشه|وظیفه|شغل|دنده|"
                    "المهنة|العمل" },
    { "languages", "languages|language|spoken languages|language spoken|langues|langue parlée|"
                   "زبان|زبان ها|ژبه|ژبې|اللغة|اللغات" },
    { "legal_status", "legal status|refugee status|refugee status code|refugee status name|"
                      "residence status|statut juridique|statut légal|وضعیت حقوقی|"
                      "الوضع القانوني" },
    { "registration_date", "registration date|date of registration|registered on|date registered|"
                           "first registration date|date d'enregistrement|تاریخ ثبت|"
                           "د ثبت نېټه|تاريخ التسجيل" },
    { "registration_reason", "registration reason|registration reason name|reason of registration|"
                             "motif d'enregistrement" },
    { "arrival_date", "arrival date|date of arrival|arrivaldate|date d'arrivée|arrivée|"
                      "تاریخ رسیدن|تاریخ ورود|د رارسېدو نېټه|تاريخ الوصول" },
    { "flight_date", "flight date|fled date|fleddate|date of flight|date fled|date de fuite|"
                     "date de départ" },
    /* ---- family ---- */
    { "household", "household id|household|householdid|household number|hh id|hhid|hh|hh number|"
                   "family id|family number|familyid|case number|case no|case id|caseno|group id|"
                   "group number|registration group|registration group id|"
                   "progres registrationgroupid|progres registrationgroupid name|"
                   "registration group business id|registrationgroupbusinessid|"
                   "processing group number|processing group guid|process group|parent index|"
                   "_parent_index|parentuid|parent key|ménage|id ménage|numéro de ménage|"
                   "numéro du ménage|n° ménage|numéro de famille|numéro de dossier|خانوار|"
                   "شماره خانوار|شماره فامیل|نمبر فامیل|نمبر خانواده|د کورنۍ شمېره|"
                   "رقم الأسرة|رقم العائلة|رقم الملف" },
    { "membership.relationship", "relationship|relationship to head|relationship to hoh|relation|"
                                 "relation to head|relationship to head of household|"
                                 "relationship to focal point|relationship of p name|"
                                 "relationshiptofpname|relationship to fp|"
                                 "relationship to principal representative|role in household|"
                                 "lien de parenté|lien|lien avec le chef de ménage|parenté|"
                                 "رابطه|نسبت|نسبت با سرپرست|رابطه با نماینده|اړیکه|خپلوي|"
                                 "صلة القرابة|القرابة|صلة القرابة برب الأسرة" },
    { "membership.presence", "presence|present|présent|présence|حاضر" },
    { "registration_group.size_stated", "size|household size|hh size|family size|group size|"
                                        "processing group size|number of members|"
                                        "taille du ménage|taille de la famille|تعداد اعضا|"
                                        "تعداد فامیل|عدد أفراد الأسرة" },
    { "registration_group.admin1", "admin1|admin 1|admin1 h c|admin level 1|province|region|state|"
                                   "governorate|wilayat|coa location level 1|"
                                   "coalocationlevel1|coalocationlevel1name|région|ولایت|ایالت|"
                                   "المحافظة|الولاية" },
    { "registration_group.admin2", "admin2|admin 2|admin level 2|district|county|"
                                   "coa location level 2|coalocationlevel2|"
                                   "coalocationlevel2name|territoire|préfecture|"
                                   "sous-préfecture|ولسوالی|المديرية|القضاء" },
    { "registration_group.village", "village|camp|site|settlement|suburb|town|city|locality|"
                                    "location|quartier|localité|قریه|محل|کمپ|قریه یا محل|کلی|"
                                    "القرية|المخيم|الموقع" },
    { "registration_group.address", "address|address 1|address 2|address1|address2|street|"
                                    "street number|street address|block|shelter|house number|"
                                    "postcode|post code|zip|zip code|zipcode|adresse|rue|"
                                    "آدرس|بلاک|پته|العنوان" },
    { "registration_group.coo_admin1", "coo admin1|coo location level 1|coolocationlevel1|"
                                       "coolocationlevel1name|province of origin|"
                                       "province d'origine|ولایت اصلی|محافظة المنشأ" },
    { "registration_group.coo_admin2", "coo admin2|coo location level 2|coolocationlevel2|"
                                       "coolocationlevel2name|district of origin|ولسوالی اصلی" },
    { "registration_group.coo_village", "coo village|village of origin|village d'origine|"
                                        "قریه اصلی" },
    { "registration_group.country_of_asylum", "country of asylum|asylum country|"
                                              "asylum country code|coa|pays d'asile|"
                                              "کشور پناهندگی|بلد اللجوء" },
    { "registration_group.interview_language", "preferred language|interview language|"
                                               "langue préférée|langue d'entretien|"
                                               "زبان مصاحبه" },
    /* ---- telephones and papers ---- */
    { "phone.number", "phone|phone number|phone no|phoneno|phone number 1|phone number 2|tel|"
                      "telephone|telephone number|mobile|mobile number|mobile no|msisdn|cell|"
                      "cell phone|contact number|whatsapp|whatsapp phone number|phonenumber|"
                      "primary phone number|primaryphonenumber|phone no alternative|"
                      "alternative phone|téléphone|numéro de téléphone|n° téléphone|portable|"
                      "تلفن|تلیفون|شماره تلفن|شماره تلیفون|شماره تماس|نمبر تلیفون|موبایل|"
                      "ټیلیفون|د ټیلیفون شمېره|الهاتف|رقم الهاتف|الجوال|الموبايل" },
    { "document.number", "document number|document no|id number|id no|doc number|card number|"
                         "numéro de document|numéro du document|شماره سند|رقم الوثيقة" },
    { "document.type", "document type|type of document|id type|other id type|documenttypeid|"
                       "documenttypeidname|type de document|نوع سند|نوع الوثيقة" },
    { "document.issuing_country", "issuing country|country of issue|document issuer|"
                                  "pays de délivrance" },
    { "document.issued_on", "issued on|date of issue|dateofissue|issue date|date de délivrance" },
    { "document.expires_on", "expires on|date of expiry|dateofexpiry|expiry date|"
                             "expiration date|date d'expiration" },
    { "document.number:NATIONAL_ID", "national id|national id no|national id number|nationalid|"
                                     "nin|national identification number|uganda nin|ninnumber|"
                                     "national identity card|cni|carte d'identité|"
                                     "numéro d'identité nationale|soc sec id|"
                                     "social security number|الرقم الوطني|رقم الهوية" },
    { "document.number:TAZKIRA", "tazkira|tazkera|taskera|tazkira number|tazkira no|"
                                 "paper tazkira|تذکره|نمبر تذکره|شماره تذکره|د تذکرې شمېره" },
    { "document.number:E_TAZKIRA", "e tazkira|etazkira|electronic tazkira|تذکره الکترونیکی|"
                                   "نمبر تذکره الکترونیکی" },
    { "document.number:PASSPORT", "passport|passport number|passport no|national passport|"
                                  "national passport no|passeport|numéro de passeport|پاسپورت|"
                                  "نمبر پاسپورت|جواز السفر|رقم جواز السفر" },
    { "document.number:BIRTH_CERTIFICATE", "birth certificate|birth certificate no|"
                                           "acte de naissance|شهادة الميلاد" },
    { "document.number:DRIVING_LICENCE", "drivers license|drivers license no|driving licence|"
                                         "driving license|permis de conduire" },
    { "document.number:ELECTORAL_CARD", "electoral card|electoral card no|voter card|"
                                        "carte d'électeur" },
    { "document.number:POR_CARD", "por card|por number|proof of registration|por" },
    { "document.number:ACC", "acc|acc number|afghan citizen card" },
    { "document.number:AMAYESH", "amayesh|amayesh number|آمایش|شماره آمایش" },
    { "document.number:RATION_CARD", "ration card|ration card number|carte de ration" },
    { "document.number:OTHER", "other id|other id no|tax id|tax id no|art number|scope id|"
                               "scope id no" },
    { "name.number", "individual id|individualid|unhcr id|unhcr id no|unhcr individual id|"
                     "progres id|progresid|registration number|individual number|"
                     "beneficiary id|numéro d'enregistrement|numéro individuel|رقم التسجيل|"
                     "نمبر ثبت|شماره ثبت" },
    /* What numbers rows or speaks of the form: kept with the row, nothing to say about it. */
    { "", "rec id|record id|reference id|referenceid|row|row number|no|n°|#|id|_id|_uuid|uuid|"
          "_index|index|key|instance id|instanceid|start|end|today|deviceid|device id|simserial|"
          "_submission_time|submission date|_validation_status|_notes|_status|_submitted_by|"
          "__version__|_tags|individual guid|شماره|ګڼه|الرقم|numéro|name enumerator|org enumerator|"
          "org name enumerator" },
};
const size_t n_header_synonyms = sizeof header_synonyms / sizeof header_synonyms[0];

/* list.code, or list.code-for-men/code-for-women where one word is both. */
const Synonym code_synonyms[] = {
    { "sex.F", "f|female|woman|girl|w|féminin|femme|fille|feminine|زن|دختر|اناث|مؤنث|مونث|"
               "ښځه|ښځینه|نجلۍ|أنثى|انثی|امرأة|بنت" },
    { "sex.M", "m|male|man|boy|h|masculin|homme|garçon|masculine|مرد|پسر|ذکور|مذکر|نر|نارینه|"
               "هلک|ذكر|رجل|ولد" },
    { "sex.O", "other|x|autre" },
    { "sex.U", "unknown|not collected|not answered|inconnu|unspecified|نامعلوم" },
    { "relationship.FP", "head|head of household|head of family|hoh|self|focal point|"
                         "principal representative|household head|chef de ménage|chef|"
                         "chef de famille|سرپرست|سرپرست خانواده|رئیس فامیل|خودش|"
                         "رب الأسرة|رئیس خانواده|د کورنۍ مشر" },
    { "relationship.HUS/WIF",
      "wife husband|husband wife|spouse|conjoint|conjointe|همسر|الزوج/الزوجة" },
    { "relationship.WIF", "wife|épouse|femme|زن|خانم|ښځه|مېرمن|زوجة|زوجه" },
    { "relationship.HUS", "husband|époux|mari|شوهر|مېړه|زوج" },
    { "relationship.SON/DAU", "son daughter|child|children|enfant|فرزند|اولاد|طفل|ماشوم" },
    { "relationship.SON", "son|fils|پسر|بچه|زوی|ابن" },
    { "relationship.DAU", "daughter|fille|دختر|لور|ابنة|بنت" },
    { "relationship.SBM/SBF", "brother sister|sibling" },
    { "relationship.SBM", "brother|frère|برادر|ورور|أخ" },
    { "relationship.SBF", "sister|sœur|خواهر|خور|أخت" },
    { "relationship.PRM/PRF", "mother father|father mother|parent" },
    { "relationship.PRM", "father|père|پدر|پلار|أب" },
    { "relationship.PRF", "mother|mère|مادر|مور|أم" },
    { "relationship.UNC/ANT", "aunt uncle" },
    { "relationship.GPM/GPF", "grandmother grandfather|grandparent" },
    { "relationship.GCM/GCF", "granddaugher grandson|granddaughter grandson|grandchild" },
    { "relationship.PLM/PLF", "motherinlaw fatherinlaw|parent in law" },
    { "relationship.CLM/CLF", "daughterinlaw soninlaw" },
    { "relationship.BIL/SIL", "sisterinlaw brotherinlaw" },
    { "relationship.NEP/NCE", "nephew niece" },
    { "relationship.COM/COF", "cousin" },
    { "relationship.FCM/FCF", "foster child" },
    { "relationship.CLH/CLW", "free union" },
    { "relationship.NRM/NRF", "non beneficiary|not related" },
    { "relationship.ORM/ORF", "other|other relative" },
    { "relationship.UKM/UKF", "unknown" },
    { "marital_status.SN", "s|single|never married|célibataire|مجرد|أعزب|عزباء" },
    { "marital_status.MA", "m|married|marié|mariée|متاهل|واده شوی|متزوج|متزوجة" },
    { "marital_status.WD", "w|widow|widower|widowed|veuf|veuve|بیوه|أرملة|أرمل" },
    { "marital_status.DV", "d|divorced|divorcé|divorcée|مطلقه|مطلقة|مطلق" },
    { "marital_status.SR", "separated|séparé|séparée" },
    { "presence.PRESENT", "yes|y|1|true|oui|بلی|هو|نعم" },
    { "presence.NOT_PRESENT", "no|n|0|false|non|absent|نخیر|نه|لا" },
    { "country.AFG", "af|afghan|afghane|afghani|افغان|أفغاني|أفغانية" },
    { "country.BDI", "bi|burundian|burundais|burundaise" },
    { "country.CAF", "cf|car|rca|centrafrique|centrafricain|centrafricaine|central african" },
    { "country.COD", "cd|drc|rdc|dr congo|congo drc|congo kinshasa|congolese|congolais|"
                     "congolaise|zaire|democratic republic of the congo|"
                     "république démocratique du congo|congo democratic republic of the" },
    { "country.COG", "cg|congo brazzaville|republic of the congo" },
    { "country.ERI", "er|eritrean|érythréen" },
    { "country.ETH", "et|ethiopian|éthiopien" },
    { "country.IRN", "ir|iranian|iran islamic republic of|ایرانی" },
    { "country.IRQ", "iq|iraqi" },
    { "country.KEN", "ke|kenyan" },
    { "country.MMR", "mm|burma|burmese" },
    { "country.PAK", "pk|pakistani|پاکستانی" },
    { "country.RWA", "rw|rwandan|rwandais|rwandaise" },
    { "country.SDN", "sd|sudanese|soudanais|soudanaise|سوداني" },
    { "country.SOM", "so|somali|somalien" },
    { "country.SSD", "ss|south sudanese|sud-soudanais" },
    { "country.SYR", "sy|syrian|syrien|syrienne|syrian arab republic|سوري|سورية" },
    { "country.TCD", "td|chadian|tchadien|tchadienne" },
    { "country.TZA", "tz|tanzania|tanzanian|united republic of tanzania" },
    { "country.UGA", "ug|ugandan" },
    { "country.UKR", "ua|ukrainian" },
    { "country.VEN", "ve|venezuelan" },
    { "country.YEM", "ye|yemeni" },
    { "document_type.PASSPORT", "national passport|passport" },
    { "document_type.NATIONAL_ID", "national id|id card|identity card" },
    { "document_type.DRIVING_LICENCE", "drivers license|driving license" },
    { "document_type.RESIDENCE_PERMIT", "residence permit no" },
    { "document_type.OTHER", "tax id|bank statement|disability certificate|foster child" },
};
const size_t n_code_synonyms = sizeof code_synonyms / sizeof code_synonyms[0];
