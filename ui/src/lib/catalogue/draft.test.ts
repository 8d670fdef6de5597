import { beforeEach, describe, expect, it } from 'vitest';
import type { Draft } from './draft.svelte';
import { catalogue, FakeHub, item } from './fakeHub';

describe('draft', () => {
  let hub: FakeHub;
  let draft: Draft;
  const price = (id: string) => draft.get('item', id)?.price;

  beforeEach(async () => {
    hub = new FakeHub();
    draft = hub.draft();
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
    hub.now = 10_000;
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
    draft = hub.draft();
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

  it('one_field_changed_by_two_people_is_theirs_or_mine_as_the_editor_says', async () => {
    draft.set('item', 'spritz', { price: 800 });
    hub.view = catalogue(item('spritz', { price: 900 }), item('negroni'));
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
    hub.view = catalogue(item('spritz', { archived: true }), item('negroni'));
    await draft.refresh();
    expect(draft.orphans.map((edit) => edit.id)).toEqual(['spritz']);
    expect(draft.changes).toEqual([]);
    expect(draft.get('item', 'spritz')).toBeUndefined();
  });

  it('what_was_made_and_archived_again_was_never_there', () => {
    draft.add('item', item('bellini'));
    draft.archive('item', 'bellini');
    expect(draft.changes).toEqual([]);
  });

  it('another_tab_of_the_same_person_shares_the_draft', async () => {
    const tab = hub.draft();
    await tab.open('anna');
    draft.set('item', 'negroni', { price: 900 });
    tab.shelfChanged('maitred.draft.marco', null);
    expect(tab.get('item', 'negroni')?.price).toBe(700);
    const [name, text] = Object.entries(hub.shelf.held)[0]!;
    tab.shelfChanged(name, text);
    expect(tab.get('item', 'negroni')?.price).toBe(900);
  });
});
