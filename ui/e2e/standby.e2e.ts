// A hub with two addresses, one of which goes away: whoever works goes on at the other, and comes back by themselves.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { components } from '../src/lib/api/generated';
import { Evening } from './evening';
import { Hub } from './hub';
import { Line } from './line';
import { Station, launch } from './station';

type Schemas = components['schemas'];

/** Three seconds of silence, a second to ask around, and what a slow machine takes to say so. */
const MOVED_WITHIN_MS = 8_000;

let hub: Hub;
let browser: Browser;
let evening: Evening;
let home: Line;
let other: Line;

const names = async (id: string) =>
  (await hub.get<Schemas['CheckView']>(`/checks/${id}`)).lines.map((line) => line.name).toSorted();

beforeAll(async () => {
  [home, other] = await Promise.all([Line.open(), Line.open()]);
  [hub, browser] = await Promise.all([Hub.start([home.url, other.url]), launch()]);
  for (const line of [home, other]) line.leadTo(hub.url);
  evening = await Evening.play(hub);
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
  for (const line of [home, other]) line?.close();
});

describe('a hub that is reached by another address', () => {
  test('is ordered from as before, and says so calmly until its own address is back', async () => {
    const path = `/order/${evening.quiet}`;
    const pad = await Station.open(browser, home, { staff: 'waiter', pin: '2222', path });
    await pad.sees('item-margherita');

    home.cut();
    const cutAt = Date.now();
    await pad.tap('item-margherita');
    await pad.sees('standby');
    expect(Date.now() - cutAt).toBeLessThan(MOVED_WITHIN_MS);
    await pad.misses('stale');
    await pad.misses('line-unsent');
    expect(await names(evening.quiet)).toEqual(['Margherita']);

    await hub.post(`/checks/${evening.quiet}/fire`, { course: null });
    await pad.page.locator('button[data-progress="fired"]').waitFor();

    home.mend();
    await pad.misses('standby');
    await pad.tap('item-diavola');
    await pad.page.locator('button[data-testid^="line-"]').nth(1).waitFor();
    await pad.misses('line-unsent');
    expect(await names(evening.quiet)).toEqual(['Diavola', 'Margherita']);
    await pad.close();
  });
});

describe('a hub that joined after the page was loaded', () => {
  test('is gone over to when the first is pulled out of the wall', async () => {
    const first = await Hub.start();
    const pad = await Station.open(browser, first, {
      staff: 'waiter',
      pin: '2222',
      path: '/order',
    });
    const second = await Hub.standbyOf(first);
    await pad.page.waitForFunction(
      (url) => (localStorage.getItem('maitred.hubs') ?? '').includes(url),
      second.url,
    );
    await first.kill();
    await pad.sees('standby');
    await pad.misses('stale');
    await pad.close();
    await Promise.all([first.stop(), second.stop()]);
  });
});
