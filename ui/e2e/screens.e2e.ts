// Every screen with a real evening behind it: readable, touchable, right-to-left, and honest when the hub is silent.

import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { components } from '../src/lib/api/generated';
import { Evening } from './evening';
import { editorsOf } from './gallery/editors';
import { equip } from './gallery/equipment';
import { still, visit } from './gallery/visit';
import { PINS, screensOf, type Screen, type Who } from './gallery/screens';
import { Hub } from './hub';
import { Station, launch } from './station';
import { Wires } from './wires';

type Schemas = components['schemas'];

const TOUCH_PX = 44;
/** A walk past every screen, on a machine that has other things to do. */
const WALK_MS_MAX = 300_000;
const STALE_WITHIN_MS = 6_000;
/** What a busy machine with four browsers may take to draw it. */
const DRAWN_WITHIN_MS = 500;

let wires: Wires;
let hub: Hub;
let browser: Browser;
let evening: Evening;
let screens: Screen[];

const open = (who: Who, path = '/', options: { width?: number; locale?: string } = {}) =>
  Station.open(browser, hub, { staff: who, pin: PINS[who], path, ...options });

/** Visits every screen, over three devices, and gathers what is wrong with them. */
async function inspect(
  options: { width?: number; locale?: string },
  look: (station: Station) => Promise<string[]>,
): Promise<string[]> {
  const of = (who: Who) => screens.filter((screen) => screen.who === who);
  const odd = of('manager').filter((_, index) => index % 2 === 1);
  const even = of('manager').filter((_, index) => index % 2 === 0);
  const rounds = [odd, even, of('waiter')].map(async (round) => {
    const station = await open(round[0]!.who, '/', options);
    const found: string[] = [];
    for (const screen of round) {
      await visit(station, screen);
      found.push(...(await look(station)).map((what) => `${screen.name}: ${what}`));
    }
    expect(station.complaints).toEqual([]);
    await station.close();
    return found;
  });
  return (await Promise.all(rounds)).flat();
}

async function axe(page: Page, ...themes: ('light' | 'dark')[]): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await still(page);
    const builder = new AxeBuilder({ page })
      .setLegacyMode(true)
      .options({ resultTypes: ['violations'] });
    const { violations } = await (
      colorScheme === 'light'
        ? builder.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
        : builder.withRules(['color-contrast'])
    ).analyze();
    for (const { id, nodes } of violations)
      found.push(...nodes.map((node) => `${colorScheme} ${id} ${node.html.slice(0, 160)}`));
  }
  return found;
}

const phone = ({ page }: Station) =>
  page.evaluate((touchPx) => {
    const found: string[] = [];
    const { scrollWidth } = document.documentElement;
    if (scrollWidth > innerWidth) found.push(`scrolls sideways, ${scrollWidth} px`);
    if (document.querySelector('svg:empty')) found.push('an icon that the page does not carry');
    for (const target of document.querySelectorAll('a[href], button, input, select, textarea')) {
      const { width, height } = target.getBoundingClientRect();
      if (width === 0 || getComputedStyle(target).visibility === 'hidden') continue;
      if (Math.min(width, height) < touchPx - 0.5)
        found.push(`${width} x ${height} px ${target.outerHTML.slice(0, 120)}`);
    }
    return found;
  }, TOUCH_PX);

async function phoneInArabic(station: Station): Promise<string[]> {
  const direction = await station.page.evaluate(() => getComputedStyle(document.body).direction);
  const found = [...(await phone(station)), ...(await axe(station.page, 'light'))];
  return direction === 'rtl' ? found : ['not right-to-left', ...found];
}

async function eventually(what: string, holds: () => Promise<boolean>) {
  const deadline = Date.now() + 15_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

beforeAll(async () => {
  wires = await Wires.lay();
  [hub, browser] = await Promise.all([Hub.wired(wires), launch()]);
  evening = await Evening.afterLunch(hub);
  const calm = screensOf(evening).filter((screen) => !screen.isOnlyTrouble);
  screens = [...calm, ...(await editorsOf(hub)), ...(await equip(hub))];
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
  await wires?.cut();
});

describe('every screen', { timeout: WALK_MS_MAX }, () => {
  test('is accessible in light and in dark', async () => {
    expect(await inspect({}, ({ page }) => axe(page, 'light', 'dark'))).toEqual([]);
  });

  test('fits a phone, with nothing too small to touch', async () => {
    expect(await inspect({ width: 360 }, phone)).toEqual([]);
  });

  test('is right-to-left in Arabic, still fits and is still accessible', async () => {
    expect(await inspect({ width: 360, locale: 'ar' }, phoneInArabic)).toEqual([]);
  });
});

describe('when the hub is silent', () => {
  test('every station says so within six seconds, and heals by itself with nothing missing', async () => {
    const [floor, pad, kitchen, report] = await Promise.all([
      open('manager', '/host'),
      open('waiter', `/order/${evening.full}`),
      open('manager', '/kitchen/pizza'),
      open('manager', '/manager'),
    ]);
    const stations = [floor, pad, kitchen, report];
    await Promise.all([
      floor.sees('table-S7'),
      pad.sees('item-margherita'),
      report.sees('print-report'),
    ]);
    await kitchen.sees(evening.ticketOf('pizza'));
    hub.freeze();
    const frozenAt = Date.now();
    await Promise.all(stations.map((station) => station.sees('stale')));
    await kitchen.sees('stale-overlay');
    expect(Date.now() - frozenAt).toBeLessThan(STALE_WITHIN_MS + DRAWN_WITHIN_MS);
    await pad.tap('item-bruschetta-al-pomodoro');
    await pad.sees('unsent');

    hub.thaw();
    await Promise.all(stations.map((station) => station.misses('stale')));
    await kitchen.misses('stale-overlay');
    await pad.misses('unsent');
    const { lines } = await hub.get<Schemas['CheckView']>(`/checks/${evening.full}`);
    expect(lines.filter((line) => line.name === 'Bruschetta al pomodoro')).toHaveLength(2);
    const late = await evening.orderPizza('S11');
    await kitchen.sees(`ticket-line-${late.line}`);
    await floor.page.locator('[data-testid="table-S11"][data-stage="cooking"]').waitFor();
    await Promise.all(stations.map((station) => station.close()));
  });

  test('a line added while the hub dies arrives exactly once', async () => {
    const pad = await open('waiter', `/order/${evening.quiet}`);
    await pad.sees('item-margherita');
    const names = async () =>
      (await hub.get<Schemas['CheckView']>(`/checks/${evening.quiet}`)).lines.map(
        (line) => line.name,
      );
    await Promise.all([pad.tap('item-margherita'), hub.kill()]);
    await pad.tap('item-aurora');
    await pad.sees('unsent');
    await hub.restart();
    await pad.misses('unsent');
    await pad.misses('stale');
    // What follows the first goes out at once, and is not called unsent for so short a time.
    await eventually('both arrive', async () => (await names()).length > 1);
    const arrived = await names();
    expect(arrived.toSorted()).toEqual(['Aurora', 'Margherita']);
    await eventually('the pad shows both, once', async () => {
      const shown = pad.page.locator('button[data-testid^="line-"]');
      return (await shown.count()) === arrived.length;
    });
    await pad.close();
  });
});

describe('a stranger at the PIN pad', () => {
  test('is told how many tries are left, and then how long to wait', async () => {
    const page = await browser.newPage({
      viewport: { width: 360, height: 740 },
      locale: 'en-GB',
      reducedMotion: 'reduce',
    });
    await page.goto(hub.url);
    await page.getByTestId('staff-host').waitFor();
    expect(await axe(page, 'light', 'dark')).toEqual([]);
    await page.getByTestId('staff-host').click();
    expect(await axe(page, 'light', 'dark')).toEqual([]);
    const problem = page.getByTestId('pin-problem');
    await eventually('it is locked', async () => {
      for (const key of ['0', '0', '0', '0', 'enter'])
        await page
          .getByTestId(`pin-${key}`)
          .click({ timeout: 500 })
          .catch(() => {});
      await problem.filter({ hasText: /tries left|try left|Locked/ }).waitFor();
      return (await problem.innerText()).includes('Locked');
    });
    const first = await problem.innerText();
    expect(first).toMatch(/Locked\. Try again in \d+:\d\d/);
    await eventually('the time runs', async () => (await problem.innerText()) !== first);
    expect(await page.getByTestId('pin-1').isDisabled()).toBe(true);
    await page.close();
  });
});
