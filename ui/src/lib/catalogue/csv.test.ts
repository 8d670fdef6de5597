import { describe, expect, it } from 'vitest';
import { cellAt, parseCsv, withCell, writeCsv } from './csv';

describe('csv', () => {
  it('quotes_hold_commas_quotes_and_new_lines', () => {
    const { records } = parseCsv('name,price\r\n"Fish, ""fried""\nor not",7.50\r\nTea,2\r\n');
    expect(records).toEqual([
      { line: 1, cells: ['name', 'price'] },
      { line: 2, cells: ['Fish, "fried"\nor not', '7.50'] },
      { line: 4, cells: ['Tea', '2'] },
    ]);
  });

  it('semicolons_part_where_a_comma_is_decimal', () => {
    const table = parseCsv('name;price\nTea;2,50\n');
    expect(cellAt(table, 2, 'price')).toBe('2,50');
  });

  it('a_table_reads_back_as_it_was_written', () => {
    const table = parseCsv('name,price\n"a ""b"", c",1\n');
    expect(parseCsv(writeCsv(table))).toEqual(table);
  });

  it('one_cell_is_mended_and_no_other', () => {
    const table = parseCsv('\ufeffName,Price,Tax\nTea\nCake,3,vat\n');
    const mended = withCell(table, 2, 'tax', 'vat');
    expect(mended.records[1]!.cells).toEqual(['Tea', '', 'vat']);
    expect(mended.records[2]).toEqual(table.records[2]);
    expect(cellAt(table, 2, 'colour')).toBeUndefined();
  });

  it('an_empty_file_has_no_records', () => {
    expect(parseCsv('').records).toEqual([]);
  });
});
