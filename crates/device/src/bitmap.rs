//! One-colour pictures: what printers take and what the virtual printer shows.

use std::io;

/// Rows of dots from the top, 8 a byte, the leftmost the highest bit, black is 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitmap {
    width: usize,
    height: usize,
    bytes: Vec<u8>,
}

impl Bitmap {
    /// All white.
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height, bytes: vec![0; width.div_ceil(8) * height] }
    }

    /// From rows of `width.div_ceil(8)` bytes; an incomplete last row is left out.
    pub fn from_rows(width: usize, bytes: &[u8]) -> Self {
        let stride = width.div_ceil(8);
        let height = bytes.len().checked_div(stride).unwrap_or(0);
        Self { width, height, bytes: bytes[..stride * height].to_vec() }
    }

    /// Dots across.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Dots down.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Bytes of a row.
    pub fn stride(&self) -> usize {
        self.width.div_ceil(8)
    }

    /// All rows.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether the dot is black; outside is white.
    pub fn get(&self, x: usize, y: usize) -> bool {
        x < self.width && y < self.height && self.bytes[y * self.stride() + x / 8] & (0x80 >> (x % 8)) != 0
    }

    /// Blackens a dot; outside is ignored.
    pub fn set(&mut self, x: usize, y: usize) {
        if x < self.width && y < self.height {
            let at = y * self.stride() + x / 8;
            self.bytes[at] |= 0x80 >> (x % 8);
        }
    }

    /// Turns a dot over; outside is ignored.
    pub fn flip(&mut self, x: usize, y: usize) {
        if x < self.width && y < self.height {
            let at = y * self.stride() + x / 8;
            self.bytes[at] ^= 0x80 >> (x % 8);
        }
    }

    /// Blackens where `other`, with its top left at `x`, `y`, is black.
    pub fn draw(&mut self, other: &Self, x: usize, y: usize) {
        for dy in 0..other.height {
            for dx in 0..other.width {
                if other.get(dx, dy) {
                    self.set(x + dx, y + dy);
                }
            }
        }
    }

    /// Each dot as a block of `across` by `down`.
    #[must_use]
    pub fn scaled(&self, across: usize, down: usize) -> Self {
        let mut large = Self::new(self.width * across, self.height * down);
        for y in 0..large.height {
            for x in 0..large.width {
                if self.get(x / across, y / down) {
                    large.set(x, y);
                }
            }
        }
        large
    }

    /// A one-bit greyscale PNG.
    ///
    /// # Errors
    /// When a side is zero or too large for PNG.
    pub fn to_png(&self) -> io::Result<Vec<u8>> {
        let side = |dots: usize| u32::try_from(dots).map_err(io::Error::other);
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, side(self.width)?, side(self.height)?);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        let white_is_one: Vec<u8> = self.bytes.iter().map(|byte| !byte).collect();
        encoder.write_header()?.write_image_data(&white_is_one)?;
        Ok(out)
    }
}
