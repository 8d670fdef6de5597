import type { CatalogueView, Uuid } from '$lib/api/schema';
import { changeOf, isAbout, refusalOf, type Change, type Finding, type News } from './change';
import { Check, type CheckParts, type CheckState } from './check.svelte';
import type { Entities, Kind } from './entities';
import {
  collisionsOf,
  edited,
  idsOf,
  keyOf,
  NO_EDITS,
  orphans,
  same,
  standing,
  withEdit,
  withoutEdits,
  type Edit,
  type Edits,
  type Fields,
  type Published,
} from './fields';
import { Source } from './source.svelte';
import { editsIn, keep, kept, shelfName, type Shelf } from './shelf';
import { Steps } from './steps.svelte';

export interface DraftParts extends CheckParts {
  load: () => Promise<CatalogueView>;
  publish: (changes: Change[]) => Promise<unknown>;
  shelf: Shelf;
  now: () => number;
}

export const EDITS_MAX = 1000;

/**
 * What a person has changed and not yet published.
 *
 * An edit remembers the fields that were touched and nothing else, so what others publish meanwhile shows through
 * and is never written over by accident. Invariant: an `Edits` map is never changed in place, so a step of undo is
 * the map that was there before.
 */
export class Draft {
  #parts: DraftParts;
  #owner = '';
  #edits = $state.raw<Edits>(NO_EDITS);
  #steps = new Steps<Edits>();
  #check: Check;
  #source: Source;

  publishing = $state(false);
  /** False when the draft is too large to survive a reload of the page. */
  isKept = $state(true);

  standing = $derived<Edits>(this.published ? standing(this.#edits, this.published) : NO_EDITS);
  collisions = $derived(this.published ? collisionsOf(this.#edits, this.published) : []);
  orphans = $derived(this.published ? orphans(this.#edits, this.published) : []);
  changes = $derived([...this.standing.values()].map((edit) => changeOf(edit, this.published!)));
  canUndo = $derived(this.#steps.canUndo);
  canRedo = $derived(this.#steps.canRedo);

  constructor(parts: DraftParts) {
    this.#parts = parts;
    this.#check = new Check(parts);
    this.#source = new Source(parts.load, () => {
      this.#check.afresh();
      this.#check.soon(() => this.changes);
    });
  }

  /** Takes up the draft that `owner` left on this device. */
  async open(owner: string): Promise<void> {
    if (owner !== this.#owner) {
      this.#owner = owner;
      this.#restart(kept(this.#parts.shelf, owner));
      this.#source.forget();
    }
    await this.refresh();
  }

  /** Another tab of this device changed the same person's draft. */
  shelfChanged(name: string | null, text: string | null): void {
    if (name === shelfName(this.#owner)) this.#restart(editsIn(text));
  }

  refresh(): Promise<void> {
    return this.#source.refresh();
  }

  /** Does something that changes the catalogue from here: what comes of it is no news. */
  quietly<T>(task: () => Promise<T>): Promise<T> {
    return this.#source.quietly(task);
  }

  get published(): Published | null {
    return this.#source.published;
  }

  get news(): News[] {
    return this.#source.news;
  }

  dismissNews(): void {
    this.#source.news = [];
  }

  get findings(): Finding[] {
    return this.#check.findings;
  }

  /** What the draft itself brings about; the rest is so already. */
  get ownFindings(): Finding[] {
    return this.#check.own;
  }

  get checkState(): CheckState {
    return this.#check.state;
  }

  // ---- reading

  /** The entity as it will be; undefined when it is or will be archived. */
  get<K extends Kind>(kind: K, id: Uuid): Entities[K] | undefined {
    const entity = this.published && edited(this.published, this.#edits, kind, id);
    return entity && entity.archived !== true ? (entity as Entities[K]) : undefined;
  }

  /** Everything of a kind as it will be, without what is archived. */
  all<K extends Kind>(kind: K): Entities[K][] {
    if (!this.published) return [];
    return idsOf(this.published, this.#edits, kind).flatMap((id) => this.get(kind, id) ?? []);
  }

  /** What is archived of a kind, and could be brought back. */
  archived<K extends Kind>(kind: K): Entities[K][] {
    if (!this.published) return [];
    const archived = [...this.published[kind].keys()].filter((id) => !this.get(kind, id));
    return archived.map((id) => this.published![kind].get(id) as Entities[K]);
  }

  isNew(kind: Kind, id: Uuid): boolean {
    return !this.published?.[kind].has(id);
  }

  isTouched(kind: Kind, id: Uuid): boolean {
    return this.standing.has(keyOf(kind, id));
  }

  findingsOf(kind: Kind, id: Uuid, field?: string): Finding[] {
    return this.findings.filter((one) => one.kind === kind && one.id === id && isAbout(one, field));
  }

  // ---- editing

  set<K extends Kind>(kind: K, id: Uuid, fields: Partial<Entities[K]>): void {
    this.setAll(kind, [{ id, fields }]);
  }

  /** Changes several entities in one step. */
  setAll<K extends Kind>(kind: K, all: { id: Uuid; fields: Partial<Entities[K]> }[]): void {
    const real = all.filter(({ id, fields }) => {
      const before = this.get(kind, id);
      return before && !same({ ...before, ...fields }, before);
    });
    if (real.length === 0) return;
    const edits = real.reduce(
      (done, { id, fields }) => withEdit(done, this.#touched(kind, id, fields as Fields)),
      this.#edits,
    );
    const names = real.map(({ id, fields }) => `${id}.${Object.keys(fields).join('.')}`);
    if (edits.size <= EDITS_MAX) this.#replace(edits, `${kind}:${names.join()}`);
  }

  add<K extends Kind>(kind: K, entity: Entities[K] & { id: Uuid }): void {
    const { id } = entity;
    this.#step({ kind, id, fields: { ...entity }, seen: null, gone: false });
  }

  archive(kind: Kind, id: Uuid): void {
    if (this.isNew(kind, id)) this.#drop(keyOf(kind, id));
    else this.#step({ kind, id, fields: {}, seen: {}, gone: true });
  }

  /** Brings back what was archived. */
  restore(kind: Kind, id: Uuid): void {
    this.#drop(keyOf(kind, id));
    if (this.published?.[kind].get(id)?.archived !== true) return;
    const fields = { archived: false };
    this.#step({ kind, id, fields, seen: { archived: true }, gone: false });
  }

  /** Leaves an entity as it is published. */
  discard(kind: Kind, id: Uuid): void {
    this.#drop(keyOf(kind, id));
  }

  discardAll(): void {
    this.#replace(NO_EDITS, '');
  }

  /** In a collision: what others wrote stays, or what was written here shall replace it knowingly. */
  resolve(kind: Kind, id: Uuid, field: string, whose: 'mine' | 'theirs'): void {
    const edit = this.#edits.get(keyOf(kind, id));
    const theirs = this.published?.[kind].get(id)?.[field];
    if (!edit) return;
    const fields = { ...edit.fields };
    if (whose === 'theirs') delete fields[field];
    this.#step({ ...edit, fields, seen: { ...edit.seen, [field]: theirs } });
  }

  undo(): void {
    this.#take(this.#steps.undo(this.#edits));
  }

  redo(): void {
    this.#take(this.#steps.redo(this.#edits));
  }

  // ---- publishing

  /** Sends the draft, or the part of it that `chosen` names, as one change set. False when the hub refused it. */
  async publish(chosen: (change: Change) => boolean = () => true): Promise<boolean> {
    const sent = this.changes.filter(chosen);
    if (sent.length === 0) return true;
    this.publishing = true;
    try {
      await this.#source.quietly(() => this.#parts.publish(sent), sent);
    } catch (error) {
      const found = refusalOf(error);
      if (!found) throw error;
      this.#check.told(found, 'checked');
      return false;
    } finally {
      this.publishing = false;
    }
    // What was published cannot be undone here.
    const keys = sent.map(({ kind, id }) => keyOf(kind, id));
    this.#restart(withoutEdits(this.#edits, keys));
    this.#keep();
    return true;
  }

  #touched(kind: Kind, id: Uuid, fields: Fields): Edit {
    const fresh: Edit = { kind, id, fields: {}, seen: {}, gone: false };
    const edit = this.#edits.get(keyOf(kind, id)) ?? fresh;
    const there = this.published?.[kind].get(id);
    const untouched = Object.keys(fields).filter((name) => !(name in edit.fields));
    const seen = edit.seen && {
      ...Object.fromEntries(untouched.map((name) => [name, there?.[name]])),
      ...edit.seen,
    };
    return { ...edit, fields: { ...edit.fields, ...fields }, seen };
  }

  #drop(key: string): void {
    this.#replace(withoutEdits(this.#edits, [key]), '');
  }

  #step(edit: Edit): void {
    const edits = withEdit(this.#edits, edit);
    if (edits.size <= EDITS_MAX) this.#replace(edits, '');
  }

  #replace(edits: Edits, tag: string): void {
    this.#steps.before(this.#edits, tag, this.#parts.now());
    this.#edits = edits;
    this.#keep();
    this.#check.soon(() => this.changes);
  }

  #take(edits: Edits | undefined): void {
    if (!edits) return;
    this.#edits = edits;
    this.#keep();
    this.#check.soon(() => this.changes);
  }

  #restart(edits: Edits): void {
    this.#edits = edits;
    this.#steps.forget();
    this.#check.told([], 'none');
  }

  #keep(): void {
    this.isKept = keep(this.#parts.shelf, this.#owner, this.#edits);
  }
}
