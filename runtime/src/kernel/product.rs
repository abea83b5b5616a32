//! Matrix products, by the `gemm` crate.

use super::launch;
use gemm::Parallelism;

/// Products with fewer multiplications stay on one thread.
const WORTH: i64 = 200_000;

/// A matrix product; see [`Product`](super::library::Product).
///
/// # Safety
/// The pointers are those of matrices of that shape, aligned for elements of `size` bytes (`f32` or `f64`);
/// `dst` overlaps none of the others.
#[allow(clippy::too_many_arguments)]
pub(super) unsafe extern "C" fn product(
    dst: *mut u8,
    left: *const u8,
    right: *const u8,
    m: i64,
    n: i64,
    k: i64,
    left_row: i64,
    left_column: i64,
    right_row: i64,
    right_column: i64,
    size: i64,
) {
    let threads = launch::threads();
    let parallelism = match threads > 1 && m * n * k > WORTH {
        true => Parallelism::Rayon(threads),
        false => Parallelism::None,
    };
    macro_rules! product {
        ($t:ty) => {
            // SAFETY: promised.
            unsafe {
                gemm::gemm::<$t>(
                    m as usize,
                    n as usize,
                    k as usize,
                    dst.cast(),
                    1,
                    n as isize,
                    false,
                    left.cast(),
                    left_column as isize,
                    left_row as isize,
                    right.cast(),
                    right_column as isize,
                    right_row as isize,
                    0.0,
                    1.0,
                    false,
                    false,
                    false,
                    parallelism,
                )
            }
        };
    }
    if size == 8 { product!(f64) } else { product!(f32) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `left` is `m x k`, `right` is given by its transpose.
    fn multiply(m: usize, n: usize, k: usize, left: &[f64], right: &[f64]) -> Vec<f64> {
        let mut dst = vec![0.0; m * n];
        let (m, n, k) = (m as i64, n as i64, k as i64);
        // SAFETY: the slices have these shapes.
        unsafe {
            product(
                dst.as_mut_ptr().cast(),
                left.as_ptr().cast(),
                right.as_ptr().cast(),
                m,
                n,
                k,
                k,
                1,
                1,
                k,
                8,
            );
        }
        dst
    }

    #[test]
    fn a_product_has_the_same_bits_on_any_number_of_threads() {
        let (m, n, k) = (97, 131, 203);
        let x: Vec<f64> = (0..m * k).map(|i| (i as f64 * 0.37).sin()).collect();
        let y: Vec<f64> = (0..n * k).map(|i| (i as f64 * 0.73).cos()).collect();
        let one = launch::with_threads(1, || multiply(m, n, k, &x, &y));
        let many = multiply(m, n, k, &x, &y);
        assert!(one.iter().zip(&many).all(|(a, b)| a.to_bits() == b.to_bits()));
        for (r, c) in [(0, 0), (5, 7), (96, 130)] {
            let exact: f64 = (0..k).map(|t| x[r * k + t] * y[c * k + t]).sum();
            assert!((one[r * n + c] - exact).abs() < 1e-11, "{} {exact}", one[r * n + c]);
        }
    }
}
