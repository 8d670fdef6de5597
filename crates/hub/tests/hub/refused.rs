//! What was refused to whom is in the log.

use std::fs;

use maitred_hub::limits::REFUSALS_AHEAD_MAX;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::pairing::{Tablet, called, inside, screen_at, venue};
use crate::support::{log_to, send};

#[test]
fn who_guesses_and_who_pries_is_in_the_log_and_cannot_fill_it() {
    inside("refused", "who_guesses_and_who_pries_is_in_the_log_and_cannot_fill_it", async {
        let logs = tempfile::tempdir().unwrap();
        let file = logs.path().join("hub.log");
        log_to(&file, "info");
        let house = venue().await;
        let (manager, stranger) = (house.manager().await, screen_at(&house, 9));
        let mut tablet = Tablet::paired(&house, 7, called("Bar")).await;
        tablet.sign_in("waiter", "2222").await;
        let waiter = tablet.get("/floor").await;
        assert_eq!(waiter.status, StatusCode::OK);

        let guessed = send(
            tablet.request(Method::POST, "/auth/login").json(&json!({ "staff": "manager", "pin": "7391" })),
        )
        .await;
        assert_eq!(guessed.code(), "wrong-pin");
        assert_eq!(
            manager.post("/pairings/accept", json!({ "code": "000-000", "name": "Bar" })).await.code(),
            "wrong-code"
        );
        assert_eq!(tablet.get("/audit?q=secret").await.code(), "forbidden");
        let page = tablet.request(Method::GET, "/floor").header("origin", "https://evil.example");
        assert_eq!(send(page).await.code(), "foreign-page");
        for _ in 0..REFUSALS_AHEAD_MAX * 5 {
            assert_eq!(stranger.get("/floor").await.code(), "device-not-paired");
        }
        send(manager.request(Method::DELETE, &format!("/terminals/{}", tablet.id))).await;
        assert_eq!(tablet.get("/floor").await.code(), "unauthenticated");
        house.hub.stop().await.unwrap();

        let log = fs::read_to_string(file).unwrap();
        let lines =
            |words: &[&str]| log.lines().filter(|line| words.iter().all(|word| line.contains(word))).count();
        let id = tablet.id.as_str();
        for (words, times) in [
            (&["INFO", "signed in", id][..], 1),
            (&["WARN", "wrong PIN", id, "attempts_left=4"], 1),
            (&["WARN", "refused", "wrong-code", "POST", "/api/v1/pairings/accept"], 1),
            (&["WARN", "refused", "\"forbidden\"", "/api/v1/audit", "10.77.0.7", id], 1),
            (&["WARN", "refused", "foreign-page", "10.77.0.7", id], 1),
            (&["WARN", "refused", "unauthenticated", "10.77.0.7", id], 1),
        ] {
            assert_eq!(lines(words), times, "{words:?} in\n{log}");
        }
        let of_stranger = lines(&["refused", "device-not-paired", "10.77.0.9"]);
        assert!((1..REFUSALS_AHEAD_MAX as usize * 2).contains(&of_stranger), "{of_stranger}");
        for secret in ["7391", "2222", "000-000", "q=secret", &tablet.terminal] {
            assert!(!log.contains(secret), "{secret} in\n{log}");
        }
    });
}
