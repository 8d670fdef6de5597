use proptest::prelude::*;

use super::*;
use crate::{
    paper::{KitchenTicket, Language, Receipt, ReceiptLine, Row, TicketLine},
    profile::{Dialect, profiles},
    words::words,
};

const STAMP: Stamp = Stamp { number: 57, attempt: 1 };

/// Text as guests and attackers write it.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        "[ -~]{0,20}",
        Just("\u{10}\u{14}\u{01}\u{00}\u{02}".to_owned()),
        Just("\u{10}\u{04}\u{01}\u{10}\u{05}\u{02}".to_owned()),
        Just("\u{1b}p\u{0}22\u{1d}V\u{0}".to_owned()),
        Just("شاي بالنعناع".to_owned()),
        Just("🍣 寿司 €".to_owned()),
    ];
    proptest::collection::vec(piece, 0..3).prop_map(|pieces| pieces.concat())
}

fn obeyed(bytes: &[u8], dialect: Dialect) -> Option<usize> {
    bytes.windows(2).position(|pair| match dialect {
        Dialect::EscPos => pair[0] == 0x10 && matches!(pair[1], 0x04 | 0x05 | 0x14),
        Dialect::StarPrnt => pair == [0x1b, 0x06],
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_text_makes_a_ticket_drive_the_printer(
        text in proptest::collection::vec(any_text(), 6),
        at in 0..profiles().len(),
        is_arabic in any::<bool>(),
    ) {
        let line = TicketLine {
            quantity: 1,
            name: text[0].clone(),
            modifiers: vec![text[1].clone()],
            note: Some(text[2].clone()),
            allergens: vec![text[3].clone()],
            ..TicketLine::default()
        };
        let language = if is_arabic { Language::Ar } else { Language::En };
        let ticket = KitchenTicket { table: text[4].clone(), server: text[5].clone(), lines: vec![line], language, ..KitchenTicket::default() };
        let bytes = encode(&Paper::Ticket(ticket), &profiles()[at], STAMP).bytes;
        prop_assert_eq!(obeyed(&bytes, profiles()[at].dialect), None);
        let opens_drawer = bytes.windows(2).any(|pair| pair == [0x1b, b'p']);
        prop_assert!(!opens_drawer || profiles()[at].dialect == Dialect::StarPrnt, "a note opened the drawer");
    }

    #[test]
    fn no_text_makes_a_receipt_drive_the_printer(text in proptest::collection::vec(any_text(), 5), logo in proptest::collection::vec(any::<u8>(), 0..600)) {
        let receipt = Receipt {
            logo: Some(crate::paper::Logo { width_dots: 24, rows: logo }),
            venue: text[0].clone(),
            lines: vec![ReceiptLine { quantity: 1, name: text[1].clone(), amount: text[2].clone(), modifiers: vec![Row::new(text[3].clone(), "1")], ..ReceiptLine::default() }],
            qr: Some(text[4].clone()),
            ..Receipt::default()
        };
        let bytes = encode(&Paper::Receipt(receipt), &Profile::default(), STAMP).bytes;
        prop_assert_eq!(obeyed(&bytes, Dialect::EscPos), None);
    }
}

#[test]
fn a_drawer_opens_in_real_time() {
    let bytes = encode(&Paper::Drawer(DrawerKick::Pin5), &Profile::default(), STAMP).bytes;
    assert_eq!(bytes, [0x10, 0x14, 0x01, 0x01, 0x02]);
}

#[test]
fn a_reprint_cuts_first_and_leaves_the_drawer_shut() {
    let receipt = Receipt { opens_drawer: Some(DrawerKick::Pin2), ..Receipt::default() };
    let paper = Paper::Receipt(receipt);
    let kick = [0x1b, b'p', 0x00];
    let has_kick = |bytes: &[u8]| bytes.windows(3).any(|window| window == kick);
    let original = encode(&paper, &Profile::default(), STAMP).bytes;
    let reprint = encode(&paper.headed(Heading::Reprint { n: 2 }), &Profile::default(), STAMP).bytes;
    assert!(has_kick(&original) && !has_kick(&reprint));
    assert!(reprint.starts_with(&[0x1d, 0x56, 0x42, 0x00]));
    assert!(String::from_utf8_lossy(&reprint).contains("REPRINT 2 - POSSIBLE DUPLICATE"));
}

#[test]
fn the_words_of_every_language_can_be_printed() {
    for language in [Language::En, Language::Ar, Language::De, Language::Es, Language::Fr, Language::It] {
        let line = TicketLine {
            quantity: 1,
            voided: true,
            allergens: vec!["X".to_owned()],
            ..TicketLine::default()
        };
        let ticket = KitchenTicket { language, rush: true, lines: vec![line], ..KitchenTicket::default() };
        // All words of the table, as its `Debug` writes them.
        let all = format!("{:?}", words(language));
        let lines = all.split(", ").map(|word| TicketLine { name: word.to_owned(), ..TicketLine::default() });
        for paper in [ticket.clone(), KitchenTicket { lines: lines.collect(), ..ticket }] {
            let bytes = encode(&Paper::Ticket(paper), &Profile::default(), STAMP).bytes;
            assert!(!String::from_utf8_lossy(&bytes).contains(MARK), "{language:?}");
        }
    }
}
