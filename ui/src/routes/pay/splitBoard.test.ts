import { describe, expect, it } from 'vitest';
import type { CheckSummary, CheckView, LineView } from '$lib/api/schema';
import {
  apportioned,
  columnsOf,
  HERE,
  movesOf,
  piecesOf,
  placesBySeat,
  previewMinor,
  seatsOf,
} from './splitBoard';

const line = (id: string, seat: number | null, quantity: number, total_minor: number) =>
  ({ id, seat, quantity, total_minor, void: null, moved_to: null, progress: 'fired' }) as LineView;

const check = (...lines: LineView[]) =>
  ({
    id: 'c',
    table_id: 't',
    lines,
    total_minor: lines.reduce((sum, one) => sum + one.total_minor, 0),
  }) as CheckView;

const sum = (amounts: number[]) => amounts.reduce((total, one) => total + one, 0);

describe('an amount in parts', () => {
  it('no_minor_unit_is_lost_however_it_is_cut', () => {
    for (const minor of [0, 1, 100, 1001, 99_999])
      for (const weights of [[1, 1, 1], [7, 0, 5], [1, 2, 3, 4], [1]])
        expect(sum(apportioned(minor, weights)), `${minor} by ${weights}`).toBe(minor);
  });

  it('the_first_equal_parts_carry_the_odd_ones', () => {
    expect(apportioned(1000, [1, 1, 1])).toEqual([334, 333, 333]);
    expect(apportioned(11, [1, 1, 1, 1])).toEqual([3, 3, 3, 2]);
  });

  it('what_weighs_nothing_gets_nothing_while_something_weighs', () => {
    expect(apportioned(100, [0, 3, 0])).toEqual([0, 100, 0]);
    expect(apportioned(0, [0, 0])).toEqual([0, 0]);
  });
});

describe('the split board', () => {
  const party = check(line('a', 1, 1, 1000), line('b', 2, 3, 1000), line('w', null, 1, 280));

  it('three_of_a_line_are_three_pieces_worth_the_line', () => {
    const beers = piecesOf(party).filter((piece) => piece.line.id === 'b');
    expect(beers.map((piece) => piece.minor)).toEqual([334, 333, 333]);
  });

  it('by_seat_the_first_seat_and_what_is_shared_stay', () => {
    const pieces = piecesOf(party);
    const columns = columnsOf(party, seatsOf(party).slice(1), []);
    const places = placesBySeat(pieces, columns);
    expect(movesOf(pieces, columns, places)).toEqual([{ to: null, lines: [{ line_id: 'b' }] }]);
    expect(previewMinor(party, pieces, columns, places)).toEqual([1280, 1000]);
  });

  it('part_of_a_line_moves_with_its_quantity_and_the_preview_adds_up', () => {
    const pieces = piecesOf(party);
    const columns = columnsOf(party, [null], []);
    const places = { 'b/0': 'new-1', 'b/2': 'new-1' };
    expect(movesOf(pieces, columns, places)).toEqual([
      { to: null, lines: [{ line_id: 'b', quantity: 2 }] },
    ]);
    const preview = previewMinor({ ...party, total_minor: 2509 }, pieces, columns, places);
    expect(sum(preview)).toBe(2509);
  });

  it('the_other_checks_of_the_table_are_columns_too', () => {
    const others = [
      { id: 'c', table_id: 't' },
      { id: 'd', table_id: 't' },
      { id: 'e', table_id: 'elsewhere' },
    ] as CheckSummary[];
    const columns = columnsOf(party, [null], others);
    expect(columns.map(({ key }) => key)).toEqual([HERE.key, 'new-1', 'd']);
    expect(movesOf(piecesOf(party), columns, { 'a/0': 'd' })).toEqual([
      { to: 'd', lines: [{ line_id: 'a' }] },
    ]);
  });

  it('nothing_moved_is_no_move', () => {
    expect(movesOf(piecesOf(party), columnsOf(party, [null], []), {})).toEqual([]);
  });
});
