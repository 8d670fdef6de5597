import type { Role, Uuid } from '$lib/api/schema';

export interface Category {
  id: Uuid;
  name: string;
  color: string;
  sort: number;
}

/** `from` and `to` are local times, "17:00:00"; `to` not after `from` means past midnight. */
export interface PriceSchedule {
  name: string;
  /** 1 = Monday to 7 = Sunday; empty means every day. */
  weekdays: number[];
  from: string;
  to: string;
  price: number;
}

export interface Item {
  id: Uuid;
  name: string;
  names: Record<string, string>;
  description: string;
  category: Uuid;
  price: number;
  price_schedules: PriceSchedule[];
  tax: Uuid;
  station: Uuid | null;
  course: number;
  prep_secs: number;
  allergens: string[];
  modifier_groups: Uuid[];
  sort: number;
  favourite: boolean;
  archived: boolean;
}

export interface Modifier {
  id: Uuid;
  name: string;
  price: number;
  allergens: string[];
}

export interface ModifierGroup {
  id: Uuid;
  name: string;
  min: number;
  max: number;
  modifiers: Modifier[];
}

export interface Tax {
  id: Uuid;
  name: string;
  basis_points: number;
}

export interface Station {
  id: Uuid;
  slug: string;
  name: string;
  kind: 'prep' | 'expo';
  color: string;
}

export interface Printer {
  id: Uuid;
  name: string;
  address: string;
  role: 'kitchen' | 'receipt';
  stations: Uuid[];
  areas: Uuid[];
  copies: number;
  backup: Uuid | null;
  profile: string;
  archived: boolean;
}

export interface Staff {
  id: Uuid;
  handle: string;
  name: string;
  role: Role;
  has_pin: boolean;
  archived: boolean;
}

export interface Venue {
  name: string;
  languages: string[];
  courses: { number: number; name: string }[];
  catch_all_station: Uuid | null;
}

export interface Area {
  id: Uuid;
  name: string;
  sort: number;
}

/** The kinds this part of the screens edits, with the shape of each. */
export interface Entities {
  venue: Venue;
  tax: Tax;
  category: Category;
  modifier_group: ModifierGroup;
  station: Station;
  item: Item;
  area: Area;
  printer: Printer;
  staff: Staff;
}

export type Kind = keyof Entities;

/** There is one venue, so its id is nil. */
export const VENUE_ID: Uuid = '00000000-0000-0000-0000-000000000000';

/** What the hub answers to `GET /catalogue`, as far as these screens read it. */
export interface CatalogueView {
  venue: Venue;
  taxes: Tax[];
  categories: Category[];
  modifier_groups: ModifierGroup[];
  stations: Station[];
  items: Item[];
  areas: Area[];
  printers: Printer[];
  staff: Staff[];
}
