import type { Browser, Page } from 'playwright-core';
import type { Evening } from '../e2e/evening';
import type { Hub } from '../e2e/hub';
import { Station } from '../e2e/station';
import { percentile, type Figure } from './report';
import { slow } from './slow';

const TAPS = 40;
/** Beside an empty page: a waiter's touch is to feel like one on nothing. */
const PAINT_RATIO_MAX = 2;
/** A line is on the disk before it is on the screen. */
const LINE_RATIO_MAX = 3;

/** In the page: from a touch until the browser has painted, and until what it added is painted. */
interface Measured {
  paints: number[];
  lines: number[];
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
  const { paints, lines } = await tapped(pad.page, 'item-margherita', '[data-testid^="line-"]');
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
  ];
}

async function tapped(page: Page, testid: string, added: string): Promise<Measured> {
  const session = await slow(page);
  await page.evaluate(watch, added);
  for (let tap = 0; tap < TAPS; tap += 1) {
    await page.getByTestId(testid).first().click();
    await page.waitForFunction((wanted) => window.measured.lines.length >= wanted, tap + 1);
  }
  // The browser tells of an event some time after its paint.
  await page.waitForTimeout(500);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  return page.evaluate(() => window.measured);
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
