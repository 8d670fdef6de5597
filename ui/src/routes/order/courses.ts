import type { CheckView, LineView, Progress, Uuid } from '$lib/api/schema';
import { commas, itemName, named, t } from '$lib/i18n/i18n.svelte';
import { live } from '$lib/live/live.svelte';
import { NO_NUMBER } from '$lib/live/overlay';

export function courseName(number: number): string {
  const course = live.venue?.courses.find((one) => one.number === number);
  return course ? named(course) : `${t('order.course')} ${number}`;
}

/** A check by its number; the hub gives it one when it hears of it. */
export const numberOf = ({ number }: { number: string }) =>
  number === NO_NUMBER ? t('order.newCheck') : t('order.check', { number });

/** A line by the name its tile has on this pad; the kitchen and the paper have the venue's own. */
export function lineName(line: { item_id: Uuid; name: string; open: boolean }): string {
  const item = live.items.get(line.item_id);
  return item && !(line.open && line.name !== item.name) ? itemName(item) : line.name;
}

/** How a line is made, in the same words as on the item's sheet. */
export function modifierNames(line: LineView): string {
  const choices = live.items.get(line.item_id)?.modifier_groups.flatMap((one) => one.modifiers);
  return commas(
    line.modifiers.map((modifier) =>
      named(choices?.find(({ id }) => id === modifier.id) ?? { ...modifier, names: {} }),
    ),
  );
}

const order: Progress[] = ['new', 'held', 'fired', 'started', 'ready', 'served'];

export interface CourseGroup {
  course: number;
  lines: LineView[];
  progress: Progress | null;
}

/** A line that still counts: neither voided nor moved to another check. */
export const isAlive = (line: LineView) => !line.void && !line.moved_to;

export const isNew = (line: LineView) => isAlive(line) && line.progress === 'new';

/** With the kitchen, which makes it now or has made it: neither new nor on hold. */
export const isFired = (line: LineView) =>
  isAlive(line) && line.progress !== 'new' && line.progress !== 'held';

/** Taken off before anybody cooked it, or on another check now: for the history, not for a waiter in a hurry. */
export const isOfThePast = (line: LineView) =>
  line.moved_to !== null || (line.void !== null && line.progress === 'new');

/** The lines of a check by course; a course is as far as its least advanced line. */
export function groupByCourse(check: CheckView): CourseGroup[] {
  const groups = new Map<number, LineView[]>();
  for (const line of inPlace(check.lines)) {
    const group = groups.get(line.course);
    if (group) group.push(line);
    else groups.set(line.course, [line]);
  }
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([course, lines]) => ({ course, lines, progress: leastAdvanced(lines) }));
}

/** A changed line takes the place of the one it replaces, so that nothing moves under a finger. */
function inPlace(lines: LineView[]): LineView[] {
  const byId = new Map(lines.map((line) => [line.id, line]));
  const place = new Map(lines.map((line, index) => [line.id, index]));
  const first = (line: LineView): Uuid => {
    const before = line.replaces ? byId.get(line.replaces) : undefined;
    return before ? first(before) : line.id;
  };
  return lines
    .filter((line) => !isOfThePast(line))
    .sort((a, b) => place.get(first(a))! - place.get(first(b))!);
}

/** Of what the hub has answered for: what only this device knows is nowhere yet. */
function leastAdvanced(lines: LineView[]): Progress | null {
  const known = lines.filter((line) => isAlive(line) && !line.unsent);
  const steps = known.map((line) => order.indexOf(line.progress));
  return steps.length ? order[Math.min(...steps)]! : null;
}
