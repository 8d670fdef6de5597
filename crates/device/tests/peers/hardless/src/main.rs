//! Reads ESC/POS from its input with a parser that others wrote, and prints the commands as JSON.

use std::error::Error;
use std::io::{self, Read};

use hardless_escpos::{CodePages, Parser, TableCodePage};

/// The number that printers give Windows-1252, which the parser does not know by itself.
const TABLE_CP1252: u8 = 16;

fn main() -> Result<(), Box<dyn Error>> {
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    let upper: Vec<u8> = (0x80..=0xff).collect();
    let (upper, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&upper);
    let upper: Vec<char> = upper.chars().collect();
    let upper: [char; 128] = upper.try_into().map_err(|_| "128 bytes are not 128 characters")?;
    let pages = CodePages::default().with(TABLE_CP1252, TableCodePage::new("CP1252", upper));
    let mut parser = Parser::with_code_pages(pages);
    let mut nodes = parser.push(&bytes);
    nodes.extend(parser.finish());
    serde_json::to_writer(io::stdout().lock(), &nodes)?;
    Ok(())
}
