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

/** What a refused change set says of each field; null when the refusal is about something else. */
export function refusalOf(error: unknown): Finding[] | null {
  if (!(error instanceof Problem)) return null;
  const { errors } = error.extras;
  return Array.isArray(errors) && errors.length > 0 ? (errors as Finding[]) : null;
}

/** `price_schedules.1` is the second entry of the field. */
export const isAbout = (finding: Finding, field: string | undefined) =>
  field === undefined || finding.field === field || finding.field?.startsWith(`${field}.`);

/** What `after` says otherwise than `before`. */
export const newsOf = (before: Published, after: Published): News[] =>
  differences(before, after).map(({ kind, id, fields }) => {
    const { name } = after[kind].get(id) ?? before[kind].get(id) ?? {};
    return { kind, id, fields, name: typeof name === 'string' ? name : '' };
  });

/** Fresh news before older; what is told of one entity is told once. */
export function joined(fresh: News[], older: News[]): News[] {
  const told = new Map(older.map((one) => [keyOf(one.kind, one.id), one]));
  const news = fresh.map((one) => {
    const before = told.get(keyOf(one.kind, one.id))?.fields ?? [];
    told.delete(keyOf(one.kind, one.id));
    return { ...one, fields: [...new Set([...one.fields, ...before])] };
  });
  return [...news, ...told.values()];
}
