//! Loops that carry a state through the positions of arrays and keep what each step gives.

use super::stacked::{Leading, Stack};
use crate::staged::staged_with;

/// `(carry, y) = f(carry, x)` for each `x` along the leading axis of `xs`; gives the last carry and all `y`, stacked
/// along a new leading axis.
///
/// `xs` is an array of shape `[n, ..]`, or a tuple of arrays of the same `n`, whose `x` is a tuple; `y` is a scalar,
/// an array, `()` or a tuple of those. Where `n` is 0 an array of `y` that are arrays themselves has no known shape
/// outside annotated functions and is `[0, 0]` there. Where nothing else tells rustc the type of a literal carry, write
/// it out: `0.0_f64`.
///
/// # Panics
/// The arrays of `xs` have different lengths; the `y` have different shapes. In annotated functions those are errors.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn balances(deposits: &Array1<f64>, rate: f64) -> (f64, Array1<f64>) {
///     scan(|sum, x| (sum * rate + x, sum), 0.0, deposits)
/// }
/// let (last, before) = balances(&Array1::from_vec(vec![1.0, 2.0, 3.0]), 2.0);
/// assert_eq!((last, before.to_vec()), (11.0, vec![0.0, 1.0, 4.0]));
/// ```
#[track_caller]
pub fn scan<C, X: Leading, Y: Stack>(f: impl FnMut(C, X::Item) -> (C, Y), init: C, xs: X) -> (C, Y::Stacked) {
    scan_with(f, init, xs, false, 1)
}
staged_with!(scan => scan_operands);

/// [`scan`] from the last position to the first; the `y` lie where their `x` do.
///
/// # Panics
/// As [`scan`].
///
/// ```
/// use desc_jit::prelude::*;
///
/// let (_, rest) = scan_reverse(|sum, x| (sum + x, sum), 0.0_f64, &Array1::from_vec(vec![1.0, 2.0, 3.0]));
/// assert_eq!(rest.to_vec(), [5.0, 3.0, 0.0]);
/// ```
#[track_caller]
pub fn scan_reverse<C, X: Leading, Y: Stack>(
    f: impl FnMut(C, X::Item) -> (C, Y),
    init: C,
    xs: X,
) -> (C, Y::Stacked) {
    scan_with(f, init, xs, true, 1)
}
staged_with!(scan_reverse => scan_reverse_operands);

/// [`scan`] with options: `reverse` goes from the last position to the first, `unroll` is the number of steps that
/// one iteration of the staged loop does. Both are known when the function is staged.
///
/// # Panics
/// As [`scan`]; `unroll` is 0.
///
/// ```
/// use desc_jit::prelude::*;
///
/// let (last, ()) = scan_with(|s, x| (s * 0.5 + x, ()), 0.0, &Array1::from_vec(vec![4.0, 2.0]), true, 2);
/// assert_eq!(last, 5.0);
/// ```
#[track_caller]
pub fn scan_with<C, X: Leading, Y: Stack>(
    mut f: impl FnMut(C, X::Item) -> (C, Y),
    init: C,
    xs: X,
    reverse: bool,
    unroll: usize,
) -> (C, Y::Stacked) {
    assert!(unroll > 0, "`scan_with` does at least one step at a time: `unroll` is 0");
    let n = xs.count();
    steps(|carry, k| f(carry, xs.item(if reverse { n - 1 - k } else { k })), init, n, reverse)
}
staged_with!(scan_with => scan_with_operands);

/// [`scan`] over nothing: `(carry, y) = f(carry)`, `n` times. In annotated functions `n` is known when the function
/// is staged.
///
/// ```
/// use desc_jit::prelude::*;
///
/// let (last, powers) = scan_n(|p| (2.0 * p, p), 1.0_f64, 4);
/// assert_eq!((last, powers.to_vec()), (16.0, vec![1.0, 2.0, 4.0, 8.0]));
/// ```
#[track_caller]
pub fn scan_n<C, Y: Stack>(mut f: impl FnMut(C) -> (C, Y), init: C, n: usize) -> (C, Y::Stacked) {
    steps(|carry, _| f(carry), init, n, false)
}
staged_with!(scan_n => scan_n_operands);

/// [`scan_n`] with the options of [`scan_with`]: with `reverse` the `y` of the first step lies last.
///
/// # Panics
/// `unroll` is 0.
///
/// ```
/// use desc_jit::prelude::*;
///
/// let (last, powers) = scan_n_with(|p| (2.0 * p, p), 1.0_f64, 4, true, 2);
/// assert_eq!((last, powers.to_vec()), (16.0, vec![8.0, 4.0, 2.0, 1.0]));
/// ```
#[track_caller]
pub fn scan_n_with<C, Y: Stack>(
    mut f: impl FnMut(C) -> (C, Y),
    init: C,
    n: usize,
    reverse: bool,
    unroll: usize,
) -> (C, Y::Stacked) {
    assert!(unroll > 0, "`scan_n_with` does at least one step at a time: `unroll` is 0");
    steps(|carry, _| f(carry), init, n, reverse)
}
staged_with!(scan_n_with => scan_n_with_operands);

/// `f(x)` for each `x` along the leading axis of `xs`, stacked along a new leading axis: [`scan`] without a carry.
///
/// # Panics
/// As [`scan`].
///
/// ```
/// use desc_jit::prelude::*;
///
/// let norms = map(|row| row.dot(&row).sqrt(), &Array2::<f64>::eye(3));
/// assert_eq!(norms.to_vec(), [1.0, 1.0, 1.0]);
/// ```
#[track_caller]
pub fn map<X: Leading, Y: Stack>(mut f: impl FnMut(X::Item) -> Y, xs: X) -> Y::Stacked {
    steps(|(), k| ((), f(xs.item(k))), (), xs.count(), false).1
}
staged_with!(map => map_operands);

/// `n` steps in order; what they give, in order or the other way round.
#[track_caller]
fn steps<C, Y: Stack>(
    mut f: impl FnMut(C, usize) -> (C, Y),
    init: C,
    n: usize,
    reverse: bool,
) -> (C, Y::Stacked) {
    let mut carry = init;
    let mut made = Vec::with_capacity(n);
    for k in 0..n {
        let (next, y) = f(carry, k);
        carry = next;
        made.push(y);
    }
    if reverse {
        made.reverse();
    }
    (carry, Y::stack(made))
}
