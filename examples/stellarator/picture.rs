//! Cross-sections of the boundary at several toroidal angles.

use std::path::Path;

use anyhow::Result;
use desc_jit::prelude::*;
use desc_jit_examples::drawing::{FINE, FONT, INK, draw_png};
use plotters::prelude::*;

use crate::boundary::{Boundary, Series};
use crate::{angles, surface};

/// Cross-sections over one field period.
const SECTIONS: usize = 4;
/// Points along one cross-section.
const POINTS: usize = 256;
/// Longest side of the plot in fine pixels.
const PLOT: f64 = 720.0 * FINE as f64;
/// Room for the title, for the axes and for the legend at the right.
const TITLE: u32 = 50 * FINE;
const AXES: u32 = 80 * FINE;
const LEGEND: u32 = 170 * FINE;

/// Colours that colour-blind readers can tell apart (M. Okabe and K. Ito, 2008).
const COLOURS: [RGBColor; SECTIONS] =
    [RGBColor(0, 114, 178), RGBColor(213, 94, 0), RGBColor(0, 158, 115), RGBColor(204, 121, 167)];

/// Draws the cross-sections at 0, 1/4, 1/2 and 3/4 of a field period; of a tokamak, where all are the same, one.
pub fn draw(path: &Path, boundary: &Boundary) -> Result<()> {
    let sections = if boundary.is_axisymmetric() { 1 } else { SECTIONS };
    let theta = angles(POINTS, 1);
    let zeta = angles(sections, boundary.nfp);
    let on_grid =
        |s: &Series| surface::series::native(&s.modes, &s.coefficients, boundary.nfp, &theta, &zeta).0;
    let (r, z) = (on_grid(&boundary.r), on_grid(&boundary.z));

    let (r_low, r_high) = padded_range(&r);
    let (z_low, z_high) = padded_range(&z);
    // A metre is equally long on both axes.
    let scale = PLOT / (r_high - r_low).max(z_high - z_low);
    let width = (scale * (r_high - r_low)).max(0.4 * PLOT) as u32;
    let height = (scale * (z_high - z_low)).max(0.4 * PLOT) as u32;

    draw_png(path, (AXES + width + LEGEND, TITLE + height + AXES), |area| {
        let title = format!(
            "Plasma boundary, {} field period{}",
            boundary.nfp,
            if boundary.nfp == 1 { "" } else { "s" }
        );
        let (heading, body) = area.split_vertically(TITLE);
        heading.draw_text(
            &title,
            &TextStyle::from((FONT, 26 * FINE)).color(&INK),
            (AXES as i32, 12 * FINE as i32),
        )?;
        let mut chart = ChartBuilder::on(&body)
            .margin_left(8 * FINE)
            .margin_right(LEGEND)
            .margin_bottom(8 * FINE)
            .x_label_area_size(AXES - 8 * FINE)
            .y_label_area_size(AXES - 8 * FINE)
            .build_cartesian_2d(r_low..r_high, z_low..z_high)?;
        chart
            .configure_mesh()
            .x_desc("R (m)")
            .y_desc("Z (m)")
            .axis_style(INK.stroke_width(FINE))
            .set_all_tick_mark_size(5 * FINE)
            .x_label_formatter(&tick)
            .y_label_formatter(&tick)
            .bold_line_style(RGBColor(225, 225, 225).stroke_width(FINE))
            .light_line_style(TRANSPARENT)
            .label_style((FONT, 18 * FINE, &INK))
            .axis_desc_style((FONT, 21 * FINE, &INK))
            .draw()?;
        let legend = body.margin(20 * FINE, 0, AXES + width + 20 * FINE, 0);
        let fine = FINE as i32;
        for (k, colour) in COLOURS.iter().enumerate().take(sections) {
            let line = colour.stroke_width(3 * FINE);
            let closed = (0..=POINTS).map(|i| (r[[i % POINTS, k]], z[[i % POINTS, k]]));
            chart.draw_series(LineSeries::new(closed, line))?;
            let y = 32 * fine * k as i32;
            legend.draw(&PathElement::new(vec![(0, y + 12 * fine), (34 * fine, y + 12 * fine)], line))?;
            let label = if sections == 1 {
                "every φ".to_string()
            } else {
                format!("φ = {:.1}°", zeta[k].to_degrees())
            };
            legend.draw_text(&label, &TextStyle::from((FONT, 21 * FINE)).color(&INK), (46 * fine, y))?;
        }
        Ok(())
    })
}

/// The range of a coordinate with some room at both ends.
fn padded_range(field: &Array2<f64>) -> (f64, f64) {
    let low = field.iter().copied().fold(f64::INFINITY, f64::min);
    let high = field.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let room = 0.08 * (high - low);
    (low - room, high + room)
}

/// A tick's label: at least one digit after the point, and no "-0.0".
fn tick(value: &f64) -> String {
    let rounded = (value * 1000.0).round() / 1000.0 + 0.0;
    format!("{rounded:?}")
}
