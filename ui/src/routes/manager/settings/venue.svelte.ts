import { get } from '$lib/api/client';
import { Problem } from '$lib/api/problem';
import type { Schemas } from '$lib/api/schema';
import { outbox } from '$lib/live/outbox.svelte';
import { toasts } from '$lib/ui/toasts.svelte';

export type Venue = Schemas['Venue'];
export type Service = Schemas['Service'];

/** There is one venue, so it has no id. */
const VENUE_ID = '00000000-0000-0000-0000-000000000000';

interface Fault {
  field: string | null;
  detail: string;
}

/** The venue's settings while they are edited; the hub has them only when they are saved. */
export class VenueDraft {
  #base = $state.raw<Venue | null>(null);
  now = $state<Venue | null>(null);
  saving = $state(false);
  /** What the hub says is wrong, by field. */
  faults = $state.raw<Fault[]>([]);

  isChanged = $derived(this.now !== null && written(this.now) !== written(this.#base));

  async load(): Promise<void> {
    const { venue } = await get<{ venue: Venue }>('/catalogue');
    this.#take(venue);
  }

  #take(venue: Venue): void {
    this.#base = venue;
    this.now = structuredClone(venue);
    this.faults = [];
  }

  /** The logo is put on the receipt by itself; what else was edited meanwhile stays as it is. */
  hasLogo(logo: string): void {
    if (!this.#base || !this.now) return;
    this.#base = { ...this.#base, logo };
    this.now.logo = logo;
  }

  discard(): void {
    if (this.#base) this.#take(this.#base);
  }

  faultOf(field: keyof Venue): string | undefined {
    return this.faults.find((fault) => fault.field?.split('.')[0] === field)?.detail;
  }

  async save(): Promise<boolean> {
    if (!this.now) return false;
    this.saving = true;
    const entity = tidied($state.snapshot(this.now) as Venue);
    try {
      const change = { kind: 'venue', id: VENUE_ID, entity, base: this.#base };
      await outbox.post('/catalogue/changes', { changes: [change] });
      await this.load();
      return true;
    } catch (error) {
      this.#refused(error);
      return false;
    } finally {
      this.saving = false;
    }
  }

  #refused(error: unknown): void {
    const errors = error instanceof Problem ? error.extras.errors : undefined;
    this.faults = Array.isArray(errors) ? (errors as Fault[]) : [];
    toasts.problem(error);
  }
}

const written = (venue: Venue | null) => JSON.stringify(venue && tidied(venue));

/** Lines that nobody wrote on are no lines. */
function tidied(venue: Venue): Venue {
  const filled = (lines: string[]) => lines.map((line) => line.trim()).filter(Boolean);
  return {
    ...venue,
    name: venue.name.trim(),
    address: filled(venue.address),
    receipt_footer: filled(venue.receipt_footer),
    void_reasons: filled(venue.void_reasons),
    comp_reasons: filled(venue.comp_reasons),
    discount_reasons: filled(venue.discount_reasons),
    courses: venue.courses.filter((course) => course.name.trim() !== ''),
  };
}
