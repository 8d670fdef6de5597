use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{House, Person, id, ids, open};

/// Pays a check in cash and closes it.
async fn settle(manager: &Person, check: &Value) {
    let path = format!("/checks/{}", id(check));
    let due = manager.get(&path).await.body["due_minor"].as_i64().unwrap();
    if due > 0 {
        manager.post(&format!("{path}/tenders"), json!({ "kind": "cash", "amount_minor": due })).await;
    }
    let closed = manager.post(&format!("{path}/close"), json!({})).await;
    assert_eq!(closed.status, StatusCode::OK, "{closed:?}");
}

async fn close_day(manager: &Person) -> Value {
    let closed = manager.post("/day/close", json!({ "counted": [] })).await;
    assert_eq!(closed.status, StatusCode::OK, "{closed:?}");
    closed.body
}

struct Evening {
    house: House,
    manager: Person,
    checks: Vec<Value>,
}

/// Three checks: one with a void, a comp and a discount, one that was opened again, one that is still open.
async fn evening() -> Evening {
    let house = open().await;
    let manager = house.manager().await;
    let mut checks = Vec::new();
    for lines in [3, 1, 2] {
        checks.push(manager.check_with_lines(lines).await);
    }
    let path = format!("/checks/{}", id(&checks[0]));
    let lines = ids(&checks[0]["lines"]);
    manager.post(&format!("{path}/lines/{}/void", lines[0]), json!({ "reason": "Entered twice" })).await;
    manager.post(&format!("{path}/lines/{}/comp", lines[1]), json!({ "reason": "Birthday" })).await;
    manager.post(&format!("{path}/discounts"), json!({ "reason": "Complaint", "basis_points": 5000 })).await;
    settle(&manager, &checks[0]).await;
    settle(&manager, &checks[1]).await;
    let reopen = format!("/checks/{}/reopen", id(&checks[1]));
    assert_eq!(manager.post(&reopen, json!({ "reason": "Wrong table" })).await.status, StatusCode::OK);
    settle(&manager, &checks[1]).await;
    Evening { house, manager, checks }
}

#[tokio::test]
async fn a_report_agrees_with_the_day_and_says_who_gave_what_away_and_why() {
    let Evening { house, manager, checks } = evening().await;
    let x = manager.get("/day").await.body;
    let report = manager.get("/reports").await;
    assert_eq!(report.status, StatusCode::OK, "{report:?}");
    let report = report.body;
    assert_eq!(report["totals"], x["sales"]);
    assert_eq!((&report["hours"], &report["tenders"]), (&x["hours"], &x["tenders"]));
    assert_eq!(report["days"][0]["sales"], x["sales"]);
    let total = &x["sales"]["total_minor"];
    let sum = |rows: &str| {
        let rows = report[rows].as_array().unwrap().iter();
        rows.map(|row| row["total_minor"].as_i64().unwrap()).sum::<i64>()
    };
    for rows in ["items", "categories", "servers", "hours"] {
        assert_eq!(json!(sum(rows)), *total, "{rows}");
    }
    let reasons: Vec<(&str, &str)> = report["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["kind"].as_str().unwrap(), row["reason"].as_str().unwrap()))
        .collect();
    for wanted in [
        ("void", "Entered twice"),
        ("comp", "Birthday"),
        ("discount", "Complaint"),
        ("reopening", "Wrong table"),
    ] {
        assert!(reasons.contains(&wanted), "{reasons:?}");
    }
    let void =
        report["reductions"].as_array().unwrap().iter().find(|row| row["kind"] == "void").unwrap().clone();
    assert_eq!((&void["check_id"], &void["what"]), (&checks[0]["id"], &checks[0]["lines"][0]["name"]));
    assert_eq!((&void["staff"], &void["approved_by"]), (&json!("Giulia Ferrante"), &Value::Null));
    let kinds: Vec<&Value> =
        report["exceptions"].as_array().unwrap().iter().map(|row| &row["kind"]).collect();
    assert!(kinds.contains(&&json!("reopened")) && kinds.contains(&&json!("big_discount")), "{kinds:?}");
    assert!(!kinds.contains(&&json!("open_long")));
    house.skip(5 * 60 * 60);
    let today = report["from"].as_str().unwrap();
    let later = manager.get(&format!("/reports?from={today}&to={today}")).await.body;
    assert!(later["exceptions"].to_string().contains("open_long"), "{}", later["exceptions"]);
    for wrong in ["from=2026-01-02&to=2026-01-01", "from=1990-01-01&to=2026-01-01"] {
        assert_eq!(manager.get(&format!("/reports?{wrong}")).await.code(), "out-of-range", "{wrong}");
    }
    assert_eq!(house.waiter().await.get("/reports").await.code(), "forbidden");
}

#[tokio::test]
async fn closed_days_are_listed_looked_into_and_printed_again_and_what_comes_late_is_shown() {
    let Evening { house, manager, checks } = evening().await;
    assert_eq!(manager.get("/days").await.body["days"], json!([]));
    let z = close_day(&manager).await;
    let date = z["business_date"].as_str().unwrap().to_owned();
    house.skip(24 * 60 * 60);
    let manager = house.manager().await;
    let second = close_day(&manager).await;
    let days = manager.get("/days?limit=1").await.body;
    assert_eq!(
        (&days["days"][0]["business_date"], &days["next_cursor"]),
        (&second["business_date"], &second["business_date"])
    );
    let days = manager.get(&format!("/days?cursor={}", days["next_cursor"].as_str().unwrap())).await.body;
    let day = &days["days"][0];
    assert_eq!(
        (&day["z_number"], &day["closed_by"], &days["next_cursor"]),
        (&json!(1), &json!("Giulia Ferrante"), &Value::Null)
    );
    assert_eq!(day["total_minor"], z["sales"]["total_minor"]);
    assert_eq!(day["over_short_minor"], z["drawer"]["over_short_minor"]);

    let path = format!("/days/{date}");
    let detail = manager.get(&path).await.body;
    assert_eq!((&detail["report"], &detail["late"]), (&z, &Value::Null));
    settle(&manager, &checks[2]).await;
    assert_eq!(manager.get(&path).await.body["late"], Value::Null, "it belongs to the open day");
    let print = manager.post(&format!("{path}/print"), json!({})).await;
    assert_eq!((print.status, &print.body["kind"]), (StatusCode::ACCEPTED, &json!("report")));
    assert_eq!(manager.get("/days/2020-01-01").await.code(), "not-found");
    assert_eq!(manager.post("/days/2020-01-01/print", json!({})).await.code(), "not-found");
    assert_eq!(manager.get("/days/yesterday").await.code(), "malformed-id");
}

#[tokio::test]
async fn checks_are_found_by_number_table_person_date_and_state_page_by_page() {
    let Evening { house: _house, manager, checks } = evening().await;
    let found = async |query: &str| {
        let page = manager.get(&format!("/checks/search?{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{page:?}");
        (ids(&page.body["checks"]), page.body["next_cursor"].clone())
    };
    let newest_first: Vec<String> = checks.iter().rev().map(id).collect();
    assert_eq!(found("").await, (newest_first.clone(), Value::Null));
    assert_eq!(found("state=open").await.0, [id(&checks[2])]);
    let (first, cursor) = found("limit=2").await;
    assert_eq!(first, newest_first[..2]);
    assert_eq!(
        found(&format!("limit=2&cursor={}", cursor.as_str().unwrap())).await,
        (newest_first[2..].to_vec(), Value::Null)
    );
    let number = checks[1]["number"].as_str().unwrap();
    assert!(found(&format!("q={number}")).await.0.contains(&id(&checks[1])));
    let table = checks[0]["table_name"].as_str().unwrap().to_lowercase();
    assert!(found(&format!("q={table}")).await.0.contains(&id(&checks[0])));
    assert_eq!(found("q=nothing").await.0, Vec::<String>::new());
    let server = checks[0]["server"]["id"].as_str().unwrap();
    assert_eq!(found(&format!("server={server}")).await.0.len(), 3);
    assert_eq!(found("to=2020-01-01").await.0, Vec::<String>::new());
    let wrong = manager.get("/checks/search?cursor=x").await;
    assert_eq!((wrong.status.as_u16(), wrong.code()), (400, "malformed-query"));
}

#[tokio::test]
async fn the_floor_and_a_check_are_seen_as_they_were() {
    let house = open().await;
    let manager = house.manager().await;
    let check = manager.check_with_lines(1).await;
    house.skip(60);
    let then = check["opened_at"].as_str().unwrap().to_owned();
    house.skip(600);
    settle(&manager, &check).await;
    let before = manager.get(&format!("/checks/{}?at={then}", id(&check))).await.body;
    assert_eq!((&before["state"], &before["paid_minor"]), (&json!("open"), &json!(0)));
    let floor = manager.get(&format!("/floor?at={then}")).await.body;
    assert!(floor["areas"].to_string().contains("seated"));
    assert!(!manager.get("/floor").await.body["areas"].to_string().contains("seated"));
}

#[tokio::test]
async fn tables_for_other_programs_hold_the_same_figures() {
    let Evening { house, manager, checks } = evening().await;
    let table = async |what: &str| {
        let answer = manager.get(&format!("/export?what={what}&format=csv")).await;
        assert_eq!(answer.content_type, "text/csv; charset=utf-8", "{answer:?}");
        let text = answer.body.as_str().unwrap().to_owned();
        text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect::<Vec<Vec<String>>>()
    };
    let rows = table("checks").await;
    assert_eq!(rows.iter().filter(|row| row[0] == "line").count(), 6);
    assert!(rows.iter().any(|row| row[0] == "tender" && row[6] == "cash"));
    let items = table("items").await;
    let sum: i64 = items.iter().skip(1).map(|row| row[5].parse::<i64>().unwrap()).sum();
    assert_eq!(json!(sum), manager.get("/day").await.body["sales"]["total_minor"]);
    let audit = table("audit").await;
    assert!(
        audit.iter().any(|row| row[3] == "line_voided") && audit.iter().any(|row| row[3] == "check_closed")
    );
    let waiter = house.waiter().await;
    assert_eq!(waiter.get("/export?what=audit").await.code(), "forbidden");
    assert_eq!(manager.get("/export?what=secrets").await.code(), "malformed-query");

    let receipt = manager.get(&format!("/checks/{}/receipt-text", id(&checks[0]))).await;
    let text = receipt.body.as_str().unwrap();
    assert_eq!(receipt.content_type, "text/plain; charset=utf-8");
    assert!(
        text.contains("Trattoria Aurora") && text.contains("TOTAL") && text.contains("Complaint"),
        "{text}"
    );
    assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
}

#[tokio::test]
async fn an_export_that_nobody_reads_does_not_keep_others_out_for_ever() {
    let house = open().await;
    let manager = house.manager().await;
    for _ in 0..4 {
        drop(manager.request(Method::GET, "/export?what=audit").send().await.unwrap());
    }
    for _ in 0..100 {
        if manager.get("/export?what=items").await.status == StatusCode::OK {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("two seconds later there is still no turn");
}

#[tokio::test]
async fn what_was_done_and_what_wants_somebody_can_be_said_in_any_language() {
    let house = open().await;
    let manager = house.manager().await;
    let check = manager.check_with_lines(1).await;
    let (path, line) = (format!("/checks/{}", id(&check)), &check["lines"][0]);
    let paid = json!({ "kind": "cash", "amount_minor": check["due_minor"] });
    manager.post(&format!("{path}/tenders"), paid).await;
    let void = json!({ "reason": "spilled" });
    let voided = manager.post(&format!("{path}/lines/{}/void", id(line)), void).await;
    assert_eq!(voided.status, 200, "{voided:?}");

    let log = manager.get("/audit").await.body;
    let said = |action: &str| {
        let entries = log["entries"].as_array().unwrap();
        entries.iter().find(|it| it["action"] == action).unwrap()["params"].clone()
    };
    let about = json!({ "name": line["name"], "quantity": 1, "reason": "spilled" });
    assert_eq!(said("line_voided"), about);
    let about = json!({ "number": check["number"], "table": check["table_name"], "covers": 2 });
    assert_eq!(said("check_opened"), about);
    let attention = manager.get("/attention").await.body;
    let owed = attention.as_array().unwrap().iter().find(|it| it["kind"] == "refund_due").unwrap();
    assert_eq!(owed["params"], json!({ "check": check["number"], "amount_minor": check["total_minor"] }));

    let venue = manager.get("/venue").await.body;
    assert_eq!((&venue["is_demo"], &venue["day_starts_at_hour"]), (&json!(true), &json!(4)));
    let other = manager.check_with_lines(1).await;
    manager.post(&format!("/checks/{}/fire", id(&other)), json!({})).await;
    let tickets = manager.get("/kitchen/tickets").await.body;
    let ticket = tickets.as_array().unwrap().iter().find(|it| it["check_id"] == other["id"]).unwrap();
    assert_eq!(ticket["lines"][0]["prep_secs"], ticket["prep_secs"]);
}
