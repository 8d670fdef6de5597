//! What stands on papers, in the venue's own language. With `MAITRED_SLIPS=folder` their pictures are kept there.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use maitred_device::virtual_printer::{Model, Slip, VirtualPrinter};
use maitred_domain::catalogue::{EntityChanged, Printer, Venue};
use serde_json::{Value, json};

use crate::support::{House, Person, edit, id, open};

/// A venue that speaks `language`.
struct Evening {
    house: House,
    manager: Person,
    printers: Vec<VirtualPrinter>,
    language: &'static str,
    /// What stands on the papers that came; each has its job's number.
    seen: BTreeSet<String>,
}

impl Evening {
    async fn of(language: &'static str) -> Self {
        let house = open().await;
        let catalogue = house.hub.app().store.catalogue();
        let spoken = Venue { languages: vec![language.into()], ..catalogue.venue.clone() };
        let mut changes = vec![EntityChanged::between(Some(&catalogue.venue), &spoken)];
        let mut printers = Vec::new();
        for printer in catalogue.printers.values() {
            let there = VirtualPrinter::bind("127.0.0.1:0", Model::Full).await.unwrap();
            let wanted = Printer { address: format!("tcp://{}", there.addr()), ..printer.clone() };
            changes.push(EntityChanged::between(Some(printer), &wanted));
            printers.push(there);
        }
        edit(&house.hub, "language", changes.into_iter().flatten().collect()).await;
        let manager = house.manager().await;
        Self { house, manager, printers, language, seen: BTreeSet::new() }
    }

    /// The one paper that comes next, on whatever printer; its picture is kept under `name`.
    async fn paper(&mut self, name: &str) -> Slip {
        for _ in 0..150 {
            let slips = self.printers.iter().flat_map(VirtualPrinter::slips).filter(|slip| slip.is_cut);
            let mut new: Vec<Slip> = slips.filter(|slip| !self.seen.contains(&slip.text)).collect();
            assert!(new.len() < 2, "{name}: {new:#?}");
            if let Some(slip) = new.pop() {
                if let Some(folder) = std::env::var_os("MAITRED_SLIPS").map(PathBuf::from) {
                    let path = folder.join(format!("{}-{name}.png", self.language));
                    std::fs::write(path, slip.png().unwrap()).unwrap();
                }
                self.seen.insert(slip.text.clone());
                return slip;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("no {name} comes");
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.manager.post(path, body).await;
        assert!(answer.status.is_success(), "{path}: {answer:?}");
        answer.body
    }

    async fn pizzas(&self) -> Vec<Value> {
        let stations = self.manager.get("/venue").await.body["stations"].clone();
        let pizza = stations.as_array().unwrap().iter().find(|it| it["slug"] == "pizza").unwrap().clone();
        let items = self.manager.plain_items().await;
        items.into_iter().filter(|item| item["station"] == pizza["id"]).collect()
    }

    /// A check with three lines at the kitchen, and its ticket.
    async fn fired(&mut self) -> (String, Vec<Value>, Slip) {
        let table = self.manager.free_table().await;
        let check = self.post("/checks", json!({ "table_id": table, "covers": 2 })).await;
        let path = format!("/checks/{}", id(&check));
        let items = self.pizzas().await;
        let line = |at: usize, quantity: u32, note: &str| json!({ "item_id": items[at]["id"], "quantity": quantity, "seat": at + 1, "note": note });
        let lines = [line(0, 2, ""), line(1, 1, "ALLERGY nuts; ben cotta"), line(2, 1, "")];
        let added = self.post(&format!("{path}/lines"), json!({ "lines": lines })).await;
        self.post(&format!("{path}/fire"), json!({})).await;
        let ticket = self.paper("ticket").await;
        (path, added["check"]["lines"].as_array().unwrap().clone(), ticket)
    }
}

fn has_all(slip: &Slip, words: &[&str]) {
    for word in words {
        assert!(slip.text.contains(word), "{word:?} is not on\n{}", slip.text);
    }
}

fn has_none(slip: &Slip, words: &[&str]) {
    for word in words {
        assert!(!slip.text.contains(word), "{word:?} is on\n{}", slip.text);
    }
}

/// Everything that comes on paper in an evening: the ticket, what changes it, the check, the receipt, the Z.
async fn papers_of_an_evening(language: &'static str) -> Vec<Slip> {
    let mut evening = Evening::of(language).await;
    let (path, lines, ticket) = evening.fired().await;
    let mut all = vec![ticket];
    let change = json!({ "quantity": 3, "note": "senza basilico" });
    evening.post(&format!("{path}/lines/{}/change", id(&lines[0])), change).await;
    all.push(evening.paper("change").await);
    let void = json!({ "reason": "ordinato per errore" });
    evening.post(&format!("{path}/lines/{}/void", id(&lines[2])), void).await;
    all.push(evening.paper("void").await);

    evening.post(&format!("{path}/lines/{}/comp", id(&lines[1])), json!({ "reason": "compleanno" })).await;
    evening.post(&format!("{path}/discounts"), json!({ "basis_points": 1_250, "reason": "soci" })).await;
    evening.post(&format!("{path}/receipt"), json!({})).await;
    all.push(evening.paper("guest-check").await);
    let due = evening.manager.get(&path).await.body["due_minor"].as_i64().unwrap();
    let card = json!({ "kind": "card", "amount_minor": due - 100 });
    evening.post(&format!("{path}/tenders"), card).await;
    evening.post(&format!("{path}/receipt"), json!({})).await;
    all.push(evening.paper("part-paid").await);
    let voucher = json!({ "kind": "voucher", "amount_minor": 100 });
    evening.post(&format!("{path}/tenders"), voucher).await;
    evening.post(&format!("{path}/receipt"), json!({})).await;
    all.push(evening.paper("receipt").await);
    evening.post(&format!("{path}/close"), json!({})).await;
    evening.manager.check_with_lines(1).await;
    let counted = json!({ "counted": [{ "denomination_minor": 100, "count": 3 }] });
    evening.post("/day/close", counted).await;
    all.push(evening.paper("z").await);
    evening.house.hub.stop().await.unwrap();
    all
}

#[tokio::test]
async fn papers_of_an_english_venue_are_english() {
    let papers = papers_of_an_evening("en").await;
    let [ticket, change, void, guest_check, part_paid, receipt, z] = &papers[..] else { panic!() };
    has_all(ticket, &["Table", "Covers 2", "ALLERGY: nuts", "Seat 2"]);
    has_all(change, &["CHANGED", "WAS", "NOW", "senza basilico", "2x", "3x"]);
    has_none(change, &["VOID", "changed"]);
    has_all(void, &["VOID", "ordinato per errore"]);
    has_all(
        guest_check,
        &["GUEST CHECK - NOT A RECEIPT", "On the house: compleanno", "Discount 12.5%: soci"],
    );
    has_all(guest_check, &["Staff: scan to open this check"]);
    has_none(guest_check, &["RECEIPT\n\n", "To pay"]);
    has_all(part_paid, &["GUEST CHECK", "Card", "To pay"]);
    has_all(receipt, &["RECEIPT", "Card", "Voucher"]);
    has_none(receipt, &["GUEST CHECK", "To pay"]);
    has_all(z, &["Z report 1", "Open checks", "Table", "Signature", "Discounts", "Difference"]);
    has_none(z, &["Paid in", "Float", "Paid before"]);
}

#[tokio::test]
async fn papers_of_an_italian_venue_are_italian() {
    let papers = papers_of_an_evening("it").await;
    let [ticket, change, void, guest_check, part_paid, receipt, z] = &papers[..] else { panic!() };
    has_all(ticket, &["Tavolo", "Coperti 2", "ALLERGIA: nuts", "Posto 2"]);
    has_all(change, &["MODIFICATO", "ERA", "ORA"]);
    has_all(void, &["ANNULLATO"]);
    has_all(guest_check, &["PRECONTO - NON È UNA RICEVUTA", "Offerto: compleanno", "Sconto 12.5%: soci"]);
    has_all(part_paid, &["Carta", "Da pagare"]);
    has_all(receipt, &["RICEVUTA", "Carta", "Buono"]);
    has_all(z, &["Rapporto Z 1", "Vendite", "Conti aperti", "Tavolo", "Firma", "Differenza"]);
    for paper in &papers {
        has_none(paper, &["Table", "Check ", "RECEIPT", "Card\n", "Sales", "Total\n", "Discount "]);
    }
}

#[tokio::test]
async fn papers_of_an_arabic_venue_have_no_english_word() {
    let english =
        ["Table", "Check", "Covers", "RECEIPT", "Card", "Voucher", "Sales", "Discount", "Signature"];
    for paper in papers_of_an_evening("ar").await {
        has_none(&paper, &english);
    }
}
