//! A check: its facts, each written once under its natural key.

use maitred_domain::check::{Check, CheckFact, Mark, Marked};
use maitred_domain::ids::CheckId;
use maitred_sync::{Document, Edit, EditError};

use crate::ReadError;

const FACTS: &str = "fact";

/// Writes a fact down.
pub fn write(edit: &mut Edit<'_>, mark: Mark, fact: &CheckFact) -> Result<(), EditError> {
    let json = serde_json::to_string(&Marked { mark, fact }).expect("a fact is JSON");
    edit.insert(FACTS, &fact.key(), &json)
}

/// Every fact of a check, in no particular order.
pub fn facts(document: &Document) -> Result<Vec<Marked<CheckFact>>, ReadError> {
    document
        .facts(FACTS)
        .map(|(key, json)| {
            serde_json::from_str(&json).map_err(|e| ReadError::Damaged(format!("fact {key} of a check: {e}")))
        })
        .collect()
}

/// Reads a check.
pub fn read(id: CheckId, document: &Document) -> Result<Check, ReadError> {
    Check::fold(id, facts(document)?).map_err(|e| ReadError::Damaged(e.to_string()))
}
