import type { SectionView, TableView } from '$lib/api/schema';
import { occupancyOf } from './tableLook';

/** How many a section serves now. */
export const coversIn = (section: SectionView, tables: TableView[]) =>
  tables
    .filter((table) => table.section_id === section.id)
    .reduce((sum, table) => sum + occupancyOf(table).covers, 0);

/** Two tables that can be pushed together, and the middle of each on the plan. */
export interface Link {
  key: string;
  from: { x: number; y: number };
  to: { x: number; y: number };
}

/** Every declared neighbourhood once, whichever of the two tables names it. */
export function linksOf(tables: TableView[]): Link[] {
  const byId = new Map(tables.map((table) => [table.id, table]));
  const links = new Map<string, Link>();
  for (const table of tables)
    for (const other of table.combines_with.flatMap((id) => byId.get(id) ?? [])) {
      const key = [table.id, other.id].sort().join('/');
      links.set(key, { key, from: middle(table), to: middle(other) });
    }
  return [...links.values()];
}

const middle = ({ x, y, width, height }: TableView) => ({ x: x + width / 2, y: y + height / 2 });

/** The tables a larger party could have together with this one, with the seats of both. */
export function combinations(
  table: TableView,
  tables: Iterable<TableView>,
): { table: TableView; seats: number }[] {
  return [...tables]
    .filter(
      (other) =>
        other.id !== table.id &&
        (table.combines_with.includes(other.id) || other.combines_with.includes(table.id)),
    )
    .map((other) => ({ table: other, seats: table.seats + other.seats }));
}
