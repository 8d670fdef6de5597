import { describe, expect, it } from 'vitest';
import { columnsIn, pageStart, pageView } from './paging';

const none = new Set<string>();

describe('pages of a kitchen screen', () => {
  it('as_many_columns_as_fit_with_their_gaps', () => {
    expect(columnsIn(300, 300)).toBe(1);
    expect(columnsIn(611, 300)).toBe(1);
    expect(columnsIn(612, 300)).toBe(2);
    expect(columnsIn(0, 300)).toBe(1);
  });

  it('what_is_not_in_sight_is_counted_on_both_sides', () => {
    const keys = ['a', 'b', 'c', 'd', 'e'];
    expect(pageView(keys, new Set(['b', 'c']), none)).toEqual({
      first: 1,
      last: 2,
      before: 1,
      beyond: 2,
    });
    expect(pageView(keys, new Set(keys), none)).toMatchObject({ before: 0, beyond: 0 });
  });

  it('a_ticket_that_goes_on_overleaf_is_beyond_as_well', () => {
    const keys = ['a', 'b', 'c'];
    expect(pageView(keys, new Set(keys), new Set(['c']))).toMatchObject({ before: 0, beyond: 1 });
    expect(pageView(keys, new Set(['a', 'b']), new Set(['b']))).toMatchObject({ beyond: 2 });
    expect(pageView(keys, new Set(['b', 'c']), new Set(['b']))).toMatchObject({ beyond: 0 });
  });

  it('an_empty_board_hides_nothing', () => {
    expect(pageView([], none, none)).toMatchObject({ first: -1, before: 0, beyond: 0 });
    expect(pageView(['a'], none, none)).toMatchObject({ before: 0, beyond: 0 });
  });

  it('a_page_begins_where_the_one_before_ended', () => {
    expect(pageStart(0, 988)).toBe(0);
    expect(pageStart(999, 988)).toBe(1000);
    expect(pageStart(1500, 988)).toBe(1000);
  });
});
