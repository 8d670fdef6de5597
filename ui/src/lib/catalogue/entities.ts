import type { CatalogueView, Uuid } from '$lib/api/schema';

type Each<Name extends keyof CatalogueView> = CatalogueView[Name] extends (infer One)[]
  ? One
  : never;

/** The kinds of entity, with the shape of each as it is edited. */
export interface Entities {
  venue: CatalogueView['venue'];
  tax: Each<'taxes'>;
  category: Each<'categories'>;
  modifier_group: Each<'modifier_groups'>;
  station: Each<'stations'>;
  item: Each<'items'>;
  area: Each<'areas'>;
  table: Each<'tables'>;
  decor: Each<'decor'>;
  section: Each<'sections'>;
  printer: Each<'printers'>;
  staff: Each<'staff'>;
}

export type Kind = keyof Entities;

export type Venue = Entities['venue'];
export type Tax = Entities['tax'];
export type Category = Entities['category'];
export type ModifierGroup = Entities['modifier_group'];
export type Modifier = ModifierGroup['modifiers'][number];
export type Station = Entities['station'];
export type Item = Entities['item'];
export type Printer = Entities['printer'];
export type Staff = Entities['staff'];

/** `from` and `to` are local times, "17:00:00"; `to` not after `from` means past midnight. */
export type PriceSchedule = Item['price_schedules'][number];

/** There is one venue, so its id is nil. */
export const VENUE_ID: Uuid = '00000000-0000-0000-0000-000000000000';
