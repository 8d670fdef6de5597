import { describe, expect, it } from 'vitest';
import type { Request } from '$lib/api/client';
import { Problem, Unreachable } from '$lib/api/problem';
import { Outbox } from './outbox.svelte';

type Answer = (request: Request) => unknown;

function outboxWith(answers: Answer[], stored: Record<string, string> = {}) {
  const sent: Request[] = [];
  const slept: number[] = [];
  const shelf = {
    getItem: (name: string) => stored[name] ?? null,
    setItem: (name: string, text: string) => void (stored[name] = text),
    removeItem: (name: string) => void delete stored[name],
  };
  const outbox = new Outbox({
    send: async <T>(request: Request) => {
      sent.push(request);
      return (await answers.shift()!(request)) as T;
    },
    sleep: async (ms) => void slept.push(ms),
    now: () => 0,
    shelf,
  });
  return { outbox, sent, slept, stored };
}

const lost: Answer = () => {
  throw new Unreachable('cut');
};
const ok: Answer = () => 'done';

describe('outbox', () => {
  it('a_lost_answer_is_asked_for_again_under_the_same_key', async () => {
    const { outbox, sent, slept } = outboxWith([lost, lost, ok]);
    await expect(outbox.post('/checks/1/fire')).resolves.toBe('done');
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map((request) => request.key)).size).toBe(1);
    expect(slept).toEqual([300, 600]);
  });

  it('two_actions_have_two_keys', async () => {
    const { outbox, sent } = outboxWith([ok, ok]);
    await outbox.post('/checks/1/fire');
    await outbox.post('/checks/1/fire');
    expect(sent[0]!.key).not.toBe(sent[1]!.key);
  });

  it('the_hubs_no_is_final', async () => {
    const no = new Problem(409, 'Amount due', '', 'amount-due', {});
    const { outbox, sent } = outboxWith([
      () => {
        throw no;
      },
    ]);
    await expect(outbox.post('/checks/1/close')).rejects.toBe(no);
    expect(sent).toHaveLength(1);
    expect(outbox.unsent).toEqual([]);
  });

  it('what_waits_is_counted_until_it_is_answered', async () => {
    let release = () => {};
    const held = new Promise<void>((done) => (release = done));
    const { outbox } = outboxWith([lost, () => held]);
    const answer = outbox.post('/checks/1/fire');
    await new Promise((done) => setTimeout(done, 5));
    expect(outbox.waiting(0)).toHaveLength(1);
    release();
    await answer;
    expect(outbox.waiting(0)).toHaveLength(0);
  });

  it('a_fire_never_overtakes_the_lines_of_its_check', async () => {
    const { outbox, sent } = outboxWith([lost, ok, ok]);
    const lines = outbox.post('/checks/1/lines');
    const fire = outbox.post('/checks/1/fire');
    await Promise.all([lines, fire]);
    expect(sent.map((request) => request.path)).toEqual([
      '/checks/1/lines',
      '/checks/1/lines',
      '/checks/1/fire',
    ]);
  });

  it('another_check_does_not_wait', async () => {
    const { outbox, sent } = outboxWith([() => new Promise(() => {}), ok]);
    void outbox.post('/checks/1/lines');
    await outbox.post('/checks/2/lines');
    expect(sent).toHaveLength(2);
  });

  it('a_reload_sends_what_waited_under_its_old_key', async () => {
    const first = outboxWith([() => new Promise(() => {})]);
    void first.outbox.post('/checks/1/lines', { lines: [] });
    const second = outboxWith([ok], { ...first.stored });
    second.outbox.resume(() => {});
    await new Promise((done) => setTimeout(done, 5));
    expect(second.sent[0]).toEqual(first.sent[0]);
    expect(second.stored).toEqual({});
  });
});
