// A check that is paid while the kitchen does not have all of it.

import { expect, test } from 'vitest';
import type { components } from '../src/lib/api/generated';
import { Hub } from './hub';
import { Station, launch } from './station';

/** The screen shows what it asked for before the hub has said yes. */
const PATIENCE_MS = 15_000;

type Schemas = components['schemas'];

test('a dessert that is paid and still on hold is pointed out, and fired with one touch', async () => {
  const [hub, browser] = await Promise.all([Hub.start(), launch()]);
  try {
    const { items } = await hub.get<Schemas['MenuView']>('/menu');
    const { areas } = await hub.get<Schemas['FloorView']>('/floor');
    const table_id = areas[0]!.tables[0]!.id;
    const { id } = await hub.post<Schemas['CheckView']>('/checks', { table_id, covers: 2 });
    const line = (name: string) => ({
      item_id: items.find((item) => item.name === name)!.id,
      quantity: 1,
      modifiers: [],
    });
    await hub.post(`/checks/${id}/lines`, { lines: [line('Margherita'), line('Tiramisù')] });
    await hub.post(`/checks/${id}/hold`, { course: 4 });
    await hub.post(`/checks/${id}/fire`, {});
    const path = `/order/${id}/pay`;
    const waiter = await Station.open(browser, hub, { staff: 'waiter', pin: '2222', path });
    await waiter.tap('take');
    await waiter.find('not-fired').getByText('Tiramisù').waitFor();
    expect(await waiter.find('not-fired').getByText('Margherita').count()).toBe(0);
    await waiter.tap('fire-now');
    await waiter.misses('not-fired');
    const progress = async () => {
      const { lines } = await hub.get<Schemas['CheckView']>(`/checks/${id}`);
      return lines.map((line) => line.progress);
    };
    await expect.poll(progress, { timeout: PATIENCE_MS }).toEqual(['fired', 'fired']);
    expect(waiter.complaints).toEqual([]);
  } finally {
    await browser.close();
    await hub.stop();
  }
});
