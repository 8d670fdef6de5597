//! One command: decided, written to documents, journal, projections and outbox.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use maitred_domain::catalogue::{Catalogue, EntityChanged};
use maitred_domain::check::{Check, Marked};
use maitred_domain::decide::{Answer, Command, Context, Decision, decide};
use maitred_domain::device_log::{DeviceFact, DeviceLog};
use maitred_domain::fact::Fact;
use maitred_domain::ids::{CheckId, ItemId, JobId, TableId};
use maitred_sync::{Change, Hlc, Origin};
use rusqlite::{Connection, OptionalExtension, params};

use super::State;
use super::batch::WriteError;
use crate::documents::{self, DocId, Kind};
use crate::journal::{self, COMMAND_HASH_BYTES};
use crate::{CommandError, Committed, ReadError, Reply, Request, device_tasks, print_jobs};

type CommandHash = [u8; COMMAND_HASH_BYTES];

/// How long a key is remembered, in milliseconds (30 days): longer than any device stays away.
const KEYS_KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// A command that is written, and durable with the commit.
pub struct Done {
    pub reply: Reply,
    /// For those who follow; `None` when it had been done before.
    pub news: Option<News>,
}

/// What a command changed.
pub struct News {
    pub committed: Arc<Committed>,
    pub checks: Vec<Arc<Check>>,
    /// The catalogue, when it is another now.
    pub catalogue: Option<Arc<Catalogue>>,
    pub state: super::published::Small,
}

/// Runs one command inside the open transaction.
pub fn run(
    connection: &Connection,
    state: &mut State,
    now: Timestamp,
    request: &Request,
) -> Result<Result<Done, CommandError>, WriteError> {
    let hash = command_hash(request);
    if let Some((known, seq, answer)) = find_key(connection, &request.idempotency_key)? {
        if known != hash {
            return Ok(Err(CommandError::KeyReused));
        }
        let entry = journal::place(connection, seq)?;
        let reply = reply(connection, state, (seq, entry), answer, true)?;
        return Ok(Ok(Done { reply, news: None }));
    }
    let world = state.world(connection, now, &request.command)?;
    let hlc = state.tick(now);
    let context = Context {
        now,
        hlc: hlc.to_bits(),
        by: request.by,
        role: request.role,
        approval: request.approval.clone(),
        business_date: state.business_date(now),
        idempotency_key: request.idempotency_key.clone(),
    };
    let decision = match decide(&request.command, &world, &context) {
        Ok(decision) => decision,
        Err(refusal) => return Ok(Err(CommandError::Refused(refusal))),
    };
    write(connection, state, now, hlc, request, hash, decision).map(Ok)
}

fn write(
    connection: &Connection,
    state: &mut State,
    now: Timestamp,
    hlc: Hlc,
    request: &Request,
    hash: CommandHash,
    decision: Decision,
) -> Result<Done, WriteError> {
    let Decision { facts, checks, answer } = decision;
    let sealed = state.seal(connection, &facts)?;
    let changes = edit_documents(connection, state, Saying::Now(hlc), &sealed)?;
    let done = journal::DoneCommand::new(request.idempotency_key.clone(), hash, &answer);
    let facts_json = sealed.iter().map(|fact| serde_json::to_vec(fact).expect("a fact is JSON"));
    let lines = std::iter::once(done.to_line()).chain(facts_json).collect();
    let (seq, own_seq) = state.append(connection, hlc, request.by, lines, changes)?;
    let touched = Touched::by(&facts, &checks, state);
    let checks: Vec<Arc<Check>> = checks.into_values().map(Arc::new).collect();
    for check in &checks {
        let before = state.put_check(Arc::clone(check));
        state.project(connection, before.as_deref(), check)?;
        state.note_finished(check);
    }
    let catalogue = state.apply_others(connection, &facts)?.then(|| Arc::clone(state.catalogue()));
    let jobs = queue_papers(connection, state, now, &facts)?;
    if answer.closed_day.is_some() {
        forget_old_keys(connection, now)?;
    }
    keep_key(connection, seq, &done)?;
    let committed = Committed {
        seq,
        at: now,
        by: request.by,
        facts,
        checks: checks.iter().map(|check| check.id).collect(),
        tables: touched.tables.into_iter().collect(),
        items: touched.items.into_iter().collect(),
        jobs,
    };
    let reply = reply(connection, state, (seq, (state.origin(), own_seq)), answer, false)?;
    let news = News { committed: Arc::new(committed), checks, catalogue, state: state.small() };
    Ok(Done { reply, news: Some(news) })
}

/// Remembers that a command was done by entry `seq`; of two that did the same, the first to arrive.
pub fn keep_key(connection: &Connection, seq: u64, done: &journal::DoneCommand) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO keys (key, entry) VALUES (?1, ?2)")?
        .execute(params![done.key, seq])
        .map(drop)
}

/// Forgets the keys that nobody will send again. What another hub wrote long ago may have arrived after what was written
/// here lately: only what is old itself is forgotten, and what is old and arrived late is forgotten later.
fn forget_old_keys(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    let oldest = u64::try_from(now.as_millisecond() - KEYS_KEPT_MS).unwrap_or_default() << 16;
    connection
        .prepare_cached(
            "DELETE FROM keys WHERE entry < (SELECT n FROM entries WHERE hlc >= ?1 ORDER BY hlc LIMIT 1)
               AND (SELECT hlc FROM entries WHERE n = entry) < ?1",
        )?
        .execute([oldest])
        .map(drop)
}

/// What the bytes of a command amount to: who sends it matters, when does not, and what somebody is called neither: the
/// hash stays in the journal, where a name that is guessed could be tried against it.
fn command_hash(request: &Request) -> CommandHash {
    let json = match &request.command {
        Command::Edit { changes } => {
            let changes = changes.iter().map(EntityChanged::without_personal).collect();
            serde_json::to_vec(&(request.by, Command::Edit { changes }))
        }
        Command::SetUp { changes } => {
            let changes = changes.iter().map(EntityChanged::without_personal).collect();
            serde_json::to_vec(&(request.by, Command::SetUp { changes }))
        }
        command => serde_json::to_vec(&(request.by, command)),
    };
    let json = json.expect("a command is JSON");
    let mut hash = CommandHash::default();
    hash.copy_from_slice(&blake3::hash(&json).as_bytes()[..COMMAND_HASH_BYTES]);
    hash
}

/// The command that was done under a key: its hash, its entry, its answer.
pub fn find_key(connection: &Connection, key: &str) -> Result<Option<(CommandHash, u64, Answer)>, ReadError> {
    let row: Option<(u64, Vec<u8>)> = connection
        .prepare_cached("SELECT n, facts FROM keys JOIN entries ON n = entry WHERE key = ?1")?
        .query_row([key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((seq, facts)) = row else { return Ok(None) };
    let damaged = |what: &dyn std::fmt::Display| ReadError::Damaged(format!("answer of {key}: {what}"));
    let done = journal::DoneCommand::of_lines(journal::split_lines(&facts))?;
    let done = done.ok_or_else(|| damaged(&"its entry is of no command"))?;
    let answer = serde_json::from_str(done.answer.get()).map_err(|e| damaged(&e))?;
    Ok(Some((done.hash, seq, answer)))
}

fn reply(
    connection: &Connection,
    state: &mut State,
    (seq, entry): (u64, (Origin, u64)),
    answer: Answer,
    replayed: bool,
) -> Result<Reply, WriteError> {
    let mut checks = Vec::with_capacity(answer.checks.len());
    for id in &answer.checks {
        checks.extend(state.check(connection, *id)?);
    }
    Ok(Reply { seq, entry, answer, checks, replayed })
}

/// Whether something is said for the first time, or again for a replica that said it then.
#[derive(Clone, Copy)]
pub enum Saying {
    Now(Hlc),
    Again(Hlc),
}

/// Writes the facts into the documents they belong to: one change for each document.
pub fn edit_documents(
    connection: &Connection,
    state: &mut State,
    saying: Saying,
    facts: &[Marked<Fact>],
) -> Result<Vec<Change>, WriteError> {
    let mut order: Vec<(DocId, Kind)> = Vec::new();
    let mut by_document: BTreeMap<DocId, Vec<&Marked<Fact>>> = BTreeMap::new();
    for fact in facts {
        let (doc, kind) = documents::of_fact(&fact.fact);
        let facts = by_document.entry(doc).or_default();
        if facts.is_empty() {
            order.push((doc, kind));
        }
        facts.push(fact);
    }
    let mut changes = Vec::with_capacity(order.len());
    for (doc, kind) in order {
        let document = state.pages.page(connection, &doc)?;
        let mut edit = match saying {
            Saying::Now(hlc) => document.edit(hlc),
            Saying::Again(hlc) => document.edit_late(hlc),
        };
        for fact in &by_document[&doc] {
            write_fact(&mut edit, fact)?;
        }
        if let Some(bytes) = edit.commit() {
            changes.push(Change { doc, kind: kind.as_str().to_owned(), bytes });
        }
    }
    Ok(changes)
}

fn write_fact(edit: &mut maitred_sync::Edit<'_>, marked: &Marked<Fact>) -> Result<(), WriteError> {
    let mark = marked.mark;
    match &marked.fact {
        Fact::Check { fact, .. } => documents::check::write(edit, mark, fact)?,
        Fact::Day { id, fact } => documents::day::write(edit, mark, *id, fact)?,
        Fact::Table { mark: said, .. } => documents::table::write(edit, mark, *said)?,
        Fact::Stock { fact, .. } => documents::stock::write(edit, fact)?,
        Fact::Device { log, fact } => documents::device_log::write(edit, mark, *log, fact)?,
        Fact::Entity { change } => documents::catalogue::write(edit, change)?,
    }
    Ok(())
}

fn queue_papers(
    connection: &Connection,
    state: &State,
    now: Timestamp,
    facts: &[Marked<Fact>],
) -> Result<Vec<JobId>, WriteError> {
    let mut jobs = Vec::new();
    for fact in facts {
        let check = fact.fact.check().and_then(|id| state.cached_check(id));
        for task in maitred_domain::wire::wanted(&fact.fact, check, state.catalogue()) {
            device_tasks::queue(connection, now, &task)?;
        }
        for paper in maitred_domain::paper::wanted(&fact.fact, check, state.catalogue()) {
            jobs.push(print_jobs::queue(connection, now, &paper, false)?);
        }
    }
    Ok(jobs)
}

/// The table that a call is about, as it was known before.
fn call_table(fact: &DeviceFact, state: &State) -> Option<TableId> {
    match fact {
        DeviceFact::CallRaised { table, .. } => Some(*table),
        DeviceFact::CallAnswered { call } => state.small().going_on.calls.get(call).map(|call| call.table),
        _ => None,
    }
}

/// What looks different because of some facts, besides the checks themselves.
#[derive(Default)]
struct Touched {
    tables: BTreeSet<TableId>,
    items: BTreeSet<ItemId>,
}

impl Touched {
    fn by(facts: &[Marked<Fact>], checks: &BTreeMap<CheckId, Check>, state: &State) -> Self {
        let mut touched = Self::default();
        for (id, check) in checks {
            touched.tables.extend(check.tables());
            touched.tables.extend(state.cached_check(*id).map(Check::tables).unwrap_or_default());
        }
        for fact in facts {
            match &fact.fact {
                Fact::Table { id, .. } => {
                    touched.tables.insert(*id);
                }
                Fact::Stock { id, .. } => {
                    touched.items.insert(*id);
                }
                Fact::Device { log: DeviceLog::Calls { .. }, fact } => {
                    touched.tables.extend(call_table(fact, state));
                }
                Fact::Check { .. } | Fact::Day { .. } | Fact::Device { .. } | Fact::Entity { .. } => {}
            }
        }
        touched
    }
}
