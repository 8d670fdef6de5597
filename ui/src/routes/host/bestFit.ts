import type { SectionView, TableView, Uuid } from '$lib/api/schema';
import { combinations, servedIn } from './sections';
import { freeAtMs, type TurnTime } from './turn';

/** Where a party could sit: a table, or two that go together. */
export interface Place {
  tables: [TableView, ...TableView[]];
  seats: number;
  section: SectionView | null;
  /** How many whoever looks after it serves now. */
  load: number;
}

const PLACES_MAX = 4;
/** So many empty chairs beside a party are no waste. */
const SPARE_SEATS = 1;

/** Places for a party, best first: no larger than needed, one table rather than two, somebody to serve them, then whoever serves fewest. */
export function placesFor(covers: number, tables: TableView[], sections: SectionView[]): Place[] {
  const free = tables.filter(({ state }) => state === 'free');
  const sectionOf = new Map(sections.map((section) => [section.id, section]));
  const loadOf = new Map(
    sections.map((section) => [section.id, servedIn(section, sections, tables)]),
  );
  const place = (...some: [TableView, ...TableView[]]): Place => {
    const id: Uuid = some[0].section_id ?? '';
    const seats = some.reduce((sum, table) => sum + table.seats, 0);
    return { tables: some, seats, section: sectionOf.get(id) ?? null, load: loadOf.get(id) ?? 0 };
  };
  const pairs = free.flatMap((one) =>
    combinations(one, free)
      .filter((other) => one.name < other.name)
      .map((other) => place(one, other)),
  );
  const wasted = ({ seats }: Place) => Math.max(0, seats - covers - SPARE_SEATS);
  const isUnserved = ({ section }: Place) => !section?.server_id;
  return [...free.map((table) => place(table)), ...pairs]
    .filter(({ seats }) => seats >= covers)
    .sort(
      (a, b) =>
        a.tables.length - b.tables.length ||
        wasted(a) - wasted(b) ||
        Number(isUnserved(a)) - Number(isUnserved(b)) ||
        a.load - b.load ||
        a.seats - b.seats ||
        a.tables[0].name.localeCompare(b.tables[0].name, undefined, { numeric: true }),
    )
    .slice(0, PLACES_MAX);
}

/** The table for so many that is expected to be free first, and when; null when no table is large enough. */
export function nextFree(
  covers: number,
  tables: TableView[],
  turns: TurnTime[],
): { table: TableView; at: number } | null {
  const soon = tables.flatMap((table) => {
    const at = table.seats >= covers ? freeAtMs(table, turns) : null;
    return at === null ? [] : [{ table, at }];
  });
  return soon.sort((a, b) => a.at - b.at)[0] ?? null;
}
