// A box without a screen of its own: the venue is made on a tablet, which is let in by that.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressInTheHouse } from './house';
import { Hub } from './hub';
import { launch } from './station';

const PIN = '739104';

let hub: Hub;
let browser: Browser;
let page: Page;

const find = (testid: string) => page.getByTestId(testid).first();

beforeAll(async () => {
  [hub, browser] = await Promise.all([Hub.emptyForTheHouse(), launch()]);
  const context = await browser.newContext({
    viewport: { width: 820, height: 1180 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

test('a tablet makes the venue and stays its first screen', async () => {
  await page.goto(hub.urlAt(addressInTheHouse()));
  await find('setup-name').fill('Osteria Prova');
  await find('setup-venue-next').click();
  await find('setup-manager').fill('Giulia Neri');
  await find('setup-pin').fill(PIN);
  await find('setup-pin-again').fill(PIN);
  await find('setup-begin').click();
  await find('setup-tables-20').click();
  await find('setup-menu-three').waitFor();
  await page.goto(hub.urlAt(addressInTheHouse()));
  await find('go-on-setup').waitFor();
  await page.goto(hub.urlAt(addressInTheHouse()) + '/manager/terminals');
  await find('terminal-First screen').waitFor();
});

test('another screen needs a code from then on', async () => {
  const context = await browser.newContext({ locale: 'en-GB' });
  const other = await context.newPage();
  await other.goto(hub.urlAt(addressInTheHouse()));
  await other.getByTestId('code').waitFor();
  expect(await other.getByTestId('setup-name').count()).toBe(0);
});
