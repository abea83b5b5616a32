//! The plate before and after, in the same colours.

use std::path::Path;

use anyhow::Result;
use desc_jit::prelude::*;
use desc_jit_examples::drawing::{Area, FINE, FONT, INK, draw_png, heat_colour};
use plotters::prelude::*;

/// Longest side of one panel's plot in fine pixels.
const PANEL: f64 = 560.0 * FINE as f64;
/// Room around a panel's plot for its title and axes: left, right, top, bottom.
const MARGIN: (u32, u32, u32, u32) = (70 * FINE, 20 * FINE, 50 * FINE, 60 * FINE);
/// The part of that room which keeps the axes' names off the picture's edge.
const EDGE: u32 = 8 * FINE;
/// Width of the colour bar with its numbers.
const LEGEND: u32 = 130 * FINE;

/// Lowest and highest temperature of a picture.
#[derive(Clone, Copy)]
struct Range {
    low: f64,
    high: f64,
}

impl Range {
    fn of(fields: [&Array2<f64>; 2]) -> Range {
        let values = || fields.iter().flat_map(|f| f.iter().copied());
        let range = Range {
            low: values().fold(f64::INFINITY, f64::min),
            high: values().fold(f64::NEG_INFINITY, f64::max),
        };
        // A plate of one temperature still wants an axis with a length.
        if range.low < range.high { range } else { Range { low: range.low - 0.5, high: range.high + 0.5 } }
    }

    fn colour(self, t: f64) -> RGBColor {
        heat_colour((t - self.low) / (self.high - self.low))
    }
}

/// Draws the field before and after `steps` steps side by side, with one colour bar for both.
pub fn draw(path: &Path, before: &Array2<f64>, after: &Array2<f64>, steps: usize) -> Result<()> {
    let range = Range::of([before, after]);
    let (nx, ny) = before.dim();
    // Points are square, but a plate of 2 x 1000 points still gets a panel one can see.
    let scale = PANEL / nx.max(ny) as f64;
    let side = |n: usize| (scale * n as f64).max(0.2 * PANEL) as u32 / FINE * FINE;
    let (left, right, top, bottom) = MARGIN;
    let panel = left + side(nx) + right;
    let height = top + side(ny) + bottom;
    draw_png(path, (2 * panel + LEGEND, height), |area| {
        let (first, rest) = area.split_horizontally(panel);
        let (second, legend) = rest.split_horizontally(panel);
        draw_field(&first, before, range, "before")?;
        draw_field(&second, after, range, &format!("after {steps} steps"))?;
        draw_legend(&legend, range)
    })
}

fn draw_field(area: &Area<'_>, field: &Array2<f64>, range: Range, title: &str) -> Result<()> {
    let (nx, ny) = field.dim();
    let (left, right, top, bottom) = MARGIN;
    let (heading, body) = area.split_vertically(top);
    heading.draw_text(
        title,
        &TextStyle::from((FONT, 24 * FINE)).color(&INK),
        (left as i32, 14 * FINE as i32),
    )?;

    // Axes count grid points; the point [i, j] fills the square from i to i + 1 and from j to j + 1.
    let mut chart = ChartBuilder::on(&body)
        .margin_left(EDGE)
        .margin_right(right)
        .margin_bottom(EDGE)
        .x_label_area_size(bottom - EDGE)
        .y_label_area_size(left - EDGE)
        .build_cartesian_2d(0.0..nx as f64, 0.0..ny as f64)?;
    let plot = chart.plotting_area().strip_coord_spec();
    let (width, height) = plot.dim_in_pixel();
    // One square per pixel of the file.
    let squares = |length: u32| (length / FINE) as usize;
    let (columns, rows) = (squares(width), squares(height));
    for x in 0..columns {
        for y in 0..rows {
            let (i, j) = (x * nx / columns, (rows - 1 - y) * ny / rows);
            let corner = ((x as u32 * FINE) as i32, (y as u32 * FINE) as i32);
            let opposite = (corner.0 + FINE as i32, corner.1 + FINE as i32);
            plot.draw(&Rectangle::new([corner, opposite], range.colour(field[[i, j]]).filled()))?;
        }
    }
    chart
        .configure_mesh()
        .disable_mesh()
        .x_desc("first index i")
        .y_desc("second index j")
        .axis_style(INK.stroke_width(FINE))
        .set_all_tick_mark_size(5 * FINE)
        .label_style((FONT, 17 * FINE, &INK))
        .axis_desc_style((FONT, 18 * FINE, &INK))
        .x_label_formatter(&|v| format!("{v:.0}"))
        .y_label_formatter(&|v| format!("{v:.0}"))
        .draw()?;
    Ok(())
}

fn draw_legend(area: &Area<'_>, range: Range) -> Result<()> {
    let (_, _, top, bottom) = MARGIN;
    let (heading, body) = area.split_vertically(top);
    heading.draw_text(
        "temperature",
        &TextStyle::from((FONT, 18 * FINE)).color(&INK),
        ((15 * FINE) as i32, (20 * FINE) as i32),
    )?;
    let mut chart = ChartBuilder::on(&body)
        .margin_left(15 * FINE)
        .margin_bottom(bottom)
        .right_y_label_area_size(LEGEND - 45 * FINE)
        .build_cartesian_2d(0.0..1.0, range.low..range.high)?;
    let plot = chart.plotting_area().strip_coord_spec();
    let (width, height) = plot.dim_in_pixel();
    for y in 0..height as i32 {
        let colour = heat_colour(1.0 - f64::from(y) / f64::from(height));
        plot.draw(&Rectangle::new([(0, y), (width as i32, y + 1)], colour.filled()))?;
    }
    chart
        .configure_mesh()
        .disable_mesh()
        .axis_style(INK.stroke_width(FINE))
        .set_all_tick_mark_size(5 * FINE)
        .label_style((FONT, 17 * FINE, &INK))
        .axis_desc_style((FONT, 18 * FINE, &INK))
        .draw()?;
    Ok(())
}
