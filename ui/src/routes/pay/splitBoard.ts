import type { CheckSummary, CheckView, LineView, Uuid } from '$lib/api/schema';
import { totalOf } from '$lib/live/sums';
import { isAlive } from '../order/courses';

/** More of one line than this are moved together. */
const UNITS_MAX = 12;

/** What can be taken in hand on the board: one of a line, so that two of three beers can go to another payer. */
export interface Piece {
  key: string;
  line: LineView;
  quantity: number;
  minor: number;
}

/** Where pieces can lie. The first column is the check that is split. */
export interface Column {
  key: string;
  to: { kind: 'stays' } | { kind: 'new'; seat: number | null } | { kind: 'check'; id: Uuid };
}

/** Which column each piece lies in, by their keys. */
export type Places = Readonly<Record<string, string>>;

export interface Move {
  to: Uuid | null;
  lines: { line_id: Uuid; quantity?: number }[];
}

export const HERE: Column = { key: 'here', to: { kind: 'stays' } };

/** `minor` in proportion to weights, to the last minor unit; the first of equals carry the odd ones. */
export function apportioned(minor: number, weights: number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum === 0) return weights.map((_, index) => (index === 0 ? minor : 0));
  const parts = weights.map((weight) => Math.floor((minor * weight) / sum));
  const rest = weights.map((weight) => ((minor * weight) / sum) % 1);
  let left = minor - parts.reduce((total, part) => total + part, 0);
  for (const index of rest.map((_, at) => at).sort((a, b) => rest[b]! - rest[a]! || a - b)) {
    if (left <= 0) break;
    parts[index]! += 1;
    left -= 1;
  }
  return parts;
}

export const piecesOf = (check: CheckView): Piece[] =>
  check.lines.filter(isAlive).flatMap((line) => {
    const units = line.quantity <= UNITS_MAX ? line.quantity : 1;
    const worth = apportioned(line.total_minor, Array<number>(units).fill(1));
    return worth.map((minor, unit) => ({
      key: `${line.id}/${unit}`,
      line,
      quantity: line.quantity / units,
      minor,
    }));
  });

/** The seats that ordered something, in order. */
export const seatsOf = (check: CheckView): number[] =>
  [
    ...new Set(check.lines.filter(isAlive).flatMap(({ seat }) => (seat === null ? [] : [seat]))),
  ].sort((a, b) => a - b);

const newColumn = (n: number, seat: number | null): Column => ({
  key: `new-${n}`,
  to: { kind: 'new', seat },
});

/** A column for this check, for each new one, and for the other open checks of the table. */
export function columnsOf(
  check: CheckView,
  news: (number | null)[],
  others: CheckSummary[],
): Column[] {
  const beside = others.filter((one) => one.id !== check.id && one.table_id === check.table_id);
  return [
    HERE,
    ...news.map((seat, index) => newColumn(index + 1, seat)),
    ...(check.table_id ? beside : []).map((one): Column => ({
      key: one.id,
      to: { kind: 'check', id: one.id },
    })),
  ];
}

/** As the hub splits by seat: the first seat and what is shared stay, every other seat goes to a check of its own. */
export function placesBySeat(pieces: Piece[], columns: Column[]): Places {
  const ofSeat = (seat: number | null) =>
    columns.find(({ to }) => seat !== null && to.kind === 'new' && to.seat === seat) ?? HERE;
  return Object.fromEntries(pieces.map((piece) => [piece.key, ofSeat(piece.line.seat).key]));
}

export const columnOf = (places: Places, piece: Piece) => places[piece.key] ?? HERE.key;

/** What each column comes to; together exactly the check's total, as the hub will have it. */
export function previewMinor(
  check: CheckView,
  pieces: Piece[],
  columns: Column[],
  places: Places,
): number[] {
  const worth = columns.map(({ key }) =>
    pieces
      .filter((piece) => columnOf(places, piece) === key)
      .reduce((sum, piece) => sum + piece.minor, 0),
  );
  return apportioned(totalOf(check), worth);
}

/** The moves that make the board true: one for each column that got something. */
export function movesOf(pieces: Piece[], columns: Column[], places: Places): Move[] {
  return columns.flatMap(({ key, to }) => {
    const here = pieces.filter((piece) => columnOf(places, piece) === key);
    if (to.kind === 'stays' || here.length === 0) return [];
    const lines = [...new Set(here.map((piece) => piece.line))].map((line) => {
      const quantity = here
        .filter((piece) => piece.line === line)
        .reduce((sum, piece) => sum + piece.quantity, 0);
      return quantity < line.quantity ? { line_id: line.id, quantity } : { line_id: line.id };
    });
    return [{ to: to.kind === 'new' ? null : to.id, lines }];
  });
}
