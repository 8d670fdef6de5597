// A manager changes the venue in the afternoon: the menu by hand and by table, a station, a waiter. Everything is a
// draft until it is published, and then it is on every station at once.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { components } from '../src/lib/api/generated';
import { Hub } from './hub';
import { Station, launch } from './station';

type Schemas = components['schemas'];
type Item = Schemas['Item'];

const NAME = 'Spritz della casa';
const HOUR_MS = 3_600_000;

let hub: Hub;
let browser: Browser;
let manager: Station;
let anna: Station;
let check: Schemas['CheckView'];

const items = async () => (await hub.get<Schemas['CatalogueView']>('/catalogue')).items;
const itemCalled = async (name: string) => (await items()).find((item) => item.name === name);

async function eventually(what: string, holds: () => Promise<boolean>) {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The time of day in the venue, as a time field writes it. */
async function venueTime(at: number): Promise<string> {
  const { time_zone: timeZone } = await hub.get<Schemas['VenueView']>('/venue');
  const options = { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return new Intl.DateTimeFormat('en-GB', options).format(at);
}

async function publish(station: Station) {
  await station.tap('draft-review');
  await station.tap('draft-publish');
  await station.misses('publish-sheet');
}

beforeAll(async () => {
  [hub, browser] = await Promise.all([Hub.start(), launch()]);
  const floor = await hub.get<Schemas['FloorView']>('/floor');
  const table = floor.areas[0]!.tables[0]!;
  check = await hub.post<Schemas['CheckView']>('/checks', { table_id: table.id, covers: 2 });
  const open = (staff: string, pin: string, path: string) =>
    Station.open(browser, hub, { staff, pin, path });
  manager = await open('manager', '2468', '/manager/menu');
  anna = await open('waiter', '2222', `/order/${check.id}`);
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

describe('a new item', () => {
  test('is made with a happy hour and choices, and survives a reload before anybody sees it', async () => {
    await manager.page.getByRole('button', { name: 'Vini e cocktail', exact: true }).click();
    await manager.tap('add-item');
    await manager.find('field-name').fill(NAME);
    await manager.find('field-price').fill('9,00');
    await manager.tap('add-schedule');
    for (const day of [6, 7]) await manager.tap(`day-${day}`);
    await manager.find('schedule-from').fill(await venueTime(Date.now() - HOUR_MS));
    await manager.find('schedule-to').fill(await venueTime(Date.now() + HOUR_MS));
    await manager.find('schedule-price').fill('6.50');

    await manager.tap('new-group');
    await manager.find('field-name').fill('Slice');
    await manager.find('modifier-name').fill('Orange');
    await manager.tap('add-modifier');
    await manager.find('modifier-name').nth(1).fill('Lemon');
    await manager.find('modifier-price').nth(1).fill('0.50');

    await manager.page.reload();
    await manager.sees('draft-bar');
    expect(await manager.find('draft-count').innerText()).toBe('2 changes');
    expect(await itemCalled(NAME)).toBeUndefined();
  });

  test('is linted: its new station has no printer, and one touch mends that', async () => {
    await manager.follow('/manager/stations');
    await manager.tap('add-station');
    await manager.find('field-name').fill('Aperitivo');
    expect(await manager.find('field-slug').inputValue()).toBe('aperitivo');
    await manager.follow('/manager/menu');
    await manager.find(`menu-item-${NAME}`).getByRole('link').click();
    await manager.tap('station-aperitivo');
    await manager.tap('draft-review');
    const finding = manager.find('finding-not-printed');
    await finding.getByRole('button', { name: 'Print at Bar' }).click();
    await finding.waitFor({ state: 'detached' });
    await manager.page.keyboard.press('Escape');
  });

  test('is on the order pad the moment it is published, at the price of the hour', async () => {
    await anna.sees('search');
    await anna.find('search').fill(NAME);
    await publish(manager);
    const tile = anna.find('item-spritz-della-casa');
    await tile.waitFor();
    expect(await tile.innerText()).toContain('6.50');
    await tile.click();
    await anna.page.getByRole('button', { name: /Lemon/ }).click();
    await anna.page.getByRole('button', { name: /^Add/ }).click();
    await eventually('the line is on the check at its price', async () => {
      const { lines } = await hub.get<Schemas['CheckView']>(`/checks/${check.id}`);
      return lines.some((line) => line.name === NAME && line.total_minor === 700);
    });
    await anna.tap('send');
    await eventually('its station has the ticket', async () => {
      const tickets = await hub.get<Schemas['TicketView'][]>('/kitchen/tickets?station=aperitivo');
      return tickets.some((ticket) => ticket.lines.some((line) => line.name === NAME));
    });
  });

  test('cannot be published without a name, and says so beside the field', async () => {
    await manager.find('field-name').fill('');
    await manager.sees('problem-name');
    await manager.tap('draft-review');
    await manager.sees('finding-name-missing');
    expect(await manager.find('draft-publish').isDisabled()).toBe(true);
    await manager.page.keyboard.press('Escape');
    await manager.tap('draft-undo');
    await manager.misses('problem-name');
  });
});

describe('the order of the menu', () => {
  const names = () => manager.page.locator('[data-testid="sortable"] li b').allInnerTexts();

  test('is changed by keys, with the focus on what moves, and by drag', async () => {
    await manager.follow('/manager/menu/categories');
    const before = await names();
    const handle = manager.find('move-Pizze');
    await handle.focus();
    await handle.press('ArrowUp');
    expect((await names()).slice(0, 2)).toEqual(['Pizze', before[0]]);
    await manager.page.keyboard.press('ArrowDown');
    expect(await names()).toEqual(before);

    const from = (await manager.find('move-Pasta').boundingBox())!;
    const to = (await handle.boundingBox())!;
    const { mouse } = manager.page;
    await mouse.move(from.x + 20, from.y + 20);
    await mouse.down();
    await mouse.move(to.x + 20, to.y + 8, { steps: 5 });
    await mouse.up();
    expect((await names()).slice(0, 3)).toEqual([before[0], 'Pasta', 'Pizze']);
    await publish(manager);
    const { categories } = await hub.get<Schemas['MenuView']>('/menu');
    const sorted = categories.toSorted((a, b) => a.sort - b.sort).map((one) => one.name);
    expect(sorted.slice(0, 3)).toEqual([before[0], 'Pasta', 'Pizze']);
  });
});

describe('two managers', () => {
  test('edit one item: other fields merge, and the same field is asked about', async () => {
    const phone = await Station.open(browser, hub, {
      staff: 'manager',
      pin: '2468',
      path: '/manager/menu',
      width: 360,
    });
    const item = (await itemCalled('Margherita'))!;
    await phone.find('price-Margherita').fill('9.90');
    const others: Item = { ...item, price: 880, description: 'With buffalo mozzarella' };
    const change = { kind: 'item', id: item.id, entity: others, base: item };
    await hub.post('/catalogue/changes', { changes: [change] });
    await phone.sees('draft-news');
    await phone.follow(`/manager/menu/item/${item.id}`);
    await phone.sees('collision-price');
    expect(await phone.find('field-description').inputValue()).toBe('With buffalo mozzarella');
    await phone.tap('keep-mine');
    await phone.misses('collision-price');
    await publish(phone);
    await eventually('both are there', async () => {
      const now = await itemCalled('Margherita');
      return now?.price === 990 && now.description === 'With buffalo mozzarella';
    });
    expect(phone.complaints).toEqual([]);
    await phone.close();
  });
});

describe('a menu from a spreadsheet', () => {
  test('is previewed, its three wrong rows are mended on the spot, and then it is in', async () => {
    const rows = [
      'name,category,price,tax,station',
      'Diavola,Pizze,12.30,IVA 10%,Pizza',
      'Focaccia al rosmarino,Pizze,a lot,IVA 10%,Pizza',
      'Panna cotta al caffè,Dolci,7.00,IVA 99%,Cold',
      'Cedrata,Bevande,4.00,IVA 10%,Barr',
    ];
    await manager.follow('/manager/menu/import');
    await manager.find('csv-file').setInputFiles({
      name: 'menu.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(rows.join('\n')),
    });
    await manager.sees('import-preview');
    expect(await manager.find('import-line-2').getAttribute('data-action')).toBe('change');
    expect(await manager.page.locator('[data-action="problem"]').count()).toBe(3);
    expect(await manager.find('import-do').isDisabled()).toBe(true);

    const mend = async (line: number, column: string, text: string) => {
      const cell = manager.find(`import-line-${line}`).getByTestId(`mend-${column}`);
      await cell.fill(text);
      await cell.press('Tab');
      await manager.page
        .locator(`[data-testid="import-line-${line}"][data-action="add"]`)
        .waitFor();
    };
    await mend(3, 'price', '6.00');
    await mend(4, 'tax', 'IVA 10%');
    await mend(5, 'station', 'Bar');
    await manager.tap('import-do');
    await manager.misses('import-preview');
    expect((await itemCalled('Diavola'))?.price).toBe(1230);
    expect((await itemCalled('Focaccia al rosmarino'))?.price).toBe(600);
    await anna.find('search').fill('Cedrata');
    await anna.sees('item-cedrata');
  });

  test('comes out as a file', async () => {
    const download = manager.page.waitForEvent('download');
    await manager.tap('export-csv');
    expect((await download).suggestedFilename()).toBe('menu.csv');
  });
});

describe('a logo', () => {
  const RINGS = new URL('../../crates/device/tests/pictures/rings.jpg', import.meta.url).pathname;
  const logo = async () => (await hub.get<Schemas['CatalogueView']>('/catalogue')).venue.logo;

  test('is on the paper as it will be printed, and what was written meanwhile stays', async () => {
    await manager.follow('/manager/settings');
    await manager.find('venue-name').fill('Trattoria Nuova');
    await manager.find('logo-file').setInputFiles(RINGS);
    await manager.sees('logo');
    const dots = () =>
      manager.untouched('document.querySelector("[data-testid=logo]").naturalWidth');
    await eventually('it has as many dots as are printed', async () => (await dots()) === 384);
    expect(await manager.find('venue-name').inputValue()).toBe('Trattoria Nuova');
    await manager.tap('settings-discard');
    await manager.sees('logo');
  });

  test('goes with one touch, and comes back dot by dot', async () => {
    const before = await logo();
    await manager.tap('logo-remove');
    await manager.misses('logo');
    await manager.find('undo').last().click();
    await manager.sees('logo');
    expect(await logo()).toBe(before);
  });

  test('that is no picture is refused in words', async () => {
    const before = await logo();
    const file = { name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no picture') };
    await manager.find('logo-file').setInputFiles(file);
    await manager.page.getByTestId('toast').filter({ hasText: 'cannot be printed' }).waitFor();
    expect(await logo()).toBe(before);
    // A browser writes every refusal into its console.
    manager.complaints.splice(0);
  });
});

describe('a new waiter', () => {
  test('gets a PIN and signs in', async () => {
    await manager.follow('/manager/staff');
    await manager.tap('add-staff');
    await manager.find('field-name').fill('Nina Costa');
    expect(await manager.find('field-handle').inputValue()).toBe('nina-costa');
    await manager.tap('role-waiter');
    await manager.tap('set-pin');
    for (const digit of '4907') await manager.tap(`new-pin-${digit}`);
    await manager.tap('pin-save');
    await manager.misses('pin-sheet');
    const nina = await Station.open(browser, hub, {
      staff: 'nina-costa',
      pin: '4907',
      path: '/order',
    });
    await nina.sees('new-check');
    await nina.close();
  });

  test('and leaves again, with undo until it is published', async () => {
    await manager.tap('archive');
    await manager.misses('staff-Nina Costa');
    await manager.tap('draft-undo');
    await manager.sees('staff-Nina Costa');
    await manager.tap('draft-redo');
    await manager.misses('staff-Nina Costa');
    await publish(manager);
    const tiles = await hub.get<Schemas['StaffTile'][]>('/staff/tiles');
    expect(tiles.map((tile) => tile.handle)).not.toContain('nina-costa');
  });
});

describe('the drawer', () => {
  test('opens without a sale for a reason, and the log says who did', async () => {
    await manager.goto('/manager/drawer');
    await manager.tap('drawer-no-sale');
    expect(await manager.find('drawer-record').isDisabled()).toBe(true);
    await manager.find('drawer-reason').fill('Change for the market');
    await manager.tap('drawer-record');
    await eventually('the drawer opens', async () => {
      const jobs = await hub.get<Schemas['PrintJobView'][]>('/print-jobs');
      return jobs.some((job) => job.kind === 'drawer' && job.state === 'confirmed');
    });
    const log = await hub.get<Schemas['AuditPageView']>('/audit');
    expect(log.entries[0]!.summary).toContain('Change for the market');
  });
});

test('no screen complained', () => {
  expect([manager, anna].flatMap((station) => station.complaints)).toEqual([]);
});
