import { describe, expect, it } from 'vitest';
import type { SectionView, TableView } from '$lib/api/schema';
import { nextFree, placesFor } from './bestFit';

const table = (name: string, seats: number, extra: Partial<TableView> = {}) =>
  ({
    id: name,
    name,
    seats,
    state: 'free',
    checks: [],
    combines_with: [],
    section_id: null,
    ...extra,
  }) as unknown as TableView;
const seated = (name: string, seats: number, covers: number, opened_at: string, section = '') =>
  table(name, seats, {
    state: 'seated',
    section_id: section,
    checks: [{ id: name, covers, opened_at, total_minor: 0, paid_minor: 0, server: {} }],
  } as unknown as Partial<TableView>);
const sections = [{ id: 'in' }, { id: 'out' }] as SectionView[];
const names = (covers: number, tables: TableView[]) =>
  placesFor(covers, tables, sections).map((place) =>
    place.tables.map(({ name }) => name).join('+'),
  );

describe('a place for a party', () => {
  it('is_no_larger_than_needed', () => {
    const tables = [table('1', 8), table('2', 4), table('3', 2), table('4', 2, { state: 'dirty' })];
    expect(names(2, tables)).toEqual(['3', '2', '1']);
    expect(names(5, tables)).toEqual(['1']);
  });

  it('is_with_whoever_serves_fewest_where_tables_fit_alike', () => {
    const tables = [
      table('1', 2, { section_id: 'in' }),
      table('2', 2, { section_id: 'out' }),
      seated('3', 4, 4, '2025-01-01T19:00:00Z', 'in'),
    ];
    expect(names(2, tables)).toEqual(['2', '1']);
  });

  it('is_where_somebody_serves_and_counts_all_of_their_sections', () => {
    const tables = [
      table('1', 2, { section_id: 'bar' }),
      table('2', 2, { section_id: 'hall' }),
      table('3', 2, { section_id: 'door' }),
      seated('4', 4, 4, '2025-01-01T19:00:00Z', 'garden'),
      seated('5', 4, 2, '2025-01-01T19:00:00Z', 'door'),
    ];
    const rota = [
      { id: 'bar', server_id: null },
      { id: 'hall', server_id: 'amina' },
      { id: 'garden', server_id: 'amina' },
      { id: 'door', server_id: 'luca' },
    ] as SectionView[];
    const best = placesFor(2, tables, rota).map((place) => place.tables[0].name);
    expect(best).toEqual(['3', '2', '1']);
  });

  it('is_two_tables_that_go_together_when_one_is_too_small', () => {
    const tables = [table('1', 4, { combines_with: ['2'] }), table('2', 4), table('3', 4)];
    expect(names(6, tables)).toEqual(['1+2']);
  });

  it('is_the_one_that_is_left_first_when_nothing_is_free', () => {
    const turns = [{ covers_max: 8, minutes: 60 }];
    const tables = [
      seated('1', 2, 2, '2025-01-01T18:00:00Z'),
      seated('2', 4, 3, '2025-01-01T19:30:00Z'),
      seated('3', 4, 3, '2025-01-01T19:00:00Z'),
    ];
    expect(nextFree(4, tables, turns)).toMatchObject({
      table: { name: '3' },
      at: Date.parse('2025-01-01T20:00:00Z'),
    });
    expect(nextFree(9, tables, turns)).toBeNull();
  });
});
