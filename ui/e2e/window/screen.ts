import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { freePort } from '../hub';
import { eventually } from '../patience';

/** What WebDriver calls an element. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
const APP =
  process.env.MAITRED_APP ?? new URL('../../../target/debug/maitred-app', import.meta.url).pathname;

const NOBODY = ['--reuid=nobody', '--regid=nogroup', '--clear-groups'];

/** An X server with a screen that nobody sees, and WebKit's own driver for windows on it. */
export class Screen {
  private constructor(
    private readonly display: string,
    private readonly driver: string,
    private readonly started: ChildProcess[],
  ) {}

  static async start(): Promise<Screen> {
    const server = spawn(
      'Xvfb',
      // What was set stays set when nobody is connected.
      ['-displayfd', '3', '-noreset', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
    );
    const lines = createInterface({ input: server.stdio[3] as Readable });
    const [number] = (await once(lines, 'line')) as [string];
    lines.close();
    const display = `:${number}`;
    const port = await freePort();
    // The app reads the first two; the rest keeps GTK from looking for a desktop.
    const env = {
      ...process.env,
      TAURI_AUTOMATION: 'true',
      TAURI_WEBVIEW_AUTOMATION: 'true',
      DISPLAY: display,
      GDK_BACKEND: 'x11',
      NO_AT_BRIDGE: '1',
      GTK_USE_PORTAL: '0',
    };
    // Otherwise a client that was killed leaves its session behind, and the app with it.
    const options = ['--replace-on-new-session', '--host=127.0.0.1', `--port=${port}`];
    const driver = spawn('WebKitWebDriver', options, {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const screen = new Screen(display, `http://127.0.0.1:${port}`, [driver, server]);
    await eventually('the driver answers', async () => (await fetch(`${screen.driver}/status`)).ok);
    return screen;
  }

  /** Starts the app on it. */
  async open(options: string[]): Promise<AppWindow> {
    const browser = { binary: APP, args: options };
    return AppWindow.open((method, path, body) => asked(method, this.driver + path, body), browser);
  }

  /** Starts the app on it as a box without a desktop does: under cage, which wants to be nobody of importance. */
  async openUnderCage(folder: string, options: string[]): Promise<Kiosk> {
    const app = join(folder, 'maitred-app');
    await mkdir(folder, { recursive: true });
    await copyFile(APP, app);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) execFileSync('chown', ['-R', 'nobody', folder]);
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      XDG_RUNTIME_DIR: folder,
      DISPLAY: this.display,
      WLR_BACKENDS: 'x11',
      WLR_RENDERER: 'pixman',
      WLR_LIBINPUT_NO_DEVICES: '1',
    };
    const command = ['cage', '-s', '--', app, ...options];
    const as = isRoot ? ['setpriv', ...NOBODY, '--', ...command] : command;
    return spawn(as[0]!, as.slice(1), { env, stdio: ['ignore', 'ignore', 'inherit'] });
  }

  /** What the panel would show, as a picture; a driver's own screenshot does not prove that anything is painted. */
  picture(file: string): void {
    execFileSync('import', ['-display', this.display, '-window', 'root', file]);
  }

  /** How many colours are on it: a black panel has one. */
  colours(): number {
    const counted = execFileSync('sh', [
      '-c',
      `import -display ${this.display} -window root png:- | identify -format %k png:-`,
    ]);
    return Number(counted.toString());
  }

  /** Has its screen saver come after so many seconds without a touch; it was just touched. */
  darkensAfter(seconds: number): void {
    execFileSync('xset', ['-display', this.display, 's', String(seconds)]);
    execFileSync('xset', ['-display', this.display, 's', 'reset']);
  }

  /** Whether the screen saver is there. */
  isDark(): boolean {
    const env = { ...process.env, DISPLAY: this.display };
    return execFileSync('xssstate', ['-s'], { env }).toString().trim() === 'on';
  }

  async stop(): Promise<void> {
    for (const process of this.started) {
      process.kill('SIGTERM');
      await once(process, 'exit');
    }
  }
}

/** The app on the whole of a screen, which nobody drives. */
export type Kiosk = ChildProcess;

/** Asks a driver for something, and what it answers. */
type Ask = (method: string, path: string, body?: object) => Promise<unknown>;

/** The app's window, as a finger and an eye. */
export class AppWindow {
  private constructor(
    private readonly driver: Ask,
    private readonly session: string,
  ) {}

  /** Has a driver start the app. */
  static async open(driver: Ask, browser: { binary: string; args: string[] }): Promise<AppWindow> {
    const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': browser } };
    const { sessionId } = (await driver('POST', '/session', { capabilities })) as {
      sessionId: string;
    };
    return new AppWindow(driver, `/session/${sessionId}`);
  }

  url(): Promise<string> {
    return this.#ask('GET', '/url');
  }

  /** Runs a function's body in the page. */
  run<T>(body: string): Promise<T> {
    return this.#ask('POST', '/execute/sync', { script: body, args: [] });
  }

  /** The same, where the body calls its last argument with what comes of it. */
  later<T>(body: string): Promise<T> {
    return this.#ask('POST', '/execute/async', { script: body, args: [] });
  }

  /** Waits for it, wherever the window goes meanwhile. */
  async sees(selector: string): Promise<string> {
    let found = '';
    await eventually(`the window shows ${selector}`, async () => {
      const value = { using: 'css selector', value: selector };
      found = (await this.#ask<Record<string, string>>('POST', '/element', value))[ELEMENT]!;
      return true;
    });
    return found;
  }

  /** Touches it: a click with a pointer that moves there, not an event that a script makes. */
  tap(testid: string): Promise<void> {
    return this.touch(`[data-testid="${testid}"]`);
  }

  async touch(selector: string): Promise<void> {
    await eventually(`${selector} can be touched`, async () => {
      await this.#ask('POST', `/element/${await this.sees(selector)}/click`, {});
      return true;
    });
  }

  async types(testid: string, text: string): Promise<void> {
    const field = await this.sees(`[data-testid="${testid}"]`);
    await this.#ask('POST', `/element/${field}/value`, { text });
  }

  async signIn(staff: string, pin: string): Promise<void> {
    await this.tap(`staff-${staff}`);
    for (const digit of pin) await this.tap(`pin-${digit}`);
    await this.sees('[data-testid="live"]');
  }

  /** Seats a party of two at a free table. */
  async seat(table: string): Promise<void> {
    await this.tap(`table-${table}`);
    await this.tap('covers-2');
    await this.sees(`[data-testid="table-${table}"][data-stage="seated"]`);
  }

  async close(): Promise<void> {
    await this.#ask('DELETE', '');
  }

  #ask<T>(method: string, path: string, body?: object): Promise<T> {
    return this.driver(method, this.session + path, body) as Promise<T>;
  }
}

async function asked(method: string, url: string, body?: object): Promise<unknown> {
  const response = await fetch(url, { method, body: body && JSON.stringify(body) });
  return valueOf(await response.text());
}

/** What a driver answered; thrown when it is a problem. */
export function valueOf(answer: string): unknown {
  const { value } = JSON.parse(answer) as { value: { error?: string } | null };
  if (value?.error !== undefined) throw new Error(JSON.stringify(value));
  return value;
}
