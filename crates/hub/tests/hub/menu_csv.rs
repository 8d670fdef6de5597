use std::fmt::Write;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::catalogue::catalogue;
use crate::support::{Answer, Person, open, send};

async fn import(person: &Person, how: &str, table: impl Into<String>) -> Answer {
    let request = person.request(Method::POST, &format!("/menu/import{how}"));
    send(request.header("content-type", "text/csv").body(table.into())).await
}

const APPLY: &str = "?dry_run=false";

fn counts(report: &Value) -> [i64; 4] {
    ["added", "changed", "unchanged", "problems"].map(|name| report[name].as_i64().unwrap())
}

#[tokio::test]
async fn a_menu_that_was_exported_and_comes_back_changes_nothing() {
    let house = open().await;
    let manager = house.manager().await;
    let export = manager.get("/menu/export.csv").await;
    assert_eq!((export.status, export.content_type.as_str()), (StatusCode::OK, "text/csv; charset=utf-8"));
    let table = export.body.as_str().unwrap().to_owned();
    assert!(table.contains("id,name,category,price,tax,station,course,prep_minutes"), "{table}");
    let items = i64::try_from(catalogue(&manager).await["items"].as_array().unwrap().len()).unwrap();
    let report = import(&manager, APPLY, table.clone()).await;
    assert_eq!(report.status, StatusCode::OK, "{report:?}");
    assert_eq!(counts(&report.body), [0, 0, items, 0], "{}", report.body["rows"][0]);
    let other = table.replace(',', ";").replace('\n', "\r\n");
    assert_eq!(import(&manager, "", other).await.body["added"], 0);
    assert_eq!(house.waiter().await.get("/menu/export.csv").await.code(), "forbidden");
    assert_eq!(import(&house.waiter().await, "", "name").await.code(), "forbidden");
}

#[tokio::test]
async fn a_table_is_looked_at_first_and_written_as_one_when_it_is_right() {
    let house = open().await;
    let manager = house.manager().await;
    let table = "Name;Category;Price;Tax;Station;Course;Prep minutes;Allergens;Modifier groups;names.en;colour\n\
        Margherita;Pizze;8,90;;Pizza;Mains;12;gluten, milk;;Margherita;red\n\
        Focaccia;Pane;4,50;10%;pizza;2;5,5;gluten;Cottura | Extras;Flat bread;\n\
        Acqua alta;Pane;1.234;10%;sauna;x;soon;;Nothing;;\n\
        focaccia;Pane;1;10%;;;;;;;\n\
        Senza;;;;;;;;;;\n";
    let table = table.replace("Extras", manager_group(&manager).await.as_str());
    let dry = import(&manager, "", table.clone()).await;
    assert_eq!(dry.status, StatusCode::OK, "{dry:?}");
    assert_eq!((counts(&dry.body), &dry.body["applied"]), ([1, 1, 0, 3], &json!(false)), "{}", dry.body);
    let rows = dry.body["rows"].as_array().unwrap();
    let price = json!({ "field": "price", "before": rows[0]["changes"][0]["before"], "after": "8.90" });
    assert_eq!(rows[0]["changes"][0], price);
    assert_eq!((&rows[1]["line"], &rows[1]["action"]), (&json!(3), &json!("add")));
    let codes = |row: &Value| -> Vec<String> {
        let problems = row["problems"].as_array().unwrap().iter();
        problems.map(|it| it["code"].as_str().unwrap().to_owned()).collect()
    };
    let wanted = [
        "price-ambiguous",
        "station-unknown",
        "course-unknown",
        "minutes-malformed",
        "modifier-group-unknown",
    ];
    assert_eq!(codes(&rows[2]), wanted);
    let problems = &rows[2]["problems"];
    assert_eq!(problems[0]["params"], json!({ "cell": "1.234" }));
    assert_eq!(problems[4]["params"], json!({ "cell": "Nothing", "name": "Nothing" }));
    assert_eq!(codes(&rows[3]), ["row-twice"]);
    assert_eq!(codes(&rows[4]), ["category-missing", "price-missing", "tax-missing"]);
    assert_eq!(
        (&dry.body["new_categories"], &dry.body["ignored_columns"]),
        (&json!(["Pane"]), &json!(["colour"]))
    );
    let before = catalogue(&manager).await;

    let refused = import(&manager, APPLY, table.clone()).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "import-problems"));
    assert_eq!(refused.body["rows"].as_array().unwrap().len(), 3);
    assert_eq!(catalogue(&manager).await, before);
    let done = import(&manager, "?dry_run=false&skip_problems=true", table).await;
    assert_eq!((done.status, &done.body["applied"]), (StatusCode::OK, &json!(true)), "{done:?}");
    let menu = manager.get("/menu").await.body;
    let item =
        |name: &str| menu["items"].as_array().unwrap().iter().find(|it| it["name"] == name).unwrap().clone();
    assert_eq!(item("Margherita")["price_minor"], 890);
    let bread = item("Focaccia");
    assert_eq!((&bread["prep_secs"], &bread["names"]), (&json!(330), &json!({ "en": "Flat bread" })));
    assert_eq!(bread["modifier_groups"].as_array().unwrap().len(), 2);
    assert!(menu["categories"].as_array().unwrap().iter().any(|it| it["name"] == "Pane"));
}

async fn manager_group(manager: &Person) -> String {
    let groups = catalogue(manager).await["modifier_groups"].clone();
    let other = groups.as_array().unwrap().iter().find(|it| it["name"] != "Cottura").unwrap();
    other["name"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_cell_that_looks_like_a_formula_leaves_guarded_and_comes_back_as_it_was() {
    let house = open().await;
    let manager = house.manager().await;
    let table =
        "name,category,price,tax,description\n\"'=HYPERLINK(\"\"http://x\"\")\",Pizze,1.00,10%,'@home\n";
    assert_eq!(import(&manager, APPLY, table).await.body["added"], 1);
    let item = |whole: &Value| {
        let items = whole["items"].as_array().unwrap();
        items.iter().find(|it| it["description"] == "@home").unwrap().clone()
    };
    assert_eq!(item(&catalogue(&manager).await)["name"], "=HYPERLINK(\"http://x\")");
    let export = manager.get("/menu/export.csv").await.body.as_str().unwrap().to_owned();
    assert!(export.contains("'=HYPERLINK") && export.contains("'@home"));
    assert_eq!(import(&manager, "", export).await.body["changed"], 0);
}

#[tokio::test]
async fn what_is_no_table_or_too_large_is_refused() {
    let house = open().await;
    let manager = house.manager().await;
    for wrong in ["", "dish;price\nx;1", "name,name\nx,x"] {
        assert_eq!(import(&manager, "", wrong).await.code(), "malformed-table", "{wrong}");
    }
    let rows = format!("name\n{}", "x\n".repeat(5001));
    assert_eq!(import(&manager, "", rows).await.code(), "malformed-table");
    let large = import(&manager, "", "x".repeat(4 * 1024 * 1024 + 1)).await;
    assert_eq!((large.status, large.code()), (StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
    let json = manager.post("/menu/import", json!({})).await;
    assert_eq!((json.status, json.code()), (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type"));
}

#[tokio::test]
async fn the_largest_table_is_one_command() {
    let house = open().await;
    let manager = house.manager().await;
    let mut table = "name,category,price,tax,names.en,names.ar,description\n".to_owned();
    for number in 0..5000 {
        writeln!(
            table,
            "Piatto {number},Lista {},9.90,10%,Dish {number},طبق {number},as every day",
            number % 40
        )
        .unwrap();
    }
    let entries = async || {
        let vector = manager.get("/sync").await.body["vector"].clone();
        vector.as_object().unwrap().values().map(|seq| seq.as_i64().unwrap()).sum::<i64>()
    };
    let before = entries().await;
    // On a slow box the answer may come too late for the request; the same key finds out.
    let import_once = async || {
        let request = manager.request(Method::POST, &format!("/menu/import{APPLY}"));
        let request = request.header("content-type", "text/csv").header("idempotency-key", "menu");
        send(request.body(table.clone())).await
    };
    let mut done = import_once().await;
    for _ in 0..10 {
        if done.status != StatusCode::SERVICE_UNAVAILABLE {
            break;
        }
        done = import_once().await;
    }
    assert_eq!((done.status, &done.body["problems"]), (StatusCode::OK, &json!(0)), "{:?}", done.body["code"]);
    assert_eq!(entries().await, before + 1);
    let house = house.restart().await;
    assert!(house.manager().await.get("/menu").await.body["items"].as_array().unwrap().len() > 5000);
}
