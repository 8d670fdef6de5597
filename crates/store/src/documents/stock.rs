//! An item's availability: a register for what somebody last said, and what was taken since under its count.

use maitred_domain::ids::ChangeId;
use maitred_domain::stock::{Stock, StockFact};
use maitred_sync::{Document, Edit, EditError};

use crate::ReadError;

const SECTION: &str = "count";
const CURRENT: &str = "current";
const TAKEN: &str = "taken";

/// Writes a fact down.
pub fn write(edit: &mut Edit<'_>, fact: &StockFact) -> Result<(), EditError> {
    match fact {
        StockFact::AvailabilitySet { count, available, remaining } => {
            let json = serde_json::to_string(&(count, available, remaining)).expect("a count is JSON");
            edit.set(SECTION, CURRENT, Some(&json))
        }
        StockFact::StockTaken { count, taken, quantity } => {
            edit.add(TAKEN, &count.to_string(), &taken.to_string(), *quantity)
        }
    }
}

/// Reads the availability.
pub fn read(document: &Document) -> Result<Stock, ReadError> {
    let Some(json) = document.register(SECTION, CURRENT).and_then(|register| register.value) else {
        return Ok(Stock::default());
    };
    let (count, available, remaining): (ChangeId, bool, Option<i64>) =
        serde_json::from_str(&json).map_err(|e| ReadError::Damaged(format!("count of an item: {e}")))?;
    let taken = document.counter(TAKEN, &count.to_string());
    Ok(Stock { count: Some(count), available, remaining: remaining.map(|remaining| remaining - taken) })
}
