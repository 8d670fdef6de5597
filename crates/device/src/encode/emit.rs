//! Blocks become bytes. All text passes [`text::clean`] here, and only here.

use super::{
    Encoded, dialect,
    layout::{Align, Block, Line, Style, wrap},
    qr, raster,
    shape::{self, Ink},
    text,
};
use crate::{
    bitmap::Bitmap,
    profile::{Dialect, Profile},
};

/// Font A's cell across.
const CELL_DOTS: usize = 12;
const LINE_FEED: u8 = 0x0a;

pub(super) struct Emitter<'a> {
    profile: &'a Profile,
    right_to_left: bool,
    out: Vec<u8>,
    lines: u32,
    has_pictures: bool,
}

impl<'a> Emitter<'a> {
    pub(super) fn new(profile: &'a Profile, right_to_left: bool) -> Self {
        Self { profile, right_to_left, out: Vec::new(), lines: 0, has_pictures: false }
    }

    fn dialect(&self) -> Dialect {
        self.profile.dialect
    }

    /// What is on from an earlier paper is not relied on.
    pub(super) fn begin(&mut self, cuts_first: bool) {
        if cuts_first {
            self.cut();
        }
        self.out.extend(dialect::begin(self.profile));
    }

    pub(super) fn finish(mut self) -> Encoded {
        if self.has_pictures && self.dialect() == Dialect::EscPos {
            self.out.extend(raster::REAL_TIME_ON);
        }
        self.cut();
        Encoded { bytes: self.out, lines: self.lines }
    }

    pub(super) fn block(&mut self, block: &Block) {
        match block {
            Block::Line(line) => self.line(line),
            Block::Rule => self.rule(),
            Block::Picture(bitmap) => self.picture_in_the_middle(bitmap),
            Block::Qr(content) => match qr::draw(content, usize::from(self.profile.width_dots)) {
                Some(bitmap) => self.picture_in_the_middle(&bitmap),
                None => self.line(&Line { body: content.clone(), ..Line::default() }),
            },
            Block::Feed(lines) => self.feed(*lines),
            Block::Kick(kick) if self.profile.has_drawer => {
                self.out.extend(dialect::kick(self.dialect(), *kick));
            }
            Block::Kick(_) => {}
        }
    }

    /// Without a cutter, it feeds to the tear bar.
    fn cut(&mut self) {
        if self.profile.has_cutter {
            self.out.extend(dialect::cut(self.dialect()));
        } else {
            self.feed(5);
        }
    }

    fn feed(&mut self, lines: u8) {
        self.out.extend(dialect::feed(self.dialect(), lines));
        self.lines += u32::from(lines);
    }

    fn rule(&mut self) {
        let dashes = "-".repeat(usize::from(self.profile.columns));
        self.segment(&dashes, Style::PLAIN);
        self.end_line(1);
    }

    fn line(&mut self, line: &Line) {
        let page = self.profile.code_page;
        let line = Line {
            lead: text::clean(&line.lead, page),
            body: text::clean(&line.body, page),
            end: text::clean(&line.end, page),
            ..*line
        };
        if [&line.lead, &line.body, &line.end].iter().all(|part| text::is_in_page(part, page)) {
            self.typed(line);
        } else {
            self.drawn(line);
        }
    }

    /// As bytes of the code page.
    fn typed(&mut self, mut line: Line) {
        let columns = usize::from(self.profile.columns / line.style.width);
        let length = |text: &str| text.chars().count();
        let padding = if line.style.inverse { 2 } else { 0 };
        let fixed = usize::from(line.lead_columns) + padding;
        let overflow =
            (length(&line.end) + fixed + columns / 4 > columns).then(|| std::mem::take(&mut line.end));
        let end = if line.end.is_empty() { 0 } else { length(&line.end) + 1 };
        let width = columns.saturating_sub(fixed + end).max(1);
        for (index, body) in wrap(&line.body, width, length).iter().enumerate() {
            let body = if line.style.inverse { format!(" {body} ") } else { body.clone() };
            let (lead, end) = if index == 0 { (&*line.lead, &*line.end) } else { ("", "") };
            self.typed_row(&Row { lead, body: &body, end }, &line, columns);
        }
        for part in overflow.iter().flat_map(|text| wrap(text, columns, length)) {
            self.typed_row(
                &Row { lead: "", body: "", end: &part },
                &Line { lead_columns: 0, ..line.clone() },
                columns,
            );
        }
    }

    fn typed_row(&mut self, row: &Row<'_>, line: &Line, columns: usize) {
        let style = line.style;
        let plain = Style { inverse: false, bold: style.bold || !row.lead.is_empty(), ..style };
        let length = |text: &str| text.chars().count();
        let lead_width = usize::from(line.lead_columns).max(length(row.lead));
        let used = lead_width + length(row.body) + length(row.end);
        let gap = " ".repeat(columns.saturating_sub(used));
        if line.align == Align::Middle {
            let dots_free = usize::from(self.profile.columns).saturating_sub(used * usize::from(style.width));
            self.segment(&" ".repeat(dots_free / 2), Style::PLAIN);
            self.segment(row.body, style);
        } else if self.right_to_left {
            self.segment(&format!("{}{gap}", row.end), Style { inverse: false, ..style });
            self.segment(row.body, style);
            self.segment(&format!("{:>lead_width$}", row.lead), plain);
        } else {
            self.segment(&format!("{:<lead_width$}", row.lead), plain);
            self.segment(row.body, style);
            if !row.end.is_empty() {
                self.segment(&format!("{gap}{}", row.end), Style { inverse: false, ..style });
            }
        }
        self.end_line(style.height);
    }

    /// Bold, inverse and size are each set back behind the text.
    fn segment(&mut self, content: &str, style: Style) {
        if content.is_empty() {
            return;
        }
        self.switch(style, true);
        self.out.extend(content.chars().filter_map(|c| text::encode_char(c, self.profile.code_page)));
        self.switch(style, false);
    }

    fn switch(&mut self, style: Style, is_on: bool) {
        let dialect = self.dialect();
        let is_larger = style.width > 1 || style.height > 1;
        let size = is_larger.then(|| match is_on {
            true => dialect::size(dialect, style.width, style.height),
            false => dialect::size(dialect, 1, 1),
        });
        let bold = style.bold.then(|| dialect::bold(dialect, is_on));
        let inverse = style.inverse.then(|| dialect::inverse(dialect, is_on));
        let commands = if is_on { [bold, inverse, size] } else { [size, bold, inverse] };
        self.out.extend(commands.into_iter().flatten().flatten());
    }

    fn end_line(&mut self, height: u16) {
        self.out.push(LINE_FEED);
        self.lines += u32::from(height);
    }

    /// As a picture, with the same columns.
    fn drawn(&mut self, mut line: Line) {
        let style = line.style;
        let ink = Ink { height: style.height, bold: style.bold, right_to_left: self.right_to_left };
        let bold = Ink { bold: true, ..ink };
        let measure = |text: &str| shape::width(text, ink);
        let paper = usize::from(self.profile.columns) * CELL_DOTS;
        let lead = usize::from(line.lead_columns * style.width) * CELL_DOTS;
        let overflow = (measure(&line.end) + lead > paper * 3 / 4).then(|| std::mem::take(&mut line.end));
        let end = if line.end.is_empty() { 0 } else { measure(&line.end) + CELL_DOTS };
        let width = paper.saturating_sub(lead + end + CELL_DOTS).max(CELL_DOTS);
        for (index, body) in wrap(&line.body, width, measure).iter().enumerate() {
            let mut bitmap = Bitmap::new(paper, ink.rows());
            let placed = Placed { body_width: measure(body), lead, paper };
            if index == 0 {
                self.draw_lead(&mut bitmap, &line.lead, &placed, bold);
                let end_width = measure(&line.end);
                let x = self.mirrored(paper.saturating_sub(end_width), end_width, paper);
                shape::draw(&mut bitmap, &line.end, x, ink);
            }
            self.draw_body(&mut bitmap, body, &placed, &line);
            self.picture(&bitmap);
        }
        for part in overflow.iter().flat_map(|text| wrap(text, paper, measure)) {
            let mut bitmap = Bitmap::new(paper, ink.rows());
            let width = measure(&part);
            shape::draw(&mut bitmap, &part, self.mirrored(paper.saturating_sub(width), width, paper), ink);
            self.picture(&bitmap);
        }
    }

    /// At the edge, or beside the body when it was indented.
    fn draw_lead(&self, bitmap: &mut Bitmap, lead: &str, placed: &Placed, ink: Ink) {
        let width = shape::width(lead.trim(), ink);
        let x = if lead.starts_with(' ') { placed.lead.saturating_sub(width + CELL_DOTS) } else { 0 };
        shape::draw(bitmap, lead.trim(), self.mirrored(x, width, placed.paper), ink);
    }

    fn draw_body(&self, bitmap: &mut Bitmap, body: &str, placed: &Placed, line: &Line) {
        let style = line.style;
        let ink = Ink { height: style.height, bold: style.bold, right_to_left: self.right_to_left };
        let margin = if style.inverse { CELL_DOTS / 2 } else { 0 };
        let x = match line.align {
            Align::Middle => placed.paper.saturating_sub(placed.body_width) / 2,
            Align::Start => self.mirrored(placed.lead + margin, placed.body_width, placed.paper),
        };
        shape::draw(bitmap, body, x, ink);
        if style.inverse {
            for y in 0..bitmap.height() {
                for dot in x.saturating_sub(margin)..(x + placed.body_width + margin) {
                    bitmap.flip(dot, y);
                }
            }
        }
    }

    /// The left edge of something `width` wide that starts at `x` from the side where lines start.
    fn mirrored(&self, x: usize, width: usize, paper: usize) -> usize {
        if self.right_to_left { paper.saturating_sub(x + width) } else { x }
    }

    fn picture_in_the_middle(&mut self, bitmap: &Bitmap) {
        let paper = usize::from(self.profile.width_dots);
        if bitmap.width() > paper || bitmap.width() == 0 {
            return;
        }
        let mut placed = Bitmap::new(paper, bitmap.height());
        placed.draw(bitmap, (paper - bitmap.width()) / 2, 0);
        self.picture(&placed);
    }

    fn picture(&mut self, bitmap: &Bitmap) {
        if !self.has_pictures && self.dialect() == Dialect::EscPos {
            self.out.extend(raster::REAL_TIME_OFF);
        }
        self.has_pictures = true;
        raster::append(&mut self.out, bitmap, self.profile.dialect);
        self.lines +=
            u32::try_from(bitmap.height().div_ceil(usize::from(shape::CELL_ROWS))).unwrap_or(u32::MAX);
    }
}

struct Row<'a> {
    lead: &'a str,
    body: &'a str,
    end: &'a str,
}

struct Placed {
    body_width: usize,
    lead: usize,
    paper: usize,
}
