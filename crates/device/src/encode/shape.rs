//! Text as a picture: directions resolved, letters joined, glyphs drawn.

use ab_glyph::{Font, Glyph, GlyphId, PxScale, ScaleFont, point};
use rustybuzz::{Direction, UnicodeBuffer};
use unicode_bidi::{BidiInfo, Level};

use crate::{
    bitmap::Bitmap,
    fonts::{self, Typeface},
};

/// Height of font A's cell, which drawn text matches.
pub(super) const CELL_ROWS: u16 = 24;
/// Ink darker than this is a dot.
const COVERAGE_MIN: f32 = 0.42;

/// How to draw.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ink {
    /// Times the height of font A.
    pub(super) height: u16,
    pub(super) bold: bool,
    /// The direction of a line that mixes both; otherwise its first letter decides.
    pub(super) right_to_left: bool,
}

struct Placed {
    face: &'static Typeface,
    id: u16,
    x: f32,
    y: f32,
}

impl Ink {
    fn scale(self) -> PxScale {
        PxScale::from(f32::from(CELL_ROWS * self.height))
    }

    /// Rows of a line: descenders of joined scripts reach below the cell.
    pub(super) fn rows(self) -> usize {
        usize::from((CELL_ROWS + 4) * self.height)
    }
}

/// Dots that `text` needs across.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a width is small and not negative"
)]
pub(super) fn width(text: &str, ink: Ink) -> usize {
    place(text, ink).1.ceil().max(0.0) as usize
}

/// Blackens `text` with its left edge at `x` dots.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "dots outside are skipped before the cast"
)]
#[expect(clippy::cast_precision_loss, reason = "paper is a few hundred dots wide")]
pub(super) fn draw(bitmap: &mut Bitmap, text: &str, x: usize, ink: Ink) {
    let own = fonts::sans(ink.bold);
    let baseline = own.outlines.as_scaled(ink.scale()).ascent() + f32::from(ink.height);
    for placed in place(text, ink).0 {
        let position = point(x as f32 + placed.x, baseline - placed.y);
        let glyph = Glyph { id: GlyphId(placed.id), scale: ink.scale(), position };
        let Some(outline) = placed.face.outlines.outline_glyph(glyph) else { continue };
        let origin = outline.px_bounds().min;
        // The system's typeface has one weight: bold is one dot more.
        let is_thickened = ink.bold && !std::ptr::eq(placed.face, own);
        outline.draw(|dx, dy, coverage| {
            let (dot_x, dot_y) = (origin.x + dx as f32, origin.y + dy as f32);
            if coverage > COVERAGE_MIN && dot_x >= 0.0 && dot_y >= 0.0 {
                bitmap.set(dot_x as usize, dot_y as usize);
                if is_thickened {
                    bitmap.set(dot_x as usize + 1, dot_y as usize);
                }
            }
        });
    }
}

/// Glyphs from the left, and the advance of all.
#[expect(clippy::cast_precision_loss, reason = "font units are small")]
fn place(text: &str, ink: Ink) -> (Vec<Placed>, f32) {
    let (mut glyphs, mut pen) = (Vec::new(), 0.0);
    let runs = visual_runs(text, ink.right_to_left);
    let runs = runs.into_iter().flat_map(|(run, direction)| {
        let parts = by_face(run, ink.bold).into_iter();
        let parts: Vec<_> =
            if direction == Direction::RightToLeft { parts.rev().collect() } else { parts.collect() };
        parts.into_iter().map(move |(part, face)| (part, face, direction))
    });
    for (run, face, direction) in runs {
        let dots_per_unit = ink.scale().y / face.outlines.height_unscaled();
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(run);
        buffer.guess_segment_properties();
        buffer.set_direction(direction);
        let shaped = rustybuzz::shape(&face.shaping, &[], buffer);
        for (info, at) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
            let id = u16::try_from(info.glyph_id).unwrap_or(0);
            let x = pen + at.x_offset as f32 * dots_per_unit;
            glyphs.push(Placed { face, id, x, y: at.y_offset as f32 * dots_per_unit });
            pen += at.x_advance as f32 * dots_per_unit;
        }
    }
    (glyphs, pen)
}

/// Parts that one typeface draws. What both have stays with what stands before it.
fn by_face(run: &str, bold: bool) -> Vec<(&str, &'static Typeface)> {
    let own = fonts::sans(bold);
    let mut parts: Vec<(usize, &'static Typeface)> = Vec::new();
    for (at, c) in run.char_indices() {
        let face = fonts::that_draws(c, bold).unwrap_or(own);
        let goes_on = parts.last().is_some_and(|(_, last)| std::ptr::eq(*last, face));
        if !goes_on && (parts.is_empty() || !c.is_whitespace()) {
            parts.push((at, face));
        }
    }
    let ends = parts.iter().skip(1).map(|(at, _)| *at).chain([run.len()]);
    parts.iter().zip(ends).map(|((start, face), end)| (&run[*start..end], *face)).collect()
}

/// Runs of one direction, from the left (Unicode Standard Annex 9).
fn visual_runs(text: &str, right_to_left: bool) -> Vec<(&str, Direction)> {
    // The sign of an amount stands on its left also in a line that starts on the right.
    let from_the_right = right_to_left && text.chars().any(char::is_alphabetic);
    let info = BidiInfo::new(text, from_the_right.then(Level::rtl));
    let Some(paragraph) = info.paragraphs.first() else { return Vec::new() };
    let (levels, runs) = info.visual_runs(paragraph, paragraph.range.clone());
    let direction =
        |level: Level| if level.is_rtl() { Direction::RightToLeft } else { Direction::LeftToRight };
    runs.into_iter().map(|run| (&text[run.clone()], direction(levels[run.start]))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_reads_from_the_left_also_in_an_arabic_line() {
        let first = |text| visual_runs(text, true).first().map(|(run, _)| (*run).to_owned());
        assert_eq!(first("-7.00").as_deref(), Some("-7.00"));
        assert_eq!(first("خصم 10").as_deref(), Some("10"));
    }
}
