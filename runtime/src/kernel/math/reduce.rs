//! The one order in which the elements of a reduction are combined, so that every engine, every tile size and
//! every number of threads gives the same bits.
//!
//! A block of at most [`BLOCK`] elements goes to lanes (8 of `f64`, 16 of `f32`: vectors of 512 bits), element
//! `k` to lane `k % lanes`; each lane starts from the identity and takes its elements in order. The lanes are
//! combined by halves: `l` with `l + lanes/2`, and so on. Blocks are combined in pairs of neighbours, then
//! pairs of pairs ([`Cascade`]), which also keeps the error of a long sum small (Higham, *The accuracy of
//! floating point summation*, SIAM J. Sci. Comput. 14, 1993).

use super::bits::select;
use super::tile::{Level, compiled};
use std::ops::{Add, Mul};

/// What a reduction combines with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Combine {
    /// `a + b`, from -0.0
    Add,
    /// `a * b`, from 1.0
    Mul,
    /// `a.min(b)`: a NaN loses, of equal zeros the earlier one stays; from NaN
    Min,
    /// `a.max(b)`: a NaN loses, of equal zeros the earlier one stays; from NaN
    Max,
}

/// The largest number of elements in a block.
pub(crate) const BLOCK: usize = 512;

/// Lanes of a block of `f64`.
pub(crate) const LANES_64: usize = 8;
/// Lanes of a block of `f32`.
pub(crate) const LANES_32: usize = 16;

/// Levels of the tree over blocks: more than any array has.
const LEVELS: usize = 56;

/// `f64` or `f32`
pub(crate) trait Real: Copy + PartialOrd + Add<Output = Self> + Mul<Output = Self> {
    /// -0.0, 1.0, NaN, infinity, -infinity
    const CONSTANTS: [Self; 5];
}

impl Real for f64 {
    const CONSTANTS: [f64; 5] = [-0.0, 1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
}

impl Real for f32 {
    const CONSTANTS: [f32; 5] = [-0.0, 1.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
}

impl Combine {
    /// As compiled code writes it: the position of the variant.
    fn of(code: u32) -> Combine {
        [Combine::Add, Combine::Mul, Combine::Min, Combine::Max][code as usize]
    }

    /// What combines with any `x` to `x`.
    #[inline(always)]
    fn identity<T: Real>(self) -> T {
        let [negative_zero, one, nan, ..] = T::CONSTANTS;
        match self {
            Combine::Add => negative_zero,
            Combine::Mul => one,
            Combine::Min | Combine::Max => nan,
        }
    }

    #[inline(always)]
    fn apply<T: Real>(self, a: T, b: T) -> T {
        let nan = a.partial_cmp(&a).is_none();
        match self {
            Combine::Add => a + b,
            Combine::Mul => a * b,
            Combine::Min => select(nan | (b < a), b, a),
            Combine::Max => select(nan | (b > a), b, a),
        }
    }

    /// Where lanes start whose elements come by [`Combine::apply_to_number`].
    #[inline(always)]
    fn start<T: Real>(self) -> T {
        let [.., infinity, negative_infinity] = T::CONSTANTS;
        match self {
            Combine::Add | Combine::Mul => self.identity(),
            Combine::Min => infinity,
            Combine::Max => negative_infinity,
        }
    }

    /// As [`Combine::apply`] for `a` that is not NaN: a minimum is then one instruction.
    #[inline(always)]
    fn apply_to_number<T: Real>(self, a: T, b: T) -> T {
        match self {
            Combine::Add => a + b,
            Combine::Mul => a * b,
            Combine::Min => select(b < a, b, a),
            Combine::Max => select(b > a, b, a),
        }
    }
}

/// # Safety
/// `n` elements can be read.
#[inline(always)]
unsafe fn fold_lanes<T: Real, R: Rule, const LANES: usize>(src: *const T, n: usize) -> T {
    let start = R::OP.start();
    let mut lanes = [start; LANES];
    let whole = n - n % LANES;
    let mut k = 0;
    while k < whole {
        // SAFETY: `k + LANES <= n`.
        let x = unsafe { src.add(k).cast::<[T; LANES]>().read() };
        for (lane, x) in lanes.iter_mut().zip(x) {
            *lane = R::OP.apply_to_number(*lane, x);
        }
        k += LANES;
    }
    for (i, lane) in lanes.iter_mut().enumerate().take(n - whole) {
        // SAFETY: `whole + i < n`.
        *lane = R::OP.apply_to_number(*lane, unsafe { *src.add(whole + i) });
    }
    if matches!(R::OP, Combine::Min | Combine::Max) && lanes.contains(&start) {
        // SAFETY: the caller's promise.
        lanes = unsafe { lanes_from_identity(R::OP, src, n) };
    }
    combine_lanes(R::OP, lanes)
}

/// The lanes of a minimum or maximum in which some lane may have no number: then it is NaN.
///
/// # Safety
/// `n` elements can be read.
#[cold]
#[inline(never)]
unsafe fn lanes_from_identity<T: Real, const LANES: usize>(
    op: Combine,
    src: *const T,
    n: usize,
) -> [T; LANES] {
    let mut lanes = [op.identity(); LANES];
    for k in 0..n {
        // SAFETY: `k < n`.
        lanes[k % LANES] = op.apply(lanes[k % LANES], unsafe { *src.add(k) });
    }
    lanes
}

/// The lanes by halves. Not inlined: with this in sight LLVM cuts the vectors of the loop into halves.
#[inline(never)]
fn combine_lanes<T: Real, const LANES: usize>(op: Combine, mut lanes: [T; LANES]) -> T {
    let mut half = LANES / 2;
    while half > 0 {
        for l in 0..half {
            lanes[l] = op.apply(lanes[l], lanes[l + half]);
        }
        half /= 2;
    }
    lanes[0]
}

/// [`Combine`] as a type, so that each has a loop of its own.
trait Rule {
    const OP: Combine;
}

struct Sum;
struct Product;
struct Minimum;
struct Maximum;

impl Rule for Sum {
    const OP: Combine = Combine::Add;
}
impl Rule for Product {
    const OP: Combine = Combine::Mul;
}
impl Rule for Minimum {
    const OP: Combine = Combine::Min;
}
impl Rule for Maximum {
    const OP: Combine = Combine::Max;
}

/// Combines `n <= BLOCK` elements; the identity if there are none.
pub(crate) type Fold64 = unsafe extern "C" fn(src: *const f64, n: usize) -> f64;
/// Combines `n <= BLOCK` elements; the identity if there are none.
pub(crate) type Fold32 = unsafe extern "C" fn(src: *const f32, n: usize) -> f32;

/// # Safety
/// As [`fold_lanes`].
#[inline(always)]
unsafe fn lanes64<R: Rule>(src: *const f64, n: usize) -> f64 {
    // SAFETY: the caller's promise.
    unsafe { fold_lanes::<f64, R, LANES_64>(src, n) }
}

/// # Safety
/// As [`fold_lanes`].
#[inline(always)]
unsafe fn lanes32<R: Rule>(src: *const f32, n: usize) -> f32 {
    // SAFETY: the caller's promise.
    unsafe { fold_lanes::<f32, R, LANES_32>(src, n) }
}

compiled! {
    /// To call it, the CPU must have that level.
    compiled64<R: Rule>(src: *const f64, n: usize) -> f64 = lanes64
}
compiled! {
    /// To call it, the CPU must have that level.
    compiled32<R: Rule>(src: *const f32, n: usize) -> f32 = lanes32
}

impl Level {
    pub(super) fn fold64(self, op: Combine) -> Fold64 {
        match op {
            Combine::Add => compiled64::<Sum>(self),
            Combine::Mul => compiled64::<Product>(self),
            Combine::Min => compiled64::<Minimum>(self),
            Combine::Max => compiled64::<Maximum>(self),
        }
    }

    pub(super) fn fold32(self, op: Combine) -> Fold32 {
        match op {
            Combine::Add => compiled32::<Sum>(self),
            Combine::Mul => compiled32::<Product>(self),
            Combine::Min => compiled32::<Minimum>(self),
            Combine::Max => compiled32::<Maximum>(self),
        }
    }
}

/// The fold of one block.
pub(crate) fn fold64(op: Combine) -> Fold64 {
    Level::best().fold64(op)
}

/// The fold of one block.
pub(crate) fn fold32(op: Combine) -> Fold32 {
    Level::best().fold32(op)
}

/// Combines the results of blocks pairwise as they come, like a binary counter: the tree depends on the number
/// of blocks alone.
#[repr(C)]
#[derive(Clone, Debug)]
pub(crate) struct Cascade<T> {
    /// Blocks taken in. Bit `l` is set where `partial[l]` is a complete subtree of 2^l of them.
    count: u64,
    partial: [T; LEVELS],
}

/// The cascade of a reduction of `f64`.
pub(crate) type Cascade64 = Cascade<f64>;
/// The cascade of a reduction of `f32`.
pub(crate) type Cascade32 = Cascade<f32>;

impl<T: Real> Cascade<T> {
    /// Without any block.
    pub(crate) fn new() -> Cascade<T> {
        Cascade { count: 0, partial: [Combine::Mul.identity(); LEVELS] }
    }

    /// Takes in the result of the next block.
    pub(crate) fn push(&mut self, op: Combine, x: T) {
        self.push_level(op, x, 0);
    }

    /// Takes in the result of the next 2^level blocks, a complete subtree; all that was taken in before is a
    /// multiple of 2^level blocks.
    pub(crate) fn push_level(&mut self, op: Combine, mut x: T, level: u32) {
        debug_assert!(self.count.trailing_zeros() >= level, "a subtree starts at a multiple of its size");
        let mut at = level as usize;
        while self.count >> at & 1 == 1 {
            x = op.apply(self.partial[at], x);
            at += 1;
        }
        self.partial[at] = x;
        self.count += 1 << level;
    }

    /// The result of all blocks, the identity if there are none. The subtrees that are left over are combined
    /// from the last one, the smallest, to the first.
    pub(crate) fn finish(&self, op: Combine) -> T {
        let mut complete = (0..LEVELS).filter(|&level| self.count >> level & 1 == 1).map(|l| self.partial[l]);
        match complete.next() {
            Some(last) => complete.fold(last, |later, earlier| op.apply(earlier, later)),
            None => op.identity(),
        }
    }
}

/// [`Cascade::push`]; `op` is the position of the variant of [`Combine`].
///
/// # Safety
/// `cascade` is valid, and nobody else uses it during the call.
pub(crate) unsafe extern "C" fn cascade_push64(cascade: *mut Cascade64, op: u32, x: f64) {
    // SAFETY: the caller's promise.
    unsafe { (*cascade).push(Combine::of(op), x) }
}

/// [`Cascade::finish`]; `op` is the position of the variant of [`Combine`].
///
/// # Safety
/// `cascade` is valid, and nobody else uses it during the call.
pub(crate) unsafe extern "C" fn cascade_finish64(cascade: *mut Cascade64, op: u32) -> f64 {
    // SAFETY: the caller's promise.
    unsafe { (*cascade).finish(Combine::of(op)) }
}

/// As [`cascade_push64`].
///
/// # Safety
/// As there.
pub(crate) unsafe extern "C" fn cascade_push32(cascade: *mut Cascade32, op: u32, x: f32) {
    // SAFETY: the caller's promise.
    unsafe { (*cascade).push(Combine::of(op), x) }
}

/// As [`cascade_finish64`].
///
/// # Safety
/// As there.
pub(crate) unsafe extern "C" fn cascade_finish32(cascade: *mut Cascade32, op: u32) -> f32 {
    // SAFETY: the caller's promise.
    unsafe { (*cascade).finish(Combine::of(op)) }
}
