//! The derivatives of the volume over the mode numbers, one square per mode.

use std::path::Path;

use anyhow::Result;
use desc_jit_examples::drawing::{Area, FINE, FONT, INK, draw_png};
use desc_jit_examples::fields::{LEGEND, Range, draw_legend};
use plotters::prelude::*;

use crate::gradient::ByMode;

/// Width and height of a panel in fine pixels.
const PANEL: (u32, u32) = (560 * FINE, 560 * FINE);
/// Derivatives below this part of the largest one are drawn in the darkest colour.
const SMALLEST: f64 = 1e-6;

/// Draws |dV/dR_mn| and |dV/dZ_mn| in colours that count powers of ten.
pub fn draw(path: &Path, by_mode: &[ByMode]) -> Result<()> {
    let largest = by_mode.iter().map(|mode| mode.derivative.abs()).fold(0.0, f64::max);
    let top = if largest > 0.0 { largest.log10() } else { 0.0 };
    let range = Range::new(top + SMALLEST.log10(), top);
    draw_png(path, (2 * PANEL.0 + LEGEND, PANEL.1), |area| {
        let (first, rest) = area.split_horizontally(PANEL.0);
        let (second, legend) = rest.split_horizontally(PANEL.0);
        for (panel, coord) in [(first, 'R'), (second, 'Z')] {
            draw_panel(&panel, coord, by_mode, range)?;
        }
        draw_legend(&legend, range, "log10 of m^2")
    })
}

fn draw_panel(area: &Area<'_>, coord: char, by_mode: &[ByMode], range: Range) -> Result<()> {
    let own = || by_mode.iter().filter(|mode| mode.coord == coord);
    // Half a square more than the outermost modes on every side.
    let span = |number: fn(&ByMode) -> i64| {
        let low = own().map(number).min().unwrap_or(0) as f64;
        let high = own().map(number).max().unwrap_or(0) as f64;
        low - 0.5..high + 0.5
    };
    let (heading, body) = area.split_vertically(50 * FINE);
    let title = format!("|dV / d{coord}(m, n)|");
    let style = TextStyle::from((FONT, 24 * FINE)).color(&INK);
    heading.draw_text(&title, &style, ((70 * FINE) as i32, (14 * FINE) as i32))?;
    let mut chart = ChartBuilder::on(&body)
        .margin_left(8 * FINE)
        .margin_right(20 * FINE)
        .margin_bottom(8 * FINE)
        .x_label_area_size(52 * FINE)
        .y_label_area_size(62 * FINE)
        .build_cartesian_2d(span(|mode| mode.m), span(|mode| mode.n))?;
    chart.draw_series(own().map(|mode| {
        let (m, n) = (mode.m as f64, mode.n as f64);
        let size = mode.derivative.abs().max(f64::MIN_POSITIVE).log10();
        Rectangle::new([(m - 0.5, n - 0.5), (m + 0.5, n + 0.5)], range.colour(size).filled())
    }))?;
    chart
        .configure_mesh()
        .disable_mesh()
        .x_desc("poloidal mode number m")
        .y_desc("toroidal mode number n")
        .axis_style(INK.stroke_width(FINE))
        .set_all_tick_mark_size(5 * FINE)
        .label_style((FONT, 17 * FINE, &INK))
        .axis_desc_style((FONT, 18 * FINE, &INK))
        .x_label_formatter(&|v| format!("{v:.0}"))
        .y_label_formatter(&|v| format!("{v:.0}"))
        .draw()?;
    Ok(())
}
