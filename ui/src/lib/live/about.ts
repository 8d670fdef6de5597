import type { Uuid } from '$lib/api/schema';
import { live } from './live.svelte';

/** What a command does, as it was when it was made: enough to say it in any language later. */
export interface About {
  act: Act;
  table?: string;
  check?: string;
  covers?: number;
  amount_minor?: number;
  basis_points?: number;
  items: { item: Uuid; name: string; quantity: number }[];
}

export type Act =
  | 'open'
  | 'lines'
  | 'fire'
  | 'hold'
  | 'void'
  | 'comp'
  | 'refire'
  | 'change'
  | 'pay'
  | 'refund'
  | 'tip'
  | 'reopen'
  | 'discount'
  | 'service'
  | 'close'
  | 'onCheck'
  | 'onTable'
  | 'kitchen'
  | 'stock'
  | 'print'
  | 'signOut'
  | 'other';

interface Body {
  table_id?: Uuid | null;
  check_id?: Uuid;
  name?: string;
  covers?: number;
  amount_minor?: number;
  tip_minor?: number;
  basis_points?: number;
  quantity?: number;
  lines?: { item_id?: Uuid; line_id?: Uuid; quantity?: number; open?: { name?: string } }[];
}

const ON_CHECK: Record<string, Act> = {
  lines: 'lines',
  fire: 'fire',
  hold: 'hold',
  tenders: 'pay',
  close: 'close',
  reopen: 'reopen',
  discounts: 'discount',
  service: 'service',
  receipt: 'print',
};
const ON_LINE: Record<string, Act> = {
  void: 'void',
  comp: 'comp',
  refire: 'refire',
  change: 'change',
  refund: 'refund',
  tip: 'tip',
};
const ELSEWHERE: Record<string, Act> = {
  tables: 'onTable',
  kitchen: 'kitchen',
  menu: 'stock',
  'print-jobs': 'print',
  printers: 'print',
  auth: 'signOut',
};

/** Says what a command is about, in names rather than ids. */
export function aboutOf(path: string, body: unknown): About {
  const [, noun = '', id = '', of, line, verb] = path.split('/');
  const said = (body ?? {}) as Body;
  if (path === '/checks')
    return { ...atTable(said.table_id), act: 'open', check: said.name, covers: said.covers };
  if (noun === 'checks') {
    const act = verb ? (ON_LINE[verb] ?? 'onCheck') : (ON_CHECK[of ?? ''] ?? 'onCheck');
    const part = act === 'void' ? said.quantity : undefined;
    const items = line ? lineOf(id, line, part) : act === 'lines' ? ordered(said) : [];
    const { amount_minor = said.tip_minor, basis_points } = said;
    return { ...atCheck(id), act, items, amount_minor, basis_points };
  }
  const act = ELSEWHERE[noun] ?? 'other';
  if (noun === 'tables') return { ...atTable(id), act };
  if (noun === 'menu') return { act, items: [itemOf(of ?? '', 1)] };
  if (said.check_id) return { ...atCheck(said.check_id), act };
  const ticket = live.tickets.get(of ?? '');
  return { act, table: ticket?.table_name ?? undefined, check: ticket?.check_number, items: [] };
}

const atTable = (table: Uuid | null | undefined) => ({
  table: table ? live.tables.get(table)?.name : undefined,
  items: [],
});

function atCheck(id: Uuid) {
  const check = live.checks.get(id) ?? live.views.get(id);
  return { table: check?.table_name ?? undefined, check: check?.name || check?.number, items: [] };
}

const ordered = ({ lines = [] }: Body) =>
  lines.map(({ item_id, quantity, open }) => itemOf(item_id ?? '', quantity ?? 1, open?.name));

function lineOf(check: Uuid, id: Uuid, part?: number) {
  const line = live.views.get(check)?.lines.find((one) => one.id === id);
  return line ? [{ item: line.item_id, name: line.name, quantity: part ?? line.quantity }] : [];
}

const itemOf = (item: Uuid, quantity: number, said?: string) => ({
  item,
  name: said || (live.items.get(item)?.name ?? ''),
  quantity,
});
