//! One durable command after the other, as a single station sends them.

use std::path::Path;
use std::time::{Duration, Instant};

use maitred_store::Store;
use maitred_testkit::venue::{catalogue, options, service};

use crate::report::{Figure, Target};
use crate::{Outcome, bare, median_us};

const PARTIES: u64 = 300;
const WARM_UP_PARTIES: u64 = 30;

/// A party's commands, in order.
const STEPS: [&str; 10] =
    ["open", "add lines", "fire", "bump", "add a line", "void it", "tender", "close", "mark table", "stock"];

/// Serves parties, with a bare commit after each command, so that both meet the same disk.
pub fn measure(folder: &Path) -> Outcome<Vec<Figure>> {
    let store = Store::open(&options(folder), catalogue)?;
    let commits = bare::Commits::open(folder)?;
    let mut commands: Vec<Vec<Duration>> = vec![Vec::new(); STEPS.len()];
    let mut bare_commits = Vec::new();
    for n in 0..(WARM_UP_PARTIES + PARTIES) * service::COMMANDS_PER_PARTY {
        let started = Instant::now();
        store.command_blocking(service::request(n))?;
        let command = started.elapsed();
        let bare_commit = commits.one()?;
        if n >= WARM_UP_PARTIES * service::COMMANDS_PER_PARTY {
            commands[usize::try_from(n % service::COMMANDS_PER_PARTY)?].push(command);
            bare_commits.push(bare_commit);
        }
    }
    let bare_commit_us = median_us(bare_commits);
    let bare_edit_us = median_us(bare::edits(&store)?);
    let floor_us = bare_commit_us + bare_edit_us;
    let all = median_us(commands.iter().flatten().copied().collect());
    let mut figures = vec![
        Figure::new("commit/bare_commit", bare_commit_us, "us p50"),
        Figure::new("commit/bare_edit", bare_edit_us, "us p50"),
        Figure::new("commit/command", all, "us p50")
            .beside(floor_us, "bare commit + bare edit")
            .wants(Target::AtMost(1.5)),
    ];
    for (step, took) in STEPS.iter().zip(commands) {
        figures.push(
            Figure::new(&format!("commit/command/{step}"), median_us(took), "us p50")
                .beside(floor_us, "bare commit + bare edit"),
        );
    }
    Ok(figures)
}
