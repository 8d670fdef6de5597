// What a till knows besides the menu: an item that is open, and a tip that the slip says later.

import { type Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { components } from '../src/lib/api/generated';
import { Hub } from './hub';
import { Station, launch } from './station';

type Schemas = components['schemas'];

const PATIENCE_MS = 15_000;
const WAITER = { staff: 'waiter', pin: '2222' };

let hub: Hub;
let browser: Browser;

beforeAll(async () => {
  [hub, browser] = await Promise.all([Hub.start(), launch()]);
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

const view = (id: string) => hub.get<Schemas['CheckView']>(`/checks/${id}`);
const opened = async () =>
  (await hub.post<Schemas['CheckView']>('/checks', { covers: 2, name: 'Rossi' })).id;

const keys = async (station: Station, digits: string) => {
  for (const digit of digits) await station.tap(`key-${digit}`);
};

test('an open item is asked for its name and price, and kept while the hub is away', async () => {
  const id = await opened();
  const waiter = await Station.open(browser, hub, { ...WAITER, path: `/order/${id}`, width: 390 });
  await waiter.find('search').fill('menu');
  await waiter.tap('item-fuori-menu');
  expect(await waiter.find('add-line').isDisabled()).toBe(true);
  await waiter.find('open-name').fill('Turbot for two');
  await keys(waiter, '4400');
  expect(await waiter.find('open-price').innerText()).toContain('44.00');
  await hub.kill();
  await waiter.tap('add-line');
  await waiter.tap('show-check');
  await waiter.page.getByText('Turbot for two').first().waitFor();
  await hub.restart();
  const line = async () => (await view(id)).lines[0];
  await expect
    .poll(line, { timeout: PATIENCE_MS })
    .toMatchObject({ name: 'Turbot for two', open: true, unit_price_minor: 4400 });
  await waiter.close();
});

test('the tip on the slip of a closed check is said at its payment', async () => {
  const id = await opened();
  const { items } = await hub.get<Schemas['MenuView']>('/menu');
  const { id: item_id } = items.find(({ name }) => name === 'Margherita')!;
  await hub.post(`/checks/${id}/lines`, { lines: [{ item_id, quantity: 1, modifiers: [] }] });
  const amount_minor = (await view(id)).due_minor;
  await hub.post(`/checks/${id}/tenders`, { kind: 'card', amount_minor });
  await hub.post(`/checks/${id}/close`, {});
  const manager = { staff: 'manager', pin: '2468', path: '/order', width: 1024 };
  const till = await Station.open(browser, hub, manager);
  await till.tap('checks-closed');
  await till.tap('checks-untipped');
  const { number } = await view(id);
  await till.tap(`check-${number}`);
  await till.tap('tip-later');
  await till.tap('tip-1000');
  await keys(till, '250');
  await till.tap('tip-save');
  const tips = async () => (await view(id)).tips_minor;
  await expect.poll(tips, { timeout: PATIENCE_MS }).toBe(250);
  await till.find('tender-row-card').getByText('2.50').waitFor();
  await till.follow('/order');
  await till.tap('checks-closed');
  await till.sees(`check-${number}`);
  await till.tap('checks-untipped');
  await till.misses(`check-${number}`);
  expect(till.complaints).toEqual([]);
  await till.close();
});
