use maitred_domain::ids::named;
use proptest::prelude::*;

use super::*;
use crate::paper::KitchenTicket;

fn job() -> Job {
    let key = JobKey { subject: Subject::Ticket(named("t")), destination: named("grill"), round: 0 };
    Job::new(key, 7, Paper::Ticket(KitchenTicket::default()), Timestamp::UNIX_EPOCH)
}

fn begun(job: &Job) -> JobEvent {
    let attempt = Attempt { job: job.id, attempt: job.attempts + 1, process_id: ProcessId::new(1) };
    JobEvent::Begun { attempt }
}

fn settled(outcome: Outcome) -> JobEvent {
    JobEvent::Settled { outcome, settled_at: Timestamp::UNIX_EPOCH }
}

#[test]
fn the_same_key_is_the_same_job_and_another_round_another() {
    let key = job().key;
    assert_eq!(key.id(), JobKey { ..key }.id());
    assert_ne!(key.id(), JobKey { round: 1, ..key }.id());
}

#[test]
fn a_doubtful_job_is_reprinted_under_a_heading_that_says_so() {
    let mut job = job();
    job.apply(&begun(&job)).unwrap();
    job.apply(&JobEvent::Sent).unwrap();
    job.apply(&settled(Outcome::Indeterminate { reason: Doubt::ConnectionLost })).unwrap();
    job.apply(&JobEvent::Requeued { printer: named("backup") }).unwrap();
    assert_eq!(job.next_paper().heading(), Heading::Reprint { n: 1 });
    job.apply(&begun(&job)).unwrap();
    job.apply(&settled(Outcome::Confirmed { grade: Grade::A })).unwrap();
    assert!(matches!(job.state, JobState::Reprinted { grade: Grade::A, .. }));
}

#[test]
fn nothing_written_costs_nothing() {
    let mut job = job();
    job.apply(&begun(&job)).unwrap();
    job.apply(&settled(Outcome::NotStarted { reason: Refusal::PaperOut })).unwrap();
    assert_eq!(job.next_paper().heading(), Heading::Original);
}

#[test]
fn last_nights_ticket_asks_a_person() {
    let job = job();
    let minutes = |n: i64| Timestamp::from_second(n * 60).unwrap();
    assert!(!job.is_overdue(minutes(15)));
    assert!(job.is_overdue(minutes(16)));
    assert_eq!(job.patience(minutes(14)), Duration::from_mins(1));
}

#[test]
fn backoff_doubles_to_its_end() {
    let timing = Timing::default();
    let waits: Vec<u128> = (0..6).map(|refusals| backoff(refusals, &timing).as_millis()).collect();
    assert_eq!(waits, [500, 500, 1_000, 2_000, 4_000, 5_000]);
    assert_eq!(backoff(u32::MAX, &timing), timing.backoff_max);
}

proptest! {
    #[test]
    fn no_history_makes_a_doubtful_job_unmarked(choices in proptest::collection::vec(0_u8..9, 0..40)) {
        let (mut job, mut may_have_printed) = (job(), false);
        for choice in choices {
            let event = match choice {
                0 => begun(&job),
                1 => JobEvent::Sent,
                2 => settled(Outcome::NotStarted { reason: Refusal::Unreachable }),
                3 => settled(Outcome::Indeterminate { reason: Doubt::Silent }),
                4 => settled(Outcome::Confirmed { grade: Grade::B }),
                5 => JobEvent::Abandoned,
                6 => JobEvent::Requeued { printer: job.printer },
                7 => JobEvent::Expired { expired_at: Timestamp::UNIX_EPOCH },
                _ => JobEvent::Revived { revived_at: Timestamp::UNIX_EPOCH },
            };
            job.apply(&event).ok();
            may_have_printed |= matches!(job.state, JobState::Indeterminate { .. });
            prop_assert_eq!(may_have_printed, job.next_paper().heading() != Heading::Original);
        }
    }
}
