import { describe, expect, it } from 'vitest';
import type { CheckView, LineView, TenderView } from '$lib/api/schema';
import '$lib/i18n/service';
import { receiptForQr, receiptMail, receiptText } from './receipt';

const line = (
  name: string,
  quantity: number,
  total_minor: number,
  moved_to: string | null = null,
) => ({ name, quantity, total_minor, void: null, moved_to }) as LineView;

const check = (...lines: LineView[]) =>
  ({
    number: '12',
    opened_at: '2026-11-21T18:00:00Z',
    closed_at: null,
    lines,
    discount_minor: 0,
    service_minor: 0,
    tips_minor: 270,
    total_minor: 1730,
    taxes: [{ name: 'IVA 10%', rate_basis_points: 1000, net_minor: 1573, tax_minor: 157 }],
    tenders: [{ kind: 'cash', tendered_minor: 2000, change_minor: 0 } as TenderView],
  }) as unknown as CheckView;

describe('a receipt', () => {
  it('says_what_was_ordered_what_it_costs_and_how_it_was_paid', () => {
    const text = receiptText(check(line('Diavola', 1, 1050), line('Gone', 1, 0, 'elsewhere')));
    expect(text).toContain('1 × Diavola  €10.50');
    expect(text).not.toContain('Gone');
    expect(text).toContain('Total  €17.30\nIVA 10%  €1.57');
    expect(text).toContain('Cash  €20.00');
  });

  it('of_a_long_evening_is_told_to_a_camera_by_its_sums', () => {
    const long = check(...Array.from({ length: 60 }, (_, n) => line(`Pizza number ${n}`, 1, 100)));
    expect(receiptForQr(long)).not.toContain('Pizza');
    expect(receiptForQr(long)).toContain('€17.30');
  });

  it('in_a_mail_survives_every_sign_of_a_name', () => {
    const link = new URL(receiptMail(check(line('Mac & cheese? 100%', 1, 500))));
    expect(link.searchParams.get('body')).toContain('Mac & cheese? 100%');
  });
});
