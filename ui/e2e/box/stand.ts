import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { eventually } from '../patience';
import { AppWindow, valueOf } from '../window/screen';
import type { Box } from './box';

const USER = 'maitred-app';
const PORT = 9515;

/** The screen at the host stand: the app out of its package, as its user, on an X server in the place of a panel. */
export class HostStand {
  private constructor(
    readonly box: Box,
    readonly window: AppWindow,
    private readonly started: ChildProcess[],
  ) {}

  static async on(box: Box): Promise<HostStand> {
    const server = box.run('root', 'Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp', {}, [
      'ignore',
      'ignore',
      'ignore',
      'pipe',
    ]);
    const lines = createInterface({ input: server.stdio[3] as Readable });
    const [number] = (await once(lines, 'line')) as [string];
    lines.close();
    const env = {
      DISPLAY: `:${number}`,
      HOME: `/var/lib/maitred/app`,
      GDK_BACKEND: 'x11',
      NO_AT_BRIDGE: '1',
      GTK_USE_PORTAL: '0',
      TAURI_AUTOMATION: 'true',
      TAURI_WEBVIEW_AUTOMATION: 'true',
    };
    const driver = box.run(
      USER,
      `WebKitWebDriver --replace-on-new-session --host=127.0.0.1 --port=${PORT}`,
      env,
    );
    const url = `http://127.0.0.1:${PORT}`;
    await eventually('the driver answers', async () => box.curl(`${url}/status`) !== '');
    const ask = async (method: string, path: string, body?: object) => {
      const data = body === undefined ? [] : ['-d', JSON.stringify(body)];
      return valueOf(box.curl('-X', method, ...data, url + path));
    };
    // What the kiosk's unit starts.
    const app = { binary: '/usr/bin/maitred-app', args: ['--config', '/etc/maitred/app.toml'] };
    return new HostStand(box, await AppWindow.open(ask, app), [driver, server]);
  }

  async close(): Promise<void> {
    await this.window.close();
    for (const process of this.started) {
      process.kill('SIGTERM');
      await once(process, 'exit');
    }
    await this.box.close();
  }
}
