//! The true source, the one that was found, and how the misfit fell.

use std::path::Path;

use anyhow::Result;
use desc_jit::prelude::*;
use desc_jit_examples::drawing::{Area, FINE, FONT, INK, draw_png, heat_colour};
use plotters::prelude::*;

const PANEL: u32 = 420 * FINE;

/// Draws the three panels side by side.
pub fn draw(path: &Path, wanted: &Array2<f64>, found: &Array2<f64>, history: &[f64]) -> Result<()> {
    let largest = wanted.iter().fold(0.0, |most: f64, q| most.max(q.abs()));
    draw_png(path, (3 * PANEL, PANEL), |area| {
        let (first, rest) = area.split_horizontally(PANEL);
        let (second, third) = rest.split_horizontally(PANEL);
        field(&first, wanted, largest, "the source")?;
        field(&second, found, largest, "the source found")?;
        convergence(&third, history)
    })
}

fn field(area: &Area<'_>, q: &Array2<f64>, largest: f64, title: &str) -> Result<()> {
    let (rows, columns) = q.dim();
    let mut chart = ChartBuilder::on(area)
        .margin(16 * FINE)
        .caption(title, (FONT, 22 * FINE, &INK))
        .build_cartesian_2d(0..columns, 0..rows)?;
    let points = (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j)));
    chart.draw_series(points.map(|(i, j)| {
        let colour = heat_colour(q[[i, j]] / largest.max(f64::MIN_POSITIVE));
        Rectangle::new([(j, i), (j + 1, i + 1)], colour.filled())
    }))?;
    Ok(())
}

fn convergence(area: &Area<'_>, history: &[f64]) -> Result<()> {
    let logs: Vec<f64> = history.iter().map(|m| m.max(1e-300).log10()).collect();
    let low = logs.iter().copied().fold(f64::INFINITY, f64::min).min(0.0) - 0.5;
    let high = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max).max(low + 1.0) + 0.5;
    let mut chart = ChartBuilder::on(area)
        .margin(16 * FINE)
        .caption("log10 of the misfit", (FONT, 22 * FINE, &INK))
        .x_label_area_size(44 * FINE)
        .y_label_area_size(50 * FINE)
        .build_cartesian_2d(0..history.len().max(1), low..high)?;
    chart
        .configure_mesh()
        .x_desc("iteration")
        .axis_style(INK.stroke_width(FINE))
        .label_style((FONT, 15 * FINE, &INK))
        .axis_desc_style((FONT, 18 * FINE, &INK))
        .bold_line_style(RGBColor(225, 225, 225).stroke_width(FINE))
        .light_line_style(TRANSPARENT)
        .draw()?;
    let line = RGBColor(0, 114, 178).stroke_width(3 * FINE);
    chart.draw_series(LineSeries::new(logs.iter().copied().enumerate(), line))?;
    Ok(())
}
