import { describe, expect, it } from 'vitest';
import { sharing } from './sharing';

const check = (notes: string[]) => ({
  id: 'c',
  server: { id: 's', name: 'Anna' },
  lines: notes.map((note, index) => ({ id: `${index}`, note, allergens: ['nuts'] })),
});

describe('sharing', () => {
  it('what_is_said_again_stays_the_same_object', () => {
    const before = check(['', 'hot']);
    expect(sharing(before, check(['', 'hot']))).toBe(before);
  });

  it('only_what_changed_is_another_object', () => {
    const before = check(['', 'hot']);
    const after = sharing(before, check(['', 'cold', 'new']));
    expect(after).toEqual(check(['', 'cold', 'new']));
    expect(after.server).toBe(before.server);
    expect(after.lines[0]).toBe(before.lines[0]);
    expect(after.lines[1]).not.toBe(before.lines[1]);
    expect(after.lines[1]!.allergens).toBe(before.lines[1]!.allergens);
  });

  it('what_goes_away_or_changes_its_kind_is_not_kept', () => {
    const before: Record<string, unknown> = { a: 1, b: { c: 2 } };
    expect(sharing(before, { b: { c: 2 } })).toEqual({ b: { c: 2 } });
    expect(sharing(before, { a: 1, b: null })).toEqual({ a: 1, b: null });
    expect(sharing(before, { a: 1, b: [2] })).toEqual({ a: 1, b: [2] });
    expect(sharing(before, { a: 1, d: undefined })).toEqual({ a: 1, d: undefined });
    expect(sharing<unknown>(['x', 'y'], ['x'])).toEqual(['x']);
  });
});
