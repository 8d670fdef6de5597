//! What somebody may not do, and somebody who may says yes to with their PIN, at the same screen.
//!
//! An approval is of one session and of the idempotency key of one command. A key does its command once, and so does an
//! approval: there is nothing to be used up, and nothing that could be passed on.
//! Nothing of this outlives the process, and no other hub knows of it: whoever asks there is asked for the PIN again.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use maitred_domain::catalogue::{Catalogue, Staff};
use maitred_domain::decide::{Approval, Refusal};
use maitred_domain::ids::StaffId;
use maitred_domain::permission::Permission;

use super::actor::role_at;
use super::sign_in::prove;
use super::{Actor, Device};
use crate::app::App;
use crate::extract::IdempotencyKey;
use crate::limits::{APPROVAL_TIME, APPROVALS_MAX};
use crate::problem::Problem;

/// What somebody wants to do, and who says yes.
pub struct Asked<'a> {
    /// The key of the command.
    pub key: &'a IdempotencyKey,
    /// What they may not.
    pub permissions: &'a [Permission],
    /// What the other one signs in as.
    pub handle: &'a str,
    /// Their PIN.
    pub pin: &'a str,
}

/// One command of one session: the hash of its token, and the key.
type Act = ([u8; 32], IdempotencyKey);

struct Approved {
    by: StaffId,
    permissions: Vec<Permission>,
    until: Timestamp,
}

/// What was approved of late.
#[derive(Default)]
pub struct Approvals(Mutex<BTreeMap<Act, Approved>>);

impl Approvals {
    fn keep(&self, act: Act, approved: Approved, now: Timestamp) -> Result<(), Problem> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, it| it.until > now);
        if all.len() >= APPROVALS_MAX && !all.contains_key(&act) {
            return Err(Problem::new("busy", "too much waits to be done").with("retry_after_secs", 60));
        }
        all.insert(act, approved);
        Ok(())
    }

    /// What was approved of the command under `key`, if it still is, and by somebody who still works here.
    pub fn of(
        &self,
        actor: &Actor,
        key: &IdempotencyKey,
        catalogue: &Catalogue,
        now: Timestamp,
    ) -> Option<Approval> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let approved = all.get(&(actor.token_hash, key.clone())).filter(|it| it.until > now)?;
        let staff = catalogue.staff.get(&approved.by).filter(|staff| !staff.archived)?;
        Some(Approval { by: staff.id, role: staff.role, permissions: approved.permissions.clone() })
    }
}

/// Approves one command of `actor` for whoever's PIN it is. Returns who that is, and until when it holds.
///
/// Whoever approves may work at this device, but is not held to the one role that it serves: it is their act that the
/// other one does.
///
/// # Errors
/// The problems `wrong-pin`, `locked-out`, `busy`, `not-on-this-terminal`, `out-of-range`, and `forbidden` for what they
/// may not do either, or what cannot be approved.
pub async fn approve(
    app: &App,
    actor: &Actor,
    device: Device,
    asked: Asked<'_>,
) -> Result<(Staff, Timestamp), Problem> {
    let Asked { key, permissions, handle, pin } = asked;
    let max = Permission::APPROVABLE.len();
    if !(1..=max).contains(&permissions.len()) {
        let max = i64::try_from(max).unwrap_or(i64::MAX);
        return Err(Refusal::OutOfRange { field: "permissions", min: 1, max }.into());
    }
    let staff = prove(app, handle, pin, device).await?;
    let catalogue = app.store.catalogue();
    role_at(&catalogue, staff.role, device.terminal())
        .ok_or_else(|| Problem::new("not-on-this-terminal", "this terminal serves another role"))?;
    let mut lacking = permissions.iter().filter(|it| !it.is_approvable() || !catalogue.may(staff.role, **it));
    if let Some(permission) = lacking.next() {
        return Err(Refusal::Forbidden(*permission).into());
    }
    let until = app.now() + SignedDuration::try_from(APPROVAL_TIME).expect("two minutes are in range");
    let approved = Approved { by: staff.id, permissions: permissions.to_vec(), until };
    app.approvals.keep((actor.token_hash, key.clone()), approved, app.now())?;
    Ok((staff, until))
}

#[cfg(test)]
mod tests {
    use maitred_domain::ids::named;

    use super::*;

    #[test]
    fn what_waits_to_be_done_does_not_fill_the_hub() {
        let (approvals, now) = (Approvals::default(), Timestamp::UNIX_EPOCH);
        let keep = |n: usize, now: Timestamp| {
            let key = IdempotencyKey::new(&n.to_string()).unwrap();
            let until = now + SignedDuration::from_secs(60);
            approvals.keep(([0; 32], key), Approved { by: named("ada"), permissions: vec![], until }, now)
        };
        assert!((0..APPROVALS_MAX).all(|n| keep(n, now).is_ok()));
        assert_eq!(keep(APPROVALS_MAX, now).unwrap_err().code(), "busy");
        assert!(keep(0, now).is_ok(), "what is known may be said again");
        assert!(keep(APPROVALS_MAX, now + SignedDuration::from_secs(60)).is_ok());
    }
}
