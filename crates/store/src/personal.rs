//! Personal data: sealed on its way into the journal and the documents, opened on its way out, readable for as long as
//! the key of whom it is about exists.
//!
//! A sealed field is `{"sealed": "KEY.BYTES"}`: the key's id, and nonce and XChaCha20-Poly1305 text, both in hex. A field in
//! clear is of a version that did not seal yet, and is read as it is.
//!
//! *Invariant:* a key is never another one, and once somebody's are destroyed none of theirs is taken again. A person may have
//! two, made on two hubs that did not hear of each other: what was sealed under either is readable on both, and what comes
//! next is sealed under the one with the smaller id.

use std::borrow::Cow;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use maitred_domain::catalogue::{Catalogue, EntityChanged, EntityKind};
use maitred_domain::check::Marked;
use maitred_domain::fact::Fact;
use maitred_sync::{KEYS_PER_FRAME_MAX, SubjectKey};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::store::Mint;

/// What stands for what nobody can read: not yet, or not any more.
pub const UNREADABLE: &str = "—";
/// The most keys that are kept, those of erased people too: many times the staff that a venue ever has. Beyond it no
/// other hub's are taken.
pub const KEYS_MAX: u64 = 65_536;

/// The field that says so.
const SEALED: &str = "sealed";
/// What a key is made for.
const KEY_MADE: &str = "maitred 2026 key of personal data";
/// What a key's id is made for.
const KEY_ID: &str = "maitred 2026 id of a key of personal data";
/// What a nonce is made under, beside the key.
const NONCE: &str = "maitred 2026 nonce of personal data";
const NONCE_BYTES: usize = 24;

type Key = [u8; 32];
type KeyId = [u8; 16];

/// A key of `subject`, of two times 128 random bits.
fn made(subject: Uuid, mint: &Mint) -> Key {
    blake3::derive_key(KEY_MADE, &[mint(), mint(), *subject.as_bytes()].concat())
}

/// A key is found by an id that says nothing of it: of a tombstone the same, of no bytes.
fn id_of(subject: Uuid, key: Option<&Key>) -> KeyId {
    let key = key.map_or(&[][..], Key::as_slice);
    let hash = blake3::derive_key(KEY_ID, &[subject.as_bytes(), key].concat());
    *hash.first_chunk().expect("a hash is longer")
}

/// The facts as they are written down: with sealed fields. A person who has no key yet is given one.
pub fn seal(
    connection: &Connection,
    mint: &Mint,
    facts: &[Marked<Fact>],
) -> rusqlite::Result<Vec<Marked<Fact>>> {
    let mut sealed = facts.to_vec();
    for fact in &mut sealed {
        if let Fact::Entity { change } = &mut fact.fact {
            seal_change(connection, mint, change)?;
        }
    }
    Ok(sealed)
}

fn seal_change(connection: &Connection, mint: &Mint, change: &mut EntityChanged) -> rusqlite::Result<()> {
    for name in change.kind.personal_fields() {
        if let Some(value) = change.fields.get_mut(*name).filter(|value| !value.is_null()) {
            let key = key_for(connection, mint, change.id)?;
            *value = seal_value(change.id, name, &key, value);
        }
    }
    Ok(())
}

fn seal_value(subject: Uuid, field: &str, key: &Key, value: &Value) -> Value {
    let text = value.to_string();
    let about = [subject.as_bytes(), field.as_bytes()].concat();
    // The same again is the same bytes, and nothing else has this nonce.
    let mut hasher = blake3::Hasher::new_keyed(&blake3::derive_key(NONCE, key));
    hasher.update(&about).update(&[0]).update(text.as_bytes());
    let mut bytes = [0; NONCE_BYTES];
    hasher.finalize_xof().fill(&mut bytes);
    let payload = Payload { msg: text.as_bytes(), aad: &about };
    let sealed = XChaCha20Poly1305::new(key.into())
        .encrypt(XNonce::from_slice(&bytes), payload)
        .expect("memory takes a name");
    let bytes = hex([bytes.as_slice(), &sealed].concat());
    json!({ SEALED: format!("{}.{bytes}", hex(id_of(subject, Some(key)))) })
}

/// Facts as they were said, as far as their keys are here.
pub fn open(connection: &Connection, facts: &mut [Marked<Fact>]) -> rusqlite::Result<()> {
    for fact in facts {
        let Fact::Entity { change } = &mut fact.fact else { continue };
        for name in change.kind.personal_fields() {
            if let Some(value) = change.fields.get_mut(*name) {
                open_value(connection, change.id, name, value)?;
            }
        }
    }
    Ok(())
}

/// The same for a fact as it is kept: everything else is left as it is, also what a newer version wrote.
pub fn open_line<'a>(connection: &Connection, line: &'a [u8]) -> rusqlite::Result<Cow<'a, [u8]>> {
    let Ok(fact) = serde_json::from_slice::<Marked<Fact>>(line) else { return Ok(line.into()) };
    match &fact.fact {
        Fact::Entity { change } if !change.kind.personal_fields().is_empty() => {
            let mut opened = [fact];
            open(connection, &mut opened)?;
            Ok(serde_json::to_vec(&opened[0]).expect("a fact is JSON").into())
        }
        _ => Ok(line.into()),
    }
}

/// The same for one field of an entity.
pub fn open_field(
    connection: &Connection,
    kind: EntityKind,
    id: Uuid,
    field: &str,
    value: &mut Value,
) -> rusqlite::Result<()> {
    if kind.personal_fields().contains(&field) { open_value(connection, id, field, value) } else { Ok(()) }
}

fn open_value(
    connection: &Connection,
    subject: Uuid,
    field: &str,
    value: &mut Value,
) -> rusqlite::Result<()> {
    let opened = match value.get(SEALED).and_then(Value::as_str) {
        Some(sealed) => open_sealed(connection, subject, field, sealed)?,
        // Of a version that did not seal: shown no more all the same.
        None if is_erased(connection, subject)? => None,
        None => return Ok(()),
    };
    *value = opened.unwrap_or_else(|| unreadable(subject, field));
    Ok(())
}

/// What people sign in as must be one word, and nobody else's.
fn unreadable(subject: Uuid, field: &str) -> Value {
    if field == "handle" { subject.to_string().into() } else { UNREADABLE.into() }
}

/// `None` when its key is not here, or not any more, or it is no sealed text.
fn open_sealed(
    connection: &Connection,
    subject: Uuid,
    field: &str,
    sealed: &str,
) -> rusqlite::Result<Option<Value>> {
    let Some((id, bytes)) = sealed.split_once('.') else { return Ok(None) };
    let (Some(id), Some(bytes)) = (unhex(id), unhex(bytes)) else { return Ok(None) };
    let key: Option<Key> = connection
        .prepare_cached(
            "SELECT key FROM personal_keys WHERE id = ?1 AND subject = ?2 AND key <> zeroblob(32)",
        )?
        .query_row(params![id, subject.as_bytes().as_slice()], |row| row.get(0))
        .optional()?;
    let (Some(key), Some((nonce, sealed))) = (key, bytes.split_at_checked(NONCE_BYTES)) else {
        return Ok(None);
    };
    let about = [subject.as_bytes(), field.as_bytes()].concat();
    let opened = XChaCha20Poly1305::new((&key).into())
        .decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: &about });
    Ok(opened.ok().and_then(|text| serde_json::from_slice(&text).ok()))
}

/// Takes the names away of whoever is erased, and destroys their keys if that was not done yet. True when it was not.
pub fn erase(connection: &Connection, catalogue: &mut Catalogue) -> rusqlite::Result<bool> {
    let mut is_new = false;
    for staff in catalogue.staff.values_mut().filter(|staff| staff.erased) {
        is_new |= take(connection, &SubjectKey { subject: *staff.id.0.as_bytes(), key: None })?;
        UNREADABLE.clone_into(&mut staff.name);
        staff.handle = staff.id.to_string();
        staff.archived = true;
    }
    Ok(is_new)
}

fn key_for(connection: &Connection, mint: &Mint, subject: Uuid) -> rusqlite::Result<Key> {
    let known = connection
        .prepare_cached(
            "SELECT key FROM personal_keys WHERE subject = ?1 AND key <> zeroblob(32) ORDER BY id LIMIT 1",
        )?
        .query_row([subject.as_bytes().as_slice()], |row| row.get(0))
        .optional()?;
    if let Some(key) = known {
        return Ok(key);
    }
    let key = made(subject, mint);
    take(connection, &SubjectKey { subject: *subject.as_bytes(), key: Some(key) })?;
    Ok(key)
}

fn is_erased(connection: &Connection, subject: Uuid) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM personal_keys WHERE id = ?1")?
        .exists([id_of(subject, None).as_slice()])
}

/// Keeps a key, or that there is to be none; true when that is new.
fn take(connection: &Connection, said: &SubjectKey) -> rusqlite::Result<bool> {
    let subject = Uuid::from_bytes(said.subject);
    if said.key.is_some() && is_erased(connection, subject)? {
        return Ok(false);
    }
    let rows = connection
        .prepare_cached("INSERT OR IGNORE INTO personal_keys (subject, id, key) VALUES (?1, ?2, ?3)")?
        .execute(params![
            subject.as_bytes().as_slice(),
            id_of(subject, said.key.as_ref()).as_slice(),
            said.key.as_ref().map(Key::as_slice),
        ])?;
    if said.key.is_none() && rows > 0 {
        // As long as it was: it is written over where it stands.
        connection
            .prepare_cached(
                "UPDATE personal_keys SET key = zeroblob(32) WHERE subject = ?1 AND key IS NOT NULL",
            )?
            .execute([subject.as_bytes().as_slice()])?;
    }
    Ok(rows > 0)
}

/// What a key, or that there is to be none, is kept under.
pub fn id(said: &SubjectKey) -> [u8; 16] {
    id_of(Uuid::from_bytes(said.subject), said.key.as_ref())
}

/// What others' keys came to.
#[derive(Clone, Copy, Default)]
pub struct Learnt {
    /// Something is readable that was not, or the other way round.
    pub is_new: bool,
    /// Keys were destroyed.
    pub is_erased: bool,
}

/// Takes what another replica knows into the table `personal_keys`, of this store or of whoever keeps journals as well.
///
/// # Errors
/// When it cannot be written.
pub fn learn(connection: &Connection, keys: &[SubjectKey]) -> rusqlite::Result<Learnt> {
    let mut learnt = Learnt::default();
    if keys.is_empty() {
        return Ok(learnt);
    }
    let mut kept = last(connection)?;
    for said in keys {
        if kept >= KEYS_MAX && said.key.is_some() {
            tracing::error!("another hub tells more keys than are kept");
            continue;
        }
        let is_new = take(connection, said)?;
        kept += u64::from(is_new);
        learnt.is_new |= is_new;
        learnt.is_erased |= is_new && said.key.is_none();
    }
    Ok(learnt)
}

/// The place of the last that came.
fn last(connection: &Connection) -> rusqlite::Result<u64> {
    connection
        .prepare_cached("SELECT coalesce(max(n), 0) FROM personal_keys")?
        .query_row([], |row| row.get(0))
}

/// Whether keys of anybody were ever destroyed here.
pub fn is_any_erased(connection: &Connection) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT 1 FROM personal_keys WHERE key IS NULL LIMIT 1")?.exists([])
}

/// What came after place `n`, for another replica, with the place of the last.
///
/// # Errors
/// When it cannot be read.
pub fn beyond(connection: &Connection, n: u64) -> rusqlite::Result<Option<(u64, Vec<SubjectKey>)>> {
    let mut statement = connection.prepare_cached(
        "SELECT n, subject, key FROM personal_keys
         WHERE n > ?1 AND (key IS NULL OR key <> zeroblob(32)) ORDER BY n LIMIT ?2",
    )?;
    let rows = statement.query_map(params![n, KEYS_PER_FRAME_MAX], |row| {
        Ok((row.get(0)?, SubjectKey { subject: row.get(1)?, key: row.get(2)? }))
    })?;
    let rows = rows.collect::<Result<Vec<(u64, SubjectKey)>, _>>()?;
    let last = rows.last().map(|(n, _)| *n);
    Ok(last.map(|last| (last, rows.into_iter().map(|(_, key)| key).collect())))
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    let digits =
        |byte: &u8| [byte >> 4, byte & 0xF].map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]));
    bytes.as_ref().iter().flat_map(digits).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok());
    text.len().is_multiple_of(2).then(|| pairs.collect())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_keys_are_kept_and_to_erase_somebody_always_goes() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(include_str!("../migrations/V22__keys_of_people.sql")).unwrap();
        let fill = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?1)
                    INSERT INTO personal_keys (subject, id, key) SELECT x'00', CAST(n AS BLOB), x'01' FROM n";
        connection.execute(fill, [KEYS_MAX - 1]).unwrap();
        let key = |n: u8| SubjectKey { subject: [n; 16], key: Some([n; 32]) };
        assert!(learn(&connection, &[key(1)]).unwrap().is_new);
        assert!(!learn(&connection, &[key(2)]).unwrap().is_new);
        let erased = learn(&connection, &[SubjectKey { key: None, ..key(1) }]).unwrap();
        assert!(erased.is_new && erased.is_erased);
    }
}
