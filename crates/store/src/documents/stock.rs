//! An item's availability: a register for what somebody last said, what was taken since under its count, and what became
//! of lines that had taken some.

use maitred_domain::ids::ChangeId;
use maitred_domain::stock::{LineEnd, Stock, StockFact, taken_by_ends};
use maitred_sync::{Document, Edit, EditError};

use crate::ReadError;

const SECTION: &str = "count";
const CURRENT: &str = "current";
const TAKEN: &str = "taken";
const ENDS: &str = "end";

/// Writes a fact down.
pub fn write(edit: &mut Edit<'_>, fact: &StockFact) -> Result<(), EditError> {
    match fact {
        StockFact::AvailabilitySet { count, available, remaining } => {
            let json = serde_json::to_string(&(count, available, remaining)).expect("a count is JSON");
            edit.set(SECTION, CURRENT, Some(&json))
        }
        StockFact::StockTaken { count, taken, quantity, of: None } => {
            edit.add(TAKEN, &count.to_string(), &taken.to_string(), *quantity)
        }
        StockFact::StockTaken { count, quantity, of: Some(end), .. } => {
            let instead = end.instead.map_or_else(|| "void".to_owned(), |(_, instead)| instead.to_string());
            let json = serde_json::to_string(&(end, count, quantity)).expect("an end is JSON");
            edit.insert(ENDS, &format!("{}/{instead}/{count}", end.line), &json)
        }
    }
}

/// What became of lines, each with the count it is said under.
fn ends(document: &Document) -> Result<Vec<(LineEnd, ChangeId, i64)>, ReadError> {
    let ends = document.facts(ENDS).map(|(key, json)| {
        serde_json::from_str(&json).map_err(|e| ReadError::Damaged(format!("the end of line {key}: {e}")))
    });
    ends.collect()
}

/// Reads the availability.
pub fn read(document: &Document) -> Result<Stock, ReadError> {
    let Some(json) = document.register(SECTION, CURRENT).and_then(|register| register.value) else {
        return Ok(Stock::default());
    };
    let (count, available, remaining): (ChangeId, bool, Option<i64>) =
        serde_json::from_str(&json).map_err(|e| ReadError::Damaged(format!("count of an item: {e}")))?;
    let taken = document.counter(TAKEN, &count.to_string()) + taken_by_ends(&ends(document)?, count);
    Ok(Stock { count: Some(count), available, remaining: remaining.map(|remaining| remaining - taken) })
}
