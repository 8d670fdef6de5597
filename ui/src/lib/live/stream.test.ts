import { beforeEach, describe, expect, it } from 'vitest';
import type { ChangeEvent } from '$lib/api/schema';
import { STALE_AFTER_MS, Stream } from './stream.svelte';

class FakeSource extends EventTarget {
  readyState = 1;
  close() {
    this.readyState = 2;
  }
  say(name: string, data: unknown) {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }
}

const settled = () => new Promise((done) => setTimeout(done, 1));
const change = (seq: number) => ({ seq, changed: {} }) as ChangeEvent;
const at = '2025-01-01T12:00:00Z';

describe('stream', () => {
  let now = 0;
  let fetches = 0;
  let fails = false;
  let applied: number[] = [];
  let sources: FakeSource[] = [];
  let later: (() => void)[] = [];
  let others = 0;
  let stream: Stream;

  beforeEach(async () => {
    now = 0;
    fetches = 0;
    fails = false;
    applied = [];
    sources = [];
    later = [];
    others = 0;
    stream = new Stream({
      open: () => {
        const source = new FakeSource();
        sources.push(source);
        return source as unknown as EventSource;
      },
      fetchAll: async () => {
        fetches += 1;
        if (fails) throw new Error('down');
      },
      apply: (event) => applied.push(event.seq),
      applyPrint: () => {},
      beat: () => {},
      nextHub: () => others > 0,
      monotonic: () => now,
      later: (_ms, task) => later.push(task),
    });
    stream.start();
    await settled();
  });

  it('changes_are_applied_in_order_and_once', async () => {
    for (const seq of [1, 2, 2, 3]) sources[0]!.say('change', change(seq));
    expect(applied).toEqual([1, 2, 3]);
    expect(fetches).toBe(1);
  });

  it('a_gap_fetches_everything_and_then_applies_what_came_meanwhile', async () => {
    sources[0]!.say('change', change(1));
    sources[0]!.say('change', change(5));
    expect(stream.gapSince).not.toBeNull();
    sources[0]!.say('change', change(6));
    await settled();
    expect(fetches).toBe(2);
    expect(applied).toEqual([1, 5, 6]);
    expect(stream.gapSince).toBeNull();
  });

  it('a_reset_fetches_everything', async () => {
    sources[0]!.say('reset', { seq: 900 });
    await settled();
    expect(fetches).toBe(2);
    sources[0]!.say('change', change(901));
    expect(applied).toEqual([901]);
  });

  it('a_gap_that_cannot_heal_becomes_stale_although_the_heart_beats', async () => {
    fails = true;
    sources[0]!.say('reset', { seq: 10 });
    await settled();
    now = STALE_AFTER_MS + 1;
    sources[0]!.say('heartbeat', { seq: 10, at });
    expect(stream.isStale(now)).toBe(true);
    fails = false;
    later.at(-1)!();
    await settled();
    expect(stream.isStale(now)).toBe(false);
  });

  it('silence_is_stale_after_five_seconds', () => {
    sources[0]!.say('heartbeat', { seq: 1, at });
    expect(stream.isStale(STALE_AFTER_MS)).toBe(false);
    expect(stream.isStale(STALE_AFTER_MS + 1)).toBe(true);
  });

  it('a_connection_that_died_silently_is_opened_again_and_everything_fetched', async () => {
    sources[0]!.say('heartbeat', { seq: 1, at });
    now = 8100;
    stream.watch();
    await settled();
    expect(sources).toHaveLength(2);
    expect(sources[0]!.readyState).toBe(2);
    expect(fetches).toBe(2);
  });

  it('silence_at_one_address_turns_to_the_next_after_five_seconds', () => {
    sources[0]!.say('heartbeat', { seq: 1, at });
    others = 1;
    now = STALE_AFTER_MS;
    stream.watch();
    expect(sources).toHaveLength(1);
    now += 1;
    stream.watch();
    expect(sources).toHaveLength(2);
    stream.watch();
    expect(sources).toHaveLength(2);
  });

  it('a_picture_from_the_device_is_as_old_as_it_is_once_the_hub_had_time_to_answer', () => {
    stream.stop();
    stream.start(60_000);
    expect(stream.isStale(now)).toBe(false);
    expect(stream.isStale(now + 1500)).toBe(true);
    expect(stream.staleMs(now + 1500)).toBe(61_500);
  });
});
