import { authorize, send } from '$lib/api/client';
import type { Permission, Session } from '$lib/api/schema';
import { freshKey } from '$lib/api/key';
import { live } from '$lib/live/live.svelte';
import { stream } from '$lib/live/stream.svelte';

const STORED_AS = 'maitred.session';

/** Who works at this tab. Kept per tab, so that two tabs can be two people. */
class SessionStore {
  current = $state.raw<Session | null>(null);

  get staff() {
    return this.current?.staff ?? null;
  }

  can(permission: Permission): boolean {
    return this.current?.permissions.includes(permission) ?? false;
  }

  restore(): void {
    const stored = sessionStorage.getItem(STORED_AS);
    if (!stored) return;
    // Whether it has expired is for the hub's clock to say: its first refusal ends the session.
    this.#begin(JSON.parse(stored) as Session);
  }

  /** Signs in; throws the hub's `Problem` for a wrong PIN or a lock-out. */
  async signIn(handle: string, pin: string): Promise<void> {
    const body = { staff: handle, pin };
    this.#begin(
      await send<Session>({ method: 'POST', path: '/auth/login', body, key: freshKey() }),
    );
  }

  /** Goes on as whoever the hub has just made. */
  begin(session: Session): void {
    this.#begin(session);
  }

  signOut(): void {
    const token = this.current?.access_token;
    if (token) void send({ method: 'POST', path: '/auth/logout', key: freshKey() }).catch(() => {});
    this.#end();
  }

  #begin(session: Session): void {
    sessionStorage.setItem(STORED_AS, JSON.stringify(session));
    authorize(session.access_token, () => this.#end());
    this.current = session;
    stream.start();
  }

  #end(): void {
    sessionStorage.removeItem(STORED_AS);
    stream.stop();
    live.forget();
    authorize(null);
    this.current = null;
  }
}

export const session = new SessionStore();
