//! Who sends a request.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use maitred_domain::catalogue::Catalogue;
use maitred_domain::decide::Refusal;
use maitred_domain::ids::{StaffId, TerminalId};
use maitred_domain::permission::{Permission, Role};

use super::{Device, token};
use crate::app::App;
use crate::problem::Problem;

/// A signed-in member of staff.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Who.
    pub staff: StaffId,
    /// As what they are here: a terminal may serve one role at most.
    pub role: Role,
    /// What they may do, now.
    pub permissions: Vec<Permission>,
    /// The hash of their token.
    pub token_hash: [u8; 32],
    /// The terminal where they signed in.
    pub terminal: Option<TerminalId>,
}

impl Actor {
    /// Whether they may.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// Lets them, or not.
    ///
    /// # Errors
    /// The problem `forbidden` when they may not.
    pub fn allow(&self, permission: Permission) -> Result<(), Problem> {
        if self.may(permission) { Ok(()) } else { Err(Refusal::Forbidden(permission).into()) }
    }

    /// Who a token belongs to, now, when it comes from `terminal`, or from no terminal.
    ///
    /// # Errors
    /// The problem `unauthenticated` when nobody, or at another terminal.
    pub fn of_token(app: &App, token_hash: [u8; 32], terminal: Option<TerminalId>) -> Result<Self, Problem> {
        let nobody = || Problem::new("unauthenticated", "sign in with a PIN first");
        let session = app.store.session(&token_hash, app.now())?.ok_or_else(nobody)?;
        let catalogue = app.store.catalogue();
        let staff = catalogue.staff.get(&session.staff).filter(|staff| !staff.archived).ok_or_else(nobody)?;
        if session.device.parse().ok() != terminal {
            return Err(nobody());
        }
        let role = role_at(&catalogue, staff.role, terminal).ok_or_else(nobody)?;
        let permissions = permissions_at(&catalogue, staff.role, role);
        Ok(Self { staff: staff.id, role, permissions, token_hash, terminal })
    }

    /// Whether the terminal where they signed in is still one of the venue.
    pub fn is_let_in(app: &App, terminal: Option<TerminalId>) -> bool {
        terminal.is_none_or(|id| app.store.catalogue().terminal(id).is_some())
    }
}

/// As what somebody works at a terminal; `None` when they do not, or it was taken out.
pub fn role_at(catalogue: &Catalogue, role: Role, terminal: Option<TerminalId>) -> Option<Role> {
    match terminal {
        None => Some(role),
        Some(id) => catalogue.terminal(id)?.serves(role),
    }
}

/// What somebody of `role` may do who works as `here`.
pub fn permissions_at(catalogue: &Catalogue, role: Role, here: Role) -> Vec<Permission> {
    let mut permissions = catalogue.permissions(here);
    permissions.retain(|permission| catalogue.may(role, *permission));
    permissions
}

impl<S: Send + Sync> FromRequestParts<S> for Actor
where
    App: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let token = token::of(parts).ok_or_else(|| Problem::new("unauthenticated", "no token was sent"))?;
        let token_hash = token::hash(token);
        let terminal = Device::from_request_parts(parts, state).await?.terminal();
        Self::of_token(&App::from_ref(state), token_hash, terminal)
    }
}
