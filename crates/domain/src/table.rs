//! What is known of a table besides its checks: whether somebody marked it.

use serde::{Deserialize, Serialize};

use crate::check::Mark;

/// What somebody said about a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TableMark {
    /// Laid for the next party.
    Free,
    /// To be cleared.
    Dirty,
    /// Not to be used.
    Blocked,
}

/// What a table is, to somebody who looks for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TableStatus {
    /// A party may sit down.
    Free,
    /// Kept for a party.
    Reserved,
    /// A party is here.
    Seated,
    /// The party left; nobody has cleared it.
    Dirty,
    /// Not to be used.
    Blocked,
}

/// The last mark of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableState {
    /// What was said, and when.
    pub marked: Option<(Mark, TableMark)>,
}

impl TableState {
    /// What the table is, given whether it has open checks and when its last check left it.
    pub fn status(self, has_open_checks: bool, left: Option<u64>) -> TableStatus {
        if has_open_checks {
            return TableStatus::Seated;
        }
        match self.marked {
            Some((_, TableMark::Blocked)) => TableStatus::Blocked,
            Some((mark, TableMark::Free)) if left.is_none_or(|left| left < mark.hlc) => TableStatus::Free,
            Some((_, TableMark::Dirty | TableMark::Free)) => TableStatus::Dirty,
            None if left.is_some() => TableStatus::Dirty,
            None => TableStatus::Free,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::named;

    #[test]
    fn a_table_is_dirty_from_when_its_party_leaves_until_somebody_clears_it() {
        let cleared = |hlc| TableState { marked: Some((Mark::of(hlc, named("host")), TableMark::Free)) };
        assert_eq!(TableState::default().status(false, None), TableStatus::Free);
        assert_eq!(TableState::default().status(true, None), TableStatus::Seated);
        assert_eq!(TableState::default().status(false, Some(5)), TableStatus::Dirty);
        assert_eq!(cleared(6).status(false, Some(5)), TableStatus::Free);
        assert_eq!(cleared(6).status(false, Some(7)), TableStatus::Dirty);
    }
}
