import type { Uuid } from '$lib/api/schema';
import {
  type Plan,
  type PlanArea,
  type PlanSection,
  type PlanTable,
  areasOf,
  keeping,
  piecesIn,
  sectionsOf,
  tablesIn,
  withoutPieces,
} from './plan';

// ---- combining

const linked = (table: PlanTable, other: Uuid) => table.combines_with.includes(other);

export const areCombined = (plan: Plan, a: Uuid, b: Uuid) =>
  plan.tables.some((table) => table.id === a && linked(table, b));

/** Says that two tables can be pushed together, or, when that was said already, that they cannot. */
export function combineToggled(plan: Plan, a: Uuid, b: Uuid): Plan {
  if (a === b) return plan;
  const apart = areCombined(plan, a, b) || areCombined(plan, b, a);
  const link = (table: PlanTable, other: Uuid) => ({
    ...table,
    combines_with: apart
      ? table.combines_with.filter((id) => id !== other)
      : [...table.combines_with.filter((id) => id !== other), other],
  });
  return {
    ...plan,
    tables: plan.tables.map((table) =>
      table.id === a ? link(table, b) : table.id === b ? link(table, a) : table,
    ),
  };
}

/** Each pair of tables that can be pushed together, once. */
export function combinedPairs(plan: Plan, area: Uuid): [PlanTable, PlanTable][] {
  const tables = tablesIn(plan, area);
  return tables.flatMap((table, index) =>
    tables
      .slice(index + 1)
      .filter((other) => linked(table, other.id) || linked(other, table.id))
      .map((other): [PlanTable, PlanTable] => [table, other]),
  );
}

// ---- sections

export const sectionOf = (plan: Plan, table: Uuid) =>
  sectionsOf(plan).find((section) => section.tables.includes(table));

/** Gives a table to a section, or takes it back when it is its own already. A table is in one section at most. */
export function painted(plan: Plan, section: Uuid, table: Uuid): Plan {
  return {
    ...plan,
    sections: plan.sections.map((one) => {
      const has = one.tables.includes(table);
      if (one.id === section)
        return {
          ...one,
          tables: has ? one.tables.filter((id) => id !== table) : [...one.tables, table],
        };
      return has ? { ...one, tables: one.tables.filter((id) => id !== table) } : one;
    }),
  };
}

export const withSection = (plan: Plan, id: Uuid, change: Partial<PlanSection>): Plan => ({
  ...plan,
  sections: plan.sections.map((section) =>
    section.id === id ? { ...section, ...change } : section,
  ),
});

export function withNewSection(
  plan: Plan,
  section: Pick<PlanSection, 'id' | 'name' | 'color'>,
): Plan {
  const sort = Math.max(-1, ...plan.sections.map((one) => one.sort)) + 1;
  return {
    ...plan,
    sections: [...plan.sections, { ...section, sort, tables: [], server: null, archived: false }],
  };
}

// ---- areas

export const withArea = (plan: Plan, id: Uuid, change: Partial<PlanArea>): Plan => ({
  ...plan,
  areas: plan.areas.map((area) => (area.id === id ? { ...area, ...change } : area)),
});

/** A room as wide as a screen. */
const NEW_AREA = { width: 100, height: 60, archived: false };

export function withNewArea(plan: Plan, id: Uuid, name: string): Plan {
  const sort = Math.max(-1, ...plan.areas.map((area) => area.sort)) + 1;
  return { ...plan, areas: [...plan.areas, { id, name, sort, ...NEW_AREA }] };
}

/** Moves an area one place towards the front or the back; all get their place anew. */
export function areaShifted(plan: Plan, id: Uuid, by: -1 | 1): Plan {
  const order = areasOf(plan).map((area) => area.id);
  const from = order.indexOf(id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= order.length) return plan;
  [order[from], order[to]] = [order[to]!, order[from]!];
  return {
    ...plan,
    areas: plan.areas.map((area) =>
      area.archived ? area : keeping(area, { sort: order.indexOf(area.id) }),
    ),
  };
}

/** Takes an area away with all that stands in it. */
export function withoutArea(plan: Plan, id: Uuid): Plan {
  const cleared = withoutPieces(plan, new Set(piecesIn(plan, id).map((piece) => piece.id)));
  return withArea(cleared, id, { archived: true });
}
