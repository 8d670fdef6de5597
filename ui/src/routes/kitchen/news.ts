import type { TicketView, Uuid } from '$lib/api/schema';

/** What a cook has been told of a ticket: a higher number means something new. */
export type Told = Map<Uuid, number>;

export interface News {
  fresh: TicketView[];
  /** Tickets that were there and now hold a void or a change that was not. */
  changed: TicketView[];
}

const changesOf = (ticket: TicketView) =>
  ticket.lines.filter((line) => line.voided || line.replaces !== null).length;

export const told = (tickets: TicketView[]): Told =>
  new Map(tickets.map((ticket) => [ticket.id, changesOf(ticket)]));

/** What is worth a sound; on a screen that has just opened, nothing is. */
export function newsOf(before: Told | null, tickets: TicketView[]): News {
  if (!before) return { fresh: [], changed: [] };
  return {
    fresh: tickets.filter((ticket) => !before.has(ticket.id)),
    changed: tickets.filter((ticket) => changesOf(ticket) > (before.get(ticket.id) ?? Infinity)),
  };
}
