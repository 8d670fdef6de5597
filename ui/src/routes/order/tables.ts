import type { TableView } from '$lib/api/schema';
import { live } from '$lib/live/live.svelte';

const byName = (a: TableView, b: TableView) =>
  a.name.localeCompare(b.name, undefined, { numeric: true });

/** The venue's tables, area by area as on the plan, then by name. */
export function tablesInOrder(): TableView[] {
  const areas = live.areas.map((area) => area.id);
  return [...live.tables.values()].sort(
    (a, b) => areas.indexOf(a.area_id) - areas.indexOf(b.area_id) || byName(a, b),
  );
}

/** Where a party can be seated now. */
export const isFree = (table: TableView) => table.state === 'free';
