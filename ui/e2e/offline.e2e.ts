// A tablet without its hub: it opens, shows what it last saw and how old that is, takes orders, and everything that was
// taken arrives once.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { components } from '../src/lib/api/generated';
import { Evening } from './evening';
import { Hub } from './hub';
import { Station, launch } from './station';

type Schemas = components['schemas'];

let hub: Hub;
let browser: Browser;
let evening: Evening;

const check = (id: string) => hub.get<Schemas['CheckView']>(`/checks/${id}`);
const names = async (id: string) => (await check(id)).lines.map((line) => line.name).toSorted();
const lines = (pad: Station) => pad.page.locator('button[data-testid^="line-"]');

async function waiter(path: string): Promise<Station> {
  const pad = await Station.open(browser, hub, { staff: 'waiter', pin: '2222', path });
  await pad.installed();
  return pad;
}

beforeAll(async () => {
  [hub, browser] = await Promise.all([Hub.start(), launch()]);
  evening = await Evening.play(hub);
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

describe('when the hub is away', () => {
  test('a page that is loaded anew opens with the last picture and its age, and takes an order that arrives once', async () => {
    const { check: id } = await evening.orderPizza('S11');
    const pad = await waiter(`/order/${id}`);
    await pad.sees('item-margherita');
    const before = await names(id);
    const shown = await lines(pad).count();
    await pad.kept();

    await hub.kill();
    await pad.page.reload();
    await pad.sees('stale');
    expect(await pad.find('stale').innerText()).toMatch(
      /No contact for .*What you see is from \d\d:\d\d/,
    );
    expect(await lines(pad).count()).toBe(shown);
    for (const item of ['margherita', 'diavola', 'bruschetta-al-pomodoro'])
      await pad.tap(`item-${item}`);
    await lines(pad)
      .nth(shown + 2)
      .waitFor();
    expect(await pad.find('line-unsent').count()).toBe(3);
    await pad.page.reload();
    await pad.find('unsent').filter({ hasText: '3' }).waitFor();
    await pad.tap('unsent-list');
    const waits = pad.find('waiting-command');
    expect(await waits.first().innerText()).toMatch(/1 Margherita to table S11/);

    await hub.restart();
    await pad.misses('waiting-command');
    await pad.page.keyboard.press('Escape');
    await pad.misses('unsent');
    await pad.misses('stale');
    const expected = [...before, 'Bruschetta al pomodoro', 'Diavola', 'Margherita'].toSorted();
    expect(await names(id)).toEqual(expected);
    expect(await lines(pad).count()).toBe(expected.length);
    await pad.close();
  });

  test('a party is seated, orders and is fired, and the kitchen gets it once', async () => {
    const pad = await waiter('/order');
    await pad.sees('new-check');
    await pad.kept();
    await hub.kill();
    await pad.tap('new-check');
    await pad.tap('pick-table-S5');
    await pad.tap('item-margherita');
    await pad.tap('item-diavola');
    await pad.tap('send');
    await pad.find('unsent').filter({ hasText: '4' }).waitFor();

    await hub.restart();
    await pad.misses('unsent');
    const id = new URL(pad.page.url()).pathname.split('/').at(-1)!;
    const opened = await check(id);
    expect(opened.table_name).toBe('S5');
    expect(opened.lines.map((line) => [line.name, line.progress]).toSorted()).toEqual([
      ['Diavola', 'fired'],
      ['Margherita', 'fired'],
    ]);
    const tickets = await hub.get<Schemas['TicketView'][]>('/kitchen/tickets?station=pizza');
    expect(tickets.filter((ticket) => ticket.check_id === id)).toHaveLength(1);
    await pad.close();
  });

  test('guests pay apart and leave, and the check is paid and closed when the hub is back', async () => {
    const { check: id } = await evening.orderPizza('S4');
    const pad = await waiter(`/order/${id}/pay`);
    await pad.sees('take');
    await pad.kept();
    await hub.kill();
    await pad.sees('stale');
    await pad.tap('split');
    await pad.sees('split-away');
    await pad.tap('split-even');
    await pad.tap('split-do');
    await pad.sees('parted');
    for (const part of [1, 2]) {
      await pad.find(`share-${part}`).and(pad.page.locator('[aria-pressed="true"]')).waitFor();
      await pad.tap('take');
      await pad
        .find('tender-unsent')
        .nth(part - 1)
        .waitFor();
    }
    await pad.sees('settled');
    await pad.tap('close-check');
    await pad.sees('next-check');
    await pad.find('unsent').filter({ hasText: '3' }).waitFor();

    await hub.restart();
    await pad.misses('unsent');
    const { state, tenders, due_minor } = await check(id);
    expect({ state, due_minor, payments: tenders.length }).toEqual({
      state: 'closed',
      due_minor: 0,
      payments: 2,
    });
    await pad.close();
  });

  test('a refused line says why, also after a reload, and can be put right', async () => {
    const pad = await waiter(`/order/${evening.quiet}`);
    await pad.sees('item-aurora');
    await pad.kept();
    await pad.page.context().setOffline(true);
    await pad.tap('item-aurora');
    await pad.sees('unsent');
    const menu = await hub.get<Schemas['MenuView']>('/menu');
    const aurora = menu.items.find((item) => item.name === 'Aurora')!;
    await hub.post(`/menu/items/${aurora.id}/availability`, { available: false });
    await pad.waitUntilLate();
    await pad.page.context().setOffline(false);
    await pad.sees('refused');
    await pad.misses('unsent');
    await pad.page.reload();
    await pad.sees('refused');
    await pad.tap('unsent-list');
    const refused = await pad.find('refused-command').innerText();
    expect(refused).toContain('1 Aurora to table S8');
    expect(refused).toMatch(/not available/i);

    await hub.post(`/menu/items/${aurora.id}/availability`, { available: true });
    await pad.tap('edit-again');
    await pad.tap('add-line');
    await lines(pad).first().waitFor();
    await pad.misses('refused');
    await pad.misses('line-unsent');
    expect(await names(evening.quiet)).toEqual(['Aurora']);
    await pad.close();
  });

  test('a slip of the finger is taken back, and what was changed arrives as it was changed', async () => {
    const pad = await waiter(`/order/${evening.quiet}`);
    await pad.sees('item-margherita');
    const known = new Set((await check(evening.quiet)).lines.map((line) => line.id));
    const shown = await lines(pad).count();
    const unsent = pad.page.locator('button.unsent[data-testid^="line-"]');
    await hub.kill();
    await pad.tap('item-margherita');
    await pad.tap('item-diavola');
    await unsent.nth(1).waitFor();
    await pad.tap('undo');
    await unsent.nth(1).waitFor({ state: 'detached' });
    await unsent.first().click();
    await pad.tap('quantity-more');
    await pad.tap('add-line');
    await unsent.filter({ hasText: /^2/ }).waitFor();

    await hub.restart();
    await pad.misses('unsent');
    const made = (await check(evening.quiet)).lines.filter((line) => !known.has(line.id));
    const standing = made.filter((line) => !line.void);
    expect(standing.map(({ name, quantity }) => [name, quantity])).toEqual([['Margherita', 2]]);
    await pad.tap('undo');
    await lines(pad).nth(shown).waitFor({ state: 'detached' });
    expect(pad.complaints.filter((what) => !what.includes('ERR_'))).toEqual([]);
    await pad.close();
  });
});

describe('when a tablet leaves the Wi-Fi', () => {
  test('an order taken between two rooms is neither lost nor doubled', async () => {
    const { check: id } = await evening.orderPizza('S6');
    const pad = await waiter(`/order/${id}`);
    await pad.sees('item-margherita');
    const before = await names(id);
    const added = ['Margherita', 'Diavola', 'Aurora', 'Diavola'];
    for (const [index, item] of added.entries()) {
      await pad.page.context().setOffline(index % 2 === 0);
      await pad.tap(`item-${item.toLowerCase()}`);
    }
    await pad.page.context().setOffline(false);
    await lines(pad)
      .nth(before.length + 3)
      .waitFor();
    await pad.misses('line-unsent');
    await pad.misses('stale');
    expect(await names(id)).toEqual([...before, ...added].toSorted());
    expect(await lines(pad).count()).toBe(before.length + 4);
    await pad.close();
  });
});
