import type { SectionView, TableView, Uuid } from '$lib/api/schema';
import { coversAt } from './tableLook';

/** How many a section serves now. */
export const coversIn = (section: SectionView, tables: TableView[]) =>
  coversAt(tables.filter((table) => table.section_id === section.id));

/** How many whoever looks after a section serves now, in all of their sections. */
export const servedIn = (section: SectionView, sections: SectionView[], tables: TableView[]) =>
  sections
    .filter(({ id, server_id }) =>
      section.server_id ? server_id === section.server_id : id === section.id,
    )
    .reduce((sum, one) => sum + coversIn(one, tables), 0);

/** Two tables that can be pushed together, and the middle of each on the plan. */
export interface Link {
  key: string;
  from: { x: number; y: number };
  to: { x: number; y: number };
}

/** Tables that can be put together. */
export const neighbours = (tables: TableView[]) => linksOf(tables, (table) => table.combines_with);

/** Tables where one party sits. */
export const joins = (tables: TableView[]) => linksOf(tables, joinedOf);

/** A picture that was kept by an older build knows of none. */
export const joinedOf = (table: TableView): Uuid[] => table.joined ?? [];

/** Every link once, whichever of the two tables names it. */
function linksOf(tables: TableView[], of: (table: TableView) => Uuid[]): Link[] {
  const byId = new Map(tables.map((table) => [table.id, table]));
  const links = new Map<string, Link>();
  for (const table of tables)
    for (const other of of(table).flatMap((id) => byId.get(id) ?? [])) {
      const key = [table.id, other.id].sort().join('/');
      links.set(key, { key, from: middle(table), to: middle(other) });
    }
  return [...links.values()];
}

const middle = ({ x, y, width, height }: TableView) => ({ x: x + width / 2, y: y + height / 2 });

/** The tables that are meant to be put together with this one. */
export const combinations = (table: TableView, tables: Iterable<TableView>): TableView[] =>
  [...tables].filter(
    (other) =>
      other.id !== table.id &&
      (table.combines_with.includes(other.id) || other.combines_with.includes(table.id)),
  );
