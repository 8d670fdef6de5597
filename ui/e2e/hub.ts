import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { components } from '../src/lib/api/generated';

type Schemas = components['schemas'];

export const BINARY =
  process.env.MAITRED ?? new URL('../../target/debug/maitred', import.meta.url).pathname;
export const SCREENS = new URL('../dist', import.meta.url).pathname;

const READY_MS_MAX = 20_000;

/** A real hub with the demo venue on a folder of its own, and a manager who looks at what it holds. */
export class Hub {
  private constructor(
    readonly url: string,
    private readonly listen: string,
    private readonly folder: string,
    private readonly options: string[],
    private process: ChildProcess,
    private token: string,
  ) {}

  /** With other addresses at which screens may look for it. */
  static start(peers: string[] = []): Promise<Hub> {
    return Hub.demo(peers.flatMap((url) => ['--peer', url]));
  }

  /** With the demo venue, at a relay that lets it in by a token. */
  static atRelay(relay: string, token: string): Promise<Hub> {
    return Hub.demo(['--relay', relay, '--enrol', token]);
  }

  /** With the demo venue and the devices that hang on a bridge. */
  static wired(wires: { broker: string; controls: string }): Promise<Hub> {
    return Hub.demo(['--broker', wires.broker, '--simulated', wires.controls]);
  }

  /** With the demo venue of another, for which it stands by on the same box. */
  static async standbyOf(first: Hub, more: string[] = [], address?: string): Promise<Hub> {
    const hub = await Hub.at(['--demo', '--standby-of', first.url, ...more], address);
    // Before it has caught up it knows nobody, and counts who tries as a stranger.
    const deadline = Date.now() + READY_MS_MAX;
    while ((await hub.get<unknown[]>('/staff/tiles')).length === 0 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 50));
    await hub.signIn('manager', '2468');
    return hub;
  }

  /** A hub on an empty folder, as it comes out of its box: nobody works there yet. */
  static empty(): Promise<Hub> {
    return Hub.at([]);
  }

  /** The same for the whole network, as on a box without a screen. */
  static emptyForTheHouse(): Promise<Hub> {
    return Hub.at([], '0.0.0.0');
  }

  /** With the demo venue, for the whole network: its own box is paired, whoever else comes is not. */
  static ofTheHouse(): Promise<Hub> {
    return Hub.demo([], '0.0.0.0');
  }

  /** The same over TLS too, at that port; whoever comes may sign in unless `more` says otherwise. It stands by for `first`, if any. */
  static overTls(port: number, more: string[] = ['--trust-lan'], first?: Hub): Promise<Hub> {
    const options = ['--listen-tls', `0.0.0.0:${port}`, ...more];
    return first ? Hub.standbyOf(first, options, '0.0.0.0') : Hub.demo(options, '0.0.0.0');
  }

  /** Where a screen elsewhere in the house reaches it. */
  urlAt(address: string): string {
    return `http://${address}:${new URL(this.url).port}`;
  }

  private static async demo(options: string[], address?: string): Promise<Hub> {
    const hub = await Hub.at(['--demo', ...options], address);
    await hub.signIn('manager', '2468');
    return hub;
  }

  private static async at(options: string[], address = '127.0.0.1'): Promise<Hub> {
    const folder = await mkdtemp(join(tmpdir(), 'maitred-e2e-'));
    const port = await freePort();
    const listen = `${address}:${port}`;
    const process = serve(folder, listen, options);
    const hub = new Hub(`http://127.0.0.1:${port}`, listen, folder, options, process, '');
    await hub.ready();
    return hub;
  }

  async signIn(staff: string, pin: string): Promise<void> {
    const session = await this.post<Schemas['Session']>('/auth/login', { staff, pin });
    this.token = session.access_token;
  }

  /** Stops it as a service manager would; the exit code. */
  async stop(): Promise<number | null> {
    this.process.kill('SIGTERM');
    await this.ended();
    await rm(this.folder, { recursive: true, force: true });
    return this.process.exitCode;
  }

  /** Dies as in a power cut: at once, with nothing said. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended();
  }

  /** Starts again with the same data at the same address. */
  async restart(): Promise<void> {
    this.process = serve(this.folder, this.listen, this.options);
    await this.ready();
  }

  /** Stands still without closing a connection, as a machine does that swaps or a network that swallows. */
  freeze(): void {
    this.process.kill('SIGSTOP');
  }

  thaw(): void {
    this.process.kill('SIGCONT');
  }

  /** What `maitred doctor` says of the folder; the hub goes on meanwhile. */
  async doctor(): Promise<number | null> {
    const doctor = spawn(BINARY, ['doctor', '--data', this.folder], { stdio: 'inherit' });
    await once(doctor, 'exit');
    return doctor.exitCode;
  }

  /** Names of the tables where somebody sits. */
  async seated(): Promise<string[]> {
    const { areas } = await this.get<Schemas['FloorView']>('/floor');
    const tables = areas.flatMap((area) => area.tables);
    return tables.filter((table) => table.checks.length > 0).map((table) => table.name);
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.call<T>('POST', path, body);
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.call<T>('PUT', path, body);
  }

  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok)
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  private async ended() {
    const { exitCode, signalCode } = this.process;
    if (exitCode === null && signalCode === null) await once(this.process, 'exit');
  }

  private async ready() {
    const deadline = Date.now() + READY_MS_MAX;
    for (;;) {
      const response = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (response?.ok) return;
      if (Date.now() > deadline || this.process.exitCode !== null)
        throw new Error('the hub does not start');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function serve(folder: string, listen: string, options: string[]): ChildProcess {
  const place = ['--data', folder, '--listen', listen, '--ui', SCREENS];
  return spawn(BINARY, ['serve', ...place, ...options], { stdio: ['ignore', 'ignore', 'inherit'] });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
