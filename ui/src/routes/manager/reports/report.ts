import { download, get } from '$lib/api/client';
import { withQuery } from '$lib/api/queries';
import type { Schemas } from '$lib/api/schema';
import type { Range } from './range';

export type SalesReport = Schemas['ReportView'];
export type Reduction = Schemas['ReductionView'];
export type Exception = Schemas['ExceptionRow'];

export const salesReport = (range: Range) => get<SalesReport>(withQuery('/reports', { ...range }));

export type Export = 'checks' | 'items' | 'audit';

/** Saves a table as the hub writes it; the browser asks where. */
export async function saveExport(what: Export, range: Range): Promise<void> {
  const csv = await download(withQuery('/export', { what, ...range, format: 'csv' }));
  const url = URL.createObjectURL(csv);
  const link = document.createElement('a');
  link.href = url;
  link.download = `${what}-${range.from}-${range.to}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}
