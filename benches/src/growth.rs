//! How time and memory of a kernel grow with its number of steps, beside JAX's time: a table and a chart with
//! logarithmic axes.

use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use desc_jit_examples::drawing::{Area, FINE, FONT, INK, draw_png};
use indicatif::ProgressBar;
use plotters::prelude::*;

use crate::bench::Bench;
use crate::measure::{Effort, measure};
use crate::peers::Peers;
use crate::report::{Row, show};

/// The steps, in units of those of the size.
const FACTORS: [usize; 5] = [1, 2, 4, 8, 50];

/// The peers in Python stop here: what grows with the square takes seconds beyond.
const LAST_OF_PEERS: usize = 8;

const WIDTH: u32 = 900;
const HEIGHT: u32 = 420;

/// One curve: its name, its colour, and a point for each number of steps where there is one.
type Curve<'a> = (&'a str, RGBColor, Vec<(f64, f64)>);

/// Measures, prints the table and draws.
pub fn run(path: &Path, work: &[(Bench, &'static str)], peers: &mut Peers, effort: Effort) -> Result<()> {
    let derivatives: Vec<_> = work.iter().filter(|(b, _)| b.has_steps() && b.primal().is_some()).collect();
    let [(bench, size)] = derivatives[..] else {
        return Err(anyhow!(
            "--growth draws one derivative at one size that has a number of steps; --filter and --size choose it"
        ));
    };
    let mut rows: Vec<(f64, Row)> = Vec::new();
    let title = format!("{} {size}", bench.name());
    println!("\n{title:<24} {:>11} {:>11} {:>11} {:>11}", "ours, ms", "jax, ms", "by hand, ms", "ours, MiB");
    for factor in FACTORS {
        let mut nobody = Peers { native: peers.native, limit: false, python: Vec::new() };
        let with = if factor <= LAST_OF_PEERS { &mut *peers } else { &mut nobody };
        let row = measure(bench, None, size, factor, with, effort, &ProgressBar::hidden())?;
        ensure!(row.warnings.is_empty(), "{}", row.warnings.join("\n"));
        let steps = bench.steps(size, factor).context("a kernel without a number of steps")?;
        println!(
            "{:<24} {:>11} {:>11} {:>11} {:>11}",
            format!("{steps} steps"),
            show(Some(row.ours_ms)),
            show(row.jax_ms),
            show(row.native_ms),
            show(Some(mebibytes(&row))),
        );
        rows.push((steps as f64, row));
    }
    draw(path, &title, &rows)?;
    println!("wrote {}", path.display());
    Ok(())
}

fn mebibytes(row: &Row) -> f64 {
    row.ours_peak_bytes as f64 / f64::from(1 << 20)
}

fn curve(rows: &[(f64, Row)], value: impl Fn(&Row) -> Option<f64>) -> Vec<(f64, f64)> {
    rows.iter().filter_map(|(steps, row)| Some((*steps, value(row)?))).collect()
}

fn draw(path: &Path, title: &str, rows: &[(f64, Row)]) -> Result<()> {
    let (blue, orange, grey) = (RGBColor(0, 114, 178), RGBColor(230, 159, 0), RGBColor(150, 150, 150));
    let times = [
        ("ours", blue, curve(rows, |row| Some(row.ours_ms))),
        ("JAX", orange, curve(rows, |row| row.jax_ms)),
        ("by hand", grey, curve(rows, |row| row.native_ms)),
    ];
    let memory = [("ours", blue, curve(rows, |row| Some(mebibytes(row))))];
    draw_png(path, (WIDTH * FINE, HEIGHT * FINE), |area| {
        let (left, right) = area.split_horizontally(WIDTH * FINE / 2);
        panel(&left, &format!("{title}: ms of a call"), &times)?;
        panel(&right, "peak memory, MiB", &memory)
    })
}

/// The powers of ten around the values.
fn decades(values: impl Iterator<Item = f64>) -> std::ops::Range<f64> {
    let (low, high) = values.fold((f64::MAX, f64::MIN_POSITIVE), |(low, high), x| (low.min(x), high.max(x)));
    10_f64.powf(low.log10().floor())..10_f64.powf(high.log10().ceil())
}

fn panel(area: &Area<'_>, title: &str, curves: &[Curve<'_>]) -> Result<()> {
    let points = || curves.iter().flat_map(|(.., points)| points);
    let font = |size: u32| TextStyle::from((FONT, size * FINE)).color(&INK);
    let mut chart = ChartBuilder::on(area)
        .caption(title, font(16))
        .margin(12 * FINE)
        .margin_right(36 * FINE)
        .x_label_area_size(36 * FINE)
        .y_label_area_size(60 * FINE)
        .build_cartesian_2d(
            decades(points().map(|p| p.0)).log_scale(),
            decades(points().map(|p| p.1)).log_scale(),
        )?;
    chart
        .configure_mesh()
        .label_style(font(13))
        .axis_style(INK.stroke_width(FINE))
        .bold_line_style(RGBColor(210, 210, 210).stroke_width(FINE))
        .light_line_style(TRANSPARENT)
        .x_desc("steps")
        .draw()?;
    for (name, colour, points) in curves {
        let style = colour.stroke_width(2 * FINE);
        chart
            .draw_series(LineSeries::new(points.iter().copied(), style))?
            .label(*name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16 * FINE as i32, y)], style));
        chart.draw_series(points.iter().map(|&p| Circle::new(p, 4 * FINE, colour.filled())))?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .margin(10 * FINE)
        .legend_area_size(24 * FINE)
        .label_font(font(14))
        .draw()?;
    Ok(())
}
