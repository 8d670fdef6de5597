import { type ChildProcess, type SpawnOptions, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';

/** The network of a restaurant: places with an address each, on one switch. Gone with the process that made it. */
export class Lan {
  #plugged = 0;

  private constructor(
    private readonly air: Place,
    private readonly places: Place[],
  ) {}

  static async make(): Promise<Lan> {
    const air = await Place.make('');
    air.run('ip', ['link', 'add', 'lan', 'type', 'bridge']);
    air.run('ip', ['link', 'set', 'lan', 'up']);
    return new Lan(air, [air]);
  }

  async plug(address: string): Promise<Place> {
    const place = await Place.make(address);
    this.places.push(place);
    this.#plugged += 1;
    const port = `port${this.#plugged}`;
    const cable = ['link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0'];
    this.air.run('ip', [...cable, 'netns', String(place.pid)]);
    this.air.run('ip', ['link', 'set', port, 'master', 'lan', 'up']);
    place.run('ip', ['address', 'add', `${address}/24`, 'dev', 'eth0']);
    place.run('ip', ['link', 'set', 'eth0', 'up']);
    return place;
  }

  close(): void {
    for (const place of this.places) place.close();
  }
}

/** One place of it: what is started there sees its network and no other. */
export class Place {
  private constructor(
    readonly address: string,
    private readonly holder: ChildProcess,
  ) {}

  static async make(address: string): Promise<Place> {
    const hold = ['--net', 'sh', '-c', 'echo there; read _'];
    const holder = spawn('unshare', hold, { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(holder.stdout!, 'data');
    const place = new Place(address, holder);
    place.run('ip', ['link', 'set', 'lo', 'up']);
    return place;
  }

  get pid(): number {
    return this.holder.pid!;
  }

  /** What stands before a command that is to run here. */
  get door(): string[] {
    return ['nsenter', `--net=/proc/${this.pid}/ns/net`, '--'];
  }

  run(command: string, args: string[]): string {
    const [enter, ...rest] = [...this.door, command, ...args];
    return execFileSync(enter!, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  }

  spawn(command: string, args: string[], options: SpawnOptions): ChildProcess {
    const [enter, ...rest] = [...this.door, command, ...args];
    return spawn(enter!, rest, options);
  }

  /** Loses so many of a hundred packets that come and that go, at random. */
  lose(percent: number): void {
    this.run('nft', ['add', 'table', 'inet', 'air']);
    for (const hook of ['input', 'output']) {
      const chain = ['inet', 'air', hook];
      this.run('nft', ['add', 'chain', ...chain, `{ type filter hook ${hook} priority 0 ; }`]);
      const own = hook === 'input' ? 'iif' : 'oif';
      this.run('nft', ['add', 'rule', ...chain, own, 'lo', 'accept']);
      const some = ['numgen', 'random', 'mod', '100', '<', `${percent}`];
      this.run('nft', ['add', 'rule', ...chain, ...some, 'drop']);
    }
  }

  close(): void {
    this.holder.stdin!.end();
  }
}
