//! Linear systems inside the root finders, as annotated functions: their graphs and their native reading are one text.

use crate::prelude::*;

/// The square root of the rounding unit, which keeps normal equations regular.
const REGULAR: f64 = 1.4901161193847656e-8;

/// `x` with `a x = b`, by elimination with partial pivoting. `a` has shape `(n, n)`, `b` and `x` have `(n,)`. A
/// singular `a` gives infinities or NaN.
#[desc_jit]
pub fn solve(a: &Array2<f64>, b: &Array1<f64>) -> Array1<f64> {
    let n = b.len();
    let mut a = a.clone();
    let mut x = b.clone();
    for k in 0..n {
        let mut pivot = k;
        for i in k + 1..n {
            if a[[i, k]].abs() > a[[pivot, k]].abs() {
                pivot = i;
            }
        }
        for j in 0..n {
            let kept = a[[k, j]];
            a[[k, j]] = a[[pivot, j]];
            a[[pivot, j]] = kept;
        }
        let kept = x[k];
        x[k] = x[pivot];
        x[pivot] = kept;
        for i in k + 1..n {
            let factor = a[[i, k]] / a[[k, k]];
            for j in k..n {
                a[[i, j]] -= factor * a[[k, j]];
            }
            x[i] -= factor * x[k];
        }
    }
    for k in (0..n).rev() {
        let mut rest = x[k];
        for j in k + 1..n {
            rest -= a[[k, j]] * x[j];
        }
        x[k] = rest / a[[k, k]];
    }
    x
}

/// `x` with the smallest `|a x - b|`: by [`solve`] where `a` is square, else by normal equations, which are kept regular
/// by the square root of the rounding unit on their diagonal.
#[desc_jit]
pub fn least_squares(a: &Array2<f64>, b: &Array1<f64>) -> Array1<f64> {
    let (rows, columns) = a.dim();
    if rows == columns {
        solve(a, b)
    } else if rows > columns {
        let mut normal = Array2::<f64>::zeros((columns, columns));
        let mut right = Array1::<f64>::zeros(columns);
        for i in 0..columns {
            for k in 0..rows {
                right[i] += a[[k, i]] * b[k];
                for j in 0..columns {
                    normal[[i, j]] += a[[k, i]] * a[[k, j]];
                }
            }
            normal[[i, i]] += REGULAR;
        }
        solve(&normal, &right)
    } else {
        let mut normal = Array2::<f64>::zeros((rows, rows));
        for i in 0..rows {
            for j in 0..rows {
                for k in 0..columns {
                    normal[[i, j]] += a[[i, k]] * a[[j, k]];
                }
            }
            normal[[i, i]] += REGULAR;
        }
        let y = solve(&normal, b);
        let mut x = Array1::<f64>::zeros(columns);
        for k in 0..columns {
            for i in 0..rows {
                x[k] += a[[i, k]] * y[i];
            }
        }
        x
    }
}
