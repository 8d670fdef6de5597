// An owner of two restaurants looks in from elsewhere: a real relay, and a hub in each of them.

import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { components } from '../src/lib/api/generated';
import { Hub } from './hub';
import { Relay } from './relay';
import { launch } from './station';

type Schemas = components['schemas'];

const PASSWORD = 'correct horse battery';
const VENUES = ['Trattoria Aurora', 'Trattoria Borealis'];
/** Field by field, and when the network is back by itself. */
const PATIENCE_MS = 60_000;

let relay: Relay;
let hubs: Hub[];
let browser: Browser;
let page: Page;

const by = (testid: string) => page.locator(`[data-testid="${testid}"]`);

const margherita = async (hub: Hub) => {
  const { items } = await hub.get<Schemas['CatalogueView']>('/catalogue');
  return items.find(({ id }) => id === margheritaId)!;
};
let margheritaId = '';

async function enter(email: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1180, height: 820 } });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(`${relay.url}/cloud`);
  await page.locator('[data-testid="email"]').fill(email);
  await page.locator('[data-testid="password"]').fill(PASSWORD);
  await page.locator('[data-testid="enter"]').click();
  await page.locator('[data-testid="account"]').waitFor();
  return page;
}

/** A party that orders a pizza, and pays when `isPaid`. */
async function serve(hub: Hub, isPaid: boolean): Promise<void> {
  const check = await hub.post<Schemas['CheckView']>('/checks', {
    table_id: null,
    covers: 2,
    name: 'Ada',
  });
  const lines = [{ item_id: margheritaId, quantity: 1 }];
  const added = await hub.post<Schemas['LinesAdded']>(`/checks/${check.id}/lines`, { lines });
  if (!isPaid) return;
  const { total_minor: amount_minor } = added.check;
  await hub.post(`/checks/${check.id}/tenders`, { kind: 'cash', amount_minor });
  await hub.post(`/checks/${check.id}/close`, {});
}

async function untilSo(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

beforeAll(async () => {
  [relay, browser] = await Promise.all([Relay.start(), launch()]);
  await relay.user('Aurora', 'olga@example.org', PASSWORD);
  await relay.user('Elsewhere', 'pete@example.org', PASSWORD);
  hubs = [];
  for (const venue of VENUES)
    hubs.push(await Hub.atRelay(relay.url, await relay.token('Aurora', venue)));
  const { items } = await hubs[0]!.get<Schemas['CatalogueView']>('/catalogue');
  margheritaId = items.find(({ name }) => name === 'Margherita')!.id;
  page = await enter('olga@example.org');
});

afterAll(async () => {
  await browser?.close();
  await Promise.all([...(hubs ?? []), relay].map((one) => one?.stop()));
});

describe('the dashboard of an owner', () => {
  test('shows what a hub sells as it sells it', async () => {
    await by('open-venue').nth(1).waitFor();
    await by('open-venue').first().click();
    await by('room').waitFor();
    await serve(hubs[0]!, false);
    await by('check').first().waitFor();
    expect(await by('sold-today').innerText()).toMatch(/0\.00/);
    await serve(hubs[0]!, true);
    await page.waitForFunction(
      () => !/€?0\.00/.test(document.querySelector('[data-testid="sold-today"]')!.textContent!),
    );
    await by('check').first().click();
    await by('check-sheet').getByText('Margherita').first().waitFor();
    const results = await new AxeBuilder({ page }).analyze();
    expect(results.violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
    await page.keyboard.press('Escape');
  });

  test('changes a price in both, also in the one that is offline and changes the name meanwhile', async () => {
    const [open, offline] = hubs as [Hub, Hub];
    offline.freeze();
    await page.locator('[data-testid="tab-menu"]').click();
    await by('item').filter({ hasText: 'Margherita' }).click();
    await by('push-to').nth(1).check();
    await by('item-price').fill('11.50');
    await by('item-save').click();
    await by('pushed').getByText(VENUES[1]!).waitFor();
    await untilSo('the price is there', async () => (await margherita(open)).price === 1150);
    await by('field-set').filter({ hasText: '11.50' }).first().waitFor();
    await page.keyboard.press('Escape');

    await page.goto(`${relay.url}/cloud`);
    await by('open-venue').nth(1).click();
    await page.locator('[data-testid="tab-menu"]').click();
    await by('pending').waitFor();

    // What it does before it hears of the price is its own.
    offline.thaw();
    await offline.post('/catalogue/changes', {
      changes: [{ kind: 'item', id: margheritaId, entity: { name: 'Margherita DOP' } }],
    });
    await untilSo('both edits are there', async () => {
      const { name, price } = await margherita(offline);
      return name === 'Margherita DOP' && price === 1150;
    });
    await by('pending').waitFor({ state: 'detached' });
    await by('item').filter({ hasText: 'Margherita DOP' }).filter({ hasText: '11.50' }).waitFor();

    await page.locator('[data-testid="tab-audit"]').click();
    await by('audit-entry').filter({ hasText: 'olga' }).first().waitFor();
  });

  test('shows nothing of it to somebody of another organisation', async () => {
    await page.goto(`${relay.url}/cloud`);
    const address = await by('open-venue').first().getAttribute('href');
    page = await enter('pete@example.org');
    await page.getByRole('button', { name: 'Add a restaurant' }).first().waitFor();
    expect(await by('venue').count()).toBe(0);
    await page.goto(relay.url + address);
    await page.getByText('This page does not exist').waitFor();
    expect(await page.content()).not.toContain('Trattoria');
  });
});
