/** Notes and coins in minor units, largest first. */
const KNOWN: Record<string, number[]> = {
  EUR: [50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1],
  USD: [10000, 5000, 2000, 1000, 500, 200, 100, 50, 25, 10, 5, 1],
  GBP: [5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1],
  CHF: [100000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5],
  CAD: [10000, 5000, 2000, 1000, 500, 200, 100, 25, 10, 5],
  AUD: [10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5],
  SEK: [100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100],
  PLN: [50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1],
  SAR: [50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 25, 10, 5],
  QAR: [50000, 20000, 10000, 5000, 1000, 500, 100, 50, 25],
  EGP: [20000, 10000, 5000, 2000, 1000, 500, 100, 50, 25],
  BHD: [20000, 10000, 5000, 1000, 500, 100, 50, 25, 10, 5],
  OMR: [50000, 20000, 10000, 5000, 1000, 500, 100, 50, 25, 10, 5],
  JOD: [50000, 20000, 10000, 5000, 1000, 500, 250, 100, 50],
  JPY: [10000, 5000, 2000, 1000, 500, 100, 50, 10, 5, 1],
  AED: [100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 100, 50, 25],
  KWD: [20000, 10000, 5000, 1000, 500, 250, 100, 50, 20, 10, 5],
};

/** Where we do not know a currency's cash, the 1-2-5 row that most currencies follow. */
export function denominationsOf(currency: string, exponent: number): number[] {
  const known = KNOWN[currency];
  if (known) return known;
  const largest = 100 * 10 ** exponent;
  const row: number[] = [];
  for (let decade = 1; decade <= largest; decade *= 10) row.push(decade, 2 * decade, 5 * decade);
  return row.filter((minor) => minor <= largest).sort((a, b) => b - a);
}

export const countedMinor = (counted: { denomination_minor: number; count: number }[]) =>
  counted.reduce((sum, { denomination_minor, count }) => sum + denomination_minor * count, 0);
