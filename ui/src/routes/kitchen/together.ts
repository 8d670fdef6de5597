import type { TicketLineView } from '$lib/api/schema';

/** Lines that a cook makes in one go, in the order of the ticket; their quantities add up. */
export type Batch = [TicketLineView, ...TicketLineView[]];

export const alone = (lines: TicketLineView[]): Batch[] => lines.map((line) => [line]);

/** Puts lines of the same dish, made the same way for the same seat and as far, into one batch. What changed stays alone. */
export function together(lines: TicketLineView[]): Batch[] {
  const batches = new Map<string, Batch>();
  for (const line of lines) {
    const { name, modifiers, note, seat, progress, prep_secs } = line;
    const isPlain = !line.voided && !line.replaces;
    const key = isPlain
      ? JSON.stringify([name, modifiers, note, seat, progress, prep_secs])
      : line.id;
    const batch = batches.get(key);
    if (batch) batch.push(line);
    else batches.set(key, [line]);
  }
  return [...batches.values()];
}

export const quantityOf = (batch: Batch) => batch.reduce((sum, line) => sum + line.quantity, 0);
