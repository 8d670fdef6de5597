//! Screens that a manager let in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Catalogue;
use crate::ids::{StaffId, StationId, TerminalId};
use crate::permission::Role;

/// What a terminal shows when somebody has signed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Screen {
    /// All stations, to choose from.
    #[default]
    Home,
    /// The floor.
    Host,
    /// Orders.
    Order,
    /// The tickets of one station.
    Kitchen,
    /// The pass.
    Expo,
    /// The manager's pages.
    Manager,
}

/// A screen that a manager let in: it proves a token, of which the venue knows the hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Terminal {
    /// Its id.
    pub id: TerminalId,
    /// As shown.
    pub name: String,
    /// What it shows first.
    #[serde(default)]
    pub screen: Screen,
    /// The station of a kitchen screen.
    #[serde(default)]
    pub station: Option<StationId>,
    /// What it may serve at most; any role without one.
    #[serde(default)]
    pub role: Option<Role>,
    /// BLAKE3 of its token, as hexadecimal digits.
    pub token_hash: String,
    /// Who let it in.
    pub paired_by: StaffId,
    /// When.
    pub paired_at: Timestamp,
    /// Taken out of the venue; it is not let in again.
    #[serde(default)]
    pub archived: bool,
}

impl Terminal {
    /// As what somebody of `role` works here; `None` when they do not sign in here at all.
    ///
    /// A terminal of one role is for people of that role, and for managers, who do no more there than that role may.
    pub fn serves(&self, role: Role) -> Option<Role> {
        match self.role {
            None => Some(role),
            Some(served) if role == served || role == Role::Manager => Some(served),
            Some(_) => None,
        }
    }
}

impl Catalogue {
    /// The terminal in use that a token's hash belongs to, or the one that was taken out.
    pub fn terminal_of_token(&self, token_hash: &str) -> Option<&Terminal> {
        self.terminals.values().find(|terminal| terminal.token_hash == token_hash)
    }

    /// The terminal of that id, unless it was taken out.
    pub fn terminal(&self, id: TerminalId) -> Option<&Terminal> {
        self.terminals.get(&id).filter(|terminal| !terminal.archived)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::named;

    #[test]
    fn a_terminal_of_a_role_is_for_its_people_and_for_managers_who_do_no_more_there() {
        let any = Terminal {
            id: named("grill"),
            name: "Grill".into(),
            screen: Screen::Kitchen,
            station: None,
            role: None,
            token_hash: String::new(),
            paired_by: named("ada"),
            paired_at: Timestamp::UNIX_EPOCH,
            archived: false,
        };
        assert_eq!(Role::ALL.map(|role| any.serves(role)), Role::ALL.map(Some));
        let kitchen = Terminal { role: Some(Role::Kitchen), ..any };
        let served = Role::ALL.map(|role| kitchen.serves(role));
        assert_eq!(served, [Some(Role::Kitchen), None, None, Some(Role::Kitchen)]);
    }
}
