import type { Browser, Page } from 'playwright-core';
import type { Evening } from '../e2e/evening';
import type { Hub } from '../e2e/hub';
import { Station } from '../e2e/station';
import { percentile, type Figure } from './report';
import { slow } from './slow';

const OPENINGS = 7;
/** The bar of the app, as it stands in the page itself. */
const PAINT_RATIO_MAX = 3;
/** The order pad with its menu and its check, all of it from the device. */
const CONTENT_RATIO_MAX = 6;
const CONTENT = '[data-testid="item-margherita"]';

/** In the page: until the browser has painted anything, and until what the page is for is painted. */
interface Opened {
  paint: number;
  content: number;
}

/** How soon the app paints on a cheap tablet that has it, with the hub away. */
export async function measureOpen(browser: Browser, hub: Hub, evening: Evening): Promise<Figure[]> {
  const who = { staff: 'waiter', pin: '2222', path: `/order/${evening.full}` };
  const pad = await Station.open(browser, hub, who);
  await pad.installed();
  await pad.kept();
  await pad.page.context().setOffline(true);
  const app = await opened(pad.page, CONTENT);
  await pad.close();
  const bare = await browser.newPage();
  await bare.goto('data:text/html,<p>open');
  const floor = await opened(bare, 'p');
  await bare.close();
  const median = (of: Opened[], name: keyof Opened) =>
    percentile(
      of.map((one) => one[name]),
      0.5,
    );
  const beside: Figure['floor'] = [median(floor, 'paint'), 'an empty page, also at 6x'];
  return [
    {
      name: 'ui_first_paint_from_cache',
      value: median(app, 'paint'),
      unit: 'ms',
      floor: beside,
      target: { at_most: PAINT_RATIO_MAX },
    },
    {
      name: 'ui_first_content_from_cache',
      value: median(app, 'content'),
      unit: 'ms',
      floor: beside,
      target: { at_most: CONTENT_RATIO_MAX },
    },
  ];
}

async function opened(page: Page, content: string): Promise<Opened[]> {
  await page.addInitScript(watch, content);
  await slow(page);
  const values: Opened[] = [];
  for (let opening = 0; opening < OPENINGS; opening += 1) {
    await page.reload();
    values.push(await page.evaluate(() => window.opened));
  }
  return values;
}

declare global {
  interface Window {
    opened: Promise<Opened>;
  }
}

function watch(content: string) {
  const paint = new Promise<number>((resolve) => {
    new PerformanceObserver((list) => {
      const [first] = list.getEntriesByName('first-contentful-paint');
      if (first) resolve(first.startTime);
    }).observe({ type: 'paint', buffered: true });
  });
  const shown = new Promise<number>((resolve) => {
    const observer = new MutationObserver(() => {
      if (!document.querySelector(content)) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    });
    observer.observe(document, { childList: true, subtree: true });
  });
  window.opened = Promise.all([paint, shown]).then(([first, whole]) => ({
    paint: first,
    content: whole,
  }));
}
