import type { Instant, TicketLineView, TicketView } from '$lib/api/schema';
import type { IconName } from '$lib/ui/icons';
import type { Tone } from '$lib/ui/tone';

export type Age = 'fresh' | 'due' | 'late';

/** From this part of its own prep time on, a ticket wants attention; past all of it, it is late. */
const DUE_FROM = 0.7;

export function ageAt(secs: number, prepSecs: number): Age {
  if (secs >= prepSecs) return 'late';
  return secs >= prepSecs * DUE_FROM ? 'due' : 'fresh';
}

export const ageOf = (ticket: TicketView, secs: number): Age => ageAt(secs, ticket.prep_secs);

export const ageLook: Record<Age, { tone: Tone; icon: IconName | null }> = {
  fresh: { tone: 'blue', icon: null },
  due: { tone: 'amber', icon: 'clock' },
  late: { tone: 'red', icon: 'warning' },
};

/** Neither void nor made: somebody still has to cook it. */
export const isToMake = (line: TicketLineView) =>
  !line.voided && line.progress !== 'ready' && line.progress !== 'served';

/** Oldest first; a rush goes before all, held courses come after all. */
export function inCookingOrder(tickets: TicketView[]): TicketView[] {
  const rank = (ticket: TicketView) => (ticket.kind === 'held' ? 2 : ticket.rush ? 0 : 1);
  return tickets.toSorted((a, b) => rank(a) - rank(b) || byInstant(a.fired_at, b.fired_at));
}

/** Instants as texts have no order: the hub writes no more digits of a second than it needs. */
export const byInstant = (a: Instant, b: Instant) => Date.parse(a) - Date.parse(b);
