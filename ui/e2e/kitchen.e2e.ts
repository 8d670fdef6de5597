// A kitchen screen as cooks use it: by touch, by the keys of a bump bar, and after a reload.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { components } from '../src/lib/api/generated';
import { Evening } from './evening';
import { Hub } from './hub';
import { Station, launch } from './station';

type Ticket = components['schemas']['TicketView'];

let hub: Hub;
let browser: Browser;
let evening: Evening;

const openTickets = (station: string) => hub.get<Ticket[]>(`/kitchen/tickets?station=${station}`);
const screenOf = (path: string, width = 1920) =>
  Station.open(browser, hub, { staff: 'kitchen', pin: '3333', path, width });
const chosen = (station: Station) =>
  station.page.locator('article[data-chosen="true"]').getAttribute('data-testid');

async function eventually(what: string, holds: () => Promise<boolean>) {
  const deadline = Date.now() + 15_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

beforeAll(async () => {
  [hub, browser] = await Promise.all([Hub.start(), launch()]);
  evening = await Evening.play(hub);
  for (const table of ['S2', 'S4', 'S5']) await evening.orderPizza(table);
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

describe('a kitchen screen', () => {
  test('bumps a line and a ticket in one touch each, and recalls in two', async () => {
    const pizza = await screenOf('/kitchen/pizza');
    const ticket = (await openTickets('pizza')).at(-1)!;
    const card = pizza.find(`ticket-${ticket.id}`);
    await card.getByTestId(`ticket-line-${ticket.lines[0]!.id}`).click();
    const ready = card.locator('[data-progress="ready"]');
    await ready.waitFor();
    await ready.click();
    await ready.waitFor({ state: 'detached' });
    await card.getByTestId('bump').click();
    await pizza.misses(`ticket-${ticket.id}`);

    await pizza.tap('recent');
    await pizza.find(`recent-${ticket.id}`).getByTestId('recall').click();
    await pizza.sees(`ticket-${ticket.id}`);
    await card.getByTestId('bump').click();
    await pizza.misses(`ticket-${ticket.id}`);
    await pizza.tap('recall-last');
    await pizza.sees(`ticket-${ticket.id}`);
    expect(pizza.complaints).toEqual([]);
    await pizza.close();
  });

  test('starts a ticket in one touch, and the waiter is told', async () => {
    const pizza = await screenOf('/kitchen/pizza');
    const ticket = (await openTickets('pizza'))[1]!;
    await pizza.find(`ticket-${ticket.id}`).getByTestId('start').click();
    await eventually('it is started', async () => {
      const now = (await openTickets('pizza')).find((one) => one.id === ticket.id)!;
      return now.lines.every((line) => line.progress === 'started');
    });
    await pizza.close();
  });

  test('rush goes first, and one touch takes it back', async () => {
    const pizza = await screenOf('/kitchen/pizza');
    const last = (await openTickets('pizza')).at(-1)!;
    const first = pizza.page.locator('article').first();
    await pizza.find(`ticket-${last.id}`).getByTestId('rush').click();
    await eventually(
      'it is first',
      async () => (await first.getAttribute('data-testid')) === `ticket-${last.id}`,
    );
    await pizza.tap('undo');
    await eventually(
      'it is not',
      async () => (await first.getAttribute('data-testid')) !== `ticket-${last.id}`,
    );
    await pizza.close();
  });

  test('is worked by the keys of a bump bar', async () => {
    const pizza = await screenOf('/kitchen/pizza');
    await pizza.sees(evening.ticketOf('pizza'));
    const { keyboard } = pizza.page;
    const ids = await pizza.page.locator('article').evaluateAll((cards) => {
      return cards.map((card) => (card as HTMLElement).dataset.testid!);
    });
    await keyboard.press('2');
    expect(await chosen(pizza)).toBe(ids[1]);
    await keyboard.press('ArrowRight');
    expect(await chosen(pizza)).toBe(ids[2]);
    await keyboard.press('ArrowLeft');
    await keyboard.press('Enter');
    await pizza.misses(ids[1]!);
    await eventually('the next is chosen', async () => (await chosen(pizza)) === ids[2]);
    expect(await pizza.page.evaluate(() => document.activeElement?.tagName)).toBe('ARTICLE');
    await keyboard.press('r');
    await pizza.sees(ids[1]!);

    await keyboard.press('1');
    await keyboard.press('ArrowDown');
    await keyboard.press('Space');
    await pizza.page.locator(`[data-testid="${ids[0]}"] [data-progress="ready"]`).waitFor();
    expect(pizza.complaints).toEqual([]);
    await pizza.close();
  });

  test('learns the keys of another bump bar and keeps them', async () => {
    const pizza = await screenOf('/kitchen/pizza');
    await pizza.tap('settings');
    await pizza.tap('learn-at3');
    await pizza.page.keyboard.press('q');
    await pizza.tap('numbers-bump');
    await pizza.page.keyboard.press('Escape');
    await pizza.page.reload();
    await pizza.sees(evening.ticketOf('pizza'));
    const third = await pizza.page.locator('article').nth(2).getAttribute('data-testid');
    await pizza.page.keyboard.press('q');
    await pizza.misses(third!);
    await pizza.tap('recall-last');
    await pizza.sees(third!);
    await pizza.close();
  });

  test('keeps its layout, size and stations, and pages say what is beyond', async () => {
    const pizza = await screenOf('/kitchen/pizza');
    await pizza.tap('settings');
    for (const choice of ['layout-rail', 'size-huge', 'also-grill', 'also-bar'])
      await pizza.tap(choice);
    await pizza.page.reload();
    await pizza.sees(evening.ticketOf('bar'));
    const board = pizza.find('board');
    expect(await board.getAttribute('data-layout')).toBe('rail');
    const beyond = async () => parseInt(await pizza.find('beyond').innerText(), 10);
    await eventually('some are beyond', async () => (await beyond()) > 0);
    const before = await beyond();
    await pizza.tap('page-next');
    await eventually('fewer are', async () => (await beyond()) < before);
    await pizza.page.keyboard.press('PageUp');
    await eventually('as many as before', async () => (await beyond()) === before);
    await pizza.close();
  });

  test('shows alone what is tapped in the all-day panel, and says so', async () => {
    const pizza = await screenOf('/kitchen/pizza');
    await pizza.sees(evening.ticketOf('pizza'));
    const all = await pizza.page.locator('article').count();
    await pizza.tap('all-day-Aurora');
    await pizza.sees('filtered');
    await eventually(
      'one is left',
      async () => (await pizza.page.locator('article').count()) === 1,
    );
    await pizza.tap('filter-clear');
    await eventually(
      'all are back',
      async () => (await pizza.page.locator('article').count()) === all,
    );
    await pizza.close();
  });

  test('asks for a touch when a reload has silenced it, and remembers who wants no sound', async () => {
    const pizza = await screenOf('/kitchen/pizza');
    const state = () => pizza.find('sound').getAttribute('data-sound');
    await eventually('it sounds', async () => (await state()) === 'on');
    await pizza.page.reload();
    const silently = `document.querySelector('[data-testid=sound]')?.innerText`;
    await eventually(
      'it asks for a touch',
      async () => (await pizza.untouched(silently)) === 'Tap for sound',
    );
    expect(await state()).toBe('blocked');
    await pizza.tap('sound');
    await eventually('it sounds again', async () => (await state()) === 'on');
    await pizza.tap('sound');
    await eventually('it is off', async () => (await state()) === 'off');
    await pizza.page.reload();
    await pizza.sees('sound');
    expect(await state()).toBe('off');
    await pizza.close();
  });

  test('tells a screen reader of a new ticket, once', async () => {
    const pizza = await screenOf('/kitchen/pizza');
    await pizza.sees(evening.ticketOf('pizza'));
    expect(await pizza.find('news').textContent()).toBe('');
    await evening.orderPizza('S6');
    await eventually('it is told', async () =>
      /New: S6/.test((await pizza.find('news').textContent()) ?? ''),
    );
    await pizza.close();
  });
});

describe('the pass', () => {
  test('says what is missing and from whom, and serves a course in one touch', async () => {
    const pass = await screenOf('/expo');
    const check = (await openTickets('grill')).find((one) => one.table_name === 'S12')!;
    const card = pass.find(`pass-${check.check_number}-${check.course}`);
    await card.waitFor();
    expect(await card.innerText()).toMatch(/Grill: 1 missing/);
    expect(await card.innerText()).toMatch(/Pizza: 1 missing/);
    expect(await card.getByTestId('serve').count()).toBe(0);
    for (const station of ['grill', 'pizza'])
      for (const ticket of await openTickets(station))
        if (ticket.check_id === check.check_id)
          await hub.post(`/kitchen/tickets/${ticket.id}/bump`, {});
    await card.getByTestId('serve').click();
    await card.waitFor({ state: 'detached' });

    const first = pass.page.locator('article').first();
    await first.locator('[data-testid="serve"]').waitFor();
    const ready = (await first.getAttribute('data-testid'))!;
    await pass.page.keyboard.press('1');
    await pass.page.keyboard.press('Enter');
    await pass.misses(ready);
    expect(pass.complaints).toEqual([]);
    await pass.close();
  });
});
