import type { Page } from 'playwright-core';
import type { Station } from '../station';
import type { Screen } from './screens';

/** Goes to a screen and waits until it stands still. */
export async function visit(station: Station, screen: Screen): Promise<void> {
  const sheets = await station.page.locator('dialog[open]').count();
  for (let sheet = 0; sheet < sheets; sheet += 1) await station.page.keyboard.press('Escape');
  if (await station.find('tour-end').isVisible()) await station.tap('tour-end');
  // What the last visit switched on there is not switched on for this one.
  if (new URL(station.page.url()).pathname === screen.path) await station.follow('/printers');
  await station.follow(screen.path);
  await station.sees(screen.shows);
  for (const testid of screen.touch ?? []) await station.find(testid).first().click();
  await still(station.page);
}

/** Waits until nothing moves and what was last changed is painted: a colour on its way is no colour to judge. */
export const still = (page: Page) =>
  page.evaluate(async () => {
    await document.fonts.ready;
    await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
    await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
  });
