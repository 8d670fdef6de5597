//! Who may do what: one table that commands, screens and documents read from.

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
    /// Give money back.
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
    /// Change the venue's settings, stations, printers and staff.
    EditSettings,
    /// See the day's figures.
    ViewReports,
    /// See who did what.
    ViewAudit,
    /// Print receipts, reprint and dismiss print jobs.
    Print,
}

impl Permission {
    /// Every permission, in the order of the table.
    pub const ALL: [Self; 22] = [
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
        Self::ViewReports,
        Self::ViewAudit,
        Self::Print,
    ];
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Manager, Self::Host, Self::Waiter, Self::Kitchen];

    /// Whether this role may do `permission`.
    pub fn may(self, permission: Permission) -> bool {
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

    /// What this role may do, in the order of the table.
    pub fn permissions(self) -> Vec<Permission> {
        Permission::ALL.into_iter().filter(|permission| self.may(*permission)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manager_may_do_everything_and_the_kitchen_never_touches_money() {
        assert_eq!(Role::Manager.permissions(), Permission::ALL);
        for money in [Permission::TakePayment, Permission::Refund, Permission::Drawer, Permission::Discount] {
            assert!(!Role::Kitchen.may(money));
        }
    }

    #[test]
    fn only_a_manager_gives_food_away_or_closes_the_day() {
        for role in [Role::Host, Role::Waiter, Role::Kitchen] {
            assert!(!role.may(Permission::Comp));
            assert!(!role.may(Permission::CloseDay));
        }
    }
}
