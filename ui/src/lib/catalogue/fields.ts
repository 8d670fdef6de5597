import type { CatalogueView, Uuid } from '$lib/api/schema';
import { VENUE_ID, type Kind } from './entities';

export type Fields = Record<string, unknown>;

/** Every entity by kind and id, as plain fields. */
export type Published = Record<Kind, ReadonlyMap<Uuid, Fields>>;

/** What a person changed on one entity and has not published. */
export interface Edit {
  kind: Kind;
  id: Uuid;
  /** New values of the fields that were touched. */
  fields: Fields;
  /** What those fields held when they were first touched; null for an entity that was made here. */
  seen: Fields | null;
  /** It shall no longer be there. */
  gone: boolean;
}

export type Edits = ReadonlyMap<string, Edit>;

/** A field that was changed here and, meanwhile, elsewhere. */
export interface Collision {
  kind: Kind;
  id: Uuid;
  field: string;
  mine: unknown;
  theirs: unknown;
}

export const NO_EDITS: Edits = new Map();

export const withEdit = (edits: Edits, edit: Edit): Edits =>
  new Map(edits).set(keyOf(edit.kind, edit.id), edit);

export function withoutEdits(edits: Edits, keys: string[]): Edits {
  const left = new Map(edits);
  for (const key of keys) left.delete(key);
  return left;
}

/** Every id of a kind, of what is published and of what was made here. */
export function idsOf(published: Published, edits: Edits, kind: Kind): Uuid[] {
  const made = [...edits.values()].filter((edit) => edit.kind === kind);
  return [...new Set([...published[kind].keys(), ...made.map((edit) => edit.id)])];
}

export const keyOf = (kind: Kind, id: Uuid) => `${kind}:${id}`;

export function publishedOf(view: CatalogueView): Published {
  const byId = (list: { id: Uuid }[]) =>
    new Map(list.map((one) => [one.id, one as unknown as Fields]));
  return {
    venue: new Map([[VENUE_ID, view.venue as unknown as Fields]]),
    tax: byId(view.taxes),
    category: byId(view.categories),
    modifier_group: byId(view.modifier_groups),
    station: byId(view.stations),
    item: byId(view.items),
    area: byId(view.areas),
    table: byId(view.tables),
    decor: byId(view.decor),
    section: byId(view.sections),
    printer: byId(view.printers),
    staff: byId(view.staff),
  };
}

/** Whether two JSON values are the same; the order of a record's names does not count. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => name in b && same((a as Fields)[name], (b as Fields)[name]))
  );
}

/** Whether it is still there; what was archived is kept for the days it was sold on. */
const isLiving = (fields: Fields | undefined): fields is Fields =>
  fields !== undefined && fields.archived !== true;

/** Whether what an edit is about was archived by somebody else, and the edit does not bring it back. */
const isOrphan = ({ kind, id, fields, seen, gone }: Edit, published: Published) =>
  seen !== null && !gone && fields.archived !== false && !isLiving(published[kind].get(id));

/** The edits that still say something other than what is published. */
export function standing(edits: Edits, published: Published): Edits {
  const left = new Map<string, Edit>();
  for (const [key, edit] of edits) {
    if (isOrphan(edit, published)) continue;
    const there = published[edit.kind].get(edit.id);
    if (edit.gone) {
      if (isLiving(there)) left.set(key, edit);
      continue;
    }
    if (!there) {
      left.set(key, edit);
      continue;
    }
    const touched = Object.keys(edit.fields).filter(
      (name) => !same(edit.fields[name], there[name]),
    );
    if (touched.length > 0) left.set(key, { ...edit, fields: only(edit.fields, touched) });
  }
  return left;
}

/** Edits of what somebody else archived meanwhile: there is nothing left that they could change. */
export const orphans = (edits: Edits, published: Published): Edit[] =>
  [...edits.values()].filter((edit) => isOrphan(edit, published));

export function collisionsOf(edits: Edits, published: Published): Collision[] {
  return [...standing(edits, published).values()].flatMap(({ kind, id, fields, seen }) => {
    const there = published[kind].get(id);
    if (!there || !seen) return [];
    return Object.keys(fields)
      .filter((field) => !same(there[field], seen[field]))
      .map((field) => ({ kind, id, field, mine: fields[field], theirs: there[field] }));
  });
}

/** The entity as it will be once published, archived ones included. */
export function edited(
  published: Published,
  edits: Edits,
  kind: Kind,
  id: Uuid,
): Fields | undefined {
  const there = published[kind].get(id);
  const edit = edits.get(keyOf(kind, id));
  if (!edit) return there;
  if (edit.gone) return { ...there, archived: true };
  return { ...there, ...edit.fields };
}

/** What `after` says otherwise than `before`, by entity. */
export function differences(
  before: Published,
  after: Published,
): { kind: Kind; id: Uuid; fields: string[] }[] {
  return (Object.keys(after) as Kind[]).flatMap((kind) => {
    const ids = new Set([...before[kind].keys(), ...after[kind].keys()]);
    return [...ids].flatMap((id) => {
      const was = before[kind].get(id) ?? {};
      const is = after[kind].get(id) ?? {};
      const names = new Set([...Object.keys(was), ...Object.keys(is)]);
      const fields = [...names].filter((name) => !same(was[name], is[name]));
      return fields.length ? [{ kind, id, fields }] : [];
    });
  });
}

const only = (fields: Fields, names: string[]): Fields =>
  Object.fromEntries(names.map((name) => [name, fields[name]]));
