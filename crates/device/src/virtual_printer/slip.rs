//! What came out of the printer: kept as text and dots, drawn when somebody looks.

use std::{collections::HashMap, fmt::Write as _, io, sync::Arc};

use ab_glyph::{Font, PxScale, ScaleFont, point};

use crate::{bitmap::Bitmap, fonts};

const CELL_ACROSS: usize = 12;
const CELL_DOWN: usize = 24;
/// Default distance of lines.
const LINE_DOTS: usize = 30;
const MARGIN_DOTS: usize = 24;
const COVERAGE_MIN: f32 = 0.45;

/// A piece of paper.
#[derive(Debug, Clone)]
pub struct Slip {
    /// Counts from 0 over the printer's life.
    pub index: u64,
    /// Its lines; a picture is a line like `[picture 210x210]`.
    pub text: String,
    /// Off; otherwise it still hangs out.
    pub is_cut: bool,
    marks: Arc<[Mark]>,
    width_dots: usize,
}

#[derive(Debug, Clone)]
pub(super) enum Mark {
    Line { cells: Vec<Cell>, align: u8 },
    Picture { bitmap: Bitmap, align: u8 },
    Feed { dots: usize },
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub(super) c: char,
    pub(super) style: Style,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) across: u8,
    pub(super) down: u8,
    pub(super) is_bold: bool,
    pub(super) is_underlined: bool,
    pub(super) is_inverse: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { across: 1, down: 1, is_bold: false, is_underlined: false, is_inverse: false }
    }
}

impl Mark {
    fn height(&self) -> usize {
        match self {
            Self::Line { cells, .. } => {
                let down = cells.iter().map(|cell| usize::from(cell.style.down)).max().unwrap_or(1);
                (down * CELL_DOWN).max(LINE_DOTS) + if down > 1 { LINE_DOTS - CELL_DOWN } else { 0 }
            }
            Self::Picture { bitmap, .. } => bitmap.height(),
            Self::Feed { dots } => *dots,
        }
    }

    fn describe(&self, text: &mut String) {
        match self {
            Self::Line { cells, .. } => {
                let line: String = cells.iter().map(|cell| cell.c).collect();
                text.push_str(line.trim_end());
                text.push('\n');
            }
            Self::Picture { bitmap, .. } => {
                writeln!(text, "[picture {}x{}]", bitmap.width(), bitmap.height()).ok();
            }
            Self::Feed { .. } => {}
        }
    }
}

impl Slip {
    pub(super) fn new(index: u64, marks: Vec<Mark>, width_dots: usize, is_cut: bool) -> Self {
        let mut text = String::new();
        for mark in &marks {
            mark.describe(&mut text);
        }
        Self { index, text, is_cut, marks: marks.into(), width_dots }
    }

    /// All its dots.
    pub fn bitmap(&self) -> Bitmap {
        let height = self.marks.iter().map(Mark::height).sum::<usize>() + 2 * MARGIN_DOTS;
        let mut page = Page { bitmap: Bitmap::new(self.width_dots, height), glyphs: HashMap::new() };
        let mut y = MARGIN_DOTS;
        for mark in self.marks.iter() {
            page.draw(mark, y);
            y += mark.height();
        }
        page.bitmap
    }

    /// As a one-bit picture.
    ///
    /// # Errors
    /// When it is too long for PNG.
    pub fn png(&self) -> io::Result<Vec<u8>> {
        self.bitmap().to_png()
    }
}

struct Page {
    bitmap: Bitmap,
    glyphs: HashMap<(char, bool), Bitmap>,
}

impl Page {
    fn draw(&mut self, mark: &Mark, y: usize) {
        match mark {
            Mark::Line { cells, align } => self.draw_cells(cells, *align, y, mark.height()),
            Mark::Picture { bitmap, align } => {
                let x = self.start(bitmap.width(), *align);
                self.bitmap.draw(bitmap, x, y);
            }
            Mark::Feed { .. } => {}
        }
    }

    fn start(&self, width: usize, align: u8) -> usize {
        let free = self.bitmap.width().saturating_sub(width);
        match align {
            1 => free / 2,
            2 => free,
            _ => 0,
        }
    }

    fn draw_cells(&mut self, cells: &[Cell], align: u8, y: usize, height: usize) {
        let across = |cell: &Cell| usize::from(cell.style.across) * CELL_ACROSS;
        let mut x = self.start(cells.iter().map(across).sum(), align);
        let bottom = y + height - (LINE_DOTS - CELL_DOWN);
        for cell in cells {
            let (width, down) = (across(cell), usize::from(cell.style.down));
            let top = bottom.saturating_sub(down * CELL_DOWN);
            let glyph = self.glyph(cell.c, cell.style.is_bold).scaled(usize::from(cell.style.across), down);
            self.bitmap.draw(&glyph, x, top);
            for dx in 0..width {
                if cell.style.is_underlined {
                    self.bitmap.set(x + dx, bottom - 1);
                }
                if cell.style.is_inverse {
                    (top..bottom).for_each(|dot_y| self.bitmap.flip(x + dx, dot_y));
                }
            }
            x += width;
        }
    }

    fn glyph(&mut self, c: char, is_bold: bool) -> &Bitmap {
        self.glyphs.entry((c, is_bold)).or_insert_with(|| draw_glyph(c, is_bold))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "dots outside are skipped before the cast"
)]
#[expect(clippy::cast_precision_loss, reason = "a cell is a few dots wide")]
fn draw_glyph(c: char, is_bold: bool) -> Bitmap {
    const CELL_SCALE: f32 = 23.0;
    let mut bitmap = Bitmap::new(CELL_ACROSS, CELL_DOWN);
    let font = &fonts::mono(is_bold).outlines;
    let scale = PxScale::from(CELL_SCALE);
    let baseline = font.as_scaled(scale).ascent();
    let glyph = font.glyph_id(c).with_scale_and_position(scale, point(0.0, baseline));
    if let Some(outline) = font.outline_glyph(glyph) {
        let origin = outline.px_bounds().min;
        outline.draw(|dx, dy, coverage| {
            let (x, y) = (origin.x + dx as f32, origin.y + dy as f32);
            if coverage > COVERAGE_MIN && x >= 0.0 && y >= 0.0 {
                bitmap.set(x as usize, y as usize);
            }
        });
    }
    bitmap
}
