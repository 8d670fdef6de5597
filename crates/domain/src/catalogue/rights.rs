//! What a role may do in this venue, where somebody decided about it.
//!
//! The table as delivered is in [`crate::permission`]; here is what a venue wrote over it, one register for each cell, so
//! that two people who change different cells of one role never overwrite each other.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::Catalogue;
use crate::ids::named;
use crate::permission::{Permission, Role};

/// Whether a role may do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// It may.
    May,
    /// It may not.
    MayNot,
}

/// What was decided about one role. Its id is the role's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    /// Whose.
    #[serde(rename = "id", serialize_with = "as_id", deserialize_with = "of_id")]
    pub role: Role,
    /// What was decided; the rest is as delivered.
    #[serde(flatten, deserialize_with = "known")]
    pub cells: BTreeMap<Permission, Right>,
}

impl Rights {
    /// The id of what is decided about `role`: the same in every venue.
    pub fn id_of(role: Role) -> Uuid {
        named(&format!("rights/{}", role.as_str()))
    }

    /// The role that an id is of.
    pub fn role_of(id: Uuid) -> Option<Role> {
        Role::ALL.into_iter().find(|role| Self::id_of(*role) == id)
    }
}

impl Role {
    /// Whether nobody can take `permission` from this role: without it the venue could never be changed again.
    pub const fn keeps(self, permission: Permission) -> bool {
        matches!((self, permission), (Self::Manager, Permission::EditStaff))
    }
}

impl Catalogue {
    /// Whether `role` may do `permission` here.
    pub fn may(&self, role: Role, permission: Permission) -> bool {
        let decided = self.rights.get(&role).and_then(|rights| rights.cells.get(&permission));
        match decided {
            _ if role.keeps(permission) => true,
            Some(right) => *right == Right::May,
            None => role.may_as_delivered(permission),
        }
    }

    /// What `role` may do here, in the order of the table.
    pub fn permissions(&self, role: Role) -> Vec<Permission> {
        Permission::ALL.into_iter().filter(|permission| self.may(role, *permission)).collect()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a field by reference")]
fn as_id<S: serde::Serializer>(role: &Role, to: S) -> Result<S::Ok, S::Error> {
    Rights::id_of(*role).serialize(to)
}

fn of_id<'de, D: Deserializer<'de>>(from: D) -> Result<Role, D::Error> {
    let id = Uuid::deserialize(from)?;
    Rights::role_of(id).ok_or_else(|| serde::de::Error::custom("that is the id of no role"))
}

/// The cells of permissions that are known; what a newer hub can decide about does not spoil the others.
fn known<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<Permission, Right>, D::Error> {
    let all = BTreeMap::<String, Value>::deserialize(from)?;
    let cells = all.into_iter().filter_map(|(name, right)| Some((Permission::named(&name)?, right)));
    let read = |(permission, right)| Ok((permission, serde_json::from_value(right)?));
    cells.map(read).collect::<Result<_, serde_json::Error>>().map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_decided_is_as_delivered_and_a_permission_of_a_newer_hub_is_left_alone() {
        let fields = json!({ "id": Rights::id_of(Role::Waiter), "comp": "may", "teleport": "may" });
        let mut catalogue = Catalogue::default();
        catalogue.put(super::super::EntityKind::Rights, fields).unwrap();
        assert!(catalogue.may(Role::Waiter, Permission::Comp));
        assert!(catalogue.may(Role::Waiter, Permission::Order));
        assert!(!catalogue.may(Role::Host, Permission::Comp));
    }

    #[test]
    fn a_manager_changes_staff_whatever_anybody_wrote() {
        let fields =
            json!({ "id": Rights::id_of(Role::Manager), "edit_staff": "may_not", "comp": "may_not" });
        let mut catalogue = Catalogue::default();
        catalogue.put(super::super::EntityKind::Rights, fields).unwrap();
        assert!(catalogue.may(Role::Manager, Permission::EditStaff));
        assert!(!catalogue.may(Role::Manager, Permission::Comp));
    }
}
