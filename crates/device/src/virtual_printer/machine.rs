//! The printer itself: a buffer, a mechanism, a roll of paper. No I/O.

use std::{collections::VecDeque, time::Duration};

use super::{
    Fault, Model, RECEIVE_BYTES_MAX, SLIPS_KEPT, Slip, VIRTUAL_MODEL,
    command::{self, Command},
    real_time::{self, RealTime},
    slip::{Cell, Mark, Style},
    star,
};
use crate::{bitmap::Bitmap, encode, profile::CodePage, session::Health};

/// A printer without a cutter, or a client that never cuts, must not fill the memory.
const STRIP_MARKS_MAX: usize = 2_000;
const CELL_DOTS: usize = 12;
const LINE_DOTS: usize = 30;

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing to do, or nothing possible.
    Idle,
    /// A command without paper.
    Worked,
    /// Paper moved.
    Printed,
}

#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the printer, and they are independent"
)]
pub(super) struct Machine {
    pub(super) line_time: Duration,
    /// Rises when the printer hangs up: connections of an earlier life are dead.
    pub(super) life: u32,
    model: Model,
    width_dots: usize,
    buffer: VecDeque<u8>,
    replies: Vec<u8>,
    fault: Fault,
    auto_status: bool,
    is_pulse_enabled: bool,
    owes_power_notice: bool,
    style: Style,
    align: u8,
    code_page: CodePage,
    line: Vec<Cell>,
    qr: (Vec<u8>, u8),
    strip: Vec<Mark>,
    slips: VecDeque<Slip>,
    slips_cut: u64,
    drawer_kicks: u32,
    pub(super) is_drawer_open: bool,
    /// Star's print-end counter.
    counter: u8,
    noise: Noise,
}

/// What a loose wire says: always the same, so that a run can be repeated.
#[derive(Debug, Default)]
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> impl Iterator<Item = u8> + use<> {
        // Knuth's MMIX generator; the high bits are the good ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0.to_be_bytes().into_iter().take(5)
    }
}

impl Machine {
    pub(super) fn new(model: Model, width_dots: u16) -> Self {
        Self {
            line_time: Duration::ZERO,
            life: 0,
            model,
            width_dots: usize::from(width_dots),
            buffer: VecDeque::new(),
            replies: Vec::new(),
            fault: Fault::None,
            auto_status: false,
            is_pulse_enabled: true,
            owes_power_notice: false,
            style: Style::default(),
            align: 0,
            code_page: CodePage::Cp858,
            line: Vec::new(),
            qr: (Vec::new(), 3),
            strip: Vec::new(),
            slips: VecDeque::new(),
            slips_cut: 0,
            drawer_kicks: 0,
            is_drawer_open: false,
            counter: 0,
            noise: Noise::default(),
        }
    }

    pub(super) fn slips(&self) -> Vec<Slip> {
        let mut slips: Vec<Slip> = self.slips.iter().cloned().collect();
        if !self.strip.is_empty() {
            slips.push(Slip::new(self.slips_cut, self.strip.clone(), self.width_dots, false));
        }
        slips
    }

    pub(super) fn drawer_kicks(&self) -> u32 {
        self.drawer_kicks
    }

    pub(super) fn waiting_bytes(&self) -> usize {
        self.buffer.len()
    }

    pub(super) fn room(&self) -> usize {
        RECEIVE_BYTES_MAX.saturating_sub(self.buffer.len())
    }

    /// A whole paper that it fetched: nothing in it is obeyed on arrival.
    pub(super) fn load(&mut self, bytes: &[u8]) {
        self.buffer.extend(bytes);
    }

    /// What waits is not printed any more.
    pub(super) fn throw_away(&mut self) {
        self.buffer.clear();
        self.line.clear();
    }

    pub(super) fn is_cable_cut(&self) -> bool {
        self.fault == Fault::CutCable
    }

    pub(super) fn health(&self) -> Health {
        match self.fault {
            Fault::PaperOut => Health::PaperOut,
            Fault::CoverOpen => Health::CoverOpen,
            Fault::Offline => Health::Error,
            Fault::CutCable => Health::Unreachable,
            _ if !self.buffer.is_empty() => Health::Printing,
            Fault::PaperNearEnd => Health::PaperLow,
            Fault::None
            | Fault::PowerCycle
            | Fault::BufferClear
            | Fault::PaperOutAfter { .. }
            | Fault::Garbage => Health::Ready,
        }
    }

    pub(super) fn set_fault(&mut self, fault: Fault) {
        match fault {
            Fault::PowerCycle => self.cycle_power(),
            Fault::BufferClear => self.throw_away(),
            _ => self.fault = fault,
        }
        self.tell_auto_status();
    }

    /// The paper that hangs out stays; everything else is forgotten.
    fn cycle_power(&mut self) {
        self.life += 1;
        self.fault = Fault::None;
        self.owes_power_notice = self.model == Model::Full;
        self.buffer.clear();
        self.replies.clear();
        self.reset();
    }

    fn reset(&mut self) {
        self.auto_status = false;
        self.is_pulse_enabled = true;
        self.style = Style::default();
        self.align = 0;
        self.line.clear();
    }

    /// A connection begins: nothing that was said to an earlier one is said again. Gives the life that it belongs to.
    pub(super) fn connected(&mut self) -> u32 {
        self.replies.clear();
        if std::mem::take(&mut self.owes_power_notice) {
            self.say(&[0x3b, 0x31, 0x00]);
        }
        self.life
    }

    pub(super) fn take_replies(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.replies)
    }

    pub(super) fn receive(&mut self, bytes: &[u8]) {
        if self.model == Model::Star {
            return self.receive_star(bytes);
        }
        for byte in bytes {
            self.buffer.push_back(*byte);
            let start = self.buffer.len().saturating_sub(real_time::LENGTH_MAX);
            let tail: Vec<u8> = self.buffer.range(start..).copied().collect();
            if let Some((command, length)) = real_time::completed(&tail) {
                self.buffer.truncate(self.buffer.len() - length);
                self.obey(command);
            }
        }
    }

    /// `ESC ACK SOH`, and `FS` where it stands alone, are obeyed on arrival.
    fn receive_star(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if *byte == 0x1c && self.buffer.is_empty() {
                self.drawer_kicks += 1;
                continue;
            }
            self.buffer.push_back(*byte);
            let length = self.buffer.len();
            if length >= 3 && self.buffer.range(length - 3..).eq(&[0x1b, 0x06, 0x01]) {
                self.buffer.truncate(length - 3);
                self.say(&self.star_status());
            }
        }
    }

    /// Star's automatic status: header 1, header 2, and seven bytes of status.
    pub(super) fn star_status(&self) -> [u8; 9] {
        let flag = |is_set: bool, bits: u8| if is_set { bits } else { 0 };
        let is_out = self.fault == Fault::PaperOut;
        let is_low = is_out || self.fault == Fault::PaperNearEnd;
        let first = flag(self.is_stopped(), 0x08)
            | flag(self.fault == Fault::CoverOpen, 0x20)
            | flag(self.is_drawer_open, 0x04);
        [0x23, 0x86, first, 0, 0, flag(is_out, 0x08) | flag(is_low, 0x04), 0, 0, 0]
    }

    fn count(&mut self, action: u8, [low, high]: [u8; 2]) {
        match action {
            1 => self.counter = self.counter.wrapping_add(1),
            2 => self.counter = 0,
            _ => {}
        }
        if action < 2 {
            self.say(&[0x1b, 0x1d, 0x03, action, low, high, self.counter, 0]);
        }
    }

    fn obey(&mut self, command: RealTime) {
        match command {
            RealTime::Status(n) => self.say_status(n),
            RealTime::Kick if self.is_pulse_enabled => self.drawer_kicks += 1,
            RealTime::Clear if self.model == Model::Full => {
                self.throw_away();
                self.say(&[0x37, 0x25, 0x00]);
            }
            RealTime::Kick | RealTime::Clear | RealTime::Recover => {}
        }
    }

    fn say(&mut self, bytes: &[u8]) {
        if self.fault == Fault::Garbage {
            self.replies.extend(self.noise.next());
        } else if self.model != Model::Mute {
            self.replies.extend(bytes);
        }
    }

    pub(super) fn is_stopped(&self) -> bool {
        matches!(self.fault, Fault::PaperOut | Fault::CoverOpen | Fault::Offline)
    }

    fn say_status(&mut self, n: u8) {
        let flag = |is_set: bool, bits: u8| if is_set { bits } else { 0 };
        let is_out = self.fault == Fault::PaperOut;
        let is_open = self.fault == Fault::CoverOpen;
        let bits = match n {
            1 => flag(self.is_stopped(), 0x08) | flag(!self.is_drawer_open, 0x04),
            2 => flag(is_open, 0x04) | flag(is_out, 0x20),
            4 => flag(is_out, 0x60) | flag(is_out || self.fault == Fault::PaperNearEnd, 0x0c),
            _ => 0,
        };
        self.say(&[0x12 | bits]);
    }

    /// `GS I`: 66 is the maker, 67 the model, 68 the serial number.
    fn say_name(&mut self, n: u8) {
        let name = match n {
            66 => "MAITRED",
            67 => VIRTUAL_MODEL,
            68 => "V0000001",
            _ => return,
        };
        self.say(&[&[0x5f], name.as_bytes(), &[0x00]].concat());
    }

    fn tell_auto_status(&mut self) {
        if !self.auto_status {
            return;
        }
        let flag = |is_set: bool, bits: u8| if is_set { bits } else { 0 };
        let is_out = self.fault == Fault::PaperOut;
        let first = 0x10
            | flag(!self.is_drawer_open, 0x04)
            | flag(self.is_stopped(), 0x08)
            | flag(self.fault == Fault::CoverOpen, 0x20);
        let third = flag(is_out, 0x0c) | flag(is_out || self.fault == Fault::PaperNearEnd, 0x03);
        self.say(&[first, 0, third, 0x0f]);
    }

    /// Processes the command at the front, if it can.
    pub(super) fn step(&mut self) -> Step {
        if self.is_stopped() {
            return Step::Idle;
        }
        let front = self.buffer.make_contiguous();
        if self.model != Model::Star && front.len() <= real_time::LENGTH_MAX && real_time::may_become(front) {
            return Step::Idle;
        }
        let parse = if self.model == Model::Star { star::parse } else { command::parse };
        let Some((command, length)) = parse(front) else { return self.unstick() };
        self.buffer.drain(..length);
        self.process(command)
    }

    /// A command longer than the buffer would wait for ever.
    fn unstick(&mut self) -> Step {
        if self.room() > 0 {
            return Step::Idle;
        }
        self.buffer.pop_front();
        Step::Worked
    }

    fn process(&mut self, command: Command) -> Step {
        match command {
            Command::Byte(byte) => return self.print_char(encode::decode_byte(byte, self.code_page)),
            Command::LineFeed => return self.print_line(),
            Command::FeedLines(lines) => return self.feed(usize::from(lines) * LINE_DOTS),
            Command::FeedDots(dots) => return self.feed(usize::from(dots)),
            Command::Picture { bytes_across, across, down, data } => {
                let bitmap = Bitmap::from_rows(bytes_across * 8, &data);
                return self.print_picture(bitmap.scaled(usize::from(across), usize::from(down)));
            }
            Command::QrPrint => return self.print_qr(),
            Command::Cut { feeds } => return self.cut(feeds),
            Command::Reset => self.reset(),
            Command::Bold(is_on) => self.style.is_bold = is_on,
            Command::Underline(is_on) => self.style.is_underlined = is_on,
            Command::Inverse(is_on) => self.style.is_inverse = is_on,
            Command::Size(across, down) => (self.style.across, self.style.down) = (across, down),
            Command::Align(align) => self.align = align,
            Command::CodeTable(16) => self.code_page = CodePage::Cp1252,
            Command::CodeTable(_) => self.code_page = CodePage::Cp858,
            Command::Kick => self.drawer_kicks += 1,
            Command::AutoStatus(n) if self.model == Model::Full => {
                self.auto_status = n != 0;
                self.tell_auto_status();
            }
            Command::AskProcessed(_) => {
                let is_low = self.fault == Fault::PaperNearEnd;
                self.say(&[if is_low { 0x03 } else { 0x00 }]);
            }
            Command::AskPrinted([a, b, c, d]) if self.model == Model::Full => {
                self.say(&[0x37, 0x22, a, b, c, d, 0x00]);
            }
            Command::AskName(n) => self.say_name(n),
            Command::Counter { action, id } => self.count(action, id),
            Command::RealTime { function: 1, is_on } => self.is_pulse_enabled = is_on,
            Command::QrStore(data) => self.qr.0 = data,
            Command::QrModule(dots) => self.qr.1 = dots.clamp(1, 16),
            Command::AutoStatus(_) | Command::AskPrinted(_) | Command::RealTime { .. } | Command::Ignored => {
            }
        }
        Step::Worked
    }

    fn print_char(&mut self, c: char) -> Step {
        let across = |cell: &Cell| usize::from(cell.style.across) * CELL_DOTS;
        let used: usize = self.line.iter().map(across).sum();
        let cell = Cell { c, style: self.style };
        let is_full = used + across(&cell) > self.width_dots;
        let step = if is_full { self.print_line() } else { Step::Worked };
        self.line.push(cell);
        step
    }

    fn print_line(&mut self) -> Step {
        let mark = Mark::Line { cells: std::mem::take(&mut self.line), align: self.align };
        self.mark(mark, 1)
    }

    fn feed(&mut self, dots: usize) -> Step {
        self.flush_line();
        self.mark(Mark::Feed { dots }, u32::try_from(dots / LINE_DOTS).unwrap_or(0))
    }

    fn flush_line(&mut self) {
        if !self.line.is_empty() {
            self.print_line();
        }
    }

    fn print_picture(&mut self, bitmap: Bitmap) -> Step {
        let lines = u32::try_from(bitmap.height() / LINE_DOTS).unwrap_or(0);
        self.mark(Mark::Picture { bitmap, align: self.align }, lines)
    }

    fn print_qr(&mut self) -> Step {
        let Ok(code) = fast_qr::QRBuilder::new(self.qr.0.clone()).build() else { return Step::Worked };
        let mut bitmap = Bitmap::new(code.size, code.size);
        for y in 0..code.size {
            (0..code.size).filter(|x| code[y][*x].value()).for_each(|x| bitmap.set(x, y));
        }
        let dots = usize::from(self.qr.1);
        self.print_picture(bitmap.scaled(dots, dots))
    }

    /// Paper moves by `lines`, and may end with it.
    fn mark(&mut self, mark: Mark, lines: u32) -> Step {
        self.strip.push(mark);
        if self.strip.len() >= STRIP_MARKS_MAX {
            self.cut(false);
        }
        if let Fault::PaperOutAfter { lines: left } = &mut self.fault {
            *left = left.saturating_sub(lines);
            if *left == 0 {
                self.fault = Fault::PaperOut;
                self.tell_auto_status();
            }
        }
        Step::Printed
    }

    fn cut(&mut self, feeds: bool) -> Step {
        self.flush_line();
        let has_ink = |mark: &Mark| match mark {
            Mark::Line { cells, .. } => cells.iter().any(|cell| cell.c != ' ' || cell.style.is_inverse),
            Mark::Picture { .. } => true,
            Mark::Feed { .. } => false,
        };
        if !self.strip.iter().any(has_ink) {
            self.strip.clear();
            return Step::Worked;
        }
        if feeds {
            self.strip.push(Mark::Feed { dots: LINE_DOTS });
        }
        let slip = Slip::new(self.slips_cut, std::mem::take(&mut self.strip), self.width_dots, true);
        self.slips_cut += 1;
        self.slips.push_back(slip);
        if self.slips.len() > SLIPS_KEPT {
            self.slips.pop_front();
        }
        Step::Printed
    }
}
