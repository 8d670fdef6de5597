import type { Uuid } from '$lib/api/schema';
import { router } from '$lib/router/router.svelte';
import type { NewLine } from './commands';
import { live } from './live.svelte';
import { outbox } from './outbox.svelte';
import { checkOf } from './overlay';
import type { Waiting } from './unsent.svelte';

/** A refused line on its way back to the order pad, to be put right. */
class Again {
  #line = $state.raw<{ check: Uuid; line: NewLine } | null>(null);

  /** Goes to where the refused thing was done; a line is taken along. The refusal has then been seen. */
  edit(command: Waiting): void {
    const check = checkOf(command);
    const isThere = check !== undefined && live.checks.has(check);
    const { lines = [] } = (command.body ?? {}) as { lines?: NewLine[] };
    if (isThere && command.about.act === 'lines' && lines.length === 1)
      this.#line = { check, line: { ...lines[0]!, seat: lines[0]!.seat ?? null } };
    void outbox.dismiss(command);
    router.go(isThere ? `/order/${check}` : placeOf(command));
  }

  /** The line for this check's pad, once. */
  take(check: Uuid): NewLine | null {
    if (this.#line?.check !== check) return null;
    const { line } = this.#line;
    this.#line = null;
    return line;
  }
}

function placeOf({ path }: Waiting): string {
  if (path.startsWith('/checks')) return '/order';
  if (path.startsWith('/tables')) return '/host';
  if (path.startsWith('/kitchen')) return '/kitchen';
  return '/';
}

export const again = new Again();
