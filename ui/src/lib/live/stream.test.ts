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
const origin = 'one';

describe('stream', () => {
  let now = 0;
  let fetches = 0;
  let fails = false;
  let applied: number[] = [];
  let sources: FakeSource[] = [];
  let later: (() => void)[] = [];
  let isElsewhere = false;
  let asksForHubs = 0;
  let stream: Stream;

  beforeEach(async () => {
    now = 0;
    fetches = 0;
    fails = false;
    applied = [];
    sources = [];
    later = [];
    isElsewhere = false;
    asksForHubs = 0;
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
      applyDevice: () => {},
      applyHubs: () => (asksForHubs += 1),
      beat: () => {},
      seek: async () => isElsewhere,
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
    sources[0]!.say('heartbeat', { seq: 10, at, origin });
    expect(stream.isStale(now)).toBe(true);
    fails = false;
    later.at(-1)!();
    await settled();
    expect(stream.isStale(now)).toBe(false);
  });

  it('a_hub_that_is_no_longer_alone_is_asked_for_the_others', () => {
    for (const role of ['solo', 'solo', 'acting', 'acting'])
      sources[0]!.say('heartbeat', { seq: 0, at, origin, role });
    expect(asksForHubs).toBe(1);
  });

  it('silence_is_stale_after_five_seconds', () => {
    sources[0]!.say('heartbeat', { seq: 1, at, origin });
    expect(stream.isStale(STALE_AFTER_MS)).toBe(false);
    expect(stream.isStale(STALE_AFTER_MS + 1)).toBe(true);
  });

  it('a_connection_that_died_silently_is_opened_again_and_everything_fetched', async () => {
    sources[0]!.say('heartbeat', { seq: 1, at, origin });
    now = 8100;
    stream.watch();
    await settled();
    expect(sources).toHaveLength(2);
    expect(sources[0]!.readyState).toBe(2);
    expect(fetches).toBe(2);
  });

  it('at_another_address_everything_is_fetched_and_its_own_numbers_count', async () => {
    sources[0]!.say('heartbeat', { seq: 100, at, origin });
    isElsewhere = true;
    stream.watch();
    isElsewhere = false;
    await settled();
    expect(sources).toHaveLength(2);
    expect(fetches).toBe(2);
    sources[1]!.say('heartbeat', { seq: 5, at, origin: 'two' });
    sources[1]!.say('change', change(6));
    sources[0]!.say('change', change(101));
    expect(applied).toEqual([6]);
    expect(fetches).toBe(2);
  });

  it('another_hub_at_the_same_address_is_followed_by_its_own_numbers', async () => {
    sources[0]!.say('heartbeat', { seq: 100, at, origin });
    sources[0]!.say('heartbeat', { seq: 140, at, origin: 'two' });
    await settled();
    expect(sources).toHaveLength(2);
    expect(sources[0]!.readyState).toBe(2);
    expect(fetches).toBe(2);
    sources[1]!.say('heartbeat', { seq: 140, at, origin: 'two' });
    sources[1]!.say('change', change(141));
    expect(applied).toEqual([141]);
    expect(fetches).toBe(2);
  });

  it('a_picture_from_the_device_is_as_old_as_it_is_once_the_hub_had_time_to_answer', () => {
    stream.stop();
    stream.start(60_000);
    expect(stream.isStale(now)).toBe(false);
    expect(stream.isStale(now + 1500)).toBe(true);
    expect(stream.staleMs(now + 1500)).toBe(61_500);
  });
});
