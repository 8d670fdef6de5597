import { describe, expect, it } from 'vitest';
import type { Schemas } from '$lib/api/schema';
import { ROOMS, type Dish, menuOf, pastedDishes, roomOfTables } from './starter';

const fresh = () => {
  let next = 0;
  return () => `id-${++next}`;
};

const words = {
  kitchen: 'Kitchen',
  bar: 'Bar',
  pass: 'Pass',
  tax: 'VAT',
  courses: ['Drinks', 'Mains'],
};
const nothing = {
  venue: { courses: [], catch_all_station: null },
  stations: [],
  taxes: [],
  categories: [],
} as unknown as Schemas['CatalogueView'];

const pizza: Dish = { name: 'Pizza', category: 'Food', price: 9.5, drink: false, course: 3 };
const cola: Dish = { name: 'Cola', category: 'Drinks', price: 3, drink: true, course: 1 };

interface Placed {
  name: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

describe('a starter room', () => {
  it.each(ROOMS)('of_%i_tables_fits_and_has_no_overlap', (size) => {
    const tables = roomOfTables(size, { id: null, name: 'Room' }, fresh())
      .filter((change) => change.kind === 'table')
      .map((change) => change.entity as Placed);
    expect(new Set(tables.map((table) => table.name)).size).toBe(size);
    for (const a of tables) {
      expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= 100 && a.y + a.height <= 60).toBe(true);
      for (const b of tables)
        if (a !== b)
          expect(
            a.x + a.width < b.x ||
              b.x + b.width < a.x ||
              a.y + a.height < b.y ||
              b.y + b.height < a.y,
          ).toBe(true);
    }
  });
});

describe('a room that waits for its tables', () => {
  it('gets_them_and_no_other_area_is_made', () => {
    const changes = roomOfTables(10, { id: 'room', name: '' }, fresh());
    expect(new Set(changes.map((change) => change.kind))).toEqual(new Set(['table']));
    expect(changes[0]!.entity).toMatchObject({ area: 'room' });
  });
});

describe('a starter menu', () => {
  const plan = { exponent: 2, taxBasisPoints: 1000, words };

  it('brings_what_it_needs_to_be_sold', () => {
    const changes = menuOf([pizza, cola], nothing, plan, fresh());
    const kinds = changes.map((change) => change.kind);
    expect(kinds.filter((kind) => kind === 'item')).toHaveLength(2);
    expect(kinds.filter((kind) => kind === 'station')).toHaveLength(3);
    const item = changes.find((change) => change.kind === 'item')!.entity;
    expect(item).toMatchObject({ name: 'Pizza', price: 950, course: 2 });
    expect(changes.at(-1)).toMatchObject({
      kind: 'venue',
      entity: { courses: [{ number: 1 }, { number: 2 }] },
    });
  });

  it('uses_what_is_there_already', () => {
    const has = {
      ...nothing,
      taxes: [{ id: 'tax', archived: false }],
      stations: [
        { id: 'k', slug: 'kitchen' },
        { id: 'p', slug: 'pass' },
      ],
      categories: [{ id: 'c', name: 'Food' }],
    } as unknown as Schemas['CatalogueView'];
    const changes = menuOf([pizza], has, plan, fresh());
    expect(changes.map((change) => change.kind)).toEqual(['item', 'venue']);
    expect(changes[0]!.entity).toMatchObject({ tax: 'tax', station: 'k', category: 'c' });
  });

  it('sets_the_rate_of_a_tax_that_has_none', () => {
    const tax = { id: 'tax', name: 'Tax', basis_points: 0, archived: false };
    const has = { ...nothing, taxes: [tax] } as unknown as Schemas['CatalogueView'];
    const changed = menuOf([pizza], has, plan, fresh()).find(({ kind }) => kind === 'tax');
    expect(changed).toEqual({
      kind: 'tax',
      id: 'tax',
      entity: { ...tax, basis_points: 1000 },
      base: tax,
    });
  });

  it('counts_in_the_minor_unit_of_the_currency', () => {
    const price = (exponent: number) =>
      (
        menuOf([pizza], nothing, { ...plan, exponent }, fresh()).find(
          ({ kind }) => kind === 'item',
        )!.entity as { price: number }
      ).price;
    expect([price(0), price(2), price(3)]).toEqual([10, 950, 9500]);
  });
});

describe('a pasted menu', () => {
  it('is_read_however_it_is_written', () => {
    const text =
      'Starters:\nBruschetta, 6,50\nVitello tonnato; 12\n\nPizza\nMargherita\t€ 8.00\n"Quattro, stagioni",11';
    expect(pastedDishes(text, 'Food')).toEqual([
      { name: 'Bruschetta', category: 'Starters', price: 6.5, drink: false, course: 3 },
      { name: 'Vitello tonnato', category: 'Starters', price: 12, drink: false, course: 3 },
      { name: 'Margherita', category: 'Pizza', price: 8, drink: false, course: 3 },
      { name: 'Quattro, stagioni', category: 'Pizza', price: 11, drink: false, course: 3 },
    ]);
  });
});
