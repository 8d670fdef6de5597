/** Business dates, both included. */
export interface Range {
  from: string;
  to: string;
}

export type Span = 'today' | 'yesterday' | 'week' | 'last_week' | 'month';

const DAY_MS = 86_400_000;

/** A date that many days later; a business date is a label, so no zone has a say in it. */
export const later = (date: string, days: number) =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** 1 = Monday to 7 = Sunday. */
export const weekdayOf = (date: string) =>
  ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;

export function rangeOf(span: Span, today: string): Range {
  if (!today) return { from: '', to: '' };
  const monday = later(today, 1 - weekdayOf(today));
  switch (span) {
    case 'today':
      return { from: today, to: today };
    case 'yesterday':
      return { from: later(today, -1), to: later(today, -1) };
    case 'week':
      return { from: monday, to: today };
    case 'last_week':
      return { from: later(monday, -7), to: later(monday, -1) };
    case 'month':
      return { from: `${today.slice(0, 8)}01`, to: today };
  }
}

export const SPANS: Span[] = ['today', 'yesterday', 'week', 'last_week', 'month'];

export const spanOf = (range: Range, today: string): Span | null =>
  SPANS.find((span) => {
    const { from, to } = rangeOf(span, today);
    return from === range.from && to === range.to;
  }) ?? null;

export const daysIn = ({ from, to }: Range) =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS) + 1;

/** The same weekdays of the week before: what a restaurant compares itself with. */
export function weekBefore(range: Range): Range {
  const weeks = Math.ceil(daysIn(range) / 7);
  return { from: later(range.from, -7 * weeks), to: later(range.to, -7 * weeks) };
}
