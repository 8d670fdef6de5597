import { beforeEach, describe, expect, it, vi } from 'vitest';
import { NotApproved } from '$lib/api/problem';
import { Device, lost, never, no, ok, problem, settled, type Answer } from './fakeDevice';

const follower = { start: () => {}, take: () => {} };

describe('outbox', () => {
  let device: Device;

  beforeEach(() => {
    device = new Device();
  });

  it('a_command_is_on_the_shelf_before_a_screen_shows_it', async () => {
    const { outbox, list } = await device.tab([never]);
    const shelf = device.shelf.add.bind(device.shelf);
    let release = () => {};
    device.shelf.add = async (command) => {
      await new Promise<void>((done) => (release = done));
      return shelf(command);
    };
    void outbox.post('/checks/1/fire');
    await settled();
    expect(list.commands).toEqual([]);
    release();
    await settled();
    expect(list.commands).toHaveLength(1);
    expect(await device.shelf.all()).toHaveLength(1);
  });

  it('a_lost_answer_is_asked_for_again_under_the_same_key', async () => {
    const { outbox, sent, slept } = await device.tab([lost, lost, ok]);
    await expect(outbox.post('/checks/1/fire')).resolves.toBe('done');
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map((request) => request.key)).size).toBe(1);
    expect(slept).toEqual([300, 600]);
    expect(await device.shelf.all()).toEqual([]);
  });

  it('storage_that_fails_is_not_tried_again_at_once', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { outbox, sent, slept } = await device.tab([ok, ok]);
    const remove = device.shelf.remove.bind(device.shelf);
    let failures = 1;
    device.shelf.remove = async (n) => {
      if (failures-- > 0) throw new Error('the disk is full');
      return remove(n);
    };
    await expect(outbox.post('/checks/1/fire')).resolves.toBe('done');
    expect(slept).toEqual([5000]);
    expect(new Set(sent.map((request) => request.key)).size).toBe(1);
    expect(said).toHaveBeenCalledOnce();
    said.mockRestore();
  });

  it('two_actions_have_two_keys', async () => {
    const { outbox, sent } = await device.tab([ok, ok]);
    await outbox.post('/checks/1/fire');
    await outbox.post('/checks/1/fire');
    expect(sent[0]!.key).not.toBe(sent[1]!.key);
  });

  it('a_hub_that_cannot_say_now_is_asked_again', async () => {
    const { outbox, sent } = await device.tab([no(503, 'stopping'), no(429, 'busy'), ok]);
    await expect(outbox.post('/checks/1/fire')).resolves.toBe('done');
    expect(sent).toHaveLength(3);
  });

  it('what_waits_is_told_until_it_is_answered', async () => {
    let release = () => {};
    const held = new Promise<void>((done) => (release = done));
    const { outbox, list } = await device.tab([lost, () => held]);
    const answer = outbox.post('/checks/1/fire');
    await settled();
    expect(list.late(0)).toHaveLength(1);
    release();
    await answer;
    expect(list.late(0)).toHaveLength(0);
  });

  it('a_fire_never_overtakes_the_lines_of_its_check', async () => {
    const { outbox, sent } = await device.tab([lost, ok, ok]);
    const lines = outbox.post('/checks/1/lines', { lines: [] });
    const fire = outbox.post('/checks/1/fire');
    await Promise.all([lines, fire]);
    expect(sent.map((request) => request.path)).toEqual([
      '/checks/1/lines',
      '/checks/1/lines',
      '/checks/1/fire',
    ]);
  });

  it('another_check_does_not_wait_unless_it_is_merged_with_the_one_that_does', async () => {
    const { outbox, sent } = await device.tab([never, ok]);
    void outbox.post('/checks/1/lines', { lines: [] });
    await outbox.post('/checks/2/lines', { lines: [] });
    void outbox.post('/checks/2/merge', { from: '1' });
    await settled();
    expect(sent).toHaveLength(2);
  });

  it('a_reload_sends_what_waited_under_its_old_key_and_in_order', async () => {
    const first = await device.tab([never]);
    void first.outbox.post('/checks/1/lines', { lines: [] });
    void first.outbox.post('/checks/1/fire');
    await settled();
    const second = await device.tab([ok, ok]);
    await settled();
    expect(second.sent[0]).toEqual(first.sent[0]);
    expect(second.sent.map((request) => request.path)).toEqual([
      '/checks/1/lines',
      '/checks/1/fire',
    ]);
    expect(second.arrived).toEqual(['done', 'done']);
    expect(await device.shelf.all()).toEqual([]);
  });

  it('one_tab_sends_and_the_other_hears_the_answer', async () => {
    const sender = await device.tab([ok]);
    const other = await device.tab([], { lead: follower });
    await expect(other.outbox.post('/checks/1/fire')).resolves.toBe('done');
    expect(other.sent).toEqual([]);
    expect(sender.sent).toHaveLength(1);
    expect(other.list.commands).toEqual([]);
  });

  it('lines_follow_a_check_that_was_opened_without_the_hub', async () => {
    const first = await device.tab([never]);
    void first.outbox.post('/checks', { table_id: 't', covers: 2 });
    await settled();
    const id = first.list.commands[0]!.makes[0]!;
    void first.outbox.post(`/checks/${id}/lines`, { lines: [] });
    await settled();
    expect(first.sent).toHaveLength(1);
    const second = await device.tab([() => ({ id, lines: [] }), ok]);
    await settled();
    expect(second.sent[1]!.path).toBe(`/checks/${id}/lines`);
  });

  it('a_hub_that_names_things_otherwise_is_followed_also_after_a_reload', async () => {
    const first = await device.tab([never]);
    void first.outbox.post('/checks', { covers: 2 });
    await settled();
    const id = first.list.commands[0]!.makes[0]!;
    void first.outbox.post(`/checks/${id}/lines`, { lines: [] });
    await settled();
    await device.tab([() => ({ id: 'other', lines: [] }), never]);
    await settled();
    const third = await device.tab([ok]);
    await settled();
    expect(third.sent.map((request) => request.path)).toEqual(['/checks/other/lines']);
  });

  it('what_somebody_must_approve_is_neither_kept_nor_sent_before_they_have', async () => {
    let approve = () => {};
    const approved = () => new Promise<void>((done) => (approve = done));
    const { outbox, sent, list } = await device.tab([ok], { approved });
    const answer = outbox.post('/checks/1/lines/2/comp', { reason: 'late' });
    await settled();
    expect([...sent, ...list.commands, ...(await device.shelf.all())]).toEqual([]);
    approve();
    await expect(answer).resolves.toBe('done');
    expect(sent).toHaveLength(1);
  });

  it('what_nobody_approves_has_not_happened', async () => {
    const approved = () => Promise.reject(new NotApproved());
    const { outbox, sent, list } = await device.tab([ok], { approved });
    await expect(outbox.post('/checks/1/reopen')).rejects.toBeInstanceOf(NotApproved);
    await settled();
    expect([...sent, ...list.commands, ...list.refused, ...(await device.shelf.all())]).toEqual([]);
  });

  describe('when the hub refuses', () => {
    it('the_screen_that_waits_for_it_says_so', async () => {
      const { outbox, sent, list } = await device.tab([no(409, 'amount-due')]);
      await expect(outbox.post('/checks/1/close')).rejects.toMatchObject({ code: 'amount-due' });
      expect(sent).toHaveLength(1);
      expect([...list.commands, ...list.refused]).toEqual([]);
      expect(await device.shelf.all()).toEqual([]);
    });

    it('what_nobody_waits_for_any_more_stays_with_its_reason_until_it_was_seen', async () => {
      const first = await device.tab([never]);
      void first.outbox.post('/checks/1/lines', { lines: [] });
      await settled();
      const second = await device.tab([no(409, 'eighty-sixed')]);
      let told = '';
      second.outbox.onRefused = ({ refused }) => (told = refused!.code);
      await settled();
      expect(told).toBe('eighty-sixed');
      expect(second.list.commands).toEqual([]);
      const third = await device.tab([]);
      await settled();
      expect(third.sent).toEqual([]);
      expect(third.list.refused[0]!.refused).toMatchObject({ detail: 'because' });
      await third.outbox.dismiss(third.list.refused[0]!);
      expect(third.list.refused).toEqual([]);
      expect(await device.shelf.all()).toEqual([]);
    });

    it('whoever_went_on_meanwhile_is_told_by_the_outbox', async () => {
      let release = () => {};
      const held = new Promise<void>((done) => (release = done));
      const refuses: Answer = async () => {
        await held;
        throw problem(409, 'eighty-sixed');
      };
      const { outbox, list } = await device.tab([refuses]);
      let told = '';
      outbox.onRefused = ({ refused }) => (told = refused!.code);
      const [id] = await outbox.post('/checks', {}, (makes) => makes);
      expect(id).toBe(list.commands[0]!.makes[0]);
      release();
      await settled();
      expect(told).toBe('eighty-sixed');
      expect(list.refused).toHaveLength(1);
    });

    it('a_refusal_that_comes_late_stays_although_a_screen_waited', async () => {
      const late: Answer = () => {
        device.now = 60_000;
        throw problem(409, 'eighty-sixed');
      };
      const { outbox, list } = await device.tab([late]);
      await expect(outbox.post('/checks/1/lines', { lines: [] })).rejects.toThrow();
      expect(list.refused).toHaveLength(1);
    });
  });
});
