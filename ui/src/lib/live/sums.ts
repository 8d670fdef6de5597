import type { CheckSummary, TenderView } from '$lib/api/schema';

/**
 * What a check comes to with what only this device knows. The hub's own amounts stand beside it and are never changed:
 * a service charge, a discount or a tax on top is the hub's to add.
 */
export const totalOf = (check: CheckSummary) => check.total_minor + (check.unsent_minor ?? 0);

export const paidOf = (check: CheckSummary) => check.paid_minor + (check.unsent_paid_minor ?? 0);

export const dueOf = (check: CheckSummary) =>
  check.due_minor + (check.unsent_minor ?? 0) - (check.unsent_paid_minor ?? 0);

/** What of a payment can still be given back, with what was given back here already. */
export const refundableMinor = (tender: TenderView) =>
  tender.amount_minor - tender.refunded_minor - (tender.unsent_refund_minor ?? 0);

/** Whether somebody should know that the hub has not said yes to what is shown. */
export const waits = (check: CheckSummary) => check.unsent === 'waiting';
