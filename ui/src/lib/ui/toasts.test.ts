import { describe, expect, it } from 'vitest';
import { toasts } from './toasts.svelte';

const nothing = () => undefined;

describe('what can be undone', () => {
  it('is_the_last_thing_done_to_one_ticket', () => {
    toasts.undoable('Rush: S7', nothing, 's7');
    toasts.undoable('Rush: S8', nothing, 's8');
    toasts.undoable('No rush: S7', nothing, 's7');
    expect(toasts.list.map(({ title }) => title)).toEqual(['Rush: S8', 'No rush: S7']);
  });
});
