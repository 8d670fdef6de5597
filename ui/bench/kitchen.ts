import type { Browser, CDPSession } from 'playwright-core';
import type { Evening } from '../e2e/evening';
import type { Hub } from '../e2e/hub';
import { Station } from '../e2e/station';
import { percentile, type Figure } from './report';

const TICKETS = 60;
const UPDATES_PER_SEC = 10;
const SLOW_FRAME_MS = 50;
const FRAME_RATIO_MAX = 4;
const BARE_SECS_MAX = 10;
const HEAP_RATIO_MAX = 1.25;
const MB = 1024 * 1024;

/** A kitchen screen full of tickets that change all the time. */
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
  const before = await heapOf(session);
  await kitchen.page.evaluate(watch);
  const ends = Date.now() + secs * 1000;
  for (let update = 0; Date.now() < ends; update += 1) {
    const { ticket } = lines[update % lines.length]!;
    const turn = Math.floor(update / lines.length);
    const due = new Promise((resolve) => setTimeout(resolve, 1000 / UPDATES_PER_SEC));
    await hub.post(`/kitchen/tickets/${ticket}/rush`, { on: turn % 2 === 0 });
    await due;
  }
  const frames = await kitchen.page.evaluate(() => window.frames_ms);
  const after = await heapOf(session);
  await kitchen.close();
  const bare = await bareFrames(browser, Math.min(secs, BARE_SECS_MAX));
  const slow = frames.filter((ms) => ms > SLOW_FRAME_MS).length;
  return [
    {
      name: 'ui_kitchen_slow_frames',
      value: (slow * 60) / secs,
      unit: 'per min',
    },
    {
      name: 'ui_kitchen_frame_p99',
      value: percentile(frames, 0.99),
      unit: 'ms',
      floor: [percentile(bare, 0.99), 'an empty page'],
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

declare global {
  interface Window {
    frames_ms: number[];
  }
}

/** In the page: how long each frame took. */
function watch() {
  window.frames_ms = [];
  let last = performance.now();
  const frame = (now: number) => {
    window.frames_ms.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

async function bareFrames(browser: Browser, secs: number): Promise<number[]> {
  const page = await browser.newPage();
  await page.evaluate(watch);
  await page.waitForTimeout(secs * 1000);
  const frames = await page.evaluate(() => window.frames_ms);
  await page.close();
  return frames;
}

async function heapOf(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize;
}
