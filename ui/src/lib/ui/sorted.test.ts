import { describe, expect, it } from 'vitest';
import { moved, resorted } from './sorted';

describe('sorted', () => {
  it('a_moved_row_takes_the_place_it_was_dropped_on', () => {
    expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
    expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
    expect(moved(['a', 'b', 'c'], 1, 1)).toEqual(['a', 'b', 'c']);
  });

  it('only_places_that_change_are_written', () => {
    const rows = ['b', 'a', 'c'].map((id) => ({ id, sort: 'abc'.indexOf(id) }));
    expect(resorted(rows)).toEqual([
      { id: 'b', sort: 0 },
      { id: 'a', sort: 1 },
    ]);
  });
});
