// A manager draws the room: what is drawn is nobody's business until it is published, and then it is on every floor.

import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { components } from '../src/lib/api/generated';
import { Hub } from './hub';
import { Station, launch } from './station';

type Schemas = components['schemas'];
type Table = Schemas['TableView'];

let hub: Hub;
let browser: Browser;
let manager: Station;
let host: Station;

async function tables(): Promise<Map<string, Table>> {
  const { areas } = await hub.get<Schemas['FloorView']>('/floor');
  return new Map(areas.flatMap((area) => area.tables).map((table) => [table.name, table]));
}

const onPlan = (name: string) => manager.find(`plan-table-${name}`);

/** What a unit of the plan is on the screen. */
const scale = async () => Number(await manager.find('plan').getAttribute('data-scale'));

async function middle(of: Locator): Promise<{ x: number; y: number }> {
  const box = await of.boundingBox();
  if (!box) throw new Error('it is not to be seen');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Drags as a hand does: down, over, a little more, and up. */
async function drag(of: Locator, by: { x: number; y: number }) {
  const from = await middle(of);
  const { mouse } = manager.page;
  await mouse.move(from.x, from.y);
  await mouse.down();
  await mouse.move(from.x + by.x / 2, from.y + by.y / 2, { steps: 4 });
  await mouse.move(from.x + by.x, from.y + by.y, { steps: 4 });
  await mouse.up();
}

async function place(name: string): Promise<{ x: number; y: number }> {
  const transform = await onPlan(name).getAttribute('transform');
  const [x, y] = (transform ?? '').match(/-?[\d.]+/g)!.map(Number);
  return { x: x!, y: y! };
}

const published = () => manager.page.getByText('Published', { exact: true }).waitFor();

const press = (key: string) => manager.page.keyboard.press(key);

beforeAll(async () => {
  [hub, browser] = await Promise.all([Hub.start(), launch()]);
  [manager, host] = await Promise.all([
    Station.open(browser, hub, { staff: 'manager', pin: '2468', path: '/manager/floor' }),
    Station.open(browser, hub, { staff: 'host', pin: '1111', path: '/host' }),
  ]);
  await manager.sees('plan-table-S1');
  await host.sees('table-S1');
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

describe('the floor editor', () => {
  test('draws a table that gets the next name and a free place', async () => {
    await manager.tap('plan-add-square-2');
    await manager.sees('plan-table-S15');
    expect(await manager.find('plan-publish').innerText()).toMatch(/1 change/);
    expect((await tables()).has('S15')).toBe(false);
  });

  test('snaps to the grid and to its neighbours when dragged', async () => {
    const unit = await scale();
    const from = await place('S15');
    await drag(onPlan('S15'), { x: 3.3 * unit, y: 1.4 * unit });
    const to = await place('S15');
    expect(to).not.toEqual(from);
    expect(Number.isInteger(to.x * 2) && Number.isInteger(to.y * 2)).toBe(true);
  });

  test('turns with the handle and with the keyboard', async () => {
    await manager.tap('plan-table-S15');
    await press(']');
    await press(']');
    expect(await onPlan('S15').locator('> g').first().getAttribute('transform')).toBe('rotate(30)');
    const knob = manager.page.locator('[data-handle="turn"] .knob');
    // The plan makes room for what is said of the chosen table: until it lies still, the knob is somewhere else.
    await knob.hover();
    const unit = await scale();
    await drag(knob, { x: 12 * unit, y: 10 * unit });
    const turned = await onPlan('S15').locator('> g').first().getAttribute('transform');
    expect(turned).toMatch(/^rotate\(\d+\)$/);
    expect(turned).not.toBe('rotate(30)');
    await press('Control+z');
    expect(await onPlan('S15').locator('> g').first().getAttribute('transform')).toBe('rotate(30)');
  });

  test('warns of an overlap, and says where', async () => {
    const [here, there] = [await place('S15'), await place('S1')];
    const unit = await scale();
    await drag(onPlan('S15'), { x: (there.x - here.x) * unit, y: (there.y - here.y) * unit });
    const problem = manager.find('plan-problems').getByText('S1 and S15 overlap');
    await problem.waitFor();
    await press('Control+z');
    await problem.waitFor({ state: 'detached' });
  });

  test('undoes everything and does it again', async () => {
    const drawn = await place('S15');
    let steps = 0;
    for (; await manager.find('plan-undo').isEnabled(); steps += 1) await manager.tap('plan-undo');
    await manager.misses('plan-table-S15');
    expect(await manager.find('plan-publish').isDisabled()).toBe(true);
    for (; steps > 0; steps -= 1) await manager.tap('plan-redo');
    expect(await place('S15')).toEqual(drawn);
  });

  test('names a table and its seats on the plan', async () => {
    await manager.tap('plan-table-S15');
    await onPlan('S15').focus();
    await press('Enter');
    await manager.find('plan-inline-name').fill('Window');
    await manager.tap('plan-inline-seats-more');
    await manager.find('plan-inline-name').press('Enter');
    await manager.sees('plan-table-Window');
    expect(
      await manager.page.evaluate(() => document.activeElement?.getAttribute('data-testid')),
    ).toBe('plan-table-Window');
  });

  test('keeps what is drawn through a reload, and publishes it to the floor at once', async () => {
    await manager.page.reload();
    await manager.sees('plan-table-Window');
    await manager.tap('plan-publish');
    await host.sees('table-Window');
    const table = (await tables()).get('Window')!;
    expect(table).toMatchObject({ seats: 3, rotation: 30, shape: 'rect' });
    await published();
  });

  test('a table that is removed leaves the floor, and undo brings it back', async () => {
    await manager.tap('plan-table-Window');
    await press('Delete');
    await manager.tap('plan-publish');
    await host.misses('table-Window');
    await published();
    await manager.tap('plan-undo');
    await manager.tap('plan-publish');
    await host.sees('table-Window');
  });

  test('tables are given to a section and put together', async () => {
    await manager.tap('plan-mode-sections');
    await manager.tap('plan-section-add');
    await manager.tap('plan-table-Window');
    await manager.tap('plan-mode-combine');
    await manager.tap('plan-table-S1');
    await manager.tap('plan-table-Window');
    await manager.tap('plan-publish');
    await published();
    const all = await tables();
    expect(all.get('S1')!.combines_with).toContain(all.get('Window')!.id);
    const { sections } = await hub.get<Schemas['FloorView']>('/floor');
    expect(sections.some((one) => one.tables.includes(all.get('Window')!.id))).toBe(true);
  });

  test('nobody complained', () => {
    expect([manager, host].flatMap((station) => station.complaints)).toEqual([]);
  });
});
