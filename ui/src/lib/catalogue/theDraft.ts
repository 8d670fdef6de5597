import { send } from '$lib/api/client';
import { freshKey } from '$lib/api/key';
import * as query from '$lib/api/queries';
import { outbox } from '$lib/live/outbox.svelte';
import type { Change, Finding } from './change';
import { Draft } from './draft.svelte';

/** Asking changes nothing, so an answer that does not come is not waited for as a command's is. */
const check = async (changes: Change[]) => {
  const body = { changes };
  const path = '/catalogue/check';
  const answer = await send<{ problems: Finding[] }>({
    method: 'POST',
    path,
    body,
    key: freshKey(),
  });
  return answer.problems;
};

/** The draft of who works at this tab. */
export const draft = new Draft({
  load: query.catalogue,
  check,
  publish: (changes) => outbox.post('/catalogue/changes', { changes }),
  shelf: localStorage,
  now: () => performance.now(),
  later: (ms, task) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
});
