import {
  type Browser,
  type BrowserContext,
  type Locator,
  type Page,
  chromium,
} from 'playwright-core';
import type { Hub } from './hub';

const PATIENCE_MS = 20_000;
const PROMPT_MS = 5_500;
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

export function launch(more: string[] = [], executablePath = CHROMIUM): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      ...more,
    ],
  });
}

/** One device in the room, with somebody signed in on it, or nobody yet. */
export class Station {
  /** What the page complained about; nobody should. */
  readonly complaints: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    private readonly hub: Pick<Hub, 'url'>,
  ) {
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() !== 'error') return;
      const { url } = message.location();
      this.complaints.push(`${message.text()} ${url}`.trim());
    });
  }

  static async open(
    browser: Browser,
    hub: Pick<Hub, 'url'>,
    who: {
      /** Nobody signs in without it. */
      staff?: string;
      pin?: string;
      path: string;
      width?: number;
      height?: number;
      locale?: string;
      /** Its clock can be put forward. */
      hasOwnClock?: boolean;
    },
  ): Promise<Station> {
    const context = await browser.newContext({
      viewport: { width: who.width ?? 1280, height: who.height ?? 800 },
      locale: who.locale ?? 'en-GB',
      reducedMotion: 'reduce',
    });
    const station = new Station(await context.newPage(), context, hub);
    if (who.hasOwnClock) await station.page.clock.install();
    await station.page.goto(hub.url + who.path);
    if (who.staff !== undefined) await station.#signIn(who.staff, who.pin ?? '');
    return station;
  }

  async #signIn(staff: string, pin: string) {
    await this.tap(`staff-${staff}`);
    await this.types(pin);
    await this.sees('live');
  }

  /** On the pad that is shown. */
  async types(pin: string) {
    for (const digit of pin) await this.tap(`pin-${digit}`);
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

  /** What an expression is in the page. Other ways to look count as a touch, which lets a page make sound. */
  async untouched(expression: string): Promise<unknown> {
    const devtools = await this.context.newCDPSession(this.page);
    const { result } = await devtools.send('Runtime.evaluate', { expression });
    await devtools.detach();
    return result.value;
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

  /** Waits until the browser could open the app without the hub. */
  async installed() {
    await this.page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
  }

  /** Waits until the device holds every open check with its lines. */
  async kept(role = 'waiter') {
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await this.page.evaluate(wholePicture, role))) {
      if (Date.now() > deadline) throw new Error('the device does not keep the picture');
      await this.page.waitForTimeout(100);
    }
  }

  /** Waits until a refusal would no longer be told by the screen that asked. */
  async waitUntilLate() {
    await this.page.waitForTimeout(PROMPT_MS);
  }

  /** Lives through so much time, with everything that a page does every second. */
  passes(ms: number) {
    return this.page.clock.runFor(ms);
  }

  close() {
    return this.context.close();
  }
}

/** In the page: whether the kept picture has as many whole checks as open ones. */
async function wholePicture(role: string): Promise<boolean> {
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const database = await done(indexedDB.open('maitred'));
  try {
    const kept = database.transaction('picture').objectStore('picture');
    const [checks, views] = (await Promise.all(
      ['checks', 'views'].map((part) => done(kept.get([role, part]))),
    )) as ({ id: string }[] | undefined)[];
    const whole = new Set((views ?? []).map(({ id }) => id));
    return checks !== undefined && checks.every(({ id }) => whole.has(id));
  } finally {
    database.close();
  }
}
