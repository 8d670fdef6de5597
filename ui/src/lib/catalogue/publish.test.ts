import { beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '$lib/api/problem';
import type { Draft } from './draft.svelte';
import { catalogue, FakeHub, finding, item, settled } from './fakeHub';

describe('publishing a draft', () => {
  let hub: FakeHub;
  let draft: Draft;

  beforeEach(async () => {
    hub = new FakeHub();
    draft = hub.draft();
    await draft.open('anna');
  });

  it('what_others_publish_shows_through_field_by_field', async () => {
    draft.set('item', 'spritz', { price: 800 });
    hub.view = catalogue(item('spritz', { name: 'Spritz Veneziano' }), item('negroni'));
    await draft.refresh();
    expect(draft.get('item', 'spritz')).toMatchObject({ name: 'Spritz Veneziano', price: 800 });
    expect(draft.collisions).toEqual([]);
    expect(draft.news).toEqual([
      { kind: 'item', id: 'spritz', name: 'Spritz Veneziano', fields: ['name'] },
    ]);
  });

  it('publishing_sends_one_change_set_with_what_the_editor_saw', async () => {
    draft.set('item', 'spritz', { price: 800 });
    draft.add('item', item('bellini'));
    draft.archive('item', 'negroni');
    expect(await draft.publish()).toBe(true);
    expect(hub.sent).toHaveLength(1);
    expect(hub.sent[0]).toEqual([
      { kind: 'item', id: 'spritz', entity: item('spritz', { price: 800 }), base: item('spritz') },
      { kind: 'item', id: 'bellini', entity: item('bellini') },
      { kind: 'item', id: 'negroni', entity: null, base: item('negroni') },
    ]);
    expect([draft.changes.length, draft.canUndo, draft.news.length]).toEqual([0, false, 0]);
    expect(hub.shelf.held).toEqual({});
  });

  it('what_is_archived_can_be_brought_back', async () => {
    draft.archive('item', 'spritz');
    draft.restore('item', 'spritz');
    expect(draft.changes).toEqual([]);
    draft.archive('item', 'spritz');
    await draft.publish();
    expect(draft.all('item').map(({ id }) => id)).toEqual(['negroni']);
    expect(draft.archived('item').map(({ id }) => id)).toEqual(['spritz']);
    draft.restore('item', 'spritz');
    expect(draft.changes).toMatchObject([{ id: 'spritz', entity: { archived: false } }]);
    expect(draft.orphans).toEqual([]);
  });

  it('a_finding_about_one_entry_of_a_field_is_about_the_field', async () => {
    hub.findings = [finding('spritz', 'price_schedules.1', 'schedule-never')];
    hub.waiting.at(-1)!();
    await settled();
    expect(draft.findingsOf('item', 'spritz', 'price_schedules')).toHaveLength(1);
    expect(draft.findingsOf('item', 'spritz', 'price')).toEqual([]);
  });

  it('a_part_can_be_published_and_the_rest_stays', async () => {
    draft.set('item', 'spritz', { price: 800 });
    draft.set('item', 'negroni', { price: 900 });
    await draft.publish((change) => change.id === 'negroni');
    expect(draft.changes.map((change) => change.id)).toEqual(['spritz']);
  });

  it('a_refused_change_set_stays_and_says_where', async () => {
    draft.set('item', 'spritz', { name: '' });
    const errors = [finding('spritz', 'name', 'name-missing')];
    hub.refusal = new Problem(422, 'no', '', 'invalid-edit', { errors });
    expect(await draft.publish()).toBe(false);
    expect(draft.findingsOf('item', 'spritz', 'name')).toMatchObject([{ code: 'name-missing' }]);
    expect(draft.changes).toHaveLength(1);
  });

  it('an_answer_to_an_older_check_is_not_believed', async () => {
    hub.findings = [finding('spritz', 'name', 'name-missing')];
    draft.set('item', 'spritz', { name: '' });
    const older = hub.waiting.at(-1);
    older!();
    draft.set('item', 'spritz', { name: 'Spritz!' });
    await settled();
    expect([draft.findings, draft.checkState]).toEqual([[], 'checking']);
    hub.findings = [];
    hub.waiting.at(-1)!();
    await settled();
    expect(draft.checkState).toBe('checked');
  });

  it('what_is_done_from_here_is_no_news_even_when_the_hub_tells_of_it_first', async () => {
    await draft.quietly(async () => {
      hub.view = catalogue(item('spritz', { price: 900 }), item('negroni'));
      await draft.refresh();
    });
    expect([draft.news, draft.get('item', 'spritz')?.price]).toEqual([[], 900]);
  });

  it('what_others_change_twice_is_told_once', async () => {
    hub.view = catalogue(item('spritz', { price: 900 }), item('negroni'));
    await draft.refresh();
    hub.view = catalogue(item('spritz', { price: 900, course: 2 }), item('negroni'));
    await draft.refresh();
    expect(draft.news.map(({ fields }) => fields)).toEqual([['course', 'price']]);
  });
});
