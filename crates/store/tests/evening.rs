//! A store through evenings: what is done is there, also after a restart, and agrees with itself.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod support;

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::task::{Context, Poll, Waker};

use maitred_domain::check::{CheckState, Reduction, ReductionKind, TenderKind};
use maitred_domain::day::{CashKind, Counted, Drawer};
use maitred_domain::decide::{Approval, Command, Refusal};
use maitred_domain::ids::named;
use maitred_domain::money::Money;
use maitred_domain::paper::PaperSource;
use maitred_domain::permission::{Permission, Role};
use maitred_domain::table::{TableMark, TableStatus};
use maitred_store::{
    AuditFilter, CheckFilter, CommandError, ExportFormat, JobFilter, JobSettled, JobState, ReductionRow,
    Request, Store, backup, doctor, export, restore,
};
use support::{OPENING, Venue1, catalogue, options, order_line, request};

fn healthy(data: &std::path::Path) {
    let diagnosis = doctor(data).unwrap();
    assert_eq!(diagnosis.problems, Vec::<String>::new(), "{:?}", diagnosis.checked);
}

#[test]
fn an_evening_survives_a_restart_and_the_doctor_finds_nothing() {
    let data = tempfile::tempdir().unwrap();
    let venue = Venue1::open(data.path());
    let sold = venue.serve("a", "T1", &["margherita", "steak"]);
    let check = venue.open_check("b", "T2");
    venue.order("b1", check, &["steak"]);
    venue.done("b2", Command::Fire { check, course: None });
    let before = venue.check(check);
    venue.store.shut_down();
    drop(venue);

    healthy(data.path());
    let venue = Venue1::open(data.path());
    assert_eq!(*venue.check(check), *before);
    assert_eq!(venue.store.open_checks().len(), 1);
    assert_eq!(venue.store.tables()[&named("T1")], TableStatus::Dirty);
    assert_eq!(venue.store.tables()[&named("T2")], TableStatus::Seated);
    assert_eq!(venue.store.day(None).unwrap().books.figures.sales(), sold);
    assert_eq!(venue.open_check("c", "T3").0.get_version_num(), 8);
    let numbers: Vec<String> = venue.store.open_checks().iter().map(|check| check.number.clone()).collect();
    assert_eq!(numbers, ["2", "3"]);
}

#[test]
fn a_key_does_its_command_once_and_no_other() {
    let data = tempfile::tempdir().unwrap();
    let venue = Venue1::open(data.path());
    let check = venue.open_check("open", "T1");
    let first = venue.order("lines", check, &["margherita"]);
    let again = venue.order("lines", check, &["margherita"]);
    assert!(again.replayed && !first.replayed);
    assert_eq!((again.seq, &again.answer), (first.seq, &first.answer));
    assert_eq!(venue.check(check).lines.len(), 1);
    let other = venue.send("lines", Command::CloseCheck { check });
    assert!(matches!(other, Err(CommandError::KeyReused)));
    let refused = venue.send("void", Command::CloseCheck { check });
    assert!(matches!(refused, Err(CommandError::Refused(Refusal::AmountDue(Money(850))))), "{refused:?}");
    assert_eq!(venue.store.head(), 3, "the catalogue, the check, its line");
}

#[test]
fn a_key_is_remembered_for_a_month_and_not_for_ever() {
    let data = tempfile::tempdir().unwrap();
    let venue = Venue1::open(data.path());
    let first = venue.open_check("open", "T1");
    venue.wait_minutes(29 * 24 * 60);
    venue.done("z1", Command::CloseDay { date: None, counted: vec![] });
    assert_eq!(venue.open_check("open", "T1"), first);
    assert_eq!(venue.store.open_checks().len(), 1);
    venue.wait_minutes(2 * 24 * 60);
    venue.done("z2", Command::CloseDay { date: None, counted: vec![] });
    let database = rusqlite::Connection::open(data.path().join("maitred.db")).unwrap();
    let keys: Vec<String> = database
        .prepare("SELECT key FROM keys ORDER BY entry")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(keys, ["z1", "z2"]);
}

#[test]
fn the_day_is_closed_and_what_comes_later_belongs_to_the_next() {
    let data = tempfile::tempdir().unwrap();
    let venue = Venue1::open(data.path());
    venue.done(
        "float",
        Command::MoveCash { kind: CashKind::Float, amount: Money(20_000), reason: String::new() },
    );
    let sold = venue.serve("a", "T1", &["margherita", "steak"]);
    let open = venue.open_check("b", "T2");
    venue.order("b1", open, &["steak"]);
    venue.pay("b2", open, TenderKind::Cash, 1000);
    let counted = vec![Counted { denomination_minor: Money(1000), count: 21 }];
    venue.done("z1", Command::CloseDay { date: None, counted: counted.clone() });

    let saturday = "2026-11-21".parse().unwrap();
    let (_, z) = venue.store.day(Some(saturday)).unwrap().closed.unwrap();
    assert_eq!((z.number, z.figures.sales(), z.paid_ahead), (1, sold, Money(1000)));
    assert_eq!((z.drawer.expected(), z.counted_total()), (Money(21_000), Money(21_000)));
    assert_eq!(z.difference(), Money::ZERO);
    assert_eq!(venue.store.business_date(), "2026-11-22".parse().unwrap());
    for date in [Some(saturday), None] {
        let again = venue.send("z2", Command::CloseDay { date, counted: counted.clone() });
        assert!(matches!(again, Err(CommandError::Refused(Refusal::DayClosed))), "{date:?}");
    }

    venue.pay("b3", open, TenderKind::Card, 1400);
    venue.done("b4", Command::CloseCheck { check: open });
    venue.wait_minutes(16 * 60);
    venue.done("z3", Command::CloseDay { date: None, counted: vec![] });
    let (_, z) = venue.store.day(Some("2026-11-22".parse().unwrap())).unwrap().closed.unwrap();
    assert_eq!((z.number, z.figures.sales(), z.paid_before), (2, Money(2400), Money(1000)));
    assert_eq!(z.difference(), Money::ZERO);
    venue.store.shut_down();
    healthy(data.path());
}

#[test]
fn cash_of_a_day_that_was_closed_before_it_became_known_is_in_the_next_drawer() {
    let data = tempfile::tempdir().unwrap();
    let venue = Venue1::open(data.path());
    let float = Command::MoveCash { kind: CashKind::Float, amount: Money(20_000), reason: String::new() };
    venue.done("float", float);
    venue.done("z1", Command::CloseDay { date: None, counted: vec![] });
    let drawer = || venue.store.day(None).unwrap().books.report(vec![]).drawer;
    assert_eq!(drawer(), Drawer::default(), "what was reported is not reported again");
    // As another hub, which was cut, had it.
    let database = rusqlite::Connection::open(data.path().join("maitred.db")).unwrap();
    database
        .execute("INSERT INTO cash_moves VALUES (randomblob(16), '2026-11-21', 'paid_out', 700)", [])
        .unwrap();
    assert_eq!(drawer(), Drawer { paid_out: Money(700), ..Drawer::default() });
    venue.wait_minutes(16 * 60);
    venue.done("z2", Command::CloseDay { date: None, counted: vec![] });
    assert_eq!(drawer(), Drawer::default());
}

#[test]
fn a_day_that_nobody_closed_is_closed_the_next_morning_without_the_next_day() {
    let data = tempfile::tempdir().unwrap();
    let venue = Venue1::open(data.path());
    let evening = venue.serve("a", "T1", &["steak"]);
    venue.wait_minutes(16 * 60);
    let morning = venue.serve("b", "T1", &["margherita"]);
    let saturday = "2026-11-21".parse().unwrap();
    assert_eq!(venue.store.day(None).unwrap().date, saturday);
    venue.done("z1", Command::CloseDay { date: None, counted: vec![] });
    venue.done("z2", Command::CloseDay { date: None, counted: vec![] });
    let z = |date: &str| venue.store.day(Some(date.parse().unwrap())).unwrap().closed.unwrap().1;
    assert_eq!(z("2026-11-21").figures.sales(), evening);
    assert_eq!(z("2026-11-22").figures.sales(), morning);
    assert_eq!((z("2026-11-21").difference(), z("2026-11-22").difference()), (Money::ZERO, Money::ZERO));
}

#[test]
fn the_past_is_as_it_was() {
    let data = tempfile::tempdir().unwrap();
    let venue = Venue1::open(data.path());
    let check = venue.open_check("a", "T1");
    venue.order("a1", check, &["margherita"]);
    let half_past_seven = venue.now();
    venue.wait_minutes(30);
    venue.order("a2", check, &["steak"]);
    let total = venue.check(check).totals().total().0;
    venue.pay("a3", check, TenderKind::Card, total);
    venue.done("a4", Command::CloseCheck { check });
    let later = venue.now();
    venue.wait_minutes(10);
    venue.done("a5", Command::MarkTable { table: named("T1"), mark: TableMark::Free });

    let then = venue.store.check_at(check, half_past_seven).unwrap().unwrap();
    assert_eq!((then.lines.len(), then.state()), (1, CheckState::Open));
    let (tables, open) = venue.store.floor_at(half_past_seven).unwrap();
    assert_eq!((tables[&named("T1")], open.len()), (TableStatus::Seated, 1));
    let (tables, open) = venue.store.floor_at(later).unwrap();
    assert_eq!((tables[&named("T1")], open.len()), (TableStatus::Dirty, 0));
    let (tables, _) = venue.store.floor_at(venue.now()).unwrap();
    assert_eq!(tables[&named("T1")], TableStatus::Free);
    let before = half_past_seven - jiff::SignedDuration::from_mins(5);
    assert_eq!(venue.store.check_at(check, before).unwrap(), None);
}

#[test]
fn the_audit_log_answers_by_person_check_and_time() {
    let data = tempfile::tempdir().unwrap();
    let venue = Venue1::open(data.path());
    venue.serve("a", "T1", &["margherita"]);
    venue.wait_minutes(60);
    let evening = venue.now();
    venue.serve("b", "T2", &["steak"]);
    let check = venue.store.checks(&CheckFilter::default(), 1).unwrap()[0].id;
    let names = |filter: &AuditFilter| -> Vec<&'static str> {
        venue.store.audit(filter, 100).unwrap().rows.iter().map(|row| row.fact.name()).collect()
    };
    let of_check = AuditFilter { check: Some(check), ..AuditFilter::default() };
    assert_eq!(names(&of_check), ["check_closed", "tendered", "fired", "line_added", "check_opened"]);
    assert_eq!(names(&AuditFilter { from: Some(evening), ..AuditFilter::default() }).len(), 5);
    assert_eq!(
        names(&AuditFilter { to: Some(evening), by: Some(named("manager")), ..AuditFilter::default() }).len(),
        5
    );
    assert_eq!(names(&AuditFilter { by: Some(named("waiter")), ..AuditFilter::default() }).len(), 0);
    let page = venue.store.audit(&of_check, 2).unwrap();
    assert_eq!(page.rows.len(), 2);
    let rest = AuditFilter { cursor: page.next_cursor, ..of_check };
    assert_eq!(names(&rest), ["fired", "line_added", "check_opened"]);
}

#[test]
fn the_menu_is_found_without_accents_vocalisation_or_the_whole_word() {
    let data = tempfile::tempdir().unwrap();
    let venue = Venue1::open(data.path());
    let found = |text: &str| venue.store.search_menu(text, 10).unwrap();
    assert_eq!(found("creme brul"), [named("crème brûlée")]);
    assert_eq!(found("MOZZ"), [named("margherita")]);
    assert_eq!(found("مَارغريتا"), [named("margherita")]);
    assert_eq!(found("披萨"), [named("margherita")]);
    assert_eq!(found("面条"), []);
    assert_eq!(found("\" OR *"), []);
    assert_eq!(found(""), []);
}

#[test]
fn firing_and_closing_ask_for_paper_in_the_same_transaction() {
    let data = tempfile::tempdir().unwrap();
    let venue = Venue1::open(data.path());
    let check = venue.open_check("a", "T1");
    let lines = venue.order("a1", check, &["margherita", "steak"]).answer.lines;
    venue.done("a2", Command::Fire { check, course: None });
    venue.done("a2", Command::Fire { check, course: None });
    let void = Command::VoidLine { check, line: lines[0], reason: "dropped".into(), quantity: None };
    venue.done("a3", void);
    venue.pay("a4", check, TenderKind::Cash, 2400);
    let jobs = venue.store.print_jobs(&JobFilter::default(), 10).unwrap();
    let kinds: Vec<&str> = jobs.iter().map(|job| job.source.kind()).collect();
    assert_eq!(kinds, ["drawer", "ticket", "ticket", "ticket"], "two stations, a void slip, the drawer");
}

#[test]
fn a_backup_becomes_a_venue_with_the_history_and_a_lineage_of_its_own() {
    let data = tempfile::tempdir().unwrap();
    let venue = Venue1::open(data.path());
    venue.serve("a", "T1", &["margherita"]);
    let file = data.path().join("backup.db");
    backup(data.path(), &file).unwrap();
    venue.serve("b", "T1", &["steak"]);

    let elsewhere = tempfile::tempdir().unwrap();
    restore(&file, elsewhere.path()).unwrap();
    assert!(restore(&file, elsewhere.path()).is_err(), "a venue is not written over");
    let restored = Venue1::open(elsewhere.path());
    assert_eq!(restored.store.checks(&CheckFilter::default(), 10).unwrap().len(), 1);
    let (old, new) = (venue.store.sync_state().unwrap(), restored.store.sync_state().unwrap());
    assert_ne!(old.origin, new.origin);
    restored.serve("c", "T2", &["steak"]);
    let new = restored.store.sync_state().unwrap();
    assert_eq!(new.vector.len(), 2, "the old journal and the new one");
    restored.store.shut_down();
    healthy(elsewhere.path());
}

#[test]
fn what_waited_for_a_printer_when_it_was_backed_up_may_be_on_paper_when_it_is_restored() {
    let (data, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let venue = Venue1::open(data.path());
    venue.serve("a", "T1", &["margherita"]);
    let file = data.path().join("backup.db");
    backup(data.path(), &file).unwrap();
    restore(&file, elsewhere.path()).unwrap();
    let jobs = Venue1::open(elsewhere.path()).store.print_jobs(&JobFilter::default(), 10).unwrap();
    assert!(!jobs.is_empty() && jobs.iter().all(|job| job.indeterminate_attempts == 1), "{jobs:?}");
}

#[test]
fn a_ticket_does_not_wait_for_a_clock_that_was_put_back() {
    let data = tempfile::tempdir().unwrap();
    let venue = Venue1::open(data.path());
    let check = venue.open_check("a", "T1");
    venue.order("a1", check, &["margherita"]);
    venue.done("a2", Command::Fire { check, course: None });
    venue.wait_minutes(-120);
    let printer = venue.store.print_jobs(&JobFilter::default(), 1).unwrap()[0].printer;
    assert!(venue.store.next_job(printer, venue.now()).unwrap().is_some());
}

#[test]
fn a_damaged_database_is_found_by_the_doctor() {
    let data = tempfile::tempdir().unwrap();
    let venue = Venue1::open(data.path());
    venue.serve("a", "T1", &["margherita"]);
    venue.store.shut_down();
    let database = rusqlite::Connection::open(data.path().join("maitred.db")).unwrap();
    database.execute("UPDATE checks SET total = total + 1", []).unwrap();
    assert!(doctor(data.path()).unwrap().problems.iter().any(|problem| problem.starts_with("checks")));
    database.execute("UPDATE checks SET total = total - 1", []).unwrap();
    healthy(data.path());
    database
        .execute("UPDATE entries SET facts = CAST(replace(facts, 'margherita', 'Margherita') AS BLOB)", [])
        .unwrap();
    assert!(doctor(data.path()).unwrap().problems.iter().any(|problem| problem.contains("facts of entry")));
}

#[test]
fn reductions_of_a_database_that_had_none_are_filled_at_the_next_start() {
    let data = tempfile::tempdir().unwrap();
    let venue = Venue1::open(data.path());
    let check = venue.open_check("a", "T1");
    let lines = venue.order("a1", check, &["margherita", "steak"]).answer.lines;
    let why = |reason: &str| reason.to_owned();
    venue.done("a2", Command::VoidLine { check, line: lines[0], reason: why("Twice"), quantity: None });
    let comp = request("a3", Command::CompLine { check, line: lines[1], reason: why("Birthday") });
    let approval = Approval { by: named("ada"), role: Role::Manager, permissions: vec![Permission::Comp] };
    let approved = Request { role: Role::Waiter, approval: Some(approval), ..comp };
    venue.store.command_blocking(approved).unwrap();
    let today = venue.store.business_date();
    let found = |venue: &Venue1| {
        let rows = venue.store.reductions(today, today, 10).unwrap();
        let row = |row: &ReductionRow| {
            let Reduction { kind, reason, mark, .. } = &row.reduction;
            (*kind, reason.clone(), mark.approved_by)
        };
        rows.iter().map(row).collect::<Vec<_>>()
    };
    let wanted = [
        (ReductionKind::Comp, why("Birthday"), Some(named("ada"))),
        (ReductionKind::Void, why("Twice"), None),
    ];
    assert_eq!(found(&venue), wanted);
    venue.store.shut_down();
    drop(venue);
    healthy(data.path());

    let database = rusqlite::Connection::open(data.path().join("maitred.db")).unwrap();
    database.execute("DELETE FROM reductions", []).unwrap();
    assert!(doctor(data.path()).unwrap().problems.iter().any(|problem| problem.starts_with("reductions")));
    database.execute("INSERT INTO meta (name, value) VALUES ('reductions to fill', x'01')", []).unwrap();
    drop(database);
    let venue = Venue1::open(data.path());
    assert_eq!(found(&venue), wanted);
    assert_eq!(venue.store.reasons(today, today).unwrap().len(), 2);
    venue.store.shut_down();
    healthy(data.path());
}

#[test]
fn an_export_holds_every_fact_and_every_line() {
    let data = tempfile::tempdir().unwrap();
    let venue = Venue1::open(data.path());
    venue.serve("a", "T1", &["margherita", "steak"]);
    let exported = |format| {
        let mut out = Vec::new();
        export(data.path(), format, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let csv = exported(ExportFormat::Csv);
    assert_eq!(csv.lines().count(), 4, "a header, two lines, a tender:\n{csv}");
    assert!(exported(ExportFormat::Jsonl).lines().all(|line| line.starts_with('{')));
}

#[test]
fn a_closed_check_is_kept_compact_and_can_be_opened_again() {
    let data = tempfile::tempdir().unwrap();
    let venue = Venue1::open(data.path());
    venue.serve("a", "T1", &["margherita", "steak"]);
    let check = venue.store.checks(&CheckFilter::default(), 1).unwrap()[0].id;
    let database = rusqlite::Connection::open(data.path().join("maitred.db")).unwrap();
    let loose = |id: maitred_domain::ids::CheckId| -> (i64, bool) {
        let sql = "SELECT (SELECT coalesce(sum(length(bytes)), 0)
                           FROM document_changes JOIN changes ON n = change WHERE doc = documents.n),
                          EXISTS (SELECT 1 FROM snapshots WHERE doc = documents.n)
                   FROM documents WHERE doc = ?1";
        database.query_row(sql, [id.0.as_bytes().as_slice()], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    };
    // Which happens as soon as nobody wants anything.
    let everything_is_in_the_snapshot = || {
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while loose(check) != (0, true) {
            assert!(std::time::Instant::now() < deadline, "{:?}", loose(check));
            std::thread::yield_now();
        }
    };
    everything_is_in_the_snapshot();
    let closed = venue.check(check);
    assert_eq!(closed.state(), CheckState::Closed);

    venue.done("again", Command::ReopenCheck { check, reason: "forgot the coffee".into() });
    assert!(loose(check).0 > 0, "what came after it is beside it");
    venue.order("coffee", check, &["crème brûlée"]);
    let shown = venue.check(check);
    venue.store.shut_down();
    drop(venue);
    healthy(data.path());
    let venue = Venue1::open(data.path());
    assert_eq!((*venue.check(check)).clone(), *shown);
    venue.pay("coffee-pay", check, TenderKind::Card, 700);
    venue.done("coffee-close", Command::CloseCheck { check });
    everything_is_in_the_snapshot();
    healthy(data.path());
}

#[test]
fn a_table_that_is_marked_for_years_is_kept_compact() {
    let data = tempfile::tempdir().unwrap();
    let venue = Venue1::open(data.path());
    for n in 0..150 {
        let mark = if n % 2 == 0 { TableMark::Blocked } else { TableMark::Free };
        venue.done(&format!("mark-{n}"), Command::MarkTable { table: named("T1"), mark });
    }
    let database = rusqlite::Connection::open(data.path().join("maitred.db")).unwrap();
    let loose: u64 = database.query_row("SELECT count(*) FROM changes", [], |row| row.get(0)).unwrap();
    assert!(loose < 80, "{loose} of 150 changes are still kept one by one");
    venue.store.shut_down();
    drop(venue);
    healthy(data.path());
    let venue = Venue1::open(data.path());
    assert_eq!(venue.store.tables()[&named("T1")], TableStatus::Free);
}

#[test]
fn a_paper_that_another_hub_took_over_during_an_attempt_does_not_wait_again() {
    let data = tempfile::tempdir().unwrap();
    let store = Venue1::open(data.path()).store;
    let settled = |state| JobSettled { state, grade: None, problem: None, not_before: None, move_to: None };
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let job = store.queue_job("page".into(), named("kitchen"), PaperSource::Test, false).await.unwrap();
        store.begin_attempt(job.id).await.unwrap();
        store.dismiss_taken(vec!["page".into()]).await.unwrap();
        for state in [JobState::Queued, JobState::Indeterminate] {
            assert_eq!(store.settle_job(job.id, settled(state)).await.unwrap().state, JobState::Dismissed);
        }
        assert_eq!(store.begin_attempt(job.id).await.unwrap().state, JobState::Dismissed);
        let printed = store.settle_job(job.id, settled(JobState::Confirmed)).await.unwrap();
        assert_eq!(printed.state, JobState::Confirmed, "it is on paper after all");
    });
}

#[test]
fn a_day_adds_up_that_is_paid_doubted_and_closed_in_one_commit() {
    let data = tempfile::tempdir().unwrap();
    let clock = Arc::new(AtomicI64::new(OPENING));
    let (store, mut turns) = Store::open_by_hand(&options(data.path(), &clock), catalogue).unwrap();
    let mut context = Context::from_waker(Waker::noop());
    let [a, b] = ["T1", "T2"].map(|table| {
        let open = Command::OpenCheck { table: Some(named(table)), covers: 2, name: String::new() };
        let mut opened = pin!(store.command(request(table, open)));
        assert!(opened.as_mut().poll(&mut context).is_pending());
        assert!(turns.step());
        let Poll::Ready(reply) = opened.poll(&mut context) else { panic!("{table} is not open") };
        reply.unwrap().answer.checks[0]
    });
    let of_check = |check| {
        let tender = Command::Tender {
            check,
            kind: TenderKind::Card,
            amount: Money(850),
            tip: Money::ZERO,
            share: None,
            reference: String::new(),
        };
        let lines = Command::AddLines { check, lines: vec![order_line("margherita")] };
        [("lines", lines), ("tender", tender), ("close", Command::CloseCheck { check })]
            .map(|(what, command)| request(&format!("{what} of {check}"), command))
    };
    let close = request("z", Command::CloseDay { date: None, counted: vec![] });
    let mut before: Vec<_> = of_check(a).map(|request| Box::pin(store.command(request))).into();
    let mut another = pin!(store.become_another());
    let mut after: Vec<_> =
        of_check(b).into_iter().chain([close]).map(|request| Box::pin(store.command(request))).collect();
    assert!(before.iter_mut().all(|it| it.as_mut().poll(&mut context).is_pending()));
    assert!(another.as_mut().poll(&mut context).is_pending());
    assert!(after.iter_mut().all(|it| it.as_mut().poll(&mut context).is_pending()));
    assert!(turns.step());
    assert!(matches!(another.poll(&mut context), Poll::Ready(Ok(_))));
    for it in before.iter_mut().chain(&mut after) {
        let Poll::Ready(done) = it.as_mut().poll(&mut context) else { panic!("it is not done") };
        done.unwrap();
    }
    drop((before, after));
    let (_, z) = store.day(Some("2026-11-21".parse().unwrap())).unwrap().closed.unwrap();
    assert_eq!(z.figures.sales(), Money(1700));
    healthy(data.path());
}
