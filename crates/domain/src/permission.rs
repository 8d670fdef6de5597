//! Who may do what: the table as delivered, that a venue writes its own decisions over.

use serde::{Deserialize, Serialize};

/// A staff member's role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the restaurant: everything.
    Manager,
    /// Runs the door and the floor.
    Host,
    /// Takes orders and payments.
    Waiter,
    /// Makes the food.
    Kitchen,
}

/// Something a role may or may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Seat a party, mark a table.
    Seat,
    /// Add lines to a check.
    Order,
    /// Hold and fire courses, rush.
    Fire,
    /// Remove a line that was not sent.
    Void,
    /// Void a line that the kitchen already has.
    VoidSent,
    /// Give a line away.
    Comp,
    /// Reduce what a check costs, or set its service charge.
    Discount,
    /// Move lines, checks, tables, servers; merge and split.
    Transfer,
    /// Take a tender, close a check.
    TakePayment,
    /// Give money back; set the tip of a payment that somebody else took, of a check that somebody else serves.
    Refund,
    /// Open a closed check again.
    Reopen,
    /// Bump, recall and prioritise tickets.
    Bump,
    /// Take a course from the pass to the table.
    Serve,
    /// Mark an item as not available, or count it down.
    EightySix,
    /// Close the business day.
    CloseDay,
    /// Put cash in the drawer and take it out; open it without a sale.
    Drawer,
    /// Change the menu.
    EditMenu,
    /// Change the floor plan.
    EditFloor,
    /// Change the venue's settings, stations and printers.
    EditSettings,
    /// Change who works here, their PINs, and who may do what.
    EditStaff,
    /// See the day's figures.
    ViewReports,
    /// See who did what.
    ViewAudit,
    /// Print receipts, reprint and dismiss print jobs.
    Print,
}

impl Permission {
    /// What somebody who may can approve once for somebody who may not: what costs the house money, one act at a time.
    pub const APPROVABLE: [Self; 6] =
        [Self::Void, Self::VoidSent, Self::Comp, Self::Discount, Self::Refund, Self::Reopen];

    /// Every permission, in the order of the table.
    pub const ALL: [Self; 23] = [
        Self::Seat,
        Self::Order,
        Self::Fire,
        Self::Void,
        Self::VoidSent,
        Self::Comp,
        Self::Discount,
        Self::Transfer,
        Self::TakePayment,
        Self::Refund,
        Self::Reopen,
        Self::Bump,
        Self::Serve,
        Self::EightySix,
        Self::CloseDay,
        Self::Drawer,
        Self::EditMenu,
        Self::EditFloor,
        Self::EditSettings,
        Self::EditStaff,
        Self::ViewReports,
        Self::ViewAudit,
        Self::Print,
    ];

    /// Its name in keys and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seat => "seat",
            Self::Order => "order",
            Self::Fire => "fire",
            Self::Void => "void",
            Self::VoidSent => "void_sent",
            Self::Comp => "comp",
            Self::Discount => "discount",
            Self::Transfer => "transfer",
            Self::TakePayment => "take_payment",
            Self::Refund => "refund",
            Self::Reopen => "reopen",
            Self::Bump => "bump",
            Self::Serve => "serve",
            Self::EightySix => "eighty_six",
            Self::CloseDay => "close_day",
            Self::Drawer => "drawer",
            Self::EditMenu => "edit_menu",
            Self::EditFloor => "edit_floor",
            Self::EditSettings => "edit_settings",
            Self::EditStaff => "edit_staff",
            Self::ViewReports => "view_reports",
            Self::ViewAudit => "view_audit",
            Self::Print => "print",
        }
    }

    /// Whether it can be approved: see [`Self::APPROVABLE`].
    pub fn is_approvable(self) -> bool {
        Self::APPROVABLE.contains(&self)
    }

    /// The permission called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.as_str() == name)
    }
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Manager, Self::Host, Self::Waiter, Self::Kitchen];

    /// Its name in keys and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manager => "manager",
            Self::Host => "host",
            Self::Waiter => "waiter",
            Self::Kitchen => "kitchen",
        }
    }

    /// Whether this role may do `permission` where nobody decided otherwise: see [`crate::catalogue::Catalogue::may`].
    pub fn may_as_delivered(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Manager => true,
            Self::Host => {
                matches!(
                    permission,
                    P::Seat | P::Order | P::Fire | P::Void | P::Transfer | P::TakePayment | P::Print
                )
            }
            Self::Waiter => matches!(
                permission,
                P::Seat
                    | P::Order
                    | P::Fire
                    | P::Void
                    | P::VoidSent
                    | P::Transfer
                    | P::TakePayment
                    | P::Serve
                    | P::EightySix
                    | P::Print
            ),
            Self::Kitchen => matches!(permission, P::Bump | P::Serve | P::EightySix | P::Print),
        }
    }

    /// What this role may do where nobody decided otherwise, in the order of the table.
    pub fn permissions_as_delivered(self) -> Vec<Permission> {
        Permission::ALL.into_iter().filter(|permission| self.may_as_delivered(*permission)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manager_may_do_everything_and_the_kitchen_never_touches_money() {
        assert_eq!(Role::Manager.permissions_as_delivered(), Permission::ALL);
        for money in [Permission::TakePayment, Permission::Refund, Permission::Drawer, Permission::Discount] {
            assert!(!Role::Kitchen.may_as_delivered(money));
        }
    }

    #[test]
    fn a_name_is_the_one_on_the_wire() {
        for permission in Permission::ALL {
            assert_eq!(serde_json::to_value(permission).unwrap(), permission.as_str());
            assert_eq!(Permission::named(permission.as_str()), Some(permission));
        }
        for role in Role::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
    }

    #[test]
    fn only_a_manager_gives_food_away_or_closes_the_day() {
        for role in [Role::Host, Role::Waiter, Role::Kitchen] {
            assert!(!role.may_as_delivered(Permission::Comp));
            assert!(!role.may_as_delivered(Permission::CloseDay));
        }
    }
}
