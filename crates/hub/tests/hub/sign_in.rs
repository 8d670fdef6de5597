use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{id, open};

#[tokio::test]
async fn a_person_signs_in_with_a_pin_and_out_again() {
    let house = open().await;
    let waiter = house.waiter().await;
    let me = waiter.get("/auth/me").await;
    assert_eq!((me.status, &me.body["staff"]["handle"]), (StatusCode::OK, &json!("waiter")));
    assert_eq!(waiter.post("/auth/logout", json!({})).await.status, StatusCode::NO_CONTENT);
    let me = waiter.get("/auth/me").await;
    assert_eq!((me.status, me.code()), (StatusCode::UNAUTHORIZED, "unauthenticated"));
}

#[tokio::test]
async fn a_session_ends_after_sixteen_hours_and_outlives_a_restart() {
    let house = open().await;
    let token = house.waiter().await.token;
    let house = house.restart().await;
    let mut waiter = house.nobody();
    waiter.token = token;
    assert_eq!(waiter.get("/auth/me").await.status, StatusCode::OK);
    house.skip(16 * 60 * 60 + 1);
    assert_eq!(waiter.get("/auth/me").await.code(), "unauthenticated");
}

#[tokio::test]
async fn five_wrong_pins_lock_the_person_out_also_after_a_restart_and_nobody_else() {
    let house = open().await;
    let door = house.nobody();
    for left in (0..5).rev() {
        let wrong = door.post("/auth/login", json!({ "staff": "waiter", "pin": "0000" })).await;
        assert_eq!((wrong.status, wrong.code()), (StatusCode::UNAUTHORIZED, "wrong-pin"));
        assert_eq!(wrong.body["attempts_left"], left);
    }
    let house = house.restart().await;
    let door = house.nobody();
    let right = json!({ "staff": "waiter", "pin": "2222" });
    let locked = door.post("/auth/login", right.clone()).await;
    assert_eq!((locked.status, locked.code()), (StatusCode::TOO_MANY_REQUESTS, "locked-out"));
    assert!((1..=60).contains(&locked.body["retry_after_secs"].as_i64().unwrap()));
    house.manager().await;

    house.skip(61);
    let wrong = door.post("/auth/login", json!({ "staff": "waiter", "pin": "0000" })).await;
    assert_eq!(wrong.body["attempts_left"], 0);
    house.skip(61);
    assert_eq!(door.post("/auth/login", right.clone()).await.code(), "locked-out");
    house.skip(60);
    assert_eq!(door.post("/auth/login", right).await.status, StatusCode::OK);
}

#[tokio::test]
async fn guesses_sent_side_by_side_count_one_by_one() {
    let house = open().await;
    let guess = |pin: usize| {
        let door = house.nobody();
        async move {
            let pin = format!("{pin:04}");
            door.post("/auth/login", json!({ "staff": "manager", "pin": pin })).await.code().to_owned()
        }
    };
    let mut guesses = tokio::task::JoinSet::new();
    for pin in 0..20 {
        guesses.spawn(guess(pin));
    }
    let codes = guesses.join_all().await;
    assert_eq!(codes.iter().filter(|code| *code == "wrong-pin").count(), 5, "{codes:?}");
}

#[tokio::test]
async fn a_handle_that_nobody_has_is_answered_like_a_wrong_pin() {
    let house = open().await;
    let answer = house.nobody().post("/auth/login", json!({ "staff": "nobody", "pin": "2468" })).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "wrong-pin"));
}

#[tokio::test]
async fn the_sign_in_screen_shows_everybody_without_a_secret() {
    let house = open().await;
    let tiles = house.nobody().get("/staff/tiles").await;
    assert_eq!(tiles.status, StatusCode::OK);
    assert!(tiles.body.as_array().unwrap().len() >= 4);
    assert!(!tiles.body.to_string().contains("argon2"));
}

#[tokio::test]
async fn a_screen_knows_how_many_digits_a_pin_has_as_long_as_everybodys_has_as_many() {
    let house = open().await;
    let manager = house.manager().await;
    let digits = async || house.nobody().get("/terminal").await.body["pin_digits"].clone();
    assert_eq!(digits().await, 4);
    let staff = manager.get("/staff/tiles").await.body;
    let set = async |person: &Value, pin: &str| {
        let answer = manager.post(&format!("/staff/{}/pin", id(person)), json!({ "pin": pin })).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    };
    set(&staff[1], "490716").await;
    assert_eq!(digits().await, Value::Null);
    for person in staff.as_array().unwrap() {
        set(person, "490716").await;
    }
    assert_eq!(digits().await, 6);
    let audit = manager.get("/audit?limit=500").await.body.to_string();
    assert!(!audit.contains("\"pin_digits\":"), "{audit}");
}
