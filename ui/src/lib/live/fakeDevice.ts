import type { Request } from '$lib/api/client';
import { Problem, Unreachable } from '$lib/api/problem';
import { Outbox } from './outbox.svelte';
import type { OutboxParts } from './outboxParts';
import { MemoryShelf, type Shelf } from './shelf';
import { UnsentList } from './unsent.svelte';
import type { News } from './wire';

export type Answer = (request: Request) => unknown;

export const lost: Answer = () => {
  throw new Unreachable('cut');
};
export const ok: Answer = () => 'done';
export const never: Answer = () => new Promise(() => {});
export const problem = (status: number, code: string) =>
  new Problem(status, 'No', 'because', code, {});
export const no =
  (status: number, code: string): Answer =>
  () => {
    throw problem(status, code);
  };

export const settled = () => new Promise((done) => setTimeout(done, 5));
export const ANNA = { staff: 'anna', name: 'Anna', role: 'waiter', token: 'a1' } as const;

/** One device: tabs come and go, the shelf stays. */
export class Device {
  shelf: Shelf = new MemoryShelf();
  now = 0;
  tabs: ((news: News) => void)[] = [];

  async tab(answers: Answer[], parts: Partial<OutboxParts> = {}) {
    const sent: Request[] = [];
    const slept: number[] = [];
    const arrived: unknown[] = [];
    const hears: ((news: News) => void)[] = [];
    const outbox = new Outbox({
      send: async <T>(request: Request) => {
        sent.push(request);
        return (await (answers.shift() ?? never)(request)) as T;
      },
      sleep: async (ms) => void slept.push(ms),
      painted: async () => {},
      now: () => this.now,
      shelf: this.shelf,
      list: new UnsentList(),
      lead: { start: (told) => told(true), take: () => {} },
      wire: {
        say: (news) => this.tabs.forEach((tell) => !hears.includes(tell) && tell(news)),
        hear: (take) => {
          hears.push(take);
          this.tabs.push(take);
        },
      },
      approved: () => null,
      about: () => ({ act: 'other', items: [] }),
      arrived: (answer) => arrived.push(answer),
      ...parts,
    });
    outbox.signedIn(ANNA);
    await outbox.start();
    return { outbox, sent, slept, arrived, list: outbox.list };
  }
}
