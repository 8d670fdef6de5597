import type { Request } from '$lib/api/client';
import type { Role, Uuid } from '$lib/api/schema';
import type { About } from './about';

/** The hub's no to a command that nobody waited for any more. */
export interface Refusal {
  title: string;
  detail: string;
  code: string;
  /** The dish it is about. */
  item?: string;
  at: number;
}

/** What a person did, with the key it goes out under until the hub answers. */
export interface Command extends Request {
  key: string;
  token: string;
  staff: Uuid;
  /** The person's name. */
  by: string;
  /** What they were signed in as. */
  role: Role | null;
  /** When it was done, by this device's clock. */
  since: number;
  about: About;
  /** The ids that the hub will give to what it makes. */
  makes: Uuid[];
  refused?: Refusal;
}

/** A command as the device keeps it: `n` is its place in the order of all. */
export interface Waiting extends Command {
  n: number;
}

/** How many times a command was tried from this tab, and whether its person must sign in first. */
export interface Tried {
  tries: number;
  needsSignIn: boolean;
}

/** An answer slower than this is worth showing; a quicker one would only flicker. */
const SHOWN_AFTER_MS = 700;

/** The commands of this device that the hub has not answered, and those it refused: what the screens show of them. */
export class UnsentList {
  commands = $state.raw<Waiting[]>([]);
  refused = $state.raw<Waiting[]>([]);
  tried = $state.raw<Record<string, Tried>>({});

  /** The commands a person should know are waiting, at this time. */
  late(now: number): Waiting[] {
    return this.commands.filter((one) => this.isLate(one, now));
  }

  isLate(command: Command, now: number): boolean {
    return (this.tried[command.key]?.tries ?? 0) > 0 || now - command.since > SHOWN_AFTER_MS;
  }

  has(key: string): boolean {
    return [...this.commands, ...this.refused].some((one) => one.key === key);
  }

  put(command: Waiting): void {
    const others = (list: Waiting[]) => list.filter((one) => one.key !== command.key);
    const inOrder = (list: Waiting[]) => list.sort((a, b) => a.n - b.n);
    this.commands = others(this.commands);
    this.refused = others(this.refused);
    if (command.refused) this.refused = inOrder([...this.refused, command]);
    else this.commands = inOrder([...this.commands, command]);
  }

  drop(key: string): void {
    this.commands = this.commands.filter((one) => one.key !== key);
    this.refused = this.refused.filter((one) => one.key !== key);
    this.tried = Object.fromEntries(Object.entries(this.tried).filter(([one]) => one !== key));
  }

  note(key: string, tried: Tried): void {
    this.tried = { ...this.tried, [key]: tried };
  }
}

export const unsentList = new UnsentList();
