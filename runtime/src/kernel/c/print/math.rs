//! Scalar ops that are not instructions: written out where they are exact and cheap, else called.

use super::expr::{Exprs, constant};
use crate::dtype::{DType, Literal};
use crate::kernel::inst::{Inst, Reg};
use crate::kernel::ir::Call;
use crate::kernel::library::{Function, encode};
use crate::op::{BinaryOp, UnaryOp};

/// The op of a call instruction, with its operands.
pub(in crate::kernel) fn call_of(e: &Exprs<'_>, inst: &Inst) -> Option<(Call, Reg, Reg)> {
    Some(match *inst {
        Inst::Math { a, op, .. } => (Call::Unary(op, DType::F64), a, a),
        // An exponent may come from a register of another integer, with the same bits as far as an i32 has them.
        Inst::Math2 { a, b, op: op @ BinaryOp::Powi, .. } => (Call::Binary(op, DType::F64, DType::I32), a, b),
        Inst::Math2 { a, b, op, .. } => (Call::Binary(op, DType::F64, e.dtype(b)), a, b),
        Inst::CallPure { a, b, id, .. } | Inst::Call { a, b, id, .. } => (e.kernel.calls[id as usize], a, b),
        _ => return None,
    })
}

/// The value of a call that never fails.
pub(super) fn value(
    e: &Exprs<'_>,
    inst: &Inst,
    function: &mut dyn FnMut(Function) -> String,
) -> Option<String> {
    let (call, a, b) = call_of(e, inst)?;
    if let Some(text) = written_out(e, call, a, b) {
        return Some(text);
    }
    if let Some(known) = Function::scalar_of(call) {
        let name = function(known);
        return Some(match call {
            Call::Unary(..) => format!("{name}({})", e.var(a)),
            Call::Binary(..) => format!("{name}({}, {})", e.var(a), e.var(b)),
        });
    }
    let bits = format!(
        "context->call({}, {}, {}, &(uint64_t){{0}})",
        code(call),
        e.bits(a),
        match call {
            Call::Unary(..) => "0".into(),
            Call::Binary(..) => e.bits(b),
        }
    );
    let dtype = inst.dst().map(|dst| e.dtype(dst))?;
    Some(Exprs::from_bits(dtype, &bits))
}

/// The number of a call, for `context->call`.
pub(super) fn code(call: Call) -> String {
    format!("{:#x}", encode(call))
}

/// Ops of floats that are exact, with Rust's meaning, and of integers that never fail.
fn written_out(e: &Exprs<'_>, call: Call, a: Reg, b: Reg) -> Option<String> {
    let x = e.var(a);
    match call {
        Call::Unary(op, dtype @ (DType::F64 | DType::F32)) => {
            let builtin = |name: &str| match dtype {
                DType::F64 => format!("__builtin_{name}({x})"),
                _ => format!("__builtin_{name}f({x})"),
            };
            // The factor that std multiplies with.
            let times = |wide: f64, narrow: f32| match dtype {
                DType::F64 => format!("{x} * {}", constant(Literal::F64(wide))),
                _ => format!("{x} * {}", constant(Literal::F32(narrow))),
            };
            let one = constant(Literal::one(dtype));
            Some(match op {
                UnaryOp::Neg => format!("-{x}"),
                UnaryOp::Abs => builtin("fabs"),
                UnaryOp::Sqrt => builtin("sqrt"),
                UnaryOp::Floor => builtin("floor"),
                UnaryOp::Ceil => builtin("ceil"),
                UnaryOp::Trunc => builtin("trunc"),
                UnaryOp::Round => builtin("round"),
                // In the rounding mode of Rust, which is never changed.
                UnaryOp::RoundTiesEven => builtin("rint"),
                UnaryOp::Fract => format!("{x} - {}", builtin("trunc")),
                UnaryOp::Signum => {
                    let suffix = if dtype == DType::F64 { "" } else { "f" };
                    format!("{x} != {x} ? {x} : __builtin_copysign{suffix}({one}, {x})")
                }
                UnaryOp::Recip => format!("{one} / {x}"),
                UnaryOp::ToDegrees => times(1f64.to_degrees(), 1f32.to_degrees()),
                UnaryOp::ToRadians => times(1f64.to_radians(), 1f32.to_radians()),
                UnaryOp::IsNan => format!("{x} != {x}"),
                UnaryOp::IsInfinite => format!("{} == __builtin_inf()", builtin("fabs")),
                UnaryOp::IsFinite => format!("{} < __builtin_inf()", builtin("fabs")),
                UnaryOp::IsSignNegative => format!("__builtin_signbit({x}) != 0"),
                UnaryOp::IsSignPositive => format!("__builtin_signbit({x}) == 0"),
                _ => return None,
            })
        }
        Call::Unary(op, dtype) => {
            let i = e.int(a);
            match (op, dtype) {
                (UnaryOp::Not, DType::Bool) => Some(format!("!{x}")),
                (UnaryOp::Not, DType::U32) => Some(format!("{i} ^ 0xffffffffll")),
                (UnaryOp::Not, _) => Some(format!("~{i}")),
                (UnaryOp::SwapBytes, DType::I32) => {
                    Some(format!("(int32_t)__builtin_bswap32((uint32_t){i})"))
                }
                (UnaryOp::SwapBytes, DType::U32) => Some(format!("__builtin_bswap32((uint32_t){i})")),
                (UnaryOp::SwapBytes, _) => Some(format!("(int64_t)__builtin_bswap64({})", e.unsigned(a))),
                (UnaryOp::Signum, DType::I32 | DType::I64) => Some(format!("({i} > 0) - ({i} < 0)")),
                _ => None,
            }
        }
        Call::Binary(BinaryOp::Powi, dtype, _) => Some(power(&x, dtype, e.kernel.short_power(b)?)),
        Call::Binary(op, DType::F64, DType::F64) => match op {
            BinaryOp::Rem => Some(format!("__builtin_fmod({x}, {})", e.var(b))),
            BinaryOp::Copysign => Some(format!("__builtin_copysign({x}, {})", e.var(b))),
            _ => None,
        },
        Call::Binary(op, DType::F32, DType::F32) => match op {
            BinaryOp::Rem => Some(format!("__builtin_fmodf({x}, {})", e.var(b))),
            BinaryOp::Copysign => Some(format!("__builtin_copysignf({x}, {})", e.var(b))),
            _ => None,
        },
        Call::Binary(..) => None,
    }
}

/// The products that `powi` makes, in its order.
fn power(x: &str, dtype: DType, n: i64) -> String {
    let ty = if dtype == DType::F64 { "double" } else { "float" };
    let one = constant(Literal::one(dtype));
    let mut text = format!("({{ const {ty} s0 = {x}; ");
    let (mut rest, mut product) = (n.unsigned_abs(), String::new());
    for k in 0.. {
        if rest & 1 == 1 {
            product = if product.is_empty() { format!("s{k}") } else { format!("({product} * s{k})") };
        }
        rest >>= 1;
        if rest == 0 {
            break;
        }
        text += &format!("const {ty} s{} = s{k} * s{k}; ", k + 1);
    }
    let product = if product.is_empty() { one.clone() } else { product };
    match n < 0 {
        true => text + &format!("{one} / {product}; }})"),
        false => text + &format!("{product}; }})"),
    }
}
