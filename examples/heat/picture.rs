//! The plate before and after, in the same colours.

use std::path::Path;

use anyhow::Result;
use desc_jit::prelude::*;
use desc_jit_examples::drawing::draw_png;
use desc_jit_examples::fields::{LEGEND, Range, draw_field, draw_legend, panel_size};

/// Draws the field before and after `steps` steps side by side, with one colour bar for both.
pub fn draw(path: &Path, before: &Array2<f64>, after: &Array2<f64>, steps: usize) -> Result<()> {
    let range = Range::of([before, after]);
    let (panel, height) = panel_size(before.dim());
    draw_png(path, (2 * panel + LEGEND, height), |area| {
        let (first, rest) = area.split_horizontally(panel);
        let (second, legend) = rest.split_horizontally(panel);
        draw_field(&first, before, range, "before")?;
        draw_field(&second, after, range, &format!("after {steps} steps"))?;
        draw_legend(&legend, range, "temperature")
    })
}
