import type { CheckView, ItemView, LineView, Uuid } from '$lib/api/schema';
import type { NewLine } from '$lib/live/commands';
import { isFired } from './courses';

/** Ordered closer to each other than this, two lines were ordered together. */
const TOGETHER_MS = 3 * 60_000;

/**
 * The lines a party would have again: those this pad sent last, as far as they still stand. A pad that sent nothing
 * (another waiter's check, a page loaded anew) takes the lines that were ordered together last.
 */
export function lastHad(check: CheckView, sentHere: readonly Uuid[]): LineView[] {
  const sent = check.lines.filter(isFired);
  const mine = sent.filter((line) => sentHere.includes(line.id));
  if (mine.length > 0) return mine;
  const latest = Math.max(...sent.map(({ ordered_at }) => Date.parse(ordered_at)));
  return sent.filter((line) => latest - Date.parse(line.ordered_at) < TOGETHER_MS);
}

export const again = (line: LineView): NewLine => ({
  item_id: line.item_id,
  quantity: line.quantity,
  seat: line.seat,
  course: line.course,
  modifiers: line.modifiers.map(({ id }) => id),
  note: line.note,
  ...(line.open && { open: { name: line.name, price_minor: openPriceMinor(line) } }),
});

/** What was said that one of an open item costs, without its modifiers. */
const openPriceMinor = (line: LineView) =>
  line.unit_price_minor - line.modifiers.reduce((sum, one) => sum + one.price_minor, 0);

/** What can be had once more, and what cannot. */
export function orderAgain(
  had: LineView[],
  items: ReadonlyMap<Uuid, ItemView>,
): { lines: NewLine[]; missing: LineView[] } {
  const left = new Map<Uuid, number>();
  const lines: NewLine[] = [];
  const missing: LineView[] = [];
  for (const line of had) {
    const item = items.get(line.item_id);
    const remaining = left.get(line.item_id) ?? item?.remaining ?? Number.POSITIVE_INFINITY;
    if (item?.available && remaining >= line.quantity) {
      left.set(line.item_id, remaining - line.quantity);
      lines.push(again(line));
    } else missing.push(line);
  }
  return { lines, missing };
}

export const unitsOf = (lines: { quantity: number }[]) =>
  lines.reduce((sum, line) => sum + line.quantity, 0);
