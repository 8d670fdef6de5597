import type { Uuid } from '$lib/api/schema';
import {
  type Bounds,
  type Box,
  PLAN,
  boundsOf,
  degreesOf,
  outlineOf,
  overlap,
  tidy,
} from './geometry';
import { SIZE_MIN } from './geometry';

export type Shape = 'rect' | 'round' | 'bar';
export type DecorKind = 'wall' | 'plant' | 'door' | 'window' | 'bar' | 'text' | 'stairs';

export interface PlanArea {
  id: Uuid;
  name: string;
  sort: number;
  archived?: boolean;
}

export interface PlanTable extends Box {
  id: Uuid;
  name: string;
  area: Uuid;
  seats: number;
  shape: Shape;
  combines_with: Uuid[];
  archived?: boolean;
}

export interface PlanDecor extends Box {
  id: Uuid;
  area: Uuid;
  kind: DecorKind;
  label: string;
  archived?: boolean;
}

export interface PlanSection {
  id: Uuid;
  name: string;
  color: string;
  tables: Uuid[];
  server: Uuid | null;
  archived?: boolean;
}

/** All that is drawn. Every edit below makes a new one and leaves the old as it was. */
export interface Plan {
  areas: PlanArea[];
  tables: PlanTable[];
  decor: PlanDecor[];
  sections: PlanSection[];
}

/** A table or a piece of decoration: what can be moved, turned and sized. */
export type Piece = PlanTable | PlanDecor;

export const isTable = (piece: Piece): piece is PlanTable => 'seats' in piece;
export const isRound = (piece: Piece) =>
  isTable(piece) ? piece.shape === 'round' : piece.kind === 'plant';

export const pieceBounds = (piece: Piece): Bounds => boundsOf(piece, isRound(piece));
export const pieceOutline = (piece: Piece) => outlineOf(piece, isRound(piece));

export const areasOf = (plan: Plan) =>
  plan.areas.filter((area) => !area.archived).toSorted((a, b) => a.sort - b.sort);
export const sectionsOf = (plan: Plan) => plan.sections.filter((section) => !section.archived);

/** What stands in an area, decoration under the tables. */
export const piecesIn = (plan: Plan, area: Uuid): Piece[] =>
  [...plan.decor, ...plan.tables].filter((piece) => piece.area === area && !piece.archived);

export const tablesIn = (plan: Plan, area: Uuid) =>
  plan.tables.filter((table) => table.area === area && !table.archived);

/** Changes the pieces of those ids; what the change leaves alone keeps its identity. */
export function withPieces(
  plan: Plan,
  ids: ReadonlySet<Uuid>,
  change: <T extends Piece>(piece: T) => T,
) {
  const each = <T extends Piece>(piece: T) => (ids.has(piece.id) ? change(piece) : piece);
  return { ...plan, tables: plan.tables.map(each), decor: plan.decor.map(each) };
}

export const withTable = (plan: Plan, id: Uuid, change: Partial<PlanTable>): Plan => ({
  ...plan,
  tables: plan.tables.map((table) => (table.id === id ? { ...table, ...change } : table)),
});

export const withDecor = (plan: Plan, id: Uuid, change: Partial<PlanDecor>): Plan => ({
  ...plan,
  decor: plan.decor.map((decor) => (decor.id === id ? { ...decor, ...change } : decor)),
});

export const withPlaced = (plan: Plan, placed: Map<Uuid, Partial<Box>>): Plan =>
  withPieces(plan, new Set(placed.keys()), (piece) => ({ ...piece, ...placed.get(piece.id) }));

export const moved = (plan: Plan, ids: ReadonlySet<Uuid>, dx: number, dy: number): Plan =>
  withPieces(plan, ids, (piece) => ({ ...piece, x: tidy(piece.x + dx), y: tidy(piece.y + dy) }));

/** Grows about the upper left corner, as the arrow keys do. */
export const grown = (plan: Plan, ids: ReadonlySet<Uuid>, across: number, down: number): Plan =>
  withPieces(plan, ids, (piece) => ({
    ...piece,
    width: tidy(Math.max(SIZE_MIN, piece.width + across)),
    height: tidy(Math.max(SIZE_MIN, piece.height + down)),
  }));

export const spun = (plan: Plan, ids: ReadonlySet<Uuid>, degrees: number): Plan =>
  withPieces(plan, ids, (piece) => ({ ...piece, rotation: degreesOf(piece.rotation + degrees) }));

/** Takes pieces off the plan. Tables stay in the books, so they are archived and leave their links and sections. */
export function withoutPieces(plan: Plan, ids: ReadonlySet<Uuid>): Plan {
  const left = (others: Uuid[]) =>
    others.some((id) => ids.has(id)) ? others.filter((id) => !ids.has(id)) : others;
  const archived = withPieces(plan, ids, (piece) => ({ ...piece, archived: true }));
  return {
    ...archived,
    tables: archived.tables.map((table) =>
      keeping(table, { combines_with: left(table.combines_with) }),
    ),
    sections: plan.sections.map((section) => keeping(section, { tables: left(section.tables) })),
  };
}

/** The same object when the change changes nothing. */
function keeping<T extends object>(whole: T, change: Partial<T>): T {
  const names = Object.keys(change) as (keyof T)[];
  return names.every((name) => whole[name] === change[name]) ? whole : { ...whole, ...change };
}

// ---- adding

export const withTables = (plan: Plan, tables: PlanTable[]): Plan => ({
  ...plan,
  tables: [...plan.tables, ...tables],
});

export const withPiece = (plan: Plan, piece: Piece): Plan =>
  isTable(piece) ? withTables(plan, [piece]) : { ...plan, decor: [...plan.decor, piece] };

const GAP = 1;

/** The free place nearest to `near` for something of that size; `near` itself when the room is full. */
export function freePlace(
  plan: Plan,
  area: Uuid,
  size: { width: number; height: number },
  near: { x: number; y: number },
): { x: number; y: number } {
  const taken = piecesIn(plan, area).map(pieceOutline);
  const isFree = ({ x, y }: { x: number; y: number }) => {
    const wanted = outlineOf(
      {
        x: x - GAP,
        y: y - GAP,
        width: size.width + 2 * GAP,
        height: size.height + 2 * GAP,
        rotation: 0,
      },
      false,
    );
    return !taken.some((outline) => overlap(outline, wanted));
  };
  const places: { x: number; y: number; far: number }[] = [];
  for (let x = PLAN.left; x + size.width <= PLAN.right; x += 1)
    for (let y = PLAN.top; y + size.height <= PLAN.bottom; y += 1)
      places.push({ x, y, far: Math.hypot(x - near.x, y - near.y) });
  places.sort((a, b) => a.far - b.far);
  return places.find(isFree) ?? { x: Math.round(near.x), y: Math.round(near.y) };
}

/** Copies of the pieces beside them; the copies' ids in the order of the plan. */
export function duplicated(
  plan: Plan,
  ids: ReadonlySet<Uuid>,
  freshId: () => Uuid,
): { plan: Plan; copies: Uuid[] } {
  const originals = [...plan.decor, ...plan.tables].filter((piece) => ids.has(piece.id));
  if (originals.length === 0) return { plan, copies: [] };
  const left = Math.min(...originals.map((piece) => pieceBounds(piece).left));
  const right = Math.max(...originals.map((piece) => pieceBounds(piece).right));
  const across = right - left + 2;
  const [dx, dy] = right + across <= PLAN.right ? [across, 0] : [2, 2];
  let after = plan;
  const copies = originals.map((piece) => {
    const copy = { ...piece, id: freshId(), x: tidy(piece.x + dx), y: tidy(piece.y + dy) };
    if (isTable(copy)) Object.assign(copy, { name: nextName(after, copy.name), combines_with: [] });
    after = withPiece(after, copy);
    return copy.id;
  });
  return { plan: after, copies };
}

// ---- names

/** The first name after `like` that no table has: "S4" is followed by "S5". */
export function nextName(plan: Plan, like: string): string {
  const taken = new Set(plan.tables.filter((table) => !table.archived).map((table) => table.name));
  const [, prefix = '', digits = '0'] = /^(.*?)(\d*)$/.exec(like) ?? [];
  for (let number = Number(digits) + 1; ; number += 1) {
    const name = `${prefix}${number}`;
    if (!taken.has(name)) return name;
  }
}

/** The name a new table of an area gets: the next of the area's own row of names. */
export function newName(plan: Plan, area: Uuid): string {
  const names = tablesIn(plan, area).map((table) => table.name);
  const numbered = names.filter((name) => /\d$/.test(name));
  const last = numbered.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  const initial =
    plan.areas
      .find((one) => one.id === area)
      ?.name.trim()
      .charAt(0) ?? '';
  return nextName(plan, last ?? `${initial.toLocaleUpperCase()}0`);
}

// ---- combining

const linked = (table: PlanTable, other: Uuid) => table.combines_with.includes(other);

export const areCombined = (plan: Plan, a: Uuid, b: Uuid) =>
  plan.tables.some((table) => table.id === a && linked(table, b));

/** Says that two tables can be pushed together, or, when that was said already, that they cannot. */
export function combineToggled(plan: Plan, a: Uuid, b: Uuid): Plan {
  if (a === b) return plan;
  const apart = areCombined(plan, a, b) || areCombined(plan, b, a);
  const link = (table: PlanTable, other: Uuid) => ({
    ...table,
    combines_with: apart
      ? table.combines_with.filter((id) => id !== other)
      : [...table.combines_with.filter((id) => id !== other), other],
  });
  return {
    ...plan,
    tables: plan.tables.map((table) =>
      table.id === a ? link(table, b) : table.id === b ? link(table, a) : table,
    ),
  };
}

/** Each pair of tables that can be pushed together, once. */
export function combinedPairs(plan: Plan, area: Uuid): [PlanTable, PlanTable][] {
  const tables = tablesIn(plan, area);
  return tables.flatMap((table, index) =>
    tables
      .slice(index + 1)
      .filter((other) => linked(table, other.id) || linked(other, table.id))
      .map((other): [PlanTable, PlanTable] => [table, other]),
  );
}

// ---- sections

export const sectionOf = (plan: Plan, table: Uuid) =>
  sectionsOf(plan).find((section) => section.tables.includes(table));

/** Gives a table to a section, or takes it back when it is its own already. A table is in one section at most. */
export function painted(plan: Plan, section: Uuid, table: Uuid): Plan {
  return {
    ...plan,
    sections: plan.sections.map((one) => {
      const has = one.tables.includes(table);
      if (one.id === section)
        return {
          ...one,
          tables: has ? one.tables.filter((id) => id !== table) : [...one.tables, table],
        };
      return has ? { ...one, tables: one.tables.filter((id) => id !== table) } : one;
    }),
  };
}

export const withSection = (plan: Plan, id: Uuid, change: Partial<PlanSection>): Plan => ({
  ...plan,
  sections: plan.sections.map((section) =>
    section.id === id ? { ...section, ...change } : section,
  ),
});

// ---- areas

export const withArea = (plan: Plan, id: Uuid, change: Partial<PlanArea>): Plan => ({
  ...plan,
  areas: plan.areas.map((area) => (area.id === id ? { ...area, ...change } : area)),
});

export const withNewArea = (plan: Plan, id: Uuid, name: string): Plan => ({
  ...plan,
  areas: [
    ...plan.areas,
    { id, name, sort: Math.max(-1, ...plan.areas.map((area) => area.sort)) + 1 },
  ],
});

/** Moves an area one place towards the front or the back; all get their place anew. */
export function areaShifted(plan: Plan, id: Uuid, by: -1 | 1): Plan {
  const order = areasOf(plan).map((area) => area.id);
  const from = order.indexOf(id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= order.length) return plan;
  [order[from], order[to]] = [order[to]!, order[from]!];
  return {
    ...plan,
    areas: plan.areas.map((area) =>
      area.archived ? area : keeping(area, { sort: order.indexOf(area.id) }),
    ),
  };
}

/** Takes an area away with all that stands in it. */
export function withoutArea(plan: Plan, id: Uuid): Plan {
  const cleared = withoutPieces(plan, new Set(piecesIn(plan, id).map((piece) => piece.id)));
  return withArea(cleared, id, { archived: true });
}
