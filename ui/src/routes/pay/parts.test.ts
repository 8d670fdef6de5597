import { describe, expect, it } from 'vitest';
import { Parts } from './parts.svelte';

const shelf = () => {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
};

describe('parts of a check while the hub is away', () => {
  it('are_paid_one_after_another_and_live_through_a_reload', () => {
    const device = shelf();
    new Parts(device).share('c', [500, 0, 400]);
    const parts = new Parts(device);
    expect(parts.of('c').map(({ due_minor }) => due_minor)).toEqual([500, 400]);
    expect(parts.pay('c', 'part-1', 200)).toBe('part-1');
    expect(parts.pay('c', 'part-1', 300)).toBe('part-2');
    expect(parts.pay('c', 'part-2', 900)).toBeNull();
    expect(parts.of('c').map(({ due_minor }) => due_minor)).toEqual([0, 0]);
  });

  it('of_a_check_shared_anew_are_the_new_ones', () => {
    const parts = new Parts(shelf());
    parts.share('c', [300, 300, 300]);
    parts.share('c', [450, 450]);
    expect(parts.of('c')).toHaveLength(2);
  });
});
