import type { Browser } from 'playwright-core';
import type { Evening } from '../e2e/evening';
import type { Hub } from '../e2e/hub';
import { Station } from '../e2e/station';
import { percentile, type Figure } from './report';

const TICKETS = 30;
const SHOWN_RATIO_MAX = 3;

/** From the waiter's "fire" until the ticket is painted on the kitchen's screen. */
export async function measureFired(
  browser: Browser,
  hub: Hub,
  evening: Evening,
): Promise<Figure[]> {
  const who = { staff: 'kitchen', pin: '3333', path: '/kitchen/pizza' };
  const kitchen = await Station.open(browser, hub, who);
  await kitchen.sees(evening.ticketOf('pizza'));
  await kitchen.page.evaluate(watch);
  const shown: number[] = [];
  const answered: number[] = [];
  for (let ticket = 0; ticket < TICKETS; ticket += 1) {
    const { line, firedAt, answeredAt } = await evening.fireAt('S11');
    await kitchen.page.waitForFunction((id) => Number.isFinite(window.shownAt[id]), line);
    const at = await kitchen.page.evaluate((id) => window.shownAt[id]!, line);
    shown.push(at - firedAt);
    answered.push(answeredAt - firedAt);
  }
  await kitchen.close();
  return [
    {
      name: 'ui_fired_to_kitchen_p99',
      value: percentile(shown, 0.99),
      unit: 'ms',
      floor: [percentile(answered, 0.99), "the hub's answer to the fire"],
      target: { at_most: SHOWN_RATIO_MAX },
    },
  ];
}

declare global {
  interface Window {
    shownAt: Record<string, number>;
  }
}

/** In the page: when each line was first painted, by the clock that this process has too. */
export function watch() {
  window.shownAt = {};
  new MutationObserver(() => {
    for (const line of document.querySelectorAll<HTMLElement>('[data-testid^="ticket-line-"]')) {
      const id = line.dataset.testid!.slice('ticket-line-'.length);
      if (id in window.shownAt) continue;
      window.shownAt[id] = Infinity;
      requestAnimationFrame(() => setTimeout(() => (window.shownAt[id] = Date.now())));
    }
  }).observe(document.body, { childList: true, subtree: true });
}
