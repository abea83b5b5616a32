//! Linear systems of any shape: the steps of Newton's method and the derivatives of solutions. Annotated functions of
//! this crate's own, so that every reading computes the same.

use crate::array::{Array1, Array2};
use crate::desc_jit;

/// The `x` with `a x = b`, or regularised least squares where `a` is not square (`_lstsq` of DESC's `backend.py`; the
/// matrices there are positive definite, for which elimination is as stable as Cholesky's factorisation).
#[desc_jit]
pub(crate) fn least_squares(a: &Array2<f64>, b: &Array1<f64>) -> Array1<f64> {
    let (m, n) = (a.nrows(), a.ncols());
    let regularisation = f64::EPSILON.sqrt();
    if m == n {
        solve(a, b)
    } else if m > n {
        let at = a.t().to_owned();
        solve(&(at.dot(a) + regularisation * Array2::eye(n)), &at.dot(b))
    } else {
        let at = a.t().to_owned();
        at.dot(&solve(&(a.dot(&at) + regularisation * Array2::eye(m)), b))
    }
}

/// The `x` with `a x = b` for a square `a`, by elimination with partial pivoting (Golub and Van Loan, Matrix
/// Computations, algorithm 3.4.1). A singular `a` gives infinities or NaN.
#[desc_jit(jvp = solve_jvp)]
pub(crate) fn solve(a: &Array2<f64>, b: &Array1<f64>) -> Array1<f64> {
    let n = b.len();
    let mut lu = a.clone();
    let mut x = b.clone();
    // Factors first: the loops over `x` stay linear in it, so that reverse mode needs no tape of the matrix.
    let mut rows = Array1::<usize>::zeros(n);
    for k in 0..n {
        let mut pivot = k;
        let mut largest = lu[[k, k]].abs();
        for i in k + 1..n {
            if lu[[i, k]].abs() > largest {
                largest = lu[[i, k]].abs();
                pivot = i;
            }
        }
        rows[k] = pivot;
        for j in 0..n {
            let upper = lu[[pivot, j]];
            lu[[pivot, j]] = lu[[k, j]];
            lu[[k, j]] = upper;
        }
        for i in k + 1..n {
            let factor = lu[[i, k]] / lu[[k, k]];
            lu[[i, k]] = factor;
            for j in k + 1..n {
                lu[[i, j]] = lu[[i, j]] - factor * lu[[k, j]];
            }
        }
    }
    for k in 0..n {
        let pivot = rows[k];
        let upper = x[pivot];
        x[pivot] = x[k];
        x[k] = upper;
    }
    for i in 0..n {
        let mut sum = x[i];
        for j in 0..i {
            sum -= lu[[i, j]] * x[j];
        }
        x[i] = sum;
    }
    for i in (0..n).rev() {
        let mut sum = x[i];
        for j in i + 1..n {
            sum -= lu[[i, j]] * x[j];
        }
        x[i] = sum / lu[[i, i]];
    }
    x
}

/// `da x + a dx = db`
#[desc_jit]
pub(crate) fn solve_jvp(
    a: &Array2<f64>,
    b: &Array1<f64>,
    da: &Array2<f64>,
    db: &Array1<f64>,
) -> (Array1<f64>, Array1<f64>) {
    let x = solve(a, b);
    let dx = solve(a, &(db - da.dot(&x)));
    (x, dx)
}
