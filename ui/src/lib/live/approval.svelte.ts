import { send, type Request } from '$lib/api/client';
import { NotApproved } from '$lib/api/problem';
import type { LineView, Permission, Uuid } from '$lib/api/schema';
import { live } from './live.svelte';
import type { Command } from './unsent.svelte';

/** What somebody who may can let somebody else do once: as the hub has it. */
const APPROVABLE: Permission[] = ['void', 'void_sent', 'comp', 'discount', 'refund', 'reopen'];

/** Whether a person may do something, or may once somebody who may has said yes. */
export type Grant = boolean | 'on-approval';

interface Answer {
  resolve: () => void;
  reject: (error: unknown) => void;
}

interface Asked {
  command: Command;
  /** What whoever works here may not. */
  needs: Permission[];
}

/**
 * Acts that whoever works here may not do, and that somebody who may lets them do with their PIN, one by one.
 *
 * Invariant: nothing waits for a PIN. What is not approved is not kept, not shown and not sent; a PIN is sent once, to the
 * hub, and forgotten.
 */
class Approval {
  /** What is to be approved now. */
  asked = $state.raw<Asked | null>(null);
  /** Whether whoever works here may. */
  can: (permission: Permission) => boolean = () => true;
  /** Whoever works here. */
  who: () => { id: Uuid; name: string } | null = () => null;
  #answer: Answer | null = null;

  grant(permission: Permission): Grant {
    return this.can(permission) || (APPROVABLE.includes(permission) && 'on-approval');
  }

  /** Waits until a command may be sent; null when it may be at once. Rejects with `NotApproved`. */
  of(command: Command): Promise<void> | null {
    const needs = needsOf(command).filter((permission) => !this.can(permission));
    if (needs.length === 0) return null;
    this.cancel();
    this.asked = { command, needs };
    return new Promise((resolve, reject) => (this.#answer = { resolve, reject }));
  }

  /** Throws the hub's `Problem` for a wrong PIN or a lock-out, `Unreachable` without a hub. */
  async approve(staff: string, pin: string): Promise<void> {
    const asked = this.asked;
    if (!asked) return;
    const { command, needs: permissions } = asked;
    const body = { command_key: command.key, permissions, staff, pin };
    await send({ method: 'POST', path: '/auth/approve', body });
    if (this.asked === asked) this.#settle((answer) => answer.resolve());
  }

  cancel(): void {
    this.#settle((answer) => answer.reject(new NotApproved()));
  }

  #settle(say: (answer: Answer) => void): void {
    const answer = this.#answer;
    this.asked = null;
    this.#answer = null;
    if (answer) say(answer);
  }
}

export const approval = new Approval();

/** What a command needs, of that which can be approved. */
function needsOf({ path }: Request): Permission[] {
  const [, noun, id = '', part = '', line = '', verb] = path.split('/');
  if (noun !== 'checks') return [];
  switch (verb ?? part) {
    case 'void':
      return lineOf(id, line)?.progress === 'new' ? ['void'] : ['void', 'void_sent'];
    case 'change':
      return isInKitchen(lineOf(id, line)) ? ['void_sent'] : [];
    case 'comp':
      return ['comp'];
    case 'discounts':
    case 'service':
      return ['discount'];
    case 'refund':
      return ['refund'];
    case 'tip':
      return isOwn(id, line) ? [] : ['refund'];
    case 'reopen':
      return ['reopen'];
    default:
      return [];
  }
}

const lineOf = (check: Uuid, id: Uuid): LineView | undefined =>
  live.views.get(check)?.lines.find((line) => line.id === id);

/** Whoever took a payment, or serves its check, says what its tip is. */
function isOwn(check: Uuid, tender: Uuid): boolean {
  const view = live.views.get(check);
  const me = approval.who();
  const taken = view?.tenders.find((one) => one.id === tender);
  return view?.server.id === me?.id || taken?.by === me?.name;
}

const isInKitchen = (line: LineView | undefined) =>
  line !== undefined && line.progress !== 'new' && line.progress !== 'held';
