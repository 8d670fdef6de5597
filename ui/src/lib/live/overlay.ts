import type {
  CheckSummary,
  CheckView,
  ItemView,
  LineView,
  Progress,
  SectionView,
  TableView,
  Unsent,
  Uuid,
  VenueView,
} from '$lib/api/schema';
import { unitPriceMinor } from '$lib/menu/choice';
import type { NewLine } from './commands';
import { at, settled } from './overlayMoney';
import type { Waiting } from './unsent.svelte';

/** What the hub said, for those who lay over it what still waits for the hub. */
export interface Held {
  venue: VenueView | null;
  items: ReadonlyMap<Uuid, ItemView>;
  tables: ReadonlyMap<Uuid, TableView>;
  sections: readonly SectionView[];
  checks: ReadonlyMap<Uuid, CheckSummary>;
  views: ReadonlyMap<Uuid, CheckView>;
  state: (command: Waiting) => Unsent;
}

/** Of a check that only this device knows. */
export const NO_NUMBER = '…';

const CHECK = /^\/checks\/([^/]+)(?:\/(.*))?$/;

/** The check a command is about; the one it opens. */
export const checkOf = ({ path, makes }: Waiting): Uuid | undefined =>
  path === '/checks' ? makes[0] : CHECK.exec(path)?.[1];

/** The checks that commands wait for, as they will look; each says that it is not the hub's word. */
export function checksWith(commands: Waiting[], held: Held): Map<Uuid, CheckView> {
  const shown = new Map<Uuid, CheckView>();
  for (const command of commands) {
    const id = checkOf(command);
    if (!id) continue;
    const before = shown.get(id) ?? held.views.get(id) ?? begun(id, command, held);
    if (before) shown.set(id, changed(before, command, held));
  }
  return shown;
}

/** The tables that commands wait for, as they will look. */
export function tablesWith(
  commands: Waiting[],
  opened: ReadonlyMap<Uuid, CheckView>,
  held: Held,
): Map<Uuid, TableView> {
  const shown = new Map<Uuid, TableView>();
  for (const { path, body } of commands) {
    const id = /^\/tables\/([^/]+)\/state$/.exec(path)?.[1];
    const table = id && held.tables.get(id);
    if (table) shown.set(table.id, { ...table, state: (body as Pick<TableView, 'state'>).state });
  }
  for (const check of opened.values()) putOnTable(check, shown, held);
  return shown;
}

/** Lays a check over its table, and takes it from the one where the hub still has it. */
function putOnTable(check: CheckView, shown: Map<Uuid, TableView>, held: Held): void {
  const others = ({ checks }: TableView) => checks.filter((one) => one.id !== check.id);
  const was = held.checks.get(check.id)?.table_id;
  const before = was && (shown.get(was) ?? held.tables.get(was));
  if (before && was !== check.table_id) shown.set(was, { ...before, checks: others(before) });
  const table = check.table_id && (shown.get(check.table_id) ?? held.tables.get(check.table_id));
  if (!table) return;
  const here = check.state === 'open' ? [check] : [];
  const checks = [...others(table), ...here].sort((a, b) => a.opened_at.localeCompare(b.opened_at));
  // As the hub will have it: a table that its party has left is to be cleaned, unless somebody did already.
  const empty = table.state === 'seated' ? 'dirty' : table.state;
  shown.set(table.id, { ...table, state: checks.length > 0 ? 'seated' : empty, checks });
}

/** A check of which this device knows no lines: opened here, or only seen in a list. */
function begun(id: Uuid, command: Waiting, held: Held): CheckView | undefined {
  const summary = held.checks.get(id);
  if (summary) return { ...withoutLines(summary), partial: true };
  return command.path === '/checks' ? withoutLines(opened(id, command, held)) : undefined;
}

function opened(id: Uuid, command: Waiting, held: Held): CheckSummary {
  const { table_id = null, covers, name = '' } = command.body as Partial<CheckSummary>;
  return {
    id,
    number: NO_NUMBER,
    name,
    state: 'open',
    table_id,
    joined_table_ids: [],
    table_name: (table_id && held.tables.get(table_id)?.name) || null,
    covers: covers ?? 0,
    server: serverOf(table_id, command, held),
    opened_at: at(command),
    closed_at: null,
    business_date: held.venue?.business_date ?? '',
    total_minor: 0,
    paid_minor: 0,
    due_minor: 0,
    courses: [],
    unsent_lines: 0,
    untipped_cards: 0,
    revision: 0,
  };
}

/** As the hub decides it: a waiter serves whom they seat, anybody else's party the server of the table's section. */
function serverOf(
  table: Uuid | null,
  { staff, by, role }: Waiting,
  held: Held,
): CheckSummary['server'] {
  const section = held.sections.find(({ tables }) => table !== null && tables.includes(table));
  const own = { id: staff, name: by };
  if (role === 'waiter' || !section?.server_id) return own;
  return { id: section.server_id, name: section.server ?? '' };
}

const withoutLines = (summary: CheckSummary): CheckView => ({
  ...summary,
  lines: [],
  tenders: [],
  shares: [],
  discounts: [],
  subtotal_minor: summary.total_minor,
  tax_minor: 0,
  taxes: [],
  service_minor: 0,
  service_basis_points: 0,
  discount_minor: 0,
  tips_minor: 0,
  merged_into: null,
});

/** One command being laid over a check. */
interface Step {
  command: Waiting;
  held: Held;
  unsent: Unsent;
}

function changed(check: CheckView, command: Waiting, held: Held): CheckView {
  const unsent = held.state(command);
  const lines = linesAfter(check.lines, { command, held, unsent });
  const unsent_lines = check.partial
    ? check.unsent_lines
    : lines.filter((line) => line.progress === 'new' && !line.void && !line.moved_to).length;
  const whole = check.unsent === 'waiting' ? check.unsent : unsent;
  const unsent_minor = addedMinor(lines, held.views.get(check.id)?.lines ?? []);
  const now = { ...check, lines, unsent_lines, unsent_minor, unsent: whole };
  const verb = CHECK.exec(command.path)?.[2];
  if (verb === 'transfer') return moved(now, command, held);
  return unsent === 'waiting' ? settled(now, command, verb) : now;
}

/** What the lines cost on the menu that the hub does not know yet, less those struck here that it still counts. */
function addedMinor(lines: LineView[], known: LineView[]): number {
  const before = new Map(known.map((line) => [line.id, line]));
  return lines.reduce((sum, line) => {
    const hubs = before.get(line.id);
    if (!hubs) return line.void ? sum : sum + line.total_minor;
    return line.void && !hubs.void ? sum - hubs.total_minor : sum;
  }, 0);
}

/** The party at its new table, or with its new name or count. Who serves it then is the hub's to name. */
function moved(check: CheckView, { body }: Waiting, held: Held): CheckView {
  const { table_id, covers, name } = body as Partial<CheckSummary>;
  return {
    ...check,
    ...(table_id ? { table_id, table_name: held.tables.get(table_id)?.name ?? null } : {}),
    covers: covers ?? check.covers,
    name: name ?? check.name,
  };
}

function linesAfter(lines: LineView[], step: Step): LineView[] {
  const { command, unsent } = step;
  const [verb, id, act] = (CHECK.exec(command.path)?.[2] ?? '').split('/');
  const { course } = (command.body ?? {}) as { course?: number };
  const move = (from: Progress[], progress: Progress) =>
    lines.map((one) =>
      from.includes(one.progress) && !one.void && (course === undefined || one.course === course)
        ? { ...one, progress, unsent: one.unsent === 'waiting' ? one.unsent : unsent }
        : one,
    );
  if (verb === 'fire') return move(['new', 'held'], 'fired');
  if (verb === 'hold') return move(['new'], 'held');
  if (verb === 'lines' && id)
    return lines.map((one) => (one.id === id ? touched(one, act, step) : one));
  if (verb === 'lines') return [...lines, ...added(lines, step)];
  return lines;
}

/** A void shows at once; how anything else will come out is the hub's to say. */
function touched(line: LineView, act: string | undefined, { command, unsent }: Step): LineView {
  const { reason = '', quantity } = command.body as { reason?: string; quantity?: number };
  if (act !== 'void' || (quantity && quantity < line.quantity)) return { ...line, unsent };
  return { ...line, unsent, void: { reason, by: command.by, at: at(command), waste: false } };
}

type Ordered = Omit<NewLine, 'seat'> & { seat?: number };

/** The lines of a command that the hub has not shown yet. */
function added(lines: LineView[], { command, held, unsent }: Step): LineView[] {
  const known = new Set(lines.map((line) => line.id));
  return (command.body as { lines: Ordered[] }).lines.flatMap((ordered, index) => {
    const id = command.makes[index]!;
    const item = held.items.get(ordered.item_id);
    if (!item || known.has(id)) return [];
    return [
      { ...newLine(ordered, item), id, unsent, ordered_at: at(command), ordered_by: command.by },
    ];
  });
}

function newLine(line: Ordered, item: ItemView) {
  const modifiers = item.modifier_groups
    .flatMap((group) => group.modifiers)
    .filter((modifier) => line.modifiers.includes(modifier.id));
  const unit = unitPriceMinor(item, line);
  const allergens = [...item.allergens, ...modifiers.flatMap((one) => one.allergens)];
  return {
    item_id: item.id,
    name: line.open?.name || item.name,
    open: line.open !== undefined,
    quantity: line.quantity,
    seat: line.seat ?? null,
    course: line.course,
    modifiers: modifiers.map((one) => ({ ...one })),
    note: line.note,
    allergens: [...new Set(allergens)].sort(),
    unit_price_minor: unit,
    total_minor: unit * line.quantity,
    discount_minor: 0,
    station: item.station,
    progress: 'new' as const,
    rush: false,
    void: null,
    comp: null,
    moved_to: null,
    replaces: null,
  };
}
