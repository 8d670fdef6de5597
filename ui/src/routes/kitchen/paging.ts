export const GAP_PX = 12;

/** Columns of at least `minPx` that fit side by side. */
export const columnsIn = (widthPx: number, minPx: number) =>
  Math.max(1, Math.floor((widthPx + GAP_PX) / (minPx + GAP_PX)));

export interface PageView {
  /** Places of the first and the last one in sight; -1 when there is none. */
  first: number;
  last: number;
  before: number;
  beyond: number;
}

/**
 * What is in sight of an ordered board, and how much is not.
 *
 * The last one in sight counts as beyond as well when it is `cut`: the rest of it is on the next page.
 */
export function pageView(
  keys: string[],
  inSight: ReadonlySet<string>,
  cut: ReadonlySet<string>,
): PageView {
  const first = keys.findIndex((key) => inSight.has(key));
  const last = keys.findLastIndex((key) => inSight.has(key));
  if (first < 0) return { first, last, before: 0, beyond: 0 };
  const beyond = keys.length - 1 - last;
  return { first, last, before: first, beyond: cut.has(keys[last]!) ? beyond + 1 : beyond };
}

/** Where a page begins that shows what stands at `offsetPx` from the start of the board. */
export function pageStart(offsetPx: number, pagePx: number): number {
  const step = pagePx + GAP_PX;
  return Math.floor((offsetPx + 1) / step) * step;
}
