import { SvelteMap } from 'svelte/reactivity';
import { hubs } from '$lib/api/hubs.svelte';
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
  Role,
  SectionView,
  TableView,
  TicketView,
  Uuid,
  VenueView,
} from '$lib/api/schema';
import { clock } from './clock.svelte';
import { checksIn, partsOf } from './answers';
import { granted } from './granted.svelte';
import { Keeper, type Kept, type Part } from './keeper';
import { mergeChanged, replaceAll, standsOnPass } from './merge';
import { checkOf, checksWith, tablesWith, type Held } from './overlay';
import { noneIfRefused, permitted } from './permitted';
import { Shown } from './shown.svelte';
import { unsentList } from './unsent.svelte';
import { inBackground, Views } from './views.svelte';

type Area = Omit<AreaView, 'tables'>;

/** A device that takes so long to remember shows what it has without it. */
const RECALL_MS_MAX = 1000;

/**
 * The station's picture of the venue: recalled from the device, fetched whole, then kept by the event stream.
 *
 * `held` is what the hub said. What screens read has the commands laid over it that still wait for the hub.
 */
class Live {
  venue = $state.raw<VenueView | null>(null);
  menu = $state.raw<Omit<MenuView, 'items'> | null>(null);
  areas = $state.raw<Area[]>([]);
  sections = $state.raw<SectionView[]>([]);
  attention = $state.raw<AttentionItem[]>([]);
  /** Counts the changes of the day's figures, so that a report knows to look again. */
  dayChanges = $state(0);
  /** Grows when everything was asked for anew: time to ask again for what no change brings. */
  pictures = $state(0);
  loaded = $state(false);

  /** Whose journal the picture is from, and how far it was followed. */
  hub = '';
  seq: number | null = null;

  tickets = new SvelteMap<Uuid, TicketView>();
  onPass = new SvelteMap<Uuid, TicketView>();
  items = new SvelteMap<Uuid, ItemView>();
  jobs = new SvelteMap<Uuid, PrintJobView>();
  printers = new SvelteMap<Uuid, PrinterView>();

  readonly held = {
    tables: new SvelteMap<Uuid, TableView>(),
    checks: new SvelteMap<Uuid, CheckSummary>(),
    tickets: this.tickets,
    onPass: this.onPass,
    items: this.items,
    jobs: this.jobs,
    printers: this.printers,
  };
  readonly whole = new Views({
    open: () => this.held.checks.keys(),
    isUnsent: (id) => this.checks.get(id) !== undefined && !this.held.checks.has(id),
    isAwaited: (id) => unsentList.commands.some((one) => checkOf(one) === id),
    changed: () => this.#keeper.mark('views'),
  });

  #unsentChecks = $derived.by(() => checksWith(unsentList.commands, this.#heldNow()));
  #unsentTables = $derived.by(() =>
    tablesWith(unsentList.commands, this.#unsentChecks, this.#heldNow()),
  );

  readonly tables = new Shown<TableView>(this.held.tables, () => this.#unsentTables);
  readonly checks = new Shown<CheckSummary>(
    this.held.checks,
    () => this.#unsentChecks,
    ({ state }) => state === 'open',
  );
  readonly views = new Shown<CheckView>(this.whole.held, () => this.#unsentChecks);

  #keeper = new Keeper({
    read: (part) => this.#read(part),
    stamp: () => ({ hub: this.hub, seq: this.seq, ahead_ms: clock.aheadMs }),
    now: () => Date.now(),
    later: (ms, task) => setTimeout(task, ms),
  });

  /** Shows what the device kept for this role; answers how old it is, null when there is nothing. */
  async recall(role: Role): Promise<number | null> {
    const late = new Promise<null>((done) => setTimeout(() => done(null), RECALL_MS_MAX));
    const kept = await Promise.race([this.#keeper.open(role).catch(() => null), late]);
    if (!kept) return null;
    this.#show(kept);
    return Math.max(0, Date.now() - kept.stamp.at);
  }

  async fetchAll(): Promise<void> {
    const [venue, { origin, peers }] = await Promise.all([query.venue(), query.sync()]);
    this.venue = venue;
    this.hub = origin;
    hubs.learn(peers);
    await Promise.all([
      granted.fetchMe(),
      permitted(this.fetchFloor()),
      permitted(this.fetchMenu()),
      permitted(query.checks({ state: 'open' }).then((list) => replaceAll(this.held.checks, list))),
      this.#fetchTickets(venue),
      permitted(query.printers().then((list) => replaceAll(this.printers, list))),
      permitted(query.printJobs().then((list) => replaceAll(this.jobs, list))),
      this.fetchAttention(),
      this.whole.fetchWatched(),
    ]);
    this.loaded = true;
    this.dayChanges += 1;
    this.pictures += 1;
    this.#keeper.markWhole();
    this.whole.fetchOpen();
  }

  async fetchFloor(): Promise<void> {
    const floor = await query.floor();
    this.areas = floor.areas.map(({ tables: _tables, ...area }) => area);
    this.sections = floor.sections;
    replaceAll(
      this.held.tables,
      floor.areas.flatMap((area) => area.tables),
    );
    this.#keeper.mark('areas', 'sections', 'tables');
  }

  async fetchMenu(): Promise<void> {
    const { items, ...menu } = await query.menu();
    this.menu = menu;
    replaceAll(this.items, items);
    this.#keeper.mark('menu', 'items');
  }

  /** Keeps the whole check fresh while a screen shows it; call the answer when the screen goes. */
  watchCheck(id: Uuid): () => void {
    return this.whole.watch(id);
  }

  async fetchAttention(): Promise<void> {
    await permitted(query.attention().then((list) => (this.attention = list)));
    this.#keeper.mark('attention');
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
    this.whole.put(view);
    this.keep({ checks: [view] });
  }

  /** Keeps the checks in the hub's answer to a command, whatever the command was. */
  keepAnswer(answer: unknown): void {
    for (const view of checksIn(answer)) this.keepCheck(view);
  }

  keep(changed: Partial<ChangeEvent['changed']>): void {
    mergeChanged(this.held, changed);
    this.#keeper.mark(...partsOf(changed));
  }

  apply({ changed, seq }: ChangeEvent): void {
    this.seq = seq;
    this.keep(changed);
    this.whole.touched(changed.checks);
    if (changed.menu) inBackground(this.fetchMenu());
    if (changed.floor) inBackground(this.fetchFloor());
    if (changed.attention) inBackground(this.fetchAttention());
    if (changed.venue) inBackground(Promise.all([this.#fetchVenue(), granted.fetchMe()]));
    if (changed.rights) granted.decided(changed.rights);
    if (changed.day) this.dayChanges += 1;
  }

  applyPrint(event: PrintEvent): void {
    this.keep(event as Partial<ChangeEvent['changed']>);
    if (event.attention) inBackground(this.fetchAttention());
  }

  /** The hub was heard of: the picture is true now. */
  beat(): void {
    this.#keeper.beat();
  }

  forget(): void {
    this.#keeper.close();
    this.whole.forget();
    for (const map of [this.held.checks, this.tickets, this.onPass, this.jobs]) map.clear();
    this.attention = [];
    granted.forget();
    this.loaded = false;
  }

  async #fetchVenue(): Promise<void> {
    this.venue = await query.venue();
    this.#keeper.mark('venue');
  }

  #heldNow(): Held {
    const { venue, items, sections, held } = this;
    // The clock is asked only for a command that waits: otherwise every screen would be worked out anew each second.
    const state: Held['state'] = (one) =>
      unsentList.isLate(one, clock.own) ? 'waiting' : 'saving';
    return {
      venue,
      items,
      tables: held.tables,
      sections,
      checks: held.checks,
      views: this.whole.held,
      state,
    };
  }

  #read(part: Part): unknown {
    switch (part) {
      case 'venue':
      case 'menu':
      case 'areas':
      case 'sections':
      case 'attention':
        return this[part];
      case 'views':
        return this.whole.toKeep();
      default:
        return [...this.held[part].values()];
    }
  }

  #show({ stamp, parts }: Kept): void {
    this.hub = stamp.hub;
    this.seq = stamp.seq;
    clock.resume(stamp.ahead_ms);
    this.venue = parts.venue as VenueView;
    this.menu = parts.menu as Live['menu'];
    this.areas = parts.areas as Area[];
    this.sections = (parts.sections ?? []) as SectionView[];
    this.attention = parts.attention as AttentionItem[];
    for (const part of [
      'tables',
      'checks',
      'tickets',
      'onPass',
      'items',
      'jobs',
      'printers',
    ] as const)
      replaceAll(this.held[part] as Map<Uuid, { id: Uuid }>, (parts[part] ?? []) as { id: Uuid }[]);
    replaceAll(this.whole.held, (parts.views ?? []) as CheckView[]);
    this.loaded = true;
  }
}

export const live = new Live();
