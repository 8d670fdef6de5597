import { Evening } from '../e2e/evening';
import { Hub } from '../e2e/hub';
import { launch } from '../e2e/station';
import { BUDGETS, Sizes } from '../scripts/sizes';
import { measureAir } from './air';
import { measureFired } from './fired';
import { measureFloor } from './floor';
import { measureKitchen } from './kitchen';
import { measureOpen } from './open';
import { report, type Figure } from './report';
import { measureStand } from './stand';
import { measureTap } from './tap';

/** In full; `--quick` for when only the other figures are wanted. */
const KITCHEN_SECS = 600;
const QUICK_SECS = 60;
const KB = 1024;

/** Measures the screens in a browser, and the host-stand app (`MAITRED_APP`) where there is one: `[--only tap|open|fired|floor|kitchen|air|stand|size] [--quick]`. */
export async function main(args: string[]): Promise<void> {
  const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : undefined;
  const secs = args.includes('--quick') ? QUICK_SECS : KITCHEN_SECS;
  const isWanted = (name: string) => only === undefined || only === name;
  const [hub, browser] = await Promise.all([Hub.start(), launch()]);
  const figures: Figure[] = [];
  try {
    const evening = await Evening.play(hub);
    if (isWanted('tap')) figures.push(...(await measureTap(browser, hub, evening)));
    if (isWanted('open')) figures.push(...(await measureOpen(browser, hub, evening)));
    if (isWanted('fired')) figures.push(...(await measureFired(browser, hub, evening)));
    if (isWanted('floor')) figures.push(...(await measureFloor(browser, hub, evening)));
    if (isWanted('kitchen')) figures.push(...(await measureKitchen(browser, hub, evening, secs)));
    if (isWanted('air')) figures.push(...(await measureAir()));
    if (isWanted('stand') && process.env.MAITRED_APP) figures.push(...(await measureStand(hub)));
    if (isWanted('size')) figures.push(...sizes());
  } finally {
    await browser.close();
    await hub.stop();
  }
  await report(figures);
}

const sizes = (): Figure[] =>
  Object.entries(BUDGETS).map(([page, bytesMax]) => ({
    name: `ui_size_${page.split('/')[0]}`,
    value: new Sizes().gzipOf(page) / KB,
    unit: 'KB',
    target: { at_most: bytesMax / KB },
  }));
