//! Fields over a plate, drawn as squares of colour.

use anyhow::Result;
use desc_jit::prelude::*;
use plotters::prelude::*;

use crate::drawing::{Area, FINE, FONT, INK, heat_colour};

/// Longest side of one panel's plot in fine pixels.
const PANEL: f64 = 560.0 * FINE as f64;
/// Room around a panel's plot for its title and axes: left, right, top, bottom.
const MARGIN: (u32, u32, u32, u32) = (70 * FINE, 20 * FINE, 50 * FINE, 60 * FINE);
/// The part of that room which keeps the axes' names off the picture's edge.
const EDGE: u32 = 8 * FINE;
/// Width of the colour bar with its numbers.
pub const LEGEND: u32 = 130 * FINE;

/// Lowest and highest value of a picture.
#[derive(Clone, Copy)]
pub struct Range {
    low: f64,
    high: f64,
}

impl Range {
    /// From `low` to `high`, which is larger.
    pub fn new(low: f64, high: f64) -> Range {
        Range { low, high }
    }

    /// That of two fields together.
    pub fn of(fields: [&Array2<f64>; 2]) -> Range {
        let values = || fields.iter().flat_map(|f| f.iter().copied());
        let range = Range {
            low: values().fold(f64::INFINITY, f64::min),
            high: values().fold(f64::NEG_INFINITY, f64::max),
        };
        // A plate of one temperature still wants an axis with a length.
        if range.low < range.high { range } else { Range { low: range.low - 0.5, high: range.high + 0.5 } }
    }

    /// The colour of a value.
    pub fn colour(self, t: f64) -> RGBColor {
        heat_colour((t - self.low) / (self.high - self.low))
    }
}

/// Width and height in fine pixels of the panel that [`draw_field`] wants for a field of `nx` by `ny` points.
pub fn panel_size((nx, ny): (usize, usize)) -> (u32, u32) {
    // Points are square, but a plate of 2 x 1000 points still gets a panel one can see.
    let scale = PANEL / nx.max(ny) as f64;
    let side = |n: usize| (scale * n as f64).max(0.2 * PANEL) as u32 / FINE * FINE;
    let (left, right, top, bottom) = MARGIN;
    (left + side(nx) + right, top + side(ny) + bottom)
}

/// Draws a field with its axes into a panel.
pub fn draw_field(area: &Area<'_>, field: &Array2<f64>, range: Range, title: &str) -> Result<()> {
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

/// Draws the colour bar of `quantity`.
pub fn draw_legend(area: &Area<'_>, range: Range, quantity: &str) -> Result<()> {
    let (_, _, top, bottom) = MARGIN;
    let (heading, body) = area.split_vertically(top);
    heading.draw_text(
        quantity,
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
