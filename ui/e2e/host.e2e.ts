// The floor as a host works it: by finger, by mouse, by keyboard, and on a plan larger than the screen.

import type { Browser, CDPSession } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { components } from '../src/lib/api/generated';
import { Evening } from './evening';
import { still } from './gallery/visit';
import { Hub } from './hub';
import { Station, launch } from './station';

type Schemas = components['schemas'];

let hub: Hub;
let browser: Browser;
let evening: Evening;

/** Opens the floor and waits until it lies where it will stay. */
async function openHost(width = 1280): Promise<Station> {
  const host = await Station.open(browser, hub, {
    staff: 'host',
    pin: '1111',
    path: '/host',
    width,
  });
  await host.sees('table-S7');
  await still(host.page);
  return host;
}

async function tableNamed(name: string) {
  const { areas } = await hub.get<Schemas['FloorView']>('/floor');
  return areas.flatMap((area) => area.tables).find((table) => table.name === name)!;
}

async function eventually(what: string, holds: () => Promise<boolean>) {
  const deadline = Date.now() + 15_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function middleOf(station: Station, testid: string) {
  const { x, y, width, height } = (await station.find(testid).boundingBox())!;
  return { x: x + width / 2, y: y + height / 2 };
}

async function drag(station: Station, from: string, to: string) {
  const [start, end] = [await middleOf(station, from), await middleOf(station, to)];
  const { mouse } = station.page;
  await mouse.move(start.x, start.y);
  await mouse.down();
  await mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 });
  await mouse.move(end.x, end.y, { steps: 4 });
  await mouse.up();
}

const sitsAt = async (check: string, table: string) =>
  (await hub.get<Schemas['CheckView']>(`/checks/${check}`)).table_name === table;

/** Fingers on the glass, as the browser hears them from a touch screen. */
function touch(session: CDPSession, type: string, points: { x: number; y: number }[]) {
  const touchPoints = points.map((point, id) => ({ ...point, id }));
  return session.send('Input.dispatchTouchEvent', { type: type as 'touchStart', touchPoints });
}

const widthOf = async (station: Station, testid: string) =>
  (await station.find(testid).boundingBox())!.width;

beforeAll(async () => {
  [hub, browser] = await Promise.all([Hub.start(), launch()]);
  evening = await Evening.play(hub);
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

describe('the floor', () => {
  test('a party is dragged to another table, and one touch brings it back', async () => {
    const host = await openHost();
    await host.sees('table-S8');
    await drag(host, 'table-S8', 'table-S5');
    await eventually('it sits at S5', () => sitsAt(evening.quiet, 'S5'));
    await host.tap('undo');
    await eventually('it sits at S8 again', () => sitsAt(evening.quiet, 'S8'));
    expect(host.complaints).toEqual([]);
    await host.close();
  });

  test('who seats a party leaves it to the server of the section', async () => {
    const host = await openHost();
    const { section_id, checks } = await tableNamed('S2');
    expect(checks).toEqual([]);
    const { sections } = await hub.get<Schemas['FloorView']>('/floor');
    const section = sections.find(({ id }) => id === section_id)!;
    await host.tap('table-S2');
    await host.tap('covers-2');
    await eventually('its server has it', async () => {
      const [check] = (await tableNamed('S2')).checks;
      return check !== undefined && check.server.id === section.server_id;
    });
    await host.close();
  });

  test('a large party sits at two tables with one check, and gives one back', async () => {
    const host = await openHost();
    const { seats } = await tableNamed('T5');
    await host.tap('area-1');
    await host.tap('table-T5');
    await host.tap('join-T6');
    await host.tap(`covers-${seats + 2}`);
    await host.page.locator('[data-testid="table-T6"][data-stage="seated"]').waitFor();
    const [party, ...others] = (await tableNamed('T6')).checks;
    expect(others).toEqual([]);
    expect(party).toMatchObject({ table_name: 'T5+T6', covers: seats + 2 });

    await host.tap('table-T5');
    await host.tap('join-tables');
    await host.tap('join-T6');
    await host.page.locator('[data-testid="table-T6"][data-stage="free"]').waitFor();
    await host.tap('join-T8');
    await host.page.locator('[data-testid="table-T8"][data-stage="seated"]').waitFor();
    await host.tap('join-T8');
    await host.page.locator('[data-testid="table-T8"][data-stage="free"]').waitFor();
    await host.tap('join-done');
    expect((await tableNamed('T5')).checks.map((check) => check.table_name)).toEqual(['T5']);
    expect(host.complaints).toEqual([]);
    await host.close();
  });

  test('a party is moved by taps, and by keys alone', async () => {
    const host = await openHost();
    await host.tap('table-S8');
    await host.tap('move-party');
    await host.sees('moving');
    await host.tap('table-S4');
    await eventually('it sits at S4', () => sitsAt(evening.quiet, 'S4'));

    const { keyboard } = host.page;
    await host.find('table-S4').focus();
    await keyboard.press('Enter');
    await host.find('move-party').focus();
    await keyboard.press('Enter');
    await host.find('table-S8').focus();
    await keyboard.press('Enter');
    await eventually('it sits at S8', () => sitsAt(evening.quiet, 'S8'));
    await host.close();
  });

  test('where somebody sits already, a person says what is meant', async () => {
    const host = await openHost();
    await host.sees('table-S8');
    await drag(host, 'table-S8', 'table-S7');
    await host.sees('move-sheet');
    expect(await sitsAt(evening.quiet, 'S8')).toBe(true);
    await host.tap('move-apart');
    await eventually('both sit there', async () => (await tableNamed('S7')).checks.length === 2);
    await host.tap('undo');
    await eventually('only one does', async () => (await tableNamed('S7')).checks.length === 1);
    await host.close();
  });

  test('a dirty table is free after one touch, and dirty again after one more', async () => {
    const host = await openHost();
    await host.tap('table-S1');
    await eventually('it is free', async () => (await tableNamed('S1')).state === 'free');
    await host.tap('undo');
    await eventually('it is dirty', async () => (await tableNamed('S1')).state === 'dirty');
    await host.close();
  });

  test('a search finds a table in another area', async () => {
    const host = await openHost();
    await host.tap('toggle-list');
    await host.find('table-search').fill('B1');
    await host.sees('table-B1');
    await host.misses('table-S7');
    await host.find('table-search').fill('');
    await host.sees('table-S7');
    await host.close();
  });

  test('what wants somebody stands beside the plan, and a touch there opens the table', async () => {
    const host = await openHost();
    await host.tap('panel-S10');
    await host.sees('table-sheet');
    await host.close();
  });
});

describe('sections', () => {
  test('are named with who serves them and how many, and drawn around their tables', async () => {
    const host = await openHost();
    await host.tap('toggle-sections');
    const { sections } = await hub.get<Schemas['FloorView']>('/floor');
    const legend = await host.find('sections').innerText();
    for (const section of sections) expect(legend).toContain(section.name);
    const table = await tableNamed('S7');
    const own = sections.find((section) => section.id === table.section_id)!;
    expect(await host.find('table-S7').getAttribute('aria-label')).toContain(own.name);
    await host.close();
  });
});

describe('a plan larger than the screen', () => {
  test('two fingers pinch it and one moves it, and no table hears of it', async () => {
    const host = await openHost();
    await host.sees('table-S7');
    const session = await host.page.context().newCDPSession(host.page);
    const before = await widthOf(host, 'table-S6');
    const at = await middleOf(host, 'table-S13');
    const apart = (by: number) => [
      { x: at.x - by, y: at.y },
      { x: at.x + by, y: at.y },
    ];
    await touch(session, 'touchStart', apart(40));
    for (const by of [60, 90, 120, 160]) await touch(session, 'touchMove', apart(by));
    await touch(session, 'touchEnd', []);
    await eventually('it grew', async () => (await widthOf(host, 'table-S6')) > before * 1.8);

    const left = (await host.find('table-S13').boundingBox())!.x;
    await touch(session, 'touchStart', [{ x: at.x, y: at.y }]);
    for (const by of [30, 60, 120]) await touch(session, 'touchMove', [{ x: at.x + by, y: at.y }]);
    await touch(session, 'touchEnd', []);
    await eventually(
      'it moved',
      async () => (await host.find('table-S13').boundingBox())!.x > left + 60,
    );
    expect(await host.find('seat-sheet').count()).toBe(0);
    await host.tap('zoom-fit');
    await eventually(
      'all of it is seen',
      async () => Math.abs((await widthOf(host, 'table-S6')) - before) < 1,
    );
    await host.close();
  });

  test('wheel and keys zoom it, and the focus is never out of sight', async () => {
    const host = await openHost();
    await host.sees('table-S7');
    const before = await widthOf(host, 'table-S6');
    await host.find('plan').focus();
    for (let times = 0; times < 5; times += 1) await host.page.keyboard.press('+');
    await eventually('it grew', async () => (await widthOf(host, 'table-S6')) > before * 2);
    await host.page.keyboard.press('Tab');
    const plan = (await host.find('plan').boundingBox())!;
    for (let times = 0; times < 13; times += 1) {
      await eventually('the focus is in sight', () =>
        host.page.evaluate(() => {
          const { x, y, width, height } = document.activeElement!.getBoundingClientRect();
          const [across, down] = [x + width / 2, y + height / 2];
          const plan = document.querySelector('[data-testid="plan"]')!.getBoundingClientRect();
          return across > plan.left && across < plan.right && down > plan.top && down < plan.bottom;
        }),
      );
      await host.page.keyboard.press('Tab');
    }
    await host.find('plan').focus();
    await host.page.keyboard.press('0');
    await eventually(
      'all of it is seen',
      async () => Math.abs((await widthOf(host, 'table-S6')) - before) < 1,
    );
    await host.page.mouse.move(plan.x + 200, plan.y + 200);
    await host.page.keyboard.down('Control');
    await host.page.mouse.wheel(0, -300);
    await host.page.keyboard.up('Control');
    await eventually('it grew', async () => (await widthOf(host, 'table-S6')) > before * 1.5);
    expect(host.complaints).toEqual([]);
    await host.close();
  });
});
