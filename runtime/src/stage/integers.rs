//! Methods of integers that are made of several ops, as the standard library defines them. They work on whole arrays
//! too.

use super::cx::{At, Cx, Out};
use super::value::Value;
use crate::dtype::{DType, Literal};
use crate::op::{BinaryOp, CmpOp, UnaryOp};

/// The unsigned type of the same width.
fn unsigned(dtype: DType) -> DType {
    match dtype {
        DType::I32 => DType::U32,
        DType::I64 => DType::U64,
        other => other,
    }
}

fn least(dtype: DType) -> Literal {
    match dtype {
        DType::I32 => Literal::I32(i32::MIN),
        DType::I64 => Literal::I64(i64::MIN),
        other => Literal::zero(other),
    }
}

/// All bits set but, of a signed one, the sign.
fn largest(dtype: DType) -> Literal {
    match dtype {
        DType::I32 => Literal::I32(i32::MAX),
        DType::I64 => Literal::I64(i64::MAX),
        other => Literal::from_bits(other, u64::MAX),
    }
}

impl Cx {
    pub(super) fn integer_method(&self, name: &str, x: &Value, args: &[Value], at: At) -> Out<Option<Value>> {
        let dtype = self.ty(x, at)?.dtype;
        let signed = dtype.is_signed();
        // A literal, or what is computed from such alone, has no type yet: it counts as unsigned too.
        let may_be_unsigned = !signed || x.is_weak();
        let zero = Value::literal(Literal::zero(dtype));
        let binary = |op, a: &Value, b: &Value| self.binary(op, a, b, at);
        Ok(Some(match (name, args) {
            ("wrapping_neg", []) => binary(BinaryOp::WrappingSub, &zero, x)?,
            ("wrapping_abs" | "unsigned_abs", []) if signed => {
                let negative = self.compare_elements(CmpOp::Lt, x, &zero, at)?;
                let negated = binary(BinaryOp::WrappingSub, &zero, x)?;
                let size = self.select(&negative, &negated, x, at)?;
                if name == "unsigned_abs" { self.cast(&size, unsigned(dtype), at)? } else { size }
            }
            ("wrapping_shl" | "wrapping_shr", [n]) => {
                let mask = Value::literal(Literal::U32(8 * dtype.size() as u32 - 1));
                let distance = binary(BinaryOp::And, n, &mask)?;
                binary(if name == "wrapping_shl" { BinaryOp::Shl } else { BinaryOp::Shr }, x, &distance)?
            }
            ("saturating_add", [y]) => self.saturating(BinaryOp::WrappingAdd, x, y, at)?,
            ("saturating_sub", [y]) if signed && !x.is_weak() => {
                self.saturating(BinaryOp::WrappingSub, x, y, at)?
            }
            ("saturating_sub", [y]) => {
                let hi = binary(BinaryOp::Max, x, y)?;
                binary(BinaryOp::Sub, &hi, y)?
            }
            ("abs_diff", [y]) => {
                let (hi, lo) = (binary(BinaryOp::Max, x, y)?, binary(BinaryOp::Min, x, y)?);
                match signed {
                    true => self.cast(&binary(BinaryOp::WrappingSub, &hi, &lo)?, unsigned(dtype), at)?,
                    false => binary(BinaryOp::Sub, &hi, &lo)?,
                }
            }
            ("count_zeros" | "leading_ones" | "trailing_ones", []) => {
                let op = match name {
                    "count_zeros" => UnaryOp::CountOnes,
                    "leading_ones" => UnaryOp::LeadingZeros,
                    _ => UnaryOp::TrailingZeros,
                };
                self.unary(op, &self.unary(UnaryOp::Not, x, at)?, at)?
            }
            ("is_power_of_two", []) if may_be_unsigned => {
                let ones = self.unary(UnaryOp::CountOnes, x, at)?;
                self.compare_elements(CmpOp::Eq, &ones, &Value::literal(Literal::U32(1)), at)?
            }
            ("div_ceil", [y]) if may_be_unsigned => {
                let (x, y, dtype) = self.promote("div_ceil", x, y, at)?;
                let quotient = binary(BinaryOp::Div, &x, &y)?;
                let rest = binary(BinaryOp::Rem, &x, &y)?;
                let more =
                    self.compare_elements(CmpOp::Ne, &rest, &Value::literal(Literal::zero(dtype)), at)?;
                binary(BinaryOp::Add, &quotient, &self.cast(&more, dtype, at)?)?
            }
            ("is_positive", []) => self.compare_elements(CmpOp::Gt, x, &zero, at)?,
            ("is_negative", []) => self.compare_elements(CmpOp::Lt, x, &zero, at)?,
            _ => return Ok(None),
        }))
    }

    /// `x.saturating_add(y)` and `x.saturating_sub(y)`, from the wrapping operation.
    fn saturating(&self, op: BinaryOp, x: &Value, y: &Value, at: At) -> Out<Value> {
        let (x, y, dtype) = self.align("saturating", x, y, at)?;
        let wrapped = self.binary(op, &x, &y, at)?;
        if !dtype.is_signed() {
            let over = self.compare_elements(CmpOp::Lt, &wrapped, &x, at)?;
            return self.select(&over, &Value::literal(largest(dtype)), &wrapped, at);
        }
        // A sum leaves its type where its sign is neither operand's; a difference where the signs of the operands
        // differ and its own is not that of the first.
        let mine = self.binary(BinaryOp::Xor, &x, &wrapped, at)?;
        let other = if op == BinaryOp::WrappingAdd { &wrapped } else { &x };
        let other = self.binary(BinaryOp::Xor, &y, other, at)?;
        let zero = Value::literal(Literal::zero(dtype));
        let signs = self.binary(BinaryOp::And, &mine, &other, at)?;
        let over = self.compare_elements(CmpOp::Lt, &signs, &zero, at)?;
        let down = self.compare_elements(CmpOp::Lt, &x, &zero, at)?;
        let end = self.select(&down, &Value::literal(least(dtype)), &Value::literal(largest(dtype)), at)?;
        self.select(&over, &end, &wrapped, at)
    }
}
