//! A trading day: its facts.

use jiff::civil::Date;
use maitred_domain::check::{Mark, Marked};
use maitred_domain::day::DayFact;
use maitred_sync::{Document, Edit, EditError};

use crate::ReadError;

const FACTS: &str = "fact";

/// Writes a fact about `date` down.
pub fn write(edit: &mut Edit<'_>, mark: Mark, date: Date, fact: &DayFact) -> Result<(), EditError> {
    let json = serde_json::to_string(&Marked { mark, fact: (date, fact) }).expect("a fact is JSON");
    edit.insert(FACTS, &fact.key(), &json)
}

/// Every fact of a day with its date, in the order of their marks.
pub fn facts(document: &Document) -> Result<Vec<Marked<(Date, DayFact)>>, ReadError> {
    let mut facts = document
        .facts(FACTS)
        .map(|(key, json)| {
            serde_json::from_str(&json).map_err(|e| ReadError::Damaged(format!("fact {key} of a day: {e}")))
        })
        .collect::<Result<Vec<Marked<(Date, DayFact)>>, _>>()?;
    facts.sort_by_key(|fact| fact.mark);
    Ok(facts)
}
