import { SvelteMap } from 'svelte/reactivity';
import { Problem } from '$lib/api/problem';
import * as query from '$lib/api/queries';
import type {
  AreaView,
  AttentionItem,
  ChangeEvent,
  CheckSummary,
  CheckView,
  ItemView,
  MenuView,
  PrinterView,
  PrintEvent,
  PrintJobView,
  TableView,
  TicketView,
  Uuid,
  VenueView,
} from '$lib/api/schema';
import { mergeChanged, replaceAll, standsOnPass } from './merge';

type Area = Omit<AreaView, 'tables'>;

/** The station's picture of the venue: fetched whole once, then kept by the event stream. */
class Live {
  venue = $state.raw<VenueView | null>(null);
  menu = $state.raw<Omit<MenuView, 'items'> | null>(null);
  areas = $state.raw<Area[]>([]);
  attention = $state.raw<AttentionItem[]>([]);
  /** Counts the changes of the day's figures, so that a report knows to look again. */
  dayChanges = $state(0);
  loaded = $state(false);

  tables = new SvelteMap<Uuid, TableView>();
  checks = new SvelteMap<Uuid, CheckSummary>();
  views = new SvelteMap<Uuid, CheckView>();
  tickets = new SvelteMap<Uuid, TicketView>();
  onPass = new SvelteMap<Uuid, TicketView>();
  items = new SvelteMap<Uuid, ItemView>();
  jobs = new SvelteMap<Uuid, PrintJobView>();
  printers = new SvelteMap<Uuid, PrinterView>();

  /** One per screen that shows a check whole; two screens may show the same one while they change over. */
  #watches = new Set<{ id: Uuid }>();
  /** Checks being fetched, and whether they must be fetched again. */
  #fetching = new Map<Uuid, boolean>();

  async fetchAll(): Promise<void> {
    const venue = await query.venue();
    this.venue = venue;
    await Promise.all([
      permitted(this.fetchFloor()),
      permitted(this.fetchMenu()),
      permitted(query.checks({ state: 'open' }).then((list) => replaceAll(this.checks, list))),
      this.#fetchTickets(venue),
      permitted(query.printers().then((list) => replaceAll(this.printers, list))),
      permitted(query.printJobs().then((list) => replaceAll(this.jobs, list))),
      this.fetchAttention(),
      ...[...this.#watches].map(({ id }) => this.#fetchCheck(id)),
    ]);
    this.loaded = true;
    this.dayChanges += 1;
  }

  async fetchFloor(): Promise<void> {
    const floor = await query.floor();
    this.areas = floor.areas.map(({ id, name, width, height, decor }) => ({
      id,
      name,
      width,
      height,
      decor,
    }));
    replaceAll(
      this.tables,
      floor.areas.flatMap((area) => area.tables),
    );
  }

  async fetchMenu(): Promise<void> {
    const { items, ...menu } = await query.menu();
    this.menu = menu;
    replaceAll(this.items, items);
  }

  /** Keeps the whole check fresh while a screen shows it; call the answer when the screen goes. */
  watchCheck(id: Uuid): () => void {
    const watch = { id };
    this.#watches.add(watch);
    inBackground(this.#fetchCheck(id));
    return () => void this.#watches.delete(watch);
  }

  /** A change that comes while the check is being fetched may not be in the answer, so it is fetched once more. */
  async #fetchCheck(id: Uuid): Promise<void> {
    const isUnderWay = this.#fetching.has(id);
    this.#fetching.set(id, isUnderWay);
    if (isUnderWay) return;
    try {
      this.keepCheck(await query.check(id));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    } finally {
      const again = this.#fetching.get(id);
      this.#fetching.delete(id);
      if (again) inBackground(this.#fetchCheck(id));
    }
  }

  async fetchAttention(): Promise<void> {
    await permitted(query.attention().then((list) => (this.attention = list)));
  }

  async #fetchTickets(venue: VenueView): Promise<void> {
    const expo = venue.stations.find((station) => station.kind === 'expo');
    const stations = expo ? [expo] : venue.stations;
    const fetched = (state: 'open' | 'recent') =>
      Promise.all(stations.map((one) => query.tickets(one.slug, state).catch(noneIfRefused)));
    const [open, recent] = await Promise.all([fetched('open'), fetched('recent')]);
    replaceAll(this.tickets, open.flat());
    replaceAll(this.onPass, recent.flat().filter(standsOnPass));
  }

  /** Keeps the hub's answer to a command, which is newer than anything the stream brought before it. */
  keepCheck(view: CheckView): void {
    this.views.set(view.id, view);
    mergeChanged(this, { checks: [view] });
  }

  keep(changed: Partial<ChangeEvent['changed']>): void {
    mergeChanged(this, changed);
  }

  apply({ changed }: ChangeEvent): void {
    mergeChanged(this, changed);
    const watched = new Set([...this.#watches].map(({ id }) => id));
    for (const check of changed.checks)
      if (watched.has(check.id)) inBackground(this.#fetchCheck(check.id));
    if (changed.menu) inBackground(this.fetchMenu());
    if (changed.floor) inBackground(this.fetchFloor());
    if (changed.attention) inBackground(this.fetchAttention());
    if (changed.venue) inBackground(query.venue().then((venue) => (this.venue = venue)));
    if (changed.day) this.dayChanges += 1;
  }

  applyPrint(event: PrintEvent): void {
    mergeChanged(this, event);
    if (event.attention) inBackground(this.fetchAttention());
  }

  forget(): void {
    for (const map of [this.checks, this.views, this.tickets, this.onPass, this.jobs]) map.clear();
    this.attention = [];
    this.loaded = false;
  }
}

/** A refusal for want of permission leaves that part of the picture empty. */
const permitted = (fetching: Promise<unknown>) => fetching.catch(noneIfRefused);

function noneIfRefused(error: unknown): never[] {
  if (error instanceof Problem && (error.status === 403 || error.status === 404)) return [];
  throw error;
}

/** What fails here shows as a stale stream and is fetched again with everything else. */
const inBackground = (fetching: Promise<unknown>) => void fetching.catch(() => undefined);

export const live = new Live();
