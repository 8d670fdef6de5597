import { mkdir, rm, writeFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { Evening } from '../evening';
import { addressInTheHouse } from '../house';
import { Hub } from '../hub';
import { Station, launch } from '../station';
import { Wires } from '../wires';
import { Camera, type Frame } from './camera';
import { shootCloud } from './cloud';
import { contactSheet } from './contactSheet';
import { editorsOf } from './editors';
import { DOORS, type Door } from './doors';
import { BARE, equip } from './equipment';
import { DIRECTIONS, TROUBLE_SIZES } from './looks';
import { PINS, QUIET, screensOf, type Screen, type State, type Who } from './screens';
import { still, visit } from './visit';
import { Wanted } from './wanted';

const FOLDER = new URL('../../../target/gallery/', import.meta.url).pathname;

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

/** Takes the pictures that are wanted, see `Wanted`: `kitchen wall rtl`. */
export async function main(args: string[]): Promise<void> {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const browser = await launch();
  const camera = new Camera(FOLDER, new Wanted(args));
  const isWanted = (one: { name: string }) => camera.wanted.has(one);
  const [house, unboxed] = await Promise.all([Hub.ofTheHouse(), Hub.empty()]);
  try {
    const urls = { box: house.url, house: house.urlAt(addressInTheHouse()), new: unboxed.url };
    const gallery = new Gallery(browser, house, camera);
    await gallery.takeDoors(urls, DOORS.filter(isWanted));
    await gallery.take([...screensOf(QUIET), ...BARE].filter(isWanted), false);
  } finally {
    await Promise.all([house.stop(), unboxed.stop()]);
  }
  const wires = await Wires.lay();
  const wired = await Hub.wired(wires);
  try {
    const evening = screensOf(await Evening.afterLunch(wired));
    const screens = [...evening, ...(await editorsOf(wired)), ...(await equip(wired))];
    await new Gallery(browser, wired, camera).take(screens.filter(isWanted), true);
  } finally {
    await wired.stop();
    await wires.cut();
  }
  await shootCloud(browser, camera);
  await browser.close();
  await writeFile(`${FOLDER}index.html`, contactSheet(camera.shots));
  console.log(`${camera.shots.length} pictures in target/gallery/index.html`);
}

/** Which screens, on what device. */
interface Round extends Frame {
  screens: Screen[];
}

class Gallery {
  constructor(
    private readonly browser: Browser,
    private readonly hub: Hub,
    private readonly camera: Camera,
  ) {}

  async take(screens: Screen[], isBusy: boolean) {
    for (const size of this.camera.wanted.sizes)
      for (const direction of this.camera.wanted.directions)
        for (const who of ['manager', 'waiter'] as const) {
          const fits = (screen: Screen) => screen.who === who && (screen.isWall || !size.isWall);
          const round = { size, direction, screens: screens.filter(fits) };
          if (isBusy) await this.#busy(who, round);
          else await this.#empty(who, round);
        }
  }

  /** What is to be seen before anybody has signed in. */
  async takeDoors(urls: Record<Door['of'], string>, doors: Door[]) {
    for (const size of this.camera.wanted.sizes.filter(({ isWall }) => !isWall))
      for (const direction of this.camera.wanted.directions)
        for (const door of doors) {
          const { width, height } = size;
          const device = { path: '/', width, height, locale: DIRECTIONS[direction] };
          const station = await Station.open(this.browser, { url: urls[door.of] }, device);
          await station.sees(door.shows);
          for (const testid of door.touch ?? []) await station.tap(testid);
          await this.#shoot(station, door, 'empty', { size, direction });
          await station.close();
        }
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

  #shoot({ page }: Station, { name }: Pick<Screen, 'name'>, state: string, frame: Frame) {
    return this.camera.shoot(page, name, state, frame);
  }
}
