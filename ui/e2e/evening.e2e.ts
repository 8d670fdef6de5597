// One evening at Trattoria Aurora, played in real browsers on a phone, tablets and a wall against a real hub with
// printers on TCP. The hub loses its power in the middle, and a tablet its Wi-Fi for five minutes. At the end the
// Z report, the paper of each printer and the log must say the same, to the last minor unit.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { components } from '../src/lib/api/generated';
import { Hub } from './hub';
import { Line } from './line';
import { Station, launch } from './station';

type Schemas = components['schemas'];
type Check = Schemas['CheckView'];
type Printer = Schemas['DemoPrinter'];

const TABLE = 'S4';
const FLOAT_MINOR = 20_000;
const FIVE_MINUTES_MS = 5 * 60_000;

const PHONE = { width: 360, height: 740 };
const TABLET = { width: 1180, height: 820 };
const WALL = { width: 1920, height: 1080 };

let hub: Hub;
/** The Wi-Fi of one tablet. */
let wifi: Line;
let browser: Browser;
let host: Station;
let anna: Station;
let marco: Station;
let kitchen: Station;
let manager: Station;

let items: Map<string, string>;
let table: Schemas['TableView'];
let check: Check;

const theCheck = () => hub.get<Check>(`/checks/${check.id}`);
const tickets = (station: string) =>
  hub.get<Schemas['TicketView'][]>(`/kitchen/tickets?station=${station}`);
const line = (of: Check, name: string) => {
  const found = of.lines.find((one) => one.name === name && !one.void);
  if (!found) throw new Error(`no ${name} on check ${of.number}`);
  return found;
};

async function paper(name: string): Promise<Schemas['DemoSlip'][]> {
  const printers = await hub.get<Printer[]>('/demo/printers');
  const printer = printers.find((one) => one.name === name);
  if (!printer) throw new Error(`no printer ${name}`);
  return printer.slips;
}

async function eventually(what: string, holds: () => Promise<boolean>) {
  const deadline = Date.now() + 25_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** 1234 as the papers and screens of a euro venue in English or Italian write it. */
const written = (minor: number) =>
  new RegExp(`${Math.trunc(minor / 100)}[.,]${String(minor % 100).padStart(2, '0')}`);

async function order(station: Station, name: string, seat: number) {
  const id = items.get(name);
  if (!id) throw new Error(`no ${name} on the menu`);
  await station.tap(`seat-${seat}`);
  await station.find('search').fill(name);
  await station.page.locator(`[data-item="${id}"]`).first().click();
  await station.find('search').fill('');
}

beforeAll(async () => {
  [hub, browser, wifi] = await Promise.all([Hub.start(), launch(), Line.open()]);
  wifi.leadTo(hub.url);
  const menu = await hub.get<Schemas['MenuView']>('/menu');
  items = new Map(menu.items.map((item) => [item.name, item.id]));
  const floor = await hub.get<Schemas['FloorView']>('/floor');
  table = floor.areas.flatMap((area) => area.tables).find((one) => one.name === TABLE)!;
  const open = (staff: string, pin: string, path: string, size: typeof PHONE) =>
    Station.open(browser, hub, { staff, pin, path, ...size });
  host = await open('host', '1111', '/host', TABLET);
  anna = await open('waiter', '2222', '/order', PHONE);
  marco = await Station.open(browser, wifi, {
    staff: 'waiter2',
    pin: '4444',
    path: '/order',
    ...TABLET,
    hasOwnClock: true,
  });
  kitchen = await open('kitchen', '3333', '/kitchen/pizza', WALL);
  manager = await open('manager', '2468', '/manager', TABLET);
});

afterAll(async () => {
  await browser?.close();
  wifi?.close();
  expect(await hub?.stop(), 'SIGTERM ends it in order').toBe(0);
});

describe('an evening', () => {
  test('the manager puts change in the drawer, the host seats a party in two touches', async () => {
    await hub.post('/day/drawer', { kind: 'float', amount_minor: FLOAT_MINOR, reason: '' });
    await host.tap(`table-${TABLE}`);
    await host.tap('covers-2');
    await eventually('the check is open', async () => {
      const open = await hub.get<Schemas['CheckSummary'][]>(
        `/checks?state=open&table_id=${table.id}`,
      );
      if (open.length === 1) check = await hub.get<Check>(`/checks/${open[0]!.id}`);
      return open.length === 1;
    });
    expect(check.covers).toBe(2);
  });

  test('two waiters add to the same table at once, and nothing is lost', async () => {
    for (const waiter of [anna, marco]) {
      await waiter.goto(`/order/${check.id}`);
      await waiter.sees('search');
    }
    await Promise.all([
      (async () => {
        await order(anna, 'Margherita', 1);
        await order(anna, 'Bruschetta al pomodoro', 1);
      })(),
      (async () => {
        await order(marco, 'Diavola', 2);
        await order(marco, 'Burrata e pomodorini', 2);
        await order(marco, 'Negroni', 2);
      })(),
    ]);
    await eventually(
      'five lines are on the check',
      async () => (await theCheck()).lines.length === 5,
    );
    await anna.tap('show-check');
    for (const waiter of [anna, marco]) {
      await waiter.find(`line-${line(await theCheck(), 'Margherita').id}`).waitFor();
      await waiter.find(`line-${line(await theCheck(), 'Negroni').id}`).waitFor();
    }
  });

  test('the hub loses its power in mid-order: every screen says so, and no line is lost or doubled', async () => {
    await anna.kept();
    await hub.kill();
    await anna.tap('show-menu');
    await order(anna, 'Aperol spritz', 1);
    await anna.sees('unsent');
    await Promise.all([host, marco, manager].map((station) => station.sees('stale')));
    await kitchen.sees('stale-overlay');
    await anna.tap('show-check');
    await anna.find('line-unsent').filter({ hasText: 'On this device' }).waitFor();

    await hub.restart();
    await Promise.all([anna, host, marco, manager].map((station) => station.misses('stale')));
    await kitchen.misses('stale-overlay');
    await anna.misses('unsent');
    await anna.misses('line-unsent');
    const { lines } = await theCheck();
    expect(lines.map(({ name }) => name).toSorted()).toEqual([
      'Aperol spritz',
      'Bruschetta al pomodoro',
      'Burrata e pomodorini',
      'Diavola',
      'Margherita',
      'Negroni',
    ]);
    await marco.find(`line-${line(await theCheck(), 'Aperol spritz').id}`).waitFor();
  });

  test('mains are held while the rest is sent', async () => {
    await anna.tap('hold-3');
    await eventually(
      'the mains wait',
      async () => line(await theCheck(), 'Diavola').progress === 'held',
    );
    await anna.tap('send');
    await eventually('starters are fired', async () => {
      const now = await theCheck();
      return (
        line(now, 'Burrata e pomodorini').progress === 'fired' &&
        line(now, 'Diavola').progress === 'held'
      );
    });
    await eventually(
      'their tickets are on paper',
      async () => (await paper('Kitchen')).length >= 1,
    );
    await eventually('the bar has its own', async () => (await paper('Bar')).length >= 1);
  });

  test('the roll ends in mid-ticket, and the ticket is on the next roll once', async () => {
    const kitchenPrinter = (await hub.get<Printer[]>('/demo/printers')).find(
      (one) => one.name === 'Kitchen',
    )!;
    const before = (await paper('Kitchen')).length;
    await hub.post(`/demo/printers/${kitchenPrinter.id}/fault`, {
      fault: 'paper_out',
      after_lines: 3,
    });
    await anna.tap('fire-3');
    await eventually(
      'the pizzas are fired all the same',
      async () => line(await theCheck(), 'Diavola').progress === 'fired',
    );
    await kitchen.page.locator('article').first().waitFor();
    await eventually('the printer is missed', async () =>
      (await hub.get<Schemas['AttentionItem'][]>('/attention')).some(
        (item) => item.printer_id === kitchenPrinter.id,
      ),
    );
    await manager.goto('/printers');
    await manager.find('virtual-Kitchen').getByTestId('fault-none').click();
    await eventually(
      'the ticket is whole',
      async () => (await paper('Kitchen')).filter((slip) => slip.cut).length === before + 1,
    );
    await eventually('and known to be', async () =>
      (await hub.get<Schemas['PrintJobView'][]>('/print-jobs')).every(
        (job) => job.state === 'confirmed',
      ),
    );
    const ticket = (await paper('Kitchen')).at(-1)!;
    expect(ticket.text).toContain('Diavola');
    expect(ticket.text).toContain('Margherita');
    expect(ticket.text).not.toMatch(/DUPLICAT/);
  });

  test('a sent line is voided with a reason, and the kitchen must bump the void', async () => {
    const diavola = line(await theCheck(), 'Diavola');
    await marco.tap(`line-${diavola.id}`);
    await marco.tap('line-void');
    await marco.tap('reason-0');
    await eventually('it is void', async () =>
      (await theCheck()).lines.some((one) => one.id === diavola.id && one.void),
    );
    await kitchen.find(`ticket-line-${diavola.id}`).waitFor();
    const [ticket] = await tickets('pizza');
    expect(ticket!.lines.find((one) => one.id === diavola.id)!.voided).toBe(true);
  });

  test('the kitchen bumps and recalls', async () => {
    const [ticket] = await tickets('pizza');
    await kitchen.find(`ticket-${ticket!.id}`).getByTestId('bump').click();
    await kitchen.misses(`ticket-${ticket!.id}`);
    expect(line(await theCheck(), 'Margherita').progress).toBe('ready');
    await kitchen.tap('recent');
    await kitchen.find(`recent-${ticket!.id}`).getByTestId('recall').click();
    await eventually('it is back', async () => (await tickets('pizza')).length === 1);
    await kitchen.page.keyboard.press('Escape');
    await kitchen.find(`ticket-${ticket!.id}`).getByTestId('bump').click();
    await kitchen.misses(`ticket-${ticket!.id}`);
  });

  let seatOne: Check;
  let seatTwo: Check;

  test('the check is split by seat, and the sum is what it was', async () => {
    const before = await theCheck();
    await anna.goto(`/order/${check.id}/pay`);
    await anna.tap('split');
    await anna.tap('split-seat');
    await anna.tap('split-do');
    await eventually(
      'there are two checks',
      async () =>
        (await hub.get<Schemas['CheckSummary'][]>(`/checks?state=open&table_id=${table.id}`))
          .length === 2,
    );
    const open = await hub.get<Schemas['CheckSummary'][]>(
      `/checks?state=open&table_id=${table.id}`,
    );
    seatOne = await theCheck();
    const other = open.find((one) => one.id !== check.id)!;
    seatTwo = await hub.get<Check>(`/checks/${other.id}`);
    expect(seatOne.total_minor + seatTwo.total_minor).toBe(before.total_minor);
    expect(await tickets('pizza'), 'nothing is cooked again').toHaveLength(0);
  });

  test('one seat pays cash and gets change, the other by card with a tip', async () => {
    await anna.goto(`/order/${seatOne.id}/pay`);
    await anna.tap('tender-cash');
    for (const key of ['5', '0', '00']) await anna.tap(`key-${key}`);
    await anna.tap('take');
    await anna.sees('change');
    await anna.tap('close-check');
    await anna.sees('next-check');

    await marco.goto(`/order/${seatTwo.id}/pay`);
    await marco.tap('tender-card');
    await marco.tap('tip-1000');
    await marco.tap('take');
    await marco.tap('close-check');
    await marco.sees('next-check');

    seatOne = await theCheck();
    seatTwo = await hub.get<Check>(`/checks/${seatTwo.id}`);
    expect([seatOne.state, seatTwo.state]).toEqual(['closed', 'closed']);
    expect(seatOne.tenders[0]!.change_minor).toBe(5_000 - seatOne.total_minor);
    expect(seatTwo.tips_minor).toBe(Math.round(seatTwo.total_minor / 10));
    for (const closed of [seatOne, seatTwo]) await hub.post(`/checks/${closed.id}/receipt`, {});
  });

  let away: Check;

  test('a tablet loses its Wi-Fi for five minutes, and a party is seated, fed and paid all the same', async () => {
    await marco.tap('next-check');
    await marco.sees('new-check');
    await marco.installed();
    await marco.kept();
    wifi.cut();
    await marco.tap('new-check');
    await marco.tap('pick-table-S5');
    await order(marco, 'Margherita', 1);
    await order(marco, 'Negroni', 2);
    await marco.tap('send');
    await marco.find('unsent').filter({ hasText: '4' }).waitFor();
    await marco.find('send').filter({ hasText: 'Waits for the hub' }).waitFor();
    await marco.passes(FIVE_MINUTES_MS);
    await marco
      .find('stale')
      .filter({ hasText: /No contact for 5 min/ })
      .waitFor();

    await marco.tap('pay');
    await marco.sees('due-unsent');
    await marco.tap('take');
    await marco.find('settled').filter({ hasText: 'Waits for the hub' }).waitFor();
    await marco.sees('tender-unsent');
    await marco.tap('next-check');
    await marco.sees('check-unsent');
    const there = `/checks?state=open`;
    expect(await hub.get<Schemas['CheckSummary'][]>(there), 'the hub knows nothing yet').toEqual(
      [],
    );
    expect(await host.find('table-S5').getAttribute('data-stage')).toBe('free');
    expect(await tickets('pizza')).toHaveLength(0);

    wifi.mend();
    await marco.misses('unsent');
    await marco.misses('stale');
    await marco.misses('check-unsent');
    const [open] = await hub.get<Schemas['CheckSummary'][]>(there);
    away = await hub.get<Check>(`/checks/${open!.id}`);
    expect(away.lines.map(({ name, seat, progress }) => [name, seat, progress])).toEqual([
      ['Margherita', 1, 'fired'],
      ['Negroni', 2, 'fired'],
    ]);
    expect(away).toMatchObject({ table_name: 'S5', due_minor: 0 });
    expect(away.tenders).toHaveLength(1);
    await kitchen.find(`ticket-line-${line(away, 'Margherita').id}`).waitFor();
    const [ticket, ...others] = await tickets('pizza');
    expect(others, 'it is cooked once').toEqual([]);
    await kitchen.find(`ticket-${ticket!.id}`).getByTestId('bump').click();
    await kitchen.misses(`ticket-${ticket!.id}`);

    await marco.tap(`check-${away.number}`);
    await marco.tap('pay');
    await marco.tap('close-check');
    await marco.sees('next-check');
    away = await hub.get<Check>(`/checks/${away.id}`);
    expect(away.state).toBe('closed');
  });

  test('the day is closed with a counted drawer', async () => {
    await manager.goto('/manager/close');
    let left = FLOAT_MINOR + seatOne.total_minor + away.total_minor;
    for (const note of [5_000, 1_000, 500, 100, 50, 10, 5, 1]) {
      const count = Math.trunc(left / note);
      left -= count * note;
      if (count > 0) await manager.find(`count-${note}`).fill(String(count));
    }
    await manager.tap('count-done');
    await manager.tap('close-day');
    await manager.tap('close-day-confirm');
    await eventually('the day is closed', async () => {
      const audit = await hub.get<Schemas['AuditPageView']>('/audit?limit=5');
      return audit.entries.some((entry) => entry.action === 'day_closed');
    });
  });

  test('the Z report, the papers and the log agree to the last minor unit', async () => {
    const audit = await hub.get<Schemas['AuditPageView']>('/audit?limit=500');
    const closed = audit.entries.find((entry) => entry.action === 'day_closed')!;
    const venueDate = seatOne.business_date;
    const z = await hub.get<Schemas['DayReport']>(`/day?date=${venueDate}`);
    expect(closed.staff).not.toBe('');

    const sold = seatOne.total_minor + seatTwo.total_minor + away.total_minor;
    const cash = seatOne.total_minor + away.total_minor;
    expect(z).toMatchObject({ kind: 'z', z_number: 1 });
    expect(z.sales.total_minor).toBe(sold);
    expect(z.sales.net_minor + z.sales.tax_minor + z.sales.service_minor).toBe(sold);
    expect(z.balance.difference_minor).toBe(0);
    expect(z.drawer.expected_minor).toBe(FLOAT_MINOR + cash);
    expect(z.drawer.over_short_minor).toBe(0);
    const tender = (kind: string) => z.tenders.find((one) => one.kind === kind)!;
    expect(tender('cash').amount_minor).toBe(cash);
    expect(tender('card').amount_minor).toBe(seatTwo.total_minor);
    expect(tender('card').tip_minor).toBe(seatTwo.tips_minor);
    expect(z.categories.reduce((sum, one) => sum + one.total_minor, 0)).toBe(sold);
    expect(z.taxes.reduce((sum, one) => sum + one.net_minor + one.tax_minor, 0)).toBe(sold);

    const tendered = audit.entries.filter((entry) => entry.action === 'tendered');
    expect(tendered.reduce((sum, entry) => sum + (entry.amount_minor ?? 0), 0)).toBe(sold);
    expect(audit.entries.filter((entry) => entry.action === 'line_voided')).toHaveLength(1);

    await eventually(
      'receipts and the Z are on paper',
      async () => (await paper('Front desk')).filter((slip) => slip.cut).length >= 3,
    );
    const front = (await paper('Front desk')).map((slip) => slip.text);
    for (const paid of [seatOne, seatTwo]) {
      const receipt = front.find(
        (text) => text.includes(paid.number) && written(paid.total_minor).test(text),
      );
      expect(receipt, `the receipt of check ${paid.number}`).toBeDefined();
    }
    expect(
      front.some((text) => written(sold).test(text) && /Z/.test(text)),
      'the Z on paper',
    ).toBe(true);
    expect(
      (await paper('Kitchen')).some((slip) => /VOID|ANNULLA/i.test(slip.text)),
      'the void on paper',
    ).toBe(true);

    const jobs = await hub.get<Schemas['PrintJobView'][]>('/print-jobs');
    expect(jobs.filter((job) => job.state !== 'confirmed').map((job) => job.title)).toEqual([]);
    // A drawer has no paper that could prove it: it says that it was told, which is grade B.
    const papers = jobs.filter((job) => job.kind !== 'drawer');
    expect(new Set(papers.map((job) => job.grade))).toEqual(new Set(['A']));
    expect(await hub.doctor()).toBe(0);
  });

  test('no screen complained', () => {
    const complaints = [host, anna, marco, kitchen, manager].flatMap(
      (station) => station.complaints,
    );
    // A browser names every request that finds no hub.
    expect(complaints.filter((what) => !what.includes('ERR_'))).toEqual([]);
  });
});
