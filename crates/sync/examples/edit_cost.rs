//! Prints what a document of 60 facts costs: a warm edit, a cold load, reading it, its bytes.
//!
//! `cargo run --release -p maitred-sync --example edit_cost`

use std::hint::black_box;
use std::time::Instant;

use automerge::transaction::Transactable;
use automerge::{ActorId, Automerge, ROOT};
use maitred_sync::{Document, Hlc, Origin};

const FACTS: usize = 60;
const ROUNDS: usize = 400;
const ORIGIN: Origin = Origin::from_bytes([0xaa; 16]);

fn id(n: usize) -> String {
    format!("01890a5d-ac96-774b-bcce-{n:012}")
}

fn edit(document: &mut Document, n: usize) -> Vec<u8> {
    let mut edit = document.edit(Hlc::new(1_700_000_000_000 + n as u64, 0));
    edit.insert("line", &id(n), "{\"item\":\"soup\",\"qty\":1}").expect("short");
    edit.commit().expect("new")
}

fn bare_edit(automerge: &mut Automerge, n: usize) -> Vec<u8> {
    let mut transaction = automerge.transaction();
    let key = format!("line/{}", id(n));
    transaction.put(ROOT, key, "{\"item\":\"soup\",\"qty\":1}").expect("root is a map");
    transaction.commit();
    automerge.get_last_local_change().expect("committed").raw_bytes().to_vec()
}

fn filled() -> Document {
    let mut document = Document::new(ORIGIN);
    (0..FACTS).for_each(|n| drop(edit(&mut document, n)));
    document
}

/// The median of `ROUNDS` runs, in microseconds; `prepare` is not timed.
fn median_us<P, R>(prepare: impl Fn() -> P, run: impl Fn(&mut P) -> R) -> f64 {
    let mut took: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let mut prepared = prepare();
            let start = Instant::now();
            black_box(run(&mut prepared));
            start.elapsed()
        })
        .collect();
    took.sort_unstable();
    took[ROUNDS / 2].as_secs_f64() * 1e6
}

fn main() {
    let document = filled();
    let saved = document.save();
    let change = edit(&mut document.clone(), FACTS);
    let bare = Automerge::load(&saved).expect("just saved");
    let bare = || bare.clone().with_actor(ActorId::from(*ORIGIN.as_bytes()));

    // Cloned documents have cold caches; editing one document on and on is what a hub does.
    let mut on_and_on = document.clone();
    let mut took: Vec<_> = (FACTS..FACTS * 2)
        .map(|n| {
            let start = Instant::now();
            black_box(edit(&mut on_and_on, n));
            start.elapsed()
        })
        .collect();
    took.sort_unstable();

    println!("document of {FACTS} facts, one change each");
    println!("warm edit            {:8.1} us", median_us(|| document.clone(), |d| edit(d, FACTS)));
    println!("warm edit, bare      {:8.1} us", median_us(bare, |d| bare_edit(d, FACTS)));
    println!("60th to 120th edit   {:8.1} us", took[took.len() / 2].as_secs_f64() * 1e6);
    println!("apply a change       {:8.1} us", {
        let receiver = Document::load(&saved, Origin::from_bytes([0xbb; 16])).expect("just saved");
        median_us(|| receiver.clone(), |d| d.apply(&change).expect("fits"))
    });
    println!("cold load            {:8.1} us", median_us(|| (), |()| Document::load(&saved, ORIGIN).is_ok()));
    println!("read all facts       {:8.1} us", median_us(|| (), |()| document.facts("line").count()));
    println!("save                 {:8.1} us", median_us(|| (), |()| document.save()));
    println!("saved                {:8} bytes", saved.len());
    println!("one change           {:8} bytes", change.len());
}
