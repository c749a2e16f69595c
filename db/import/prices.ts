/** Prices of the default bands in units of a euro or dollar, dearest first. */
const defaultUnits = [120, 85, 60, 40] as const;

/** About how many units buy a euro, as round figures; currencies without an entry are of the same size. */
const unitsPerEuro: Readonly<Record<string, number>> = Object.fromEntries(
  `AED 4 AFN 75 ALL 100 AMD 400 AOA 1000 ARS 1500 AZN 2 BAM 2 BBD 2 BDT 130 BIF 3000 BOB 8 BRL 6 BSD 1 BWP 15 BYN 3
  BZD 2 CDF 3000 CLP 1000 CNY 8 COP 4500 CRC 600 CUP 25 CVE 100 CZK 25 DJF 200 DKK 7 DOP 65 DZD 150 EGP 50 ERN 15
  ETB 150 FJD 2.5 GEL 3 GHS 12 GMD 80 GNF 10000 GTQ 8 GYD 200 HKD 8 HNL 30 HTG 150 HUF 400 IDR 20000 ILS 4 INR 100
  IQD 1500 IRR 50000 ISK 150 JMD 175 JPY 150 KES 150 KGS 100 KHR 4500 KMF 500 KPW 1000 KRW 1500 KZT 600 LAK 25000
  LBP 100000 LKR 350 LRD 200 LYD 5 MAD 10 MDL 20 MGA 5000 MKD 60 MMK 2500 MNT 4000 MOP 8 MRU 40 MUR 50 MVR 18
  MWK 2000 MXN 20 MYR 5 MZN 70 NGN 1700 NIO 40 NOK 12 NPR 160 PEN 4 PGK 4 PHP 65 PKR 300 PLN 4 PYG 8000 QAR 4
  RON 5 RSD 120 RUB 100 RWF 1500 SAR 4 SBD 9 SCR 15 SDG 600 SEK 12 SLE 25 SOS 600 SRD 40 SSP 5000 STN 25 SYP 13000
  SZL 20 THB 40 TJS 12 TMT 4 TND 3 TOP 2.5 TRY 45 TTD 8 TWD 35 TZS 3000 UAH 45 UGX 4000 UYU 45 UZS 14000 VES 200
  VND 30000 VUV 130 WST 3 XAF 650 XCD 3 XCG 2 XOF 650 XPF 120 YER 300 ZAR 20 ZMW 28`
    .trim()
    .split(/\s+/)
    .flatMap((code, index, all) => (index % 2 === 0 ? [[code, Number(all[index + 1])]] : [])),
);

const knownCurrencies = new Set(Intl.supportedValuesOf("currency"));

export function isCurrency(code: string): boolean {
  return knownCurrencies.has(code);
}

/**
 * Converts an amount such as 25.5 to minor units, by the currency's own number of decimals (0 for JPY, 3 for KWD).
 * @returns a whole number
 */
export function minorUnitsOf(amount: number, currency: string): number {
  // Through text: 1.005 * 100 would be 100.49999999999999.
  return Math.round(Number(`${amount}e${decimalsOf(currency)}`));
}

const decimals = new Map<string, number>();

function decimalsOf(currency: string): number {
  let known = decimals.get(currency);
  if (known === undefined) {
    const format = new Intl.NumberFormat("en", { style: "currency", currency });
    known = format.resolvedOptions().maximumFractionDigits ?? 2;
    decimals.set(currency, known);
  }
  return known;
}

/** Prices for an event whose source names none: minor units, dearest first. */
export function defaultPrices(currency: string): number[] {
  const size = unitsPerEuro[currency] ?? 1;
  return defaultUnits.map((units) => minorUnitsOf(Math.round(units * size), currency));
}

/**
 * As many bands as by default, spread evenly over a range.
 * @param lowest minor units
 * @param highest minor units
 * @returns dearest first; one price when the range is a single one
 */
export function pricesBetween(lowest: number, highest: number): number[] {
  const steps = defaultUnits.length - 1;
  const prices = defaultUnits.map((_, index) =>
    Math.round(highest - ((highest - lowest) * index) / steps),
  );
  return [...new Set(prices)];
}
