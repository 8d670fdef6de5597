//! A table as it was sent: separators found out, columns named.

use crate::limits::IMPORT_ROWS_MAX;

use super::{COLUMNS, NAMES, unguarded};

/// A row as it was sent.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its line in the file, from 1.
    pub line: u64,
    cells: Vec<String>,
}

/// A table of items.
#[derive(Clone, Debug)]
pub struct Table {
    /// The columns that mean something, with their places.
    pub columns: Vec<(String, usize)>,
    /// Columns that mean nothing here.
    pub ignored: Vec<String>,
    /// Its rows, without empty ones.
    pub rows: Vec<Row>,
}

/// Why a text is no table of items.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Not UTF-8.
    #[error("save it as UTF-8")]
    NotUtf8,
    /// Not a table.
    #[error("line {line} cannot be read")]
    Malformed {
        /// From 1.
        line: u64,
    },
    /// The first row is to name the columns.
    #[error("the first row names the columns; one of them is called name")]
    NoHeader,
    /// A column is there twice.
    #[error("the column {0} is there twice")]
    ColumnTwice(String),
    /// Too many rows.
    #[error("a table has at most {IMPORT_ROWS_MAX} rows")]
    TooManyRows,
}

/// Reads a table: commas, semicolons or tabs, with or without a byte order mark.
pub fn read(bytes: &[u8]) -> Result<Table, TableError> {
    let text = std::str::from_utf8(bytes).map_err(|_| TableError::NotUtf8)?;
    // Lines are counted by their ends, which are to be one character.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(&text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let header =
        records.next().ok_or(TableError::NoHeader)?.map_err(|_| TableError::Malformed { line: 1 })?;
    let (columns, ignored) = columns(&header)?;
    let mut rows = Vec::new();
    for record in records {
        let record = record.map_err(|error| TableError::Malformed {
            line: error.position().map_or(0, csv::Position::line),
        })?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if rows.len() == IMPORT_ROWS_MAX {
            return Err(TableError::TooManyRows);
        }
        let line = record.position().map_or(0, csv::Position::line);
        rows.push(Row { line, cells: record.iter().map(|cell| unguarded(cell).to_owned()).collect() });
    }
    Ok(Table { columns, ignored, rows })
}

/// The separator that the first line has most of, outside of quotes.
fn delimiter(text: &str) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            _ => counts.iter_mut().filter(|(mark, _)| *mark == byte).for_each(|(_, count)| *count += 1),
        }
    }
    // Of equals the first: a comma.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(mark, _)| mark)
}

type Columns = (Vec<(String, usize)>, Vec<String>);

fn columns(header: &csv::StringRecord) -> Result<Columns, TableError> {
    let (mut known, mut ignored): Columns = (Vec::new(), Vec::new());
    for (place, title) in header.iter().enumerate() {
        let title = title.trim();
        let name = title.to_lowercase().replace([' ', '-'], "_");
        let is_known = COLUMNS.contains(&name.as_str());
        let name = match title.get(..NAMES.len()) {
            Some(start) if start.eq_ignore_ascii_case(NAMES) => {
                format!("{NAMES}{}", &title[NAMES.len()..])
            }
            Some(_) | None if is_known => name,
            Some(_) | None => {
                ignored.extend((!title.is_empty()).then(|| title.to_owned()));
                continue;
            }
        };
        if known.iter().any(|(other, _)| *other == name) {
            return Err(TableError::ColumnTwice(name));
        }
        known.push((name, place));
    }
    if known.iter().any(|(name, _)| name == "name") {
        Ok((known, ignored))
    } else {
        Err(TableError::NoHeader)
    }
}

impl Table {
    /// What stands in a column of a row; `None` when the table has no such column.
    pub fn cell<'a>(&self, row: &'a Row, column: &str) -> Option<&'a str> {
        let (_, place) = self.columns.iter().find(|(name, _)| name == column)?;
        Some(row.cells.get(*place).map_or("", String::as_str))
    }

    /// Languages that the table has names in.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().filter_map(|(name, _)| name.strip_prefix(NAMES))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &[u8]) -> Vec<(u64, String, String)> {
        let table = read(text).unwrap();
        let of = |row: &Row, column: &str| table.cell(row, column).unwrap().to_owned();
        table.rows.iter().map(|row| (row.line, of(row, "name"), of(row, "price"))).collect()
    }

    #[test]
    fn separators_and_byte_order_marks_are_found_out() {
        let wanted = vec![(2, "Soup, hot".to_owned(), "9,00".to_owned())];
        assert_eq!(rows(b"name,price\n\"Soup, hot\",\"9,00\"\n"), wanted);
        assert_eq!(rows("\u{feff}Name;Price\r\nSoup, hot;9,00\r\n;\r\n".as_bytes()), wanted);
        assert_eq!(rows(b"\"na\"\"me;\"\tprice\tname\nx\t9,00\tSoup, hot"), wanted);
        assert_eq!(rows(b"name;price\n'=1+1;'-2"), vec![(2, "=1+1".to_owned(), "-2".to_owned())]);
    }

    #[test]
    fn what_is_no_table_says_why() {
        assert_eq!(read(b"name\n\xff").unwrap_err(), TableError::NotUtf8);
        assert_eq!(read(b"").unwrap_err(), TableError::NoHeader);
        assert_eq!(read(b"dish,price\nx,1").unwrap_err(), TableError::NoHeader);
        assert_eq!(read(b"name,Name\nx,1").unwrap_err(), TableError::ColumnTwice("name".into()));
        let long = format!("name\n{}", "x\n".repeat(IMPORT_ROWS_MAX + 1));
        assert_eq!(read(long.as_bytes()).unwrap_err(), TableError::TooManyRows);
        assert_eq!(read(b"name,colour\nx,red").unwrap().ignored, ["colour"]);
    }
}
