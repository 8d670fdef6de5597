import type { TicketLineView, TicketView } from '$lib/api/schema';
import { isToMake } from './age';

export interface AllDayCount {
  name: string;
  quantity: number;
  /** What it is counted with: an item's modifiers, or a modifier's items. */
  within: { name: string; quantity: number }[];
}

export type AllDayBy = 'item' | 'modifier';

/** Which lines a cook wants to see alone. */
export interface AllDayFilter {
  by: AllDayBy;
  name: string;
}

/** How many of each item, or of each modifier, are still to be made over these tickets, most first. */
export function allDayCounts(tickets: TicketView[], by: AllDayBy = 'item'): AllDayCount[] {
  const counts = new Map<string, Map<string, number>>();
  const totals = new Map<string, number>();
  const add = (line: TicketLineView, name: string, within: string[]) => {
    totals.set(name, (totals.get(name) ?? 0) + line.quantity);
    const inner = counts.get(name) ?? new Map<string, number>();
    for (const one of within) inner.set(one, (inner.get(one) ?? 0) + line.quantity);
    counts.set(name, inner);
  };
  const open = tickets.filter((ticket) => ticket.kind !== 'held' && ticket.state === 'open');
  for (const line of open.flatMap((ticket) => ticket.lines).filter(isToMake)) {
    if (by === 'item') add(line, line.name, line.modifiers);
    else for (const modifier of line.modifiers) add(line, modifier, [line.name]);
  }
  return inOrder(totals).map((count) => ({ ...count, within: inOrder(counts.get(count.name)!) }));
}

const inOrder = (counts: Map<string, number>) =>
  [...counts]
    .map(([name, quantity]) => ({ name, quantity }))
    .sort((a, b) => b.quantity - a.quantity || a.name.localeCompare(b.name));

export const isShown = (line: TicketLineView, { by, name }: AllDayFilter) =>
  isToMake(line) && (by === 'item' ? line.name === name : line.modifiers.includes(name));
