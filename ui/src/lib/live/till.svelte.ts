import { send } from '$lib/api/client';
import { nextCommandKey } from '$lib/api/key';
import type { CheckView, Uuid } from '$lib/api/schema';

const STORED_AS = 'maitred.display';
/** From one page of a check to the next there is no dark moment. */
const DARK_AFTER_MS = 1000;
/** A guest who has paid reads the change, and the thanks. */
const THANKS_MS = 10_000;

/** What the guest at this till reads: which display it is, is remembered by the till. */
class Till {
  display = $state<Uuid | null>(localStorage.getItem(STORED_AS));

  #dark: ReturnType<typeof setTimeout> | undefined;

  choose(display: Uuid | null): void {
    const before = this.display;
    if (before && before !== display) void this.#say(before, null);
    this.display = display;
    if (display) localStorage.setItem(STORED_AS, display);
    else localStorage.removeItem(STORED_AS);
  }

  /** Shows a check while a page is open, and again whenever its total is another; what is paid, the hub shows itself. */
  shows(check: () => CheckView | undefined): void {
    const id = $derived(check()?.id);
    const totalMinor = $derived(check()?.total_minor);
    const isOpen = $derived(check()?.state === 'open');
    $effect(() => {
      const { display } = this;
      if (!display || !id || !isOpen || !totalMinor) return;
      clearTimeout(this.#dark);
      void this.#say(display, id);
    });
    $effect(() => () => {
      const isPaid = (check()?.due_minor ?? 0) <= 0;
      this.#goDark(isPaid ? THANKS_MS : DARK_AFTER_MS);
    });
  }

  #goDark(afterMs: number): void {
    const { display } = this;
    clearTimeout(this.#dark);
    if (display) this.#dark = setTimeout(() => void this.#say(display, null), afterMs);
  }

  /** Only of this moment: what does not arrive now is not said later. */
  async #say(display: Uuid, check_id: Uuid | null): Promise<void> {
    const key = nextCommandKey();
    const path = `/displays/${display}/show`;
    await send({ method: 'POST', path, body: { check_id }, key }).catch(() => undefined);
  }
}

export const till = new Till();
