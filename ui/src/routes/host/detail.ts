import type { Placed } from './viewport';

/** The sizes of what is written on the tables, in whole pixels: few of them, so that a browser has the letters at hand. */
export interface Type {
  text: number;
  name: number;
}

/** What there can be no room for, as the classes that leave it out; the least wanted first. */
export type LeftOut =
  | 'no-step'
  | 'low'
  | 'no-wait'
  | 'no-stage'
  | 'no-spend'
  | 'no-course'
  | 'no-people'
  | 'narrow'
  | 'no-figures'
  | 'no-courses';

/** A table is never drawn smaller than a finger. */
const TOUCH_REM = 2.75;
/** Around what is written. */
const PADDING_PX = 2;

/** How long they sit and what is left to pay, on one line. */
const WAIT_AND_MONEY_EM = 10;

/** A name so short fits on every table. */
const NAME_SHORT = 4;

export const isLong = (name: string) => name.length > NAME_SHORT;

const whole = (px: number, min: number, max: number) =>
  Math.round(Math.min(max, Math.max(min, px)));

export const typeAt = (u: number): Type => ({
  text: whole(1.2 * u, 12, 34),
  name: whole(1.8 * u, 15, 52),
});

/** What is left out on a table at `u` pixels for a unit. Counted here: the browser would lay every table out to ask. */
export function leftOut({ width, height }: Placed, u: number, remPx: number): LeftOut[] {
  const inside = (size: number) => Math.max(TOUCH_REM * remPx, size * u) - 2 * PADDING_PX;
  const [across, down] = [inside(width), inside(height)];
  const left: LeftOut[] = [];
  if (across <= 130) left.push('no-step');
  if (across <= 130 && down <= 90) left.push('low');
  if (across <= WAIT_AND_MONEY_EM * typeAt(u).text) left.push('no-wait');
  if (down <= 84) left.push('no-stage');
  if (across <= 84) left.push('no-spend');
  if (down <= 70) left.push('no-course');
  if (down <= 62 || across <= 58) left.push('no-people');
  if (across <= 58) left.push('narrow');
  if (across <= 58 && down <= 70) left.push('no-figures');
  if (across <= 58 && down <= 44) left.push('no-courses');
  return left;
}
