import {
  type Browser,
  type BrowserContext,
  type Locator,
  type Page,
  chromium,
} from 'playwright-core';
import type { Hub } from './hub';

const PATIENCE_MS = 20_000;
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}

/** One device in the room, with somebody signed in on it. */
export class Station {
  /** What the page complained about; nobody should. */
  readonly complaints: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    private readonly hub: Hub,
  ) {
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  static async open(
    browser: Browser,
    hub: Hub,
    who: { staff: string; pin: string; path: string; width?: number; locale?: string },
  ): Promise<Station> {
    const context = await browser.newContext({
      viewport: { width: who.width ?? 1280, height: 800 },
      locale: who.locale ?? 'en-GB',
      reducedMotion: 'reduce',
    });
    const station = new Station(await context.newPage(), context, hub);
    await station.page.goto(hub.url + who.path);
    await station.tap(`staff-${who.staff}`);
    for (const digit of who.pin) await station.tap(`pin-${digit}`);
    await station.sees('live');
    return station;
  }

  goto(path: string) {
    return this.page.goto(this.hub.url + path);
  }

  /** Goes there as a link does, without loading the app anew. */
  follow(path: string) {
    return this.page.evaluate((to) => {
      history.pushState(null, '', to);
      dispatchEvent(new PopStateEvent('popstate'));
    }, path);
  }

  find(testid: string): Locator {
    return this.page.getByTestId(testid);
  }

  tap(testid: string) {
    return this.find(testid).first().click();
  }

  sees(testid: string) {
    return this.find(testid).first().waitFor();
  }

  misses(testid: string) {
    return this.find(testid).first().waitFor({ state: 'detached' });
  }

  close() {
    return this.context.close();
  }
}
