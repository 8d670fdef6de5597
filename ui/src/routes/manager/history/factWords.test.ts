import { beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '$lib/api/schema';
import { i18n } from '$lib/i18n/i18n.svelte';
import '$lib/i18n/venue';
import { factWords } from './factWords';

const voided = {
  action: 'line_voided',
  summary: 'voided 1 x Diavola (Guest changed their mind)',
  params: { name: 'Diavola', quantity: 1, reason: 'Guest changed their mind' },
} as unknown as AuditEntry;

describe('what somebody did', () => {
  beforeEach(() => i18n.use('en'));

  it('is what the hub says in english', () => {
    expect(factWords(voided)).toBe('voided 1 x Diavola (Guest changed their mind)');
  });

  it('is named with what it is about in another language', async () => {
    await i18n.use('ar');
    expect(factWords(voided)).toMatch(
      /: \u20681 × Diavola\u2069 · \u2068Guest changed their mind\u2069$/,
    );
  });
});
