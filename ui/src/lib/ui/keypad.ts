/** What a money keypad can be told. */
export type PadKey =
  '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '00' | 'erase' | 'clear';

const AMOUNT_MINOR_MAX = 99_999_999;

/** The amount after a key: digits come in from the right, as on a till, so no decimal point is ever typed. */
export function pressed(minor: number, key: PadKey): number {
  if (key === 'clear') return 0;
  if (key === 'erase') return Math.floor(minor / 10);
  const next = key === '00' ? minor * 100 : minor * 10 + Number(key);
  return next > AMOUNT_MINOR_MAX ? minor : next;
}

const STEPS_MAJOR = [1, 5, 10, 20, 50, 100, 200];

/** Amounts a guest is likely to hand over for `due`: the next round ones above it, smallest first. */
export function likelyCash(dueMinor: number, exponent: number, count = 3): number[] {
  if (dueMinor <= 0) return [];
  const unit = 10 ** exponent;
  // A currency without minor units has notes of thousands.
  const scale = exponent === 0 ? 100 : 1;
  const above = STEPS_MAJOR.map((step) => {
    const note = step * scale * unit;
    return Math.ceil(dueMinor / note) * note;
  });
  const distinct = [...new Set(above)].filter((minor) => minor > dueMinor);
  return distinct.sort((a, b) => a - b).slice(0, count);
}

/** `basisPoints` of an amount, to the nearest minor unit. */
export const share = (minor: number, basisPoints: number) =>
  Math.round((minor * basisPoints) / 10_000);
