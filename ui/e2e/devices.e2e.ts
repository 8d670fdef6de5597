// What hangs on wires, with a real broker and a real bridge: unplugged and plugged in again from the page of the demo, and
// what people and the guest at the till then see. Nobody touches a configuration file.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { components } from '../src/lib/api/generated';
import { Hub } from './hub';
import { Station, launch } from './station';
import { Wires } from './wires';

type Schemas = components['schemas'];

/** Warmer than the walk-in may be, and as it should be. */
const [WARM, COOL] = ['15000', '3000'];

let wires: Wires;
let hub: Hub;
let browser: Browser;
let demo: Station;

const open = (staff: string, pin: string, path: string, width?: number) =>
  Station.open(browser, hub, { staff, pin, path, width });

async function tableNamed(name: string) {
  const { areas } = await hub.get<Schemas['FloorView']>('/floor');
  return areas.flatMap((area) => area.tables).find((table) => table.name === name)!.id;
}

/** A party that has a steak coming. */
async function steak(table_id: string | null, name = ''): Promise<Schemas['CheckView']> {
  const check = await hub.post<Schemas['CheckView']>('/checks', { table_id, covers: 1, name });
  const { items } = await hub.get<Schemas['MenuView']>('/menu');
  const item = items.find((one) => one.name === 'Tagliata di manzo')!;
  const modifiers = item.modifier_groups.flatMap((group) =>
    group.modifiers.slice(0, group.min).map((modifier) => modifier.id),
  );
  const line = { item_id: item.id, quantity: 1, seat: null, modifiers };
  await hub.post(`/checks/${check.id}/lines`, { lines: [line] });
  await hub.post(`/checks/${check.id}/fire`, { course: null });
  return hub.get<Schemas['CheckView']>(`/checks/${check.id}`);
}

async function probeNow(): Promise<Schemas['Device']> {
  const { devices } = await hub.get<Schemas['DevicesView']>('/devices');
  return devices.find((one) => one.kind === 'probe')!.device!;
}

async function eventually(what: string, holds: () => Promise<boolean>) {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const slipsOf = (printer: string) => demo.find(`virtual-${printer}`).getByTestId('slip');

beforeAll(async () => {
  wires = await Wires.lay();
  [hub, browser] = await Promise.all([Hub.wired(wires), launch()]);
  demo = await open('manager', '2468', '/printers');
  await demo.sees('demo-devices');
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
  await wires?.cut();
});

describe('from the page of the demo', () => {
  test('a printer is unplugged: its tickets come out elsewhere, and come back with it', async () => {
    const kitchen = demo.find('virtual-Kitchen');
    await kitchen.getByTestId('fault-cut_cable').click();
    const manager = await open('manager', '2468', '/manager/attention');
    await steak(await tableNamed('S2'));
    await slipsOf('Bar').first().waitFor();
    expect(await slipsOf('Kitchen').count()).toBe(0);
    await manager.sees('attention-printer_down');

    await kitchen.getByTestId('fault-none').click();
    await demo.page.locator('[data-testid="virtual-Kitchen"][data-health="ready"]').waitFor();
    await manager.misses('attention-printer_down');
    await steak(await tableNamed('S3'));
    await slipsOf('Kitchen').first().waitFor();
    await manager.close();
  });

  test('a printer that asks for its papers is without one: its receipts come out at the desk, and come back', async () => {
    const terrace = demo.find('virtual-Terrace');
    const is = (health: string) =>
      demo.page.locator(`[data-testid="virtual-Terrace"][data-health="${health}"]`).waitFor();
    await is('ready');
    await terrace.getByTestId('fault-paper_out').click();
    await is('paper_out');
    const check = await steak(await tableNamed('T2'));
    await hub.post(`/checks/${check.id}/receipt`, {});
    await slipsOf('Front desk').first().waitFor();
    expect(await slipsOf('Terrace').count()).toBe(0);

    await terrace.getByTestId('fault-none').click();
    await is('ready');
    await hub.post(`/checks/${check.id}/receipt`, {});
    await slipsOf('Terrace').first().waitFor();
  });

  test('a bump bar is unplugged and somebody is told; plugged in again, its keys clear tickets', async () => {
    const [grill, manager] = await Promise.all([
      open('kitchen', '3333', '/kitchen/grill'),
      open('manager', '2468', '/manager/attention'),
    ]);
    await grill.page.locator('article').nth(1).waitFor();
    await demo.tap('plug-bump-bar-grill');
    await manager.sees('attention-device_gone');
    await demo.tap('plug-bump-bar-grill');
    await manager.misses('attention-device_gone');

    const first = grill.page.locator('article').first();
    const id = (await first.getAttribute('data-testid'))!;
    await demo.tap('demo-key-1');
    await grill.page.locator(`[data-testid="${id}"][data-chosen="true"]`).waitFor();
    await demo.tap('demo-key-0');
    await grill.misses(id);
    await Promise.all([grill.close(), manager.close()]);
  });

  test('a fridge gets warm: an alarm that stands until it is cold again, and a probe that is missed', async () => {
    const probe = await probeNow();
    const manager = await open('manager', '2468', `/manager/devices/${probe.id}`);
    await manager.tap('tolerated-less');
    await manager.tap('save-device');
    await eventually('it tolerates nothing', async () => {
      return (await probeNow()).tolerated_minutes === 0;
    });
    await manager.follow('/manager/attention');

    await demo.find('demo-temperature').fill(WARM);
    await manager.sees('attention-probe_alarm');
    await demo.find('demo-temperature').fill(COOL);
    await manager.misses('attention-probe_alarm');

    await demo.tap('plug-probe-fridge');
    await manager.sees('attention-device_gone');
    await demo.tap('plug-probe-fridge');
    await manager.misses('attention-device_gone');
    await manager.close();
  });
});

describe('a party with a pager', () => {
  test('is given one, is paged by the last bump, and again by one touch; then it is taken back', async () => {
    const check = await steak(null, 'Nora');
    const [host, pass, grill] = await Promise.all([
      open('host', '1111', '/host'),
      open('kitchen', '3333', '/expo'),
      open('kitchen', '3333', '/kitchen/grill'),
    ]);
    await host.tap('give-pager');
    await host.tap(`party-${check.number}`);
    await host.tap('give-7');
    await host.sees('pager-7');
    await grill.sees('pager');
    await pass.sees('pager');

    const ticket = grill.page.locator('article', { has: grill.find('pager') });
    await ticket.getByTestId('bump').click();
    await host.page.locator('[data-testid="pager-7"][data-called="true"]').waitFor();
    await pass.page.locator('[data-testid="pager"][data-called="true"]').waitFor();
    const base = demo.find('demo-pager-base-door');
    await base.getByText('7', { exact: false }).last().waitFor();

    await host.tap('page-7');
    await host.tap('pager-back-7');
    await host.misses('pager-7');
    await pass.misses('pager');
    expect(host.complaints).toEqual([]);
    await Promise.all([host.close(), pass.close(), grill.close()]);
  });
});

describe('the guest at a till', () => {
  test('reads what is to be paid, what was paid and the thanks; the till remembers its display', async () => {
    const check = await steak(await tableNamed('S4'));
    const till = await open('waiter', '2222', `/order/${check.id}/pay`);
    const display = demo.find('demo-customer-display-till');
    await till.tap('display-customer-display-till');
    await display.getByText('TOTALE', { exact: false }).waitFor();

    await till.page.reload();
    await till.page
      .locator('[data-testid="display-customer-display-till"][aria-pressed="true"]')
      .waitFor();
    await till.tap('tender-card');
    await till.tap('take');
    await display.getByText('Grazie', { exact: false }).waitFor();
    await till.close();
  });
});
