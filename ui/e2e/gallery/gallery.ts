import { mkdir, rm, writeFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { Evening } from '../evening';
import { Hub } from '../hub';
import { Station, launch } from '../station';
import { contactSheet, type Shot } from './contactSheet';
import { PINS, QUIET, screensOf, type Screen, type State, type Who } from './screens';
import { still, visit } from './visit';

const FOLDER = new URL('../../../target/gallery/', import.meta.url).pathname;

interface Size {
  name: string;
  width: number;
  height: number;
  isWall?: boolean;
}

const SIZES: Size[] = [
  { name: 'phone', width: 360, height: 740 },
  { name: 'tablet', width: 1180, height: 820 },
  { name: 'wall', width: 1920, height: 1080 },
  { name: '4k', width: 3840, height: 2160, isWall: true },
];
/** In trouble a wall looks like a tablet, but for those that hang there. */
const TROUBLE_SIZES = ['phone', 'tablet'];
const DIRECTIONS = { ltr: 'en-GB', rtl: 'ar' };
type Direction = keyof typeof DIRECTIONS;
const LOOKS = {
  light: { colorScheme: 'light', contrast: 'no-preference' },
  dark: { colorScheme: 'dark', contrast: 'no-preference' },
  'light-contrast': { colorScheme: 'light', contrast: 'more' },
  'dark-contrast': { colorScheme: 'dark', contrast: 'more' },
} as const;
/** More contrast is the same layout: one size shows it. */
const CONTRAST_SIZE = 'tablet';
/** From then on a refusal is kept for somebody to see. */
const LATE_MS = 5_500;

const REFUSAL = {
  status: 409,
  contentType: 'application/problem+json',
  json: {
    title: 'The item is not available',
    detail: 'Bruschetta al pomodoro is not available',
    code: 'eighty-sixed',
  },
};

/**
 * Takes the pictures of every screen, or of those whose name an argument is part of. An argument that is a size or a
 * direction leaves out the others: `kitchen wall rtl`.
 */
export async function main(wanted: string[]): Promise<void> {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const wantedOf = <T extends string>(all: T[]) => {
    const some = all.filter((one) => wanted.includes(one));
    return some.length > 0 ? some : all;
  };
  const sizes = wantedOf(SIZES.map(({ name }) => name));
  const directions = wantedOf(Object.keys(DIRECTIONS) as Direction[]);
  const parts = wanted.filter(
    (one) => !(one in DIRECTIONS) && !SIZES.some((size) => size.name === one),
  );
  const isWanted = ({ name }: Screen) =>
    parts.length === 0 || parts.some((part) => name.includes(part));
  const browser = await launch();
  const shots: Shot[] = [];
  for (const isBusy of [false, true]) {
    const hub = await Hub.start();
    try {
      const screens = screensOf(isBusy ? await Evening.afterLunch(hub) : QUIET).filter(isWanted);
      shots.push(...(await new Gallery(browser, hub, sizes, directions).take(screens, isBusy)));
    } finally {
      await hub.stop();
    }
  }
  await browser.close();
  await writeFile(`${FOLDER}index.html`, contactSheet(shots));
  console.log(`${shots.length} pictures in target/gallery/index.html`);
}

/** Which screens, on what device. */
interface Round {
  size: Size;
  direction: Direction;
  screens: Screen[];
}

class Gallery {
  #shots: Shot[] = [];

  constructor(
    private readonly browser: Browser,
    private readonly hub: Hub,
    private readonly sizes: string[],
    private readonly directions: Direction[],
  ) {}

  async take(screens: Screen[], isBusy: boolean): Promise<Shot[]> {
    for (const size of SIZES.filter(({ name }) => this.sizes.includes(name)))
      for (const direction of this.directions)
        for (const who of ['manager', 'waiter'] as const) {
          const fits = (screen: Screen) => screen.who === who && (screen.isWall || !size.isWall);
          const round = { size, direction, screens: screens.filter(fits) };
          if (isBusy) await this.#busy(who, round);
          else await this.#empty(who, round);
        }
    return this.#shots;
  }

  async #empty(who: Who, round: Round) {
    const screens = this.#inState(round, 'empty');
    await this.#onStation(who, { ...round, screens }, async (station) => {
      for (const screen of screens) {
        await visit(station, { ...screen, shows: screen.emptyShows ?? screen.shows });
        await this.#shoot(station, screen, 'empty', round);
      }
    });
  }

  async #busy(who: Who, round: Round) {
    const calm = round.screens.filter((screen) => !screen.isOnlyTrouble);
    await this.#onStation(who, { ...round, screens: calm }, async (station) => {
      for (const screen of calm) {
        await visit(station, screen);
        await this.#shoot(station, screen, 'busy', round);
      }
      const stale = this.#inState(round, 'stale');
      if (stale.length) await this.#stale(station, stale, round);
    });
    for (const state of ['offline', 'error'] as const)
      for (const screen of this.#inState(round, state))
        await this.#onStation(who, { ...round, screens: [screen] }, (station) =>
          this.#inTrouble(station, screen, state, round),
        );
  }

  #inState({ screens, size }: Round, state: State): Screen[] {
    const fits = (screen: Screen) => screen.isWall || TROUBLE_SIZES.includes(size.name);
    return screens.filter((screen) => fits(screen) && screen.states?.includes(state));
  }

  /** The hub falls silent while the app is open. */
  async #stale(station: Station, screens: Screen[], round: Round) {
    this.hub.freeze();
    try {
      await station.sees('stale');
      for (const screen of screens) {
        await visit(station, screen);
        await this.#shoot(station, screen, 'stale', round);
      }
    } finally {
      this.hub.thaw();
    }
  }

  /** The app is opened without the network, and used; or the hub refuses what was done meanwhile. */
  async #inTrouble(station: Station, screen: Screen, state: State, round: Round) {
    const { page } = station;
    await station.installed();
    await visit(station, screen);
    await station.kept(screen.who);
    await page.context().setOffline(true);
    await page.reload();
    await station.sees('stale');
    const touches = screen.trouble ?? [];
    if (state === 'offline') await this.#touch(station, touches);
    else {
      const before = touches.filter((testid) => testid !== 'unsent-list');
      await this.#touch(station, before);
      await page.waitForTimeout(LATE_MS);
      await page.route('**/api/v1/checks/*/lines', (route) => route.fulfill(REFUSAL));
      await page.context().setOffline(false);
      await station.sees('refused');
      await this.#touch(
        station,
        touches.filter((testid) => testid === 'unsent-list'),
      );
    }
    await still(page);
    await this.#shoot(station, screen, state, round);
  }

  async #touch(station: Station, testids: string[]) {
    for (const testid of testids) {
      const target = station.find(testid).first();
      if (testid === 'unsent-list') await target.waitFor();
      if (await target.isVisible()) await target.click();
    }
  }

  async #onStation(who: Who, round: Round, look: (station: Station) => Promise<void>) {
    const { size, direction, screens } = round;
    if (screens.length === 0) return;
    const { width, height } = size;
    const station = await Station.open(this.browser, this.hub, {
      staff: who,
      pin: PINS[who],
      path: '/',
      width,
      height,
      locale: DIRECTIONS[direction],
    });
    try {
      await look(station);
    } catch (error) {
      const names = screens.map(({ name }) => name).join(', ');
      throw new Error(`${size.name} ${direction}: ${names}`, { cause: error });
    } finally {
      await station.close();
    }
  }

  async #shoot(station: Station, screen: Screen, state: string, { size, direction }: Round) {
    for (const [theme, look] of Object.entries(LOOKS)) {
      if (look.contrast === 'more' && (size.name !== CONTRAST_SIZE || state !== 'busy')) continue;
      await station.page.emulateMedia({ ...look, reducedMotion: 'reduce' });
      await still(station.page);
      const file = [screen.name.replaceAll(/[ /]/g, '-'), state, size.name, theme, direction].join(
        '.',
      );
      await station.page.screenshot({ path: `${FOLDER}${file}.png` });
      this.#shots.push({ file: `${file}.png`, screen: screen.name, state, size: size.name });
    }
  }
}
