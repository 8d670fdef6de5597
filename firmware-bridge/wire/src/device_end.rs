//! The microcontroller's end.

use heapless::Deque;

use crate::{
    Action, Event, Frame, HEARTBEAT_MS, Hello, Outcome, RESEND_AFTER_MS, RESEND_AFTER_MS_MAX, SILENCE_MS_MAX,
    Status, WINDOW,
};

/// How often a device that nobody welcomes says who it is, in milliseconds.
const HELLO_EVERY_MS: u64 = 250;

/// There is no room for another event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRoom;

/// The bridge wants something done; say what became of it by [`DeviceEnd::answer`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What.
    pub action: Action,
}

/// The device's end of a line, with room for `N` events.
#[derive(Debug)]
pub struct DeviceEnd<const N: usize> {
    hello: Hello,
    contact: Contact,
    /// Events that are not known to be safe; the first has the number `hello.first`.
    events: Deque<Event, N>,
    /// How many of them were said since the last pause.
    said: usize,
    resend_at: u64,
    resend_after: u64,
    /// What is to be said once, before anything else.
    answer: Option<Frame>,
    last: Option<Done>,
    status: Status,
    status_at: u64,
}

#[derive(Debug)]
enum Contact {
    /// Nobody knows this device yet.
    Alone { hello_at: u64 },
    /// A bridge does, and was heard at that time.
    Welcome { heard_at: u64 },
}

/// The latest command: one that comes again is answered again, not done again.
#[derive(Clone, Copy, Debug)]
struct Done {
    session: u32,
    seq: u32,
    /// Nothing while it is being done.
    outcome: Option<Outcome>,
}

impl<const N: usize> DeviceEnd<N> {
    /// A device that was just switched on. `hello.first` has to be 1.
    pub fn new(hello: Hello) -> Self {
        Self {
            hello: Hello { first: 1, ..hello },
            contact: Contact::Alone { hello_at: 0 },
            events: Deque::new(),
            said: 0,
            resend_at: 0,
            resend_after: RESEND_AFTER_MS,
            answer: None,
            last: None,
            status: Status::default(),
            status_at: 0,
        }
    }

    /// Something happened. Of readings that nobody could hear yet the last is kept, and they leave half of the room to
    /// what cannot be measured again.
    ///
    /// # Errors
    /// [`NoRoom`] when nobody has listened for long: the event is dropped, and counted unless it is a reading.
    pub fn push(&mut self, event: Event) -> Result<(), NoRoom> {
        if matches!(event, Event::Reading { .. }) {
            let has_one_unsaid = self.events.len() > self.said;
            if let Some(last @ Event::Reading { .. }) = self.events.back_mut().filter(|_| has_one_unsaid) {
                *last = event;
                return Ok(());
            }
            if self.events.len() >= N / 2 {
                return Err(NoRoom);
            }
        }
        self.events.push_back(event).map_err(|_| {
            self.status.dropped = self.status.dropped.saturating_add(1);
            NoRoom
        })
    }

    /// The battery's charge, and the time since the start, to be told with the next status.
    pub fn set_status(&mut self, battery_percent: Option<u8>, up_seconds: u32) {
        self.status = Status { battery_percent, up_seconds, ..self.status };
    }

    /// Whether a bridge listens.
    pub fn is_welcome(&self) -> bool {
        matches!(self.contact, Contact::Welcome { .. })
    }

    /// Events that are not known to be safe.
    pub fn waiting(&self) -> usize {
        self.events.len()
    }

    /// Takes a frame. What it asks for is asked once, however often the frame comes.
    pub fn received(&mut self, now_ms: u64, frame: Frame) -> Option<Asked> {
        match frame {
            Frame::Welcome { boot, session: _, safe } if boot == self.hello.boot => {
                self.contact = Contact::Welcome { heard_at: now_ms };
                self.forget_below(safe, now_ms);
                // Whoever welcomes may not have what was said before.
                self.said = 0;
                self.resend_after = RESEND_AFTER_MS;
                self.status_at = now_ms;
            }
            Frame::Ack { boot, safe } if boot == self.hello.boot => {
                self.heard(now_ms);
                self.forget_below(safe, now_ms);
            }
            Frame::Command { session, seq, action } => return self.asked(now_ms, session, seq, action),
            // Somebody who does not know this device, or knew it before it was switched on.
            Frame::Greet | Frame::Welcome { .. } | Frame::Ack { .. } => {
                self.contact = Contact::Alone { hello_at: now_ms };
            }
            // A device's own words, come back over a looped line.
            Frame::Hello(_) | Frame::Event { .. } | Frame::Status(_) | Frame::Answer { .. } => {}
        }
        None
    }

    fn heard(&mut self, now_ms: u64) {
        if let Contact::Welcome { heard_at } = &mut self.contact {
            *heard_at = now_ms;
        }
    }

    fn forget_below(&mut self, safe: u32, now_ms: u64) {
        let gained = safe.saturating_sub(self.hello.first) as usize;
        if gained == 0 || gained > self.events.len() {
            return;
        }
        for _ in 0..gained {
            self.events.pop_front();
        }
        self.hello.first = safe;
        self.said = self.said.saturating_sub(gained);
        self.resend_after = RESEND_AFTER_MS;
        self.resend_at = now_ms + self.resend_after;
    }

    fn asked(&mut self, now_ms: u64, session: u32, seq: u32, action: Action) -> Option<Asked> {
        self.heard(now_ms);
        if let Some(last) = self.last.filter(|last| last.session == session && seq <= last.seq) {
            if let Some(outcome) = last.outcome.filter(|_| last.seq == seq) {
                self.answer = Some(Frame::Answer { session, seq, outcome });
            }
            return None;
        }
        self.last = Some(Done { session, seq, outcome: None });
        Some(Asked { action })
    }

    /// Says what became of what was asked for last.
    pub fn answer(&mut self, outcome: Outcome) {
        let Some(last) = self.last.as_mut().filter(|last| last.outcome.is_none()) else { return };
        last.outcome = Some(outcome);
        self.answer = Some(Frame::Answer { session: last.session, seq: last.seq, outcome });
    }

    /// The next frame to write, if there is one at this time. To be asked until there is none.
    pub fn poll(&mut self, now_ms: u64) -> Option<Frame> {
        match &mut self.contact {
            Contact::Welcome { heard_at } if now_ms.saturating_sub(*heard_at) > SILENCE_MS_MAX => {
                self.contact = Contact::Alone { hello_at: now_ms };
                self.poll(now_ms)
            }
            Contact::Alone { hello_at } => {
                if now_ms < *hello_at {
                    return None;
                }
                *hello_at = now_ms + HELLO_EVERY_MS;
                Some(Frame::Hello(self.hello.clone()))
            }
            Contact::Welcome { .. } => {
                self.answer.take().or_else(|| self.next_event(now_ms)).or_else(|| self.next_status(now_ms))
            }
        }
    }

    fn next_event(&mut self, now_ms: u64) -> Option<Frame> {
        if self.said > 0 && now_ms >= self.resend_at {
            self.said = 0;
            self.resend_after = (self.resend_after * 2).min(RESEND_AFTER_MS_MAX);
        }
        if self.said >= WINDOW {
            return None;
        }
        let event = *self.events.iter().nth(self.said)?;
        if self.said == 0 {
            self.resend_at = now_ms + self.resend_after;
        }
        let seq = self.hello.first.wrapping_add(u32::try_from(self.said).unwrap_or(u32::MAX));
        self.said += 1;
        Some(Frame::Event { boot: self.hello.boot, seq, event })
    }

    fn next_status(&mut self, now_ms: u64) -> Option<Frame> {
        if now_ms < self.status_at {
            return None;
        }
        self.status_at = now_ms + HEARTBEAT_MS;
        Some(Frame::Status(self.status))
    }
}
