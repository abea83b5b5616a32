//! The initial field: reading, checking and making it.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use desc_jit::prelude::*;

/// Reads a 2-D field of finite f64 temperatures.
pub fn read(path: &Path) -> Result<Array2<f64>> {
    ensure!(path.exists(), "there is no file {}", path.display());
    let field = Array2::<f64>::read_npy(path).with_context(|| {
        format!("cannot use {}: this example wants a .npy file with a 2-D array of f64", path.display())
    })?;
    let (nx, ny) = field.dim();
    ensure!(nx > 0 && ny > 0, "the field in {} is empty: {nx} x {ny} points", path.display());
    for i in 0..nx {
        for j in 0..ny {
            let t = field[[i, j]];
            ensure!(
                t.is_finite(),
                "the field in {} has the value {t} at [{i}, {j}], where a temperature should be",
                path.display()
            );
        }
    }
    Ok(field)
}

/// Writes a field as `.npy`.
pub fn write(field: &Array2<f64>, path: &Path) -> Result<()> {
    field.write_npy(path).with_context(|| format!("cannot write {}", path.display()))
}

/// The shipped plate, 192 by 128 points: room temperature, a heated bar with sharp edges, two hot spots, a cold one.
pub fn shipped_field() -> Array2<f64> {
    /// Centre in x and y, radius (all in grid points), temperature above the plate's.
    const SPOTS: [(f64, f64, f64, f64); 3] =
        [(45.0, 88.0, 10.0, 80.0), (138.0, 36.0, 14.0, 60.0), (150.0, 98.0, 9.0, -35.0)];
    Array2::from_shape_fn((192, 128), |(i, j)| {
        let mut t = 20.0;
        if (70..118).contains(&i) && (58..66).contains(&j) {
            t += 70.0;
        }
        for (x, y, radius, rise) in SPOTS {
            let r2 = (i as f64 - x).powi(2) + (j as f64 - y).powi(2);
            t += rise * (-r2 / (2.0 * radius * radius)).exp();
        }
        t
    })
}
