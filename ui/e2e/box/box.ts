import { type ChildProcess, type StdioOptions, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../patience';
import type { Place } from './lan';

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
const UNIT = 'usr/lib/systemd/system/maitred-hub.service';

/** A disk of its own: a file with a file system, in a folder of the test's. */
export class Disk {
  private constructor(
    readonly file: string,
    readonly folder: string,
  ) {}

  static make(work: string, name: string, size: string): Disk {
    const disk = new Disk(join(work, `${name}.img`), join(work, name));
    execFileSync('truncate', ['--size', size, disk.file]);
    execFileSync('mkfs.ext4', ['-q', disk.file]);
    mkdirSync(disk.folder);
    disk.mountAt(disk.folder);
    return disk;
  }

  mountAt(folder: string): void {
    execFileSync('mount', ['-o', 'loop', this.file, folder]);
  }
}

export function unmount(folder: string): void {
  execFileSync('umount', ['--lazy', '--recursive', folder]);
}

/**
 * A box: a Debian out of its archive on a disk of its own, at a place of the network. Nothing here is process 1, so that what
 * systemd does is done by hand: a unit's command line, as the unit's user.
 */
export class Box {
  #service: ChildProcess | undefined;
  #isGone = false;

  private constructor(
    readonly place: Place,
    private readonly disk: Disk,
    private readonly log: number,
    readonly logFile: string,
  ) {}

  static fresh(place: Place, archive: string, work: string, name: string): Box {
    const disk = Disk.make(work, name, '4G');
    execFileSync('tar', ['-C', disk.folder, '--exclude=./dev/*', '-xf', archive]);
    execFileSync('mount', ['-t', 'proc', 'proc', join(disk.folder, 'proc')]);
    execFileSync('mount', ['-t', 'devtmpfs', 'dev', join(disk.folder, 'dev')]);
    const policy = join(disk.folder, 'usr/sbin/policy-rc.d');
    writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    const logFile = join(work, `${name}.log`);
    return new Box(place, disk, openSync(logFile, 'a'), logFile);
  }

  path(inside: string): string {
    return join(this.disk.folder, inside);
  }

  /** Puts a stick in. */
  plug(stick: Disk): void {
    const folder = this.path('media/stick');
    mkdirSync(folder, { recursive: true });
    stick.mountAt(folder);
  }

  /** Types `commands`, as root. */
  type(commands: string): string {
    return this.place.run('chroot', [
      ...[this.disk.folder, '/usr/bin/env', '-i', `PATH=${PATH}`, 'LC_ALL=C.UTF-8'],
      ...[
        'HOME=/root',
        'DEBIAN_FRONTEND=noninteractive',
        'bash',
        '-euo',
        'pipefail',
        '-c',
        commands,
      ],
    ]);
  }

  install(deb: string): void {
    const name = 'package.deb';
    execFileSync('cp', [deb, this.path(`tmp/${name}`)]);
    this.type(`apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends /tmp/${name}`);
  }

  /** Does what systemd does with the hub's unit, and waits until it serves. */
  async start(): Promise<void> {
    const lines = readFileSync(this.path(UNIT), 'utf8').split('\n');
    const said = (key: string) =>
      lines.find((line) => line.startsWith(`${key}=`))!.slice(key.length + 1);
    this.#service = this.run(said('User'), said('ExecStart'));
    await eventually(`the hub serves: ${this.logFile}`, async () => this.says('readyz') !== '');
  }

  /** Runs a line of words as a user of it; what it says is in the log. */
  run(
    user: string,
    line: string,
    more: Record<string, string> = {},
    stdio: StdioOptions = ['ignore', this.log, this.log],
  ): ChildProcess {
    const as = [`--userspec=${user}:${user}`, this.disk.folder];
    const said = Object.entries({ PATH, ...more }).map(([name, value]) => `${name}=${value}`);
    const command = [...as, '/usr/bin/env', '-i', ...said, ...line.split(' ')];
    return this.place.spawn('chroot', command, { stdio });
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Its power is gone: nothing is written any more, and its disk is never seen again. */
  async pullThePlug(): Promise<void> {
    await this.close();
    this.place.run('ip', ['link', 'set', 'eth0', 'down']);
  }

  async close(): Promise<void> {
    if (this.#isGone) return;
    this.#isGone = true;
    await this.#end('SIGKILL');
    unmount(this.disk.folder);
    rmSync(this.disk.file);
    closeSync(this.log);
  }

  /** What its hub answers at once, on the box itself; nothing when it does not. */
  says(path: string): string {
    return this.curl('-f', '--max-time', '5', `http://127.0.0.1:8080/${path}`);
  }

  /** What is answered on the box itself; nothing when it is not. */
  curl(...asked: string[]): string {
    try {
      return this.place.run('curl', ['-s', ...asked]);
    } catch {
      return '';
    }
  }

  /** Asks its hub, on the box itself. */
  ask<T>(method: string, path: string, token: string, body?: unknown): T {
    const headers = [
      'content-type: application/json',
      `authorization: Bearer ${token}`,
      `idempotency-key: ${crypto.randomUUID()}`,
    ].flatMap((header) => ['-H', header]);
    const data = body === undefined ? [] : ['-d', JSON.stringify(body)];
    const url = `http://127.0.0.1:8080/api/v1${path}`;
    const answer = this.place.run('curl', ['-fsS', '-X', method, ...headers, ...data, url]);
    return (answer === '' ? undefined : JSON.parse(answer)) as T;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const service = this.#service;
    this.#service = undefined;
    if (!service || service.exitCode !== null) return;
    service.kill(signal);
    await once(service, 'exit');
  }
}
