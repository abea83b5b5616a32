//! Derivative and batch of every construct of `docs/language.md`: each row has a function here, named in its first cell.
//!
//! All have one signature, so that one harness compares them: natively and on every engine, reverse mode with forward mode
//! and with differences of the function as written, batches with the function element by element, Jacobians, Hessians and
//! linear maps with gradients.

use desc_jit::prelude::*;

/// Points at which no function here has a kink.
fn points() -> Array2<f64> {
    array![[0.73, 1.31, -0.42, 2.16], [1.93, 0.24, 0.62, -1.17], [-0.33, 0.84, 1.71, 0.53]]
}

macro_rules! constructs {
    ($($f:ident: $row:literal;)*) => {
        /// The first cells of the rows.
        pub const ROWS: &[&str] = &[$($row),*];

        mod of {
            use crate::constructs::points;
            use desc_jit::differences::{Scheme, gradient};
            use desc_jit::prelude::*;
            use desc_jit::{Engine, with_engine};

            $(#[test]
            fn $f() {
                let points = points();
                for engine in Engine::ALL {
                    with_engine(engine, || {
                        let slope = grad(super::$f::jit());
                        for (k, x) in points.outer_iter().enumerate() {
                            let x = x.to_owned();
                            let native = super::$f::native(&x, 3);
                            assert!((super::$f(&x, 3) - native).abs() <= 1e-13 * native.abs().max(1.0), "{engine}, point {k}");
                            // Of four evaluations for each element, so that they agree to about 1e-9.
                            let near = gradient(|x| super::$f::native(x, 3), &x, Scheme::Richardson);
                            let found = slope(&x, 3);
                            let size = near.iter().fold(1.0_f64, |m, v| m.max(v.abs()));
                            for (found, near) in found.iter().zip(near.iter()) {
                                assert!((found - near).abs() <= 1e-8 * size, "{engine}, point {k}: {found} is not {near}");
                            }
                            let along = Array1::from_vec(vec![0.3, -1.0, 0.5, 0.25]);
                            let (_, forward) = jvp(super::$f::jit())(&x, 3, &along);
                            let reverse = found.dot(&along);
                            assert!((forward - reverse).abs() <= 1e-12 * size, "{engine}, point {k}: {forward} {reverse}");
                        }
                        let values = vmap(super::$f::jit()).in_axes(in_axes![0, _])(&points, 3);
                        let slopes = vmap(grad(super::$f::jit())).in_axes(in_axes![0, _])(&points, 3);
                        for (k, x) in points.outer_iter().enumerate() {
                            let x = x.to_owned();
                            let (value, one) = (super::$f(&x, 3), slope(&x, 3));
                            assert!((values[k] - value).abs() <= 1e-13 * value.abs().max(1.0), "{engine}, element {k}");
                            for (a, b) in slopes.row(k).iter().zip(one.iter()) {
                                assert!((a - b).abs() <= 1e-12 * b.abs().max(1.0), "{engine}, element {k}: {a} is not {b}");
                            }
                        }
                    });
                }
            })*
        }

        mod matrices_of {
            use crate::constructs::points;
            use desc_jit::prelude::*;
            use desc_jit::{Engine, with_engine};

            $(#[test]
            fn $f() {
                let along = Array1::from_vec(vec![0.3, -1.0, 0.5, 0.25]);
                let near = |a: f64, b: f64, size: f64| (a - b).abs() <= 1e-12 * size.max(1.0);
                let slope = grad(super::$f::jit());
                for engine in [Engine::Candle, Engine::Cranelift] {
                    with_engine(engine, || {
                        for (k, x) in points().outer_iter().enumerate() {
                            let x = x.to_owned();
                            let (gradient, (_, forward)) = (slope(&x, 3), jvp(super::$f::jit())(&x, 3, &along));
                            let size = gradient.iter().fold(1.0_f64, |m, v| m.max(v.abs()));
                            let (by_columns, by_rows) = (jacfwd(super::$f::jit())(&x, 3), jacrev(super::$f::jit())(&x, 3));
                            let (_, map) = linearize(super::$f::jit())(&x, 3);
                            assert!(near(map(&along), forward, size), "{engine}, point {k}: {} {forward}", map(&along));
                            let second = hessian(super::$f::jit())(&x, 3);
                            let size = second.iter().fold(size, |m, v| m.max(v.abs()));
                            let product = hvp(super::$f::jit())(&x, 3, &along);
                            let shifted = |h: f64| slope(&(&x + &along * h), 3);
                            let differences = |h: f64| (shifted(h) - shifted(-h)) / (2.0 * h);
                            let (coarse, fine) = (differences(1e-3), differences(5e-4));
                            for i in 0..4 {
                                assert!(near(by_columns[i], gradient[i], size), "{engine}, point {k}: {by_columns} {gradient}");
                                assert!(near(by_rows[i], gradient[i], size), "{engine}, point {k}: {by_rows} {gradient}");
                                for j in 0..i {
                                    assert!(near(second[[i, j]], second[[j, i]], size), "{engine}, point {k}: {second}");
                                }
                                let row = second.row(i).dot(&along);
                                assert!(near(product[i], row, size), "{engine}, point {k}: {} {row}", product[i]);
                                let wanted = (4.0 * fine[i] - coarse[i]) / 3.0;
                                let error = (product[i] - wanted).abs();
                                assert!(error <= 1e-8 * size, "{engine}, point {k}: {} is not {wanted}", product[i]);
                            }
                        }
                    });
                }
            })*
        }
    };
}

mod arrays;
mod control;
mod effects;
mod functions;
mod iterators;
mod values;

#[test]
fn every_row_of_the_page_is_here() {
    let rows =
        [values::ROWS, arrays::ROWS, control::ROWS, iterators::ROWS, functions::ROWS, effects::ROWS].concat();
    let page = include_str!("../../../docs/language.md");
    let cells = page.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let cells: Vec<&str> = cells.filter(|cell| *cell != "construct" && !cell.starts_with("---")).collect();
    // Those of signatures have tests of their own, and prints write to the terminal: `effects/prints.rs`.
    let own = ["`&[f64]`, ", "`println!`, "];
    let missing: Vec<_> =
        cells.iter().filter(|c| !rows.contains(c) && !own.iter().any(|own| c.starts_with(own))).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    let gone: Vec<_> = rows.iter().filter(|row| !cells.contains(row)).collect();
    assert!(gone.is_empty(), "{gone:#?}");
}
