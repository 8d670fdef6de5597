//! The journals of one venue, in one file.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use maitred_sync::{Chain, Delivery, DocId, Hash, Hlc, Origin, Parcel, Snapshot, Tip, Vector};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::storage::{StorageError, body};

/// Every journal: the number that stands for it, whose it is, and where it ends.
fn journals(connection: &Connection) -> Result<Vec<(i64, Origin, Tip)>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT origins.n, origins.origin, seq, hash, hlc FROM origins JOIN entries ON entries.origin = origins.n
         WHERE seq = (SELECT max(seq) FROM entries WHERE entries.origin = origins.n)",
    )?;
    let rows = statement.query_map([], |row| {
        let (hash, hlc) = (Hash::from(row.get::<_, [u8; 32]>(3)?), Hlc::from_bits(row.get(4)?));
        Ok((row.get(0)?, Origin::from_bytes(row.get(1)?), Tip { seq: row.get(2)?, hash, hlc }))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub fn tips(connection: &Connection) -> Result<BTreeMap<Origin, Tip>, StorageError> {
    Ok(journals(connection)?.into_iter().map(|(_, origin, tip)| (origin, tip)).collect())
}

pub fn hash_at(connection: &Connection, origin: Origin, seq: u64) -> Result<Option<Hash>, StorageError> {
    let hash = connection
        .prepare_cached(
            "SELECT hash FROM entries WHERE seq = ?2 AND origin = (SELECT n FROM origins WHERE origin = ?1)",
        )?
        .query_row(params![origin.as_bytes().as_slice(), seq], |row| row.get::<_, [u8; 32]>(0))
        .optional()?;
    Ok(hash.map(Hash::from))
}

pub fn beyond(
    connection: &Connection,
    known: &Vector,
    bytes_max: usize,
) -> Result<Vec<Parcel>, StorageError> {
    let mut lacking: BTreeMap<i64, u64> = BTreeMap::new();
    let mut first: Option<u64> = None;
    let mut place = connection.prepare_cached("SELECT n FROM entries WHERE origin = ?1 AND seq = ?2")?;
    for (number, origin, tip) in journals(connection)? {
        let known = known.get(origin);
        if tip.seq > known {
            let next: u64 = place.query_row(params![number, known + 1], |row| row.get(0))?;
            first = Some(first.map_or(next, |first| first.min(next)));
            lacking.insert(number, known);
        }
    }
    let Some(first) = first else { return Ok(Vec::new()) };
    let mut statement = connection
        .prepare_cached("SELECT origin, seq, header, body FROM entries WHERE n >= ?1 ORDER BY n")?;
    let mut rows = statement.query([first])?;
    let (mut parcels, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let (number, seq): (i64, u64) = (row.get(0)?, row.get(1)?);
        if lacking.get(&number).is_none_or(|known| seq <= *known) {
            continue;
        }
        let parcel = body::decode(&row.get::<_, Vec<u8>>(2)?, &row.get::<_, Vec<u8>>(3)?)?;
        bytes += parcel.bytes();
        if bytes > bytes_max && !parcels.is_empty() {
            break;
        }
        parcels.push(parcel);
    }
    Ok(parcels)
}

pub fn snapshot(connection: &Connection, doc: DocId) -> Result<Option<Snapshot>, StorageError> {
    let snapshot = connection
        .prepare_cached("SELECT kind, bytes FROM snapshots WHERE doc = ?1")?
        .query_row([doc.as_bytes().as_slice()], |row| {
            Ok(Snapshot { doc, kind: row.get(0)?, bytes: row.get(1)? })
        })
        .optional()?;
    Ok(snapshot)
}

pub fn store(connection: &mut Connection, deliveries: &[Delivery]) -> Result<Vector, StorageError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut chains: BTreeMap<Origin, (i64, Chain)> = BTreeMap::new();
    for (number, origin, tip) in journals(&transaction)? {
        chains.insert(origin, (number, Chain::resume(origin, tip)));
    }
    let mut is_erased = false;
    for delivery in deliveries {
        is_erased |= maitred_store::learn_keys(&transaction, &delivery.keys)?.is_erased;
        for snapshot in &delivery.snapshots {
            keep(&transaction, snapshot)?;
        }
        for parcel in &delivery.parcels {
            append(&transaction, &mut chains, parcel)?;
        }
    }
    transaction.commit()?;
    if is_erased {
        // Nobody else reads from it: what was destroyed stands in no log.
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    }
    Ok(chains.into_iter().map(|(origin, (_, chain))| (origin, chain.tip().seq)).collect())
}

fn keep(connection: &Connection, new: &Snapshot) -> Result<(), StorageError> {
    let kept = body::merge(snapshot(connection, new.doc)?, new)?;
    connection
        .prepare_cached(
            "INSERT INTO snapshots (doc, kind, bytes) VALUES (?1, ?2, ?3)
             ON CONFLICT (doc) DO UPDATE SET bytes = ?3",
        )?
        .execute(params![kept.doc.as_bytes().as_slice(), kept.kind, kept.bytes])?;
    Ok(())
}

fn append(
    connection: &Connection,
    chains: &mut BTreeMap<Origin, (i64, Chain)>,
    parcel: &Parcel,
) -> Result<(), StorageError> {
    let header = parcel.header();
    let (number, chain) = match chains.entry(header.origin) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(new) => new.insert((number_of(connection, header.origin)?, Chain::new(header.origin))),
    };
    if header.seq <= chain.tip().seq {
        return Ok(());
    }
    chain.accept(header)?;
    connection
        .prepare_cached(
            "INSERT INTO entries (origin, seq, hlc, hash, header, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            *number,
            header.seq,
            header.hlc.to_bits(),
            chain.tip().hash.as_bytes().as_slice(),
            header.encode(),
            body::encode(parcel),
        ])?;
    Ok(())
}

fn number_of(connection: &Connection, origin: Origin) -> rusqlite::Result<i64> {
    let origin = origin.as_bytes().as_slice();
    connection.execute("INSERT INTO origins (origin) VALUES (?1) ON CONFLICT DO NOTHING", [origin])?;
    connection.query_row("SELECT n FROM origins WHERE origin = ?1", [origin], |row| row.get(0))
}
