import type { CheckView, Instant, TenderView, Uuid } from '$lib/api/schema';
import type { NewTender } from './commands';
import { dueOf } from './sums';
import type { Waiting } from './unsent.svelte';

/** When a command was made, by this device's clock. */
export const at = ({ since }: Waiting): Instant => new Date(since).toISOString();

/**
 * What was done about money and waits for the hub is on the check, so that nobody does it twice. What is only just on
 * its way is not: in a moment the hub itself says how it came out.
 */
export function settled(check: CheckView, command: Waiting, verb = ''): CheckView {
  if (verb === 'tenders') return paid(check, command);
  if (verb === 'reopen') return { ...check, state: 'open', closed_at: null };
  if (verb === 'close') return { ...check, state: 'closed', closed_at: at(command) };
  const [, tender, act] = /^tenders\/([^/]+)\/(refund|tip)$/.exec(verb) ?? [];
  if (!tender) return check;
  return act === 'tip' ? tipped(check, command, tender) : refunded(check, command, tender);
}

function tipped(check: CheckView, { body }: Waiting, id: Uuid): CheckView {
  const { tip_minor } = body as { tip_minor: number };
  const tenders = check.tenders.map((tender) =>
    tender.id === id ? { ...tender, tip_minor, unsent_tip: true } : tender,
  );
  return { ...check, tenders };
}

function refunded(check: CheckView, { body }: Waiting, id: Uuid): CheckView {
  const { amount_minor } = body as { amount_minor: number };
  const tenders = check.tenders.map((tender) => {
    const unsent_refund_minor = (tender.unsent_refund_minor ?? 0) + amount_minor;
    return tender.id === id ? { ...tender, unsent_refund_minor } : tender;
  });
  return {
    ...check,
    tenders,
    unsent_paid_minor: (check.unsent_paid_minor ?? 0) - amount_minor,
  };
}

function paid(check: CheckView, command: Waiting): CheckView {
  const tender = taken(command, dueOf(check));
  const shares = check.shares.map((share) =>
    share.id === tender.share_id
      ? { ...share, due_minor: share.due_minor - tender.amount_minor }
      : share,
  );
  const unsent_paid_minor = (check.unsent_paid_minor ?? 0) + tender.amount_minor;
  return { ...check, tenders: [...check.tenders, tender], shares, unsent_paid_minor };
}

function taken(command: Waiting, dueMinor: number): TenderView {
  const tender = command.body as NewTender;
  const tip_minor = tender.tip_minor ?? 0;
  const amount_minor = Math.min(tender.amount_minor, Math.max(0, dueMinor));
  return {
    id: command.key,
    kind: tender.kind,
    amount_minor,
    tendered_minor: tender.amount_minor,
    change_minor: tender.kind === 'cash' ? tender.amount_minor - amount_minor - tip_minor : 0,
    tip_minor,
    refunded_minor: 0,
    share_id: tender.share_id ?? null,
    reference: tender.reference ?? '',
    by: command.by,
    at: at(command),
    unsent: 'waiting',
  };
}
