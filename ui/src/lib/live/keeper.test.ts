import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it } from 'vitest';
import { Keeper, PARTS, type Part } from './keeper';

describe('keeper', () => {
  let picture: Record<string, unknown>;
  let hub = 'one';
  let now = 0;
  let later: (() => void)[] = [];

  const keeper = () =>
    new Keeper({
      read: (part: Part) => picture[part],
      stamp: () => ({ hub, seq: 7, ahead_ms: 5 }),
      now: () => now,
      later: (_ms, task) => later.push(task),
    });

  beforeEach(() => {
    picture = Object.fromEntries(PARTS.map((part) => [part, [part]]));
    hub = 'one';
    now = 1000;
    later = [];
  });

  it('what_was_kept_is_there_after_a_reload_with_its_hub_cursor_and_time', async () => {
    const first = keeper();
    await first.open('manager');
    first.markWhole();
    await first.write();
    const kept = await keeper().open('manager');
    expect(kept!.stamp).toEqual({ hub: 'one', seq: 7, at: 1000, ahead_ms: 5 });
    expect(kept!.parts.tables).toEqual(['tables']);
  });

  it('what_one_role_may_see_is_not_there_for_another', async () => {
    const manager = keeper();
    await manager.open('manager');
    manager.markWhole();
    await manager.write();
    expect(await keeper().open('kitchen')).toBeNull();
  });

  it('a_new_picture_takes_the_place_of_the_old_one_as_a_whole', async () => {
    const first = keeper();
    await first.open('host');
    first.markWhole();
    await first.write();
    hub = 'two';
    picture = Object.fromEntries(PARTS.map((part) => [part, ['new']]));
    const second = keeper();
    await second.open('host');
    second.mark('tables');
    await second.write();
    expect((await keeper().open('host'))!.parts.tables).toEqual(['tables']);
    second.markWhole();
    await second.write();
    const kept = await keeper().open('host');
    expect(kept!.stamp.hub).toBe('two');
    expect(PARTS.every((part) => (kept!.parts[part] as string[])[0] === 'new')).toBe(true);
  });

  it('changes_in_one_second_are_one_write', async () => {
    const one = keeper();
    await one.open('waiter');
    one.markWhole();
    for (let n = 0; n < 100; n += 1) one.mark('tickets');
    expect(later).toHaveLength(1);
  });

  it('a_picture_that_stays_the_same_is_stamped_anew_while_the_hub_is_heard', async () => {
    const one = keeper();
    await one.open('waiter');
    one.markWhole();
    later.splice(0).forEach((task) => task());
    now += 5000;
    one.beat();
    expect(later).toHaveLength(0);
    now += 6000;
    one.beat();
    expect(later).toHaveLength(1);
    await one.write();
    expect((await keeper().open('waiter'))!.stamp.at).toBe(now);
  });

  it('nothing_is_kept_after_the_person_has_gone', async () => {
    const one = keeper();
    await one.open('kitchen');
    one.markWhole();
    one.close();
    await one.write();
    expect(await keeper().open('kitchen')).toBeNull();
  });
});
