//! Matrix products, by the `gemm` crate.

use super::launch::{self, Task};
use super::library;
use gemm::Parallelism;

/// Products with fewer multiplications are one piece.
const WORTH: i64 = 200_000;

/// Larger ones are left to the library's own threads, which share what it packs.
const LARGE: i64 = 1 << 29;

/// The others are cut into so many pieces of columns, whatever the threads: these decide about the bits. Launching
/// them costs less than the library's threads do, which are the ones that wait for our next loop.
const PIECES: i64 = 4;

/// The numbers that say what a product is; see [`Product`](library::Product).
#[derive(Clone, Copy)]
struct Shape {
    m: i64,
    n: i64,
    k: i64,
    row: i64,
    left: [i64; 2],
    right: [i64; 2],
    size: i64,
}

#[derive(Clone, Copy)]
struct Pointers {
    dst: *mut u8,
    left: *const u8,
    right: *const u8,
}

/// A matrix product; see [`Product`](library::Product).
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
    row: i64,
    left_row: i64,
    left_column: i64,
    right_row: i64,
    right_column: i64,
    size: i64,
) {
    if n <= 0 {
        return;
    }
    let shape = Shape { m, n, k, row, left: [left_row, left_column], right: [right_row, right_column], size };
    let pointers = Pointers { dst, left, right };
    let work = m * n * k;
    if work <= WORTH || work > LARGE {
        let threads = launch::threads();
        let parallelism = match threads > 1 && work > LARGE {
            true => Parallelism::Rayon(threads),
            false => Parallelism::None,
        };
        // SAFETY: promised.
        return unsafe { by_library(pointers, shape, parallelism) };
    }
    let (frame, mut nothing) = ((pointers, shape), [0; 3]);
    let task = Task {
        body: pieces,
        frame: (&raw const frame).cast(),
        slots: std::ptr::null(),
        context: library::context(),
        trips: PIECES.min(n),
        // Roughly; what counts is that it is worth sharing.
        cost: u64::try_from(work / PIECES / 16).unwrap_or(0),
        folds: 0,
        combines: nothing.as_ptr(),
        totals: nothing.as_mut_ptr(),
        trap: nothing.as_mut_ptr(),
    };
    // SAFETY: the task lives until the launch is over; pieces of different columns write different elements.
    unsafe { launch::launch(&task) };
}

/// Some of the pieces.
unsafe extern "C" fn pieces(
    frame: *const u64,
    _: *const *mut u8,
    _: *const library::Context,
    first: i64,
    count: i64,
    _: *mut u64,
    _: *mut u64,
) -> i64 {
    // SAFETY: `product` put it there.
    let (pointers, shape) = unsafe { *frame.cast::<(Pointers, Shape)>() };
    let width = (shape.n - 1) / PIECES.min(shape.n) + 1;
    for piece in first..first + count {
        let at = piece * width;
        let n = width.min(shape.n - at);
        if n <= 0 {
            break;
        }
        // SAFETY: the columns are among those of the whole product.
        unsafe {
            let dst = pointers.dst.offset((at * shape.size) as isize);
            let right = pointers.right.offset((at * shape.right[1] * shape.size) as isize);
            by_library(Pointers { dst, right, ..pointers }, Shape { n, ..shape }, Parallelism::None);
        }
    }
    0
}

unsafe fn by_library(pointers: Pointers, shape: Shape, parallelism: Parallelism) {
    let Shape { m, n, k, row, left, right, size } = shape;
    macro_rules! product {
        ($t:ty) => {
            // SAFETY: promised.
            unsafe {
                gemm::gemm::<$t>(
                    m as usize,
                    n as usize,
                    k as usize,
                    pointers.dst.cast(),
                    1,
                    row as isize,
                    false,
                    pointers.left.cast(),
                    left[1] as isize,
                    left[0] as isize,
                    pointers.right.cast(),
                    right[1] as isize,
                    right[0] as isize,
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
                n,
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
        for (m, n, k) in [(97, 131, 203), (20, 30, 40), (120, 2, 900), (120, 5, 900), (97, 131, 48_000)] {
            same_bits(m, n, k);
        }
    }

    fn same_bits(m: usize, n: usize, k: usize) {
        let x: Vec<f64> = (0..m * k).map(|i| (i as f64 * 0.37).sin()).collect();
        let y: Vec<f64> = (0..n * k).map(|i| (i as f64 * 0.73).cos()).collect();
        let one = launch::with_threads(1, || multiply(m, n, k, &x, &y));
        let many = multiply(m, n, k, &x, &y);
        assert!(one.iter().zip(&many).all(|(a, b)| a.to_bits() == b.to_bits()));
        for (r, c) in [(0, 0), (5, 1), (m - 1, n - 1)] {
            let exact: f64 = (0..k).map(|t| x[r * k + t] * y[c * k + t]).sum();
            assert!((one[r * n + c] - exact).abs() < 1e-11, "{} {exact}", one[r * n + c]);
        }
    }
}
