use std::time::Instant;

use serde_json::json;

use crate::events::Stream;
use crate::support::{id, open};

const SCREENS: usize = 60;
const WRITERS: usize = 10;
const WRITES_EACH: usize = 30;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_screens_see_every_write_of_ten_busy_people_in_order() {
    let house = open().await;
    let waiter = house.waiter().await;
    let mut paths = Vec::new();
    for _ in 0..WRITERS {
        paths.push(format!("/checks/{}/rush", id(&waiter.check_with_lines(3).await)));
    }
    let mut screens = tokio::task::JoinSet::new();
    for _ in 0..SCREENS {
        let mut stream = Stream::of(&waiter, None).await;
        let start = stream.next().await.unwrap().data["seq"].as_u64().unwrap();
        screens.spawn(async move {
            for seq in start + 1..=start + (WRITERS * WRITES_EACH) as u64 {
                assert_eq!(stream.change().await.id, Some(seq));
            }
        });
    }
    let begun = Instant::now();
    let mut writers = tokio::task::JoinSet::new();
    for path in paths {
        let person = house.waiter().await;
        writers.spawn(async move {
            let mut slowest = std::time::Duration::ZERO;
            for write in 0..WRITES_EACH {
                let sent = Instant::now();
                let answer = person.post(&path, json!({ "on": write % 2 == 0 })).await;
                assert!(answer.status.is_success(), "{answer:?}");
                slowest = slowest.max(sent.elapsed());
            }
            slowest
        });
    }
    let slowest = writers.join_all().await.into_iter().max().unwrap_or_default();
    let written = begun.elapsed();
    screens.join_all().await;
    println!(
        "{} writes in {written:?}, the slowest {slowest:?}; all seen after {:?}",
        WRITERS * WRITES_EACH,
        begun.elapsed()
    );
}
