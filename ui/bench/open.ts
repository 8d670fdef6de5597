import type { Browser, Page } from 'playwright-core';
import type { Evening } from '../e2e/evening';
import type { Hub } from '../e2e/hub';
import { Station } from '../e2e/station';
import { percentile, type Figure } from './report';
import { slow } from './slow';

const OPENINGS = 7;
const PAINT_RATIO_MAX = 8;

/** How soon the app paints on a cheap tablet that has it, with the hub away. */
export async function measureOpen(browser: Browser, hub: Hub, evening: Evening): Promise<Figure[]> {
  const who = { staff: 'waiter', pin: '2222', path: `/order/${evening.full}` };
  const pad = await Station.open(browser, hub, who);
  await pad.installed();
  await pad.kept();
  await pad.page.context().setOffline(true);
  const app = await paints(pad.page);
  await pad.close();
  const bare = await browser.newPage();
  await bare.goto('data:text/html,<p>open');
  const floor = await paints(bare);
  await bare.close();
  return [
    {
      name: 'ui_first_paint_from_cache',
      value: percentile(app, 0.5),
      unit: 'ms',
      floor: [percentile(floor, 0.5), 'an empty page, also at 6x'],
      target: { at_most: PAINT_RATIO_MAX },
    },
  ];
}

async function paints(page: Page): Promise<number[]> {
  await slow(page);
  const values: number[] = [];
  for (let opening = 0; opening < OPENINGS; opening += 1) {
    await page.reload();
    values.push(await page.evaluate(firstPaint));
  }
  return values;
}

function firstPaint(): Promise<number> {
  return new Promise((resolve) => {
    new PerformanceObserver((list) => {
      const [paint] = list.getEntriesByName('first-contentful-paint');
      if (paint) resolve(paint.startTime);
    }).observe({ type: 'paint', buffered: true });
  });
}
