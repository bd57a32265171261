// meta.mjs: the model as the mock server describes it (development only; the C server has the truth).

// name|English|Dari
const table = (text) =>
  text.trim().split('\n').map((line) => {
    const [code, en, fa, parent] = line.split('|').map((s) => s.trim());
    return { code, en, fa: fa || en, parent };
  });

export const CODES = {
  sex: table(`F|Female|زن\nM|Male|مرد\nU|Unknown|نامعلوم`),
  date_precision: table(`exact|Exact|دقیق\nmonth|Month|ماه\nyear|Year|سال\nage|Age|سن`),
  relationship: table(`FP|Focal point|نقطهٔ تماس\nWIF|Wife|همسر (زن)\nHUS|Husband|شوهر\nSON|Son|پسر\nDAU|Daughter|دختر\nPRM|Father|پدر\nPRF|Mother|مادر\nSBM|Brother|برادر\nSBF|Sister|خواهر\nGCM|Grandson|نواسهٔ پسر\nGCF|Granddaughter|نواسهٔ دختر\nGPM|Grandfather|پدرکلان\nGPF|Grandmother|مادرکلان\nCLM|Son-in-law|داماد\nCLF|Daughter-in-law|عروس\nPLM|Father-in-law|خسر\nPLF|Mother-in-law|خشو\nBIL|Brother-in-law|برادر همسر\nSIL|Sister-in-law|خواهر همسر\nUNC|Uncle|کاکا یا ماما\nANT|Aunt|عمه یا خاله\nNEP|Nephew|برادرزاده (پسر)\nNCE|Niece|برادرزاده (دختر)\nCOM|Cousin (male)|پسر کاکا\nCOF|Cousin (female)|دختر کاکا\nSCM|Stepson|پسر اندر\nSCF|Stepdaughter|دختر اندر\nFCM|Foster son|پسر پرورشی\nFCF|Foster daughter|دختر پرورشی\nNRM|Not related (male)|بی‌خویشاوندی (مرد)\nNRF|Not related (female)|بی‌خویشاوندی (زن)\nU|Unknown|نامعلوم`),
  marital_status: table(`SN|Single|مجرد\nMA|Married|متأهل\nWD|Widowed|بیوه\nDV|Divorced|طلاق‌شده\nSR|Separated|جدا شده\nEG|Engaged|نامزد\nU|Unknown|نامعلوم`),
  country: table(`AFG|Afghanistan|افغانستان\nPAK|Pakistan|پاکستان\nIRN|Iran|ایران\nCOD|DR Congo|کانگوی دموکراتیک\nCAF|Central African Republic|افریقای مرکزی\nSYR|Syria|سوریه\nIRQ|Iraq|عراق\nSDN|Sudan|سودان\nSSD|South Sudan|سودان جنوبی\nTJK|Tajikistan|تاجکستان\nUZB|Uzbekistan|ازبکستان\nTKM|Turkmenistan|ترکمنستان\nUGA|Uganda|یوگاندا\nTCD|Chad|چاد\nCMR|Cameroon|کامرون\nSTA|Stateless|بی‌تابعیت`),
  language: table(`prs|Dari|دری\npus|Pashto|پښتو\nuzb|Uzbek|ازبکی\ntuk|Turkmen|ترکمنی\nhaz|Hazaragi|هزارگی\nara|Arabic|عربی\nfra|French|فرانسوی\nlin|Lingala|لینگالا\nsag|Sango|سانگو\neng|English|انگلیسی\nurd|Urdu|اردو`),
  ethnicity: table(`PAS|Pashtun|پشتون\nTAJ|Tajik|تاجک\nHAZ|Hazara|هزاره\nUZB|Uzbek|ازبک\nTKM|Turkmen|ترکمن\nBAL|Baloch|بلوچ\nOTH|Other|دیگر`),
  religion: table(`SUN|Sunni|سنی\nSIT|Shia|شیعه\nISM|Isma'ili|اسماعیلی\nCHR|Christian|مسیحی\nHIN|Hindu|هندو\nSIK|Sikh|سیک\nNON|None|هیچ`),
  education: table(`NE|None|هیچ\nIN|Informal|غیررسمی\n6|6 years|۶ سال\n9|9 years|۹ سال\n12|12 years|۱۲ سال\nTC|Technical|تخنیکی\nUG|University|پوهنتون\nU|Unknown|نامعلوم`),
  occupation: table(`61|Farmer|دهقان\n71|Builder|معمار\n75|Tailor|خیاط\n23|Teacher|معلم\n52|Shopkeeper|دکاندار\n91|Domestic work|کار خانه\n96|Labourer|کارگر\n00|None|بی‌کار`),
  legal_status: table(`REF_PF|Refugee, prima facie|پناهنده (بدوی)\nASY_REG|Asylum-seeker, registered|پناهجو، ثبت‌شده\nASY_RSD|Asylum-seeker, in procedure|پناهجو، در جریان\nRET|Returnee|عودت‌کننده\nIDP|Internally displaced|بی‌جاشدهٔ داخلی\nUNK|Unknown|نامعلوم`),
  registration_reason: table(`NEW_ARRIVAL|New arrival|تازه رسیده\nNEW_BIRTH|New birth|تولد\nFAMILY_JOINED|Joined the family|پیوسته به خانواده\nLATE|Late registration|ثبت دیرهنگام\nRE_ENTRY|Came again|بازگشته`),
  process_status: table(`ACTIVE|Active|فعال\nHOLD|On hold|معطل\nINACTIVE|Inactive|غیرفعال\nCLOSED|Closed|بسته`),
  status_reason: table(`VERIF_NOSHOW|Did not come to verification|به بررسی نیامد\nDECEASED|Deceased|وفات\nVOLREP|Returned home|برگشته به وطن\nRESETTLED|Resettled|اسکان مجدد`),
  registration_level: table(`EMERGENCY|Emergency|اضطراری\nBASIC|Basic|اساسی\nCOMPREHENSIVE|Comprehensive|کامل`),
  presence: table(`PRESENT|Present|حاضر\nNOT_PRESENT|Not present|غیرحاضر`),
  phone_type: table(`MOBILE|Mobile|موبایل\nHOME|Home|خانه\nRELATIVE|A relative's|از خویشاوند`),
  document_type: table(`TAZKIRA|Tazkira|تذکره\nPASSPORT|Passport|پاسپورت\nPOR_CARD|PoR card|کارت PoR\nACC|Afghan citizen card|کارت ACC\nAMAYESH|Amayesh card|کارت آمایش\nBIRTH_CERT|Birth certificate|سند تولد\nUNDOC|None|هیچ`),
  specific_need: table(`CR|Child at risk|طفل در معرض خطر\nCR-NE|Child at risk: not attending school|طفل در معرض خطر: بیرون از مکتب|CR\nSC|Unaccompanied or separated child|طفل بی‌سرپرست\nSC-UC|Unaccompanied child|طفل تنها|SC\nSC-SC|Separated child|طفل جدا شده|SC\nWR|Woman at risk|زن در معرض خطر\nWR-SF|Single woman at risk|زن تنها|WR\nER|Older person at risk|سالمند در معرض خطر\nER-NF|Older person alone|سالمند تنها|ER\nDS|Disability|معلولیت\nDS-BD|Visual impairment|مشکل بینایی|DS\nDS-PM|Physical disability, moderate|معلولیت جسمی متوسط|DS\nSM|Serious medical condition|مشکل جدی صحی\nSM-CI|Chronic illness|بیماری مزمن|SM\nSP|Single parent|والد تنها\nSP-PT|Single parent|مادر یا پدر تنها|SP`),
  need_status: table(`REPORTED|Reported|گزارش‌شده\nPENDING_REVIEW|Waits for review|منتظر بررسی\nCONFIRMED|Confirmed|تأییدشده\nCLOSED|Closed|بسته`),
  consent_purpose: table(`REGISTRATION|Registration|ثبت\nASSISTANCE|Sharing for assistance|شریک‌سازی برای کمک\nGOVERNMENT|Sharing with the government|شریک‌سازی با حکومت\nPHOTO|Photo|عکس`),
  consent_answer: table(`GIVEN|Yes|بلی\nREFUSED|No|نخیر\nNOT_ASKED|Not asked|پرسیده نشد`),
  name_type: table(`ALIAS|Also known as|نام دیگر\nMAIDEN|Maiden name|نام پیش از ازدواج\nDOCUMENT|As on a document|در سند\nOLD_NUMBER|Old number|نمبر سابقه`),
  photo_status: table(`TAKEN|Taken|گرفته شد\nREFUSED|Refused|رد شد\nPOSTPONED|Later|بعداً`),
  office_type: table(`COUNTRY|Country office|دفتر کشور\nFIELD|Field office|دفتر ساحوی\nSITE|Registration site|محل ثبت`),
  calendar: table(`gregorian|Gregorian|میلادی\nsolar|Solar Hijri|هجری شمسی\nlunar|Lunar Hijri|هجری قمری`),
  user_status: table(`ACTIVE|Active|فعال\nSUSPENDED|Suspended|معطل`),
  batch_state: table(`STAGED|Waits for approval|منتظر تأیید\nAPPROVED|Approved|تأییدشده\nREFUSED|Refused|ردشده\nTAKEN_BACK|Taken back|پس گرفته شد`),
  correction_reason: table(`TYPING|Typing mistake|اشتباه تایپی\nSAID_WRONG|The person said so|به گفتهٔ شخص\nDOCUMENT|A document shows it|بر اساس سند\nCHANGED|It has changed|تغییر کرده است\nVERIFICATION|Found at verification|در بررسی دانسته شد`),
  void_reason: table(`ERROR|Registered by mistake|اشتباهی ثبت شد\nDUPLICATE|Registered twice|دو بار ثبت شد\nTEST|Practice entry|برای تمرین`),
  move_reason: table(`MARRIAGE|Marriage|ازدواج\nDIVORCE|Divorce|طلاق\nMOVE|Moved away|نقل مکان\nQUARREL|Family's wish|خواست خانواده\nERROR|Entered in the wrong family|در خانوادهٔ غلط ثبت شد`),
  permission: table(['person.read', 'person.write', 'person.void', 'need.read', 'need.write', 'sealed.read', 'import', 'import.approve', 'export', 'user.read', 'user.write', 'office.write', 'model.write', 'history.read', 'conflict.resolve', 'system'].map((p) => `${p}|${p}|`).join('\n')),
  lane: table(`control|Control|کنترول\ncore|Core|اساسی\nprotection|Protection|حفاظت\nbiometric|Biometric|بیومتریک\nfinance|Finance|مالی`),
};

// name type[:codes|kind] label | Dari label | ask | flags
const f = (line) => {
  const [spec, en, fa = en, ask = 'basic', flags = ''] = line.split('|').map((s) => s.trim());
  const [name, typed] = spec.split(' ');
  const [type, of] = typed.split(':');
  return { name, type, of, en, fa, ask, flags: flags.split(' ').filter(Boolean) };
};

const KINDS = {
  office: ['Office', 'دفتر', 'name', 1, [
    'code text|Code|کود', 'name text|Name|نام', 'type code:office_type|Type|نوع', 'parent ref:office|Belongs to|مربوط به',
    'country code:country|Country|کشور', 'utc_offset_minutes int|UTC offset|تفاوت ساعت', 'calendar code:calendar|Calendar|تقویم',
    'language text|Language|زبان', 'dial_code text|Calling code|کود تلیفون']],
  user: ['User', 'کاربر', 'name', 2, [
    'login text|Login|نام کاربری', 'name text|Name|نام', 'office ref:office|Office|دفتر', 'language text|Language|زبان',
    'status code:user_status|Status|وضعیت', 'must_change_password bool|Must change password|باید رمز را تغییر دهد', 'ends_on date|Ends on|ختم']],
  role: ['Role', 'نقش', 'name', 3, ['code text|Code|کود', 'name text|Name|نام', 'permissions set:permission|May|اجازه‌ها', 'lanes set:lane|Lanes|بخش‌ها']],
  grant: ['Grant', 'واگذاری', '', 4, ['user ref:user|User|کاربر', 'role ref:role|Role|نقش', 'office ref:office|Office|دفتر', 'until date|Until|تا']],
  registration_group: ['Family', 'خانواده', 'number', 20, [
    'number text|Number|نمبر||indexed search fixed', 'focal_point ref:person|Focal point|نقطهٔ تماس', 'size_stated int|Size stated|تعداد گفته‌شده',
    'registration_date date|Registered on|تاریخ ثبت||indexed fixed', 'registration_level code:registration_level|Level|سطح', 'registration_reason code:registration_reason|Reason|علت ثبت',
    'process_status code:process_status|Status|وضعیت', 'status_reason code:status_reason|Status reason|علت وضعیت', 'country_of_asylum code:country|Country of asylum|کشور پناه',
    'admin1 text|Province|ولایت', 'admin2 text|District|ولسوالی', 'village text|Village or site|قریه یا محل||indexed', 'address text|Address|آدرس',
    'coo_admin1 text|Province of origin|ولایت اصلی', 'coo_admin2 text|District of origin|ولسوالی اصلی', 'coo_village text|Village of origin|قریهٔ اصلی',
    'arrival_date date|Arrived on|تاریخ رسیدن', 'interview_language code:language|Interview language|زبان مصاحبه', 'note text|Note|یادداشت|comprehensive|long']],
  person: ['Person', 'شخص', 'display_name', 21, [
    'number text|Number|نمبر||indexed search fixed', 'given_name text|Given name|نام|emergency', 'father_name text|Father\'s name|نام پدر|emergency', 'grandfather_name text|Grandfather\'s name|نام پدرکلان',
    'family_name text|Family name|تخلص', 'postnom text|Postnom|پس‌نام|comprehensive', 'mother_name text|Mother\'s name|نام مادر|comprehensive',
    'given_name_local text|Given name (original script)|نام (خط اصلی)|emergency', 'father_name_local text|Father\'s name (original script)|نام پدر (خط اصلی)|emergency',
    'grandfather_name_local text|Grandfather\'s name (original script)|نام پدرکلان (خط اصلی)', 'family_name_local text|Family name (original script)|تخلص (خط اصلی)',
    'display_name text|Name|نام کامل|never|sort fixed', 'sex code:sex|Sex|جنس|emergency', 'birth_date date|Birth|تولد|emergency|indexed', 'birth_date_precision code:date_precision|Precision|دقت',
    'birth_date_entered text|As said|چنان‌که گفته شد', 'birth_place text|Place of birth|محل تولد|comprehensive', 'nationality code:country|Nationality|تابعیت', 'country_of_origin code:country|Country of origin|کشور اصلی|emergency',
    'ethnicity code:ethnicity|Ethnicity|قوم|comprehensive', 'religion code:religion|Religion|دین|comprehensive', 'marital_status code:marital_status|Marital status|حالت مدنی',
    'education code:education|Education|تحصیل|comprehensive', 'occupation code:occupation|Occupation|پیشه|comprehensive', 'languages set:language|Languages|زبان‌ها|comprehensive', 'legal_status code:legal_status|Legal status|وضعیت حقوقی',
    'registration_date date|Registered on|تاریخ ثبت||fixed indexed', 'registration_reason code:registration_reason|Reason|علت ثبت', 'process_status code:process_status|Status|وضعیت', 'status_reason code:status_reason|Status reason|علت وضعیت',
    'arrival_date date|Arrived on|تاریخ رسیدن', 'flight_date date|Left home on|تاریخ ترک وطن|comprehensive', 'mother ref:person|Mother|مادر', 'father ref:person|Father|پدر', 'spouse ref:person|Spouse|همسر', 'caregiver ref:person|Caregiver|سرپرست',
    'photo_status code:photo_status|Photo|عکس', 'closed_on date|Closed on|تاریخ بستن']],
  membership: ['Membership', 'عضویت', '', 22, ['person ref:person|Person|شخص', 'registration_group ref:registration_group|Family|خانواده', 'relationship code:relationship|Relationship|نسبت', 'presence code:presence|Presence|حضور', 'from_date date|From|از', 'to_date date|To|تا']],
  name: ['Other name', 'نام دیگر', 'full_name', 23, ['person ref:person|Person|شخص', 'name_type code:name_type|Kind|نوع', 'full_name text|Name|نام', 'full_name_local text|Name (original script)|نام (خط اصلی)', 'note text|Note|یادداشت']],
  phone: ['Phone', 'تلیفون', 'number', 24, ['person ref:person|Person|شخص', 'number text|Number|نمبر', 'type code:phone_type|Kind|نوع', 'owner_note text|Whose|از کی']],
  document: ['Document', 'سند', 'number', 25, ['person ref:person|Person|شخص', 'type code:document_type|Kind|نوع||required', 'number text|Number|نمبر', 'issuing_country code:country|Issued by|صادرکننده', 'issued_on date|Issued on|تاریخ صدور', 'expires_on date|Expires on|تاریخ ختم', 'note text|Note|یادداشت']],
  specific_need: ['Specific need', 'نیازمندی خاص', '', 26, ['person ref:person|Person|شخص', 'need code:specific_need|Need|نیازمندی||required', 'status code:need_status|Status|وضعیت', 'since date|Since|از', 'note text|Note|یادداشت||long sealed']],
  consent: ['Consent', 'رضایت', '', 27, ['person ref:person|Person|شخص', 'purpose code:consent_purpose|Purpose|مقصد', 'answer code:consent_answer|Answer|جواب', 'asked_on date|Asked on|تاریخ پرسش', 'language code:language|Language|زبان']],
  photo: ['Photo', 'عکس', '', 28, ['person ref:person|Person|شخص', 'image blob|Image|تصویر', 'taken_on date|Taken on|تاریخ']],
  interview: ['Interview', 'مصاحبه', '', 29, ['registration_group ref:registration_group|Family|خانواده', 'clerk ref:user|Clerk|کارمند', 'called_at time|Called|خواسته شد', 'first_key_at time|Begun|آغاز', 'saved_at time|Saved|ثبت شد', 'parked_seconds int|Parked (seconds)|معطل (ثانیه)', 'resumed int|Resumed|ادامه']],
  import_batch: ['Import', 'ورود', 'file_name', 30, ['file_name text|File|فایل', 'kind text|Kind|نوع', 'rows int|Rows|قطارها', 'state code:batch_state|State|حالت', 'approved_by ref:user|Decided by|تصمیم', 'made int|Made|ساخته شد']],
  saved_view: ['Saved view', 'نمای ذخیره‌شده', 'name', 9, ['name text|Name|نام', 'owner ref:user|Owner|مالک', 'on_kind text|Kind|نوع', 'expression text|Condition|شرط', 'order text|Order|ترتیب', 'columns text|Columns|ستون‌ها', 'shared bool|Shared|مشترک']],
};

const OPS = {
  'person.correct': ['Correct a person', 'تصحیح شخص', 'person.write', 'correction_reason'], 'group.correct': ['Correct a family', 'تصحیح خانواده', 'person.write', 'correction_reason'],
  'group.register': ['Register a family', 'ثبت خانواده', 'person.write'], 'person.register': ['Register a person', 'ثبت شخص', 'person.write'],
  'group.void': ['Void a registration', 'لغو ثبت', 'person.void', 'void_reason'], 'person.void': ['Void a person', 'لغو شخص', 'person.void', 'void_reason'],
  'record.add': ['Add', 'افزودن', 'person.write'], 'record.correct': ['Correct', 'تصحیح', 'person.write', 'correction_reason'], 'record.void': ['Remove', 'حذف', 'person.write', 'void_reason'],
  'member.move': ['Move a person', 'انتقال شخص', 'person.write', 'move_reason'], 'member.split': ['Split a family', 'جدا کردن خانواده', 'person.write', 'move_reason'],
  'group.set_focal_point': ['Change the focal point', 'تغییر نقطهٔ تماس', 'person.write', 'move_reason'], 'member.presence': ['Mark presence', 'حضور', 'person.write'],
  'act.undo': ['Undo', 'برگرداندن', 'person.write', 'correction_reason'], 'import.stage': ['Stage an import', 'آماده کردن ورود', 'import'], 'import.approve': ['Approve an import', 'تأیید ورود', 'import.approve'],
  'import.refuse': ['Refuse an import', 'رد ورود', 'import.approve', 'void_reason'], 'import.take_back': ['Take back an import', 'پس گرفتن ورود', 'import.approve', 'void_reason'],
};

export function metaFor(lang) {
  const pick = (row) => (lang === 'fa' || lang === 'ps' ? row.fa : row.en);
  const codes = Object.fromEntries(Object.entries(CODES).map(([list, rows]) => [
    list, rows.map((r) => ({ code: r.code, label: pick(r), ...(r.parent ? { parent: r.parent } : {}) })),
  ]));
  const kinds = Object.entries(KINDS).map(([name, [en, fa, title, no, fields]]) => ({
    name, no, title_field: title, label: pick({ en, fa }),
    fields: fields.map(f).map((x, i) => ({
      name: x.name, no: i + 2, type: x.type, ask: x.ask, label: pick(x), flags: x.flags,
      ...(x.type === 'code' || x.type === 'set' ? { codes: x.of } : {}), ...(x.type === 'ref' ? { kind: x.of } : {}),
      lane: name === 'specific_need' ? 'protection' : 'core',
    })),
  }));
  const ops = Object.entries(OPS).map(([name, [en, fa, needs, reason]]) => ({
    name, version: 1, title: pick({ en, fa }), needs, read: false, job: name.startsWith('import.') && name !== 'import.refuse',
    takes: { fields: reason ? [{ name: 'reason', type: 'code', codes: reason }] : [] }, returns: {},
  }));
  return { kinds, codes, ops };
}

export function labelOf(lang, list, code) {
  const row = (CODES[list] ?? []).find((r) => r.code === code);
  return row === undefined ? undefined : lang === 'fa' || lang === 'ps' ? row.fa : row.en;
}

export const fieldsOf = (kind) => (KINDS[kind]?.[4] ?? []).map(f);
export const opTitle = (lang, op) => {
  const row = OPS[op];
  return row === undefined ? op : lang === 'fa' || lang === 'ps' ? row[1] : row[0];
};
