import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser, Page } from 'playwright-core';
import { CHROMIUM, launch } from '../station';
import type { Place } from './lan';

const PATIENCE_MS = 30_000;
const PRINTER = new URL('../../../target/debug/examples/virtual-printer', import.meta.url).pathname;

/** A printer at a place of the network, and what lies in its tray. */
export class Printer {
  readonly slips: string[] = [];

  private constructor(
    readonly address: string,
    private readonly process: ChildProcess,
  ) {
    const lines = createInterface({ input: process.stdout! });
    lines.on('line', (line) => this.slips.push(JSON.parse(line) as string));
  }

  static at(place: Place): Printer {
    const address = `${place.address}:9100`;
    return new Printer(
      address,
      place.spawn(PRINTER, [address], { stdio: ['ignore', 'pipe', 'inherit'] }),
    );
  }

  has(...texts: string[]): boolean {
    return this.slips.some((slip) => texts.every((text) => slip.includes(text)));
  }

  async stop(): Promise<void> {
    this.process.kill('SIGTERM');
    await once(this.process, 'exit');
  }
}

/** A browser on a machine at a place of the network, as a finger and an eye. */
export class Tablet {
  private constructor(
    readonly page: Page,
    /** The home folder of who uses it: what the machine believes lies there. */
    readonly home: string,
    private readonly browser: Browser,
  ) {
    page.setDefaultTimeout(PATIENCE_MS);
  }

  static async at(place: Place, work: string): Promise<Tablet> {
    const home = join(work, `home-${place.pid}`);
    mkdirSync(home, { recursive: true });
    const start = join(home, 'browser');
    const command = [...place.door, 'env', `HOME=${home}`, CHROMIUM].join(' ');
    writeFileSync(start, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
    const browser = await launch([], start);
    const context = await browser.newContext({
      viewport: { width: 1180, height: 820 },
      locale: 'en-GB',
      timezoneId: 'Europe/Rome',
      reducedMotion: 'reduce',
    });
    return new Tablet(await context.newPage(), home, browser);
  }

  find = (testid: string) => this.page.getByTestId(testid).first();
  /** Whatever has a test id that begins so. */
  any = (beginning: string) => this.page.locator(`[data-testid^="${beginning}"]`).first();
  tap = (testid: string) => this.find(testid).click();
  sees = (testid: string) => this.find(testid).waitFor();
  fill = (testid: string, text: string) => this.find(testid).fill(text);

  async signIn(staff: string, pin: string): Promise<void> {
    await this.tap(`staff-${staff}`);
    for (const digit of pin) await this.tap(`pin-${digit}`);
    await this.sees('live');
  }

  /** What a touch on it brings onto the machine. */
  async downloads(selector: string, file: string): Promise<void> {
    const [brought] = await Promise.all([
      this.page.waitForEvent('download'),
      this.page.locator(selector).click(),
    ]);
    await brought.saveAs(join(this.home, file));
  }

  /** Types `command` on its machine, as who uses it. */
  type(command: string): void {
    const env = { ...process.env, HOME: this.home };
    execFileSync('sh', ['-euc', command], {
      cwd: this.home,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}
