import { beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '$lib/api/problem';
import type { Change, Finding } from './change';
import { Draft } from './draft.svelte';
import type { CatalogueView, Item } from './entities';

const item = (id: string, fields: Partial<Item> = {}): Item => ({
  id,
  name: id,
  names: {},
  description: '',
  category: 'drinks',
  price: 700,
  price_schedules: [],
  tax: 'vat',
  station: null,
  course: 1,
  prep_secs: 60,
  allergens: [],
  modifier_groups: [],
  sort: 0,
  favourite: false,
  archived: false,
  ...fields,
});

const catalogue = (...items: Item[]): CatalogueView => ({
  venue: { name: 'Aurora', languages: ['it'], courses: [], catch_all_station: null },
  taxes: [],
  categories: [{ id: 'drinks', name: 'Drinks', color: '', sort: 0 }],
  modifier_groups: [],
  stations: [],
  items,
  areas: [],
  printers: [],
  staff: [],
});

class FakeShelf {
  held: Record<string, string> = {};
  getItem = (name: string) => this.held[name] ?? null;
  setItem = (name: string, text: string) => void (this.held[name] = text);
  removeItem = (name: string) => void delete this.held[name];
}

const settled = () => new Promise((done) => setTimeout(done, 1));

describe('draft', () => {
  let view: CatalogueView;
  let shelf: FakeShelf;
  let now: number;
  let waiting: (() => void)[];
  let sent: Change[][];
  let findings: Finding[];
  let refuse: Problem | null;
  let draft: Draft;

  const fresh = () =>
    new Draft({
      load: async () => view,
      check: async () => findings,
      publish: async (changes) => {
        if (refuse) throw refuse;
        sent.push(changes);
        for (const { id, entity } of changes) {
          const others = view.items.filter((one) => one.id !== id);
          view = { ...view, items: entity ? [...others, entity as unknown as Item] : others };
        }
      },
      shelf,
      now: () => now,
      later: (_ms, task) => {
        waiting.push(task);
        return () => (waiting = waiting.filter((one) => one !== task));
      },
    });
  const price = (id: string) => draft.get('item', id)?.price;

  beforeEach(async () => {
    view = catalogue(item('spritz'), item('negroni'));
    shelf = new FakeShelf();
    now = 0;
    waiting = [];
    sent = [];
    findings = [];
    refuse = null;
    draft = fresh();
    await draft.open('anna');
  });

  it('an_edit_put_back_by_hand_is_no_change', () => {
    draft.set('item', 'spritz', { price: 800 });
    expect(draft.changes).toHaveLength(1);
    draft.set('item', 'spritz', { price: 700 });
    expect(draft.changes).toEqual([]);
  });

  it('undo_and_redo_go_step_by_step', () => {
    draft.set('item', 'spritz', { price: 800 });
    draft.archive('item', 'negroni');
    draft.undo();
    expect(draft.get('item', 'negroni')).toBeDefined();
    draft.undo();
    expect(price('spritz')).toBe(700);
    draft.redo();
    draft.redo();
    expect([price('spritz'), draft.get('item', 'negroni')]).toEqual([800, undefined]);
    expect(draft.canRedo).toBe(false);
  });

  it('typing_in_one_field_is_one_step', () => {
    for (const name of ['S', 'Sp', 'Spr']) draft.set('item', 'spritz', { name });
    now = 10_000;
    draft.set('item', 'spritz', { name: 'Spritz' });
    draft.undo();
    expect(draft.get('item', 'spritz')?.name).toBe('Spr');
    draft.undo();
    expect(draft.get('item', 'spritz')?.name).toBe('spritz');
  });

  it('a_new_order_of_many_is_one_step', () => {
    draft.setAll('item', [
      { id: 'spritz', fields: { sort: 1 } },
      { id: 'negroni', fields: { sort: 2 } },
    ]);
    expect(draft.changes).toHaveLength(2);
    draft.undo();
    expect(draft.changes).toEqual([]);
  });

  it('a_draft_survives_a_reload_and_belongs_to_one_person', async () => {
    draft.set('item', 'spritz', { price: 800 });
    draft = fresh();
    await draft.open('anna');
    expect(price('spritz')).toBe(800);
    await draft.open('marco');
    expect(price('spritz')).toBe(700);
  });

  it('a_draft_too_large_to_keep_says_so', () => {
    draft.set('item', 'spritz', { description: 'x'.repeat(1_000_001) });
    expect(draft.isKept).toBe(false);
    draft.undo();
    expect(draft.isKept).toBe(true);
  });

  it('what_others_publish_shows_through_field_by_field', async () => {
    draft.set('item', 'spritz', { price: 800 });
    view = catalogue(item('spritz', { name: 'Spritz Veneziano' }), item('negroni'));
    await draft.refresh();
    expect(draft.get('item', 'spritz')).toMatchObject({ name: 'Spritz Veneziano', price: 800 });
    expect(draft.collisions).toEqual([]);
    expect(draft.news).toEqual([
      { kind: 'item', id: 'spritz', name: 'Spritz Veneziano', fields: ['name'] },
    ]);
  });

  it('one_field_changed_by_two_people_is_theirs_or_mine_as_the_editor_says', async () => {
    draft.set('item', 'spritz', { price: 800 });
    view = catalogue(item('spritz', { price: 900 }), item('negroni'));
    await draft.refresh();
    expect(draft.collisions).toEqual([
      { kind: 'item', id: 'spritz', field: 'price', mine: 800, theirs: 900 },
    ]);
    draft.resolve('item', 'spritz', 'price', 'mine');
    expect([price('spritz'), draft.collisions.length]).toEqual([800, 0]);
    draft.undo();
    draft.resolve('item', 'spritz', 'price', 'theirs');
    expect([price('spritz'), draft.changes.length]).toEqual([900, 0]);
  });

  it('an_edit_of_what_others_archived_is_told_and_never_sent', async () => {
    draft.set('item', 'spritz', { price: 800 });
    view = catalogue(item('negroni'));
    await draft.refresh();
    expect(draft.orphans.map((edit) => edit.id)).toEqual(['spritz']);
    expect(draft.changes).toEqual([]);
    expect(draft.get('item', 'spritz')).toBeUndefined();
  });

  it('publishing_sends_one_change_set_with_what_the_editor_saw', async () => {
    draft.set('item', 'spritz', { price: 800 });
    draft.add('item', item('bellini'));
    draft.archive('item', 'negroni');
    expect(await draft.publish()).toBe(true);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toEqual([
      { kind: 'item', id: 'spritz', entity: item('spritz', { price: 800 }), base: item('spritz') },
      { kind: 'item', id: 'bellini', entity: item('bellini') },
      { kind: 'item', id: 'negroni', entity: null, base: item('negroni') },
    ]);
    expect([draft.changes.length, draft.canUndo, draft.news.length]).toEqual([0, false, 0]);
    expect(shelf.held).toEqual({});
  });

  it('what_was_made_and_archived_again_was_never_there', () => {
    draft.add('item', item('bellini'));
    draft.archive('item', 'bellini');
    expect(draft.changes).toEqual([]);
  });

  it('a_part_can_be_published_and_the_rest_stays', async () => {
    draft.set('item', 'spritz', { price: 800 });
    draft.set('item', 'negroni', { price: 900 });
    await draft.publish((change) => change.id === 'negroni');
    expect(draft.changes.map((change) => change.id)).toEqual(['spritz']);
  });

  it('a_refused_change_set_stays_and_says_where', async () => {
    draft.set('item', 'spritz', { name: '' });
    const error = {
      index: 0,
      kind: 'item',
      id: 'spritz',
      field: 'name',
      code: 'empty',
      detail: '',
    };
    refuse = new Problem(422, 'no', '', 'invalid', { errors: [error] });
    expect(await draft.publish()).toBe(false);
    expect(draft.findingsOf('item', 'spritz', 'name')).toMatchObject([{ code: 'empty' }]);
    expect(draft.changes).toHaveLength(1);
  });

  it('an_answer_to_an_older_check_is_not_believed', async () => {
    findings = [
      { severity: 'error', code: 'empty', kind: 'item', id: 'spritz', field: 'name', detail: '' },
    ];
    draft.set('item', 'spritz', { name: '' });
    const [older] = waiting;
    older!();
    draft.set('item', 'spritz', { name: 'Spritz!' });
    await settled();
    expect([draft.findings, draft.checkState]).toEqual([[], 'checking']);
    findings = [];
    waiting.at(-1)!();
    await settled();
    expect(draft.checkState).toBe('checked');
  });

  it('another_tab_of_the_same_person_shares_the_draft', async () => {
    const tab = fresh();
    await tab.open('anna');
    draft.set('item', 'negroni', { price: 900 });
    tab.shelfChanged('maitred.draft.marco', null);
    expect(tab.get('item', 'negroni')?.price).toBe(700);
    const [name, text] = Object.entries(shelf.held)[0]!;
    tab.shelfChanged(name, text);
    expect(tab.get('item', 'negroni')?.price).toBe(900);
  });
});
