// What a waiter may not do goes through with a manager's PIN, at the waiter's own screen; and PINs of any length.

import AxeBuilder from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { components } from '../src/lib/api/generated';
import { Hub } from './hub';
import { Station, launch } from './station';

type Schemas = components['schemas'];

let hub: Hub;
let browser: Browser;
let anna: Station;
let check: Schemas['CheckView'];

const line = async (name: string) => {
  const { lines } = await hub.get<Schemas['CheckView']>(`/checks/${check.id}`);
  return lines.find((one) => one.name === name)!;
};
/** What the audit log says of the newest act. */
const newest = async () => {
  const { entries } = await hub.get<Schemas['AuditPageView']>('/audit?limit=1');
  return entries[0]!;
};

beforeAll(async () => {
  [hub, browser] = await Promise.all([Hub.start(), launch()]);
  const floor = await hub.get<Schemas['FloorView']>('/floor');
  const table = floor.areas[0]!.tables[0]!;
  check = await hub.post('/checks', { table_id: table.id, covers: 2 });
  const { items } = await hub.get<Schemas['MenuView']>('/menu');
  const named = (name: string) => items.find((one) => one.name === name)!.id;
  const lines = ['Margherita', 'Tiramisù'].map((name) => ({ item_id: named(name), quantity: 1 }));
  await hub.post(`/checks/${check.id}/lines`, { lines });
  await hub.post(`/checks/${check.id}/fire`, {});
  anna = await Station.open(browser, hub, {
    staff: 'waiter',
    pin: '2222',
    path: '/order',
    width: 360,
  });
  // A check that is known to have lines opens on them.
  await anna.sees(`check-${check.number}`);
  await anna.follow(`/order/${check.id}`);
  await anna.sees('show-menu');
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

async function comp(name: string) {
  await anna.tap(`line-${(await line(name)).id}`);
  await anna.tap('line-comp');
  await anna.tap('reason-0');
  await anna.sees('approval-sheet');
}

test('a wrong PIN says so and signs nobody out; the right one does the act without a further touch', async () => {
  await comp('Margherita');
  await anna.page.getByTestId('approval-what').filter({ hasText: 'Comp 1 Margherita' }).waitFor();
  const seen = await new AxeBuilder({ page: anna.page }).analyze();
  expect(seen.violations).toEqual([]);
  await anna.types('1357');
  await anna.page.getByTestId('pin-problem').filter({ hasText: 'Wrong PIN' }).waitFor();
  await anna.types('2468');
  await anna.misses('approval-sheet');
  await expect.poll(async () => (await line('Margherita')).comp).not.toBeNull();
  const { action, staff, approved_by } = await newest();
  const people = await hub.get<Schemas['StaffTile'][]>('/staff/tiles');
  const name = (handle: string) => people.find((one) => one.handle === handle)!.name;
  expect({ action, staff, approved_by }).toEqual({
    action: 'line_comped',
    staff: name('waiter'),
    approved_by: name('manager'),
  });
});

test('a sheet that is closed has done nothing, and says nothing', async () => {
  await comp('Tiramisù');
  await anna.page.keyboard.press('Escape');
  await anna.misses('approval-sheet');
  expect((await line('Tiramisù')).comp).toBeNull();
  expect(await anna.find('toast').count()).toBe(0);
  expect(await anna.find('unsent').count()).toBe(0);
});

test('without the hub nothing is asked for, kept or done', async () => {
  await anna.page.route('**/api/v1/**', (route) => route.abort());
  await comp('Tiramisù');
  await anna.sees('approval-away');
  await anna.page.unroute('**/api/v1/**');
  await anna.tap('approval-again');
  await anna.types('2468');
  await anna.misses('approval-sheet');
  await expect.poll(async () => (await line('Tiramisù')).comp).not.toBeNull();
});

test('the report of reasons says who asked and who approved', async () => {
  const at = { staff: 'manager', pin: '2468', path: '/manager/reports' };
  const manager = await Station.open(browser, hub, at);
  const of = await hub.get<Schemas['StaffTile'][]>('/staff/tiles');
  const name = (handle: string) => of.find((one) => one.handle === handle)!.name;
  const reason = manager.page.getByTestId('reduction').filter({ hasText: 'Tiramisù' });
  await reason.filter({ hasText: name('waiter') }).waitFor();
  const approved = reason.getByTestId('approved-by');
  expect(await approved.innerText()).toBe(`approved by ${name('manager')}`);
});

test('a PIN of six digits is typed to its end, by touch and by keys', async () => {
  const people = await hub.get<Schemas['StaffTile'][]>('/staff/tiles');
  const marco = people.find(({ handle }) => handle === 'waiter2')!;
  await hub.post(`/staff/${marco.id}/pin`, { pin: '490716' });
  const page = await browser.newPage({ locale: 'en-GB' });
  const signedIn = () => page.getByTestId('live').waitFor();
  const signIn = async (type: () => Promise<void>) => {
    await page.goto(hub.url);
    await page.getByTestId('staff-waiter2').click();
    await type();
    await signedIn();
    await page.evaluate(() => [localStorage, sessionStorage].forEach((kept) => kept.clear()));
  };
  await signIn(async () => {
    for (const key of [...'490716', 'enter']) await page.getByTestId(`pin-${key}`).click();
  });
  await signIn(async () => {
    await page.keyboard.type('490716');
    await page.keyboard.press('Enter');
  });
  await page.close();
});
