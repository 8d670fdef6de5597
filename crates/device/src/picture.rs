//! A picture that somebody chose, as dots that a thermal printer can burn: a logo.

use std::io::Cursor;

use png::{ColorType, Transformations};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::bitmap::Bitmap;

/// Dots across: as wide as the narrowest paper prints, so that one logo fits every printer.
pub const LOGO_WIDTH_DOTS_MAX: usize = 384;
/// Dots down: 30 mm of paper.
pub const LOGO_HEIGHT_DOTS_MAX: usize = 240;
/// The longest side of a picture that is read: a small file may unpack to anything.
pub const PICTURE_SIDE_PX_MAX: usize = 2_000;

/// Why a picture is no logo.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// Neither PNG nor JPEG.
    #[error("a logo is a PNG or a JPEG picture")]
    UnknownFormat,
    /// It ends too early, or is not what it says.
    #[error("the picture cannot be read: {0}")]
    Damaged(String),
    /// More than [`PICTURE_SIDE_PX_MAX`] on a side.
    #[error("the picture is {width} by {height} pixels; a side has {PICTURE_SIDE_PX_MAX} at most")]
    TooLarge {
        /// Pixels across.
        width: usize,
        /// Pixels down.
        height: usize,
    },
    /// Nothing on it would be printed.
    #[error("nothing on the picture is dark enough to print")]
    Blank,
}

/// How dark each pixel is, from 0 for paper to 255 for black, rows from the top.
struct Shades {
    width: usize,
    height: usize,
    dark: Vec<u8>,
}

/// The dots of a PNG or JPEG picture: shrunk to the paper if it is larger, its shades as fine patterns of dots.
///
/// What is transparent is paper. The dots of a logo that was made here come out as they are.
///
/// # Errors
/// [`PictureError`] when it is none, is too large, or is blank.
pub fn logo(picture: &[u8]) -> Result<Bitmap, PictureError> {
    let shades = match picture {
        [0x89, b'P', b'N', b'G', ..] => read_png(picture)?,
        [0xff, 0xd8, 0xff, ..] => read_jpeg(picture)?,
        _ => return Err(PictureError::UnknownFormat),
    };
    let dots = dithered(&shrunk(shades));
    if dots.bytes().iter().all(|byte| *byte == 0) { Err(PictureError::Blank) } else { Ok(dots) }
}

fn check_size(width: usize, height: usize) -> Result<(), PictureError> {
    match width.max(height) {
        0 => Err(PictureError::Blank),
        1..=PICTURE_SIDE_PX_MAX => Ok(()),
        _ => Err(PictureError::TooLarge { width, height }),
    }
}

fn damaged(error: impl std::fmt::Display) -> PictureError {
    PictureError::Damaged(error.to_string())
}

fn read_png(picture: &[u8]) -> Result<Shades, PictureError> {
    let mut decoder = png::Decoder::new(Cursor::new(picture));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let header = decoder.read_header_info().map_err(damaged)?;
    let (width, height) = (header.width as usize, header.height as usize);
    check_size(width, height)?;
    let mut reader = decoder.read_info().map_err(damaged)?;
    let mut pixels = vec![0; reader.output_buffer_size().ok_or_else(|| damaged("it has no size"))?];
    let frame = reader.next_frame(&mut pixels).map_err(damaged)?;
    let dark = match frame.color_type {
        ColorType::Grayscale => pixels.iter().map(|grey| 255 - grey).collect(),
        ColorType::GrayscaleAlpha => each::<2>(&pixels, |[grey, alpha]| over_paper(255 - grey, alpha)),
        ColorType::Rgb => each::<3>(&pixels, darkness),
        ColorType::Rgba => each::<4>(&pixels, |[r, g, b, alpha]| over_paper(darkness([r, g, b]), alpha)),
        ColorType::Indexed => return Err(damaged("its palette is missing")),
    };
    Ok(Shades { width, height, dark })
}

fn read_jpeg(picture: &[u8]) -> Result<Shades, PictureError> {
    let options = DecoderOptions::new_safe().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(picture), options);
    decoder.decode_headers().map_err(damaged)?;
    let info = decoder.info().ok_or_else(|| damaged("it has no header"))?;
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    check_size(width, height)?;
    let pixels = decoder.decode().map_err(damaged)?;
    let dark = match pixels.len().checked_div(width * height) {
        Some(1) => pixels.iter().map(|grey| 255 - grey).collect(),
        Some(3) => each::<3>(&pixels, darkness),
        Some(_) | None => return Err(damaged("its colours are not those of a screen")),
    };
    Ok(Shades { width, height, dark })
}

fn each<const BYTES: usize>(pixels: &[u8], dark: impl Fn([u8; BYTES]) -> u8) -> Vec<u8> {
    pixels.as_chunks::<BYTES>().0.iter().map(|pixel| dark(*pixel)).collect()
}

/// ITU-R BT.601 luma, turned over.
fn darkness([red, green, blue]: [u8; 3]) -> u8 {
    let luma = (299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue)) / 1000;
    255 - u8::try_from(luma).unwrap_or(u8::MAX)
}

fn over_paper(dark: u8, alpha: u8) -> u8 {
    u8::try_from(u32::from(dark) * u32::from(alpha) / 255).unwrap_or(u8::MAX)
}

/// So that it fits the paper, each pixel the mean of those it stands for; what fits stays as it is.
fn shrunk(from: Shades) -> Shades {
    let fits = from.width <= LOGO_WIDTH_DOTS_MAX && from.height <= LOGO_HEIGHT_DOTS_MAX;
    if fits {
        return from;
    }
    let by_width = from.width * LOGO_HEIGHT_DOTS_MAX >= from.height * LOGO_WIDTH_DOTS_MAX;
    let (width, height) = if by_width {
        (LOGO_WIDTH_DOTS_MAX, (from.height * LOGO_WIDTH_DOTS_MAX / from.width).max(1))
    } else {
        ((from.width * LOGO_HEIGHT_DOTS_MAX / from.height).max(1), LOGO_HEIGHT_DOTS_MAX)
    };
    let span = |at: usize, of: usize, all: usize| at * all / of..((at + 1) * all).div_ceil(of);
    let mean = |x: usize, y: usize| {
        let (across, down) = (span(x, width, from.width), span(y, height, from.height));
        let count = across.len() * down.len();
        let rows = down.map(|y| &from.dark[y * from.width..][across.clone()]);
        let sum: usize = rows.flatten().map(|dark| usize::from(*dark)).sum();
        u8::try_from(sum / count).unwrap_or(u8::MAX)
    };
    let dark = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| mean(x, y)).collect();
    Shades { width, height, dark }
}

/// Floyd and Steinberg, 1976: what a dot is too dark or too light goes to its neighbours that are still to come.
fn dithered(shades: &Shades) -> Bitmap {
    let (width, height) = (shades.width, shades.height);
    let mut dots = Bitmap::new(width, height);
    let mut wanted: Vec<i32> = shades.dark.iter().map(|dark| i32::from(*dark)).collect();
    for y in 0..height {
        for x in 0..width {
            let dark = wanted[y * width + x];
            let is_black = dark >= 128;
            if is_black {
                dots.set(x, y);
            }
            let error = if is_black { dark - 255 } else { dark };
            for (dx, dy, sixteenths) in [(1, 0, 7), (-1, 1, 3), (0, 1, 5), (1, 1, 1)] {
                let Some(x) = x.checked_add_signed(dx).filter(|x| *x < width) else { continue };
                if let Some(next) = wanted.get_mut((y + dy) * width + x) {
                    *next += error * sixteenths / 16;
                }
            }
        }
    }
    dots
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32, color: ColorType, pixels: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, width, height);
        encoder.set_color(color);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header().unwrap().write_image_data(pixels).unwrap();
        out
    }

    /// Of all dots, how many in a hundred are black.
    fn black_percent(dots: &Bitmap) -> u32 {
        let black: u32 = dots.bytes().iter().map(|byte| byte.count_ones()).sum();
        black * 100 / u32::try_from(dots.width() * dots.height()).unwrap()
    }

    #[test]
    fn a_logo_keeps_its_shape_and_fits_the_narrowest_paper() {
        for (width, height, wanted) in
            [(1_200, 600, (384, 192)), (600, 1_200, (120, 240)), (80, 40, (80, 40)), (2_000, 1, (384, 1))]
        {
            let pixels = vec![0; width * height];
            let side = |px: usize| u32::try_from(px).unwrap();
            let dots = logo(&png(side(width), side(height), ColorType::Grayscale, &pixels)).unwrap();
            assert_eq!((dots.width(), dots.height()), wanted);
        }
    }

    #[test]
    fn shades_become_as_many_dots_and_what_is_transparent_is_paper() {
        for (grey, percent) in [(0, 100), (64, 75), (128, 50), (191, 25)] {
            let dots = logo(&png(200, 200, ColorType::Grayscale, &vec![grey; 40_000])).unwrap();
            assert!(black_percent(&dots).abs_diff(percent) <= 1, "{grey}: {}", black_percent(&dots));
        }
        let glass = [0, 0, 0, 0].repeat(5_000);
        let black = [0, 0, 0, 255].repeat(5_000);
        let half = logo(&png(100, 100, ColorType::Rgba, &[glass, black].concat())).unwrap();
        assert!(!half.get(50, 10) && half.get(50, 90));
    }

    #[test]
    fn a_logo_that_was_made_here_comes_out_dot_by_dot() {
        let shaded: Vec<u8> = (0..=u8::MAX).cycle().take(300 * 200).collect();
        let dots = logo(&png(300, 200, ColorType::Grayscale, &shaded)).unwrap();
        assert_eq!(logo(&dots.to_png().unwrap()).unwrap(), dots);
    }

    #[test]
    fn what_is_no_picture_is_refused_and_never_unpacked() {
        assert_eq!(logo(b"GIF89a"), Err(PictureError::UnknownFormat));
        assert_eq!(logo(b""), Err(PictureError::UnknownFormat));
        let white = png(10, 10, ColorType::Grayscale, &[255; 100]);
        assert_eq!(logo(&white), Err(PictureError::Blank));
        assert!(matches!(logo(&white[..40]), Err(PictureError::Damaged(_))));
        assert!(matches!(logo(&[0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]), Err(PictureError::Damaged(_))));
        let large = png(2_001, 1, ColorType::Grayscale, &[0; 2_001]);
        assert_eq!(logo(&large), Err(PictureError::TooLarge { width: 2_001, height: 1 }));
    }

    #[test]
    fn no_bytes_make_a_picture_panic() {
        let whole = png(16, 16, ColorType::Rgb, &[90; 768]);
        for place in 8..whole.len() {
            let mut bent = whole.clone();
            bent[place] ^= 0x55;
            let _ = logo(&bent);
        }
    }
}
