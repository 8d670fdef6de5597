import type { CheckSummary, Instant, Progress, TicketView, Uuid } from '$lib/api/schema';
import { byInstant } from '../kitchen/age';

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
  /** Since when all of it stands there; null while it does not, or when nobody bumped it. */
  readySince: string | null;
  waitingFor: Missing[];
}

/** What one station still owes a course. */
export interface Missing {
  station: Uuid | null;
  quantity: number;
}

const finished: Progress[] = ['ready', 'served'];

export const isTicketReady = (ticket: TicketView) =>
  ticket.state === 'bumped' ||
  ticket.lines.every((line) => line.voided || finished.includes(line.progress));

const isServed = (ticket: TicketView) =>
  ticket.lines.every((line) => line.voided || line.progress === 'served');

/**
 * Tickets put together by check and course; what is ready comes first, then the oldest.
 *
 * A pass whose tickets are the same objects as in `before` is the same object too, so that its card stays as it is.
 */
export function passesOf(tickets: TicketView[], before: Pass[] = []): Pass[] {
  const known = new Map(before.map((pass) => [pass.key, pass]));
  const groups = new Map<string, TicketView[]>();
  for (const ticket of tickets) {
    if (ticket.kind === 'held' || isServed(ticket)) continue;
    const key = `${ticket.check_id}/${ticket.course}`;
    const group = groups.get(key);
    if (group) group.push(ticket);
    else groups.set(key, [ticket]);
  }
  return [...groups]
    .map(([key, group]) => {
      const old = known.get(key);
      return old && isSame(old.tickets, group) ? old : passOf(key, group);
    })
    .sort((a, b) => Number(b.ready) - Number(a.ready) || byInstant(a.firedAt, b.firedAt));
}

/** A course the whole check calls served is gone, and so is what is left of a closed check. */
export function isOnPass(
  pass: Pass,
  checks: { get: (id: Uuid) => CheckSummary | undefined },
): boolean {
  const course = checks.get(pass.checkId)?.courses.find((one) => one.course === pass.course);
  return course !== undefined && course.progress !== 'served';
}

const isSame = (a: TicketView[], b: TicketView[]) =>
  a.length === b.length && a.every((ticket, index) => ticket === b[index]);

function missingOn(ticket: TicketView): number {
  return ticket.lines
    .filter((line) => !line.voided && !finished.includes(line.progress))
    .reduce((sum, line) => sum + line.quantity, 0);
}

function waitingFor(unready: TicketView[]): Missing[] {
  const owed = new Map<Uuid | null, number>();
  for (const ticket of unready)
    owed.set(ticket.station, (owed.get(ticket.station) ?? 0) + missingOn(ticket));
  return [...owed].map(([station, quantity]) => ({ station, quantity }));
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
    firedAt: tickets.map((ticket) => ticket.fired_at).sort(byInstant)[0]!,
    prepSecs: Math.max(...tickets.map((ticket) => ticket.prep_secs)),
    rush: tickets.some((ticket) => ticket.rush),
    tickets,
    ready: unready.length === 0,
    readySince:
      unready.length > 0 ? null : tickets.map((ticket) => ticket.bumped_at).reduce(latest, null),
    waitingFor: waitingFor(unready),
  };
}

const latest = (a: Instant | null, b: Instant | null) =>
  a === null || (b !== null && byInstant(a, b) < 0) ? b : a;

/** Past all of its prep time and not yet whole. */
export const isLate = (pass: Pass, nowMs: number) =>
  !pass.ready && nowMs - Date.parse(pass.firedAt) > pass.prepSecs * 1000;
