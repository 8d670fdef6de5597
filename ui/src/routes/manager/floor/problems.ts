import type { Uuid } from '$lib/api/schema';
import { type Bounds, isWithin, overlap } from './geometry';
import {
  type Piece,
  type Plan,
  areaOf,
  isTable,
  pieceBounds,
  pieceOutline,
  piecesIn,
  roomOf,
} from './plan';

export type PlanProblem =
  | { kind: 'overlap'; ids: [Uuid, Uuid] }
  | { kind: 'outside'; ids: [Uuid] }
  | { kind: 'same_name'; ids: Uuid[]; name: string }
  | { kind: 'no_name'; ids: [Uuid] };

/** Decoration that a table cannot stand in: writing and windows take no floor. */
const isSolid = (piece: Piece) =>
  isTable(piece) || !(piece.kind === 'text' || piece.kind === 'window');

/** What a plan of an area should not have. None of it stops anybody: rooms are stranger than rules. */
export function problemsIn(plan: Plan, area: Uuid): PlanProblem[] {
  const pieces = piecesIn(plan, area);
  const room = areaOf(plan, area);
  return [
    ...(room ? outside(pieces, roomOf(room)) : []),
    ...overlaps(pieces),
    ...names(plan, area),
  ];
}

const outside = (pieces: Piece[], room: Bounds): PlanProblem[] =>
  pieces
    .filter((piece) => !isWithin(pieceBounds(piece), room))
    .map((piece) => ({ kind: 'outside', ids: [piece.id] }));

function overlaps(pieces: Piece[]): PlanProblem[] {
  const solid = pieces.filter(isSolid).map((piece) => ({ piece, outline: pieceOutline(piece) }));
  return solid.flatMap((one, index) =>
    solid
      .slice(index + 1)
      .filter((other) => isTable(one.piece) || isTable(other.piece))
      .filter((other) => overlap(one.outline, other.outline))
      .map((other): PlanProblem => ({ kind: 'overlap', ids: [one.piece.id, other.piece.id] })),
  );
}

/** Two tables of one name are one table to a cook, in whatever area they stand. */
function names(plan: Plan, area: Uuid): PlanProblem[] {
  const tables = plan.tables.filter((table) => !table.archived);
  const here = tables.filter((table) => table.area === area);
  const nameless: PlanProblem[] = here
    .filter((table) => table.name.trim() === '')
    .map((table) => ({ kind: 'no_name', ids: [table.id] }));
  const doubled = [...new Set(here.map((table) => table.name))].filter(
    (name) => name.trim() !== '' && tables.filter((table) => table.name === name).length > 1,
  );
  return [
    ...nameless,
    ...doubled.map((name): PlanProblem => ({
      kind: 'same_name',
      name,
      ids: here.filter((table) => table.name === name).map((table) => table.id),
    })),
  ];
}
