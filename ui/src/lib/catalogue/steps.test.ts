import { describe, expect, it } from 'vitest';
import { Steps } from './steps.svelte';

const AT = 0;

describe('steps', () => {
  it('undo_and_redo_walk_a_whole_evening', () => {
    const steps = new Steps<number>();
    let present = 0;
    for (; present < 500; present += 1) steps.before(present, '', AT);
    for (let step = 0; step < 500; step += 1) present = steps.undo(present)!;
    expect(present).toBe(0);
    expect(steps.undo(present)).toBeUndefined();
    for (let step = 0; step < 500; step += 1) present = steps.redo(present)!;
    expect(present).toBe(500);
    expect(steps.redo(present)).toBeUndefined();
  });

  it('a_new_step_forgets_what_was_undone', () => {
    const steps = new Steps<string>();
    steps.before('a', '', AT);
    const present = steps.undo('b')!;
    steps.before(present, '', AT);
    expect(steps.redo('c')).toBeUndefined();
    expect(steps.undo('c')).toBe('a');
  });

  it('typing_into_one_field_is_one_step', () => {
    const steps = new Steps<string>();
    steps.before('', 'name', AT);
    steps.before('P', 'name', AT + 100);
    expect(steps.undo('Pi')).toBe('');
    expect(steps.canUndo).toBe(false);
  });
});
