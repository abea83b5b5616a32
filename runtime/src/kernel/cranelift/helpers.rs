//! Functions in Rust that compiled code calls, beside those of the library.

use super::super::ir::Call;
use super::super::library::encode;
use crate::dtype::{DType, Literal};
use crate::op::{UnaryOp, index};

/// Every value of a loop index is one of its dtype.
pub(super) extern "C" fn loop_fits(dtype: u64, start: u64, count: u64, step: u64) -> u64 {
    let literal = |bits| Literal::from_bits(dtype_of(dtype), bits);
    index::loop_overflow(literal(start), literal(count), step as i64).is_none().into()
}

/// A dtype as a number, for [`loop_fits`].
pub(super) fn dtype_code(dtype: DType) -> i64 {
    DType::ALL.iter().position(|&d| d == dtype).unwrap_or(0) as i64
}

fn dtype_of(code: u64) -> DType {
    DType::ALL.get(code as usize).copied().unwrap_or(DType::I64)
}

/// A call as a number, for the context's generic function.
pub(super) fn call_code(call: Call) -> i64 {
    encode(call) as i64
}

/// Copies the elements of one slot to another, which may be the same one.
///
/// # Safety
/// Both have room for that many bytes.
pub(super) unsafe extern "C" fn copy(dst: *mut u8, src: *const u8, bytes: usize) {
    // SAFETY: promised.
    unsafe { std::ptr::copy(src, dst, bytes) }
}

pub(super) extern "C" fn powi64(x: f64, n: u64) -> f64 {
    x.powi(n as i32)
}

pub(super) extern "C" fn powi32(x: f32, n: u64) -> f32 {
    x.powi(n as i32)
}

pub(super) extern "C" fn fma64(a: f64, b: f64, c: f64) -> f64 {
    a.mul_add(b, c)
}

pub(super) extern "C" fn fma32(a: f32, b: f32, c: f32) -> f32 {
    a.mul_add(b, c)
}

/// Rounding, for processors that have no instruction for it.
pub(super) fn rounding64(op: UnaryOp) -> extern "C" fn(f64) -> f64 {
    extern "C" fn floor(x: f64) -> f64 {
        x.floor()
    }
    extern "C" fn ceil(x: f64) -> f64 {
        x.ceil()
    }
    extern "C" fn trunc(x: f64) -> f64 {
        x.trunc()
    }
    extern "C" fn even(x: f64) -> f64 {
        x.round_ties_even()
    }
    match op {
        UnaryOp::Floor => floor,
        UnaryOp::Ceil => ceil,
        UnaryOp::Trunc => trunc,
        _ => even,
    }
}

/// As [`rounding64`].
pub(super) fn rounding32(op: UnaryOp) -> extern "C" fn(f32) -> f32 {
    extern "C" fn floor(x: f32) -> f32 {
        x.floor()
    }
    extern "C" fn ceil(x: f32) -> f32 {
        x.ceil()
    }
    extern "C" fn trunc(x: f32) -> f32 {
        x.trunc()
    }
    extern "C" fn even(x: f32) -> f32 {
        x.round_ties_even()
    }
    match op {
        UnaryOp::Floor => floor,
        UnaryOp::Ceil => ceil,
        UnaryOp::Trunc => trunc,
        _ => even,
    }
}
