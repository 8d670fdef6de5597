import { beforeEach, describe, expect, it } from 'vitest';
import { ANNA, Device, no, lost, ok, settled } from './fakeDevice';

describe('when somebody else signs in', () => {
  let device: Device;

  beforeEach(() => {
    device = new Device();
  });

  const MARCO = { staff: 'marco', name: 'Marco', role: 'waiter', token: 'm1' } as const;

  it('what_waits_goes_out_as_the_person_who_did_it', async () => {
    const { outbox, sent } = await device.tab([lost, ok]);
    const answer = outbox.post('/checks/1/fire');
    outbox.signedIn(MARCO);
    await answer;
    expect(sent.map((request) => request.token)).toEqual(['a1', 'a1']);
  });

  it('what_needs_a_pin_waits_for_that_person', async () => {
    const { outbox, sent, list } = await device.tab([no(401, 'unauthenticated'), ok]);
    const answer = outbox.post('/checks/1/fire');
    await settled();
    outbox.signedIn(MARCO);
    await settled();
    expect(sent).toHaveLength(1);
    expect(list.tried[list.commands[0]!.key]!.needsSignIn).toBe(true);
    outbox.signedIn({ ...ANNA, token: 'a2' });
    await answer;
    expect(sent[1]).toMatchObject({ key: sent[0]!.key, token: 'a2' });
  });

  it('a_token_lives_until_everything_done_under_it_has_arrived', async () => {
    let release = () => {};
    const held = new Promise<void>((done) => (release = done));
    const { outbox, sent } = await device.tab([() => held, ok]);
    void outbox.post('/checks/1/fire');
    outbox.signedOut();
    await settled();
    expect(sent.map((request) => request.path)).toEqual(['/checks/1/fire']);
    release();
    await settled();
    expect(sent[1]).toMatchObject({ path: '/auth/logout', token: 'a1' });
  });
});
