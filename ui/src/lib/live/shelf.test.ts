import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Command } from './unsent.svelte';

const command = (key: string) =>
  ({ key, method: 'POST', path: '/checks/1/fire', makes: [], since: 1 }) as unknown as Command;

/** The device after its browser was started anew. */
async function restarted() {
  vi.resetModules();
  const { DeviceShelf } = await import('./shelf');
  return new DeviceShelf();
}

describe('shelf', () => {
  beforeEach(() => {
    vi.unstubAllGlobals();
    vi.stubGlobal('indexedDB', new IDBFactory());
  });

  it('commands_are_there_after_a_restart_in_the_order_they_were_made', async () => {
    const first = await restarted();
    await Promise.all(['a', 'b', 'c'].map((key) => first.add(command(key))));
    const second = await restarted();
    expect((await second.all()).map((one) => one.key)).toEqual(['a', 'b', 'c']);
    await second.remove((await second.all())[0]!.n);
    expect((await (await restarted()).all()).map((one) => one.key)).toEqual(['b', 'c']);
  });

  it('a_refusal_is_there_after_a_restart', async () => {
    const first = await restarted();
    const kept = await first.add(command('a'));
    await first.put({ ...kept, refused: { title: 'No', detail: '', code: 'eighty-sixed', at: 2 } });
    expect((await (await restarted()).all())[0]!.refused!.code).toBe('eighty-sixed');
  });

  it('a_browser_that_keeps_nothing_takes_orders_all_the_same', async () => {
    vi.stubGlobal('indexedDB', {
      open: () => {
        throw new DOMException('not in a private window', 'SecurityError');
      },
    });
    const shelf = await restarted();
    const kept = await shelf.add(command('a'));
    expect(await shelf.all()).toEqual([kept]);
    await shelf.remove(kept.n);
    expect(await shelf.all()).toEqual([]);
  });
});
