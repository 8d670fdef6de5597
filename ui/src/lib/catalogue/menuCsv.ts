import { download, send } from '$lib/api/client';
import { freshKey } from '$lib/api/key';
import type { ImportReport } from '$lib/api/schema';

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
