import type { Browser, Page } from 'playwright-core';
import { Evening } from '../evening';
import { Hub } from '../hub';
import { Relay } from '../relay';
import type { Camera, Frame } from './camera';
import { DIRECTIONS } from './looks';

const OWNER = { email: 'olga@example.org', password: 'correct horse battery' };
const NEW_OWNER = { email: 'nadia@example.org', password: 'a stable and a donkey' };
const PATIENCE_MS = 20_000;

/** A page of the cloud's, and what to touch there before looking. */
interface CloudScreen {
  name: string;
  /** Of the venue that is open; without it the list of venues. */
  tab?: 'now' | 'sales' | 'menu' | 'audit';
  shows: string;
  touch?: string[];
}

const SCREENS: CloudScreen[] = [
  { name: 'cloud venues', shows: 'today' },
  { name: 'cloud account', shows: 'today', touch: ['account'] },
  { name: 'cloud add a venue', shows: 'today', touch: ['add-venue'] },
  { name: 'cloud now', tab: 'now', shows: 'check' },
  { name: 'cloud check', tab: 'now', shows: 'check', touch: ['check'] },
  { name: 'cloud sales', tab: 'sales', shows: 'report-total' },
  { name: 'cloud menu', tab: 'menu', shows: 'item' },
  { name: 'cloud item', tab: 'menu', shows: 'item', touch: ['item'] },
  { name: 'cloud audit', tab: 'audit', shows: 'audit-entry' },
];
const DOORS = ['cloud sign in', 'cloud no venue yet'];

/** Takes the pictures of the cloud: an owner of two venues, one of which is away, and one who has none yet. */
export async function shootCloud(browser: Browser, camera: Camera): Promise<void> {
  const screens = SCREENS.filter((screen) => camera.wanted.has(screen));
  const doors = DOORS.filter((name) => camera.wanted.has({ name }));
  if (screens.length + doors.length === 0) return;
  const relay = await Relay.start();
  const hubs: Hub[] = [];
  try {
    await relay.user('Aurora', OWNER.email, OWNER.password);
    await relay.user('Nadia', NEW_OWNER.email, NEW_OWNER.password);
    for (const venue of ['Trattoria Aurora', 'Trattoria Borealis'])
      hubs.push(await Hub.atRelay(relay.url, await relay.token('Aurora', venue)));
    await Evening.afterLunch(hubs[0]!);
    await new Cloud(browser, camera, relay.url).take(screens, doors);
  } finally {
    for (const one of [...hubs, relay]) await one.stop();
  }
}

class Cloud {
  constructor(
    private readonly browser: Browser,
    private readonly camera: Camera,
    private readonly url: string,
  ) {}

  async take(screens: CloudScreen[], doors: string[]) {
    for (const size of this.camera.wanted.sizes.filter(({ isWall }) => !isWall))
      for (const direction of this.camera.wanted.directions) {
        const frame = { size, direction };
        if (doors.length > 0)
          await this.#inside(frame, NEW_OWNER, (page) => this.#bare(page, frame));
        await this.#inside(frame, OWNER, (page) => this.#busy(page, frame, screens));
      }
  }

  async #inside(frame: Frame, who: typeof OWNER, look: (page: Page) => Promise<void>) {
    const { width, height } = frame.size;
    const context = await this.browser.newContext({
      viewport: { width, height },
      locale: DIRECTIONS[frame.direction],
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`${this.url}/cloud`);
    await page.getByTestId('email').fill(who.email);
    await page.getByTestId('password').fill(who.password);
    if (who === NEW_OWNER) await this.camera.shoot(page, DOORS[0]!, 'empty', frame);
    await page.getByTestId('enter').click();
    await page.getByTestId('account').waitFor();
    await look(page);
    await context.close();
  }

  async #bare(page: Page, frame: Frame) {
    await page.getByTestId('add-venue').waitFor();
    await this.camera.shoot(page, DOORS[1]!, 'empty', frame);
  }

  async #busy(page: Page, frame: Frame, screens: CloudScreen[]) {
    const first = page.getByTestId('open-venue').first();
    const venue = `${this.url}${await first.getAttribute('href')}`;
    for (const { name, tab, shows, touch = [] } of screens) {
      await page.goto(tab ? `${venue}/${tab}` : `${this.url}/cloud`);
      await page.getByTestId(shows).first().waitFor();
      for (const testid of touch) await page.getByTestId(testid).first().click();
      await page.waitForLoadState('networkidle');
      await this.camera.shoot(page, name, 'busy', frame);
    }
  }
}
