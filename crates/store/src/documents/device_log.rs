//! A log of devices: its facts.

use maitred_domain::check::{Mark, Marked};
use maitred_domain::device_log::{DeviceFact, DeviceLog};
use maitred_sync::{Document, Edit, EditError};

use crate::ReadError;

const FACTS: &str = "fact";

/// Which log it is, and its facts in the order of their marks.
pub type Log = (DeviceLog, Vec<Marked<DeviceFact>>);

/// Writes a fact of `log` down.
pub fn write(edit: &mut Edit<'_>, mark: Mark, log: DeviceLog, fact: &DeviceFact) -> Result<(), EditError> {
    let json = serde_json::to_string(&Marked { mark, fact: (log, fact) }).expect("a fact is JSON");
    edit.insert(FACTS, &fact.key(), &json)
}

/// What is in it; `None` when nothing is.
pub fn read(document: &Document) -> Result<Option<Log>, ReadError> {
    let mut log = None;
    let mut facts = Vec::new();
    for (key, json) in document.facts(FACTS) {
        let Marked { mark, fact: (of, fact) } = serde_json::from_str(&json)
            .map_err(|e| ReadError::Damaged(format!("fact {key} of a device: {e}")))?;
        log = Some(of);
        facts.push(Marked { mark, fact });
    }
    facts.sort_by_key(|fact: &Marked<DeviceFact>| fact.mark);
    Ok(log.map(|log| (log, facts)))
}
