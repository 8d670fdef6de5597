//! Checks, the tables they are at, and what was sold on them.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use maitred_domain::check::{Check, CheckState, LineState, TicketState};
use maitred_domain::ids::TableId;
use maitred_domain::money::Money;
use serde_json::json;

use super::{AttentionItem, AttentionKind, Severity};
use crate::views::money::Currency;
use crate::views::{CHECK_OPEN_HOURS_MAX, Views, params};

fn fired_twice(views: &Views<'_>, check: &Check) -> Option<AttentionItem> {
    let lines = check.fired_twice();
    let since = lines.iter().map(|line| line.mark.at()).max()?;
    let names: Vec<&str> = lines.iter().map(|line| line.line.name.as_str()).collect();
    let title = format!("Two hubs fired {}: make it once", names.join(", "));
    let of = check.id.to_string();
    let item = AttentionItem::new(AttentionKind::FiredTwice, Severity::Alarm, &of, since, title);
    let detail = "There may be two papers of it. On screens it is on one ticket.".to_owned();
    let about = json!({ "names": names, "check": check.number, "table": views.place(check) });
    Some(AttentionItem { detail, params: params(about), check_id: Some(check.id), ..item })
}

/// A check that was closed, and that something came to which whoever closed it did not know.
fn reopened(views: &Views<'_>, check: &Check) -> Option<AttentionItem> {
    let close = check.closes.last().filter(|close| !check.reopened.contains_key(&close.id))?;
    if check.state() != CheckState::Open {
        return None;
    }
    let due = check.totals().due();
    let amount = Currency::of(&views.catalogue.venue).format(due);
    let title = format!("Check {} was closed and is open again: {amount} to pay", check.number);
    let (kind, of) = (AttentionKind::CheckReopened, check.id.to_string());
    let item = AttentionItem::new(kind, Severity::Warning, &of, close.mark.at(), title);
    let params = params(json!({ "check": check.number, "amount_minor": due }));
    Some(AttentionItem { params, check_id: Some(check.id), ..item })
}

pub(super) fn of_check(views: &Views<'_>, check: &Check) -> Vec<AttentionItem> {
    let mut items = Vec::new();
    let id = check.id.to_string();
    for ticket in check.tickets() {
        if ticket.state == TicketState::Open && (ticket.unrouted || ticket.station.is_none()) {
            let names: Vec<&str> = ticket.lines.iter().map(|it| it.line.line.name.as_str()).collect();
            let title = format!("No station makes {}", names.join(", "));
            let since = ticket.fired.at();
            let of = ticket.id.to_string();
            let item = AttentionItem::new(AttentionKind::UnroutedLine, Severity::Alarm, &of, since, title);
            let station = ticket.station.and_then(|id| views.catalogue.stations.get(&id));
            let detail = match station {
                Some(station) => format!("It went to {}. Give the item a station.", station.name),
                None => "Nobody sees it. Give the item a station.".to_owned(),
            };
            let about = json!({ "names": names, "station": station.map(|station| &station.name) });
            items.push(AttentionItem { detail, params: params(about), check_id: Some(check.id), ..item });
        }
    }
    items.extend(check.lines.values().filter_map(|line| line_twice(views, check, line)));
    items.extend(fired_twice(views, check));
    items.extend(reopened(views, check));
    let due = check.totals().due();
    if due < Money::ZERO {
        let owed = Currency::of(&views.catalogue.venue).format(-due);
        let title = format!("Check {} is owed {owed}", check.number);
        let since = check.last().at();
        let item = AttentionItem::new(AttentionKind::RefundDue, Severity::Warning, &id, since, title);
        let params = params(json!({ "check": check.number, "amount_minor": -due }));
        items.push(AttentionItem { params, check_id: Some(check.id), ..item });
    }
    let open = check.state() == CheckState::Open;
    let age = views.now.duration_since(check.opened.at());
    if open && age > SignedDuration::from_hours(CHECK_OPEN_HOURS_MAX) {
        let title = format!("Check {} is open for {} hours", check.number, age.as_hours());
        let since = check.opened.at();
        let item = AttentionItem::new(AttentionKind::CheckOpenLong, Severity::Info, &id, since, title);
        let params = params(json!({ "check": check.number, "hours": age.as_hours() }));
        items.push(AttentionItem { params, check_id: Some(check.id), ..item });
    }
    items
}

/// A line that two hubs moved, while both of what it became are to be paid.
fn line_twice(views: &Views<'_>, check: &Check, line: &LineState) -> Option<AttentionItem> {
    if !line.is_moved_twice() {
        return None;
    }
    let became = line.became.iter().filter_map(|(check, line)| Some((views.check(*check)?, *line)));
    let standing = became.filter(|(check, line)| check.lines.get(line).is_some_and(LineState::is_standing));
    let (checks, quantities): (Vec<String>, Vec<u32>) =
        standing.map(|(check, line)| (check.number.clone(), check.lines[&line].quantity())).unzip();
    if quantities.iter().sum::<u32>() <= line.line.quantity {
        return None;
    }
    let title = format!("{} is on checks {}", line.line.name, checks.join(" and "));
    let (kind, of, since) = (AttentionKind::LineTwice, line.line.id.to_string(), check.last().at());
    let item = AttentionItem::new(kind, Severity::Warning, &of, since, title);
    let detail = "Two hubs moved it at the same time. Void it on one of them.".to_owned();
    let params = params(json!({ "name": line.line.name, "checks": checks }));
    Some(AttentionItem { detail, params, check_id: line.moved_to, ..item })
}

/// Tables with more than one check that was opened there on its own, not by a split.
pub(super) fn double_seated(views: &Views<'_>) -> Vec<AttentionItem> {
    let mut tables: BTreeMap<TableId, Vec<Check>> = BTreeMap::new();
    for check in views.store.open_checks() {
        let from_a_split = check.lines.values().any(|line| line.mark.hlc == check.opened.hlc);
        for table in check.tables().into_iter().filter(|_| !from_a_split) {
            tables.entry(table).or_default().push(Check::clone(&check));
        }
    }
    let double = tables.into_iter().filter(|(_, checks)| checks.len() > 1);
    let item = |(table, checks): (TableId, Vec<Check>)| {
        let name = views.catalogue.tables.get(&table).map_or("?", |table| table.name.as_str());
        let numbers: Vec<&str> = checks.iter().map(|check| check.number.as_str()).collect();
        let since = checks.iter().map(|check| check.opened.at()).max().unwrap_or(views.now);
        let title = format!("Table {name} has checks {}", numbers.join(" and "));
        let of = table.to_string();
        let item = AttentionItem::new(AttentionKind::DoubleSeated, Severity::Warning, &of, since, title);
        let detail = "Two parties, or one party twice: move or merge.".to_owned();
        let params = params(json!({ "table": name, "checks": numbers }));
        AttentionItem { detail, params, check_id: checks.last().map(|check| check.id), ..item }
    };
    double.map(item).collect()
}

pub(super) fn stock(views: &Views<'_>) -> Vec<AttentionItem> {
    let stock = views.store.stock();
    let negative =
        stock.iter().filter_map(|(id, stock)| Some((*id, stock.remaining.filter(|left| *left < 0)?)));
    let item = |(id, left): (maitred_domain::ids::ItemId, i64)| {
        let name = views.catalogue.items.get(&id).map_or("?", |item| item.name.as_str());
        let title = format!("{} too many of {name} were sold", -left);
        let (kind, severity) = (AttentionKind::StockNegative, Severity::Warning);
        let item = AttentionItem::new(kind, severity, &id.to_string(), views.now, title);
        AttentionItem { params: params(json!({ "name": name, "count": -left })), ..item }
    };
    negative.map(item).collect()
}
