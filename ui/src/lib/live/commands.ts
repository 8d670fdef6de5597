import type {
  AttentionItem,
  CheckView,
  DayReport,
  DemoFault,
  DemoLine,
  ItemView,
  Permission,
  PrintJobView,
  Progress,
  TableView,
  TenderView,
  TicketView,
  Uuid,
} from '$lib/api/schema';
import { clock } from './clock.svelte';
import { live } from './live.svelte';
import { outbox } from './outbox.svelte';

/** A new line as the order pad makes it. */
export interface NewLine {
  item_id: Uuid;
  quantity: number;
  seat: number | null;
  course: number;
  modifiers: Uuid[];
  note: string;
  /** What it is this time, of an open item and no other. */
  open?: OpenItem;
}

export interface OpenItem {
  name: string;
  price_minor: number;
}

export interface LineChange {
  quantity?: number;
  modifiers?: Uuid[];
  note?: string;
  seat?: number | null;
}

export interface NewTender {
  kind: TenderView['kind'];
  amount_minor: number;
  tip_minor?: number;
  share_id?: Uuid;
  reference?: string;
}

export type Split =
  | { by: 'seat' }
  | { by: 'line'; groups: Uuid[][] }
  | { by: 'even'; parts: number }
  | { by: 'amount'; amounts_minor: number[] };

/** Whoever takes an order does not wait for a hub that is away, but goes on with what the screens show meanwhile. */
const onCheck = (path: string, body: unknown = {}): Promise<CheckView> =>
  outbox.post<CheckView>(path, body, () => live.views.get(path.split('/')[2] ?? ''));

async function onTicket(path: string, body: unknown = {}): Promise<TicketView> {
  const ticket = await outbox.post<TicketView>(path, body);
  live.keep({ tickets: [ticket] });
  return ticket;
}

async function onJob(path: string): Promise<PrintJobView> {
  const job = await outbox.post<PrintJobView>(path);
  live.keep({ print_jobs: [job] });
  return job;
}

// ---- floor

export async function setTableState(table: Uuid, state: 'free' | 'dirty' | 'blocked') {
  const view = await outbox.post<TableView>(`/tables/${table}/state`, { state });
  live.keep({ tables: [view] });
}

export const openCheck = (table_id: Uuid | null, covers: number, name?: string) =>
  outbox.post<CheckView>('/checks', { table_id, covers, name }, ([id]) => live.views.get(id ?? ''));

// ---- lines

/** The ids that the new lines will have, in their order; `named` answers those that the hub gave them. */
export function addLines(check: Uuid, lines: NewLine[]): { ids: Uuid[]; named: Promise<Uuid[]> } {
  const wire = lines.map(({ seat, ...line }) => (seat === null ? line : { ...line, seat }));
  const { makes, answer } = outbox.make<{ lines: { id: Uuid }[] }>(
    `/checks/${check}/lines`,
    { lines: wire },
    (ids) => ({ lines: ids.map((id) => ({ id })) }),
  );
  return { ids: makes, named: answer.then((added) => added.lines.map(({ id }) => id)) };
}

export const fire = (check: Uuid, course?: number) =>
  onCheck(`/checks/${check}/fire`, course === undefined ? {} : { course });
export const hold = (check: Uuid, course: number) => onCheck(`/checks/${check}/hold`, { course });
export const rush = (check: Uuid, on: boolean, course?: number) =>
  onCheck(`/checks/${check}/rush`, { on, course });

const onLine = (check: Uuid, line: Uuid, verb: string, body: unknown) =>
  onCheck(`/checks/${check}/lines/${line}/${verb}`, body);

export const voidLine = (check: Uuid, line: Uuid, reason: string, quantity?: number) =>
  onLine(check, line, 'void', { reason, quantity });
export const compLine = (check: Uuid, line: Uuid, reason: string) =>
  onLine(check, line, 'comp', { reason });
export const refireLine = (check: Uuid, line: Uuid, reason: string) =>
  onLine(check, line, 'refire', { reason });
export const changeLine = (check: Uuid, line: Uuid, change: LineChange) =>
  onLine(check, line, 'change', change);

export async function moveLines(
  check: Uuid,
  to: Uuid | null,
  lines: { line_id: Uuid; quantity?: number }[],
): Promise<CheckView> {
  const answer = await outbox.post<{ from: CheckView; to: CheckView }>(
    `/checks/${check}/move-lines`,
    { to, lines },
  );
  live.keepCheck(answer.from);
  live.keepCheck(answer.to);
  return answer.to;
}

// ---- the whole check

export const discount = (
  check: Uuid,
  body: { reason: string; basis_points?: number; amount_minor?: number },
) => onCheck(`/checks/${check}/discounts`, body);
export const setService = (check: Uuid, basis_points: number) =>
  onCheck(`/checks/${check}/service`, { basis_points });
export const transfer = (
  check: Uuid,
  body: { table_id?: Uuid; staff_id?: Uuid; covers?: number; name?: string },
) => onCheck(`/checks/${check}/transfer`, body);
/** One party at several tables, with one check; its own table first. */
export const joinTables = (check: Uuid, table_ids: Uuid[]) =>
  onCheck(`/checks/${check}/join-tables`, { table_ids });
export const partTables = (check: Uuid, table_ids: Uuid[]) =>
  onCheck(`/checks/${check}/part-tables`, { table_ids });
export const merge = (check: Uuid, from: Uuid) => onCheck(`/checks/${check}/merge`, { from });

export async function split(check: Uuid, how: Split): Promise<CheckView[]> {
  const answer = await outbox.post<{ checks: CheckView[] }>(`/checks/${check}/split`, how);
  for (const view of answer.checks) live.keepCheck(view);
  return answer.checks;
}

interface Tendered {
  change_minor: number;
  check: CheckView;
}

/** A guest who has paid may go: without the hub the payment is kept here, shown as such, and sent when it is back. */
export const addTender = (check: Uuid, tender: NewTender): Promise<Tendered> =>
  outbox.post<Tendered>(`/checks/${check}/tenders`, tender, () => {
    clock.tick();
    const view = live.views.get(check);
    const taken = view?.tenders.findLast((one) => one.unsent);
    return view && taken && { change_minor: taken.change_minor, check: view };
  });

export const refund = (check: Uuid, tender: Uuid, amount_minor: number, reason: string) =>
  onCheck(`/checks/${check}/tenders/${tender}/refund`, { amount_minor, reason });
/** What the slip of a card payment says, once the guest has written it. */
export const setTip = (check: Uuid, tender: Uuid, tip_minor: number) =>
  onCheck(`/checks/${check}/tenders/${tender}/tip`, { tip_minor });
/** Without the hub the party's table is free for the next one; the hub closes the check once it has its payments. */
export const closeCheck = (check: Uuid) => onCheck(`/checks/${check}/close`);
export const reopenCheck = (check: Uuid, reason: string) =>
  onCheck(`/checks/${check}/reopen`, { reason });
export const printReceipt = (check: Uuid) => onJob(`/checks/${check}/receipt`);

// ---- kitchen

export const bump = (ticket: Uuid) => onTicket(`/kitchen/tickets/${ticket}/bump`);
export const recall = (ticket: Uuid) => onTicket(`/kitchen/tickets/${ticket}/recall`);
export const rushTicket = (ticket: Uuid, on: boolean) =>
  onTicket(`/kitchen/tickets/${ticket}/rush`, { on });
export const progressLine = (
  ticket: Uuid,
  line: Uuid,
  progress: Extract<Progress, 'started' | 'ready'>,
) => onTicket(`/kitchen/tickets/${ticket}/lines/${line}/progress`, { progress });
export const recallLine = (ticket: Uuid, line: Uuid) =>
  onTicket(`/kitchen/tickets/${ticket}/lines/${line}/recall`);
export const serve = (check_id: Uuid, course: number) =>
  onCheck('/kitchen/serve', { check_id, course });

export async function setAvailability(
  item: Uuid,
  body: { available: boolean; remaining?: number | null },
) {
  const view = await outbox.post<ItemView>(`/menu/items/${item}/availability`, body);
  live.keep({ items: [view] });
}

// ---- printing and the day

export const reprint = (job: Uuid) => onJob(`/print-jobs/${job}/reprint`);
export const dismiss = (job: Uuid) => onJob(`/print-jobs/${job}/dismiss`);
/** What a person can have seen, so that it is not said again. */
const seenAt = { entry_set_aside: 'set-aside', printed_twice: 'printed-twice' } as const;
export const canBeSeen = (item: AttentionItem) => item.kind in seenAt;
/** Somebody has seen it: `item.id` names what, behind its kind. */
export async function see(item: AttentionItem) {
  const what = item.id.split('/').slice(1).join('/');
  const where = seenAt[item.kind as keyof typeof seenAt];
  live.attention = await outbox.post<AttentionItem[]>(`/attention/${where}/${what}/dismiss`, {});
}
export const testPrinter = (printer: Uuid) => onJob(`/printers/${printer}/test`);
export const printReport = () => onJob('/day/report/print');
export const closeDay = (counted: { denomination_minor: number; count: number }[]) =>
  outbox.post<DayReport>('/day/close', { counted });
export const moveCash = (
  kind: 'float' | 'paid_in' | 'paid_out',
  amount_minor: number,
  reason: string,
) => outbox.post<DayReport>('/day/drawer', { kind, amount_minor, reason });
export const openDrawer = (reason: string) => outbox.post<void>('/day/drawer/open', { reason });

// ---- staff

/** Cells of the table of who may do what: `id` is the role's. */
export const decideRights = (
  roles: { id: Uuid; cells: Partial<Record<Permission, 'may' | 'may_not'>> }[],
) =>
  outbox.post<unknown>('/catalogue/changes', {
    changes: roles.map(({ id, cells }) => ({ kind: 'rights', id, entity: cells })),
  });

export const setPin = (staff: Uuid, pin: string) =>
  outbox.post<unknown>(`/staff/${staff}/pin`, { pin });

export const eraseName = (staff: Uuid) => outbox.post<unknown>(`/staff/${staff}/erase`, {});

// ---- demo

export const setFault = (printer: Uuid, fault: DemoFault) =>
  outbox.post<unknown>(`/demo/printers/${printer}/fault`, { fault });
export const setLine = (line: DemoLine['line'], is_whole: boolean) =>
  outbox.post<unknown>('/demo/lines', { line, is_whole });
