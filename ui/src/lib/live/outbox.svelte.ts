import type { Request } from '$lib/api/client';
import { nextCommandKey } from '$lib/api/key';
import { Problem, Unreachable } from '$lib/api/problem';
import type { Role, Uuid } from '$lib/api/schema';
import { idsOf, makesOf } from './ids';
import { madeBy, renamed } from './rename';
import { free, SIGN_OUT } from './lanes';
import { realParts, type OutboxParts } from './outboxParts';
import type { Command, UnsentList, Waiting } from './unsent.svelte';
import type { News } from './wire';

/** Who works at this tab. */
export interface Signed {
  staff: Uuid;
  name: string;
  role: Role | null;
  token: string;
}

const NOBODY: Signed = { staff: '', name: '', role: null, token: '' };
const BACKOFF_MS = [300, 600, 1200, 2500, 5000];
const AT_ONCE_MAX = 6;
/** A refusal that comes so soon is told by the screen that asked; a later one waits to be seen. */
const PROMPT_MS = 5000;

/** A hub that does not answer by then is away, and what is under way is shown to wait. */
const MEANWHILE_MS = 750;

type Meanwhile<T> = (makes: Uuid[]) => T | undefined;

interface Answer {
  resolve: (answer: unknown) => void;
  reject: (error: unknown) => void;
}

/**
 * Keeps what people do at this device until the hub has answered, each thing under the one key it was made with.
 *
 * A command is on the disk before a screen shows it. It stays through reloads, belongs to the device rather than to a
 * tab, and goes to whichever hub answers. What the hub refuses stays until somebody has seen it.
 * Invariant: nothing here answers for the hub; a promise settles only with the hub's own answer.
 */
export class Outbox {
  #parts: OutboxParts;
  #answers = new Map<string, Answer>();
  #underWay = new Set<string>();
  #leads = false;
  #signed: Signed | null = null;
  #wake: () => void = () => {};
  #woken = this.#nextWake();

  /** Told of a refusal that no screen waits for. */
  onRefused: (command: Waiting) => void = () => {};

  constructor(parts: OutboxParts = realParts()) {
    this.#parts = parts;
  }

  get list(): UnsentList {
    return this.#parts.list;
  }

  /** Takes up what a reload, or the end of another tab, interrupted. */
  async start(): Promise<void> {
    this.#parts.wire.hear((news) => this.#hear(news));
    await this.#reload();
    this.#parts.lead.start((leads) => {
      this.#leads = leads;
      this.nudge();
      if (leads) void this.#reload().then(() => this.#pump());
    });
  }

  /**
   * Does something. With `meanwhile`, whoever asks goes on with its answer when the hub is silent: it is told the ids
   * of what is made, and answers nothing when only the hub can say.
   */
  post<T>(path: string, body: unknown = {}, meanwhile?: Meanwhile<T>): Promise<T> {
    return this.make(path, body, meanwhile).answer;
  }

  put<T>(path: string, body: unknown = {}): Promise<T> {
    return this.#enqueue<T>(this.#make('PUT', path, body));
  }

  /** As `post`, for whoever needs the ids of what is made at once. */
  make<T>(
    path: string,
    body: unknown,
    meanwhile?: Meanwhile<T>,
  ): { makes: Uuid[]; answer: Promise<T> } {
    const command = this.#make('POST', path, body);
    return { makes: command.makes, answer: this.#enqueue(command, meanwhile) };
  }

  /** From now on commands are this person's. What waited for their PIN goes on under their new token. */
  signedIn(signed: Signed): void {
    this.#signed = signed;
    for (const { key, staff } of this.list.commands)
      if (staff === signed.staff && this.list.tried[key]?.needsSignIn)
        this.list.note(key, { tries: 0, needsSignIn: false });
    this.#pump();
  }

  /** Ends the token when all that was done under it has arrived. */
  signedOut(): void {
    if (this.#signed) void this.post(SIGN_OUT).catch(() => undefined);
    this.#signed = null;
  }

  /** The hub was heard of: what waits for its next try goes now. */
  nudge(): void {
    this.#wake();
    this.#woken = this.#nextWake();
  }

  /** Somebody has seen the refusal. */
  async dismiss(command: Waiting): Promise<void> {
    this.list.drop(command.key);
    this.#parts.wire.say({ kind: 'dropped', key: command.key });
    await this.#parts.shelf.remove(command.n);
  }

  async #enqueue<T>(command: Command, meanwhile?: Meanwhile<T>): Promise<T> {
    const approved = this.#parts.approved(command);
    if (approved) await approved;
    const answer = new Promise<T>((resolve, reject) => {
      this.#answers.set(command.key, { resolve: resolve as Answer['resolve'], reject });
    });
    const kept = await this.#parts.shelf.add(command);
    this.list.put(kept);
    this.#parts.wire.say({ kind: 'kept', command: kept });
    this.#parts.lead.take();
    this.#pump();
    if (meanwhile) void this.#goOn(command, meanwhile);
    return answer;
  }

  /** Lets whoever waits go on. A refusal is from then on ours to tell. */
  async #goOn<T>({ key, makes }: Command, meanwhile: Meanwhile<T>): Promise<void> {
    await this.#parts.sleep(MEANWHILE_MS);
    const one = meanwhile(makes);
    if (one === undefined) return;
    this.#answers.get(key)?.resolve(one);
    this.#answers.delete(key);
  }

  #make(method: Request['method'], path: string, body: unknown): Command {
    const { staff, name: by, role, token } = this.#signed ?? NOBODY;
    const key = nextCommandKey();
    const about = this.#parts.about(path, body);
    const makes = idsOf(staff, key, makesOf(path, body));
    return {
      method,
      path,
      body,
      key,
      staff,
      by,
      role,
      token,
      about,
      makes,
      since: this.#parts.now(),
    };
  }

  #pump(): void {
    if (!this.#leads) return;
    for (const command of free(this.list.commands) as Waiting[]) {
      if (this.#underWay.size >= AT_ONCE_MAX) return;
      if (this.#underWay.has(command.key) || this.list.tried[command.key]?.needsSignIn) continue;
      void this.#deliver(command);
    }
  }

  async #deliver(command: Waiting): Promise<void> {
    this.#underWay.add(command.key);
    try {
      await this.#settle(command, await this.#untilAnswered(command));
    } catch (error) {
      if (error instanceof Problem) await this.#refuse(command, error);
      else if (!(error instanceof Unreachable)) {
        // Whatever went wrong, say in the device's storage, would go wrong again at once, and without end.
        console.error(error);
        await this.#parts.sleep(BACKOFF_MS.at(-1)!);
      }
    } finally {
      this.#underWay.delete(command.key);
      this.#pump();
    }
  }

  /** Asks, once the person has seen what they did, until the hub says yes or no; gives up, unanswered, when another tab leads or a PIN is needed first. */
  async #untilAnswered(command: Waiting): Promise<unknown> {
    const { method, path, body, key } = command;
    await this.#parts.painted();
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.#parts.send({ method, path, body, key, token: this.#tokenFor(command) });
      } catch (error) {
        const isRefusal = error instanceof Problem && !error.isPassing;
        const needsSignIn = isRefusal && error.status === 401 && path !== SIGN_OUT;
        if (isRefusal && !needsSignIn) throw error;
        this.list.note(key, { tries: tries + 1, needsSignIn });
        if (needsSignIn || !this.#leads) throw new Unreachable(error);
        const wait = this.#parts.sleep(BACKOFF_MS[Math.min(tries, BACKOFF_MS.length - 1)]!);
        await Promise.race([wait, this.#woken]);
      }
    }
  }

  /** A person's key is theirs alone, so a command never goes out under another's token. */
  #tokenFor({ staff, token }: Command): string {
    return this.#signed?.staff === staff ? this.#signed.token : token;
  }

  async #settle(command: Waiting, answer: unknown): Promise<void> {
    await this.#rename(command, answer);
    await this.#parts.shelf.remove(command.n);
    this.#parts.wire.say({ kind: 'answered', command, answer });
    this.#finish(command, answer);
  }

  #finish(command: Waiting, answer: unknown): void {
    this.#parts.arrived(answer);
    this.list.drop(command.key);
    this.#answers.get(command.key)?.resolve(answer);
    this.#answers.delete(command.key);
  }

  async #rename({ makes }: Command, answer: unknown): Promise<void> {
    for (const command of renamed(this.list.commands, makes, madeBy(answer)))
      await this.#keep(command);
  }

  async #refuse(command: Waiting, problem: Problem): Promise<void> {
    const answer = this.#answers.get(command.key);
    this.#answers.delete(command.key);
    const { title, detail, code, item } = problem;
    const at = this.#parts.now();
    if (command.path === SIGN_OUT || (answer && at - command.since < PROMPT_MS)) {
      await this.dismiss(command);
    } else {
      const refused = { ...command, refused: { title, detail, code, item, at } };
      await this.#keep(refused);
      if (!answer) this.onRefused(refused);
    }
    answer?.reject(problem);
  }

  async #keep(command: Waiting): Promise<void> {
    this.list.put(command);
    this.#parts.wire.say({ kind: 'kept', command });
    await this.#parts.shelf.put(command);
  }

  async #reload(): Promise<void> {
    for (const command of await this.#parts.shelf.all())
      if (!this.list.has(command.key)) this.list.put(command);
  }

  #hear(news: News): void {
    if (news.kind === 'dropped') this.list.drop(news.key);
    if (news.kind === 'answered') this.#finish(news.command, news.answer);
    if (news.kind === 'kept') {
      this.list.put(news.command);
      this.#pump();
    }
  }

  #nextWake(): Promise<void> {
    return new Promise((wake) => (this.#wake = wake));
  }
}

export const outbox = new Outbox();
