import type {
  ChangeEvent,
  CheckSummary,
  ItemView,
  PrinterView,
  PrintJobView,
  TableView,
  TicketView,
  Uuid,
} from '$lib/api/schema';
import { sharing } from './sharing';

/** The hub's objects as a station holds them, each by its id. */
export interface Picture {
  tables: Map<Uuid, TableView>;
  checks: Map<Uuid, CheckSummary>;
  tickets: Map<Uuid, TicketView>;
  /** Bumped by their stations and not yet served: they stand on the pass. */
  onPass: Map<Uuid, TicketView>;
  items: Map<Uuid, ItemView>;
  jobs: Map<Uuid, PrintJobView>;
  printers: Map<Uuid, PrinterView>;
}

type Changed = Partial<ChangeEvent['changed']>;

/** Puts whole changed objects in place of the old ones; what is finished leaves the picture. */
export function mergeChanged(picture: Picture, changed: Changed): void {
  for (const table of changed.tables ?? []) put(picture.tables, table);
  for (const check of changed.checks ?? [])
    keepWhile(picture.checks, check, check.state === 'open');
  for (const ticket of changed.tickets ?? []) {
    keepWhile(picture.tickets, ticket, ticket.state === 'open');
    keepWhile(picture.onPass, ticket, standsOnPass(ticket));
  }
  for (const item of changed.items ?? []) put(picture.items, item);
  for (const job of changed.print_jobs ?? []) put(picture.jobs, job);
  if (changed.print_jobs) dropOldJobs(picture.jobs);
  for (const printer of changed.printers ?? []) put(picture.printers, printer);
}

/** The most papers that a station holds: as many as the hub lists. */
export const JOBS_MAX = 200;

const DONE: ReadonlySet<PrintJobView['state']> = new Set([
  'sent',
  'confirmed',
  'reprinted',
  'dismissed',
]);

/** A long evening has thousands of papers. The oldest that came out well leave; what wants a person stays. */
function dropOldJobs(jobs: Map<Uuid, PrintJobView>): void {
  const tooMany = jobs.size - JOBS_MAX;
  if (tooMany <= 0) return;
  const done = [...jobs.values()].filter((job) => DONE.has(job.state));
  done.sort((a, b) => a.created_at.localeCompare(b.created_at));
  for (const { id } of done.slice(0, tooMany)) jobs.delete(id);
}

export const standsOnPass = (ticket: TicketView) =>
  ticket.state === 'bumped' &&
  ticket.kind !== 'held' &&
  ticket.lines.some((line) => !line.voided && line.progress !== 'served');

const put = <T extends { id: Uuid }>(map: Map<Uuid, T>, one: T) =>
  map.set(one.id, sharing(map.get(one.id), one));

function keepWhile<T extends { id: Uuid }>(map: Map<Uuid, T>, one: T, keep: boolean): void {
  if (keep) put(map, one);
  else map.delete(one.id);
}

/** Makes `map` hold exactly `list`, in the list's order for what is new. */
export function replaceAll<T extends { id: Uuid }>(map: Map<Uuid, T>, list: T[]): void {
  const present = new Set(list.map((one) => one.id));
  for (const id of [...map.keys()]) if (!present.has(id)) map.delete(id);
  for (const one of list) put(map, one);
}
