// How often a waiter must touch the glass for what is done a hundred times an evening. A touch more is a regression.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { components } from '../src/lib/api/generated';
import { Hub } from './hub';
import { Station, launch } from './station';

type Schemas = components['schemas'];
type Check = Schemas['CheckView'];

const PHONE = { width: 360 };

let hub: Hub;
let browser: Browser;
let waiter: Station;
let items: Map<string, Schemas['ItemView']>;
let tables: Map<string, string>;

/** Touches, counted by the glass itself: every trusted click there is, wherever it came from. */
async function touches(station: Station, doing: () => Promise<void>): Promise<number> {
  await station.page.evaluate(() => {
    const glass = window as unknown as { touches: number; count?: () => void };
    glass.touches = 0;
    if (!glass.count) {
      glass.count = () => void (glass.touches += 1);
      document.addEventListener('click', glass.count, { capture: true });
    }
  });
  await doing();
  return station.page.evaluate(() => (window as unknown as { touches: number }).touches);
}

async function eventually(what: string, holds: () => Promise<boolean>) {
  const deadline = Date.now() + 15_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const view = (id: string) => hub.get<Check>(`/checks/${id}`);
const standing = (check: Check) => check.lines.filter((line) => !line.void && !line.moved_to);
const openAt = async (table: string) =>
  hub.get<Schemas['CheckSummary'][]>(`/checks?state=open&table_id=${tables.get(table)}`);

async function sent(id: string, count: number) {
  await eventually(`${count} lines are with the kitchen`, async () => {
    const lines = standing(await view(id));
    return lines.length === count && lines.every((line) => line.progress !== 'new');
  });
}

async function seated(table: string, covers: number): Promise<string> {
  const table_id = tables.get(table);
  return (await hub.post<Check>('/checks', { table_id, covers })).id;
}

async function ordered(table: string, lines: [name: string, seat: number][]): Promise<string> {
  const id = await seated(table, lines.length);
  const wire = lines.map(([name, seat]) => ({ item_id: items.get(name)!.id, quantity: 1, seat }));
  await hub.post(`/checks/${id}/lines`, { lines: wire });
  await hub.post(`/checks/${id}/fire`, {});
  return id;
}

/** Opens a check from the list, as a link does; on a phone a check with lines opens on its lines. */
async function look(id: string) {
  await waiter.follow('/order');
  await waiter.sees('new-check');
  await waiter.follow(`/order/${id}`);
  await waiter.sees('send');
}

beforeAll(async () => {
  [hub, browser] = await Promise.all([Hub.start(), launch()]);
  const menu = await hub.get<Schemas['MenuView']>('/menu');
  items = new Map(menu.items.map((item) => [item.name, item]));
  const floor = await hub.get<Schemas['FloorView']>('/floor');
  tables = new Map(
    floor.areas.flatMap((area) => area.tables).map((table) => [table.name, table.id]),
  );
  const who = { staff: 'waiter', pin: '2222', path: '/order' };
  waiter = await Station.open(browser, hub, { ...who, ...PHONE });
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

describe('touches on a phone', () => {
  test('a walk-in is seated from the plan, and its check is open: 2', async () => {
    await waiter.follow('/host');
    await waiter.sees('table-S2');
    const count = await touches(waiter, async () => {
      await waiter.tap('table-S2');
      await waiter.tap('covers-2');
      await eventually('the check is open', async () => (await openAt('S2')).length === 1);
    });
    expect(count).toBe(2);
    expect((await openAt('S2'))[0]!.covers).toBe(2);
  });

  test('a walk-in is seated from the list of checks: 2', async () => {
    await waiter.follow('/order');
    await waiter.sees('free-S3');
    const count = await touches(waiter, async () => {
      await waiter.tap('free-S3');
      await waiter.tap('covers-3');
      await waiter.sees('send');
    });
    expect(count).toBe(2);
    expect((await openAt('S3'))[0]!.covers).toBe(3);
    await waiter.follow('/order');
    await waiter.sees('free-S4');
    expect(await waiter.find('free-S3').count(), 'a taken table is not offered').toBe(0);
  });

  test('a round of four, one of them with two modifiers, is sent: 9; the same again: 2', async () => {
    const id = await seated('S6', 4);
    await look(id);
    const [first] = items.get('Tagliata di manzo')!.modifier_groups;
    const second = items.get('Tagliata di manzo')!.modifier_groups[1];
    const round = await touches(waiter, async () => {
      await waiter.tap('item-margherita');
      await waiter.tap('item-diavola');
      await waiter.tap('item-tiramis');
      await waiter.tap('item-tagliata-di-manzo');
      await waiter.tap(`modifier-${first!.modifiers[1]!.id}`);
      await waiter.tap(`modifier-${second!.modifiers[0]!.id}`);
      await waiter.tap('add-line');
      await waiter.tap('send');
      await sent(id, 4);
    });
    expect(round).toBeLessThanOrEqual(9);
    await waiter.page.locator('[data-testid="order-again"]:enabled').waitFor();

    const again = await touches(waiter, async () => {
      await waiter.tap('order-again');
      await waiter.tap('send');
      await sent(id, 8);
    });
    expect(again).toBe(2);
    const { lines } = await view(id);
    const steaks = lines.filter((line) => line.name === 'Tagliata di manzo');
    expect(steaks.map((line) => line.modifiers.length)).toEqual([2, 2]);
  });

  test('a sent line is voided with a reason: 3', async () => {
    const id = await ordered('S7', [['Margherita', 1]]);
    await look(id);
    const [line] = standing(await view(id));
    const count = await touches(waiter, async () => {
      await waiter.tap(`line-${line!.id}`);
      await waiter.tap('line-void');
      await waiter.tap('reason-0');
      await eventually('it is void', async () => standing(await view(id)).length === 0);
    });
    expect(count).toBe(3);
  });

  test('four seats get a check each, and one of them is at the till: 3', async () => {
    const id = await ordered('S8', [
      ['Margherita', 1],
      ['Diavola', 2],
      ['Aurora', 3],
      ['Tiramisù', 4],
    ]);
    const { total_minor } = await view(id);
    await look(id);
    const count = await touches(waiter, async () => {
      await waiter.tap('split');
      await waiter.tap('split-do');
      await waiter.tap('pay-part-2');
      await waiter.sees('take');
    });
    expect(count).toBe(3);
    const parts = await openAt('S8');
    expect(parts).toHaveLength(4);
    expect(parts.reduce((sum, part) => sum + part.total_minor, 0)).toBe(total_minor);
  });

  test('cash, exactly what is due: 2', async () => {
    const id = await ordered('S9', [['Margherita', 1]]);
    await look(id);
    const count = await touches(waiter, async () => {
      await waiter.tap('pay');
      await waiter.tap('take');
      await waiter.sees('settled');
    });
    expect(count).toBe(2);
    expect((await view(id)).due_minor).toBe(0);
  });
});

describe('the sheet of an item', () => {
  test('shows what must be chosen, seat, course and allergy without a scroll, and says the price', async () => {
    const id = await seated('T3', 4);
    await look(id);
    await waiter.page.setViewportSize({ width: 360, height: 740 });
    await waiter.tap('item-tagliata-di-manzo');
    const sheet = waiter.find('item-sheet');
    const groups = items.get('Tagliata di manzo')!.modifier_groups.filter(({ min }) => min > 0);
    const choices = groups.flatMap((group) => group.modifiers.map((one) => `modifier-${one.id}`));
    const body = (await sheet.locator('.body').boundingBox())!;
    for (const testid of choices) {
      const { y, height } = (await sheet.getByTestId(testid).boundingBox())!;
      expect(y + height, testid).toBeLessThanOrEqual(body.y + body.height);
    }
    for (const testid of ['seat-1', 'course-3', 'item-allergy', 'add-line']) {
      const { y, height } = (await sheet.getByTestId(testid).boundingBox())!;
      expect(y + height, testid).toBeLessThanOrEqual(740);
    }
    for (const group of groups) await waiter.tap(`modifier-${group.modifiers[0]!.id}`);
    expect(await sheet.getByTestId('add-line').innerText()).toMatch(/22[.,]00/);
    await waiter.page.keyboard.press('Escape');
    await waiter.page.setViewportSize({ width: 360, height: 800 });
  });
});

describe('a slip of the finger', () => {
  test('is taken back, and put back, without a question', async () => {
    const id = await seated('S11', 2);
    await look(id);
    const shown = async () => standing(await view(id)).map((line) => line.name);
    await waiter.tap('item-margherita');
    await eventually('it is there', async () => (await shown()).length === 1);
    await waiter.page.locator('[data-testid="undo"]:enabled').click();
    await eventually('it is gone', async () => (await shown()).length === 0);

    await waiter.tap('item-diavola');
    await eventually('the right one is there', async () => (await shown()).length === 1);
    const [line] = standing(await view(id));
    await waiter.tap('show-check');
    await waiter.tap(`line-${line!.id}`);
    await waiter.tap('line-remove');
    await eventually('it is off', async () => (await shown()).length === 0);
    await waiter.page.locator('[data-testid="undo"]:enabled').click();
    await eventually('it is back', async () => (await shown()).join() === 'Diavola');
  });
});

describe('an allergy', () => {
  test('of a seat is on its lines, for every waiter and for the kitchen', async () => {
    const id = await seated('S12', 2);
    await look(id);
    await waiter.tap('seat-2');
    await waiter.tap('allergy');
    await waiter.tap('allergen-nuts');
    await waiter.tap('allergy-save');
    await waiter.tap('item-margherita');
    await waiter.tap('send');
    await sent(id, 1);
    expect(standing(await view(id))[0]).toMatchObject({ seat: 2, note: 'ALLERGY nuts' });
    const kitchen = await hub.get<Schemas['TicketView'][]>('/kitchen/tickets?station=pizza');
    const ticket = kitchen.find((one) => one.check_id === id)!;
    expect(ticket.lines[0]!.note).toContain('ALLERGY nuts');

    const other = await Station.open(browser, hub, {
      staff: 'waiter2',
      pin: '4444',
      path: `/order/${id}`,
      ...PHONE,
    });
    if (await other.find('show-menu').isVisible()) await other.tap('show-menu');
    await other.tap('seat-2');
    expect(await other.find('allergy').first().innerText()).toContain('nuts');
    await other.close();
  });
});

describe('an allergy told with an item', () => {
  test("is the seat's from then on, and a guest who cannot eat something is asked about", async () => {
    const id = await seated('T4', 2);
    await look(id);
    await waiter.tap('seat-1');
    await waiter.tap('adjust-margherita');
    const sheet = waiter.find('item-sheet');
    await sheet.getByTestId('item-allergy').click();
    await sheet.getByTestId('allergen-peanuts').click();
    await sheet.getByTestId('allergy-done').click();
    await sheet.getByTestId('add-line').click();
    await eventually('it is on the line', async () =>
      standing(await view(id)).some((line) => line.note === 'ALLERGY peanuts'),
    );
    await waiter.tap('item-patatine-fritte');
    await waiter.find('item-sheet').getByRole('alert').waitFor();
    await waiter.page.keyboard.press('Escape');
    await waiter.misses('item-sheet');
    expect(standing(await view(id))).toHaveLength(1);
  });
});

describe('a line in the hand', () => {
  test('is dragged to another check with the finger, and moved there with the keys', async () => {
    const id = await ordered('S13', [
      ['Margherita', 1],
      ['Diavola', 1],
      ['Aurora', 1],
    ]);
    await look(id);
    await waiter.tap('split');
    await waiter.tap('split-line');
    const { page } = waiter;
    const from = (await waiter.find('piece').first().boundingBox())!;
    const to = (await waiter.find('put-2').boundingBox())!;
    await page.mouse.move(from.x + 20, from.y + 10);
    await page.mouse.down();
    await page.mouse.move(from.x + 40, from.y + 12, { steps: 3 });
    await page.mouse.move(to.x + 20, to.y + 10, { steps: 5 });
    await page.mouse.up();
    await waiter.find('piece').nth(0).focus();
    await page.keyboard.press('Enter');
    await waiter.find('put-2').focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('[data-column="here"] [data-testid="piece"]').count()).toBe(1);
    await waiter.tap('split-do');
    await waiter.sees('pay-part-2');
    await eventually('two lines are on the other check', async () => {
      const other = (await openAt('S13')).find((one) => one.id !== id);
      return other !== undefined && standing(await view(other.id)).length === 2;
    });
  });
});

describe('what happens elsewhere', () => {
  test('another waiter adds lines above, and what is read stays where it is', async () => {
    const id = await ordered('T1', [
      ['Negroni', 1],
      ...Array<[string, number]>(8).fill(['Diavola', 1]),
      ['Tiramisù', 1],
    ]);
    await look(id);
    const { page } = waiter;
    const last = waiter.find(`line-${standing(await view(id)).at(-1)!.id}`);
    await last.scrollIntoViewIfNeeded();
    const before = (await last.boundingBox())!.y;
    const drinks = [{ item_id: items.get('Negroni')!.id, quantity: 1 }];
    const added = await hub.post<Schemas['LinesAdded']>(`/checks/${id}/lines`, { lines: drinks });
    await waiter.find(`line-${added.lines[0]!.id}`).waitFor({ state: 'attached' });
    await page.evaluate(() => new Promise((painted) => requestAnimationFrame(painted)));
    expect(Math.abs((await last.boundingBox())!.y - before)).toBeLessThan(2);
  });

  test('an item is counted down and goes off on the pad, and cannot be added then', async () => {
    const id = await seated('T2', 2);
    await look(id);
    const { id: item } = items.get('Margherita')!;
    await hub.post(`/menu/items/${item}/availability`, { available: true, remaining: 2 });
    const tile = waiter.find('item-margherita');
    await tile.filter({ hasText: '2 left' }).waitFor();
    await tile.click();
    await tile.filter({ hasText: '1 left' }).waitFor();
    await hub.post(`/menu/items/${item}/availability`, { available: false });
    await tile.filter({ hasText: '86' }).waitFor();
    await tile.click({ force: true });
    await waiter.sees('toast');
    expect(standing(await view(id))).toHaveLength(1);
    await hub.post(`/menu/items/${item}/availability`, { available: true, remaining: null });
    await tile.filter({ hasNotText: '86' }).waitFor();
  });
});

describe('without a pointer', () => {
  test('a round is searched, added, sent and paid, and the focus is never lost', async () => {
    const id = await seated('S14', 2);
    const desk = await Station.open(browser, hub, {
      staff: 'waiter',
      pin: '2222',
      path: `/order/${id}`,
    });
    const { page } = desk;
    await page.locator('[data-testid="item-margherita"]:enabled').waitFor();
    const focused = () =>
      page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.testid ?? '');
    await page.keyboard.press('/');
    expect(await focused()).toBe('search');
    await page.keyboard.type('diavol');
    await desk.misses('item-margherita');
    await desk.sees('item-diavola');
    await page.keyboard.press('Enter');
    await eventually('it is added', async () => standing(await view(id)).length === 1);

    await desk.find('item-margherita').focus();
    await page.keyboard.press('ArrowRight');
    const next = await focused();
    expect(next).toMatch(/^item-/);
    expect(next).not.toBe('item-margherita');
    await page.keyboard.press('ArrowLeft');
    expect(await focused()).toBe('item-margherita');
    await page.keyboard.press('Shift+Enter');
    await desk.sees('item-sheet');
    await page.keyboard.press('Escape');
    await desk.misses('item-sheet');
    expect(await focused(), 'the focus is back on the tile').toBe('item-margherita');
    await page.keyboard.press('Enter');
    await eventually('two are there', async () => standing(await view(id)).length === 2);

    await desk.find('send').focus();
    await page.keyboard.press('Enter');
    await sent(id, 2);
    await desk.find('pay').focus();
    await page.keyboard.press('Enter');
    await desk.sees('take');
    await page.keyboard.type('5000');
    await desk.find('take').focus();
    await page.keyboard.press('Enter');
    await desk.sees('change');
    expect(desk.complaints).toEqual([]);
    await desk.close();
  });

  test('no screen complained', () => {
    expect(waiter.complaints).toEqual([]);
  });
});
