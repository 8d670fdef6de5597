// A screen that nobody knows: it shows a code, a manager types it elsewhere, somebody signs in, and it is taken out again.

import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressInTheHouse } from './house';
import { Hub } from './hub';
import { Station, launch } from './station';

const PATIENCE_MS = 20_000;

let hub: Hub;
let browser: Browser;
let manager: Station;
let tablet: Page;

const find = (testid: string) => tablet.getByTestId(testid).first();
const path = () => new URL(tablet.url()).pathname;

async function axe(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
    .analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id} ${node.html}`));
}

beforeAll(async () => {
  [hub, browser] = await Promise.all([Hub.ofTheHouse(), launch()]);
  const who = {
    staff: 'manager',
    pin: '2468',
    path: '/manager/terminals',
    width: 360,
    height: 740,
  };
  manager = await Station.open(browser, hub, who);
  const context = await browser.newContext({
    viewport: { width: 820, height: 1180 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  tablet = await context.newPage();
  tablet.setDefaultTimeout(PATIENCE_MS);
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

test('an unpaired screen shows a code and nobody who works here', async () => {
  await tablet.goto(hub.urlAt(addressInTheHouse()) + '/host');
  await find('code').waitFor();
  expect(path()).toBe('/pair');
  expect(await tablet.getByTestId('staff-manager').count()).toBe(0);
  expect(await axe(tablet)).toEqual([]);
});

test('a manager types the code, says what the screen is, and it asks who works there', async () => {
  const code = (await find('code').getAttribute('data-code'))!;
  expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{6}$/);
  await manager.tap('pair-screen');
  await manager.find('pair-code').fill('000 000');
  await manager.find('terminal-name').fill('Grill');
  await manager.find('terminal-screen').selectOption('kitchen');
  await manager.find('terminal-station').selectOption({ index: 1 });
  await manager.find('terminal-role').selectOption('kitchen');
  await manager.tap('pair-confirm');
  await manager.page.locator('[data-testid="pair-code"][aria-invalid="true"]').waitFor();
  expect(await axe(manager.page)).toEqual([]);
  await manager.find('pair-code').fill(`${code.slice(0, 3)}-${code.slice(3).toLowerCase()}`);
  await manager.tap('pair-confirm');
  await manager.sees('terminal-Grill');
  await find('staff-kitchen').waitFor();
  expect(await tablet.getByTestId('staff-waiter').count(), 'who does not work there').toBe(0);
});

test('who signs in sees what the screen is for, also when the page is loaded anew', async () => {
  await find('staff-kitchen').click();
  for (const digit of '3333') await find(`pin-${digit}`).click();
  await find('live').waitFor();
  expect(path()).toMatch(/^\/kitchen\/./);
  await tablet.reload();
  await find('live').waitFor();
  expect(path()).toMatch(/^\/kitchen\/./);
});

test('a screen that is taken out is out at once, and shows another code', async () => {
  await manager.tap('terminal-open');
  await manager.tap('terminal-revoke');
  await manager.misses('terminal-Grill');
  await find('code').waitFor();
  expect(path()).toBe('/pair');
  expect(await tablet.evaluate(() => localStorage.getItem('maitred.terminal'))).toBe(null);
});

test('nobody complained', () => {
  expect(manager.complaints.filter((one) => !one.includes('422'))).toEqual([]);
});
