import type { TicketLineView, TicketView } from '$lib/api/schema';
import { t } from '$lib/i18n/i18n.svelte';
import * as commands from '$lib/live/commands';
import { toasts, tried } from '$lib/ui/toasts.svelte';
import { isToMake } from './age';
import type { Batch } from './together';

const nameOf = (ticket: TicketView) => ticket.table_name ?? ticket.check_number;

/** The kitchen has it, and nobody has begun. */
export const isAccepted = (line: TicketLineView) => isToMake(line) && line.progress === 'fired';

/** The cook has begun: the waiter sees it of every line that was only accepted. */
export async function start(ticket: TicketView): Promise<void> {
  const accepted = ticket.lines.filter(isAccepted);
  await tried(
    Promise.all(accepted.map((line) => commands.progressLine(ticket.id, line.id, 'started'))),
  );
}

/** What stands ready by a slip of the finger is taken back by the same touch. */
const isTakenBack = (line: TicketLineView) => !line.voided && line.progress === 'ready';

/** One touch of a batch: all of it is ready, or it is not after all. */
export function turn(ticket: TicketView, [...batch]: Batch) {
  const made = batch.map((line) => {
    if (isToMake(line)) return commands.progressLine(ticket.id, line.id, 'ready');
    return isTakenBack(line) ? commands.recallLine(ticket.id, line.id) : undefined;
  });
  return tried(Promise.all(made));
}

/** A rush moves its ticket away from under the finger, so the way back is offered where the finger is. */
export async function rush(ticket: TicketView): Promise<void> {
  const on = !ticket.rush;
  if (!(await tried(commands.rushTicket(ticket.id, on)))) return;
  const said = t(on ? 'kitchen.rushed' : 'kitchen.unrushed', { table: nameOf(ticket) });
  toasts.undoable(said, () => tried(commands.rushTicket(ticket.id, !on)), ticket.id);
}
