//! The embedded typefaces (`DejaVu`, see `assets/LICENSE-DejaVu.txt`), parsed when first needed.

use std::sync::LazyLock;

use ab_glyph::FontRef;
use rustybuzz::Face;

static SANS: &[u8] = include_bytes!("../assets/DejaVuSans.ttf");
static SANS_BOLD: &[u8] = include_bytes!("../assets/DejaVuSans-Bold.ttf");
static MONO: &[u8] = include_bytes!("../assets/DejaVuSansMono.ttf");
static MONO_BOLD: &[u8] = include_bytes!("../assets/DejaVuSansMono-Bold.ttf");

/// A face to shape with and the same face to draw with.
pub(crate) struct Typeface {
    pub(crate) shaping: Face<'static>,
    pub(crate) outlines: FontRef<'static>,
}

impl Typeface {
    fn parse(data: &'static [u8]) -> Self {
        Self {
            shaping: Face::from_slice(data, 0).expect("an embedded font is a font"),
            outlines: FontRef::try_from_slice(data).expect("an embedded font is a font"),
        }
    }
}

/// Proportional: for text that no code page has.
pub(crate) fn sans(bold: bool) -> &'static Typeface {
    static REGULAR: LazyLock<Typeface> = LazyLock::new(|| Typeface::parse(SANS));
    static BOLD: LazyLock<Typeface> = LazyLock::new(|| Typeface::parse(SANS_BOLD));
    if bold { &BOLD } else { &REGULAR }
}

/// Fixed width: what the virtual printer has in its ROM.
pub(crate) fn mono(bold: bool) -> &'static Typeface {
    static REGULAR: LazyLock<Typeface> = LazyLock::new(|| Typeface::parse(MONO));
    static BOLD: LazyLock<Typeface> = LazyLock::new(|| Typeface::parse(MONO_BOLD));
    if bold { &BOLD } else { &REGULAR }
}

/// Whether text with `c` can be drawn at all.
pub(crate) fn draws(c: char) -> bool {
    sans(false).shaping.glyph_index(c).is_some()
}
