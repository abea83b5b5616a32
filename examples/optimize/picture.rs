//! True and recovered source in the same colours, and how the search came there.

use std::path::Path;

use anyhow::Result;
use desc_jit_examples::drawing::{Area, FINE, FONT, INK, draw_png};
use desc_jit_examples::fields::{LEGEND, Range, draw_field, draw_legend, panel_size};
use plotters::prelude::*;

use crate::experiment::Experiment;
use crate::search::Found;

/// Height of the plot of convergence in fine pixels.
const CONVERGENCE: u32 = 420 * FINE;

/// Two colours that colour-blind readers can tell apart (M. Okabe and K. Ito, 2008).
const MISFIT: RGBColor = RGBColor(0, 114, 178);
const ERROR: RGBColor = RGBColor(213, 94, 0);

/// Draws the true source, the recovered one, and below them misfit and error by iteration.
pub fn draw(path: &Path, experiment: &Experiment, found: &Found) -> Result<()> {
    let range = Range::of([&experiment.truth, &found.source]);
    let (panel, height) = panel_size(experiment.truth.dim());
    draw_png(path, (2 * panel + LEGEND, height + CONVERGENCE), |area| {
        let (fields, convergence) = area.split_vertically(height);
        let (first, rest) = fields.split_horizontally(panel);
        let (second, legend) = rest.split_horizontally(panel);
        draw_field(&first, &experiment.truth, range, "true source")?;
        draw_field(&second, &found.source, range, "recovered source")?;
        draw_legend(&legend, range, "source")?;
        draw_convergence(&convergence, found)
    })
}

fn draw_convergence(area: &Area<'_>, found: &Found) -> Result<()> {
    let curves = [("misfit", MISFIT, &found.misfits), ("error of the source", ERROR, &found.errors)];
    // A logarithmic axis has no place for zero.
    let values = || curves.iter().flat_map(|(_, _, curve)| curve.iter().copied()).filter(|&v| v > 0.0);
    let low = values().fold(1.0, f64::min);
    let high = values().fold(1.0, f64::max);
    let last = f64::max((found.misfits.len() - 1) as f64, 1.0);
    let mut chart = ChartBuilder::on(area)
        .margin_left(8 * FINE)
        .margin_right(LEGEND)
        .margin_bottom(8 * FINE)
        .margin_top(16 * FINE)
        .x_label_area_size(52 * FINE)
        .y_label_area_size(72 * FINE)
        .build_cartesian_2d(0.0..last, (0.5 * low..2.0 * high).log_scale())?;
    chart
        .configure_mesh()
        .x_desc("iteration of L-BFGS")
        .axis_style(INK.stroke_width(FINE))
        .set_all_tick_mark_size(5 * FINE)
        .x_label_formatter(&|v| format!("{v:.0}"))
        .y_label_formatter(&|v| format!("{v:.0e}"))
        .bold_line_style(RGBColor(225, 225, 225).stroke_width(FINE))
        .light_line_style(TRANSPARENT)
        .label_style((FONT, 17 * FINE, &INK))
        .axis_desc_style((FONT, 18 * FINE, &INK))
        .draw()?;
    for (_, colour, curve) in &curves {
        let points = curve.iter().enumerate().filter(|(_, v)| **v > 0.0).map(|(k, &v)| (k as f64, v));
        chart.draw_series(LineSeries::new(points, colour.stroke_width(2 * FINE)))?;
    }
    let plot = chart.plotting_area().strip_coord_spec();
    let (width, fine) = (plot.dim_in_pixel().0 as i32, FINE as i32);
    for (k, (name, colour, _)) in curves.iter().enumerate() {
        let (x, y) = (width - 230 * fine, (16 + 28 * k as i32) * fine);
        plot.draw(&PathElement::new(
            vec![(x, y + 9 * fine), (x + 30 * fine, y + 9 * fine)],
            colour.stroke_width(3 * FINE),
        ))?;
        plot.draw_text(name, &TextStyle::from((FONT, 18 * FINE)).color(&INK), (x + 40 * fine, y))?;
    }
    Ok(())
}
