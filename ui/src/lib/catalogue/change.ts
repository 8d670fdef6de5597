import { Problem } from '$lib/api/problem';
import type { CatalogueProblem, Uuid } from '$lib/api/schema';
import type { Kind } from './entities';
import { differences, keyOf, type Edit, type Fields, type Published } from './fields';

/** One entity as it shall be; `entity` null archives it. `base` is what the editor saw. */
export interface Change {
  kind: Kind;
  id: Uuid;
  entity: Fields | null;
  base?: Fields;
}

/** Something that is wrong with the catalogue, or that somebody should know before it is published. */
export type Finding = CatalogueProblem;

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
    map.set(id, entity ?? { ...map.get(id), archived: true });
    after[kind] = map;
  }
  return after;
}

/** What a refused change set says of each field; null when the refusal is about something else. */
export function refusalOf(error: unknown): Finding[] | null {
  if (!(error instanceof Problem)) return null;
  const { errors } = error.extras;
  return Array.isArray(errors) && errors.length > 0 ? (errors as Finding[]) : null;
}

/** `price_schedules.1` is the second entry of the field. */
export const isAbout = (finding: Finding, field: string | undefined) =>
  field === undefined || finding.field === field || finding.field?.startsWith(`${field}.`);

/** What `after` says otherwise than `before`, except of what was sent from here. */
export function newsOf(before: Published, after: Published, own: Change[]): News[] {
  const sent = new Set(own.map(({ kind, id }) => keyOf(kind, id)));
  return differences(before, after)
    .filter(({ kind, id }) => !sent.has(keyOf(kind, id)))
    .map(({ kind, id, fields }) => {
      const { name } = after[kind].get(id) ?? before[kind].get(id) ?? {};
      return { kind, id, fields, name: typeof name === 'string' ? name : '' };
    });
}
