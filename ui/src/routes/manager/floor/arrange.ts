import type { Uuid } from '$lib/api/schema';
import { type Bounds, around, middleOf, tidy } from './geometry';
import { nextName } from './adding';
import { type Piece, type Plan, pieceBounds, withPieces, withTable } from './plan';

export type Alignment = 'left' | 'center' | 'right' | 'top' | 'middle' | 'bottom';

const chosen = (plan: Plan, ids: ReadonlySet<Uuid>): Piece[] =>
  [...plan.decor, ...plan.tables].filter((piece) => ids.has(piece.id));

function shift(to: Alignment, own: Bounds, all: Bounds): { dx: number; dy: number } {
  switch (to) {
    case 'left':
      return { dx: all.left - own.left, dy: 0 };
    case 'right':
      return { dx: all.right - own.right, dy: 0 };
    case 'center':
      return { dx: (all.left + all.right - own.left - own.right) / 2, dy: 0 };
    case 'top':
      return { dx: 0, dy: all.top - own.top };
    case 'bottom':
      return { dx: 0, dy: all.bottom - own.bottom };
    case 'middle':
      return { dx: 0, dy: (all.top + all.bottom - own.top - own.bottom) / 2 };
  }
}

/** Brings pieces in line along an edge or the middle of what is around them all. */
export function aligned(plan: Plan, ids: ReadonlySet<Uuid>, to: Alignment): Plan {
  const pieces = chosen(plan, ids);
  if (pieces.length < 2) return plan;
  const all = around(pieces.map(pieceBounds));
  return withPieces(plan, ids, (piece) => {
    const { dx, dy } = shift(to, pieceBounds(piece), all);
    return { ...piece, x: tidy(piece.x + dx), y: tidy(piece.y + dy) };
  });
}

/** Makes the gaps between pieces equal; the outermost two stay. */
export function distributed(plan: Plan, ids: ReadonlySet<Uuid>, along: 'x' | 'y'): Plan {
  const [start, end] = along === 'x' ? (['left', 'right'] as const) : (['top', 'bottom'] as const);
  const row = chosen(plan, ids)
    .map((piece) => ({ id: piece.id, bounds: pieceBounds(piece) }))
    .toSorted((a, b) => a.bounds[start] - b.bounds[start]);
  if (row.length < 3) return plan;
  const all = around(row.map((one) => one.bounds));
  const filled = row.reduce((sum, { bounds }) => sum + bounds[end] - bounds[start], 0);
  const gap = (all[end] - all[start] - filled) / (row.length - 1);
  let next = all[start];
  const shifts = new Map<Uuid, number>();
  for (const { id, bounds } of row) {
    shifts.set(id, next - bounds[start]);
    next += bounds[end] - bounds[start] + gap;
  }
  return withPieces(plan, ids, (piece) => ({
    ...piece,
    [along]: tidy(piece[along] + (shifts.get(piece.id) ?? 0)),
  }));
}

/** Tables as a person reads a room: row by row, each from left to right. */
export function inReadingOrder<T extends Piece>(pieces: T[]): T[] {
  const rest = pieces.toSorted((a, b) => middleOf(a).y - middleOf(b).y);
  const rows: T[][] = [];
  for (const piece of rest) {
    const row = rows.at(-1);
    const first = row?.[0];
    if (row && first && middleOf(piece).y - middleOf(first).y < first.height / 2) row.push(piece);
    else rows.push([piece]);
  }
  return rows.flatMap((row) => row.toSorted((a, b) => middleOf(a).x - middleOf(b).x));
}

/** Names tables one after the other from `first`, passing over names that others have. */
export function numbered(plan: Plan, ids: ReadonlySet<Uuid>, first: string): Plan {
  const row = inReadingOrder(plan.tables.filter((table) => ids.has(table.id)));
  // Their old names are free while they are named anew.
  let after = row.reduce((so, table) => withTable(so, table.id, { name: '' }), plan);
  const taken = after.tables.some((table) => !table.archived && table.name === first);
  let name = taken ? nextName(after, first) : first;
  for (const table of row) {
    after = withTable(after, table.id, { name });
    name = nextName(after, name);
  }
  return after;
}
