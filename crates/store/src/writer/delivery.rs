//! Entries of other replicas: kept as they are, after which everything that is a function of documents follows.
//!
//! Nothing is decided here and no paper is queued: whoever accepted a command prints what it wants. An entry that does
//! not fit is put aside, and what it says is said again, as an entry of this replica.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use maitred_domain::catalogue::Catalogue;
use maitred_domain::check::{Check, Mark, Marked};
use maitred_domain::fact::Fact;
use maitred_domain::ids::{CheckId, ItemId, StaffId, TableId};
use maitred_sync::{ApplyError, Chain, Change, Delivery, Header, Hlc, Parcel, Snapshot, Vector};
use rusqlite::Connection;
use uuid::Uuid;

use super::batch::WriteError;
use super::command::{self, News};
use super::state::State;
use crate::documents::{self, DocId, Kind};
use crate::{Committed, journal, personal, print_jobs, set_aside};

/// What a delivery came to.
pub struct Delivered {
    /// How far every journal is known with the commit.
    pub vector: Vector,
    /// For those who follow, an entry each.
    pub news: Vec<News>,
    /// Names are readable that were not, or the other way round.
    pub is_opened: bool,
}

/// Checks that changed, and the catalogue if it is another.
type Refreshed = (Vec<Arc<Check>>, Option<Arc<Catalogue>>);

/// Documents that changed, with each check as it was before.
type Touched = BTreeMap<DocId, (Kind, Option<Arc<Check>>)>;

/// Takes a delivery inside the open transaction. What is here already is left as it is.
pub fn run(
    connection: &Connection,
    state: &mut State,
    now: Timestamp,
    delivery: &Delivery,
) -> Result<Delivered, WriteError> {
    let is_opened = state.learn(connection, &delivery.keys)?;
    if is_opened {
        state.read_catalogue_again(connection)?;
    }
    let mut touched = Touched::new();
    let mut misfits = BTreeSet::new();
    for snapshot in &delivery.snapshots {
        if !absorb(connection, state, snapshot, &mut touched)? {
            misfits.insert(snapshot.doc);
        }
    }
    let mut entries = Vec::new();
    let aside_before = set_aside::last(connection)?;
    for parcel in &delivery.forked {
        set_aside::put(connection, now, parcel, FORKED)?;
    }
    for parcel in &delivery.parcels {
        match take(connection, state, now, (parcel, &misfits), &mut touched)? {
            Fate::Taken(entry) => entries.push(*entry),
            Fate::Known => {}
            Fate::Misfit(problem) => set_aside::put(connection, now, parcel, &problem)?,
        }
    }
    entries.extend(say_all_again(connection, state, now, aside_before, &mut touched)?);
    let (checks, catalogue) = refresh(connection, state, touched)?;
    let mut news: Vec<News> = entries
        .into_iter()
        .map(|entry| News {
            committed: Arc::new(entry),
            checks: Vec::new(),
            catalogue: None,
            state: state.small(),
        })
        .collect();
    if let Some(last) = news.last_mut() {
        last.checks = checks;
        last.catalogue = catalogue;
    }
    let origins = journal::origins(connection)?;
    let vector = origins.into_iter().map(|(_, origin, seq)| (origin, seq)).collect();
    Ok(Delivered { vector, news, is_opened })
}

/// Why an entry of a fork is put aside.
const FORKED: &str = "another entry stands in its place, or in that of one before it";

/// Says again what was put aside just now, beyond place `before`, and what came earlier and may have waited for
/// something that came now.
fn say_all_again(
    connection: &Connection,
    state: &mut State,
    now: Timestamp,
    before: i64,
    touched: &mut Touched,
) -> Result<Vec<Committed>, WriteError> {
    let mut waiting = set_aside::unsaid_to_try(connection, before, &mut state.unsaid_tried)?;
    let mut entries = Vec::new();
    let mut is_done = false;
    // What one of them says may be what one before it waits for.
    while !is_done {
        let mut still = Vec::new();
        is_done = true;
        for place in waiting {
            match say_again(connection, state, now, place, touched)? {
                Said::No => still.push(place),
                Said::Yes(entry) => {
                    is_done = false;
                    entries.extend(entry.map(|entry| *entry));
                }
            }
        }
        waiting = still;
    }
    Ok(entries)
}

/// What became of an entry that is to be said again.
enum Said {
    /// It is part of this database now, by the entry that says it, or because all of it was known.
    Yes(Option<Box<Committed>>),
    /// It cannot be said, yet or ever: a person is told.
    No,
}

/// Says again what an entry says that was put aside, so that everybody knows it, wherever else its journal is known
/// otherwise. Nothing is said when all of it is known: neither a fact nor that its command was done is new.
fn say_again(
    connection: &Connection,
    state: &mut State,
    now: Timestamp,
    place: i64,
    touched: &mut Touched,
) -> Result<Said, WriteError> {
    let (header, lines) = set_aside::at(connection, place)?;
    let each = || lines.iter().map(Vec::as_slice);
    let (Ok(facts), Ok(done)) = (journal::facts_of(each()), journal::DoneCommand::of_lines(each())) else {
        return Ok(Said::No);
    };
    // Whatever is written here from now on is above it, as above an entry that was taken.
    state.heard_of(now, header.origin, header.hlc);
    let Some(changes) = edit_late(connection, state, said_first(&header, &facts), &facts)? else {
        return Ok(Said::No);
    };
    set_aside::said_again(connection, place)?;
    let is_known = match &done {
        Some(done) => note_if_twice(connection, state, done, &facts)?,
        None => true,
    };
    if changes.is_empty() && is_known {
        return Ok(Said::Yes(None));
    }
    for change in &changes {
        touch(connection, state, (&change.doc, &change.kind), touched)?;
    }
    let by = StaffId(Uuid::from_bytes(*header.author.as_bytes()));
    let at = Mark::of(header.hlc.to_bits(), by).at();
    let hlc = state.tick(now);
    let (n, _) = state.append(connection, hlc, by, lines, changes)?;
    if let Some(done) = done {
        command::keep_key(connection, n, &done)?;
    }
    Ok(Said::Yes(Some(Box::new(committed(connection, (n, at, by), facts)?))))
}

/// When it was said first: an entry may itself be one that says another again.
fn said_first(header: &Header, facts: &[Marked<Fact>]) -> Hlc {
    facts.first().map_or(header.hlc, |fact| Hlc::from_bits(fact.mark.hlc))
}

/// Writes facts of another replica into the documents, as far as they are new; `None` when they cannot be.
fn edit_late(
    connection: &Connection,
    state: &mut State,
    hlc: Hlc,
    facts: &[Marked<Fact>],
) -> Result<Option<Vec<Change>>, WriteError> {
    let edited = command::edit_documents(connection, state, command::Saying::Again(hlc), facts);
    let mut is_whole = !matches!(edited, Err(WriteError::Edit(_)));
    for id in facts.iter().filter_map(|fact| fact.fact.check()) {
        let document = state.pages.document(connection, &documents::of_check(id))?;
        is_whole = is_whole && documents::check::read(id, document).is_ok();
    }
    if is_whole {
        return edited.map(Some);
    }
    for fact in facts {
        state.pages.drop(&documents::of_fact(&fact.fact).0);
    }
    Ok(None)
}

/// Takes a document that comes compact: what it holds beyond what is known here. False when it does not fit.
fn absorb(
    connection: &Connection,
    state: &mut State,
    snapshot: &Snapshot,
    touched: &mut Touched,
) -> Result<bool, WriteError> {
    touch(connection, state, (&snapshot.doc, &snapshot.kind), touched)?;
    let number = journal::add_document(connection, &snapshot.doc, &snapshot.kind)?;
    let document = state.pages.document(connection, &snapshot.doc)?;
    let misfit = match document.absorb(&snapshot.bytes) {
        Ok(()) => documents::unreadable(connection, &snapshot.doc, &snapshot.kind, document)
            .map(|it| it.to_string()),
        Err(misfit) => Some(misfit.to_string()),
    };
    if let Some(misfit) = misfit {
        tracing::error!(doc = %snapshot.doc, misfit, "a document does not fit");
        state.pages.drop(&snapshot.doc);
        return Ok(false);
    }
    state.pages.save_compact(connection, &snapshot.doc, number)?;
    Ok(true)
}

/// What became of an entry that came. There is no third way: what is neither in a journal nor put aside would be lost,
/// since whoever sent it hears that it is on a disk.
enum Fate {
    Taken(Box<Committed>),
    /// It is here already.
    Known,
    /// It does not fit, nor will what follows it: it is put aside.
    Misfit(String),
}

/// Takes an entry, unless it is part of one of the `misfits`.
fn take(
    connection: &Connection,
    state: &mut State,
    now: Timestamp,
    (parcel, misfits): (&Parcel, &BTreeSet<DocId>),
    touched: &mut Touched,
) -> Result<Fate, WriteError> {
    let header = parcel.header();
    let number = journal::origin_number(connection, header.origin)?;
    let mut chain = Chain::resume(header.origin, journal::tip(connection, number)?);
    if header.seq <= chain.tip().seq {
        // Another version may have come from somebody else since this one was looked at.
        let is_it = journal::hash_at(connection, number, header.seq)? == Some(header.hash());
        return Ok(if is_it { Fate::Known } else { Fate::Misfit(FORKED.to_owned()) });
    }
    if let Err(misfit) = chain.accept(header) {
        return Ok(Fate::Misfit(misfit.to_string()));
    }
    for (origin, seq) in header.after.iter() {
        if journal::seq_of(connection, origin)? < seq {
            return Ok(Fate::Misfit("it builds on an entry that is not here".to_owned()));
        }
    }
    let lines = || parcel.facts().iter().map(Vec::as_slice);
    let (Ok(facts), Ok(done)) = (journal::facts_of(lines()), journal::DoneCommand::of_lines(lines())) else {
        return Ok(Fate::Misfit(set_aside::NEWER.to_owned()));
    };
    if parcel.changes().any(|(it, bytes)| bytes.is_none() && misfits.contains(&it.doc)) {
        return Ok(Fate::Misfit("the document that it is part of does not fit".to_owned()));
    }
    if let Err(misfit) = apply(connection, state, parcel)? {
        return Ok(Fate::Misfit(misfit.to_string()));
    }
    let n = journal::append(connection, number, header, chain.tip().hash, parcel.facts())?;
    for (place, (digest, bytes)) in parcel.changes().enumerate() {
        let doc = (&digest.doc, digest.kind.as_str());
        touch(connection, state, doc, touched)?;
        state.pages.changed(connection, (n, place), doc, bytes.unwrap_or_default())?;
    }
    let by = StaffId(Uuid::from_bytes(*header.author.as_bytes()));
    let at = Mark::of(header.hlc.to_bits(), by).at();
    state.arrived(now, header, n);
    if let Some(done) = done {
        note_if_twice(connection, state, &done, &facts)?;
        command::keep_key(connection, n, &done)?;
    }
    Ok(Fate::Taken(Box::new(committed(connection, (n, at, by), facts)?)))
}

/// An entry as those hear of it who follow: as far as its keys are here, with the names that it says.
fn committed(
    connection: &Connection,
    (n, at, by): (u64, Timestamp, StaffId),
    mut facts: Vec<Marked<Fact>>,
) -> rusqlite::Result<Committed> {
    personal::open(connection, &mut facts)?;
    Ok(Committed::of_facts(n, at, by, facts))
}

/// Notes which papers came of a command that was done here as well: whoever did it was asked for the same. True when it
/// was.
fn note_if_twice(
    connection: &Connection,
    state: &mut State,
    done: &journal::DoneCommand,
    facts: &[Marked<Fact>],
) -> Result<bool, WriteError> {
    if command::find_key(connection, &done.key)?.is_none() {
        return Ok(false);
    }
    for fact in facts {
        let check = match fact.fact.check() {
            Some(id) => state.check(connection, id)?,
            None => None,
        };
        for paper in maitred_domain::paper::wanted(&fact.fact, check.as_deref(), state.catalogue()) {
            print_jobs::wanted_twice(connection, &paper.key)?;
        }
    }
    Ok(true)
}

/// Puts an entry's changes into its documents in memory: all, or with an error none.
fn apply(
    connection: &Connection,
    state: &mut State,
    parcel: &Parcel,
) -> Result<Result<(), ApplyError>, WriteError> {
    for (place, (digest, _)) in parcel.changes().enumerate() {
        let document = state.pages.document(connection, &digest.doc)?;
        let Some(Err(misfit)) = parcel.apply(place, document) else { continue };
        for (digest, _) in parcel.changes() {
            state.pages.drop(&digest.doc);
        }
        return Ok(Err(misfit));
    }
    Ok(Ok(()))
}

/// Remembers what a document was about to change from. One of a kind that a newer version made is kept, and not read.
fn touch(
    connection: &Connection,
    state: &mut State,
    (doc, kind): (&DocId, &str),
    touched: &mut Touched,
) -> Result<(), WriteError> {
    let Some(kind) = Kind::named(kind).filter(|_| !touched.contains_key(doc)) else { return Ok(()) };
    let before = match kind {
        Kind::Check => state.check(connection, CheckId(uuid(doc)))?,
        _ => None,
    };
    touched.insert(*doc, (kind, before));
    Ok(())
}

/// Brings everything up to date that is a function of the documents that changed.
fn refresh(connection: &Connection, state: &mut State, touched: Touched) -> Result<Refreshed, WriteError> {
    let mut checks = Vec::new();
    let mut is_other_catalogue = false;
    for (doc, (kind, before)) in touched {
        match kind {
            Kind::Check => {
                let document = state.pages.document(connection, &doc)?;
                let check = Arc::new(documents::check::read(CheckId(uuid(&doc)), document)?);
                state.put_check(Arc::clone(&check));
                state.project(connection, before.as_deref(), &check)?;
                state.note_finished(&check);
                checks.push(check);
            }
            Kind::Table => {
                let marked = documents::table::read(state.pages.document(connection, &doc)?)?;
                state.put_table(connection, TableId(uuid(&doc)), marked)?;
            }
            Kind::Stock => {
                let stock = documents::stock::read(state.pages.document(connection, &doc)?)?;
                state.put_stock(connection, ItemId(uuid(&doc)), stock)?;
            }
            Kind::Day => {
                let facts = documents::day::facts(state.pages.document(connection, &doc)?)?;
                state.put_day(connection, &facts)?;
            }
            Kind::DeviceLog => state.put_log(connection, &doc)?,
            Kind::Menu | Kind::Floor | Kind::Settings | Kind::Staff => is_other_catalogue = true,
        }
    }
    let catalogue = if is_other_catalogue { Some(state.read_catalogue_again(connection)?) } else { None };
    Ok((checks, catalogue))
}

fn uuid(doc: &DocId) -> Uuid {
    Uuid::from_bytes(*doc.as_bytes())
}
