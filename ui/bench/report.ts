import { mkdir, readFile, writeFile } from 'node:fs/promises';

const FILE = new URL('../../target/bench/ui.json', import.meta.url).pathname;

type Target = { at_most: number } | { at_least: number };

/** One figure, as `crates/testkit/src/bin/bench/report.rs` writes it. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** What the browser does at its barest, in the same unit, and what that is. */
  floor?: [number, string];
  /** What the ratio to the floor (or, without a floor, the value) is to be. */
  target?: Target;
}

/** Prints the figures, and puts them in place of those of the same names in the report. */
export async function report(figures: Figure[]): Promise<void> {
  for (const figure of figures) console.log(lineOf(figure));
  await mkdir(new URL('.', `file://${FILE}`), { recursive: true });
  const before = await readFile(FILE, 'utf8').catch(() => '{"figures":{}}');
  const { figures: known } = JSON.parse(before) as { figures: Record<string, unknown> };
  for (const figure of figures) known[figure.name] = writtenOf(figure);
  await writeFile(FILE, JSON.stringify({ figures: sorted(known) }, null, 2));
}

const ratioOf = ({ value, floor }: Figure) => (floor && floor[0] > 0 ? value / floor[0] : null);

function isMet(figure: Figure): boolean | null {
  const { value, target } = figure;
  if (!target) return null;
  const compared = ratioOf(figure) ?? value;
  return 'at_most' in target ? compared <= target.at_most : compared >= target.at_least;
}

function writtenOf(figure: Figure) {
  const { value, unit, floor = null, target = null } = figure;
  return { value, unit, floor, ratio: ratioOf(figure), target, met: isMet(figure) };
}

function lineOf(figure: Figure): string {
  const { name, value, unit, floor, target } = figure;
  const ratio = ratioOf(figure);
  const beside =
    floor && ratio !== null
      ? ` = ${ratio.toFixed(2).padStart(6)} x ${floor[0].toFixed(2)} (${floor[1]})`
      : '';
  const bound = target && ('at_most' in target ? `<= ${target.at_most}` : `>= ${target.at_least}`);
  const verdict = bound ? `  target ${bound}: ${isMet(figure) ? 'met' : 'MISSED'}` : '';
  return `${name.padEnd(34)} ${value.toFixed(2).padStart(11)} ${unit.padEnd(10)}${beside}${verdict}`;
}

const sorted = (figures: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(figures).sort(([a], [b]) => a.localeCompare(b)));

/** The value that this share of all values does not exceed. */
export function percentile(values: number[], share: number): number {
  if (values.length === 0) throw new Error('nothing was measured');
  const ordered = values.toSorted((a, b) => a - b);
  return ordered[Math.min(ordered.length - 1, Math.ceil(share * ordered.length) - 1)]!;
}
