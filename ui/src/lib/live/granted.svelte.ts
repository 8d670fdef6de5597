import * as query from '$lib/api/queries';
import type { Rights } from '$lib/api/schema';

/** What whoever works here may do: asked for with everything else, and told when somebody decides about it. */
class Granted {
  /** Who may do what, where it was asked for or decided since. */
  rights = $state.raw<Rights | null>(null);
  /** Hears what whoever works here is, and may do. */
  onMe: (me: query.Me) => void = () => {};
  #me: query.Me | null = null;

  async fetchMe(): Promise<void> {
    this.#isMe(await query.me());
  }

  async fetchRights(): Promise<void> {
    this.rights = await query.rights();
  }

  decided(rights: Rights): void {
    this.rights = rights;
    const me = this.#me;
    const own = me && rights.roles.find(({ role }) => role === me.staff.role);
    if (own) this.#isMe({ ...me, permissions: own.permissions });
  }

  forget(): void {
    this.rights = null;
    this.#me = null;
  }

  #isMe(me: query.Me): void {
    this.#me = me;
    this.onMe(me);
  }
}

export const granted = new Granted();
