/** A table as spreadsheets write it: RFC 4180, parted by commas, by semicolons where a comma is decimal, or by tabs. */
export interface CsvTable {
  delimiter: ',' | ';' | '\t';
  /** The first is the header; `line` is where the record begins, from 1. */
  records: { line: number; cells: string[] }[];
}

export function parseCsv(text: string): CsvTable {
  const plain = text.replace(/^\ufeff/, '');
  const head = plain.slice(0, (plain + '\n').search(/\r?\n/));
  const delimiter = delimiterOf(head);
  const records: CsvTable['records'] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let begins = 1;
  const endRecord = () => {
    cells.push(cell);
    if (cells.some((one) => one !== '')) records.push({ line: begins, cells });
    cells = [];
    cell = '';
  };
  for (let at = 0; at < plain.length; at += 1) {
    const sign = plain[at]!;
    if (sign === '\n') line += 1;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (plain[at + 1] === '"') cell += plain[(at += 1)];
      else quoted = false;
    } else if (sign === '"' && cell === '') quoted = true;
    else if (sign === delimiter) {
      cells.push(cell);
      cell = '';
    } else if (sign === '\n') {
      endRecord();
      begins = line;
    } else if (sign !== '\r') cell += sign;
  }
  endRecord();
  return { delimiter, records };
}

/** The one that stands most often in the header. */
function delimiterOf(head: string): CsvTable['delimiter'] {
  const count = (sign: string) => head.split(sign).length;
  return ([',', ';', '\t'] as const).reduce((best, sign) =>
    count(sign) > count(best) ? sign : best,
  );
}

export function writeCsv({ delimiter, records }: CsvTable): string {
  const written = (cell: string) =>
    /["\r\n\t;,]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  return records.map(({ cells }) => cells.map(written).join(delimiter) + '\r\n').join('');
}

/** The cell of a column in the record that begins at `line`; undefined when there is no such column. */
export function cellAt(table: CsvTable, line: number, column: string): string | undefined {
  const index = columnOf(table, column);
  const record = table.records.find((one) => one.line === line);
  return index === -1 || !record ? undefined : (record.cells[index] ?? '');
}

export function withCell(table: CsvTable, line: number, column: string, text: string): CsvTable {
  const index = columnOf(table, column);
  const records = table.records.map((record) => {
    if (record.line !== line) return record;
    const cells = [...record.cells];
    while (cells.length < index) cells.push('');
    cells[index] = text;
    return { ...record, cells };
  });
  return { ...table, records };
}

const columnOf = (table: CsvTable, column: string) =>
  (table.records[0]?.cells ?? []).findIndex((cell) => cell.trim().toLowerCase() === column);
