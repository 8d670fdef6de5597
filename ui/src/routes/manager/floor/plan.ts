import type { Uuid } from '$lib/api/schema';
import { type Bounds, type Box, SIZE_MIN, boundsOf, degreesOf, outlineOf, tidy } from './geometry';

export type Shape = 'rect' | 'round' | 'bar';
export type DecorKind = 'wall' | 'plant' | 'door' | 'window' | 'bar' | 'text' | 'stairs';

export interface PlanArea {
  id: Uuid;
  name: string;
  sort: number;
  /** The size of its plan, in grid units. */
  width: number;
  height: number;
  archived: boolean;
}

export interface PlanTable extends Box {
  id: Uuid;
  name: string;
  area: Uuid;
  seats: number;
  shape: Shape;
  combines_with: Uuid[];
  archived: boolean;
}

export interface PlanDecor extends Box {
  id: Uuid;
  area: Uuid;
  kind: DecorKind;
  label: string;
  archived: boolean;
}

export interface PlanSection {
  id: Uuid;
  name: string;
  color: string;
  tables: Uuid[];
  server: Uuid | null;
  sort: number;
  archived: boolean;
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
export const sectionsOf = (plan: Plan) =>
  plan.sections.filter((section) => !section.archived).toSorted((a, b) => a.sort - b.sort);

/** The room of an area that is drawn on. */
export const roomOf = ({ width, height }: PlanArea): Bounds => ({
  left: 0,
  top: 0,
  right: width,
  bottom: height,
});

export const areaOf = (plan: Plan, id: Uuid) => plan.areas.find((area) => area.id === id);

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

export const withPlaced = (plan: Plan, id: Uuid, place: Partial<Box>): Plan =>
  withPieces(plan, new Set([id]), (piece) => ({ ...piece, ...place }));

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
export function keeping<T extends object>(whole: T, change: Partial<T>): T {
  const names = Object.keys(change) as (keyof T)[];
  return names.every((name) => whole[name] === change[name]) ? whole : { ...whole, ...change };
}
