//! From one function to its compiled forms: tiles of `f64` and `f32`, scalars, for each instruction set.
//!
//! A function is an inline definition on one double. Here it is put into a loop over a few lanes, and that
//! loop is compiled three times; LLVM makes one vector instruction of each operation. All operations are
//! correctly rounded (sums, products, quotients, roots, fused multiply-adds), so every form gives the same
//! bits. Lanes that the branch-free definition cannot do are found by a vector test and done again one by one.

/// A function of one operand.
pub(super) trait Unary {
    /// The function without branches, right wherever `special` is false.
    fn fast(x: f64) -> f64;

    /// Whether `x` is for `slow`.
    #[inline(always)]
    fn special(_: f64) -> bool {
        false
    }

    /// The function where `special` is true.
    fn slow(x: f64) -> f64 {
        x
    }

    /// The function of one operand by itself: the same bits, with branches where they shorten the chain.
    #[inline(always)]
    fn alone(x: f64) -> f64 {
        if Self::special(x) { Self::slow(x) } else { Self::fast(x) }
    }
}

/// A function of two operands; as [`Unary`].
pub(super) trait Binary {
    /// The function without branches, right wherever `special` is false.
    fn fast(a: f64, b: f64) -> f64;

    /// Whether `a`, `b` is for `slow`.
    #[inline(always)]
    fn special(_: f64, _: f64) -> bool {
        false
    }

    /// The function where `special` is true.
    fn slow(a: f64, _: f64) -> f64 {
        a
    }
}

/// An element type: computed with as `f64`, rounded once at the end.
pub(super) trait Element: Copy {
    /// Fills the lanes that a tile does not have; special to no function.
    const PADDING: Self;
    fn widen(self) -> f64;
    fn round(x: f64) -> Self;
}

impl Element for f64 {
    const PADDING: f64 = 1.0;
    #[inline(always)]
    fn widen(self) -> f64 {
        self
    }
    #[inline(always)]
    fn round(x: f64) -> f64 {
        x
    }
}

impl Element for f32 {
    const PADDING: f32 = 1.0;
    #[inline(always)]
    fn widen(self) -> f64 {
        f64::from(self)
    }
    #[inline(always)]
    fn round(x: f64) -> f32 {
        x as f32
    }
}

/// Lanes done at once: two vectors of 512 bits, so that a long chain of operations does not wait for itself.
const LANES: usize = 16;

#[inline(always)]
fn unary_lanes<F: Unary, T: Element>(x: [T; LANES]) -> [T; LANES] {
    let mut y = [T::PADDING; LANES];
    let mut any = false;
    for (y, x) in y.iter_mut().zip(&x) {
        let x = x.widen();
        any |= F::special(x);
        *y = T::round(F::fast(x));
    }
    if any { unary_again::<F, T>(x, y) } else { y }
}

/// Does the special lanes again. Arrays by value: behind references they could not be in registers before.
#[cold]
#[inline(never)]
fn unary_again<F: Unary, T: Element>(x: [T; LANES], mut y: [T; LANES]) -> [T; LANES] {
    for (y, x) in y.iter_mut().zip(x) {
        if F::special(x.widen()) {
            *y = T::round(F::slow(x.widen()));
        }
    }
    y
}

#[inline(always)]
fn binary_lanes<F: Binary, T: Element>(a: [T; LANES], b: [T; LANES]) -> [T; LANES] {
    let mut y = [T::PADDING; LANES];
    let mut any = false;
    for ((y, a), b) in y.iter_mut().zip(&a).zip(&b) {
        let (a, b) = (a.widen(), b.widen());
        any |= F::special(a, b);
        *y = T::round(F::fast(a, b));
    }
    if any { binary_again::<F, T>(a, b, y) } else { y }
}

/// As [`unary_again`].
#[cold]
#[inline(never)]
fn binary_again<F: Binary, T: Element>(a: [T; LANES], b: [T; LANES], mut y: [T; LANES]) -> [T; LANES] {
    for ((y, a), b) in y.iter_mut().zip(a).zip(b) {
        let (a, b) = (a.widen(), b.widen());
        if F::special(a, b) {
            *y = T::round(F::slow(a, b));
        }
    }
    y
}

/// The first `n < LANES` elements from `src`, then padding.
///
/// # Safety
/// `n` elements can be read.
#[inline(always)]
unsafe fn partial<T: Element>(src: *const T, n: usize) -> [T; LANES] {
    let mut lanes = [T::PADDING; LANES];
    // SAFETY: the caller's promise; `lanes` has more than `n` elements and is new.
    unsafe { std::ptr::copy_nonoverlapping(src, lanes.as_mut_ptr(), n) };
    lanes
}

/// # Safety
/// `n` elements can be read from `src` and written to `dst`; the two are the same or do not overlap.
#[inline(always)]
unsafe fn unary_tile<F: Unary, T: Element>(dst: *mut T, src: *const T, n: usize) {
    let whole = n - n % LANES;
    let mut k = 0;
    while k < whole {
        // SAFETY: `k + LANES <= n`; the lanes are read before they are written, and later ones not touched.
        unsafe {
            let x = src.add(k).cast::<[T; LANES]>().read();
            dst.add(k).cast::<[T; LANES]>().write(unary_lanes::<F, T>(x));
        }
        k += LANES;
    }
    if k < n {
        // SAFETY: `n - k < LANES` elements are left at `k`.
        unsafe {
            let y = unary_lanes::<F, T>(partial(src.add(k), n - k));
            std::ptr::copy_nonoverlapping(y.as_ptr(), dst.add(k), n - k);
        }
    }
}

/// # Safety
/// As [`unary_tile`], for `a` and for `b`.
#[inline(always)]
unsafe fn binary_tile<F: Binary, T: Element>(dst: *mut T, a: *const T, b: *const T, n: usize) {
    let whole = n - n % LANES;
    let mut k = 0;
    while k < whole {
        // SAFETY: `k + LANES <= n`; the lanes are read before they are written, and later ones not touched.
        unsafe {
            let x = a.add(k).cast::<[T; LANES]>().read();
            let y = b.add(k).cast::<[T; LANES]>().read();
            dst.add(k).cast::<[T; LANES]>().write(binary_lanes::<F, T>(x, y));
        }
        k += LANES;
    }
    if k < n {
        // SAFETY: `n - k < LANES` elements are left at `k`.
        unsafe {
            let y = binary_lanes::<F, T>(partial(a.add(k), n - k), partial(b.add(k), n - k));
            std::ptr::copy_nonoverlapping(y.as_ptr(), dst.add(k), n - k);
        }
    }
}

/// # Safety
/// None is needed: it is `unsafe` like the other forms.
#[inline(always)]
unsafe fn unary_scalar<F: Unary, T: Element>(x: T) -> T {
    T::round(F::alone(x.widen()))
}

/// # Safety
/// As [`unary_scalar`].
#[inline(always)]
unsafe fn binary_scalar<F: Binary, T: Element>(a: T, b: T) -> T {
    let (a, b) = (a.widen(), b.widen());
    T::round(if F::special(a, b) { F::slow(a, b) } else { F::fast(a, b) })
}

/// The instruction sets that the library is compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// What the target has without asking.
    Baseline,
    /// 256-bit vectors with fused multiply-add.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 512-bit vectors.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Level {
    /// Those that this CPU has, the best one last.
    pub(super) fn available() -> &'static [Level] {
        #[cfg(target_arch = "x86_64")]
        {
            const ALL: [Level; 3] = [Level::Baseline, Level::Avx2, Level::Avx512];
            let avx2 = is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("fma")
                && is_x86_feature_detected!("bmi2");
            let avx512 = avx2
                && is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512bw");
            &ALL[..1 + usize::from(avx2) + usize::from(avx512)]
        }
        #[cfg(not(target_arch = "x86_64"))]
        &[Level::Baseline]
    }

    /// The best one for tiles.
    pub(super) fn best() -> Level {
        Level::available()[Level::available().len() - 1]
    }

    /// The best one for scalars. Not AVX-512: its selects go through mask registers, which makes the chain of a
    /// single element longer (sin 7.1 ns instead of 4.9 ns).
    pub(super) fn best_for_scalars() -> Level {
        Level::available()[1.min(Level::available().len() - 1)]
    }
}

/// Defines `$name::<types>(level)`: a function of the given signature, compiled for each level.
macro_rules! compiled {
    (
        $(#[$meta:meta])*
        $visibility:vis $name:ident<$($type:ident: $bound:ident),*>
        ($($arg:ident: $ty:ty),*) $(-> $result:ty)? = $body:ident
    ) => {
        $(#[$meta])*
        $visibility fn $name<$($type: $bound),*>(
            level: super::Level,
        ) -> unsafe extern "C" fn($($ty),*) $(-> $result)? {
            unsafe extern "C" fn baseline<$($type: $bound),*>($($arg: $ty),*) $(-> $result)? {
                // SAFETY: the caller's promise.
                unsafe { $body::<$($type),*>($($arg),*) }
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,bmi2")]
            unsafe extern "C" fn avx2<$($type: $bound),*>($($arg: $ty),*) $(-> $result)? {
                // SAFETY: the caller's promise.
                unsafe { $body::<$($type),*>($($arg),*) }
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma,bmi2")]
            unsafe extern "C" fn avx512<$($type: $bound),*>($($arg: $ty),*) $(-> $result)? {
                // SAFETY: the caller's promise.
                unsafe { $body::<$($type),*>($($arg),*) }
            }
            match level {
                super::Level::Baseline => baseline::<$($type),*>,
                #[cfg(target_arch = "x86_64")]
                super::Level::Avx2 => avx2::<$($type),*>,
                #[cfg(target_arch = "x86_64")]
                super::Level::Avx512 => avx512::<$($type),*>,
            }
        }
    };
}
pub(super) use compiled;

compiled! {
    /// The function on tiles. To call it, the CPU must have that level.
    pub(super) unary<F: Unary, T: Element>(dst: *mut T, src: *const T, n: usize) = unary_tile
}
compiled! {
    /// The function on tiles. To call it, the CPU must have that level.
    pub(super) binary<F: Binary, T: Element>(dst: *mut T, a: *const T, b: *const T, n: usize) = binary_tile
}
compiled! {
    /// The function on one element. To call it, the CPU must have that level.
    pub(super) scalar_unary<F: Unary, T: Element>(x: T) -> T = unary_scalar
}
compiled! {
    /// The function on one element. To call it, the CPU must have that level.
    pub(super) scalar_binary<F: Binary, T: Element>(a: T, b: T) -> T = binary_scalar
}
