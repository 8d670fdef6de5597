import type { TicketView } from '$lib/api/schema';
import type { Tone } from '$lib/ui/tone';

export type Age = 'fresh' | 'due' | 'late';

/** From this part of its own prep time on, a ticket wants attention; past all of it, it is late. */
const DUE_FROM = 0.7;

export function ageOf(ticket: TicketView, secs: number): Age {
  if (secs >= ticket.prep_secs) return 'late';
  return secs >= ticket.prep_secs * DUE_FROM ? 'due' : 'fresh';
}

export const ageTone: Record<Age, Tone> = { fresh: 'blue', due: 'amber', late: 'red' };

/** Oldest first; a rush goes before all, held courses come after all. */
export function inCookingOrder(tickets: TicketView[]): TicketView[] {
  const rank = (ticket: TicketView) => (ticket.kind === 'held' ? 2 : ticket.rush ? 0 : 1);
  return tickets.toSorted((a, b) => rank(a) - rank(b) || a.fired_at.localeCompare(b.fired_at));
}

export interface AllDayCount {
  name: string;
  quantity: number;
  modifiers: { name: string; quantity: number }[];
}

/** How many of each item are still to be made over these tickets, most first. */
export function allDayCounts(tickets: TicketView[]): AllDayCount[] {
  const counts = new Map<string, { quantity: number; modifiers: Map<string, number> }>();
  const open = tickets.filter((ticket) => ticket.kind !== 'held' && ticket.state === 'open');
  for (const line of open.flatMap((ticket) => ticket.lines)) {
    if (line.voided || line.progress === 'ready' || line.progress === 'served') continue;
    const count = counts.get(line.name) ?? { quantity: 0, modifiers: new Map<string, number>() };
    count.quantity += line.quantity;
    for (const name of line.modifiers)
      count.modifiers.set(name, (count.modifiers.get(name) ?? 0) + line.quantity);
    counts.set(line.name, count);
  }
  return [...counts]
    .map(([name, { quantity, modifiers }]) => ({
      name,
      quantity,
      modifiers: [...modifiers].map(([modifier, count]) => ({ name: modifier, quantity: count })),
    }))
    .sort((a, b) => b.quantity - a.quantity || a.name.localeCompare(b.name));
}
