import { describe, expect, it } from 'vitest';
import type { CheckSummary, PrintJobView, TableView, TicketView } from '$lib/api/schema';
import { JOBS_MAX, mergeChanged, replaceAll, type Picture } from './merge';

const emptyPicture = (): Picture => ({
  tables: new Map(),
  checks: new Map(),
  tickets: new Map(),
  onPass: new Map(),
  items: new Map(),
  jobs: new Map(),
  printers: new Map(),
});

const ticket = (id: string, state: TicketView['state'], progress = 'ready') =>
  ({ id, state, kind: 'fire', lines: [{ voided: false, progress }] }) as TicketView;
const check = (id: string, state: CheckSummary['state']) => ({ id, state }) as CheckSummary;

const job = (n: number, state: PrintJobView['state']) =>
  ({ id: `j${n}`, state, created_at: new Date(n * 1000).toISOString() }) as PrintJobView;

describe('merge', () => {
  it('papers_that_came_out_well_leave_in_a_long_evening_and_the_others_stay', () => {
    const picture = emptyPicture();
    mergeChanged(picture, { print_jobs: [job(0, 'indeterminate')] });
    for (let n = 1; n <= 3 * JOBS_MAX; n += 1)
      mergeChanged(picture, { print_jobs: [job(n, 'confirmed')] });
    expect(picture.jobs.size).toBe(JOBS_MAX);
    expect(picture.jobs.has('j0')).toBe(true);
    expect(picture.jobs.has(`j${3 * JOBS_MAX}`)).toBe(true);
    expect(picture.jobs.has('j1')).toBe(false);
  });

  it('a_changed_object_takes_the_place_of_the_old_one', () => {
    const picture = emptyPicture();
    picture.tables.set('t', { id: 't', state: 'free' } as TableView);
    mergeChanged(picture, { tables: [{ id: 't', state: 'seated' } as TableView] });
    expect(picture.tables.get('t')!.state).toBe('seated');
  });

  it('a_bumped_ticket_leaves_and_a_recalled_one_comes_back', () => {
    const picture = emptyPicture();
    mergeChanged(picture, { tickets: [ticket('a', 'open')] });
    mergeChanged(picture, { tickets: [ticket('a', 'bumped')] });
    expect(picture.tickets.size).toBe(0);
    mergeChanged(picture, { tickets: [ticket('a', 'open')] });
    expect(picture.tickets.size).toBe(1);
  });

  it('a_bumped_ticket_stands_on_the_pass_until_it_is_served', () => {
    const picture = emptyPicture();
    mergeChanged(picture, { tickets: [ticket('a', 'bumped')] });
    expect(picture.onPass.size).toBe(1);
    mergeChanged(picture, { tickets: [ticket('a', 'bumped', 'served')] });
    expect(picture.onPass.size).toBe(0);
  });

  it('a_closed_or_merged_check_leaves', () => {
    const picture = emptyPicture();
    mergeChanged(picture, { checks: [check('a', 'open'), check('b', 'open')] });
    mergeChanged(picture, { checks: [check('a', 'closed'), check('b', 'merged')] });
    expect(picture.checks.size).toBe(0);
  });

  it('merging_the_same_change_twice_changes_nothing', () => {
    const picture = emptyPicture();
    const changed = { tickets: [ticket('a', 'open')], checks: [check('c', 'open')] };
    mergeChanged(picture, changed);
    const once = structuredClone(picture);
    mergeChanged(picture, changed);
    expect(picture).toEqual(once);
  });

  it('a_fetch_of_everything_drops_what_is_gone', () => {
    const map = new Map([['old', ticket('old', 'open')]]);
    replaceAll(map, [ticket('new', 'open')]);
    expect([...map.keys()]).toEqual(['new']);
  });
});
