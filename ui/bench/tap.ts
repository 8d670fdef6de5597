import type { Browser, CDPSession, Page } from 'playwright-core';
import type { Evening } from '../e2e/evening';
import type { Hub } from '../e2e/hub';
import { Station } from '../e2e/station';
import { percentile, type Figure } from './report';
import { slow } from './slow';

const TAPS = 40;
/** After each touch the page is left alone for so long: whoever asks it whether it has painted is run before it paints. */
const ALONE_MS = 600;
/** The first touches are at full speed: what they cost the processor, whatever else this machine does meanwhile. */
const WORKED = 15;
const AFTERMATH_MS = 500;
/** Beside an empty page: a waiter's touch is to feel like one on nothing. */
const PAINT_RATIO_MAX = 2;
/** A line is on the disk before it is on the screen. */
const LINE_RATIO_MAX = 3;

/** In the page: from a touch until the browser has painted, and until what it added is painted. */
interface Measured {
  paints: number[];
  lines: number[];
}

interface Tapped extends Measured {
  /** Processor time of one touch, with all that follows from it. */
  work_ms: number;
}

/** How long a waiter's touch takes to show, on a cheap tablet. */
export async function measureTap(browser: Browser, hub: Hub, evening: Evening): Promise<Figure[]> {
  const who = { staff: 'waiter', pin: '2222', path: `/order/${evening.quiet}` };
  const pad = await Station.open(browser, hub, who);
  await pad.sees('item-margherita');
  const bare = await browser.newPage();
  await bare.setContent('<button data-testid="bare">+</button><ul></ul>');
  await bare.evaluate(addsAnItem);
  const floor = await tapped(bare, 'bare', 'li');
  await bare.close();
  const { paints, lines, work_ms } = await tapped(
    pad.page,
    'item-margherita',
    '[data-testid^="line-"]',
  );
  await pad.close();
  return [
    {
      name: 'ui_tap_to_paint_p95',
      value: percentile(paints, 0.95),
      unit: 'ms',
      floor: [percentile(floor.paints, 0.95), 'an empty page, also at 6x'],
      target: { at_most: PAINT_RATIO_MAX },
    },
    {
      name: 'ui_tap_to_line_p95',
      value: percentile(lines, 0.95),
      unit: 'ms',
      floor: [percentile(floor.lines, 0.95), 'an empty page, also at 6x'],
      target: { at_most: LINE_RATIO_MAX },
    },
    {
      name: 'ui_tap_work',
      value: work_ms,
      unit: 'ms cpu',
      floor: [floor.work_ms, 'an empty page, both at full speed'],
    },
  ];
}

async function tapped(page: Page, testid: string, added: string): Promise<Tapped> {
  const { x, y, width, height } = (await page.getByTestId(testid).first().boundingBox())!;
  const touchPoints = [{ x: x + width / 2, y: y + height / 2 }];
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  // A finger, and nothing of what a test does around its clicks.
  const tap = async () => {
    await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
    await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await page.waitForTimeout(ALONE_MS);
  };
  await page.evaluate(watch, added);
  const before = await busyMs(session);
  for (let turn = 0; turn < WORKED; turn += 1) await tap();
  await page.waitForTimeout(AFTERMATH_MS);
  const work_ms = ((await busyMs(session)) - before) / WORKED;
  await page.evaluate(() => {
    window.measured.paints.length = 0;
    window.measured.lines.length = 0;
  });
  const throttle = await slow(page);
  for (let turn = 0; turn < TAPS; turn += 1) await tap();
  // The browser tells of an event some time after its paint.
  await page.waitForTimeout(AFTERMATH_MS);
  await throttle.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  const measured = await page.evaluate(() => window.measured);
  if (measured.lines.length !== TAPS)
    throw new Error(`${measured.lines.length} lines of ${TAPS} touches`);
  return { ...measured, work_ms };
}

/** Processor time of the page's main thread so far. */
async function busyMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')!.value * 1000;
}

declare global {
  interface Window {
    measured: Measured;
  }
}

function watch(added: string) {
  const measured: Measured = { paints: [], lines: [] };
  window.measured = measured;
  let touchedAt = 0;
  const known = new Set(document.querySelectorAll(added));
  addEventListener('pointerdown', (event) => (touchedAt = event.timeStamp), { capture: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (entry.name === 'click') measured.paints.push(entry.duration);
  }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
  new MutationObserver(() => {
    const fresh = [...document.querySelectorAll(added)].filter((line) => !known.has(line));
    if (fresh.length === 0) return;
    for (const line of fresh) known.add(line);
    const from = touchedAt;
    requestAnimationFrame(() => setTimeout(() => measured.lines.push(performance.now() - from)));
  }).observe(document.body, { childList: true, subtree: true });
}

function addsAnItem() {
  document.querySelector('button')!.addEventListener('click', () => {
    document.querySelector('ul')!.append(document.createElement('li'));
  });
}
