//! Commands that wait for a device, and what became of the latest.

use std::collections::{BTreeMap, VecDeque};

use maitred_device::field::DeviceId;
use maitred_device::field::message::{Action, Answer, Command, Outcome};
use uuid::Uuid;

/// Commands that wait at most; more are refused.
const WAITING_MAX: usize = 1_000;
/// Answers that are remembered, for commands that come again.
const ANSWERED_MAX: usize = 4_096;

/// A command that waits.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// For whom.
    pub device: DeviceId,
    /// What.
    pub action: Action,
    expires_at_ms: i64,
    /// Whether somebody waits for an answer.
    wants_answer: bool,
}

/// What to do about a command.
#[derive(Debug)]
pub enum Verdict {
    /// Tell the device.
    Do,
    /// It is under way.
    Wait,
    /// Say this.
    Say(Answer),
}

/// The commands of all devices.
#[derive(Debug, Default)]
pub struct Commands {
    waiting: BTreeMap<Uuid, Waiting>,
    answered: BTreeMap<Uuid, Answer>,
    oldest_first: VecDeque<Uuid>,
}

impl Commands {
    /// Takes a command; the same once.
    pub fn take(&mut self, now_ms: i64, device: &DeviceId, command: Command) -> Verdict {
        if let Some(answer) = self.answered.get(&command.id) {
            return Verdict::Say(answer.clone());
        }
        if self.waiting.contains_key(&command.id) {
            return Verdict::Wait;
        }
        if command.expires_at_ms <= now_ms {
            return Verdict::Say(self.remember(command.id, Outcome::Expired, Some("it came too late")));
        }
        if self.waiting.len() >= WAITING_MAX {
            let why = Some("too many commands wait".to_owned());
            return Verdict::Say(Answer { id: command.id, outcome: Outcome::Refused, why });
        }
        self.wait(command.id, device, command.action, command.expires_at_ms, true);
        Verdict::Do
    }

    /// Takes what a stranger set, to whom nobody answers. False when there is no room.
    pub fn take_setting(&mut self, id: Uuid, device: &DeviceId, action: Action, expires_at_ms: i64) -> bool {
        let has_room = self.waiting.len() < WAITING_MAX;
        if has_room {
            self.wait(id, device, action, expires_at_ms, false);
        }
        has_room
    }

    fn wait(&mut self, id: Uuid, device: &DeviceId, action: Action, expires_at_ms: i64, wants_answer: bool) {
        self.waiting.insert(id, Waiting { device: device.clone(), action, expires_at_ms, wants_answer });
    }

    /// What waits for `device`.
    pub fn of<'a>(&'a self, device: &'a DeviceId) -> impl Iterator<Item = (Uuid, &'a Action)> {
        self.waiting.iter().filter(move |(_, it)| it.device == *device).map(|(id, it)| (*id, &it.action))
    }

    /// A command ended; what it was, and what to say if somebody wants to know.
    pub fn ended(
        &mut self,
        id: Uuid,
        outcome: Outcome,
        why: Option<&str>,
    ) -> Option<(Waiting, Option<Answer>)> {
        let waiting = self.waiting.remove(&id)?;
        let answer = waiting.wants_answer.then(|| self.remember(id, outcome, why));
        Some((waiting, answer))
    }

    /// Commands for which it is too late.
    pub fn expired(&self, now_ms: i64) -> Vec<Uuid> {
        self.waiting.iter().filter(|(_, it)| it.expires_at_ms <= now_ms).map(|(id, _)| *id).collect()
    }

    fn remember(&mut self, id: Uuid, outcome: Outcome, why: Option<&str>) -> Answer {
        let answer = Answer { id, outcome, why: why.map(str::to_owned) };
        self.answered.insert(id, answer.clone());
        self.oldest_first.push_back(id);
        if self.oldest_first.len() > ANSWERED_MAX
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.answered.remove(&oldest);
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use maitred_device::field::DeviceKind;
    use maitred_device::field::message::Pattern;

    use super::*;

    fn command(number: usize, expires_at_ms: i64) -> Command {
        let action = Action::Sound { pattern: Pattern::Short };
        Command { id: Uuid::from_u128(number as u128), expires_at_ms, action }
    }

    fn device() -> DeviceId {
        DeviceId::of(DeviceKind::Beacon, "pass")
    }

    #[test]
    fn a_command_is_done_once_and_its_answer_is_remembered() {
        let mut commands = Commands::default();
        assert!(matches!(commands.take(0, &device(), command(1, 10)), Verdict::Do));
        assert!(matches!(commands.take(1, &device(), command(1, 10)), Verdict::Wait));
        let (_, answer) = commands.ended(Uuid::from_u128(1), Outcome::Done, None).unwrap();
        assert_eq!(answer.unwrap().outcome, Outcome::Done);
        let again = commands.take(99, &device(), command(1, 10));
        assert!(
            matches!(again, Verdict::Say(answer) if answer.outcome == Outcome::Done),
            "also when it is late"
        );
    }

    #[test]
    fn what_is_too_late_is_not_done() {
        let mut commands = Commands::default();
        let late = commands.take(10, &device(), command(1, 10));
        assert!(matches!(late, Verdict::Say(answer) if answer.outcome == Outcome::Expired));
        assert!(matches!(commands.take(0, &device(), command(2, 10)), Verdict::Do));
        assert!(commands.expired(9).is_empty());
        assert_eq!(commands.expired(10), vec![Uuid::from_u128(2)]);
    }

    #[test]
    fn no_more_wait_and_no_more_are_remembered_than_fit() {
        let mut commands = Commands::default();
        for number in 0..WAITING_MAX {
            assert!(matches!(commands.take(0, &device(), command(number, 10)), Verdict::Do));
        }
        let full = commands.take(0, &device(), command(WAITING_MAX, 10));
        assert!(matches!(full, Verdict::Say(answer) if answer.outcome == Outcome::Refused));
        assert!(!commands.take_setting(Uuid::from_u128(9_999), &device(), command(0, 0).action, 10));
        for number in 0..2 * ANSWERED_MAX {
            commands.take(99, &device(), command(WAITING_MAX + number, 10));
        }
        assert_eq!(commands.answered.len(), ANSWERED_MAX);
    }
}
