import { Evening } from '../e2e/evening';
import { Hub } from '../e2e/hub';
import { launch } from '../e2e/station';
import { BUDGETS, Sizes } from '../scripts/sizes';
import { measureFired } from './fired';
import { measureKitchen } from './kitchen';
import { measureOpen } from './open';
import { report, type Figure } from './report';
import { measureTap } from './tap';

const KITCHEN_SECS = 60;
const KB = 1024;

/** Measures the screens in a browser: `[--only tap|fired|kitchen|open|size] [--secs N]`. */
export async function main(args: string[]): Promise<void> {
  const valueOf = (name: string) =>
    args.includes(name) ? args[args.indexOf(name) + 1] : undefined;
  const only = valueOf('--only');
  const secs = Number(valueOf('--secs') ?? KITCHEN_SECS);
  const isWanted = (name: string) => only === undefined || only === name;
  const [hub, browser] = await Promise.all([Hub.start(), launch()]);
  const figures: Figure[] = [];
  try {
    const evening = await Evening.play(hub);
    if (isWanted('tap')) figures.push(...(await measureTap(browser, hub, evening)));
    if (isWanted('open')) figures.push(...(await measureOpen(browser, hub, evening)));
    if (isWanted('fired')) figures.push(...(await measureFired(browser, hub, evening)));
    if (isWanted('kitchen')) figures.push(...(await measureKitchen(browser, hub, evening, secs)));
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
