import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './hub';

const BRIDGE =
  process.env.MAITRED_BRIDGE_BINARY ??
  new URL('../../target/debug/maitred-bridge', import.meta.url).pathname;
/** Daemons are in no search path of a user. */
const MOSQUITTO = existsSync('/usr/sbin/mosquitto') ? '/usr/sbin/mosquitto' : 'mosquitto';
const READY_MS_MAX = 20_000;
/** As the demo has them. */
const SIMULATED = [
  'bump-bar:grill',
  'probe:fridge',
  'call-button:t1',
  'pager-base:door',
  'customer-display:till',
  'beacon:pass',
].join();

/** A real broker and a real bridge, with simulated devices behind pseudo-terminals. */
export class Wires {
  private constructor(
    readonly broker: string,
    readonly controls: string,
    private readonly folder: string,
    private readonly processes: ChildProcess[],
  ) {}

  static async lay(): Promise<Wires> {
    const folder = await mkdtemp(join(tmpdir(), 'maitred-e2e-wires-'));
    const [port, controlsPort] = [await freePort(), await freePort()];
    const [broker, controls] = [`mqtt://127.0.0.1:${port}`, `127.0.0.1:${controlsPort}`];
    const config = `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`;
    await writeFile(join(folder, 'mosquitto.conf'), config);
    const mosquitto = start(MOSQUITTO, ['-c', join(folder, 'mosquitto.conf')]);
    await listens(port);
    const options = ['--broker', broker, '--name', 'e2e', '--controls', controls];
    const bridge = start(BRIDGE, ['serve', ...options, '--simulate', SIMULATED]);
    await listens(controlsPort);
    return new Wires(broker, controls, folder, [bridge, mosquitto]);
  }

  async cut(): Promise<void> {
    for (const one of this.processes) {
      one.kill('SIGTERM');
      if (one.exitCode === null && one.signalCode === null) await once(one, 'exit');
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

const start = (program: string, options: string[]) =>
  spawn(program, options, { stdio: ['ignore', 'ignore', 'ignore'] });

async function listens(port: number): Promise<void> {
  const deadline = Date.now() + READY_MS_MAX;
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const is = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (is) return;
    if (Date.now() > deadline) throw new Error(`nobody listens at ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
