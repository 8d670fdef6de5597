import type { Uuid } from '$lib/api/schema';
import type { Plan } from './plan';

export type FloorKind = 'area' | 'table' | 'decor' | 'section';

export interface FloorChange {
  kind: FloorKind;
  id: Uuid;
  /** The whole entity as it shall be; `null` takes it off the floor. */
  entity: object | null;
  /** As it was when the editing began; absent for what is new. */
  base?: object;
}

interface Kept {
  id: Uuid;
  archived: boolean;
}

const LISTS: { kind: FloorKind; of: (plan: Plan) => Kept[] }[] = [
  { kind: 'area', of: (plan) => plan.areas },
  { kind: 'table', of: (plan) => plan.tables },
  { kind: 'decor', of: (plan) => plan.decor },
  { kind: 'section', of: (plan) => plan.sections },
];

/** What is the same whoever wrote it: the order of the fields is not. */
const written = (value: unknown) =>
  JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
const same = (a: unknown, b: unknown) => a === b || written(a) === written(b);
const byId = <T extends Kept>(list: T[]) => new Map(list.map((one) => [one.id, one]));

/**
 * What turns `base` into `plan`. What was drawn and taken away again was never there; what an undo took back to before
 * it was published is taken off.
 */
export function changesBetween(base: Plan, plan: Plan): FloorChange[] {
  return LISTS.flatMap(({ kind, of }) => {
    const [before, after] = [byId(of(base)), byId(of(plan))];
    const changed = of(plan)
      .filter((entity) => before.has(entity.id) || !entity.archived)
      .filter((entity) => !same(before.get(entity.id), entity))
      .map((entity): FloorChange => {
        const was = before.get(entity.id);
        return { kind, id: entity.id, entity, ...(was && { base: was }) };
      });
    const gone = of(base)
      .filter((entity) => !entity.archived && !after.has(entity.id))
      .map((was): FloorChange => ({ kind, id: was.id, entity: null, base: was }));
    return [...changed, ...gone];
  });
}

/** My fields where I changed them, theirs everywhere else. */
function mergedEntity<T extends Kept>(base: T | undefined, mine: T, theirs: T | undefined): T {
  if (!base || !theirs) return mine;
  const names = Object.keys(mine) as (keyof T)[];
  const changed = names.filter((name) => !same(base[name], mine[name]));
  return { ...theirs, ...Object.fromEntries(changed.map((name) => [name, mine[name]])) };
}

function mergedList<T extends Kept>(base: T[], mine: T[], theirs: T[]): T[] {
  const [before, ours, fresh] = [byId(base), byId(mine), byId(theirs)];
  const kept = theirs.map((one) => {
    const own = ours.get(one.id);
    return own ? mergedEntity(before.get(one.id), own, one) : one;
  });
  const drawn = mine.filter((one) => !fresh.has(one.id) && !before.has(one.id));
  return [...kept, ...drawn];
}

/** Puts my edits of `base` onto a plan that somebody else has published meanwhile. */
export const rebased = (base: Plan, mine: Plan, theirs: Plan): Plan => ({
  areas: mergedList(base.areas, mine.areas, theirs.areas),
  tables: mergedList(base.tables, mine.tables, theirs.tables),
  decor: mergedList(base.decor, mine.decor, theirs.decor),
  sections: mergedList(base.sections, mine.sections, theirs.sections),
});
