//! The journals of one venue.

use std::collections::BTreeMap;

use maitred_sync::{Chain, Delivery, DocId, Hash, Header, Hlc, Origin, Parcel, Snapshot, Tip, Vector};
use uuid::Uuid;

use super::keys;
use super::scoped::Scoped;
use super::tenants::fixed;
use crate::ids::VenueId;
use crate::storage::{StorageError, body};

/// Entries that are fetched at once.
const PORTION: i32 = 128;

pub async fn growth(within: &Scoped<'_>, venues: &[VenueId]) -> Result<BTreeMap<VenueId, u64>, StorageError> {
    let ids: Vec<Uuid> = venues.iter().map(|venue| venue.0).collect();
    let rows = within.rows("SELECT venue, entries FROM growth WHERE venue = ANY($1)", &[&ids]).await?;
    rows.iter().map(|row| Ok((VenueId(row.try_get(0)?), count(row.try_get(1)?)?))).collect()
}

pub async fn tips(within: &Scoped<'_>, venue: VenueId) -> Result<BTreeMap<Origin, Tip>, StorageError> {
    let select = "SELECT origin, seq, hash, hlc FROM journals WHERE venue = $1";
    let rows = within.rows(select, &[&venue.0]).await?;
    let tips = rows.iter().map(|row| {
        let origin = Origin::from_bytes(row.try_get::<_, Uuid>(0)?.into_bytes());
        let hlc = Hlc::from_bits(row.try_get::<_, i64>(3)?.cast_unsigned());
        Ok((origin, Tip { seq: count(row.try_get(1)?)?, hash: Hash::from(fixed::<32>(row, 2)?), hlc }))
    });
    tips.collect()
}

pub async fn hash_at(
    within: &Scoped<'_>,
    venue: VenueId,
    origin: Origin,
    seq: u64,
) -> Result<Option<Hash>, StorageError> {
    let select = "SELECT header FROM entries WHERE venue = $1 AND origin = $2 AND seq = $3";
    let row = within.row_if_any(select, &[&venue.0, &id(origin), &place(seq)?]).await?;
    let hash = |row: tokio_postgres::Row| {
        let header = Header::decode(row.try_get(0)?);
        Ok(header.map_err(|error| StorageError::Damaged(format!("an entry: {error}")))?.hash())
    };
    row.map(hash).transpose()
}

pub async fn beyond(
    within: &Scoped<'_>,
    venue: VenueId,
    known: &Vector,
    bytes_max: usize,
) -> Result<Vec<Parcel>, StorageError> {
    let tips = tips(within, venue).await?;
    let lacking: BTreeMap<Uuid, i64> = tips
        .iter()
        .filter(|(origin, tip)| tip.seq > known.get(**origin))
        .map(|(origin, _)| Ok((id(*origin), place(known.get(*origin))?)))
        .collect::<Result<_, StorageError>>()?;
    let (origins, known): (Vec<Uuid>, Vec<i64>) = lacking.iter().unzip();
    let select = "SELECT min(n) FROM unnest($2::uuid[], $3::bigint[]) AS lacking (origin, known)
                  JOIN entries ON venue = $1 AND entries.origin = lacking.origin AND seq = known + 1";
    let first: Option<i64> = within.row(select, &[&venue.0, &origins, &known]).await?.try_get(0)?;
    let Some(first) = first else { return Ok(Vec::new()) };
    let select = "SELECT origin, seq, header, body FROM entries WHERE venue = $1 AND n >= $2 ORDER BY n";
    let (mut parcels, mut bytes) = (Vec::new(), 0);
    let take = |row: &tokio_postgres::Row| {
        let (origin, seq): (Uuid, i64) = (row.try_get(0)?, row.try_get(1)?);
        if lacking.get(&origin).is_none_or(|known| seq <= *known) {
            return Ok(true);
        }
        let parcel = body::decode(row.try_get(2)?, row.try_get(3)?)?;
        bytes += parcel.bytes();
        let is_enough = bytes > bytes_max && !parcels.is_empty();
        if !is_enough {
            parcels.push(parcel);
        }
        Ok(!is_enough)
    };
    within.portions(select, &[&venue.0, &first], PORTION, take).await?;
    Ok(parcels)
}

pub async fn snapshot(
    within: &Scoped<'_>,
    venue: VenueId,
    doc: DocId,
) -> Result<Option<Snapshot>, StorageError> {
    let select = "SELECT kind, bytes FROM snapshots WHERE venue = $1 AND doc = $2";
    let row = within.row_if_any(select, &[&venue.0, &Uuid::from_bytes(*doc.as_bytes())]).await?;
    row.map(|row| Ok(Snapshot { doc, kind: row.try_get(0)?, bytes: row.try_get(1)? })).transpose()
}

/// Entries that are new, by column.
#[derive(Default)]
struct New {
    origins: Vec<Uuid>,
    seqs: Vec<i64>,
    headers: Vec<Vec<u8>>,
    bodies: Vec<Vec<u8>>,
}

pub async fn store(
    within: &Scoped<'_>,
    venue: VenueId,
    deliveries: &[Delivery],
) -> Result<Vector, StorageError> {
    // Until the end of the transaction nobody else writes to the venue: entries have places in one order, and whoever
    // sees a place sees all before it.
    let held = "SELECT entries FROM growth WHERE venue = $1 FOR UPDATE";
    let held = within.row_if_any(held, &[&venue.0]).await?;
    let entries: i64 = held.ok_or_else(|| StorageError::Damaged("no such venue".into()))?.try_get(0)?;
    let tips = tips(within, venue).await?;
    let mut chains: BTreeMap<Origin, Chain> =
        tips.into_iter().map(|(origin, tip)| (origin, Chain::resume(origin, tip))).collect();
    let mut new = New::default();
    let mut is_told = false;
    for delivery in deliveries {
        is_told |= keys::learn(within, venue, &delivery.keys).await?;
        for snapshot in &delivery.snapshots {
            keep(within, venue, snapshot).await?;
        }
        for parcel in &delivery.parcels {
            new.append(&mut chains, parcel)?;
        }
    }
    if is_told {
        // Other nodes see that there is something to tell.
        within.execute("UPDATE growth SET entries = entries + 1 WHERE venue = $1", &[&venue.0]).await?;
    }
    if !new.seqs.is_empty() {
        new.write(within, venue, entries, &chains).await?;
    }
    Ok(chains.into_iter().map(|(origin, chain)| (origin, chain.tip().seq)).collect())
}

async fn keep(within: &Scoped<'_>, venue: VenueId, new: &Snapshot) -> Result<(), StorageError> {
    let kept = body::merge(snapshot(within, venue, new.doc).await?, new)?;
    let insert = "INSERT INTO snapshots (venue, doc, kind, bytes) VALUES ($1, $2, $3, $4)
                  ON CONFLICT (venue, doc) DO UPDATE SET bytes = $4";
    let doc = Uuid::from_bytes(*kept.doc.as_bytes());
    within.execute(insert, &[&venue.0, &doc, &kept.kind, &kept.bytes]).await?;
    Ok(())
}

impl New {
    fn append(&mut self, chains: &mut BTreeMap<Origin, Chain>, parcel: &Parcel) -> Result<(), StorageError> {
        let header = parcel.header();
        let chain = chains.entry(header.origin).or_insert_with(|| Chain::new(header.origin));
        if header.seq <= chain.tip().seq {
            return Ok(());
        }
        chain.accept(header)?;
        self.origins.push(id(header.origin));
        self.seqs.push(place(header.seq)?);
        self.headers.push(header.encode());
        self.bodies.push(body::encode(parcel));
        Ok(())
    }

    /// Writes them after the `entries` that there are, and where the journals end now.
    async fn write(
        &self,
        within: &Scoped<'_>,
        venue: VenueId,
        entries: i64,
        chains: &BTreeMap<Origin, Chain>,
    ) -> Result<(), StorageError> {
        let insert = "INSERT INTO entries (venue, n, origin, seq, header, body)
            SELECT $1::uuid, $2::bigint + place, origin, seq, header, body
            FROM unnest($3::uuid[], $4::bigint[], $5::bytea[], $6::bytea[])
                WITH ORDINALITY AS new (origin, seq, header, body, place)";
        let values: super::scoped::Values<'_> =
            &[&venue.0, &entries, &self.origins, &self.seqs, &self.headers, &self.bodies];
        let written = within.execute(insert, values).await?;
        let tips: Vec<(Origin, Tip)> = chains.iter().map(|(origin, chain)| (*origin, chain.tip())).collect();
        let origins: Vec<Uuid> = tips.iter().map(|(origin, _)| id(*origin)).collect();
        let seqs: Vec<i64> = tips.iter().map(|(_, tip)| place(tip.seq)).collect::<Result<_, _>>()?;
        let hashes: Vec<&[u8]> = tips.iter().map(|(_, tip)| tip.hash.as_bytes().as_slice()).collect();
        let hlcs: Vec<i64> = tips.iter().map(|(_, tip)| tip.hlc.to_bits().cast_signed()).collect();
        let insert = "INSERT INTO journals (venue, origin, seq, hash, hlc)
            SELECT $1::uuid, * FROM unnest($2::uuid[], $3::bigint[], $4::bytea[], $5::bigint[])
            ON CONFLICT (venue, origin) DO UPDATE
            SET seq = excluded.seq, hash = excluded.hash, hlc = excluded.hlc
            WHERE journals.seq < excluded.seq";
        within.execute(insert, &[&venue.0, &origins, &seqs, &hashes, &hlcs]).await?;
        let update = "UPDATE growth SET entries = entries + $2 WHERE venue = $1";
        within.execute(update, &[&venue.0, &place(written)?]).await?;
        Ok(())
    }
}

/// An origin as the database compares it.
fn id(origin: Origin) -> Uuid {
    Uuid::from_bytes(*origin.as_bytes())
}

pub fn place(seq: u64) -> Result<i64, StorageError> {
    i64::try_from(seq).map_err(|_| StorageError::Damaged(format!("there is no place {seq} in a journal")))
}

pub fn count(value: i64) -> Result<u64, StorageError> {
    u64::try_from(value).map_err(|_| StorageError::Damaged(format!("{value} is no count")))
}
