import type { Schemas, Uuid } from '$lib/api/schema';

/** A table the hub takes: an entity as it shall be. */
export interface Change {
  kind: string;
  id: Uuid;
  entity: object;
  base?: object;
}

type Catalogue = Schemas['CatalogueView'];
type FreshId = () => Uuid;

// ---- tables

export const ROOMS = [10, 20, 40] as const;
export type RoomSize = (typeof ROOMS)[number];

interface Layout {
  columns: number;
  rows: number;
  width: number;
  height: number;
}

/** Rows of tables that fill a room of 100 x 60 and leave a way between them. */
const LAYOUTS: Record<RoomSize, Layout> = {
  10: { columns: 5, rows: 2, width: 11, height: 11 },
  20: { columns: 5, rows: 4, width: 11, height: 8 },
  40: { columns: 8, rows: 5, width: 8, height: 7 },
};

/** An area that waits for its tables, or the name of one that is still to be made. */
export interface Room {
  id: Uuid | null;
  name: string;
}

/** A room of so many tables: those for two round along the top, for four below, the last row for six. */
export function roomOfTables(size: RoomSize, room: Room, freshId: FreshId): Change[] {
  const { columns, rows, width, height } = LAYOUTS[size];
  const area = room.id ?? freshId();
  const tables = Array.from({ length: size }, (_, index): Change => {
    const [column, row] = [index % columns, Math.floor(index / columns)];
    const isFirst = row === 0;
    const isLast = rows > 2 && row === rows - 1;
    const side = Math.min(width, height);
    const table = {
      id: freshId(),
      name: String(index + 1),
      area,
      seats: isFirst ? 2 : isLast ? 6 : 4,
      shape: isFirst ? 'round' : 'rect',
      x: round(((column + 0.5) * 100) / columns - (isFirst ? side : width) / 2),
      y: round(((row + 0.5) * 60) / rows - (isFirst ? side : height) / 2),
      width: isFirst ? side : width,
      height: isFirst ? side : height,
      rotation: 0,
      combines_with: [],
      archived: false,
    };
    return { kind: 'table', id: table.id, entity: table };
  });
  if (room.id) return tables;
  const entity = { id: area, name: room.name, sort: 0, width: 100, height: 60, archived: false };
  return [{ kind: 'area', id: area, entity }, ...tables];
}

const round = (place: number) => Math.round(place * 2) / 2;

// ---- menu

/** Courses as a new venue has them: drinks, starters, mains, desserts. */
export const MAIN = 3;
export const DRINK = 1;

export interface Dish {
  name: string;
  category: string;
  /** In the currency's own unit: 9.5. */
  price: number;
  /** Made at the bar rather than in the kitchen. */
  drink: boolean;
  course: number;
}

export interface MenuWords {
  kitchen: string;
  bar: string;
  pass: string;
  tax: string;
  courses: string[];
}

interface Plan {
  exponent: number;
  taxBasisPoints: number;
  words: MenuWords;
}

const COLORS = ['#0c7285', '#a85703', '#1b7439', '#6744bd', '#b9231a', '#8a3d7c', '#2160c4'];
const PREP_SECS = { food: 600, drink: 120 };

/** What it takes to sell these dishes: their categories and items, and, where there is none yet, tax and stations. */
export function menuOf(dishes: Dish[], has: Catalogue, plan: Plan, freshId: FreshId): Change[] {
  const changes: Change[] = [];
  const make = (kind: string, entity: { id: Uuid }) => {
    changes.push({ kind, id: entity.id, entity });
    return entity.id;
  };
  const station = (slug: string, name: string, color: string, kind: 'prep' | 'expo' = 'prep') =>
    has.stations.find((one) => one.slug === slug)?.id ??
    make('station', { id: freshId(), slug, name, kind, color, archived: false } as { id: Uuid });
  const rate = { basis_points: plan.taxBasisPoints };
  const known = has.taxes.find((one) => !one.archived);
  const tax =
    known?.id ??
    make('tax', { id: freshId(), name: plan.words.tax, ...rate, archived: false } as { id: Uuid });
  if (known?.basis_points === 0 && plan.taxBasisPoints > 0)
    changes.push({ kind: 'tax', id: tax, entity: { ...known, ...rate }, base: known });
  const kitchen = station('kitchen', plan.words.kitchen, '#b9231a');
  const bar = dishes.some((dish) => dish.drink) ? station('bar', plan.words.bar, '#2160c4') : null;
  station('pass', plan.words.pass, '#1b7439', 'expo');
  const categories = new Map(has.categories.map((one) => [one.name, one.id]));
  for (const dish of dishes) {
    if (categories.has(dish.category)) continue;
    const sort = categories.size;
    const color = COLORS[sort % COLORS.length]!;
    const category = {
      id: freshId(),
      name: dish.category,
      names: {},
      color,
      sort,
      archived: false,
    };
    categories.set(dish.category, make('category', category));
  }
  const courses = has.venue.courses.length || plan.words.courses.length;
  dishes.forEach((dish, sort) =>
    make('item', {
      id: freshId(),
      name: dish.name,
      names: {},
      description: '',
      category: categories.get(dish.category)!,
      price: Math.round(dish.price * 10 ** plan.exponent),
      price_schedules: [],
      tax,
      station: dish.drink ? bar : kitchen,
      course: Math.min(dish.course, courses),
      prep_secs: dish.drink ? PREP_SECS.drink : PREP_SECS.food,
      allergens: [],
      modifier_groups: [],
      sort,
      favourite: false,
      open: false,
      archived: false,
    } as { id: Uuid }),
  );
  return [...changes, ...venueChange(has.venue, kitchen, plan.words)];
}

/** Courses, and a station where no food is ever lost, for a venue that has none. */
function venueChange(venue: Catalogue['venue'], kitchen: Uuid, words: MenuWords): Change[] {
  const courses = words.courses.map((name, index) => ({ number: index + 1, name, names: {} }));
  const entity = {
    ...venue,
    courses: venue.courses.length > 0 ? venue.courses : courses,
    catch_all_station: venue.catch_all_station ?? kitchen,
  };
  const VENUE_ID = '00000000-0000-0000-0000-000000000000';
  return [{ kind: 'venue', id: VENUE_ID, entity, base: venue }];
}

/**
 * Dishes as somebody pastes them: a name and a price on each line, with a comma, a semicolon, a tab or a few spaces
 * between. A line without a price names the category of those after it.
 */
export function pastedDishes(text: string, fallback: string): Dish[] {
  let category = fallback;
  const dishes: Dish[] = [];
  for (const line of text.split(/\r?\n/).map((one) => one.trim())) {
    if (line === '') continue;
    const [, name = '', price = ''] =
      /^"?(.+?)"?[\s,;\t]+\D{0,3}(\d+(?:[.,]\d{1,3})?)\D{0,4}$/.exec(line) ?? [];
    if (name)
      dishes.push({
        name,
        category,
        price: Number(price.replace(',', '.')),
        drink: false,
        course: MAIN,
      });
    else category = line.replace(/[:;,]+$/, '');
  }
  return dishes;
}
