import type { Plan, PlanTable } from './plan';

export const box = (x: number, y: number, width = 6, height = 6, rotation = 0) => ({
  x,
  y,
  width,
  height,
  rotation,
});

export const table = (id: string, place: Partial<PlanTable> = {}): PlanTable => ({
  id,
  name: id.toUpperCase(),
  area: 'room',
  seats: 4,
  shape: 'rect',
  combines_with: [],
  archived: false,
  ...box(10, 10),
  ...place,
});

export const room = (...tables: PlanTable[]): Plan => ({
  areas: [{ id: 'room', name: 'Sala', sort: 0, width: 100, height: 60, archived: false }],
  tables,
  decor: [],
  sections: [],
});

export const ids = (...all: string[]) => new Set(all);
export const of = (plan: Plan, id: string) => plan.tables.find((one) => one.id === id)!;
