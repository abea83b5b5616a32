//! Instructions that can fail.

use super::expr::Exprs;
use super::math;
use crate::dtype::DType;
use crate::kernel::inst::{Inst, Reg};
use crate::kernel::ir::Call;
use crate::kernel::ranges::Interval;
use crate::op::{BinaryOp, UnaryOp};

/// An instruction that can fail, written out.
pub(super) struct Checked {
    /// Declarations that come first.
    pub before: String,
    /// The condition of failing; `None` when that is known not to happen.
    pub fails: Option<String>,
    /// The value for the register that it sets, where it did not fail.
    pub value: Option<String>,
}

/// `n` makes names that no other instruction has.
pub(super) fn checked(e: &Exprs<'_>, inst: &Inst, n: usize) -> Option<Checked> {
    use Inst::*;
    let overflow = |op: &str, ty: &str, a: Reg, b: Reg| {
        let operand = |r: Reg| if ty == "uint64_t" { e.unsigned(r) } else { e.int(r) };
        Checked {
            before: format!("{ty} o{n};"),
            fails: Some(format!("__builtin_{op}_overflow({}, {}, &o{n})", operand(a), operand(b))),
            value: Some(format!("o{n}")),
        }
    };
    Some(match *inst {
        AddI32 { a, b, .. } => overflow("add", "int32_t", a, b),
        SubI32 { a, b, .. } => overflow("sub", "int32_t", a, b),
        MulI32 { a, b, .. } => overflow("mul", "int32_t", a, b),
        AddU32 { a, b, .. } => overflow("add", "uint32_t", a, b),
        SubU32 { a, b, .. } => overflow("sub", "uint32_t", a, b),
        MulU32 { a, b, .. } => overflow("mul", "uint32_t", a, b),
        AddI64 { a, b, .. } => overflow("add", "int64_t", a, b),
        SubI64 { a, b, .. } => overflow("sub", "int64_t", a, b),
        MulI64 { a, b, .. } => overflow("mul", "int64_t", a, b),
        AddUsize { a, b, .. } => overflow("add", "uint64_t", a, b),
        SubUsize { a, b, .. } => overflow("sub", "uint64_t", a, b),
        MulUsize { a, b, .. } => overflow("mul", "uint64_t", a, b),
        DivI32 { a, b, .. } => signed_division(e, DType::I32, a, b, '/'),
        RemI32 { a, b, .. } => signed_division(e, DType::I32, a, b, '%'),
        DivI64 { a, b, .. } => signed_division(e, DType::I64, a, b, '/'),
        RemI64 { a, b, .. } => signed_division(e, DType::I64, a, b, '%'),
        DivU { a, b, .. } => unsigned_division(e, a, b, '/'),
        RemU { a, b, .. } => unsigned_division(e, a, b, '%'),
        CheckIndex { idx, len } => test(format!("{} >= {}", e.unsigned(idx), e.unsigned(len))),
        Check { cond, .. } => test(format!("!{}", e.var(cond))),
        CheckLoop { dtype, start, count, step } => {
            let (whole, signed) = (Interval::of(dtype), matches!(dtype, DType::I32 | DType::I64));
            let operand = |r: Reg| if signed { e.int(r) } else { e.unsigned(r) };
            let bound = |x: i128| match u64::try_from(x) {
                Ok(x) => format!("{x}ull"),
                Err(_) => format!("(-(__int128){}ull)", x.unsigned_abs()),
            };
            test(format!(
                "loop_leaves({}, {}, {}, {}, {})",
                operand(start),
                operand(count),
                e.int(step),
                bound(whole.lo),
                bound(whole.hi)
            ))
        }
        Call { .. } => return call(e, inst, n),
        _ => return None,
    })
}

fn test(fails: String) -> Checked {
    Checked { before: String::new(), fails: Some(fails), value: None }
}

fn quotient(fails: Vec<String>, value: String) -> Checked {
    let fails = (!fails.is_empty()).then(|| fails.join(" || "));
    Checked { before: String::new(), fails, value: Some(value) }
}

/// When a division of signed integers fails.
fn signed_failures(e: &Exprs<'_>, dtype: DType, a: Reg, b: Reg) -> Vec<String> {
    let mut fails = Vec::new();
    let never = |r: Reg, x: i128| {
        let whole = Interval::of(dtype);
        e.within(r, Interval::new(x + 1, whole.hi)) || e.within(r, Interval::new(whole.lo, x - 1))
    };
    if !never(b, 0) {
        fails.push(format!("{} == 0", e.int(b)));
    }
    let least = Interval::of(dtype).lo;
    if !never(b, -1) && !never(a, least) {
        let least = match dtype {
            DType::I32 => "INT32_MIN",
            _ => "INT64_MIN",
        };
        fails.push(format!("({} == -1 && {} == {least})", e.int(b), e.int(a)));
    }
    fails
}

fn signed_division(e: &Exprs<'_>, dtype: DType, a: Reg, b: Reg, op: char) -> Checked {
    let ty = if dtype == DType::I32 { "int32_t" } else { "int64_t" };
    let value = format!("({ty}){} {op} ({ty}){}", e.int(a), e.int(b));
    quotient(signed_failures(e, dtype, a, b), value)
}

fn unsigned_division(e: &Exprs<'_>, a: Reg, b: Reg, op: char) -> Checked {
    let zero = !e.within(b, Interval::new(1, u64::MAX.into()));
    let fails = if zero { vec![format!("{} == 0", e.int(b))] } else { Vec::new() };
    quotient(fails, e.divide_unsigned(a, b, op))
}

/// Calls that can fail: those of integers that are short, and the rest by their definition.
fn call(e: &Exprs<'_>, inst: &Inst, n: usize) -> Option<Checked> {
    let (call, a, b) = math::call_of(e, inst)?;
    let (x, y) = (e.int(a), e.int(b));
    let least = |dtype: DType| if dtype == DType::I32 { "INT32_MIN" } else { "INT64_MIN" };
    Some(match call {
        Call::Unary(op @ (UnaryOp::Neg | UnaryOp::Abs), dtype @ (DType::I32 | DType::I64)) => {
            let value = if op == UnaryOp::Neg { format!("-{x}") } else { format!("{x} < 0 ? -{x} : {x}") };
            Checked { value: Some(value), ..test(format!("{x} == {}", least(dtype))) }
        }
        Call::Binary(op @ (BinaryOp::RemEuclid | BinaryOp::DivEuclid), dtype, _) => match dtype {
            DType::I32 | DType::I64 => {
                let name = if op == BinaryOp::RemEuclid { "rem_euclid" } else { "div_euclid" };
                quotient(signed_failures(e, dtype, a, b), format!("{name}({x}, {y})"))
            }
            DType::U32 | DType::U64 | DType::Usize => {
                let op = if op == BinaryOp::RemEuclid { '%' } else { '/' };
                unsigned_division(e, a, b, op)
            }
            _ => return None,
        },
        Call::Binary(op @ (BinaryOp::Shl | BinaryOp::Shr), dtype, _) if dtype.is_int() => {
            let bits = 8 * dtype.size();
            let value = match (op, dtype) {
                (BinaryOp::Shl, DType::I32) => format!("(int32_t)((uint32_t){x} << {y})"),
                (BinaryOp::Shl, DType::U32) => format!("(uint32_t){x} << {y}"),
                (BinaryOp::Shl, _) => format!("(int64_t)((uint64_t){x} << {y})"),
                (_, DType::I32 | DType::I64) => format!("{x} >> {y}"),
                (_, _) => format!("(int64_t)({} >> {y})", e.unsigned(a)),
            };
            // A negative distance is a large one.
            Checked { value: Some(value), ..test(format!("{} >= {bits}", e.unsigned(b))) }
        }
        _ => {
            let second = if matches!(call, Call::Binary(..)) { e.bits(b) } else { "0".into() };
            let before = format!(
                "uint64_t failed{n} = 0; const uint64_t o{n} = context->call({}, {}, {second}, &failed{n});",
                math::code(call),
                e.bits(a)
            );
            let value = inst.dst().map(|dst| Exprs::from_bits(e.dtype(dst), &format!("o{n}")));
            Checked { before, fails: Some(format!("failed{n}")), value }
        }
    })
}

/// How the test of a whole tile gathers that an instruction fails.
pub(super) enum Flag {
    /// The sign of a word of 32 or 64 bits.
    Sign(u32, String),
    /// A condition.
    Condition(String),
}

/// For the test of a whole tile: when the instruction fails, in arithmetic that has vectors. `value` is the
/// variable that holds the wrapped value, in its own width.
pub(super) fn flag(e: &Exprs<'_>, inst: &Inst, value: &str) -> Option<Flag> {
    use Inst::*;
    // Signed sums overflow where the sign is neither operand's.
    let sum = |bits: u32, a: Reg, b: Reg| {
        Flag::Sign(bits, format!("({} ^ (int64_t){value}) & ({} ^ (int64_t){value})", e.int(a), e.int(b)))
    };
    let difference = |bits: u32, a: Reg, b: Reg| {
        Flag::Sign(bits, format!("({0} ^ {1}) & ({0} ^ (int64_t){value})", e.int(a), e.int(b)))
    };
    let condition = |text: String| Flag::Condition(text);
    Some(match *inst {
        AddI32 { a, b, .. } => sum(32, a, b),
        SubI32 { a, b, .. } => difference(32, a, b),
        AddI64 { a, b, .. } => sum(64, a, b),
        SubI64 { a, b, .. } => difference(64, a, b),
        MulI32 { a, b, .. } | MulU32 { a, b, .. } | AddU32 { a, b, .. } => {
            let op = if matches!(inst, AddU32 { .. }) { '+' } else { '*' };
            condition(format!("{} {op} {} != (int64_t){value}", e.int(a), e.int(b)))
        }
        AddUsize { a, .. } => condition(format!("(uint64_t){value} < {}", e.unsigned(a))),
        SubU32 { a, b, .. } | SubUsize { a, b, .. } => {
            condition(format!("{} < {}", e.unsigned(a), e.unsigned(b)))
        }
        MulI64 { a, b, .. } => {
            condition(format!("__builtin_mul_overflow({}, {}, &(int64_t){{0}})", e.int(a), e.int(b)))
        }
        MulUsize { a, b, .. } => condition(format!(
            "__builtin_mul_overflow({}, {}, &(uint64_t){{0}})",
            e.unsigned(a),
            e.unsigned(b)
        )),
        CheckIndex { idx, len } => condition(format!("{} >= {}", e.unsigned(idx), e.unsigned(len))),
        Check { cond, .. } => condition(format!("!{}", e.var(cond))),
        _ => return None,
    })
}

/// The wrapped value of a checked instruction.
pub(super) fn wrapped(inst: &Inst) -> Option<Inst> {
    use Inst::*;
    Some(match *inst {
        AddI32 { dst, a, b } | AddU32 { dst, a, b } | AddI64 { dst, a, b } | AddUsize { dst, a, b } => {
            AddI { dst, a, b }
        }
        SubI32 { dst, a, b } | SubU32 { dst, a, b } | SubI64 { dst, a, b } | SubUsize { dst, a, b } => {
            SubI { dst, a, b }
        }
        MulI32 { dst, a, b } | MulU32 { dst, a, b } | MulI64 { dst, a, b } | MulUsize { dst, a, b } => {
            MulI { dst, a, b }
        }
        _ => return None,
    })
}
