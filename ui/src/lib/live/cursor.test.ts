import { describe, expect, it } from 'vitest';
import { Cursor } from './cursor';

describe('cursor', () => {
  it('follows_changes_in_order', () => {
    const cursor = new Cursor();
    expect([7, 8, 9].map((seq) => cursor.change(seq))).toEqual(['next', 'next', 'next']);
    expect(cursor.last).toBe(9);
  });

  it('a_repeated_change_is_seen', () => {
    const cursor = new Cursor();
    cursor.change(7);
    cursor.change(8);
    expect(cursor.change(8)).toBe('seen');
    expect(cursor.change(7)).toBe('seen');
  });

  it('a_skipped_change_is_a_gap_until_healed', () => {
    const cursor = new Cursor();
    cursor.change(7);
    expect(cursor.change(9)).toBe('gap');
    expect(cursor.hasGap).toBe(true);
    cursor.healed();
    expect(cursor.hasGap).toBe(false);
    expect(cursor.change(10)).toBe('next');
  });

  it('a_heartbeat_ahead_waits_for_the_next_one_before_it_is_a_gap', () => {
    const cursor = new Cursor();
    cursor.heartbeat(5);
    expect(cursor.heartbeat(6)).toBe('next');
    expect(cursor.heartbeat(6)).toBe('gap');
  });

  it('a_change_a_moment_behind_its_heartbeat_is_no_gap', () => {
    const cursor = new Cursor();
    cursor.heartbeat(5);
    cursor.heartbeat(6);
    expect(cursor.change(6)).toBe('next');
    expect(cursor.heartbeat(6)).toBe('next');
  });

  it('a_heartbeat_behind_is_another_hub', () => {
    const cursor = new Cursor();
    cursor.change(100);
    expect(cursor.heartbeat(3)).toBe('gap');
    expect(cursor.change(4)).toBe('next');
  });

  it('a_reset_is_a_gap', () => {
    const cursor = new Cursor();
    cursor.change(1);
    expect(cursor.reset(50)).toBe('gap');
    expect(cursor.change(51)).toBe('next');
  });
});
