import type { Progress, TicketView, Uuid } from '$lib/api/schema';

/** One course of one check as the pass sees it: what every station owes it. */
export interface Pass {
  key: string;
  checkId: Uuid;
  course: number;
  table: string | null;
  checkNumber: string;
  server: string;
  covers: number;
  firedAt: string;
  prepSecs: number;
  rush: boolean;
  tickets: TicketView[];
  /** True when every station has all its lines ready. */
  ready: boolean;
  waitingFor: Uuid[];
}

const finished: Progress[] = ['ready', 'served'];

export const isTicketReady = (ticket: TicketView) =>
  ticket.state === 'bumped' ||
  ticket.lines.every((line) => line.voided || finished.includes(line.progress));

const isServed = (ticket: TicketView) =>
  ticket.lines.every((line) => line.voided || line.progress === 'served');

/** Tickets put together by check and course; what is ready comes first, then the oldest. */
export function passesOf(tickets: TicketView[]): Pass[] {
  const groups = new Map<string, TicketView[]>();
  for (const ticket of tickets) {
    if (ticket.kind === 'held' || isServed(ticket)) continue;
    const key = `${ticket.check_id}/${ticket.course}`;
    const group = groups.get(key);
    if (group) group.push(ticket);
    else groups.set(key, [ticket]);
  }
  return [...groups]
    .map(([key, group]) => passOf(key, group))
    .sort((a, b) => Number(b.ready) - Number(a.ready) || a.firedAt.localeCompare(b.firedAt));
}

function passOf(key: string, tickets: TicketView[]): Pass {
  const [first] = tickets as [TicketView, ...TicketView[]];
  const unready = tickets.filter((ticket) => !isTicketReady(ticket));
  return {
    key,
    checkId: first.check_id,
    course: first.course,
    table: first.table_name,
    checkNumber: first.check_number,
    server: first.server,
    covers: first.covers,
    firedAt: tickets.map((ticket) => ticket.fired_at).sort()[0]!,
    prepSecs: Math.max(...tickets.map((ticket) => ticket.prep_secs)),
    rush: tickets.some((ticket) => ticket.rush),
    tickets,
    ready: unready.length === 0,
    waitingFor: [...new Set(unready.flatMap((ticket) => ticket.station ?? []))],
  };
}
