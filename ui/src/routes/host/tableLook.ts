import type { CheckSummary, Progress, TableView } from '$lib/api/schema';
import { paidOf, totalOf } from '$lib/live/sums';
import type { IconName } from '$lib/ui/icons';
import type { Tone } from '$lib/ui/tone';

export type TableStage =
  | 'free'
  | 'reserved'
  | 'seated'
  | 'ordering'
  | 'cooking'
  | 'ready'
  | 'served'
  | 'paid'
  | 'dirty'
  | 'blocked';

export const stageLook: Record<TableStage, { tone: Tone; icon: IconName | null }> = {
  free: { tone: 'plain', icon: null },
  reserved: { tone: 'violet', icon: 'calendar' },
  seated: { tone: 'blue', icon: 'user' },
  ordering: { tone: 'blue', icon: 'pencil' },
  cooking: { tone: 'amber', icon: 'flame' },
  ready: { tone: 'green', icon: 'bell' },
  served: { tone: 'blue', icon: 'plate' },
  paid: { tone: 'green', icon: 'check' },
  dirty: { tone: 'grey', icon: 'broom' },
  blocked: { tone: 'grey', icon: 'ban' },
};

/** What a host wants to know of a table first: the most urgent thing true of any of its checks. */
export function stageOf(table: TableView): TableStage {
  if (table.state !== 'seated' && table.checks.length === 0) return table.state;
  const courses = table.checks.flatMap((check) => check.courses);
  const anyCourse = (...progress: Progress[]) => courses.some((c) => progress.includes(c.progress));
  if (anyCourse('ready')) return 'ready';
  if (anyCourse('fired', 'started')) return 'cooking';
  if (table.checks.length > 0 && table.checks.every(isPaid)) return 'paid';
  if (table.checks.some((check) => check.unsent_lines > 0)) return 'ordering';
  return courses.length > 0 ? 'served' : 'seated';
}

const isPaid = (check: CheckSummary) => check.total_minor > 0 && check.due_minor <= 0;

export interface Occupancy {
  since: string | null;
  spendMinor: number;
  paidMinor: number;
  covers: number;
  servers: string[];
}

export function occupancyOf({ checks }: TableView): Occupancy {
  const opened = checks.map((check) => check.opened_at).sort();
  return {
    since: opened[0] ?? null,
    spendMinor: checks.reduce((sum, check) => sum + totalOf(check), 0),
    paidMinor: checks.reduce((sum, check) => sum + paidOf(check), 0),
    covers: checks.reduce((sum, check) => sum + check.covers, 0),
    servers: [...new Set(checks.map((check) => check.server.name))],
  };
}

/** How many sit at these tables; a party at two of them is counted once. */
export function coversAt(tables: TableView[]): number {
  const checks = new Map(tables.flatMap((table) => table.checks.map((one) => [one.id, one])));
  return [...checks.values()].reduce((sum, check) => sum + check.covers, 0);
}

/** Whether a party only reaches over to this table from its own. */
export const isJoinedOn = ({ id, checks }: TableView) =>
  checks.length > 0 && checks.every((check) => check.table_id && check.table_id !== id);

/** Whether a table, its server or its guest is called like this. */
export function found({ name, checks }: TableView, words: string): boolean {
  const wanted = words.trim().toLocaleLowerCase();
  const names = [name, ...checks.flatMap((check) => [check.server.name, check.name, check.number])];
  return names.some((one) => one.toLocaleLowerCase().includes(wanted));
}
