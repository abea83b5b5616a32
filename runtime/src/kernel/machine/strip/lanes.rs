//! One instruction over many lanes: tight loops over slices, which the compiler vectorises.

use super::super::run::{call, math, math2};
use super::Fold;
use crate::kernel::inst::Inst;
use crate::kernel::ir::Call;

fn f(x: u64) -> f64 {
    f64::from_bits(x)
}

fn g(x: u64) -> f32 {
    f32::from_bits(x as u32)
}

fn w(x: f32) -> u64 {
    u64::from(x.to_bits())
}

/// Does an instruction for all lanes.
#[inline(always)]
pub(super) fn compute(inst: Inst, calls: &[Call], d: &mut [u64], a: &[u64], b: &[u64], c: &[u64]) {
    let bit = u64::from;
    match inst {
        Inst::AddF64 { .. } => two(d, a, b, |a, b| (f(a) + f(b)).to_bits()),
        Inst::SubF64 { .. } => two(d, a, b, |a, b| (f(a) - f(b)).to_bits()),
        Inst::MulF64 { .. } => two(d, a, b, |a, b| (f(a) * f(b)).to_bits()),
        Inst::DivF64 { .. } => two(d, a, b, |a, b| (f(a) / f(b)).to_bits()),
        Inst::MinF64 { .. } => two(d, a, b, |a, b| f(a).min(f(b)).to_bits()),
        Inst::MaxF64 { .. } => two(d, a, b, |a, b| f(a).max(f(b)).to_bits()),
        Inst::AddF32 { .. } => two(d, a, b, |a, b| w(g(a) + g(b))),
        Inst::SubF32 { .. } => two(d, a, b, |a, b| w(g(a) - g(b))),
        Inst::MulF32 { .. } => two(d, a, b, |a, b| w(g(a) * g(b))),
        Inst::DivF32 { .. } => two(d, a, b, |a, b| w(g(a) / g(b))),
        Inst::MinF32 { .. } => two(d, a, b, |a, b| w(g(a).min(g(b)))),
        Inst::MaxF32 { .. } => two(d, a, b, |a, b| w(g(a).max(g(b)))),
        Inst::AddI { .. } => two(d, a, b, u64::wrapping_add),
        Inst::SubI { .. } => two(d, a, b, u64::wrapping_sub),
        Inst::MulI { .. } => two(d, a, b, u64::wrapping_mul),
        Inst::AddW { .. } => two(d, a, b, u64::wrapping_add),
        Inst::SubW { .. } => two(d, a, b, u64::wrapping_sub),
        Inst::MulW { .. } => two(d, a, b, u64::wrapping_mul),
        Inst::ShlI { .. } => two(d, a, b, |a, b| a.wrapping_shl(b as u32)),
        Inst::ShrS { .. } => two(d, a, b, |a, b| (a as i64).wrapping_shr(b as u32) as u64),
        Inst::ShrU { .. } => two(d, a, b, |a, b| a.wrapping_shr(b as u32)),
        Inst::Rotl32 { .. } => two(d, a, b, |a, b| u64::from((a as u32).rotate_left(b as u32))),
        Inst::Rotl64 { .. } => two(d, a, b, |a, b| a.rotate_left(b as u32)),
        Inst::AndI { .. } => two(d, a, b, |a, b| a & b),
        Inst::OrI { .. } => two(d, a, b, |a, b| a | b),
        Inst::XorI { .. } => two(d, a, b, |a, b| a ^ b),
        Inst::MinS { .. } => two(d, a, b, |a, b| (a as i64).min(b as i64) as u64),
        Inst::MaxS { .. } => two(d, a, b, |a, b| (a as i64).max(b as i64) as u64),
        Inst::MinU { .. } => two(d, a, b, u64::min),
        Inst::MaxU { .. } => two(d, a, b, u64::max),
        Inst::EqI { .. } => two(d, a, b, |a, b| bit(a == b)),
        Inst::NeI { .. } => two(d, a, b, |a, b| bit(a != b)),
        Inst::LtS { .. } => two(d, a, b, |a, b| bit((a as i64) < b as i64)),
        Inst::LeS { .. } => two(d, a, b, |a, b| bit(a as i64 <= b as i64)),
        Inst::LtU { .. } => two(d, a, b, |a, b| bit(a < b)),
        Inst::LeU { .. } => two(d, a, b, |a, b| bit(a <= b)),
        Inst::EqF64 { .. } => two(d, a, b, |a, b| bit(f(a) == f(b))),
        Inst::NeF64 { .. } => two(d, a, b, |a, b| bit(f(a) != f(b))),
        Inst::LtF64 { .. } => two(d, a, b, |a, b| bit(f(a) < f(b))),
        Inst::LeF64 { .. } => two(d, a, b, |a, b| bit(f(a) <= f(b))),
        Inst::EqF32 { .. } => two(d, a, b, |a, b| bit(g(a) == g(b))),
        Inst::NeF32 { .. } => two(d, a, b, |a, b| bit(g(a) != g(b))),
        Inst::LtF32 { .. } => two(d, a, b, |a, b| bit(g(a) < g(b))),
        Inst::LeF32 { .. } => two(d, a, b, |a, b| bit(g(a) <= g(b))),
        Inst::PopI { .. } => one(d, a, |a| a.count_ones().into()),
        Inst::ClzI { .. } => one(d, a, |a| a.leading_zeros().into()),
        Inst::CtzI { .. } => one(d, a, |a| a.trailing_zeros().into()),
        Inst::Mov { .. } => d.copy_from_slice(a),
        Inst::NegF64 { .. } => one(d, a, |a| (-f(a)).to_bits()),
        Inst::AbsF64 { .. } => one(d, a, |a| f(a).abs().to_bits()),
        Inst::SqrtF64 { .. } => one(d, a, |a| f(a).sqrt().to_bits()),
        Inst::NegF32 { .. } => one(d, a, |a| w(-g(a))),
        Inst::AbsF32 { .. } => one(d, a, |a| w(g(a).abs())),
        Inst::SqrtF32 { .. } => one(d, a, |a| w(g(a).sqrt())),
        Inst::S64ToF64 { .. } => one(d, a, |a| (a as i64 as f64).to_bits()),
        Inst::U64ToF64 { .. } => one(d, a, |a| (a as f64).to_bits()),
        Inst::S64ToF32 { .. } => one(d, a, |a| w(a as i64 as f32)),
        Inst::U64ToF32 { .. } => one(d, a, |a| w(a as f32)),
        Inst::F64ToF32 { .. } => one(d, a, |a| w(f(a) as f32)),
        Inst::F32ToF64 { .. } => one(d, a, |a| f64::from(g(a)).to_bits()),
        Inst::F64ToI32 { .. } => one(d, a, |a| f(a) as i32 as i64 as u64),
        Inst::F64ToU32 { .. } => one(d, a, |a| u64::from(f(a) as u32)),
        Inst::F64ToI64 { .. } => one(d, a, |a| f(a) as i64 as u64),
        Inst::F64ToUsize { .. } => one(d, a, |a| f(a) as u64),
        Inst::Sext32 { .. } => one(d, a, |a| a as i32 as i64 as u64),
        Inst::Zext32 { .. } => one(d, a, |a| u64::from(a as u32)),
        Inst::Select { .. } => three(d, a, b, c, |a, b, c| if a != 0 { b } else { c }),
        Inst::FmaF64 { .. } => three(d, a, b, c, |a, b, c| f(a).mul_add(f(b), f(c)).to_bits()),
        Inst::FmaF32 { .. } => three(d, a, b, c, |a, b, c| w(g(a).mul_add(g(b), g(c)))),
        Inst::MulAddF64 { .. } => three(d, a, b, c, |a, b, c| (f(a) * f(b) + f(c)).to_bits()),
        Inst::MulSubF64 { .. } => three(d, a, b, c, |a, b, c| (f(a) * f(b) - f(c)).to_bits()),
        Inst::RsubMulF64 { .. } => three(d, a, b, c, |a, b, c| (f(c) - f(a) * f(b)).to_bits()),
        Inst::Math { op, .. } => one(d, a, |a| math(op, f(a)).to_bits()),
        Inst::Math2 { op, .. } => two(d, a, b, |a, b| math2(op, f(a), b).to_bits()),
        Inst::CallPure { id, .. } => {
            let op = calls[id as usize];
            two(d, a, b, |a, b| call(op, a, b).unwrap_or_default());
        }
        // The planner takes no others.
        _ => {}
    }
}

#[inline(always)]
fn one(d: &mut [u64], a: &[u64], op: impl Fn(u64) -> u64) {
    for (d, &a) in d.iter_mut().zip(a) {
        *d = op(a);
    }
}

#[inline(always)]
fn two(d: &mut [u64], a: &[u64], b: &[u64], op: impl Fn(u64, u64) -> u64) {
    for ((d, &a), &b) in d.iter_mut().zip(a).zip(b) {
        *d = op(a, b);
    }
}

#[inline(always)]
fn three(d: &mut [u64], a: &[u64], b: &[u64], c: &[u64], op: impl Fn(u64, u64, u64) -> u64) {
    for (((d, &a), &b), &c) in d.iter_mut().zip(a).zip(b).zip(c) {
        *d = op(a, b, c);
    }
}

/// The value of a checked operation, `None` where it fails.
#[inline(always)]
pub(super) fn checked(inst: Inst, a: u64, b: u64) -> Option<u64> {
    let signed = |x: Option<i64>| x.map(|x| x as u64);
    let narrow = |x: Option<i32>| x.map(|x| i64::from(x) as u64);
    let (p, q, i, j) = (a as i64, b as i64, a as i32, b as i32);
    match inst {
        Inst::AddI32 { .. } => narrow(i.checked_add(j)),
        Inst::SubI32 { .. } => narrow(i.checked_sub(j)),
        Inst::MulI32 { .. } => narrow(i.checked_mul(j)),
        Inst::DivI32 { .. } => narrow(i.checked_div(j)),
        Inst::RemI32 { .. } => narrow(i.checked_rem(j)),
        Inst::AddU32 { .. } => (a as u32).checked_add(b as u32).map(u64::from),
        Inst::SubU32 { .. } => (a as u32).checked_sub(b as u32).map(u64::from),
        Inst::MulU32 { .. } => (a as u32).checked_mul(b as u32).map(u64::from),
        Inst::AddI64 { .. } => signed(p.checked_add(q)),
        Inst::SubI64 { .. } => signed(p.checked_sub(q)),
        Inst::MulI64 { .. } => signed(p.checked_mul(q)),
        Inst::DivI64 { .. } => signed(p.checked_div(q)),
        Inst::RemI64 { .. } => signed(p.checked_rem(q)),
        Inst::AddUsize { .. } => a.checked_add(b),
        Inst::SubUsize { .. } => a.checked_sub(b),
        Inst::MulUsize { .. } => a.checked_mul(b),
        Inst::DivU { .. } => a.checked_div(b),
        Inst::RemU { .. } => a.checked_rem(b),
        _ => None,
    }
}

/// The carry after all lanes, in order; of an empty mask, every lane takes part.
#[inline(always)]
pub(super) fn fold_lanes(fold: Fold, carry: u64, value: &[u64], mask: &[u64]) -> u64 {
    let Fold { inst, swapped, inverted, .. } = fold;
    // The common ones get a loop of their own, with the carry in a machine register.
    macro_rules! with {
        ($op:expr) => {{
            let op = $op;
            match (mask.is_empty(), swapped) {
                (true, false) => value.iter().fold(carry, |c, &x| op(c, x)),
                (true, true) => value.iter().fold(carry, |c, &x| op(x, c)),
                (false, false) => {
                    let lanes = value.iter().zip(mask);
                    lanes.fold(carry, |c, (&x, &m)| if (m != 0) == inverted { c } else { op(c, x) })
                }
                (false, true) => {
                    let lanes = value.iter().zip(mask);
                    lanes.fold(carry, |c, (&x, &m)| if (m != 0) == inverted { c } else { op(x, c) })
                }
            }
        }};
    }
    // A lane that takes no part contributes what changes nothing, bit for bit: cheaper than a jump. (A NaN
    // changes no minimum; a NaN carry stays one.)
    macro_rules! neutral {
        ($neutral:expr, $op:expr) => {{
            if mask.is_empty() || swapped {
                return with!($op);
            }
            let (op, neutral) = ($op, f64::to_bits($neutral));
            let lanes = value.iter().zip(mask);
            lanes.fold(carry, |c, (&x, &m)| op(c, if (m != 0) == inverted { neutral } else { x }))
        }};
    }
    match inst {
        Inst::AddF64 { .. } => neutral!(-0.0, |a, b| (f(a) + f(b)).to_bits()),
        Inst::SubF64 { .. } => neutral!(0.0, |a, b| (f(a) - f(b)).to_bits()),
        Inst::MulF64 { .. } => neutral!(1.0, |a, b| (f(a) * f(b)).to_bits()),
        Inst::MinF64 { .. } => neutral!(f64::NAN, |a, b| f(a).min(f(b)).to_bits()),
        Inst::MaxF64 { .. } => neutral!(f64::NAN, |a, b| f(a).max(f(b)).to_bits()),
        _ => with!(|a, b| combine(inst, a, b)),
    }
}

/// One step of a fold.
#[inline(always)]
fn combine(inst: Inst, a: u64, b: u64) -> u64 {
    match inst {
        Inst::AddF32 { .. } => w(g(a) + g(b)),
        Inst::MulF32 { .. } => w(g(a) * g(b)),
        Inst::MinF32 { .. } => w(g(a).min(g(b))),
        Inst::MaxF32 { .. } => w(g(a).max(g(b))),
        Inst::MinS { .. } => (a as i64).min(b as i64) as u64,
        Inst::MaxS { .. } => (a as i64).max(b as i64) as u64,
        Inst::MinU { .. } => a.min(b),
        Inst::MaxU { .. } => a.max(b),
        Inst::AndI { .. } => a & b,
        Inst::OrI { .. } => a | b,
        // The planner folds no others.
        _ => a ^ b,
    }
}
