//! QR codes as pictures: `GS ( k` is missing or different on many models.

use fast_qr::{ECL, QRBuilder};

use crate::bitmap::Bitmap;

/// Light modules around a code that readers need (ISO/IEC 18004).
const QUIET_MODULES: usize = 4;
const MODULE_DOTS_MAX: usize = 8;
/// Below this, phones do not read it from paper.
const MODULE_DOTS_MIN: usize = 3;

/// `None` when `text` does not fit a code that is readable at this width.
pub(super) fn draw(text: &str, width_dots: usize) -> Option<Bitmap> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let modules = code.size + 2 * QUIET_MODULES;
    let dots = (width_dots / 2 / modules).clamp(MODULE_DOTS_MIN, MODULE_DOTS_MAX);
    if modules * dots > width_dots {
        return None;
    }
    let mut bitmap = Bitmap::new(modules, modules);
    for y in 0..code.size {
        for x in 0..code.size {
            if code[y][x].value() {
                bitmap.set(x + QUIET_MODULES, y + QUIET_MODULES);
            }
        }
    }
    Some(bitmap.scaled(dots, dots))
}
