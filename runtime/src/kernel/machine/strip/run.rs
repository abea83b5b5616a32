//! Running strips: one tight loop per instruction, over slices.
//!
//! # Safety argument
//!
//! A plan was validated (see [`StripPlan::validate`]), so registers, slots, vectors and accesses exist. The
//! elements that a lane touches are those that its iteration of the loop touches, which the lowering proved
//! to lie inside their arrays (or a check step before them did, for all lanes). A result is never in the
//! same vector as an operand, an array that is an operand in memory is not written by the loop, and arrays
//! do not overlap; so the slices made here are distinct where one of them is mutable.

use super::lanes::{checked, compute, fold_lanes};
use super::{Fold, LANES, Lanes, Place, Step, StripPlan, WORTH};
use crate::kernel::inst::Inst;
use crate::kernel::ir::Call;
use crate::kernel::ranges::Form;

/// Runs whole strips of a loop from the current index on. `true` when that finished the loop; otherwise
/// the interpreter goes on from the index where this stopped.
///
/// # Safety
///
/// `plan` was validated for these registers and buffers; see the module and [`super::super::run`].
pub(in crate::kernel) unsafe fn run(
    plan: &StripPlan,
    calls: &[Call],
    regs: *mut u64,
    bufs: *const *mut u8,
    lanes: &mut Lanes,
) -> bool {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
        // SAFETY: the features are there; the rest is the caller's promise.
        return unsafe { run_avx2(plan, calls, regs, bufs, lanes) };
    }
    // SAFETY: the caller's promise.
    unsafe { run_here(plan, calls, regs, bufs, lanes) }
}

/// The same code, compiled for wider vectors. Fused multiply-add is only used where the graph says so.
///
/// # Safety
///
/// As [`run`], on a machine with these features.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn run_avx2(
    plan: &StripPlan,
    calls: &[Call],
    regs: *mut u64,
    bufs: *const *mut u8,
    lanes: &mut Lanes,
) -> bool {
    // SAFETY: the caller's promise.
    unsafe { run_here(plan, calls, regs, bufs, lanes) }
}

/// # Safety
///
/// As [`run`].
#[inline(always)]
unsafe fn run_here(
    plan: &StripPlan,
    calls: &[Call],
    regs: *mut u64,
    bufs: *const *mut u8,
    lanes: &mut Lanes,
) -> bool {
    // SAFETY: registers were validated.
    let reg = |r: super::Reg| unsafe { *regs.add(r.index()) };
    let distance = reg(plan.end).wrapping_sub(reg(plan.iv)) as i64;
    let mut left = (distance / plan.stride) as u64;
    if left < WORTH {
        return false;
    }
    lanes.addresses.resize(plan.accesses.len().max(lanes.addresses.len()), std::ptr::null_mut());
    let mut strip = Strip {
        plan,
        calls,
        regs,
        bufs,
        vectors: lanes.vectors.as_mut_ptr(),
        addresses: lanes.addresses.as_mut_ptr(),
        n: left.min(LANES as u64) as usize,
    };
    for step in &plan.prologue {
        // SAFETY: the caller's promise.
        unsafe { strip.step(step) };
    }
    while left > 0 {
        strip.n = left.min(LANES as u64) as usize;
        // SAFETY: the caller's promise; there are at least `n` iterations left.
        unsafe {
            strip.locate();
            for step in &plan.steps {
                if !strip.step(step) {
                    return false;
                }
            }
            let iv = &mut *regs.add(plan.iv.index());
            *iv = iv.wrapping_add((plan.stride as u64).wrapping_mul(strip.n as u64));
        }
        left -= strip.n as u64;
    }
    true
}

struct Strip<'p> {
    plan: &'p StripPlan,
    calls: &'p [Call],
    regs: *mut u64,
    bufs: *const *mut u8,
    vectors: *mut u64,
    /// Where lane 0 of each access is.
    addresses: *mut *mut u8,
    /// Lanes of this strip.
    n: usize,
}

impl Strip<'_> {
    /// # Safety
    ///
    /// The register exists.
    #[inline(always)]
    unsafe fn reg(&self, r: super::Reg) -> u64 {
        // SAFETY: the caller's promise.
        unsafe { *self.regs.add(r.index()) }
    }

    /// A form in lane 0, modulo 2^64.
    ///
    /// # Safety
    ///
    /// Its registers exist.
    #[inline(always)]
    unsafe fn first(&self, form: &Form) -> u64 {
        let mut sum = form.constant as u64;
        for &(r, c) in &form.terms {
            // SAFETY: the caller's promise.
            sum = sum.wrapping_add(unsafe { self.reg(r) }.wrapping_mul(c as u64));
        }
        sum
    }

    /// How much a form grows from lane to lane.
    #[inline(always)]
    fn growth(&self, form: &Form) -> i64 {
        let slope = form.terms.iter().find(|t| t.0 == self.plan.iv).map_or(0, |t| t.1);
        slope.wrapping_mul(self.plan.stride)
    }

    /// Works out where this strip's accesses are.
    ///
    /// # Safety
    ///
    /// As [`run`].
    #[inline(always)]
    unsafe fn locate(&mut self) {
        for (k, access) in self.plan.accesses.iter().enumerate() {
            // SAFETY: registers and slots were validated, and there is an entry per access.
            unsafe {
                let at = self.first(&access.address);
                let start = *self.bufs.add(access.buf.index());
                *self.addresses.add(k) = start.wrapping_add((at as usize).wrapping_mul(access.size));
            }
        }
    }

    /// # Safety
    ///
    /// The place was validated, and lanes of this strip are within its array.
    #[inline(always)]
    unsafe fn pointer(&self, place: Place) -> *mut u64 {
        match place {
            // SAFETY: the vector exists.
            Place::Vector(v) => unsafe { self.vectors.add(usize::from(v) * LANES) },
            // SAFETY: the access exists.
            Place::Memory(m) => unsafe { (*self.addresses.add(usize::from(m))).cast() },
            Place::None => self.vectors,
        }
    }

    /// # Safety
    ///
    /// As [`pointer`](Self::pointer); nothing writes there while the slice is used.
    #[inline(always)]
    unsafe fn read<'a>(&self, place: Place) -> &'a [u64] {
        if place == Place::None {
            return &[];
        }
        // SAFETY: the caller's promise.
        unsafe { std::slice::from_raw_parts(self.pointer(place), self.n) }
    }

    /// # Safety
    ///
    /// As [`pointer`](Self::pointer); nothing else uses that place while the slice is used.
    #[inline(always)]
    unsafe fn write<'a>(&mut self, place: Place) -> &'a mut [u64] {
        // SAFETY: the caller's promise.
        unsafe { std::slice::from_raw_parts_mut(self.pointer(place), self.n) }
    }

    /// Does one step for all lanes; `false` when a test fails.
    ///
    /// # Safety
    ///
    /// As [`run`].
    #[inline(always)]
    unsafe fn step(&mut self, step: &Step) -> bool {
        // SAFETY: for the whole body: the plan was validated, and results are apart from operands; see the
        // module.
        unsafe {
            match step {
                Step::Compute { inst, dst, a, b, c } => {
                    let (a, b, c) = (self.read(*a), self.read(*b), self.read(*c));
                    compute(*inst, self.calls, self.write(*dst), a, b, c);
                }
                Step::Splat { dst, reg } => {
                    let x = self.reg(*reg);
                    self.write(*dst).fill(x);
                }
                Step::Affine { dst, form } => {
                    let (first, growth) = (self.first(form), self.growth(form) as u64);
                    for (k, d) in self.write(*dst).iter_mut().enumerate() {
                        *d = first.wrapping_add(growth.wrapping_mul(k as u64));
                    }
                }
                Step::Load { inst, dst, access } => {
                    let stride = self.plan.accesses[usize::from(*access)].stride;
                    let from = *self.addresses.add(usize::from(*access));
                    let dst = self.write(*dst);
                    match inst {
                        Inst::Load8 { .. } if stride == 1 => {
                            dst.copy_from_slice(std::slice::from_raw_parts(from.cast(), dst.len()));
                        }
                        Inst::Load8 { .. } => strided(dst, from.cast::<u64>(), stride, |x| x),
                        Inst::Load4 { .. } => strided(dst, from.cast::<u32>(), stride, u64::from),
                        Inst::Load4S { .. } => {
                            strided(dst, from.cast::<i32>(), stride, |x| i64::from(x) as u64);
                        }
                        _ => strided(dst, from.cast::<u8>(), stride, u64::from),
                    }
                }
                Step::Gather { inst, dst, buf, base, idx, off } => {
                    let from = *self.bufs.add(buf.index());
                    let (base, idx) = (self.read(*base), self.read(*idx));
                    let at = base
                        .iter()
                        .zip(idx)
                        .map(|(&b, &i)| (b as isize).wrapping_add(i as isize).wrapping_add(*off as isize));
                    let dst = self.write(*dst).iter_mut();
                    match inst {
                        Inst::Load8 { .. } => {
                            dst.zip(at).for_each(|(d, at)| *d = *from.cast::<u64>().offset(at));
                        }
                        Inst::Load4 { .. } => {
                            dst.zip(at).for_each(|(d, at)| *d = u64::from(*from.cast::<u32>().offset(at)));
                        }
                        Inst::Load4S { .. } => {
                            dst.zip(at)
                                .for_each(|(d, at)| *d = i64::from(*from.cast::<i32>().offset(at)) as u64);
                        }
                        _ => dst.zip(at).for_each(|(d, at)| *d = u64::from(*from.offset(at))),
                    }
                }
                Step::Store { inst, val, access } => {
                    let stride = self.plan.accesses[usize::from(*access)].stride as isize;
                    let to = *self.addresses.add(usize::from(*access));
                    let val = self.read(*val);
                    match inst {
                        Inst::Store8 { .. } if stride == 1 => {
                            std::slice::from_raw_parts_mut(to.cast(), val.len()).copy_from_slice(val);
                        }
                        Inst::Store8 { .. } => {
                            for (k, &x) in val.iter().enumerate() {
                                *to.cast::<u64>().offset(stride * k as isize) = x;
                            }
                        }
                        Inst::Store4 { .. } => {
                            for (k, &x) in val.iter().enumerate() {
                                *to.cast::<u32>().offset(stride * k as isize) = x as u32;
                            }
                        }
                        _ => {
                            for (k, &x) in val.iter().enumerate() {
                                *to.offset(stride * k as isize) = x as u8;
                            }
                        }
                    }
                }
                Step::CheckLanes { idx, len } => {
                    let len = self.reg(*len);
                    return !self.read(*idx).iter().fold(false, |bad, &i| bad | (i >= len));
                }
                Step::CheckEnds { form, len } => {
                    let (first, growth) = (self.first(form), self.growth(form));
                    let len = self.reg(*len);
                    let last = i128::from(first) + i128::from(growth) * (self.n as i128 - 1);
                    return first < len && (0..i128::from(len)).contains(&last);
                }
                Step::CheckArithmetic { inst, a, b } => {
                    let ends = |form: &Form| {
                        let first = self.first(form);
                        let growth = (self.growth(form) as u64).wrapping_mul(self.n as u64 - 1);
                        [first, first.wrapping_add(growth)]
                    };
                    let (a, b) = (ends(a), ends(b));
                    return checked(*inst, a[0], b[0]).is_some() && checked(*inst, a[1], b[1]).is_some();
                }
                Step::Checked { inst, dst, a, b } => {
                    let (a, b, dst) = (self.read(*a), self.read(*b), self.write(*dst));
                    for ((d, &a), &b) in dst.iter_mut().zip(a).zip(b) {
                        match checked(*inst, a, b) {
                            Some(x) => *d = x,
                            None => return false,
                        }
                    }
                }
                Step::Fold(fold) => self.fold(*fold),
            }
        }
        true
    }

    /// # Safety
    ///
    /// As [`run`].
    #[inline(always)]
    unsafe fn fold(&mut self, fold: Fold) {
        // SAFETY: the caller's promise.
        unsafe {
            let value = self.read(fold.value);
            let mask = self.read(fold.mask);
            let carry = self.regs.add(fold.carry.index());
            *carry = fold_lanes(fold, *carry, value, mask);
        }
    }
}

/// # Safety
///
/// `from + k * stride` is an element for every lane `k`.
#[inline(always)]
unsafe fn strided<T: Copy>(d: &mut [u64], from: *const T, stride: i64, widen: impl Fn(T) -> u64) {
    for (k, d) in d.iter_mut().enumerate() {
        // SAFETY: the caller's promise.
        *d = widen(unsafe { *from.offset(stride as isize * k as isize) });
    }
}
