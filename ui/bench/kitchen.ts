import type { Browser, CDPSession } from 'playwright-core';
import type { Evening } from '../e2e/evening';
import type { Hub } from '../e2e/hub';
import { Station } from '../e2e/station';
import { countFrames, framePercentile, framesOver } from './frames';
import type { Figure } from './report';

const TICKETS = 60;
const UPDATES_PER_SEC = 10;
const SLOW_FRAME_MS = 50;
const SLOW_RATIO_MAX = 1;
const FRAME_RATIO_MAX = 2;
/** What is compiled and kept once is there by then. */
const WARM_SECS = 20;
const HEAP_RATIO_MAX = 1.1;
const MB = 1024 * 1024;

/** A kitchen screen full of tickets that change all the time, beside an empty page that is watched in the same minutes. */
export async function measureKitchen(
  browser: Browser,
  hub: Hub,
  evening: Evening,
  secs: number,
): Promise<Figure[]> {
  const lines = await evening.crowd('pizza', TICKETS);
  const who = { staff: 'kitchen', pin: '3333', path: '/kitchen/pizza' };
  const kitchen = await Station.open(browser, hub, who);
  await kitchen.sees(`ticket-line-${lines.at(-1)!.line}`);
  const session = await kitchen.page.context().newCDPSession(kitchen.page);
  const tickets = lines.map((line) => line.ticket);
  await rush(hub, tickets, WARM_SECS);
  const before = await heapOf(session);
  const bare = await browser.newPage();
  const [framesOfBare, framesOfKitchen] = [
    await countFrames(bare),
    await countFrames(kitchen.page),
  ];
  await rush(hub, tickets, secs);
  const [floor, frames] = [await framesOfBare(), await framesOfKitchen()];
  const after = await heapOf(session);
  await kitchen.close();
  await bare.close();
  return [
    {
      name: 'ui_kitchen_slow_frames',
      value: framesOver(frames, SLOW_FRAME_MS),
      unit: `in ${secs} s`,
      floor: [framesOver(floor, SLOW_FRAME_MS), 'an empty page beside it'],
      target: { at_most: SLOW_RATIO_MAX },
    },
    {
      name: 'ui_kitchen_frame_p99',
      value: framePercentile(frames, 0.99),
      unit: 'ms',
      floor: [framePercentile(floor, 0.99), 'an empty page beside it'],
      target: { at_most: FRAME_RATIO_MAX },
    },
    {
      name: 'ui_kitchen_heap',
      value: after / MB,
      unit: 'MB',
      floor: [before / MB, `the same screen ${secs} s earlier`],
      target: { at_most: HEAP_RATIO_MAX },
    },
  ];
}

/** Changes one ticket after another, so many times a second. */
async function rush(hub: Hub, tickets: string[], secs: number): Promise<void> {
  const ends = Date.now() + secs * 1000;
  for (let update = 0; Date.now() < ends; update += 1) {
    const ticket = tickets[update % tickets.length]!;
    const turn = Math.floor(update / tickets.length);
    const due = new Promise((resolve) => setTimeout(resolve, 1000 / UPDATES_PER_SEC));
    await hub.post(`/kitchen/tickets/${ticket}/rush`, { on: turn % 2 === 0 });
    await due;
  }
}

async function heapOf(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize;
}
