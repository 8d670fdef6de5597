import type { Uuid } from '$lib/api/schema';
import { type Point, outlineOf, overlap, tidy } from './geometry';
import {
  type Piece,
  type Plan,
  type PlanArea,
  type PlanTable,
  areaOf,
  isTable,
  pieceBounds,
  pieceOutline,
  piecesIn,
  tablesIn,
} from './plan';

export const withTables = (plan: Plan, tables: PlanTable[]): Plan => ({
  ...plan,
  tables: [...plan.tables, ...tables],
});

export const withPiece = (plan: Plan, piece: Piece): Plan =>
  isTable(piece) ? withTables(plan, [piece]) : { ...plan, decor: [...plan.decor, piece] };

/** What stays free around a new table, so that one can sit at it; in a full room less will do. */
const GAPS = [2, 1, 0];

interface Size {
  width: number;
  height: number;
}

/** The free place nearest to `near` for something of that size; `near` itself when the room is full. */
export function freePlace(plan: Plan, area: PlanArea, size: Size, near: Point): Point {
  const taken = piecesIn(plan, area.id).map(pieceOutline);
  const isFree = ({ x, y }: Point, gap: number) => {
    const [width, height] = [size.width + 2 * gap, size.height + 2 * gap];
    const wanted = outlineOf({ x: x - gap, y: y - gap, width, height, rotation: 0 }, false);
    return !taken.some((outline) => overlap(outline, wanted));
  };
  const places: (Point & { far: number })[] = [];
  for (let x = 0; x + size.width <= area.width; x += 1)
    for (let y = 0; y + size.height <= area.height; y += 1)
      places.push({ x, y, far: Math.hypot(x - near.x, y - near.y) });
  places.sort((a, b) => a.far - b.far);
  const free = GAPS.map((gap) => places.find((place) => isFree(place, gap)));
  const { x, y } = free.find((place) => place !== undefined) ?? near;
  return { x: Math.round(x), y: Math.round(y) };
}

const widthOf = (plan: Plan, { area }: Piece) => areaOf(plan, area)?.width ?? 0;

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
  const [dx, dy] = right + across <= widthOf(plan, originals[0]!) ? [across, 0] : [2, 2];
  let after = plan;
  const copies = originals.map((piece) => {
    const copy = { ...piece, id: freshId(), x: tidy(piece.x + dx), y: tidy(piece.y + dy) };
    if (isTable(copy)) Object.assign(copy, { name: nextName(after, copy.name), combines_with: [] });
    after = withPiece(after, copy);
    return copy.id;
  });
  return { plan: after, copies };
}

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
