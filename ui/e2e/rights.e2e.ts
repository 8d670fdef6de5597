// A manager decides who may do what, and it holds at once for people who are signed in all the while.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { components } from '../src/lib/api/generated';
import { Hub } from './hub';
import { Station, launch } from './station';

type Schemas = components['schemas'];

let hub: Hub;
let browser: Browser;
let manager: Station;
let anna: Station;
let line: string;

const cell = (role: string, permission: string) =>
  manager.find(`right-${role}-${permission}`).first();
const isOn = (role: string, permission: string, on: boolean) =>
  manager.page
    .locator(`[data-testid="right-${role}-${permission}"][aria-checked="${on}"]`)
    .waitFor();
const mayComp = (may: boolean) =>
  anna.page
    .locator(`[data-testid="line-comp"][data-allowed="${may ? 'true' : 'on-approval'}"]`)
    .waitFor();

beforeAll(async () => {
  [hub, browser] = await Promise.all([Hub.start(), launch()]);
  const floor = await hub.get<Schemas['FloorView']>('/floor');
  const table = floor.areas[0]!.tables[0]!;
  const check = await hub.post<Schemas['CheckView']>('/checks', {
    table_id: table.id,
    covers: 2,
  });
  const { items } = await hub.get<Schemas['MenuView']>('/menu');
  const item = items.find((one) => one.name === 'Margherita')!;
  const lines = [{ item_id: item.id, quantity: 1 }];
  await hub.post(`/checks/${check.id}/lines`, { lines });
  const fired = await hub.post<Schemas['CheckView']>(`/checks/${check.id}/fire`, {});
  line = fired.lines[0]!.id;
  const open = (staff: string, pin: string, path: string, width?: number) =>
    Station.open(browser, hub, { staff, pin, path, width });
  manager = await open('manager', '2468', '/manager/staff', 360);
  anna = await open('waiter', '2222', `/order/${check.id}`);
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

test('a right is given with one touch, holds on the open screen, and is undone with one', async () => {
  await anna.tap(`line-${line}`);
  await mayComp(false);
  await manager.tap('tab-rights');
  await manager.tap('right-waiter-comp');
  await isOn('waiter', 'comp', true);
  await mayComp(true);
  await manager.tap('undo');
  await isOn('waiter', 'comp', false);
  await mayComp(false);
});

test('a row goes back to what was delivered, and that is undone too', async () => {
  await manager.tap('right-waiter-comp');
  await manager.tap('right-host-comp');
  await isOn('host', 'comp', true);
  await mayComp(true);
  await manager.tap('delivered-comp');
  await isOn('host', 'comp', false);
  await isOn('waiter', 'comp', false);
  await mayComp(false);
  await manager.find('undo').last().click();
  await isOn('host', 'comp', true);
  await isOn('waiter', 'comp', true);
  await manager.tap('delivered-comp');
  await isOn('host', 'comp', false);
});

test('the keyboard goes among the cells, one stop of the Tab key for all of them', async () => {
  await cell('manager', 'order').focus();
  await manager.page.keyboard.press('ArrowRight');
  await manager.page.keyboard.press('ArrowRight');
  const focused = () => manager.untouched('document.activeElement.dataset.testid');
  expect(await focused()).toBe('right-waiter-order');
  await manager.page.keyboard.press('Space');
  await isOn('waiter', 'order', false);
  expect(await focused()).toBe('right-waiter-order');
  const stops = await manager.page.locator('[data-testid="rights"] .cell[tabindex="0"]').count();
  expect(stops).toBe(1);
  await manager.page.keyboard.press('Space');
  await isOn('waiter', 'order', true);
});

test('what would lock everybody out says why, and stays', async () => {
  await cell('manager', 'edit_staff').focus();
  await manager.page.keyboard.press('Enter');
  await manager.page.getByTestId('toast').filter({ hasText: 'Managers keep staff' }).waitFor();
  await isOn('manager', 'edit_staff', true);
});

test('whoever may manage one thing finds its page, and only that', async () => {
  await manager.tap('right-waiter-edit_menu');
  await isOn('waiter', 'edit_menu', true);
  await anna.follow('/');
  await anna.page.locator('a[href="/manager"]').click();
  await anna.tap('manager-menu');
  await anna.sees('add-item');
  expect(await anna.page.locator('nav [data-testid="manager-staff"]').count()).toBe(0);
  await manager.tap('right-waiter-edit_menu');
  await isOn('waiter', 'edit_menu', false);
  await anna.misses('add-item');
});

test('no screen complained, but of a question that was on its way when the right was taken', () => {
  const complaints = [manager, anna].flatMap((station) => station.complaints);
  expect(complaints.filter((text) => !text.includes('403'))).toEqual([]);
});
