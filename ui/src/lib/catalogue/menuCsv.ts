import { download, send } from '$lib/api/client';
import { freshKey } from '$lib/api/key';

export interface ImportRow {
  line: number;
  action: 'add' | 'change' | 'same' | 'problem';
  name: string;
  item_id: string | null;
  changes: { field: string; before: string | null; after: string | null }[];
  problems: { field: string | null; code: string; detail: string }[];
}

export interface ImportReport {
  rows: ImportRow[];
  added: number;
  changed: number;
  unchanged: number;
  problems: number;
}

const importCsv = (query: string, csv: string) =>
  send<ImportReport>({
    method: 'POST',
    path: `/menu/import?${query}`,
    body: csv,
    type: 'text/csv',
    key: freshKey(),
  });

/** What an import would do; nothing is changed. */
export const previewImport = (csv: string) => importCsv('dry_run=true', csv);

export const importMenu = (csv: string, skipProblems: boolean) =>
  importCsv(`dry_run=false&skip_problems=${skipProblems}`, csv);

export const exportMenu = () => download('/menu/export.csv');
