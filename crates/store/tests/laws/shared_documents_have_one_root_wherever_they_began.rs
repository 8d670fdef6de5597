//! Shared documents (menu, floor, settings): one deterministic genesis. Two boxes that were both set up before they
//! met have one menu with what each put into it, and neither hides the other's.

use std::collections::BTreeMap;

use maitred_domain::catalogue::{Catalogue, EntityChanged, Item};
use maitred_domain::decide::Command;
use maitred_domain::ids::{ItemId, named};
use maitred_domain::money::Money;
use maitred_store::Store;
use proptest::prelude::*;

use crate::apart::{config, folder};
use crate::meeting::{alike, healthy, meet};
use crate::support::{self, Venue1};

/// A dish that only one box knows when it is set up.
fn dish(of: usize, n: usize) -> Item {
    let (id, name) = (named(&format!("dish {n} of {of}")), format!("dish {n} of {of}"));
    Item { id, name, ..support::catalogue().items[&named::<ItemId>("steak")].clone() }
}

fn box_of(number: usize, dishes: usize, data: &std::path::Path) -> Venue1 {
    let clock = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(support::OPENING));
    let mut options = support::options(data, &clock);
    options.number_prefix = ["", "B", "C"][number].into();
    let seed = || {
        let mut catalogue = support::catalogue();
        catalogue.items = (0..dishes).map(|n| dish(number, n)).map(|item| (item.id, item)).collect();
        catalogue
    };
    Venue1 { store: Store::open(&options, seed).unwrap(), clock }
}

fn prices(catalogue: &Catalogue) -> BTreeMap<ItemId, Money> {
    catalogue.items.iter().map(|(id, item)| (*id, item.price)).collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn shared_documents_have_one_root_wherever_they_began(
        dishes in prop::collection::vec(0..4_usize, 2..=3),
        edits in prop::collection::vec((0..3_usize, 0..4_usize, 100..9000_i64), 0..6),
        meetings in prop::collection::vec((0..3_usize, 1..3_usize), 0..4),
    ) {
        let folders: Vec<_> = dishes.iter().map(|_| folder()).collect();
        let boxes: Vec<Venue1> = dishes.iter().enumerate()
            .map(|(number, dishes)| box_of(number, *dishes, folders[number].path())).collect();
        let mut wanted = BTreeMap::new();
        for (number, venue) in boxes.iter().enumerate() {
            wanted.extend(prices(&venue.store.catalogue()));
            for (n, (_, which, price)) in edits.iter().enumerate().filter(|(_, edit)| edit.0 == number) {
                let catalogue = venue.store.catalogue();
                let Some(item) = catalogue.items.get(&dish(number, *which).id) else { continue };
                let dearer = Item { price: Money(*price), ..item.clone() };
                let Some(change) = EntityChanged::between(Some(item), &dearer) else { continue };
                venue.done(&format!("edit {n}"), Command::Edit { changes: vec![change] });
                wanted.insert(item.id, Money(*price));
            }
        }
        for (one, by) in meetings {
            let (one, other) = (one % boxes.len(), (one + by) % boxes.len());
            if one != other {
                prop_assert_eq!(meet(&boxes[one].store, &boxes[other].store), []);
            }
        }
        for _ in 0..2 {
            for other in &boxes[1..] {
                prop_assert_eq!(meet(&boxes[0].store, &other.store), []);
            }
        }
        prop_assert_eq!(prices(&boxes[0].store.catalogue()), wanted);
        for (venue, folder) in boxes.iter().zip(&folders) {
            alike(&boxes[0].store, &venue.store);
            venue.store.shut_down();
            healthy(folder.path());
        }
    }
}
