const STEPS = [1, 2, 2.5, 5, 10];

/** The top of an axis with that many lines, so that each line is a number one can say. */
export function niceTop(max: number, lines: number): number {
  const rough = Math.max(max, Number.EPSILON) / lines;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = STEPS.find((one) => one * decade >= rough - 1e-9) ?? 10;
  return step * decade * lines;
}
