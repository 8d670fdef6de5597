//! Tenders, refunds, tips: append-only by id; what is paid is derived, and too much is to be given back. Of the tips that
//! were said of one payment the last holds, everywhere.

use std::collections::{BTreeMap, BTreeSet};

use maitred_domain::check::{CheckFact, TenderKind};
use maitred_domain::decide::Command;
use maitred_domain::ids::{IdSource, TenderId};
use maitred_domain::money::Money;
use proptest::prelude::*;

use crate::apart::{Apart, Evening, config, evenings, only_check, pick};
use crate::support::Venue1;

#[derive(Clone, Copy, Debug)]
enum Act {
    Tender { card: bool, amount: i64, tip: i64 },
    Refund { tender: usize, amount: i64 },
    Tip { tender: usize, tip: i64 },
}

fn acts() -> impl Strategy<Value = Evening<Act>> {
    evenings(prop_oneof![
        3 => (any::<bool>(), 1..3000_i64, 0..300_i64)
            .prop_map(|(card, amount, tip)| Act::Tender { card, amount, tip }),
        2 => (0..4_usize, 1..3000_i64).prop_map(|(tender, amount)| Act::Refund { tender, amount }),
        2 => (0..4_usize, 0..900_i64).prop_map(|(tender, tip)| Act::Tip { tender, tip }),
    ])
}

fn order(venue: &Venue1) {
    let check = venue.open_check("open", "T1");
    venue.order("lines", check, &["margherita", "steak"]);
    venue.pay("early", check, TenderKind::Cash, 250);
}

fn command(venue: &Venue1, act: &Act) -> Option<Command> {
    let check = only_check(venue);
    Some(match *act {
        Act::Tender { card, amount, tip } => Command::Tender {
            check,
            kind: if card { TenderKind::Card } else { TenderKind::Cash },
            amount: Money(amount),
            tip: Money(if card { tip } else { 0 }),
            share: None,
            reference: String::new(),
        },
        Act::Refund { tender, amount } => {
            let tenders: Vec<TenderId> = venue.check(check).tenders.keys().copied().collect();
            let (tender, reason) = (pick(&tenders, tender)?, "too much".into());
            Command::Refund { check, tender, amount: Money(amount), reason }
        }
        Act::Tip { tender, tip } => {
            let taken = venue.check(check);
            let cards = taken.tenders.values().map(|it| &it.tender).filter(|it| it.kind == TenderKind::Card);
            let tender = pick(&cards.map(|it| it.id).collect::<Vec<_>>(), tender)?;
            Command::SetTip { check, tender, tip: Money(tip) }
        }
    })
}

/// Of each payment, the tip that was said after all others.
fn tips_said_last(apart: &Apart) -> BTreeMap<TenderId, Money> {
    // A command that two hubs did is one: of what they say, what comes first as it is written down.
    let mut said = BTreeMap::new();
    for marked in apart.check_facts() {
        if let CheckFact::TipSet { change, tender, tip } = marked.fact {
            let written = serde_json::to_string(&marked).unwrap();
            let known = said.entry(change).or_insert((written.clone(), marked.mark, tender, tip));
            if written < known.0 {
                *known = (written, marked.mark, tender, tip);
            }
        }
    }
    let mut said: Vec<_> = said.into_values().map(|(_, mark, tender, tip)| (mark, tender, tip)).collect();
    said.sort_by_key(|(mark, ..)| *mark);
    said.into_iter().map(|(_, tender, tip)| (tender, tip)).collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn tenders_refunds_and_tips_are_only_ever_added(evening in acts()) {
        let apart = Apart::play(&evening, order, command, |_, _| {});
        let early = IdSource::new("early").make::<TenderId>();
        // One that was sent to two replicas was taken for what was due at the one or the other.
        let mut taken: BTreeMap<TenderId, Vec<(TenderKind, Money, Money)>> =
            BTreeMap::from([(early, vec![(TenderKind::Cash, Money(250), Money::ZERO)])]);
        let mut given_back = BTreeMap::new();
        for told in &apart.told {
            match told.command {
                Command::Tender { kind, tip, .. } => {
                    let id = told.reply.answer.tender.unwrap();
                    // As it was acknowledged: cash is taken for what is due at most, the rest is change.
                    let amount = told.reply.checks[0].tenders[&id].tender.amount;
                    taken.entry(id).or_default().push((kind, amount, tip));
                }
                Command::Refund { tender, amount, .. } => drop(given_back.insert(&told.key, (tender, amount))),
                _ => {}
            }
        }
        for (tender, tip) in tips_said_last(&apart) {
            for known in taken.get_mut(&tender).unwrap() {
                known.2 = tip;
            }
        }
        let check = apart.check(only_check(apart.at(0)));
        let kept: BTreeMap<_, _> = check.tenders.iter()
            .map(|(id, it)| (*id, (it.tender.kind, it.tender.amount, it.tender.tip))).collect();
        prop_assert!(kept.keys().eq(taken.keys()));
        prop_assert!(kept.iter().all(|(id, tender)| taken[id].contains(tender)), "{:?} of {:?}", kept, taken);
        for (id, tender) in &check.tenders {
            let wanted = given_back.values().filter(|(of, _)| of == id).map(|(_, amount)| *amount).sum::<Money>();
            prop_assert_eq!(tender.refunded(), wanted);
        }
        let paid = kept.values().map(|(_, amount, _)| *amount).sum::<Money>()
            - given_back.values().map(|(_, amount)| *amount).sum::<Money>();
        let totals = check.totals();
        prop_assert_eq!((totals.paid, totals.due()), (paid, Money(3250) - paid));
        let days: BTreeSet<_> = check.tenders.values().map(|it| it.tender.business_date).collect();
        prop_assert!(days.len() <= 1);
        apart.close();
    }
}
