//! How many iterations of z -> z^2 + c stay within |z| <= 2, for a grid of c: loops of very different lengths.

use anyhow::Result;
use desc_jit::prelude::*;

use crate::bench::Bench;
use crate::c_library::{CFile, array, array_mut, int};

#[desc_jit]
pub fn mandelbrot(re: &Array1<f64>, im: &Array1<f64>, limit: i64) -> Array2<i64> {
    let (rows, columns) = (im.len(), re.len());
    let mut count = Array2::<i64>::zeros((rows, columns));
    for i in 0..rows {
        for j in 0..columns {
            let (mut x, mut y) = (0.0, 0.0);
            let mut k = 0;
            while k < limit && x * x + y * y <= 4.0 {
                let next_x = x * x - y * y + re[j];
                y = 2.0 * x * y + im[i];
                x = next_x;
                k += 1;
            }
            count[[i, j]] = k;
        }
    }
    count
}

pub fn inputs([n, limit]: [usize; 2]) -> (Array1<f64>, Array1<f64>, i64) {
    (Array1::linspace(-2.25, 0.75, n), Array1::linspace(-1.25, 1.25, n), limit as i64)
}

fn by_hand(re: &Array1<f64>, im: &Array1<f64>, limit: i64) -> Result<Array2<i64>> {
    static C: CFile = CFile::new("mandelbrot", include_str!("../c/mandelbrot.c"));
    let mut count = Array2::<i64>::zeros((im.len(), re.len()));
    let limit = usize::try_from(limit)?;
    C.call(&[int(im.len()), int(re.len()), array(re), array(im), int(limit), array_mut(&mut count)])?;
    Ok(count)
}

/// See `benches/README.md`.
pub fn bench() -> Bench {
    bench! {
        mandelbrot(re, im, limit),
        inputs,
        sizes: [("tiny", [9, 20]), ("S", [100, 200]), ("M", [400, 200])],
        tolerance: Edges(1e-4),
        limit: by_hand,
    }
}
