import type { CheckSummary, TableView } from '$lib/api/schema';
import { t } from '$lib/i18n/i18n.svelte';
import * as commands from '$lib/live/commands';
import { router } from '$lib/router/router.svelte';
import { session } from '$lib/session/session.svelte';
import { toasts, tried } from '$lib/ui/toasts.svelte';
import type { Place } from './bestFit';

type Mark = Parameters<typeof commands.setTableState>[1];

/** Marks a table, with one touch to take it back. */
export async function mark(table: TableView, state: Mark): Promise<void> {
  const before = table.state;
  const done = await tried(commands.setTableState(table.id, state).then(() => true));
  if (!done || (before !== 'free' && before !== 'dirty' && before !== 'blocked')) return;
  const said = t(`host.marked.${state}`, { table: table.name });
  toasts.undoable(said, () => tried(commands.setTableState(table.id, before)), table.id);
}

const moveAll = (checks: CheckSummary[], table: TableView) =>
  tried(Promise.all(checks.map((check) => commands.transfer(check.id, { table_id: table.id }))));

/** A party sits down, with one check for all its tables; whether it does. A waiter goes on to take the order. */
export async function seat([table, ...others]: Place['tables'], covers: number): Promise<boolean> {
  const check = await tried(commands.openCheck(table.id, covers));
  if (!check) return false;
  const ids = others.map(({ id }) => id);
  if (ids.length) void tried(commands.joinTables(check.id, ids));
  if (session.staff?.role === 'waiter') router.go(`/order/${check.id}`);
  return true;
}

/** The whole party changes tables; what is on its way there goes along. */
export async function moveParty(from: TableView, to: TableView): Promise<void> {
  const { checks } = from;
  if (!(await moveAll(checks, to))) return;
  toasts.undoable(t('host.moved', { from: from.name, to: to.name }), () => moveAll(checks, from));
}

/** Two parties become one check, at the table of the second. */
export async function mergeParties(from: TableView, to: TableView): Promise<void> {
  const [into] = to.checks;
  if (!into) return;
  for (const check of from.checks) await tried(commands.merge(into.id, check.id));
}
