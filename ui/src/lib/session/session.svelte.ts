import { authorize, send } from '$lib/api/client';
import type { Me } from '$lib/api/queries';
import type { Permission, Session } from '$lib/api/schema';
import { freshKey } from '$lib/api/key';
import { approval, type Grant } from '$lib/live/approval.svelte';
import { granted } from '$lib/live/granted.svelte';
import { live } from '$lib/live/live.svelte';
import { outbox } from '$lib/live/outbox.svelte';
import { persistence } from '$lib/live/persistence.svelte';
import { stream } from '$lib/live/stream.svelte';

const STORED_AS = 'maitred.session';

/**
 * Who works at this tab. Kept per tab, so that two tabs can be two people; a tab that is opened anew goes on as whoever
 * signed in last on this device, until they sign out.
 */
class SessionStore {
  current = $state.raw<Session | null>(null);

  constructor() {
    granted.onMe = (me) => this.#isNow(me);
    approval.can = (permission) => this.can(permission);
    approval.who = () => this.staff;
  }

  get staff() {
    return this.current?.staff ?? null;
  }

  can(permission: Permission): boolean {
    return this.current?.permissions.includes(permission) ?? false;
  }

  /** The same for a button whose act somebody else can approve. */
  grants(permission: Permission): Grant {
    return approval.grant(permission);
  }

  /** Whether somebody is signed in as far as this device knows. */
  get isRemembered(): boolean {
    return stored() !== null;
  }

  async restore(): Promise<void> {
    const kept = stored();
    if (!kept) return;
    // Whether it has expired is for the hub's clock to say: its first refusal ends the session.
    await this.#begin(JSON.parse(kept) as Session);
  }

  /** Signs in; throws the hub's `Problem` for a wrong PIN or a lock-out. */
  async signIn(handle: string, pin: string): Promise<void> {
    const body = { staff: handle, pin };
    await this.#begin(
      await send<Session>({ method: 'POST', path: '/auth/login', body, key: freshKey() }),
    );
  }

  /** Goes on as whoever the hub has just made. */
  begin(session: Session): Promise<void> {
    return this.#begin(session);
  }

  /** Signs out here at once; at the hub when everything that was done here has arrived. */
  signOut(): void {
    outbox.signedOut();
    this.#end();
  }

  async #begin(session: Session): Promise<void> {
    const { staff, access_token: token, permissions } = session;
    for (const storage of [sessionStorage, localStorage])
      storage.setItem(STORED_AS, JSON.stringify(session));
    authorize(token, () => this.#end());
    outbox.signedIn({ staff: staff.id, name: staff.name, role: staff.role, token });
    live.whole.holdsOpen = permissions.includes('order');
    const keptAgeMs = await live.recall(staff.role);
    this.current = session;
    stream.start(keptAgeMs ?? 0);
    void persistence.ask();
  }

  /** What was decided about a role holds for whoever is signed in; what they may see now is asked for anew. */
  #isNow(me: Me): void {
    const before = this.current;
    if (!before || before.staff.id !== me.staff.id) return;
    const isSame =
      JSON.stringify([before.staff, before.permissions]) ===
      JSON.stringify([me.staff, me.permissions]);
    if (isSame) return;
    this.current = { ...before, ...me };
    const text = JSON.stringify(this.current);
    sessionStorage.setItem(STORED_AS, text);
    if (localStorage.getItem(STORED_AS)?.includes(before.access_token))
      localStorage.setItem(STORED_AS, text);
    live.whole.holdsOpen = me.permissions.includes('order');
    stream.refetch();
  }

  #end(): void {
    approval.cancel();
    const token = this.current?.access_token;
    sessionStorage.removeItem(STORED_AS);
    if (token && localStorage.getItem(STORED_AS)?.includes(token))
      localStorage.removeItem(STORED_AS);
    stream.stop();
    live.forget();
    authorize(null);
    this.current = null;
  }
}

const stored = () => sessionStorage.getItem(STORED_AS) ?? localStorage.getItem(STORED_AS);

export const session = new SessionStore();
