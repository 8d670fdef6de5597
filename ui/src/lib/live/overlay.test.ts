import { describe, expect, it } from 'vitest';
import type {
  CheckSummary,
  CheckView,
  ItemView,
  Role,
  TableView,
  TenderView,
} from '$lib/api/schema';
import { checksWith, tablesWith, type Held } from './overlay';
import { dueOf, refundableMinor, totalOf } from './sums';
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
const summary = {
  id: 'c',
  number: '7',
  state: 'open',
  table_id: 't',
  total_minor: 900,
} as CheckSummary;
const view = { ...summary, lines: [{ id: 'l0', progress: 'new', course: 1 }] } as CheckView;
const table = { id: 't', name: 'T4', state: 'free', checks: [] } as unknown as TableView;

const held = (views: CheckView[] = [], checks: CheckSummary[] = []): Held => ({
  venue: null,
  items: new Map([['pizza', item('pizza', 900)]]),
  tables: new Map([['t', table]]),
  sections: [
    { id: 's', name: 'Window', color: '', tables: ['t'], server_id: 'luca', server: 'Luca' },
  ],
  checks: new Map(checks.map((one) => [one.id, one])),
  views: new Map(views.map((one) => [one.id, one])),
  state: () => 'waiting',
});

const waiting = (path: string, body: unknown = {}, makes: string[] = [], role: Role = 'waiter') =>
  ({ path, body, makes, by: 'Anna', staff: 'anna', role, since: 0 }) as unknown as Waiting;
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

  it('an_open_item_that_waits_is_what_was_said_of_it', () => {
    const open = { name: 'Turbot', price_minor: 4400 };
    const line = { item_id: 'pizza', quantity: 2, course: 1, modifiers: ['extra'], note: '', open };
    const said = waiting('/checks/c/lines', { lines: [line] }, ['l1']);
    const check = checksWith([said], held([view], [summary])).get('c')!;
    expect(check.lines[1]).toMatchObject({
      name: 'Turbot',
      open: true,
      unit_price_minor: 4550,
      total_minor: 9100,
    });
  });

  it('a_tip_that_waits_is_shown_and_says_so', () => {
    const tender = { id: 'p', amount_minor: 900, tip_minor: 0 } as TenderView;
    const commands = [waiting('/checks/c/tenders/p/tip', { tip_minor: 150 })];
    const check = checksWith(commands, held([{ ...view, tenders: [tender] }])).get('c')!;
    expect(check.tenders[0]).toMatchObject({ tip_minor: 150, unsent_tip: true });
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

  it('a_check_opened_without_the_hub_is_served_by_whom_the_hub_will_name', () => {
    const serverOf = (role: Role, table_id: string | null) =>
      checksWith([waiting('/checks', { table_id, covers: 2 }, ['n'], role)], held()).get('n')!
        .server.name;
    expect(serverOf('waiter', 't')).toBe('Anna');
    expect(serverOf('host', 't')).toBe('Luca');
    expect(serverOf('manager', 't')).toBe('Luca');
    expect(serverOf('host', null)).toBe('Anna');
  });

  it('a_check_whose_lines_were_never_seen_says_that_it_is_not_whole', () => {
    const check = checksWith([order(['l1'])], held([], [summary])).get('c')!;
    expect(check.partial).toBe(true);
    expect(check.lines).toHaveLength(1);
  });

  it('a_line_struck_here_costs_nothing_any_more', () => {
    const known = { ...view, lines: [{ ...view.lines[0]!, total_minor: 900 }] } as CheckView;
    const commands = [waiting('/checks/c/lines/l0/void', { reason: 'Mistake' })];
    const check = checksWith(commands, held([known], [summary])).get('c')!;
    expect(check.unsent_minor).toBe(-900);
    expect(totalOf(check)).toBe(0);
  });

  it('what_was_added_here_is_in_what_its_table_has_spent', () => {
    const seated = { ...table, state: 'seated', checks: [summary] } as TableView;
    const at = { ...held([view], [summary]), tables: new Map([['t', seated]]) };
    const shown = tablesWith([order(['l1'])], checksWith([order(['l1'])], at), at).get('t')!;
    expect(shown.checks).toHaveLength(1);
    expect(totalOf(shown.checks[0]!)).toBe(900 + 2100);
  });

  it('a_party_that_was_moved_here_sits_at_its_new_table_only', () => {
    const seated = { ...table, state: 'seated', checks: [summary] } as TableView;
    const other = { ...table, id: 'u', name: 'T5' } as TableView;
    const at = {
      ...held([view], [summary]),
      tables: new Map([
        ['t', seated],
        ['u', other],
      ]),
    };
    const commands = [waiting('/checks/c/transfer', { table_id: 'u' })];
    const shown = tablesWith(commands, checksWith(commands, at), at);
    expect(shown.get('t')!.checks).toHaveLength(0);
    expect(shown.get('u')!.checks.map((check) => check.table_name)).toEqual(['T5']);
  });

  describe('a check that was closed here', () => {
    const seated = { ...table, state: 'seated', checks: [summary] } as TableView;
    const at = { ...held([view], [summary]), tables: new Map([['t', seated]]) };
    const close = waiting('/checks/c/close');
    const tableAfter = (commands: Waiting[]) =>
      tablesWith(commands, checksWith(commands, at), at).get('t')!;

    it('leaves_its_table_to_be_cleaned', () => {
      expect(checksWith([close], at).get('c')!.state).toBe('closed');
      expect(tableAfter([close])).toMatchObject({ state: 'dirty', checks: [] });
    });

    it('leaves_it_as_somebody_marked_it', () => {
      const marked = waiting('/tables/t/state', { state: 'free' });
      expect(tableAfter([close, marked]).state).toBe('free');
    });

    it('sits_there_again_when_it_is_reopened', () => {
      expect(tableAfter([close, waiting('/checks/c/reopen')]).state).toBe('seated');
    });
  });

  it('what_was_given_back_here_cannot_be_given_back_again', () => {
    const tender = { id: 'p', amount_minor: 900, refunded_minor: 100 } as TenderView;
    const known = { ...view, tenders: [tender], due_minor: 0 } as CheckView;
    const commands = [waiting('/checks/c/tenders/p/refund', { amount_minor: 300 })];
    const check = checksWith(commands, held([known], [summary])).get('c')!;
    expect(refundableMinor(check.tenders[0]!)).toBe(500);
    expect(dueOf(check)).toBe(300);
  });

  describe('a payment that waits', () => {
    const due = {
      ...view,
      due_minor: 900,
      paid_minor: 0,
      tenders: [],
      shares: [{ id: 's', label: '1/2', due_minor: 450 }],
    } as unknown as CheckView;
    const pay = (body: object) => waiting('/checks/c/tenders', body);

    it('is_on_the_check_beside_the_hubs_own_amounts', () => {
      const commands = [order(['l1']), pay({ kind: 'cash', amount_minor: 5000, tip_minor: 100 })];
      const check = checksWith(commands, held([due], [summary])).get('c')!;
      expect(check).toMatchObject({ due_minor: 900, paid_minor: 0, unsent_paid_minor: 3000 });
      expect(dueOf(check)).toBe(0);
      expect(check.tenders[0]).toMatchObject({ change_minor: 1900, unsent: 'waiting' });
    });

    it('takes_its_share_off_what_is_left_of_it', () => {
      const commands = [pay({ kind: 'card', amount_minor: 450, share_id: 's' })];
      const check = checksWith(commands, held([due], [summary])).get('c')!;
      expect(check.shares[0]!.due_minor).toBe(0);
      expect(dueOf(check)).toBe(450);
    });

    it('is_not_shown_while_the_hub_is_about_to_answer', () => {
      const saving = { ...held([due], [summary]), state: () => 'saving' as const };
      const check = checksWith([pay({ kind: 'cash', amount_minor: 900 })], saving).get('c')!;
      expect(check.tenders).toHaveLength(0);
      expect(dueOf(check)).toBe(900);
    });
  });
});
