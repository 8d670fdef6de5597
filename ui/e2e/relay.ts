import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './hub';

const BINARY =
  process.env.MAITRED_RELAY_BINARY ??
  new URL('../../target/debug/maitred-relay', import.meta.url).pathname;
const PAGES = new URL('../dist-cloud', import.meta.url).pathname;
const READY_MS_MAX = 20_000;

/** A real relay on a folder of its own, with its pages. */
export class Relay {
  private constructor(
    readonly url: string,
    private readonly folder: string,
    private readonly process: ChildProcess,
  ) {}

  static async start(): Promise<Relay> {
    const folder = await mkdtemp(join(tmpdir(), 'maitred-e2e-relay-'));
    const listen = `127.0.0.1:${await freePort()}`;
    const place = ['--data', folder, '--listen', listen, '--ui', PAGES];
    const process = spawn(BINARY, ['serve', ...place], { stdio: ['ignore', 'ignore', 'inherit'] });
    const relay = new Relay(`http://${listen}`, folder, process);
    await relay.ready();
    return relay;
  }

  /** Makes a user with a password that stays. */
  async user(org: string, email: string, password: string): Promise<void> {
    const name = email.split('@')[0]!;
    await this.run(
      ['user', '--org', org, '--email', email, '--name', name, '--password-stdin'],
      `${password}\n`,
    );
  }

  /** A token that lets one hub into a venue. */
  async token(org: string, venue: string): Promise<string> {
    return (await this.run(['enrol', '--org', org, '--venue', venue])).trim();
  }

  async stop(): Promise<void> {
    this.process.kill('SIGTERM');
    if (this.process.exitCode === null) await once(this.process, 'exit');
    await rm(this.folder, { recursive: true, force: true });
  }

  private async run(args: string[], input = ''): Promise<string> {
    const child = spawn(BINARY, [...args, '--data', this.folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(input);
    let said = '';
    child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
    const [code] = (await once(child, 'close')) as [number];
    if (code !== 0) throw new Error(`maitred-relay ${args[0]} failed`);
    return said;
  }

  private async ready() {
    const deadline = Date.now() + READY_MS_MAX;
    for (;;) {
      const response = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (response?.ok) return;
      if (Date.now() > deadline || this.process.exitCode !== null)
        throw new Error('the relay does not start');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
