/** Notes that guests carry, in the currency's major unit. */
const NOTES: Record<string, number[]> = {
  AED: [5, 10, 20, 50, 100, 200, 500],
  BHD: [0.5, 1, 5, 10, 20],
  CHF: [10, 20, 50, 100, 200],
  EGP: [5, 10, 20, 50, 100, 200],
  EUR: [5, 10, 20, 50, 100, 200],
  GBP: [5, 10, 20, 50],
  JPY: [1000, 5000, 10_000],
  KWD: [0.25, 0.5, 1, 5, 10, 20],
  SAR: [5, 10, 50, 100, 200, 500],
  USD: [1, 5, 10, 20, 50, 100],
};
const NOTES_ELSEWHERE = [1, 5, 10, 20, 50, 100, 200];
/** A currency without minor units counts in hundreds. */
const SCALE_WITHOUT_MINOR = 100;

export interface Currency {
  code: string;
  exponent: number;
}

/** Amounts a guest is likely to hand over: the next above what is due that notes alone can make, smallest first. */
export function likelyCash(dueMinor: number, { code, exponent }: Currency, count = 4): number[] {
  if (dueMinor <= 0) return [];
  const scale = NOTES[code] || exponent > 0 ? 1 : SCALE_WITHOUT_MINOR;
  const above = (NOTES[code] ?? NOTES_ELSEWHERE).map((note) => {
    const minor = Math.round(note * scale * 10 ** exponent);
    return Math.ceil(dueMinor / minor) * minor;
  });
  const distinct = [...new Set(above)].filter((minor) => minor > dueMinor);
  return distinct.sort((a, b) => a - b).slice(0, count);
}
