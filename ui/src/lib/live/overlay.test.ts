import { describe, expect, it } from 'vitest';
import type { CheckSummary, CheckView, ItemView, TableView } from '$lib/api/schema';
import { checksWith, tablesWith, type Held } from './overlay';
import type { Waiting } from './unsent.svelte';

const item = (id: string, price_minor: number) =>
  ({
    id,
    name: id,
    price_minor,
    allergens: ['gluten'],
    station: null,
    modifier_groups: [
      { modifiers: [{ id: 'extra', name: 'Extra', price_minor: 150, allergens: ['nuts'] }] },
    ],
  }) as unknown as ItemView;
const summary = { id: 'c', number: '7', table_id: 't', total_minor: 900 } as CheckSummary;
const view = { ...summary, lines: [{ id: 'l0', progress: 'new', course: 1 }] } as CheckView;
const table = { id: 't', name: 'T4', state: 'free', checks: [] } as unknown as TableView;

const held = (views: CheckView[] = [], checks: CheckSummary[] = []): Held => ({
  venue: null,
  items: new Map([['pizza', item('pizza', 900)]]),
  tables: new Map([['t', table]]),
  checks: new Map(checks.map((one) => [one.id, one])),
  views: new Map(views.map((one) => [one.id, one])),
  state: () => 'waiting',
});

const waiting = (path: string, body: unknown = {}, makes: string[] = []) =>
  ({ path, body, makes, by: 'Anna', staff: 'anna', since: 0 }) as unknown as Waiting;
const order = (makes: string[], path = '/checks/c/lines') =>
  waiting(
    path,
    {
      lines: makes.map(() => ({
        item_id: 'pizza',
        quantity: 2,
        course: 1,
        modifiers: ['extra'],
        note: 'x',
      })),
    },
    makes,
  );

describe('overlay', () => {
  it('a_line_that_waits_is_on_the_check_and_says_so', () => {
    const check = checksWith([order(['l1'])], held([view], [summary])).get('c')!;
    expect(check.lines).toHaveLength(2);
    expect(check.lines[1]).toMatchObject({
      id: 'l1',
      quantity: 2,
      unit_price_minor: 1050,
      total_minor: 2100,
      allergens: ['gluten', 'nuts'],
      unsent: 'waiting',
    });
    expect(check.unsent).toBe('waiting');
  });

  it('the_hubs_amounts_are_never_made_up', () => {
    const check = checksWith([order(['l1'])], held([view], [summary])).get('c')!;
    expect(check.total_minor).toBe(900);
    expect(check.unsent_minor).toBe(2100);
  });

  it('a_line_that_the_hub_already_shows_is_not_there_twice', () => {
    const check = checksWith([order(['l0'])], held([view], [summary])).get('c')!;
    expect(check.lines).toHaveLength(1);
  });

  it('a_fire_that_waits_moves_the_lines_on_and_marks_them', () => {
    const check = checksWith(
      [order(['l1']), waiting('/checks/c/fire')],
      held([view], [summary]),
    ).get('c')!;
    expect(check.lines.map((line) => [line.progress, line.unsent])).toEqual([
      ['fired', 'waiting'],
      ['fired', 'waiting'],
    ]);
    expect(check.unsent_lines).toBe(0);
  });

  it('a_void_that_waits_strikes_the_line', () => {
    const commands = [waiting('/checks/c/lines/l0/void', { reason: 'Mistake' })];
    const check = checksWith(commands, held([view], [summary])).get('c')!;
    expect(check.lines[0]).toMatchObject({
      void: { reason: 'Mistake', by: 'Anna' },
      unsent: 'waiting',
    });
  });

  it('a_check_opened_without_the_hub_stands_on_its_table_with_its_lines', () => {
    const commands = [
      waiting('/checks', { table_id: 't', covers: 2 }, ['n']),
      order(['l1'], '/checks/n/lines'),
    ];
    const checks = checksWith(commands, held());
    expect(checks.get('n')).toMatchObject({ table_name: 'T4', covers: 2, state: 'open' });
    expect(checks.get('n')!.lines).toHaveLength(1);
    expect(checks.get('n')!.partial).toBeUndefined();
    const seated = tablesWith(commands, checks, held()).get('t')!;
    expect(seated.state).toBe('seated');
    expect(seated.checks).toHaveLength(1);
  });

  it('a_check_whose_lines_were_never_seen_says_that_it_is_not_whole', () => {
    const check = checksWith([order(['l1'])], held([], [summary])).get('c')!;
    expect(check.partial).toBe(true);
    expect(check.lines).toHaveLength(1);
  });
});
