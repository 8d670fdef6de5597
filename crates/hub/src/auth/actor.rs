//! Who sends a request.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use maitred_domain::decide::Refusal;
use maitred_domain::ids::StaffId;
use maitred_domain::permission::{Permission, Role};

use super::token;
use crate::app::App;
use crate::problem::Problem;

/// A signed-in member of staff.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Who.
    pub staff: StaffId,
    /// What they are.
    pub role: Role,
    /// What they may do, now.
    pub permissions: Vec<Permission>,
    /// The hash of their token.
    pub token_hash: [u8; 32],
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

    /// Who a token belongs to, now.
    ///
    /// # Errors
    /// The problem `unauthenticated` when nobody.
    pub fn of_token(app: &App, token_hash: [u8; 32]) -> Result<Self, Problem> {
        let nobody = || Problem::new("unauthenticated", "sign in with a PIN first");
        let session = app.store.session(&token_hash, app.now())?.ok_or_else(nobody)?;
        let catalogue = app.store.catalogue();
        let staff = catalogue.staff.get(&session.staff).filter(|staff| !staff.archived).ok_or_else(nobody)?;
        let permissions = catalogue.permissions(staff.role);
        Ok(Self { staff: staff.id, role: staff.role, permissions, token_hash })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Actor
where
    App: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let token = token::of(parts).ok_or_else(|| Problem::new("unauthenticated", "no token was sent"))?;
        Self::of_token(&App::from_ref(state), token::hash(token))
    }
}
