//! Factorisations and a classifier's loss.

use crate::consistency::{Along, product, scattered};
use desc_jit::prelude::*;
use desc_jit::with_engine;

/// Of a symmetric positive definite matrix, from its lower triangle, by the Cholesky factor.
#[desc_jit]
fn log_determinant(a: &Array2<f64>) -> f64 {
    let n = a.nrows();
    let mut l = a.clone();
    let mut sum = 0.0;
    for i in 0..n {
        for j in 0..i {
            let mut rest = l[[i, j]];
            for k in 0..j {
                rest -= l[[i, k]] * l[[j, k]];
            }
            l[[i, j]] = rest / l[[j, j]];
        }
        let mut rest = l[[i, i]];
        for k in 0..i {
            rest -= l[[i, k]] * l[[i, k]];
        }
        l[[i, i]] = rest.sqrt();
        sum += 2.0 * l[[i, i]].ln();
    }
    sum
}

fn positive_definite(n: usize) -> Array2<f64> {
    let b = Array2::from_shape_vec((n, n), scattered(1, n * n)).unwrap();
    let product = b.dot(&b.t().to_owned());
    Array2::from_shape_fn((n, n), |(i, j)| product[[i, j]] + if i == j { 2.0 } else { 0.0 })
}

#[test]
fn the_logarithm_of_a_determinant_by_cholesky() {
    let n = 9;
    let a = positive_definite(n);
    let d = Array2::from_shape_vec((n, n), scattered(2, n * n)).unwrap();
    Along {
        value: |t: f64| vec![log_determinant::native(&(&a + &d * t))],
        forward: || vec![jvp(log_determinant::jit())(&a, &d).1],
        reverse: || product(&grad(log_determinant::jit())(&a), &d),
        weights: vec![1.0],
    }
    .check();
}

/// The derivative of log det A is the inverse of A; an element below the diagonal stands for two.
#[test]
fn the_gradient_of_the_determinant_is_the_inverse() {
    let n = 9;
    let a = positive_definite(n);
    for engine in desc_jit::Engine::ALL {
        let by_a = with_engine(engine, || grad(log_determinant::jit())(&a));
        let inverse = Array2::from_shape_fn((n, n), |(i, j)| match i.cmp(&j) {
            std::cmp::Ordering::Equal => by_a[[i, j]],
            _ => 0.5 * by_a[[i.max(j), i.min(j)]],
        });
        let one = a.dot(&inverse);
        for i in 0..n {
            for j in 0..n {
                let expected = if i == j { 1.0 } else { 0.0 };
                assert!((one[[i, j]] - expected).abs() < 1e-13, "[{i}, {j}] on {engine}: {}", one[[i, j]]);
                assert!(i >= j || by_a[[i, j]] == 0.0, "the upper triangle is not read");
            }
        }
    }
}

/// Without pivoting, both factors in the place of the matrix.
#[desc_jit]
fn lu(a: &Array2<f64>) -> Array2<f64> {
    let n = a.nrows();
    let mut a = a.clone();
    for k in 0..n {
        for i in k + 1..n {
            a[[i, k]] /= a[[k, k]];
            for j in k + 1..n {
                a[[i, j]] -= a[[i, k]] * a[[k, j]];
            }
        }
    }
    a
}

#[test]
fn triangular_factors() {
    let n = 8;
    let a = positive_definite(n);
    let d = Array2::from_shape_vec((n, n), scattered(3, n * n)).unwrap();
    let weights = Array2::from_shape_vec((n, n), scattered(4, n * n)).unwrap();
    Along {
        value: |t: f64| lu::native(&(&a + &d * t)).to_vec(),
        forward: || jvp(lu::jit())(&a, &d).1.to_vec(),
        reverse: || product(&vjp(lu::jit())(&a, &weights).1, &d),
        weights: weights.to_vec(),
    }
    .check();
}

/// The mean over rows of the cross entropy of softmax and one label per row.
#[desc_jit]
fn cross_entropy(logits: &Array2<f64>, labels: &Array1<usize>) -> f64 {
    let (rows, columns) = logits.dim();
    let mut loss = 0.0;
    for i in 0..rows {
        let mut largest = f64::NEG_INFINITY;
        for j in 0..columns {
            largest = largest.max(logits[[i, j]]);
        }
        let mut sum = 0.0;
        for j in 0..columns {
            sum += (logits[[i, j]] - largest).exp();
        }
        loss += sum.ln() + largest - logits[[i, labels[i]]];
    }
    loss / rows as f64
}

#[test]
fn the_cross_entropy_of_softmax() {
    let (rows, columns) = (6, 5);
    let table = |seed| Array2::from_shape_vec((rows, columns), scattered(seed, rows * columns)).unwrap();
    let (logits, d) = (table(5) * 3.0, table(6));
    let labels = Array1::from_shape_fn(rows, |i| (i * 7) % columns);
    Along {
        value: |t: f64| vec![cross_entropy::native(&(&logits + &d * t), &labels)],
        forward: || vec![jvp(cross_entropy::jit())(&logits, &labels, &d).1],
        reverse: || product(&grad(cross_entropy::jit())(&logits, &labels), &d),
        weights: vec![1.0],
    }
    .check();
    // softmax minus the label's unit vector, over the number of rows.
    let gradient = grad(cross_entropy::jit())(&logits, &labels);
    for i in 0..rows {
        let sum: f64 = (0..columns).map(|j| logits[[i, j]].exp()).sum();
        for j in 0..columns {
            let label = if labels[i] == j { 1.0 } else { 0.0 };
            crate::close(gradient[[i, j]], (logits[[i, j]].exp() / sum - label) / rows as f64);
        }
    }
}
