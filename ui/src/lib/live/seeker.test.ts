import { beforeEach, describe, expect, it } from 'vitest';
import type { SyncView } from '$lib/api/schema';
import { SEEK_AFTER_MS, Seeker } from './seeker';

const SILENT = SEEK_AFTER_MS + 1;
const hub = (origin: string, vector: Record<string, number>): SyncView => ({
  origin,
  vector,
  catching_up: null,
  role: 'solo',
  rank: 0,
  peers: [],
});

describe('seeker', () => {
  let now: number;
  let answers: Record<string, SyncView>;
  let hubs: { all: string[]; current: string; use: (url: string) => void };
  let seeker: Seeker;

  beforeEach(() => {
    now = 0;
    answers = {};
    hubs = {
      all: ['', 'http://b', 'http://c'],
      current: '',
      use: (url) => void (hubs.current = url),
    };
    seeker = new Seeker({
      hubs,
      ask: async (url) => answers[url] ?? null,
      origin: () => 'one',
      monotonic: () => (now += 10_000),
    });
  });

  it('a_silent_hub_is_left_for_one_that_answers', async () => {
    answers['http://c'] = hub('two', { one: 7, two: 1 });
    expect(await seeker.look(SILENT)).toBe(true);
    expect(hubs.current).toBe('http://c');
  });

  it('a_hub_that_answers_is_not_left_because_its_stream_broke', async () => {
    answers[''] = hub('one', { one: 7 });
    answers['http://b'] = hub('two', { one: 7 });
    expect(await seeker.look(SILENT)).toBe(false);
    expect(hubs.current).toBe('');
  });

  it('another_venues_hub_is_none', async () => {
    answers['http://b'] = hub('stranger', { stranger: 900 });
    expect(await seeker.look(SILENT)).toBe(false);
    expect(hubs.current).toBe('');
  });

  it('nobody_is_looked_for_while_the_hub_is_heard', async () => {
    answers['http://b'] = hub('two', { one: 7 });
    expect(await seeker.look(SEEK_AFTER_MS)).toBe(false);
  });

  it('it_goes_back_only_when_the_hub_at_home_knows_as_much', async () => {
    hubs.current = 'http://b';
    answers['http://b'] = hub('two', { one: 7, two: 3 });
    answers[''] = hub('one', { one: 7, two: 2 });
    expect(await seeker.look(0)).toBe(false);
    answers[''] = hub('one', { one: 7, two: 3 });
    expect(await seeker.look(0)).toBe(true);
    expect(hubs.current).toBe('');
  });

  it('two_looks_at_a_time_are_one', async () => {
    answers['http://b'] = hub('two', { one: 7 });
    const looks = await Promise.all([seeker.look(SILENT), seeker.look(SILENT)]);
    expect(looks).toEqual([true, false]);
  });
});
