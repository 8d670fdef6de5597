//! The promises, looked at when all is quiet.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Span;
use maitred_domain::check::Check;
use maitred_domain::decide::Command;
use maitred_domain::figures::Figures;
use maitred_domain::ids::LineId;
use maitred_domain::money::Money;
use maitred_store::{CheckFilter, JobFilter, JobState, Store};

use super::world::{Acknowledged, World};

/// The most checks and jobs that a simulation makes.
pub const MANY: usize = 100_000;
/// How far from the days of the checks a day may be closed: as far as clocks jump.
const CLOSED_ALONE_DAYS: i64 = 10;
/// At so many looks in a row nobody has learned anything: all is quiet.
const STILL_LOOKS: u32 = 8;
/// For how long answers are kept, in milliseconds: less by as much as clocks jump.
const ANSWERS_KEPT_MS: u64 = 26 * 24 * 60 * 60 * 1000;

/// Whether nothing is left to be done; what is, if not.
pub fn is_quiet(world: &mut World) -> Result<(), String> {
    for station in &world.stations {
        if let Some(request) = station.outbox.front() {
            return Err(format!("{} waits for an answer", request.idempotency_key));
        }
    }
    if !world.connections_are_alive() {
        return Err("a connection outlived its hub".into());
    }
    let mut vectors = Vec::new();
    for hub in &world.hubs {
        let Some(life) = hub.life.as_ref().filter(|_| hub.is_serving()) else {
            return Err(format!("hub {} does not serve", hub.id));
        };
        if !life.doing.is_empty() {
            return Err(format!("hub {} is at work", hub.id));
        }
        let state = life.store.sync_state().map_err(|e| format!("hub {} cannot be read: {e}", hub.id))?;
        vectors.push(state.vector);
        if hub.id != super::RELAY
            && let Some(job) = jobs(&life.store).into_iter().find(|(_, state)| is_waiting(*state))
        {
            return Err(format!("hub {} has {} {:?}", hub.id, job.0, job.1));
        }
    }
    if world.is_cloned {
        // Journals that forked are never known alike; what they say is.
        return match world.looks_still(vectors) {
            STILL_LOOKS.. => Ok(()),
            _ => Err("something was learned a moment ago".into()),
        };
    }
    match vectors.iter().find(|vector| **vector != vectors[0]) {
        Some(other) => Err(format!("the hubs know {:?} and {other:?}", vectors[0])),
        None => Ok(()),
    }
}

fn is_waiting(state: JobState) -> bool {
    matches!(state, JobState::Queued | JobState::Attempting | JobState::Sent | JobState::Indeterminate)
}

fn jobs(store: &Store) -> Vec<(String, JobState)> {
    let jobs = store.print_jobs(&JobFilter::default(), MANY).unwrap_or_default();
    jobs.into_iter().map(|job| (job.key, job.state)).collect()
}

/// Papers that a hub was asked for, by their keys.
pub fn papers_of(store: &Store) -> BTreeSet<String> {
    jobs(store).into_iter().map(|(key, _)| key).collect()
}

/// Tickets that this hub alone was to print, and has not.
pub fn unprinted(store: &Store) -> BTreeSet<String> {
    let jobs = store.print_jobs(&JobFilter::default(), MANY).unwrap_or_default();
    let waiting = jobs.into_iter().filter(|job| is_waiting(job.state));
    waiting.filter_map(|job| job.source.ticket()).map(|ticket| ticket.to_string()).collect()
}

/// Looks at everything that was promised.
pub fn look(world: &mut World) {
    let stores: Vec<Store> = world.hubs.iter().filter_map(|hub| hub.store().cloned()).collect();
    if stores.len() < world.hubs.len() {
        world.broken.push("a hub is down".into());
        return;
    }
    let mut broken = Vec::new();
    for (id, store) in stores.iter().enumerate() {
        broken.extend(differences(&stores[0], store).into_iter().map(|it| format!("hubs 0 and {id}: {it}")));
        match store.examine() {
            Ok(diagnosis) => {
                broken.extend(diagnosis.problems.into_iter().map(|it| format!("hub {id}: the doctor: {it}")));
            }
            Err(error) => broken.push(format!("hub {id}: the doctor cannot come: {error}")),
        }
    }
    let checks = all_checks(&stores[0]);
    for (key, acknowledged) in world.acknowledged.iter().filter(|(_, it)| !it.is_excused) {
        for (id, store) in stores.iter().enumerate() {
            let is_young = world.age_ms() - acknowledged.made_ms < ANSWERS_KEPT_MS;
            if is_young && !store.answer_to(key).is_ok_and(|answer| answer.is_some()) {
                broken.push(format!("hub {id}: {key} is lost, which hub {} acknowledged", acknowledged.hub));
            }
        }
        broken.extend(happened(&checks, acknowledged).err().map(|it| format!("{key}: {it}")));
    }
    broken.extend(money(&stores[0], &checks).err());
    broken.extend(papers(world, &checks));
    world.broken.extend(broken);
}

fn all_checks(store: &Store) -> Vec<Arc<Check>> {
    let mut checks = store.checks(&CheckFilter::default(), MANY).unwrap_or_default();
    checks.sort_by_key(|check| check.id);
    checks
}

fn differences(one: &Store, other: &Store) -> Vec<String> {
    let mut differences = Vec::new();
    for (here, there) in all_checks(one).iter().zip(all_checks(other)).filter(|(one, other)| **one != *other)
    {
        differences.push(format!("check {}: {here:?} and {there:?}", here.id));
    }
    let mut same = |what: &str, is_same: bool| {
        if !is_same {
            differences.push(what.to_owned());
        }
    };
    same("other catalogues", *one.catalogue() == *other.catalogue());
    same("other checks", all_checks(one) == all_checks(other));
    same("other open checks", one.open_checks() == other.open_checks());
    same("other tables", one.tables() == other.tables());
    same("other stock", one.stock() == other.stock());
    same("other books", format!("{:?}", one.day(None)) == format!("{:?}", other.day(None)));
    differences
}

/// Whether what was acknowledged is there, and once: ids follow from the key, so what is there is there once, unless it
/// stands in two checks.
fn happened(checks: &[Arc<Check>], acknowledged: &Acknowledged) -> Result<(), String> {
    let Some(reply) = &acknowledged.reply else { return Ok(()) };
    let lines_of = |id: LineId| checks.iter().filter(|check| check.lines.contains_key(&id)).count();
    for line in &reply.answer.lines {
        match lines_of(*line) {
            1 => {}
            n => return Err(format!("line {line} is there {n} times")),
        }
    }
    for check in &reply.answer.checks {
        if !checks.iter().any(|it| it.id == *check) {
            return Err(format!("check {check} is not there"));
        }
    }
    if let (Some(tender), Command::Tender { amount, .. }) =
        (reply.answer.tender, &acknowledged.request.command)
    {
        let found: Vec<Money> = checks
            .iter()
            .filter_map(|check| check.tenders.get(&tender))
            .map(|tender| tender.tender.amount)
            .collect();
        if found.len() != 1 || found[0] > *amount {
            return Err(format!("tender {tender} of {amount:?} is there as {found:?}"));
        }
    }
    Ok(())
}

/// Whether what the closes reported and what is still to be reported are together what the checks say, and every close
/// balances.
fn money(store: &Store, checks: &[Arc<Check>]) -> Result<(), String> {
    let mut by_checks = Figures::default();
    let mut dates = BTreeSet::from([store.business_date()]);
    for check in checks {
        for (date, figures) in check.figures() {
            dates.insert(date);
            by_checks.add_all(&figures);
        }
    }
    let (Some(first), Some(last)) = (dates.first(), dates.last()) else { return Ok(()) };
    let day = |date| store.day(Some(date)).map_err(|e| format!("the books of {date}: {e}"));
    let mut by_days = Figures::default();
    let mut date = first.saturating_sub(Span::new().days(CLOSED_ALONE_DAYS));
    let end = last.saturating_add(Span::new().days(CLOSED_ALONE_DAYS));
    while date < end {
        for (_, z) in day(date)?.parts {
            by_days.add_all(&z.figures);
            if z.difference() != Money::ZERO {
                return Err(format!("the close of {date} is off by {:?}", z.difference()));
            }
        }
        date = date.tomorrow().map_err(|e| e.to_string())?;
    }
    by_days.add_all(&day(end)?.books.figures);
    if by_days == by_checks {
        Ok(())
    } else {
        Err(format!("the days say {by_days:?}, the checks {by_checks:?}"))
    }
}

/// Papers that two hubs printed, of which neither says that there may be another, though not both were asked for it.
fn printed_by_two(world: &World, by_job: &BTreeMap<(usize, &str), Vec<bool>>) -> Vec<String> {
    let mut unmarked: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for ((hub, key), marks) in by_job {
        if marks.contains(&false) {
            unmarked.entry(key).or_default().insert(*hub);
        }
    }
    unmarked.retain(|_, hubs| hubs.len() > 1);
    let twice = unmarked.into_iter().filter(|(key, hubs)| !world.is_known_twice(key, hubs));
    twice.map(|(key, hubs)| format!("hubs {hubs:?} printed {key}, and neither says so")).collect()
}

/// Whether every ticket is on paper, and says so when it may be there twice.
fn papers(world: &World, checks: &[Arc<Check>]) -> Vec<String> {
    let mut broken = Vec::new();
    let mut by_job: BTreeMap<(usize, &str), Vec<bool>> = BTreeMap::new();
    for paper in world.papers.iter().filter(|paper| !paper.is_forgotten) {
        by_job.entry((paper.hub, paper.key.as_str())).or_default().push(paper.is_marked);
    }
    for ((hub, key), marks) in &by_job {
        if marks.iter().skip(1).any(|is_marked| !is_marked) {
            broken.push(format!("hub {hub} printed {key} twice and did not say so: {marks:?}"));
        }
    }
    broken.extend(printed_by_two(world, &by_job));
    for check in checks {
        for ticket in check.tickets() {
            let id = ticket.id.to_string();
            let is_on_paper = world.papers.iter().any(|paper| paper.key.contains(&id));
            if !is_on_paper && !world.lost_tickets.contains(&id) {
                broken.push(format!("ticket {id} is on no paper"));
            }
        }
    }
    broken
}
