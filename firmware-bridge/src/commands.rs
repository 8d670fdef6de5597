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
