import type { PriceSchedule } from './entities';

export const MINUTES_OF_DAY = 1440;
export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/** A stretch of one day, in minutes after midnight, in which a schedule's price holds. */
export interface Stretch {
  schedule: number;
  weekday: number;
  from: number;
  to: number;
}

/** "17:30:00" and "17:30" in minutes after midnight. */
export function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** As a time field writes it. */
export const shortTime = (time: string) => time.slice(0, 5);
/** As the hub writes it. */
export const wholeTime = (time: string) => (time.length === 5 ? `${time}:00` : time);

const nextDay = (weekday: number) => (weekday % 7) + 1;

/** Where one schedule's price holds; what runs past midnight goes on in the next day's small hours. */
export function stretchesOf(one: PriceSchedule, schedule: number): Stretch[] {
  const from = minutesOf(one.from);
  const to = minutesOf(one.to);
  const days = one.weekdays.length ? one.weekdays : [...WEEKDAYS];
  return days.flatMap((weekday) => {
    if (from < to) return [{ schedule, weekday, from, to }];
    const evening = { schedule, weekday, from, to: MINUTES_OF_DAY };
    if (to === 0) return [evening];
    return [evening, { schedule, weekday: nextDay(weekday), from: 0, to }];
  });
}

/** The week as it is priced: the first schedule that holds wins, so a later one is cut where an earlier one holds. */
export function weekOf(schedules: PriceSchedule[]): Stretch[] {
  const won: Stretch[] = [];
  schedules.forEach((one, index) => {
    for (const stretch of stretchesOf(one, index)) {
      const rivals = won.filter((other) => other.weekday === stretch.weekday);
      won.push(...rivals.reduce(cut, [stretch]));
    }
  });
  return won;
}

function cut(left: Stretch[], rival: Stretch): Stretch[] {
  return left.flatMap((one) => {
    if (rival.to <= one.from || one.to <= rival.from) return [one];
    const before = { ...one, to: rival.from };
    const after = { ...one, from: rival.to };
    return [before, after].filter(({ from, to }) => from < to);
  });
}

export type ScheduleProblem = 'unnamed' | 'wholeDay' | 'hidden' | 'overlaps' | 'same';

/** What is odd about each schedule, worst first; what cannot be published is for the hub to say. */
export function problemsOf(schedules: PriceSchedule[], price: number): ScheduleProblem[][] {
  const week = weekOf(schedules);
  const minutes = (stretches: Stretch[]) =>
    stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  return schedules.map((one, index) => {
    const wanted = minutes(stretchesOf(one, index));
    const held = minutes(week.filter(({ schedule }) => schedule === index));
    const found: ScheduleProblem[] = [];
    if (one.name.trim() === '') found.push('unnamed');
    if (minutesOf(one.from) === minutesOf(one.to)) found.push('wholeDay');
    if (held === 0) found.push('hidden');
    else if (held < wanted) found.push('overlaps');
    if (one.price === price) found.push('same');
    return found;
  });
}
