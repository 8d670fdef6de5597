//! Between a paper and its bytes: blocks from the top, each with its style, in reading order.

use crate::{
    bitmap::Bitmap,
    paper::{DrawerKick, Heading, Language},
};

/// What to print, from the top.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) blocks: Vec<Block>,
    /// Lines start on the right.
    pub(super) right_to_left: bool,
}

#[derive(Debug)]
pub(super) enum Block {
    Line(Line),
    /// A line across.
    Rule,
    /// In the middle.
    Picture(Bitmap),
    /// In the middle; as text when it is too long for a code.
    Qr(String),
    Feed(u8),
    Kick(DrawerKick),
}

/// A lead ("2x") in its own column, a body that wraps beside it, and an end (an amount) at the far edge.
#[derive(Debug, Default, Clone)]
pub(super) struct Line {
    pub(super) lead: String,
    /// Columns of the lead at the style's width; the body hangs behind them on every line.
    pub(super) lead_columns: u16,
    pub(super) body: String,
    pub(super) end: String,
    pub(super) style: Style,
    pub(super) align: Align,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    /// Times the width of font A, 1 to 8.
    pub(super) width: u16,
    /// Times its height, 1 to 8.
    pub(super) height: u16,
    pub(super) bold: bool,
    /// White on black.
    pub(super) inverse: bool,
}

impl Style {
    pub(super) const PLAIN: Self = Self { width: 1, height: 1, bold: false, inverse: false };
    pub(super) const BOLD: Self = Self { bold: true, ..Self::PLAIN };
    pub(super) const TALL: Self = Self { height: 2, ..Self::PLAIN };
    pub(super) const LARGE: Self = Self { width: 2, height: 2, bold: true, inverse: false };
    pub(super) const HUGE: Self = Self { width: 3, height: 3, bold: true, inverse: false };

    pub(super) const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(super) const fn inverse(self) -> Self {
        Self { inverse: true, ..self }
    }
}

impl Default for Style {
    fn default() -> Self {
        Self::PLAIN
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Align {
    #[default]
    Start,
    Middle,
}

impl Sheet {
    pub(super) fn line(&mut self, line: Line) {
        self.blocks.push(Block::Line(line));
    }

    pub(super) fn text(&mut self, body: impl Into<String>, style: Style) {
        self.line(Line { body: body.into(), style, ..Line::default() });
    }

    pub(super) fn middle(&mut self, body: impl Into<String>, style: Style) {
        self.line(Line { body: body.into(), style, align: Align::Middle, ..Line::default() });
    }

    pub(super) fn pair(&mut self, body: impl Into<String>, end: impl Into<String>, style: Style) {
        self.line(Line { body: body.into(), end: end.into(), style, ..Line::default() });
    }

    pub(super) fn rule(&mut self) {
        self.blocks.push(Block::Rule);
    }

    pub(super) fn feed(&mut self, lines: u8) {
        self.blocks.push(Block::Feed(lines));
    }

    /// The first line of a paper that may have a twin.
    pub(super) fn heading(&mut self, heading: Heading, language: Language) {
        if let Some(text) = heading.text(language) {
            self.middle(text, Style::TALL.bold().inverse());
        }
    }
}

/// Breaks `text` into lines no wider than `width_max`, between words where it can.
pub(super) fn wrap(text: &str, width_max: usize, measure: impl Fn(&str) -> usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if measure(&joined) <= width_max {
            line = joined;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for c in word.chars() {
            line.push(c);
            if measure(&line) > width_max && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::take(&mut line));
                line.push(c);
            }
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_until_they_are_wider_than_the_paper() {
        let length = |text: &str| text.chars().count();
        assert_eq!(wrap("one two three", 7, length), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij k", 4, length), ["abcd", "efgh", "ij k"]);
        assert_eq!(wrap("", 4, length), [""]);
    }
}
