import type { TableView } from '$lib/api/schema';
import type { IconName } from '$lib/ui/icons';
import type { Tone } from '$lib/ui/tone';
import { isJoinedOn, occupancyOf, stageOf } from './tableLook';
import { freeAtMs, type TurnTime } from './turn';

/** Why a host should go and look. */
export type TableAlert =
  'call' | 'bill' | 'shared' | 'ready' | 'unordered' | 'paid' | 'long' | 'dirty';

/** A party this long with nothing ordered was forgotten. */
const UNORDERED_SECS = 10 * 60;

export const alertLook: Record<TableAlert, { tone: Tone; icon: IconName }> = {
  call: { tone: 'red', icon: 'bell' },
  bill: { tone: 'red', icon: 'cash' },
  shared: { tone: 'red', icon: 'warning' },
  ready: { tone: 'green', icon: 'bell' },
  unordered: { tone: 'amber', icon: 'pencil' },
  paid: { tone: 'violet', icon: 'cash' },
  long: { tone: 'amber', icon: 'clock' },
  dirty: { tone: 'grey', icon: 'broom' },
};

const urgency: TableAlert[] = [
  'call',
  'bill',
  'shared',
  'ready',
  'unordered',
  'paid',
  'long',
  'dirty',
];

/** The most urgent of what is wrong with a table; null when it is as it should be. */
export function alertOf(
  table: TableView,
  nowMs: number,
  turns: TurnTime[] = [],
): TableAlert | null {
  if (table.checks.length === 0) return table.state === 'dirty' ? 'dirty' : null;
  const stage = stageOf(table);
  if (table.checks.length > 1 && differentServers(table)) return 'shared';
  if (stage === 'ready') return 'ready';
  const { since } = occupancyOf(table);
  const secs = since ? (nowMs - Date.parse(since)) / 1000 : 0;
  if ((stage === 'seated' || stage === 'ordering') && secs >= UNORDERED_SECS) return 'unordered';
  if (stage === 'paid') return 'paid';
  return nowMs >= (freeAtMs(table, turns) ?? Infinity) ? 'long' : null;
}

/** Two checks of one server are a party that pays apart; of two servers they are a double seat. */
const differentServers = ({ checks }: TableView) =>
  new Set(checks.map((check) => check.server.id)).size > 1;

/** A dirty or a ready table is marked by its stage; a second mark would only be noise. */
export const shownMark = (alert: TableAlert | null) =>
  alert === 'dirty' || alert === 'ready' ? null : alert;

export interface AlertedTable {
  table: TableView;
  alert: TableAlert;
}

/** Every table that wants somebody, most urgent first and then the longest there. */
export function alertedTables(
  tables: TableView[],
  nowMs: number,
  turns: TurnTime[] = [],
): AlertedTable[] {
  return tables
    .flatMap((table) => {
      const alert = isJoinedOn(table) ? null : alertOf(table, nowMs, turns);
      return alert ? [{ table, alert }] : [];
    })
    .sort(
      (a, b) =>
        urgency.indexOf(a.alert) - urgency.indexOf(b.alert) ||
        (occupancyOf(a.table).since ?? '').localeCompare(occupancyOf(b.table).since ?? '') ||
        a.table.name.localeCompare(b.table.name, undefined, { numeric: true }),
    );
}

/** Parties that want nothing now, the longest there first. */
export function quietTables(tables: TableView[], alerts: AlertedTable[]): TableView[] {
  const alerted = new Set(alerts.map(({ table }) => table.id));
  return tables
    .filter((table) => table.checks.length > 0 && !isJoinedOn(table) && !alerted.has(table.id))
    .sort((a, b) => (occupancyOf(a).since ?? '').localeCompare(occupancyOf(b).since ?? ''));
}
