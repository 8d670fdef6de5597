import { get, send } from '$lib/api/client';
import { withQuery } from '$lib/api/queries';
import type { Uuid } from '$lib/api/schema';
import type { Range } from './range';

interface Totals {
  total_minor: number;
  net_minor: number;
  covers: number;
  checks: number;
}

export interface SalesReport {
  from: string;
  to: string;
  totals: Totals;
  hours: { hour: number; total_minor: number }[];
  days: { date: string; total_minor: number; covers: number; checks: number }[];
  items: { name: string; category: string; quantity: number; total_minor: number }[];
  categories: { name: string; quantity: number; total_minor: number }[];
  servers: {
    name: string;
    checks: number;
    covers: number;
    total_minor: number;
    tip_minor: number;
  }[];
  tenders: { kind: string; count: number; amount_minor: number; tip_minor: number }[];
  reasons: Given[];
  exceptions: Exception[];
}

/** Something that was taken back or given away. */
export interface Given {
  kind: 'void' | 'comp' | 'discount';
  at: string;
  staff: string;
  reason: string;
  what: string;
  amount_minor: number;
  check_id: Uuid;
  check_number: string;
}

export interface Exception {
  kind: string;
  title: string;
  check_id: Uuid | null;
  check_number: string | null;
}

export const salesReport = (range: Range) => get<SalesReport>(withQuery('/reports', { ...range }));

export type Export = 'checks' | 'items' | 'audit';

/** Saves a table as the hub writes it; the browser asks where. */
export async function saveExport(what: Export, range: Range): Promise<void> {
  const path = withQuery('/export', { what, ...range, format: 'csv' });
  const csv = await send<string>({ method: 'GET', path });
  const url = URL.createObjectURL(new Blob([csv], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${what}-${range.from}-${range.to}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}
