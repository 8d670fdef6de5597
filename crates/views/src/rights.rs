//! Who may do what in this venue.

use maitred_domain::catalogue::{Catalogue, Rights};
use maitred_domain::permission::{Permission, Role};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What a role may do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoleRights {
    /// The role.
    pub role: Role,
    /// What its cells are changed by, as an entity of the kind `rights`.
    pub id: Uuid,
    /// What it may do here, in the order of the table.
    pub permissions: Vec<Permission>,
    /// What it may do where nobody decided otherwise.
    pub delivered: Vec<Permission>,
    /// What cannot be taken from it.
    pub kept: Vec<Permission>,
}

/// Who may do what.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Rights)]
pub struct RightsView {
    /// Everything that a role may or may not do, in the order of the table.
    pub permissions: Vec<Permission>,
    /// Every role.
    pub roles: Vec<RoleRights>,
}

impl RightsView {
    /// The table of a venue.
    pub fn of(catalogue: &Catalogue) -> Self {
        let kept = |role: Role| Permission::ALL.into_iter().filter(move |it| role.keeps(*it)).collect();
        let of_role = |role: Role| RoleRights {
            role,
            id: Rights::id_of(role),
            permissions: catalogue.permissions(role),
            delivered: role.permissions_as_delivered(),
            kept: kept(role),
        };
        Self { permissions: Permission::ALL.into(), roles: Role::ALL.into_iter().map(of_role).collect() }
    }
}
