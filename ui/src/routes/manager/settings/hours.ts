import type { Service } from './venue.svelte';

export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;

const DAY_MINUTES = 24 * 60;

/** A stretch of one day, in minutes from its midnight. */
export interface Stretch {
  weekday: number;
  from: number;
  to: number;
  service: number;
}

const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** A service on the days it is open; what runs past midnight goes on in the morning of the day after. */
export function stretchesOf(services: Service[]): Stretch[] {
  return services.flatMap((service, index) => {
    const [from, to] = [minutesOf(service.from), minutesOf(service.to)];
    const days = service.weekdays.length > 0 ? service.weekdays : [...WEEKDAYS];
    return days.flatMap((weekday): Stretch[] => {
      if (to > from) return [{ weekday, from, to, service: index }];
      const evening = { weekday, from, to: DAY_MINUTES, service: index };
      const morning = { weekday: (weekday % 7) + 1, from: 0, to, service: index };
      return to > 0 ? [evening, morning] : [evening];
    });
  });
}

/** Turns a day on or off; a service on every day is written as such. */
export function withDay(service: Service, weekday: number): Service {
  const days = service.weekdays.length > 0 ? service.weekdays : [...WEEKDAYS];
  const after = days.includes(weekday)
    ? days.filter((day) => day !== weekday)
    : [...days, weekday].sort((a, b) => a - b);
  if (after.length === 0) return service;
  return { ...service, weekdays: after.length === WEEKDAYS.length ? [] : after };
}

export const isOn = ({ weekdays }: Service, weekday: number) =>
  weekdays.length === 0 || weekdays.includes(weekday);
