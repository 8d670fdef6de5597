import { Problem } from '$lib/api/problem';
import type { Uuid } from '$lib/api/schema';
import type { Kind } from './entities';
import type { Edit, Fields, Published } from './fields';

/** One entity as it shall be; `entity` null archives it. `base` is what the editor saw. */
export interface Change {
  kind: Kind;
  id: Uuid;
  entity: Fields | null;
  base?: Fields;
}

/** Something that is wrong with a change, or that somebody should know before it is published. */
export interface Finding {
  severity: 'error' | 'warning';
  code: string;
  kind: Kind;
  id: Uuid;
  field: string | null;
  detail: string;
}

/** Something that was changed elsewhere while this draft was open. */
export interface News {
  kind: Kind;
  id: Uuid;
  name: string;
  fields: string[];
}

export function changeOf({ kind, id, fields, gone }: Edit, published: Published): Change {
  const base = published[kind].get(id);
  const entity = gone ? null : { ...base, ...fields };
  return base ? { kind, id, entity, base } : { kind, id, entity };
}

/** The catalogue as it is once `changes` are published. */
export function withChanges(published: Published, changes: Change[]): Published {
  const after: Published = { ...published };
  for (const { kind, id, entity } of changes) {
    const map = new Map(after[kind]);
    if (entity) map.set(id, entity);
    else map.delete(id);
    after[kind] = map;
  }
  return after;
}

/** What a refused change set says of each field; null when the refusal is about something else. */
export function refusalOf(error: unknown): Finding[] | null {
  if (!(error instanceof Problem)) return null;
  const { errors } = error.extras;
  if (!Array.isArray(errors) || errors.length === 0) return null;
  return (errors as Omit<Finding, 'severity'>[]).map((one) => ({ ...one, severity: 'error' }));
}
