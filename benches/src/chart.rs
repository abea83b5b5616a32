//! The times of the peers in units of ours, as bars on a logarithmic axis.

use std::path::Path;

use anyhow::Result;
use desc_jit_examples::drawing::{Area, FINE, FONT, INK, draw_png};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::report::{RATIOS, Row};

/// One colour per entry of [`RATIOS`] (Okabe and Ito's, which colour-blind readers can tell apart).
const COLOURS: [RGBColor; RATIOS.len()] =
    [RGBColor(230, 159, 0), RGBColor(0, 114, 178), RGBColor(150, 150, 150), RGBColor(0, 158, 115)];

const WIDTH: f64 = 900.0;
/// The part of the width that the names take.
const NAMES: f64 = 230.0;
const RIGHT: f64 = 60.0;
const TOP: f64 = 70.0;
const BOTTOM: f64 = 40.0;
const BAR: f64 = 11.0;
/// Between the groups of bars of two kernels.
const GAP: f64 = 14.0;

/// Draws the chart into a PNG file.
pub fn draw(path: &Path, rows: &[Row]) -> Result<()> {
    let group = BAR * RATIOS.len() as f64 + GAP;
    let height = TOP + group * rows.len() as f64 + BOTTOM;
    let (low, high) = decades(rows);
    let x = |ratio: f64| NAMES + (WIDTH - NAMES - RIGHT) * (ratio.log10() - low) / (high - low);
    draw_png(path, (fine(WIDTH) as u32, fine(height) as u32), |area| {
        text(area, (20.0, 22.0), "time of a call / ours (right of 1: ours is faster)", 17.0, HPos::Left)?;
        legend(area)?;
        for decade in low as i32..=high as i32 {
            let at = x(10_f64.powi(decade));
            line(
                area,
                at,
                TOP - 6.0,
                height - BOTTOM,
                if decade == 0 { INK } else { RGBColor(210, 210, 210) },
            )?;
            text(area, (at, height - BOTTOM + 14.0), &10_f64.powi(decade).to_string(), 14.0, HPos::Center)?;
        }
        for (k, row) in rows.iter().enumerate() {
            let top = TOP + group * k as f64;
            let middle = top + BAR * RATIOS.len() as f64 / 2.0;
            text(area, (NAMES - 12.0, middle), &format!("{} {}", row.kernel, row.size), 15.0, HPos::Right)?;
            for (bar, (_, ratio)) in RATIOS.iter().enumerate() {
                if let Some(ratio) = ratio(row).filter(|ratio| ratio.is_finite() && *ratio > 0.0) {
                    let (from, to) = (x(1.0).min(x(ratio)), x(1.0).max(x(ratio)));
                    let upper = top + BAR * bar as f64;
                    rectangle(area, (from, upper), (to, upper + BAR - 1.0), COLOURS[bar])?;
                }
            }
        }
        Ok(())
    })
}

/// The powers of ten that hold every ratio, and 1.
fn decades(rows: &[Row]) -> (f64, f64) {
    let ratios = rows.iter().flat_map(|row| RATIOS.iter().filter_map(move |(_, ratio)| ratio(row)));
    let logarithms = ratios.map(f64::log10).filter(|x| x.is_finite());
    let (low, high) = logarithms.fold((0.0, 0.0), |(low, high): (f64, f64), x| (low.min(x), high.max(x)));
    let (low, high) = (low.floor(), high.ceil());
    if low == high { (-1.0, 1.0) } else { (low, high) }
}

fn legend(area: &Area<'_>) -> Result<()> {
    for (k, ((name, _), colour)) in RATIOS.iter().zip(COLOURS).enumerate() {
        let left = NAMES + 110.0 * k as f64;
        rectangle(area, (left, 40.0), (left + 12.0, 52.0), colour)?;
        text(area, (left + 18.0, 46.0), name, 14.0, HPos::Left)?;
    }
    Ok(())
}

fn fine(length: f64) -> i32 {
    (length * f64::from(FINE)).round() as i32
}

fn point(at: (f64, f64)) -> (i32, i32) {
    (fine(at.0), fine(at.1))
}

fn rectangle(area: &Area<'_>, from: (f64, f64), to: (f64, f64), colour: RGBColor) -> Result<()> {
    Ok(area.draw(&Rectangle::new([point(from), point(to)], colour.filled()))?)
}

fn line(area: &Area<'_>, x: f64, from: f64, to: f64, colour: RGBColor) -> Result<()> {
    rectangle(area, (x - 0.5, from), (x + 0.5, to), colour)
}

fn text(area: &Area<'_>, at: (f64, f64), text: &str, size: f64, side: HPos) -> Result<()> {
    let style = TextStyle::from((FONT, fine(size))).color(&INK).pos(Pos::new(side, VPos::Center));
    Ok(area.draw(&Text::new(text, point(at), style))?)
}
