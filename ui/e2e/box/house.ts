import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
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
    private readonly browser: Browser,
  ) {
    page.setDefaultTimeout(PATIENCE_MS);
  }

  static async at(place: Place, work: string): Promise<Tablet> {
    const start = join(work, `chromium-${place.pid}`);
    const command = [...place.door, CHROMIUM].join(' ');
    writeFileSync(start, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
    const browser = await launch([], start);
    const context = await browser.newContext({
      viewport: { width: 1180, height: 820 },
      locale: 'en-GB',
      timezoneId: 'Europe/Rome',
      reducedMotion: 'reduce',
    });
    return new Tablet(await context.newPage(), browser);
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

  close(): Promise<void> {
    return this.browser.close();
  }
}
