/* calling_code.c: the country calling codes (phone.h), by ISO 3166-1 alpha-3. Source: ITU-T, List of
 * Recommendation ITU-T E.164 assigned country codes; territories under the code they are dialled by. */
#include "text/phone.h"

#include "base/banned.h"

/* The country and its code, in the order of countries. */
static const char *const calling_codes[] = {
    "ABW297", "AFG93",  "AGO244", "AIA1",   "ALA358", "ALB355", "AND376", "ARE971", "ARG54",
    "ARM374", "ASM1",   "ATG1",   "AUS61",  "AUT43",  "AZE994", "BDI257", "BEL32",  "BEN229",
    "BES599", "BFA226", "BGD880", "BGR359", "BHR973", "BHS1",   "BIH387", "BLM590", "BLR375",
    "BLZ501", "BMU1",   "BOL591", "BRA55",  "BRB1",   "BRN673", "BTN975", "BWA267", "CAF236",
    "CAN1",   "CCK61",  "CHE41",  "CHL56",  "CHN86",  "CIV225", "CMR237", "COD243", "COG242",
    "COK682", "COL57",  "COM269", "CPV238", "CRI506", "CUB53",  "CUW599", "CXR61",  "CYM1",
    "CYP357", "CZE420", "DEU49",  "DJI253", "DMA1",   "DNK45",  "DOM1",   "DZA213", "ECU593",
    "EGY20",  "ERI291", "ESH212", "ESP34",  "EST372", "ETH251", "FIN358", "FJI679", "FLK500",
    "FRA33",  "FRO298", "FSM691", "GAB241", "GBR44",  "GEO995", "GGY44",  "GHA233", "GIB350",
    "GIN224", "GLP590", "GMB220", "GNB245", "GNQ240", "GRC30",  "GRD1",   "GRL299", "GTM502",
    "GUF594", "GUM1",   "GUY592", "HKG852", "HND504", "HRV385", "HTI509", "HUN36",  "IDN62",
    "IMN44",  "IND91",  "IOT246", "IRL353", "IRN98",  "IRQ964", "ISL354", "ISR972", "ITA39",
    "JAM1",   "JEY44",  "JOR962", "JPN81",  "KAZ7",   "KEN254", "KGZ996", "KHM855", "KIR686",
    "KNA1",   "KOR82",  "KWT965", "LAO856", "LBN961", "LBR231", "LBY218", "LCA1",   "LIE423",
    "LKA94",  "LSO266", "LTU370", "LUX352", "LVA371", "MAC853", "MAF590", "MAR212", "MCO377",
    "MDA373", "MDG261", "MDV960", "MEX52",  "MHL692", "MKD389", "MLI223", "MLT356", "MMR95",
    "MNE382", "MNG976", "MNP1",   "MOZ258", "MRT222", "MSR1",   "MTQ596", "MUS230", "MWI265",
    "MYS60",  "MYT262", "NAM264", "NCL687", "NER227", "NFK672", "NGA234", "NIC505", "NIU683",
    "NLD31",  "NOR47",  "NPL977", "NRU674", "NZL64",  "OMN968", "PAK92",  "PAN507", "PER51",
    "PHL63",  "PLW680", "PNG675", "POL48",  "PRI1",   "PRK850", "PRT351", "PRY595", "PSE970",
    "PYF689", "QAT974", "REU262", "ROU40",  "RUS7",   "RWA250", "SAU966", "SDN249", "SEN221",
    "SGP65",  "SHN290", "SJM47",  "SLB677", "SLE232", "SLV503", "SMR378", "SOM252", "SPM508",
    "SRB381", "SSD211", "STP239", "SUR597", "SVK421", "SVN386", "SWE46",  "SWZ268", "SXM1",
    "SYC248", "SYR963", "TCA1",   "TCD235", "TGO228", "THA66",  "TJK992", "TKL690", "TKM993",
    "TLS670", "TON676", "TTO1",   "TUN216", "TUR90",  "TUV688", "TWN886", "TZA255", "UGA256",
    "UKR380", "URY598", "USA1",   "UZB998", "VAT39",  "VCT1",   "VEN58",  "VGB1",   "VIR1",
    "VNM84",  "VUT678", "WLF681", "WSM685", "XKX383", "YEM967", "ZAF27",  "ZMB260", "ZWE263",
};

Str phone_calling_code(Str country) {
    size_t from = 0, to = sizeof calling_codes / sizeof calling_codes[0];
    while (country.n == 3 && from < to) {
        size_t mid = from + (to - from) / 2;
        int order = memcmp(country.s, calling_codes[mid], 3);
        if (order == 0) return str_of(calling_codes[mid] + 3);
        if (order < 0)
            to = mid;
        else
            from = mid + 1;
    }
    return STR("");
}
