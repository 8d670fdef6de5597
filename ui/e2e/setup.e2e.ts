// A hub out of its box: from the name of the venue to the first ticket in the kitchen, with nothing but its screens.

import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { components } from '../src/lib/api/generated';
import { Hub } from './hub';
import { launch } from './station';

type Schemas = components['schemas'];

const PIN = '739104';
const PATIENCE_MS = 20_000;

let hub: Hub;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

const find = (testid: string) => page.getByTestId(testid).first();
const tap = (testid: string) => find(testid).click();
const fill = (testid: string, text: string) => find(testid).fill(text);

async function axe(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
    .analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id} ${node.html}`));
}

beforeAll(async () => {
  [hub, browser] = await Promise.all([Hub.empty(), launch()]);
  const context = await browser.newContext({
    viewport: { width: 820, height: 1180 },
    locale: 'en-GB',
    timezoneId: 'Europe/Rome',
    reducedMotion: 'reduce',
  });
  page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(hub.url);
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

describe('the guided start', () => {
  test('asks for no more than a name and who runs it', async () => {
    await fill('setup-name', 'Osteria Prova');
    expect(await page.locator('body').innerText(), 'words, not their keys').not.toMatch(
      /setup\.|settings\./,
    );
    expect(await find('setup-currency').inputValue()).toBe('GBP');
    expect(await find('setup-zone').inputValue()).toBe('Europe/Rome');
    await find('setup-currency').selectOption('EUR');
    expect(await axe()).toEqual([]);
    await tap('setup-venue-next');
    await fill('setup-manager', 'Giulia Neri');
    await fill('setup-pin', PIN);
    await fill('setup-pin-again', PIN.slice(1) + '0');
    expect(await find('setup-begin').isDisabled()).toBe(true);
    await fill('setup-pin-again', PIN);
    expect(await axe()).toEqual([]);
    await tap('setup-begin');
    await find('setup-tables-20').waitFor();
  });

  test('can be left and gone on with', async () => {
    await page.goto(hub.url);
    await tap('go-on-setup');
    await find('setup-tables-20').waitFor();
  });

  test('makes a room, a menu, and skips the printer', async () => {
    await tap('setup-tables-20');
    await find('setup-menu-three').waitFor();
    for (const [index, [name, price]] of [
      ['Lasagne', '12,50'],
      ['Tiramisù', '6'],
      ['Chinotto', '3.5'],
    ].entries()) {
      await fill(`setup-dish-${index}`, name!);
      await fill(`setup-price-${index}`, price!);
    }
    await tap('setup-drink-2');
    await tap('setup-menu-make');
    await find('setup-printer-address').waitFor();
    await tap('setup-skip');
  });

  test('sends the first order, and it is on the kitchen screen', async () => {
    await tap('setup-order');
    await find('setup-ticket').waitFor();
    await tap('setup-kitchen');
    await page.locator('[data-testid^="ticket-line-"]').first().waitFor();
    expect(await page.locator('[data-testid^="ticket-line-"]').first().innerText()).toMatch(
      /Lasagne|Tiramis/,
    );
  });

  test('leaves a venue that the hub knows, and never asks again', async () => {
    const { needed } = await hub.get<Schemas['SetupState']>('/setup');
    expect(needed).toBe(false);
    const tiles = await hub.get<Schemas['StaffTile'][]>('/staff/tiles');
    expect(tiles.map((tile) => tile.name)).toEqual(['Giulia Neri']);
    await hub.signIn(tiles[0]!.handle, PIN);
    const { areas } = await hub.get<Schemas['FloorView']>('/floor');
    expect(areas.flatMap((area) => area.tables)).toHaveLength(20);
    const { items } = await hub.get<Schemas['MenuView']>('/menu');
    expect(items.map((item) => item.price_minor).sort((a, b) => a - b)).toEqual([350, 600, 1250]);
    await page.goto(hub.url);
    await find('user-menu').waitFor();
    expect(await page.getByTestId('go-on-setup').count()).toBe(0);
  });

  test('nobody complained', () => {
    expect(complaints).toEqual([]);
  });
});
