//! Dtypes: promotion of weak literals, `as`, declared types.

use super::cx::{At, Cx, Out};
use super::typed::Ty;
use super::value::{Repr, Value};
use crate::dtype::{DType, Literal, Type};
use crate::error::ErrorKind;
use crate::graph::{SiteId, ValueId};
use crate::op::{BinaryOp, CmpOp, Op, range};

/// It is a literal that only `u64` holds.
fn was_large(v: &Value) -> bool {
    v.is_weak() && matches!(v.as_static(), Some(Literal::U64(n)) if i64::try_from(n).is_err())
}

/// The value of a literal as a signed one: `!0` has all bits set, and is -1 where no type says otherwise. (Literals that
/// are written that large are refused by rustc but where the type is `u64` or `usize`.)
fn signed(v: &Value, literal: Literal) -> Literal {
    if was_large(v) { Literal::I64(literal.bits() as i64) } else { literal }
}

impl Cx {
    /// Rust's `as`.
    ///
    /// # Errors
    /// Something that is not a number.
    pub fn cast(&self, v: &Value, to: DType, at: At) -> Out<Value> {
        if let Some(literal) = v.as_static() {
            return Ok(Value::literal(signed(v, literal).cast(to)));
        }
        let ty = self.ty(v, at)?;
        if ty.dtype == to {
            return Ok(Value::traced(self.node(v, at)?));
        }
        self.push(Op::Cast(to), vec![self.node(v, at)?], at)
    }

    /// A weak value takes the dtype `to` that its context asks for; `None` where Rust's literals would not.
    pub(crate) fn adopt(&self, v: &Value, to: DType, at: At) -> Out<Option<Value>> {
        if let Repr::Rows(array, levels) = &v.0 {
            return Ok(self.adopt(array, to, at)?.map(|array| Value::rows(array, *levels)));
        }
        let from = self.ty(v, at)?.dtype;
        if from == to {
            return Ok(Some(match v.0 {
                Repr::Static { literal, .. } => Value::literal(literal),
                Repr::Traced { id, .. } => Value::traced(id),
                _ => v.clone(),
            }));
        }
        if to.is_int() && is_sum_of_nothing(v) {
            return Ok(Some(Value::literal(Literal::zero(to))));
        }
        let compatible =
            v.is_weak() && ((from.is_float() && to.is_float()) || (from.is_int() && to != DType::Bool));
        if !compatible {
            return Ok(None);
        }
        if let Some(literal) = v.as_static() {
            let literal = if to.is_signed() || to == DType::U32 { signed(v, literal) } else { literal };
            let converted = literal.cast(to);
            let complement = to == DType::U32 && matches!(literal, Literal::I64(i64::MIN..0)) && was_large(v);
            if !complement && converted.as_i128().is_some_and(|n| Some(n) != literal.as_i128()) {
                let message = format!("the literal {literal} does not fit in {to}");
                return Err(self.error(ErrorKind::Arithmetic, message, at));
            }
            return Ok(Some(Value::literal(converted)));
        }
        if let Some((literal, distance, site)) = self.shifted_literal(v)
            && to.is_int()
        {
            let literal = self.node(&Value::literal(literal.cast(to)), at)?;
            let shift = Op::Binary(BinaryOp::Shl);
            let out = self.builder.borrow_mut().push(shift, vec![literal, distance], site);
            return out.map(|v| Some(Value::traced(v[0]))).map_err(|e| self.locate_error(e, at));
        }
        self.claim_fits(v, from, to, at)?;
        self.cast(v, to, at).map(Some)
    }

    /// The variable would be of type `to` in Rust: what that does not hold would have been an overflow.
    fn claim_fits(&self, v: &Value, from: DType, to: DType, at: At) -> Out<()> {
        let (Some((least, most)), Some((lo, hi))) = (range::limits(from), range::limits(to)) else {
            return Ok(());
        };
        let strong = Value::traced(self.node(v, at)?);
        let beyond = "does not fit in it";
        let below = (least < lo).then_some((CmpOp::Ge, lo, if lo == 0 { "is negative" } else { beyond }));
        let above = (most > hi).then_some((CmpOp::Le, hi, beyond));
        for (op, bound, what) in below.into_iter().chain(above) {
            let bound = Value::literal(Literal::I64(bound as i64).cast(from));
            let fits = self.compare_elements(op, &strong, &bound, at)?;
            let fits = if self.ty(&fits, at)?.is_scalar() { fits } else { self.all(&fits, at)? };
            self.claim(&fits, &format!("an integer that is used as {to} {what} here"), at)?;
        }
        Ok(())
    }

    /// The operands of `1 << k`, which is computed in the type that the literal turns out to have.
    fn shifted_literal(&self, v: &Value) -> Option<(Literal, ValueId, SiteId)> {
        let Repr::Traced { id, weak: true } = v.0 else { return None };
        let builder = self.builder.borrow();
        let node = builder.definition(id).filter(|n| n.op == Op::Binary(BinaryOp::Shl))?;
        match builder.definition(node.inputs[0])?.op {
            Op::Const(literal) => Some((literal, node.inputs[1], node.site)),
            _ => None,
        }
    }

    /// Two operands brought to one dtype; the message names both sides.
    pub(super) fn promote(&self, what: &str, a: &Value, b: &Value, at: At) -> Out<(Value, Value, DType)> {
        let (ta, tb) = (self.ty(a, at)?, self.ty(b, at)?);
        if ta.dtype == tb.dtype {
            return Ok((a.clone(), b.clone(), ta.dtype));
        }
        // Where both are weak the float wins: `1` next to `2.0` in a closure of ours.
        // Of two integers that which is a literal.
        let counter =
            ta.dtype.is_int() && tb.dtype.is_int() && b.as_static().is_some() && a.as_static().is_none();
        let b_adopts = b.is_weak() && (!a.is_weak() || ta.dtype.is_float() || counter);
        if b_adopts && let Some(b) = self.adopt(b, ta.dtype, at)? {
            return Ok((a.clone(), b, ta.dtype));
        }
        if a.is_weak()
            && let Some(a) = self.adopt(a, tb.dtype, at)?
        {
            return Ok((a, b.clone(), tb.dtype));
        }
        let message =
            format!("`{what}` takes operands of one type, but the left one is {ta} and the right one {tb}");
        Err(self.error(ErrorKind::DType, message, at).note("convert one of them with `as`"))
    }

    /// A tree of values brought to a declared type.
    pub(super) fn coerce(&self, v: &Value, ty: Ty, at: At) -> Out<Value> {
        if v.is_uninit() {
            // Nothing gets there: rustc saw to it that every variable has a value where it is read.
            return Ok(if ty == Ty::Unit { Value::unit() } else { v.clone() });
        }
        let mismatch = || {
            let message = format!("expected {ty}, found {}", self.describe(v));
            self.error(ErrorKind::DType, message, at)
        };
        match ty {
            Ty::Any => Ok(v.clone()),
            Ty::Unit => match v.items() {
                Some(items) if items.is_empty() => Ok(v.clone()),
                _ => Err(mismatch()),
            },
            Ty::Tuple(types) => match v.items() {
                Some(items) if items.len() == types.len() => {
                    let items = items.iter().zip(types).map(|(v, &t)| self.coerce(v, t, at));
                    Ok(Value::tuple(items.collect::<Out<Vec<_>>>()?))
                }
                // A list `[a, b]` of numbers is an array until it becomes a `[T; 2]`.
                None if !v.is_uninit() && self.ty(v, at)?.shape.first() == Some(&types.len()) => {
                    self.coerce(&Value::tuple(self.elements(v, at)?), ty, at)
                }
                _ => Err(mismatch()),
            },
            Ty::List(&item) => self.coerce_list(v, item, at)?.ok_or_else(mismatch),
            Ty::Struct(info) => self.coerce_struct(v, info, at)?.ok_or_else(mismatch),
            Ty::Scalar(dtype) => {
                if v.is_tree() || !self.ty(v, at)?.is_scalar() {
                    return Err(mismatch());
                }
                self.adopt(v, dtype, at)?.ok_or_else(mismatch)
            }
            // Rows of unlike lengths are a list.
            Ty::Rows(dtype, rank, levels) if v.is_tree() => {
                let row = match levels {
                    2.. => Ty::Rows(dtype, rank - 1, levels - 1),
                    _ => Ty::Array(dtype, Some(rank - 1)),
                };
                self.coerce_list(v, row, at)?.ok_or_else(mismatch)
            }
            Ty::Rows(dtype, rank, levels) => {
                let array =
                    self.coerce(v.whole().0, Ty::Array(dtype, Some(rank)), at).map_err(|_| mismatch())?;
                Ok(Value::rows(array, levels))
            }
            Ty::Array(dtype, rank) => {
                if v.is_tree() {
                    return Err(mismatch());
                }
                let actual = self.ty(v, at)?;
                if rank.is_some_and(|n| n != actual.rank()) {
                    return Err(mismatch());
                }
                self.adopt(v, dtype, at)?.ok_or_else(mismatch)
            }
        }
    }

    /// `let x: T = v`.
    ///
    /// # Errors
    /// A value of another type.
    pub fn ascribe(&self, v: &Value, ty: Ty, at: At) -> Out<Value> {
        self.coerce(v, ty, at)
    }

    /// `x = v`: the variable keeps its type where the new value is a weak literal.
    ///
    /// # Errors
    /// A value of another type.
    pub fn assign(&self, name: &'static str, old: &Value, new: Value, at: At) -> Out<Value> {
        if old.is_uninit() || new.is_uninit() || old.is_tree() || new.is_tree() {
            return Ok(new);
        }
        let (was, is) = (self.ty(old, at)?, self.ty(&new, at)?);
        if was.dtype.is_int() && old.is_weak() && is_sum_of_nothing(&new) {
            return Ok(Value::weak(Literal::zero(was.dtype)));
        }
        if was.dtype == is.dtype || old.is_weak() {
            return Ok(new);
        }
        self.adopt(&new, was.dtype, at)?.ok_or_else(|| {
            self.error(ErrorKind::DType, format!("`{name}` holds {was}, but the new value is {is}"), at)
        })
    }

    /// Repeats a value to a shape that it broadcasts to.
    pub(crate) fn broadcast_to(&self, v: &Value, shape: &[usize], at: At) -> Out<Value> {
        if self.ty(v, at)?.shape == shape {
            return Ok(v.clone());
        }
        let id = self.node(v, at)?;
        self.push(Op::Broadcast(shape.to_vec()), vec![id], at)
    }

    /// The graph value of a scalar integer index.
    pub(super) fn index_operand(&self, v: &Value, at: At) -> Out<Value> {
        let ty = self.ty(v, at)?;
        if !ty.is_scalar() || !ty.dtype.is_int() {
            return Err(self
                .error(ErrorKind::DType, format!("an index is an integer, not {ty}"), at)
                .note("convert it with `as usize`"));
        }
        Ok(v.clone())
    }

    pub(super) fn weak_like(&self, v: Value, weak: bool) -> Value {
        match v.0 {
            Repr::Traced { id, .. } => Value(Repr::Traced { id, weak }),
            Repr::Static { literal, .. } => Value(Repr::Static { literal, weak }),
            Repr::Rows(array, levels) => Value::rows(self.weak_like((*array).clone(), weak), levels),
            _ => v,
        }
    }

    /// The type of a leaf, with its weakness.
    pub(super) fn leaf_type(&self, v: &Value, at: At) -> Out<(Type, bool)> {
        Ok((self.ty(v, at)?, v.is_weak()))
    }
}

/// What a sum without items is before it is known of what: Rust's of floats is -0.0, which no literal of integers can be.
fn is_sum_of_nothing(v: &Value) -> bool {
    v.is_weak() && matches!(v.as_static(), Some(Literal::F64(x)) if x == 0.0 && x.is_sign_negative())
}
