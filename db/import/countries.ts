/**
 * ISO 3166-1 alpha-2, alpha-3, and the currency that tickets are usually priced in (CLDR's first legal tender;
 * Bulgaria has the euro since 2026).
 */
const table = `
AD:AND:EUR AE:ARE:AED AF:AFG:AFN AG:ATG:XCD AI:AIA:XCD AL:ALB:ALL AM:ARM:AMD AO:AGO:AOA
AQ:ATA:USD AR:ARG:ARS AS:ASM:USD AT:AUT:EUR AU:AUS:AUD AW:ABW:AWG AX:ALA:EUR AZ:AZE:AZN
BA:BIH:BAM BB:BRB:BBD BD:BGD:BDT BE:BEL:EUR BF:BFA:XOF BG:BGR:EUR BH:BHR:BHD BI:BDI:BIF
BJ:BEN:XOF BL:BLM:EUR BM:BMU:BMD BN:BRN:BND BO:BOL:BOB BQ:BES:USD BR:BRA:BRL BS:BHS:BSD
BT:BTN:INR BV:BVT:NOK BW:BWA:BWP BY:BLR:BYN BZ:BLZ:BZD CA:CAN:CAD CC:CCK:AUD CD:COD:CDF
CF:CAF:XAF CG:COG:XAF CH:CHE:CHF CI:CIV:XOF CK:COK:NZD CL:CHL:CLP CM:CMR:XAF CN:CHN:CNY
CO:COL:COP CR:CRI:CRC CU:CUB:CUP CV:CPV:CVE CW:CUW:XCG CX:CXR:AUD CY:CYP:EUR CZ:CZE:CZK
DE:DEU:EUR DJ:DJI:DJF DK:DNK:DKK DM:DMA:XCD DO:DOM:DOP DZ:DZA:DZD EC:ECU:USD EE:EST:EUR
EG:EGY:EGP EH:ESH:MAD ER:ERI:ERN ES:ESP:EUR ET:ETH:ETB FI:FIN:EUR FJ:FJI:FJD FK:FLK:FKP
FM:FSM:USD FO:FRO:DKK FR:FRA:EUR GA:GAB:XAF GB:GBR:GBP GD:GRD:XCD GE:GEO:GEL GF:GUF:EUR
GG:GGY:GBP GH:GHA:GHS GI:GIB:GIP GL:GRL:DKK GM:GMB:GMD GN:GIN:GNF GP:GLP:EUR GQ:GNQ:XAF
GR:GRC:EUR GS:SGS:GBP GT:GTM:GTQ GU:GUM:USD GW:GNB:XOF GY:GUY:GYD HK:HKG:HKD HM:HMD:AUD
HN:HND:HNL HR:HRV:EUR HT:HTI:HTG HU:HUN:HUF ID:IDN:IDR IE:IRL:EUR IL:ISR:ILS IM:IMN:GBP
IN:IND:INR IO:IOT:USD IQ:IRQ:IQD IR:IRN:IRR IS:ISL:ISK IT:ITA:EUR JE:JEY:GBP JM:JAM:JMD
JO:JOR:JOD JP:JPN:JPY KE:KEN:KES KG:KGZ:KGS KH:KHM:KHR KI:KIR:AUD KM:COM:KMF KN:KNA:XCD
KP:PRK:KPW KR:KOR:KRW KW:KWT:KWD KY:CYM:KYD KZ:KAZ:KZT LA:LAO:LAK LB:LBN:LBP LC:LCA:XCD
LI:LIE:CHF LK:LKA:LKR LR:LBR:LRD LS:LSO:ZAR LT:LTU:EUR LU:LUX:EUR LV:LVA:EUR LY:LBY:LYD
MA:MAR:MAD MC:MCO:EUR MD:MDA:MDL ME:MNE:EUR MF:MAF:EUR MG:MDG:MGA MH:MHL:USD MK:MKD:MKD
ML:MLI:XOF MM:MMR:MMK MN:MNG:MNT MO:MAC:MOP MP:MNP:USD MQ:MTQ:EUR MR:MRT:MRU MS:MSR:XCD
MT:MLT:EUR MU:MUS:MUR MV:MDV:MVR MW:MWI:MWK MX:MEX:MXN MY:MYS:MYR MZ:MOZ:MZN NA:NAM:ZAR
NC:NCL:XPF NE:NER:XOF NF:NFK:AUD NG:NGA:NGN NI:NIC:NIO NL:NLD:EUR NO:NOR:NOK NP:NPL:NPR
NR:NRU:AUD NU:NIU:NZD NZ:NZL:NZD OM:OMN:OMR PA:PAN:PAB PE:PER:PEN PF:PYF:XPF PG:PNG:PGK
PH:PHL:PHP PK:PAK:PKR PL:POL:PLN PM:SPM:EUR PN:PCN:NZD PR:PRI:USD PS:PSE:ILS PT:PRT:EUR
PW:PLW:USD PY:PRY:PYG QA:QAT:QAR RE:REU:EUR RO:ROU:RON RS:SRB:RSD RU:RUS:RUB RW:RWA:RWF
SA:SAU:SAR SB:SLB:SBD SC:SYC:SCR SD:SDN:SDG SE:SWE:SEK SG:SGP:SGD SH:SHN:SHP SI:SVN:EUR
SJ:SJM:NOK SK:SVK:EUR SL:SLE:SLE SM:SMR:EUR SN:SEN:XOF SO:SOM:SOS SR:SUR:SRD SS:SSD:SSP
ST:STP:STN SV:SLV:USD SX:SXM:XCG SY:SYR:SYP SZ:SWZ:SZL TC:TCA:USD TD:TCD:XAF TF:ATF:EUR
TG:TGO:XOF TH:THA:THB TJ:TJK:TJS TK:TKL:NZD TL:TLS:USD TM:TKM:TMT TN:TUN:TND TO:TON:TOP
TR:TUR:TRY TT:TTO:TTD TV:TUV:AUD TW:TWN:TWD TZ:TZA:TZS UA:UKR:UAH UG:UGA:UGX UM:UMI:USD
US:USA:USD UY:URY:UYU UZ:UZB:UZS VA:VAT:EUR VC:VCT:XCD VE:VEN:VES VG:VGB:USD VI:VIR:USD
VN:VNM:VND VU:VUT:VUV WF:WLF:XPF WS:WSM:WST XK:XKX:EUR YE:YEM:YER YT:MYT:EUR ZA:ZAF:ZAR
ZM:ZMB:ZMW ZW:ZWE:USD`;

/** How sources write a country when they use neither a code nor CLDR's English name. Keys as {@link nameKey} gives. */
const otherNames: Readonly<Record<string, string>> = {
  america: "US",
  bosnia: "BA",
  "bosnia and herzegovina": "BA",
  brasil: "BR",
  burma: "MM",
  "cabo verde": "CV",
  czechia: "CZ",
  "czech republic": "CZ",
  deutschland: "DE",
  "dr congo": "CD",
  england: "GB",
  espana: "ES",
  "great britain": "GB",
  holland: "NL",
  "hong kong": "HK",
  italia: "IT",
  "ivory coast": "CI",
  "korea republic": "KR",
  macao: "MO",
  "north macedonia": "MK",
  "northern ireland": "GB",
  nippon: "JP",
  osterreich: "AT",
  palestine: "PS",
  polska: "PL",
  "republic of ireland": "IE",
  "republic of korea": "KR",
  "russian federation": "RU",
  schweiz: "CH",
  scotland: "GB",
  suisse: "CH",
  "the netherlands": "NL",
  turkey: "TR",
  turkiye: "TR",
  uk: "GB",
  "united states of america": "US",
  "viet nam": "VN",
  wales: "GB",
};

interface Country {
  readonly code: string;
  readonly currency: string;
}

const byCode = new Map<string, Country>();
const byName = new Map<string, string>();
const englishName = new Intl.DisplayNames("en", { type: "region" });
for (const row of table.trim().split(/\s+/)) {
  const [code = "", alpha3 = "", currency = ""] = row.split(":");
  byCode.set(code, { code, currency });
  byCode.set(alpha3, { code, currency });
  byName.set(nameKey(englishName.of(code) ?? code), code);
}
for (const [name, code] of Object.entries(otherNames)) byName.set(name, code);

/**
 * Finds the country that a text means.
 * @param text an alpha-2 or alpha-3 code, or a name in English (and some in other languages), in any case
 * @returns the ISO 3166-1 alpha-2 code, or undefined when no country is called so
 */
export function countryCode(text: string): string | undefined {
  const code = text.trim().replaceAll(".", "").toUpperCase();
  return byCode.get(code)?.code ?? byName.get(nameKey(text));
}

/** @returns the ISO 4217 code of the currency of a country given by its alpha-2 code; US dollars if unknown */
export function currencyOfCountry(code: string): string {
  return byCode.get(code)?.currency ?? "USD";
}

/** @returns every alpha-2 code of the table */
export function allCountryCodes(): string[] {
  return [...new Set([...byCode.values()].map((it) => it.code))];
}

/** Names are compared without accents, case, punctuation and a leading "the". */
function nameKey(name: string): string {
  return name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/&/g, " and ")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .replace(/^the /, "");
}
