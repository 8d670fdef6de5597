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

/** `basisPoints` of an amount, to the nearest minor unit. */
export const share = (minor: number, basisPoints: number) =>
  Math.round((minor * basisPoints) / 10_000);
