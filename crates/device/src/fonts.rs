//! The embedded typefaces (`DejaVu`, see `assets/LICENSE-DejaVu.txt`), parsed when first needed, and one of the system for
//! Chinese, Japanese and Korean, which no box should carry twice.

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

/// Where Debian's packages put a typeface with ideographs, the smallest first: `fonts-droid-fallback`, `fonts-wqy-microhei`,
/// `fonts-wqy-zenhei`, `fonts-noto-cjk`.
const WIDE: [&str; 4] = [
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
];

/// The system's typeface for what the embedded ones do not have; read once, some megabytes, when such text first comes.
pub(crate) fn wide() -> Option<&'static Typeface> {
    static WIDE_FACE: LazyLock<Option<Typeface>> = LazyLock::new(|| {
        let face = WIDE.iter().find_map(|path| {
            let data: &'static [u8] = std::fs::read(path).ok()?.leak();
            let shaping = Face::from_slice(data, 0)?;
            let outlines = FontRef::try_from_slice_and_index(data, 0).ok()?;
            Some(Typeface { shaping, outlines })
        });
        if face.is_none() {
            tracing::warn!(
                "no typeface of this system has ideographs: install fonts-droid-fallback to print them"
            );
        }
        face
    });
    WIDE_FACE.as_ref()
}

/// The typeface that draws `c`; `None` when none does.
pub(crate) fn that_draws(c: char, bold: bool) -> Option<&'static Typeface> {
    let has = |face: &&'static Typeface| face.shaping.glyph_index(c).is_some();
    Some(sans(bold)).filter(has).or_else(|| wide().filter(has))
}
