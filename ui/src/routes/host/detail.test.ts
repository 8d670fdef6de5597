import { describe, expect, it } from 'vitest';
import { leftOut, typeAt } from './detail';

const table = { x: 0, y: 0, width: 10, height: 10 };
const REM_PX = 16;

describe('what is written on a table', () => {
  it('a_large_table_has_room_for_everything', () => {
    expect(leftOut({ ...table, width: 13 }, 20, REM_PX)).toEqual([]);
  });

  it('the_least_wanted_is_left_out_first', () => {
    expect(leftOut(table, 20, REM_PX)).toEqual(['no-wait']);
    expect(leftOut(table, 12, REM_PX)).toEqual(['no-step', 'no-wait']);
    expect(leftOut(table, 8.5, REM_PX)).toEqual([
      'no-step',
      'low',
      'no-wait',
      'no-stage',
      'no-spend',
    ]);
    expect(leftOut(table, 6.5, REM_PX)).toContain('no-people');
  });

  it('a_table_as_small_as_a_finger_has_its_name_and_its_stage', () => {
    expect(leftOut(table, 1, REM_PX)).toEqual(leftOut(table, 4, REM_PX));
    expect(leftOut(table, 1, REM_PX)).toContain('no-courses');
  });

  it('letters_have_whole_sizes_within_what_can_be_read', () => {
    expect(typeAt(1)).toEqual({ text: 12, name: 15 });
    expect(typeAt(12.3)).toEqual({ text: 15, name: 22 });
    expect(typeAt(60)).toEqual({ text: 34, name: 52 });
  });
});
