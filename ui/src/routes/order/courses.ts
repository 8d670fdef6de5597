import type { CheckView, LineView, Progress } from '$lib/api/schema';
import { t } from '$lib/i18n/i18n.svelte';
import { live } from '$lib/live/live.svelte';

export const courseName = (number: number) =>
  live.venue?.courses.find((course) => course.number === number)?.name ??
  `${t('order.course')} ${number}`;

const order: Progress[] = ['new', 'held', 'fired', 'started', 'ready', 'served'];

export interface CourseGroup {
  course: number;
  lines: LineView[];
  progress: Progress | null;
}

/** A line that still counts: neither voided nor moved to another check. */
export const isAlive = (line: LineView) => !line.void && !line.moved_to;

export const isUnsent = (line: LineView) =>
  isAlive(line) && (line.progress === 'new' || line.progress === 'held');

/** The lines of a check by course; a course is as far as its least advanced line. */
export function groupByCourse(check: CheckView): CourseGroup[] {
  const groups = new Map<number, LineView[]>();
  for (const line of check.lines) {
    const group = groups.get(line.course);
    if (group) group.push(line);
    else groups.set(line.course, [line]);
  }
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([course, lines]) => ({ course, lines, progress: leastAdvanced(lines) }));
}

/** Of what the hub has answered for: what only this device knows is nowhere yet. */
function leastAdvanced(lines: LineView[]): Progress | null {
  const known = lines.filter((line) => isAlive(line) && !line.unsent);
  const steps = known.map((line) => order.indexOf(line.progress));
  return steps.length ? order[Math.min(...steps)]! : null;
}
