// What a waiter's touches cost the hub: the answer to a command is the whole check, and nothing is asked for again.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { components } from '../src/lib/api/generated';
import { Hub } from './hub';
import { Station, launch } from './station';

type Schemas = components['schemas'];

let hub: Hub;
let browser: Browser;

beforeAll(async () => {
  [hub, browser] = await Promise.all([Hub.start(), launch()]);
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

test('a round asks for the check once: when somebody else touched it', async () => {
  const { items } = await hub.get<Schemas['MenuView']>('/menu');
  const water = items.find((item) => item.modifier_groups.every(({ min }) => min === 0))!;
  const { areas } = await hub.get<Schemas['FloorView']>('/floor');
  const table_id = areas[0]!.tables[0]!.id;
  const { id } = await hub.post<Schemas['CheckView']>('/checks', { table_id, covers: 2 });
  const path = `/order/${id}`;
  const waiter = await Station.open(browser, hub, { staff: 'waiter', pin: '2222', path });
  await waiter.sees('send');

  const asked: string[] = [];
  waiter.page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (request.method() === 'GET' && pathname.endsWith(`/checks/${id}`)) asked.push(pathname);
  });
  const has = (lines: number) =>
    waiter.page.waitForFunction(
      (count) =>
        [...document.querySelectorAll<HTMLElement>('[data-testid^="line-"]')].filter((one) =>
          /^line-[0-9a-f]{8}-/.test(one.dataset.testid ?? ''),
        ).length === count,
      lines,
    );
  for (const item of ['item-margherita', 'item-diavola', 'item-tiramis']) await waiter.tap(item);
  await has(3);
  await waiter.tap('send');
  await waiter.find('send').getByText('All sent').waitFor();
  await waiter.tap('order-again');
  await has(6);
  await waiter.tap('send');
  await waiter.find('send').getByText('All sent').waitFor();

  // Changes are told in order: what this device would ask for about its own, it has asked for by then.
  await hub.post(`/checks/${id}/lines`, { lines: [{ item_id: water.id, quantity: 1 }] });
  await has(7);
  expect(asked).toHaveLength(1);
  expect(waiter.complaints).toEqual([]);
});
