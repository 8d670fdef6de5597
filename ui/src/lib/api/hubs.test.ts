import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Outbox } from '$lib/live/outbox.svelte';
import { MemoryShelf } from '$lib/live/shelf';
import { UnsentList } from '$lib/live/unsent.svelte';
import { send } from './client';
import { Hubs, hubs, reachableAt } from './hubs.svelte';

function shelf(stored: Record<string, string> = {}) {
  return {
    stored,
    getItem: (name: string) => stored[name] ?? null,
    setItem: (name: string, text: string) => void (stored[name] = text),
  };
}

describe('hubs', () => {
  it('a_page_over_tls_asks_nobody_in_clear', () => {
    const [url, secure_url] = ['http://10.0.0.2:8080', 'https://10.0.0.2:8443'];
    expect(reachableAt({ url, secure_url }, 'https:')).toEqual([secure_url]);
    expect(reachableAt({ url }, 'https:')).toEqual([]);
    expect(reachableAt({ url, secure_url }, 'http:')).toEqual([url, secure_url]);
    expect(reachableAt({ url: secure_url }, 'https:')).toEqual([secure_url]);
  });

  it('addresses_are_kept_and_tried_in_turn', () => {
    const kept = shelf();
    const first = new Hubs(kept);
    expect(first.next()).toBe(false);
    expect(first.add(['http://10.0.0.2:8080/', '10.0.0.3:8080'])).toBe(true);
    const again = new Hubs(kept);
    const seen = [0, 1, 2].map(() => {
      expect(again.next()).toBe(true);
      return again.current;
    });
    expect(seen).toEqual(['http://10.0.0.2:8080', 'http://10.0.0.3:8080', '']);
  });

  it('what_is_no_address_is_refused_and_its_own_address_is_not_another', () => {
    const own = new Hubs(shelf());
    expect(own.add(['not an address'])).toBe(false);
    expect(own.add([location.origin])).toBe(true);
    expect(own.others).toEqual([]);
  });

  it('an_address_that_is_removed_is_no_longer_asked', () => {
    const one = new Hubs(shelf());
    one.add(['http://a', 'http://b']);
    one.next();
    one.remove('http://a');
    expect(one.current).toBe('');
  });
});

describe('a hub that is reached by another address', () => {
  /** Two addresses of one hub, which does a key once. */
  const asked: { url: string; key: string }[] = [];
  const done = new Set<string>();
  let isFirstAway = false;

  beforeEach(() => {
    vi.stubGlobal('fetch', async (url: string, init: { headers: Record<string, string> }) => {
      const key = init.headers['idempotency-key']!;
      asked.push({ url, key });
      if (isFirstAway && !url.startsWith('http://standby')) throw new TypeError('no route');
      done.add(key);
      return Response.json({ url });
    });
  });

  afterEach(() => {
    vi.unstubAllGlobals();
    hubs.remove('http://standby:8080');
  });

  it('gets_what_waits_under_the_same_keys', async () => {
    isFirstAway = true;
    hubs.add(['http://standby:8080']);
    const outbox = new Outbox({
      send,
      sleep: async () => void hubs.next(),
      painted: async () => {},
      now: () => 0,
      shelf: new MemoryShelf(),
      list: new UnsentList(),
      lead: { start: (told) => told(true), take: () => {} },
      wire: { say: () => {}, hear: () => {} },
      about: () => ({ act: 'other', items: [] }),
      approved: () => null,
      arrived: () => {},
    });
    await outbox.start();
    const answer = await outbox.post<{ url: string }>('/checks/1/fire');
    expect(answer.url).toBe('http://standby:8080/api/v1/checks/1/fire');
    expect(asked.map(({ url }) => url)).toEqual([
      '/api/v1/checks/1/fire',
      'http://standby:8080/api/v1/checks/1/fire',
    ]);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
    expect(done.size).toBe(1);
  });
});
