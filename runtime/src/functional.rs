//! Control flow as functions over closures, and functional updates: JAX's `cond`, `switch`, `fori_loop`,
//! `while_loop`, `scan` and `map`, and DESC's `put`. Outside annotated functions they run directly; inside they
//! become the same graph as `if`, `for` and `while`.
//!
//! ```
//! use desc_jit::prelude::*;
//!
//! #[desc_jit]
//! fn power(x: f64, n: usize) -> f64 {
//!     fori_loop(0, n, |_i, acc| acc * x, 1.0)
//! }
//! assert_eq!(power(2.0, 10), 1024.0);
//! assert_eq!(fori_loop(0, 10, |_i, acc| acc * 2.0, 1.0), 1024.0);
//! ```

mod scans;
mod stacked;

pub use scans::{map, scan, scan_n, scan_n_with, scan_reverse, scan_with};
pub use stacked::{Leading, Stack};

use crate::staged::{staged, staged_with};

/// `if predicate { on_true(operand) } else { on_false(operand) }`
///
/// ```
/// use desc_jit::functional::cond;
/// assert_eq!(cond(2.0 > 1.0, |x: f64| x + 1.0, |x| x - 1.0, 5.0), 6.0);
/// ```
pub fn cond<X, R>(
    predicate: bool,
    on_true: impl FnOnce(X) -> R,
    on_false: impl FnOnce(X) -> R,
    operand: X,
) -> R {
    if predicate { on_true(operand) } else { on_false(operand) }
}
staged_with!(cond => cond_operands);

/// An index of [`switch`].
pub trait SwitchIndex {
    /// The position among `n` branches, clamped.
    fn clamped(self, n: usize) -> usize;
}
macro_rules! switch_index {
    ($($t:ty)*) => { $(impl SwitchIndex for $t {
        fn clamped(self, n: usize) -> usize {
            usize::try_from(self).map_or(if self > <$t>::default() { n - 1 } else { 0 }, |k| k.min(n - 1))
        }
    })* };
}
switch_index!(usize i64 i32 u32 u64);

/// The branch at `index` applied to the operand; an index outside is clamped to the first or last branch,
/// as in JAX.
///
/// # Panics
/// Without branches.
///
/// ```
/// use desc_jit::functional::switch;
/// let branches: [fn(f64) -> f64; 2] = [|x| x + 1.0, |x| x * 2.0];
/// assert_eq!(switch(1usize, branches, 5.0), 10.0);
/// assert_eq!(switch(9usize, branches, 5.0), 10.0);
/// ```
#[track_caller]
pub fn switch<X, R, F: FnOnce(X) -> R, const N: usize>(
    index: impl SwitchIndex,
    branches: [F; N],
    operand: X,
) -> R {
    assert!(N > 0, "`switch` takes at least one branch");
    let k = index.clamped(N);
    let branch = branches.into_iter().nth(k);
    // `k < N` by construction.
    branch.map(|f| f(operand)).unwrap_or_else(|| unreachable!("the index is clamped to the branches"))
}
staged_with!(switch => switch_operands);

/// `for i in lower..upper { carry = body(i, carry) }`, returning the last carry.
///
/// ```
/// use desc_jit::functional::fori_loop;
/// assert_eq!(fori_loop(0, 5usize, |i, sum| sum + i, 0), 10);
/// ```
pub fn fori_loop<I, C>(lower: I, upper: I, mut body: impl FnMut(I, C) -> C, init: C) -> C
where
    std::ops::Range<I>: Iterator<Item = I>,
{
    (lower..upper).fold(init, |carry, i| body(i, carry))
}
staged_with!(fori_loop => fori_operands);

/// `while condition(carry) { carry = body(carry) }`, returning the last carry.
///
/// ```
/// use desc_jit::functional::while_loop;
/// assert_eq!(while_loop(|&x: &f64| x < 100.0, |x| 2.0 * x, 1.0), 128.0);
/// ```
pub fn while_loop<C>(mut condition: impl FnMut(&C) -> bool, mut body: impl FnMut(C) -> C, init: C) -> C {
    let mut carry = init;
    while condition(&carry) {
        carry = body(carry);
    }
    carry
}
staged_with!(while_loop => while_operands);

staged!(put(cx, [array, index, value], at) { cx.put_mode(crate::op::StoreMode::Set, array, index, value, at) });
staged!(block_until_ready(cx, [array], at) { let _ = (cx, at); Ok(array.clone()) });

/// Its argument, which counts as a constant when what is around it is differentiated.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn f(x: f64) -> f64 {
///     x * stop_gradient(x)
/// }
/// assert_eq!(f(3.0), 9.0);
/// ```
pub fn stop_gradient<T>(x: T) -> T {
    x
}
staged!(stop_gradient(cx, [x], at) { cx.stop_gradient(x, at) });
