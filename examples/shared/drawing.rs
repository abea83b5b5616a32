//! Drawing with plotters on a machine that may have no fonts.

use std::path::Path;
use std::sync::OnceLock;

use anyhow::{Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;

/// The name under which the shipped font is known to plotters.
pub const FONT: &str = "sans-serif";

/// The colour of axes and text.
pub const INK: RGBColor = RGBColor(38, 38, 38);

/// An area of a picture in memory.
pub type Area<'a> = DrawingArea<BitMapBackend<'a>, Shift>;

/// Pictures are drawn this many times larger than the file and averaged down: plotters puts the corners of
/// curves and letters on whole pixels, which shows as wobbles. Lengths in drawing code count these fine pixels.
pub const FINE: u32 = 3;

/// Draws into a PNG file of `size` fine pixels, `size / FINE` pixels of the file. Text is in [`FONT`].
pub fn draw_png(path: &Path, size: (u32, u32), draw: impl FnOnce(&Area<'_>) -> Result<()>) -> Result<()> {
    register_font()?;
    let small = (size.0.div_ceil(FINE), size.1.div_ceil(FINE));
    let size = (small.0 * FINE, small.1 * FINE);
    let mut pixels = vec![0; 3 * size.0 as usize * size.1 as usize];
    {
        let area = BitMapBackend::with_buffer(&mut pixels, size).into_drawing_area();
        area.fill(&WHITE)?;
        draw(&area)?;
        area.present()?;
    }
    let mut file = BitMapBackend::new(path, small);
    file.blit_bitmap((0, 0), small, &averaged(&pixels, small))?;
    file.present().map_err(|e| anyhow!("cannot write the picture {}: {e}", path.display()))
}

/// The means of blocks of `FINE` by `FINE` pixels (three bytes each), `small` of them.
fn averaged(pixels: &[u8], small: (u32, u32)) -> Vec<u8> {
    let (width, height, fine) = (small.0 as usize, small.1 as usize, FINE as usize);
    let mut sums = vec![0; 3 * width * height];
    for (y, row) in pixels.chunks_exact(3 * width * fine).enumerate() {
        let row_of_sums = &mut sums[3 * width * (y / fine)..][..3 * width];
        for (block, sum) in row.chunks_exact(3 * fine).zip(row_of_sums.chunks_exact_mut(3)) {
            for (at, &byte) in block.iter().enumerate() {
                sum[at % 3] += u32::from(byte);
            }
        }
    }
    sums.iter().map(|sum| ((sum + FINE * FINE / 2) / (FINE * FINE)) as u8).collect()
}

/// plotters keeps its fonts in one table for the whole process, so once is enough.
fn register_font() -> Result<()> {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    let registered = REGISTERED.get_or_init(|| {
        plotters::style::register_font(FONT, FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT).is_ok()
    });
    if *registered { Ok(()) } else { Err(anyhow!("plotters cannot read the shipped font")) }
}

/// Stops of the colour map "inferno" (N. Smith and S. van der Walt, CC0): dark is cold, bright is hot, and equal
/// steps look equal.
const INFERNO: [(u8, u8, u8); 9] = [
    (0, 0, 4),
    (31, 12, 72),
    (85, 15, 109),
    (136, 34, 106),
    (186, 54, 85),
    (227, 89, 51),
    (249, 140, 10),
    (249, 201, 50),
    (252, 255, 164),
];

/// The colour of `fraction`, from 0 (dark) to 1 (bright); values outside take the nearest end.
pub fn heat_colour(fraction: f64) -> RGBColor {
    let position = fraction.clamp(0.0, 1.0) * (INFERNO.len() - 1) as f64;
    let k = (position as usize).min(INFERNO.len() - 2);
    let (low, high, weight) = (INFERNO[k], INFERNO[k + 1], position - k as f64);
    let mix = |a: u8, b: u8| (f64::from(a) + weight * (f64::from(b) - f64::from(a))).round() as u8;
    RGBColor(mix(low.0, high.0), mix(low.1, high.1), mix(low.2, high.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_of_fine_pixels_becomes_its_mean() {
        // Two blocks side by side: one grey, one with a single red pixel.
        let mut pixels = vec![90; 3 * 18];
        for row in 0..3 {
            pixels[18 * row + 9..18 * (row + 1)].fill(0);
        }
        pixels[18 + 12] = 90;
        assert_eq!(averaged(&pixels, (2, 1)), [90, 90, 90, 10, 0, 0]);
    }

    #[test]
    fn the_colour_map_ends_in_its_first_and_last_stop() {
        assert_eq!(heat_colour(0.0), RGBColor(0, 0, 4));
        assert_eq!(heat_colour(0.5), RGBColor(186, 54, 85));
        assert_eq!(heat_colour(1.0), RGBColor(252, 255, 164));
        assert_eq!(heat_colour(7.0), heat_colour(1.0));
    }
}
