//! What iterators are made of: lengths, items, and what a chain is left with.

use super::cx::{At, Cx, Out};
use super::parts::Part;
use super::value::{Repr, Value};
use crate::dtype::{DType, Literal};
use crate::error::ErrorKind;
use crate::op::{BinaryOp, CmpOp, Op, UnaryOp};

impl Cx {
    /// What a sum (`Add`) or a product begins with. Without a declared type it takes that of the first item.
    pub fn neutral(&self, op: BinaryOp, dtype: Option<DType>) -> Value {
        match dtype {
            Some(dtype) => Value::literal(neutral(op, dtype)),
            None => Value(Repr::Neutral(op)),
        }
    }

    /// Methods that only the expansion of iterators writes.
    pub(super) fn iterator_method(
        &self,
        name: &'static str,
        x: &Value,
        args: &[Value],
        at: At,
    ) -> Out<Option<Value>> {
        Ok(Some(match (name, args) {
            ("settled", []) => match x.0 {
                // Of nothing: rustc knows its type, and where it goes it is told. `adopt` takes -0.0 for a 0 of integers.
                Repr::Neutral(BinaryOp::Add) => Value::weak(neutral(BinaryOp::Add, DType::F64)),
                Repr::Neutral(op) => Value::weak(neutral(op, DType::I64)),
                _ => x.clone(),
            },
            ("found", [found]) => {
                self.claim(found, "called `Option::unwrap()` on a `None` value: there is no such item", at)?;
                x.clone()
            }
            // A closure before `zip` that assigns or prints: there are so many items, and so many on the other side.
            ("zipped", [other, endless]) => {
                let fits = match endless.as_static() {
                    Some(Literal::Bool(true)) => Value::literal(Literal::Bool(false)),
                    _ => self.compare_elements(CmpOp::Le, x, other, at)?,
                };
                let message = "the closure before `zip` assigns or prints, and there are more items than on the other side: \
                    write it behind `zip`, since Rust may call it once more, or not";
                self.claim(&fits, message, at)?;
                self.unit()
            }
            // `array![[a, b], [c, d]]` is no list of lists.
            ("whole", []) => x.whole().0.clone(),
            // The start of `a..b`, in the type of both.
            ("like", [end]) => {
                let (x, end, dtype) = self.promote("..", x, end, at)?;
                match end.is_weak() {
                    true => x,
                    false => self.adopt(&x, dtype, at)?.unwrap_or(x),
                }
            }
            // How many there are, as positions are counted.
            ("span", [end, inclusive]) => self.span(x, end, inclusive, at)?,
            ("offset", [k]) => {
                let dtype = self.ty(x, at)?.dtype;
                let k = match x.is_weak() {
                    true => k.clone(),
                    false => self.cast(k, dtype, at)?,
                };
                if x.as_static() == Some(Literal::zero(dtype)) {
                    // Of `0..` what it meets says the type.
                    return Ok(Some(self.weak_like(k, x.is_weak())));
                }
                // An `i32` holds no position beyond its own largest number, but what lies there.
                let op = if dtype == DType::I32 { BinaryOp::WrappingAdd } else { BinaryOp::Add };
                self.weak_like(self.binary(op, x, &k, at)?, x.is_weak())
            }
            // Of items that are trees, each leaf of all of them comes in one array.
            ("collected", []) => self.listed(x, at)?,
            ("unzipped", []) => match x.items().map(|items| &items[..]) {
                Some([first, second]) => {
                    Value::tuple(vec![self.listed(first, at)?, self.listed(second, at)?])
                }
                _ => x.clone(),
            },
            ("known_count", []) => {
                Value::usize(self.require_usize(x, "the number of items that are collected", at)?)
            }
            // Of a matrix all elements; the items of a list of lists or of tuples are its own.
            ("elements", []) => {
                if x.is_tree() || x.whole().1 > 0 || self.ty(x, at)?.rank() < 2 {
                    return Ok(Some(x.clone()));
                }
                let count = self.ty(x, at)?.count();
                self.reshape(x, &[count], at)?
            }
            ("element", [k]) => self.load("", x, std::slice::from_ref(k), at)?,
            // The indices of the `k`-th element.
            ("indices", [k]) => {
                if x.is_tree() || x.whole().1 > 0 || self.ty(x, at)?.rank() < 2 {
                    return Ok(Some(k.clone()));
                }
                let ty = self.ty(x, at)?;
                let mut rest = k.clone();
                let mut index = Vec::new();
                for &n in ty.shape[1..].iter().rev() {
                    let n = Value::usize(n);
                    index.push(self.binary(BinaryOp::Rem, &rest, &n, at)?);
                    rest = self.binary(BinaryOp::Div, &rest, &n, at)?;
                }
                index.push(rest);
                index.reverse();
                Value::tuple(index)
            }
            ("part_count", [start, end, inclusive]) => {
                self.part_count(x, &Part::of(start, end, inclusive), at)?
            }
            ("part_elements", [start, end, inclusive]) => {
                self.part_elements(x, &Part::of(start, end, inclusive), at)?
            }
            ("part_offset", [start, end, inclusive]) => {
                self.part_offset(&Part::of(start, end, inclusive), at)?
            }
            ("window_count", [length]) => {
                let count = self.list_length(x, at)?;
                let length = self.require_usize(length, "the length of a window", at)?;
                if length == 0 {
                    return Err(self.error(ErrorKind::Argument, "windows of no elements", at));
                }
                Value::usize((count + 1).saturating_sub(length))
            }
            ("chunk_count", [length, exact]) => {
                let length = self.require_usize(length, "the length of a block", at)?;
                let count = self.list_length(x, at)?;
                if length == 0 {
                    return Err(self.error(ErrorKind::Argument, "blocks of no elements", at));
                }
                match exact.as_static() {
                    Some(Literal::Bool(true)) => Value::usize(count / length),
                    _ => Value::usize(count.div_ceil(length)),
                }
            }
            // Of one shape, where all are staged together.
            ("even_chunks", [length]) => {
                if self.is_ragged(x, length, at)? {
                    let length = self.require_usize(length, "the length of a block", at)?;
                    let count = self.list_length(x, at)?;
                    let message = format!("{count} elements are no whole number of blocks of {length}");
                    return Err(self.error(ErrorKind::Unsupported, message, at).note(
                        "a last block of another length has another type here: write a loop, or `chunks_exact`, and treat the rest apart",
                    ));
                }
                self.unit()
            }
            // A position that is not known is none of a shorter block.
            ("chunk_end", [start, length]) => {
                let end = self.binary(BinaryOp::Add, start, length, at)?;
                let count = self.list_length(x, at)?;
                match end.as_static().and_then(Literal::as_i128) {
                    Some(end) if end > count as i128 => Value::usize(count),
                    _ => end,
                }
            }
            ("total_greater", [y]) => self.total_greater(x, y, at)?,
            // `x.partial_cmp(&y).unwrap() == Greater`
            ("ordered_greater", [y]) => {
                let (x, y, dtype) = self.promote("partial_cmp", x, y, at)?;
                if dtype.is_float() {
                    let has_nan = |v: &Value| self.method("is_nan", v, &[], at);
                    let unordered = self.binary(BinaryOp::Or, &has_nan(&x)?, &has_nan(&y)?, at)?;
                    let ordered = self.unary(UnaryOp::Not, &unordered, at)?;
                    let message = "called `Option::unwrap()` on a `None` value: a NaN has no order";
                    self.claim(&ordered, message, at)?;
                }
                self.compare_elements(CmpOp::Gt, &x, &y, at)?
            }
            _ => return Ok(None),
        }))
    }

    fn listed(&self, stack: &Value, at: At) -> Out<Value> {
        if !stack.is_tree() {
            return Ok(stack.clone());
        }
        let columns = stack.leaves();
        self.list_of(stack, &columns, at)
    }

    /// How many values `x..end` or `x..=end` has.
    fn span(&self, x: &Value, end: &Value, inclusive: &Value, at: At) -> Out<Value> {
        let inclusive = inclusive.as_static() == Some(Literal::Bool(true));
        let (x, end, dtype) = self.promote("..", x, end, at)?;
        let weak = x.is_weak() && end.is_weak();
        if !weak && let Some(positions) = self.wide(&x, &end, inclusive, true, at)? {
            return Ok(positions.count);
        }
        let one = Value::literal(Literal::one(dtype));
        let end = if inclusive { self.binary(BinaryOp::Add, &end, &one, at)? } else { end };
        if x.as_static() == Some(Literal::zero(dtype)) && dtype == DType::Usize {
            return Ok(end);
        }
        let end = self.binary(BinaryOp::Max, &end, &x, at)?;
        let count = self.weak_like(self.binary(BinaryOp::Sub, &end, &x, at)?, weak);
        if weak { Ok(count) } else { self.cast(&count, DType::Usize, at) }
    }

    /// What holds, or is an error where it is executed.
    pub(super) fn claim(&self, holds: &Value, message: &str, at: At) -> Out<()> {
        if holds.as_static() == Some(Literal::Bool(false)) && self.is_unconditional() {
            return Err(self.error(ErrorKind::Arithmetic, message, at));
        }
        self.push(Op::Check { message: message.into(), user: false }, vec![self.node(holds, at)?], at)?;
        Ok(())
    }

    /// `x.total_cmp(&y) == Greater`; NaNs of one sign count as equal.
    fn total_greater(&self, x: &Value, y: &Value, at: At) -> Out<Value> {
        let (x, y, dtype) = self.promote("total_cmp", x, y, at)?;
        if !dtype.is_float() {
            return self.compare_elements(CmpOp::Gt, &x, &y, at);
        }
        let not = |v: &Value| self.unary(UnaryOp::Not, v, at);
        let and = |a: &Value, b: &Value| self.binary(BinaryOp::And, a, b, at);
        let or = |a: &Value, b: &Value| self.binary(BinaryOp::Or, a, b, at);
        let parts = |v: &Value| -> Out<(Value, Value, Value)> {
            let nan = self.method("is_nan", v, &[], at)?;
            let negative = self.method("is_sign_negative", v, &[], at)?;
            let (above, below) = (and(&nan, &not(&negative)?)?, and(&nan, &negative)?);
            Out::Ok((negative, above, below))
        };
        let ((x_negative, x_above, x_below), (y_negative, y_above, y_below)) = (parts(&x)?, parts(&y)?);
        let zeros =
            and(&self.compare_elements(CmpOp::Eq, &x, &y, at)?, &and(&not(&x_negative)?, &y_negative)?)?;
        let above = and(&x_above, &not(&y_above)?)?;
        let below = and(&y_below, &not(&x_below)?)?;
        or(&or(&self.compare_elements(CmpOp::Gt, &x, &y, at)?, &zeros)?, &or(&above, &below)?)
    }
}

/// What a sum or a product begins with. Sums of floats begin with -0.0 in Rust, which changes no number.
pub(super) fn neutral(op: BinaryOp, dtype: DType) -> Literal {
    match (op, dtype) {
        (BinaryOp::Add, DType::F64 | DType::F32) => Literal::F64(-0.0).cast(dtype),
        (BinaryOp::Add, _) => Literal::zero(dtype),
        _ => Literal::one(dtype),
    }
}
