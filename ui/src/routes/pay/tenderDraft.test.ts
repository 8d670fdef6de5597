import { describe, expect, it } from 'vitest';
import type { TenderView } from '$lib/api/schema';
import { TenderDraft, tipDraft } from './tenderDraft.svelte';

describe('a tender being typed', () => {
  it('is_the_exact_amount_until_something_is_typed', () => {
    expect(new TenderDraft(1730).tender()).toEqual({ kind: 'cash', amount_minor: 1730 });
  });

  it('kept_change_is_a_tip_of_what_is_over', () => {
    const draft = new TenderDraft(1730);
    draft.setAmount(2000);
    expect(draft.changeMinor).toBe(270);
    draft.keepsChange = true;
    expect(draft.changeMinor).toBe(0);
    expect(draft.tender()).toEqual({ kind: 'cash', amount_minor: 2000, tip_minor: 270 });
  });

  it('a_short_payment_keeps_no_change', () => {
    const draft = new TenderDraft(1730);
    draft.keepsChange = true;
    draft.setAmount(1000);
    expect(draft.tender()).toEqual({ kind: 'cash', amount_minor: 1000 });
  });

  it('the_tip_of_a_slip_begins_with_what_is_known_of_it', () => {
    const draft = tipDraft({ amount_minor: 1730, tip_minor: 200 } as TenderView);
    expect([draft.tipMinor, draft.amountMinor, draft.typing]).toEqual([200, 1730, 'amount']);
  });

  it('another_kind_begins_anew_and_only_a_card_has_a_typed_tip', () => {
    const draft = new TenderDraft(1730);
    draft.use('card');
    draft.typing = 'tip';
    draft.type(200);
    expect(draft.tender()).toEqual({ kind: 'card', amount_minor: 1730, tip_minor: 200 });
    draft.use('voucher');
    draft.reference = ' A-1 ';
    expect(draft.tender()).toEqual({ kind: 'voucher', amount_minor: 1730, reference: 'A-1' });
  });
});
