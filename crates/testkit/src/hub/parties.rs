//! Parties that order, pay and leave: an endless row of numbered commands, five to each party.
//!
//! Everything about a command (its key, what it says) follows from its number and from what the hub answered to the
//! party's commands before it. [`check`] takes a hub's word for nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde_json::{Value, json};

use super::http::{Answer, Client};

/// What a party does, in order.
pub const STEPS: [&str; 5] = ["open", "order", "fire", "pay", "close"];
/// Commands of a party.
pub const COMMANDS_PER_PARTY: u64 = STEPS.len() as u64;
/// Lines that a party orders.
const LINES: usize = 2;
/// The most checks that the hub lists.
const CHECKS_MAX: usize = 1_000;

/// Who serves parties, and what they all have.
#[derive(Debug)]
pub struct Waiter {
    /// Their device.
    pub client: Client,
    dish: String,
}

/// A party that has come.
#[derive(Clone, Debug)]
pub struct Party {
    number: u64,
    /// Its check, once it has one.
    check: String,
    /// What it owes, once it has ordered.
    total_minor: i64,
}

impl Party {
    /// The party of that number, before it comes in.
    pub fn new(number: u64) -> Self {
        Self { number, check: String::new(), total_minor: 0 }
    }

    /// The id of its check; empty before it has one.
    pub fn check(&self) -> &str {
        &self.check
    }

    /// What it is called on papers too.
    pub fn name(&self) -> String {
        format!("party {}", self.number)
    }

    /// The number of its command at `step`.
    pub fn command(&self, step: usize) -> u64 {
        self.number * COMMANDS_PER_PARTY + step as u64
    }

    /// Learns from an answer what later commands need.
    pub fn learn(&mut self, step: usize, answer: &Answer) {
        match (STEPS[step], answer.is_success()) {
            ("open", true) => answer.body["id"].as_str().unwrap_or_default().clone_into(&mut self.check),
            ("order", true) => {
                self.total_minor = answer.body["check"]["total_minor"].as_i64().unwrap_or_default();
            }
            _ => {}
        }
    }
}

impl Waiter {
    /// A waiter of the demo venue signs in.
    ///
    /// # Errors
    /// When the hub refuses, or has nothing to eat.
    pub fn sign_in(mut client: Client) -> io::Result<Self> {
        client.sign_in("waiter", "2222")?;
        let menu = client.look("/api/v1/menu")?;
        let items = menu["items"].as_array().into_iter().flatten();
        let mut plain = items.filter(|item| {
            let groups = item["modifier_groups"].as_array();
            groups.is_some_and(Vec::is_empty) && item["station"].is_string()
        });
        let dish = plain.next().and_then(|item| item["id"].as_str());
        let dish = dish.ok_or_else(|| io::Error::other("nothing to eat"))?.to_owned();
        Ok(Self { client, dish })
    }

    /// The same person with another device.
    #[must_use]
    pub fn again(&self) -> Self {
        Self { client: self.client.again(), dish: self.dish.clone() }
    }

    /// The same person at another address.
    #[must_use]
    pub fn at(&self, address: std::net::SocketAddr) -> Self {
        Self { client: self.client.at(address), dish: self.dish.clone() }
    }

    /// Sends a party's command of that step, with its number as the key.
    ///
    /// # Errors
    /// When the hub does not answer.
    pub fn send(&mut self, party: &Party, step: usize) -> io::Result<Answer> {
        let name = party.name();
        let (path, body) = match STEPS[step] {
            "open" => (String::new(), json!({ "covers": 2, "name": name })),
            "order" => {
                let line = json!({ "item_id": self.dish, "quantity": 1, "note": name });
                ("lines".into(), json!({ "lines": vec![line; LINES] }))
            }
            "fire" => ("fire".into(), json!({})),
            "pay" => ("tenders".into(), json!({ "kind": "cash", "amount_minor": party.total_minor })),
            _ => ("close".into(), json!({})),
        };
        let path = match path.as_str() {
            "" => "/api/v1/checks".to_owned(),
            path => format!("/api/v1/checks/{}/{path}", party.check),
        };
        self.client.post(&path, Some(&party.command(step).to_string()), &body)
    }

    /// Serves one party after the other, `first` and every `stride`-th after it, for as long as commands are done;
    /// calls `acknowledge` after each. Returns the refusal that ended it; `None` when the hub did not answer.
    pub fn serve(&mut self, first: u64, stride: usize, mut acknowledge: impl FnMut(u64)) -> Option<Answer> {
        let mut numbers = (first..).step_by(stride);
        numbers.find_map(|number| self.serve_one(number, &mut acknowledge).err()).flatten()
    }

    /// Serves one party; calls `acknowledge` after each command that was done.
    ///
    /// # Errors
    /// The refusal that ended it; `None` when the hub did not answer.
    pub fn serve_one(&mut self, number: u64, mut acknowledge: impl FnMut(u64)) -> Result<(), Option<Answer>> {
        let mut party = Party::new(number);
        for step in 0..STEPS.len() {
            let answer = self.send(&party, step).map_err(|_| None)?;
            if !answer.is_success() {
                return Err(Some(answer));
            }
            party.learn(step, &answer);
            acknowledge(party.command(step));
        }
        Ok(())
    }
}

/// A party, and how far it came.
struct Found {
    party: Party,
    steps: usize,
    check: Value,
}

/// The number of the first party that has never come.
///
/// # Errors
/// When the hub does not answer.
pub fn next_party(client: &mut Client) -> io::Result<u64> {
    let checks = client.look("/api/v1/checks?state=all")?;
    let numbers = checks.as_array().into_iter().flatten().filter_map(number_of);
    Ok(numbers.max().map_or(0, |last| last + 1))
}

fn number_of(check: &Value) -> Option<u64> {
    check["name"].as_str()?.strip_prefix("party ")?.parse().ok()
}

/// Looks at all parties of a hub that nobody else uses, sends again everything that was done, and lets everybody go on
/// who was interrupted. Returns the numbers of commands that were done before, or now by going on.
///
/// # Errors
/// What is there twice, in part or out of order, or changes by being sent again.
pub fn check(waiter: &mut Waiter) -> Result<BTreeSet<u64>, String> {
    let silent = |error: io::Error| format!("the hub does not answer: {error}");
    let found = look(waiter)?;
    let entries = journal(waiter).map_err(silent)?;
    for found in &found {
        for step in 0..found.steps {
            let answer = waiter.send(&found.party, step).map_err(silent)?;
            same(&found.check, step, &answer)?;
        }
    }
    let unchanged = look(waiter)?;
    let pairs = found.iter().zip(&unchanged);
    let differs = pairs.filter(|(before, after)| before.check != after.check).count();
    if differs > 0 || found.len() != unchanged.len() || journal(waiter).map_err(silent)? != entries {
        return Err(format!("{differs} checks changed when everything was sent again"));
    }

    let mut present = BTreeSet::new();
    let mut went_on = 0;
    for found in &found {
        let mut steps = found.steps;
        if steps < STEPS.len() {
            let done = waiter.send(&found.party, steps).map_err(silent)?;
            let again = waiter.send(&found.party, steps).map_err(silent)?;
            if !done.is_success() || done != again {
                return Err(format!("{} cannot go on: {done:?}, then {again:?}", found.party.name()));
            }
            (steps, went_on) = (steps + 1, went_on + 1);
        }
        present.extend((0..steps).map(|step| found.party.command(step)));
    }
    let written = journal(waiter).map_err(silent)? - entries;
    if written != went_on {
        return Err(format!("{went_on} commands, each sent twice, wrote {written} entries"));
    }
    Ok(present)
}

/// Entries of the hub's journal.
fn journal(waiter: &mut Waiter) -> io::Result<u64> {
    let sync = waiter.client.look("/api/v1/sync")?;
    let vector = sync["vector"].as_object().into_iter().flatten();
    Ok(vector.filter_map(|(_, seq)| seq.as_u64()).sum())
}

/// Every party, by number.
fn look(waiter: &mut Waiter) -> Result<Vec<Found>, String> {
    let silent = |error: io::Error| format!("the hub does not show: {error}");
    let tickets = tickets(waiter).map_err(silent)?;
    let checks = waiter.client.look("/api/v1/checks?state=all").map_err(silent)?;
    let checks = checks.as_array().map(Vec::as_slice).unwrap_or_default();
    if checks.len() >= CHECKS_MAX {
        return Err("more checks than the hub shows".into());
    }
    let mut found = BTreeMap::new();
    for summary in checks {
        let Some(number) = number_of(summary) else { return Err(format!("a stranger: {summary}")) };
        let id = summary["id"].as_str().unwrap_or_default();
        let check = waiter.client.look(&format!("/api/v1/checks/{id}")).map_err(silent)?;
        let steps = steps_of(&check, tickets.get(id).copied().unwrap_or_default())?;
        let total_minor = check["total_minor"].as_i64().unwrap_or_default();
        let party = Party { number, check: id.to_owned(), total_minor };
        if found.insert(number, Found { party, steps, check }).is_some() {
            return Err(format!("party {number} is there twice"));
        }
    }
    Ok(found.into_values().collect())
}

/// How many tickets the kitchen has of each check.
fn tickets(waiter: &mut Waiter) -> io::Result<BTreeMap<String, usize>> {
    let mut counts = BTreeMap::new();
    for ticket in waiter.client.look("/api/v1/kitchen/tickets")?.as_array().into_iter().flatten() {
        *counts.entry(ticket["check_id"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    Ok(counts)
}

/// How many steps a check shows to have been done, each whole and once, none without those before it.
fn steps_of(check: &Value, tickets: usize) -> Result<usize, String> {
    let count = |field: &str| check[field].as_array().map_or(0, Vec::len);
    let is_paid = check["total_minor"] == check["paid_minor"];
    let steps = match (count("lines"), tickets, count("tenders"), check["state"].as_str()) {
        (0, 0, 0, Some("open")) => 1,
        (LINES, 0, 0, Some("open")) => 2,
        (LINES, 1, 0, Some("open")) => 3,
        (LINES, 1, 1, Some("open")) if is_paid => 4,
        (LINES, 1, 1, Some("closed")) if is_paid => 5,
        _ => return Err(format!("{tickets} tickets, and a check that no party left: {check}")),
    };
    Ok(steps)
}

/// Whether what is answered to a step that was done names what the check has of it.
fn same(check: &Value, step: usize, answer: &Answer) -> Result<(), String> {
    let ids = |lines: &Value| -> Vec<Value> {
        lines.as_array().into_iter().flatten().map(|line| line["id"].clone()).collect()
    };
    let same = match STEPS[step] {
        "order" => ids(&answer.body["lines"]) == ids(&check["lines"]),
        "pay" => answer.body["id"] == check["tenders"][0]["id"],
        _ => answer.body["id"] == check["id"],
    };
    if answer.is_success() && same {
        return Ok(());
    }
    Err(format!("{} sent again is answered {answer:?}, but the check is {check}", STEPS[step]))
}
