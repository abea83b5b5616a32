//! Leaves, tuples and operators.

use super::constant::Constant;
use super::cx::{At, Cx, Out};
use super::slices::SliceArg;
use super::value::{Repr, Value};
use crate::dtype::{DType, Literal};
use crate::error::ErrorKind;
use crate::graph::may_fail;
use crate::op::{BinaryOp, CmpOp, Op, UnaryOp, scalar, shape::broadcast_shapes};

/// What literals give that no `i64` holds, while it is not known whether it is to be one: `1 << 63`.
fn folded_exactly(op: BinaryOp, a: &Value, b: &Value) -> Option<Literal> {
    let (Literal::I64(x), Literal::I64(y)) = (a.as_static()?, b.as_static()?) else { return None };
    let (x, y) = (i128::from(x), i128::from(y));
    let exact = match op {
        BinaryOp::Add => x + y,
        BinaryOp::Sub => x - y,
        BinaryOp::Mul => x * y,
        BinaryOp::Shl if (0..64).contains(&y) => x << y,
        _ => return None,
    };
    u64::try_from(exact).ok().filter(|&n| i64::try_from(n).is_err()).map(Literal::U64)
}

impl Cx {
    /// An unsuffixed float literal.
    pub fn float(&self, v: f64) -> Value {
        Value::weak(Literal::F64(v))
    }

    /// An unsuffixed integer literal.
    pub fn int(&self, v: i128) -> Value {
        // Literals beyond i64 can only be meant for an unsigned type of 64 bits.
        Value::weak(i64::try_from(v).map_or(Literal::U64(v as u64), Literal::I64))
    }

    /// `true` or `false`.
    pub fn bool(&self, v: bool) -> Value {
        Value::literal(Literal::Bool(v))
    }

    /// A literal with a suffix.
    pub fn typed(&self, literal: Literal) -> Value {
        Value::literal(literal)
    }

    /// A constant from outside the function.
    pub fn constant<C: Constant>(&self, c: C) -> Value {
        c.stage(self)
    }

    /// `()`
    pub fn unit(&self) -> Value {
        Value::unit()
    }

    /// `let name;`
    pub fn uninit(&self, name: &'static str) -> Value {
        Value(Repr::Uninit(name))
    }

    /// The value of what never gets there.
    pub fn never(&self) -> Value {
        Value(Repr::Uninit(""))
    }

    /// `(a, b, ..)`
    pub fn tuple(&self, items: Vec<Value>) -> Value {
        Value::tuple(items)
    }

    /// `let (a, b) = v`: of a tuple or of a fixed array of that length.
    ///
    /// # Errors
    /// Another number of parts.
    pub fn untuple<const N: usize>(&self, v: &Value, at: At) -> Out<[Value; N]> {
        let items = match self.parts_of(v, at)? {
            Some(items) => items,
            None if v.is_uninit() => vec![v.clone(); N],
            None => {
                let n = *self.ty(v, at)?.shape.first().unwrap_or(&0);
                if n != N {
                    let message = format!("expected {N} parts, found {}", self.describe(v));
                    return Err(self.error(ErrorKind::DType, message, at));
                }
                (0..n).map(|k| self.load("", v, &[Value::usize(k)], at)).collect::<Out<Vec<_>>>()?
            }
        };
        items.try_into().map_err(|items: Vec<Value>| {
            self.error(ErrorKind::DType, format!("expected {N} parts, found {}", items.len()), at)
        })
    }

    /// The first `front` parts, and as many of the last ones as make `N`: `let (a, .., z) = v;`.
    ///
    /// # Errors
    /// Fewer parts than that.
    pub fn untuple_around<const N: usize>(&self, v: &Value, front: usize, at: At) -> Out<[Value; N]> {
        if v.is_uninit() {
            return self.untuple(v, at);
        }
        let count = self.list_length(v, at)?;
        if count < N {
            let message = format!("expected at least {N} parts, found {}", self.describe(v));
            return Err(self.error(ErrorKind::DType, message, at));
        }
        let parts = (0..N).map(|k| if k < front { k } else { count - N + k });
        let parts = parts.map(|k| match v.items() {
            Some(items) => Ok(items[k].clone()),
            None => self.load("", v, &[Value::usize(k)], at),
        });
        let parts = parts.collect::<Out<Vec<_>>>()?;
        parts.try_into().map_err(|_| self.error(ErrorKind::DType, "another number of parts", at))
    }

    /// What is between the first `front` parts of a list and the last `back` ones: `let [a, rest @ .., z] = v;`.
    ///
    /// # Errors
    /// Fewer parts than that.
    pub fn rest_of(&self, v: &Value, front: usize, back: usize, at: At) -> Out<Value> {
        if v.is_uninit() {
            return Ok(v.clone());
        }
        if let Some(items) = v.items()
            && let Some(end) = items.len().checked_sub(back).filter(|end| *end >= front)
        {
            return Ok(Value::list(items[front..end].to_vec()));
        }
        let count = self.list_length(v, at)?;
        let end = Value::usize(count.saturating_sub(back));
        let range = SliceArg::Range {
            start: Some(Value::usize(front)),
            end: Some(end),
            inclusive: false,
            step: None,
        };
        self.slice("", v, &[range], at)
    }

    /// `v.k` of a tuple.
    ///
    /// # Errors
    /// Not a tuple, or too short.
    pub fn field(&self, v: &Value, k: usize, at: At) -> Out<Value> {
        v.items()
            .and_then(|items| items.get(k))
            .cloned()
            .ok_or_else(|| self.error(ErrorKind::DType, format!("{} has no field {k}", self.describe(v)), at))
    }

    /// `v.k = new`, functionally.
    ///
    /// # Errors
    /// Not a tuple, or too short.
    pub fn set_field(&self, v: &Value, k: usize, new: Value, at: At) -> Out<Value> {
        let old = self.field(v, k, at)?;
        let new = match v.struct_info() {
            Some(info) => self.field_value(info, k, &new, at)?,
            None => self.assign("the field", &old, new, at)?,
        };
        let items = v.items().map(|items| items.to_vec()).unwrap_or_default();
        Ok(v.with_items(
            items.into_iter().enumerate().map(|(j, x)| if j == k { new.clone() } else { x }).collect(),
        ))
    }

    /// `-v`, `!v` and every unary method.
    ///
    /// # Errors
    /// A type that the operation does not take.
    pub fn unary(&self, op: UnaryOp, v: &Value, at: At) -> Out<Value> {
        if let Some(out) = self.overloaded(op.name(), &[v], at)? {
            return Ok(out);
        }
        // `!0` sets all bits of whatever type it turns out to have.
        if let (UnaryOp::Not, true, Some(Literal::I64(n))) = (op, v.is_weak(), v.as_static()) {
            return Ok(Value::weak(if n < 0 { Literal::I64(!n) } else { Literal::U64(!n as u64) }));
        }
        if let Some(literal) = v.as_static()
            && op.result(literal.dtype()).is_some()
        {
            match scalar::unary(op, literal) {
                Ok(folded) => {
                    return Ok(self.weak_like(
                        Value::literal(folded),
                        v.is_weak() && folded.dtype() == literal.dtype(),
                    ));
                }
                // What is only executed on some path must only fail on that path.
                Err(e) if self.is_unconditional() => return Err(self.locate_error(e, at)),
                Err(_) => {}
            }
        }
        let ty = self.ty(v, at)?;
        if op.result(ty.dtype).is_none() {
            return Err(self.error(
                ErrorKind::DType,
                format!("cannot {} a value of type {ty}", op.verb()),
                at,
            ));
        }
        let result = self.push(Op::Unary(op), vec![self.node(v, at)?], at)?;
        let weak = v.is_weak() && self.ty(&result, at)?.dtype == ty.dtype;
        Ok(self.weak_like(result, weak))
    }

    /// Brings two operands to one dtype and one shape (NumPy broadcasting).
    pub(super) fn align(&self, what: &str, a: &Value, b: &Value, at: At) -> Out<(Value, Value, DType)> {
        let (a, b, dtype) = self.promote(what, a, b, at)?;
        let (a, b) = self.one_shape(what, &a, &b, at)?;
        Ok((a, b, dtype))
    }

    fn one_shape(&self, what: &str, a: &Value, b: &Value, at: At) -> Out<(Value, Value)> {
        let (ta, tb) = (self.ty(a, at)?, self.ty(b, at)?);
        if ta.shape == tb.shape {
            return Ok((a.clone(), b.clone()));
        }
        let shape = broadcast_shapes(&ta.shape, &tb.shape).ok_or_else(|| {
            let message = format!("`{what}` takes arrays whose shapes broadcast, but the left one is {ta} and the right one {tb}");
            self.error(ErrorKind::Shape, message, at)
        })?;
        Ok((self.broadcast_to(a, &shape, at)?, self.broadcast_to(b, &shape, at)?))
    }

    /// `a + b` and every binary method.
    ///
    /// # Errors
    /// Types or shapes that do not go together; the message names both.
    pub fn binary(&self, op: BinaryOp, a: &Value, b: &Value, at: At) -> Out<Value> {
        match (&a.0, &b.0) {
            (Repr::Neutral(of), _) if *of == op => return Ok(b.clone()),
            (_, Repr::Neutral(of)) if *of == op => return Ok(a.clone()),
            _ => {}
        }
        if let Some(out) = self.overloaded_binary(op, a, b, at)? {
            return Ok(out);
        }
        let counts = op.counts() && self.ty(a, at)?.dtype.is_int();
        // Of `1 << k`, the literal alone says the type.
        let weak = a.is_weak() && (b.is_weak() || counts);
        if weak && let Some(literal) = folded_exactly(op, a, b) {
            return Ok(Value::weak(literal));
        }
        let (a, b, dtype) = match op {
            // The right operand of a shift may be of any integer type, as in Rust.
            _ if counts => self.by_count(op, a, b, at)?,
            BinaryOp::Powi => {
                let exponent = self.cast(b, DType::I32, at)?;
                let base = self.ty(a, at)?;
                let exponent = self.broadcast_to(&exponent, &base.shape, at)?;
                (a.clone(), exponent, base.dtype)
            }
            _ => self.align(op.symbol(), a, b, at)?,
        };
        if op.result(dtype).is_none() {
            let message = format!("`{}` does not take values of type {dtype}", op.symbol());
            return Err(self.error(ErrorKind::DType, message, at));
        }
        if let (Some(x), Some(y)) = (a.as_static(), b.as_static()) {
            match scalar::binary(op, x, y) {
                Ok(folded) => return Ok(self.weak_like(Value::literal(folded), weak)),
                Err(e) if self.is_unconditional() => return Err(self.locate_error(e, at)),
                Err(_) => {}
            }
        }
        let result = self.push(Op::Binary(op), vec![self.node(&a, at)?, self.node(&b, at)?], at)?;
        Ok(self.weak_like(result, weak))
    }

    /// The operands of a shift, a rotation or a power of integers: the right one has a type of its own. A distance
    /// keeps the type that it has, since one that is too large must stay too large.
    fn by_count(&self, op: BinaryOp, a: &Value, b: &Value, at: At) -> Out<(Value, Value, DType)> {
        let (ta, tb) = (self.ty(a, at)?, self.ty(b, at)?);
        let second = op.second(ta.dtype);
        let small = b.as_static().and_then(Literal::as_i128).is_some_and(|n| u32::try_from(n).is_ok());
        let b = match op.takes(ta.dtype, tb.dtype) && !small {
            true => b.clone(),
            false if b.is_weak() || (small && op.takes(ta.dtype, tb.dtype)) => self.cast(b, second, at)?,
            false => {
                let message = format!("the right operand of `{}` is {second}, not {tb}", op.symbol());
                return Err(self.error(ErrorKind::DType, message, at));
            }
        };
        let (a, b) = self.one_shape(op.symbol(), a, &b, at)?;
        Ok((a, b, ta.dtype))
    }

    /// `a < b` and the other comparisons, element by element.
    ///
    /// # Errors
    /// Types or shapes that do not go together.
    pub(crate) fn compare_elements(&self, op: CmpOp, a: &Value, b: &Value, at: At) -> Out<Value> {
        let (a, b, _) = self.align(op.symbol(), a, b, at)?;
        if let (Some(x), Some(y)) = (a.as_static(), b.as_static()) {
            return scalar::compare(op, x, y).map(|v| self.bool(v)).map_err(|e| self.locate_error(e, at));
        }
        self.push(Op::Compare(op), vec![self.node(&a, at)?, self.node(&b, at)?], at)
    }

    /// Elementwise choice; the branches are brought to one type.
    pub(crate) fn select(&self, condition: &Value, a: &Value, b: &Value, at: At) -> Out<Value> {
        let weak = a.is_weak() && b.is_weak();
        let (a, b, _) = self.align("select", a, b, at)?;
        if self.ty(condition, at)?.dtype != DType::Bool {
            let message = format!("a condition is a bool, not {}", self.describe(condition));
            return Err(self.error(ErrorKind::DType, message, at));
        }
        match condition.as_static() {
            Some(Literal::Bool(true)) => return Ok(a),
            Some(_) => return Ok(b),
            None => {}
        }
        let shape = self.ty(&a, at)?.shape;
        let condition_shape = self.ty(condition, at)?.shape;
        let shape = broadcast_shapes(&shape, &condition_shape).ok_or_else(|| {
            let message = format!("the condition has shape {condition_shape:?}, the values {shape:?}");
            self.error(ErrorKind::Shape, message, at)
        })?;
        let inputs = [condition, &a, &b]
            .into_iter()
            .map(|v| self.node(&self.broadcast_to(v, &shape, at)?, at))
            .collect::<Out<Vec<_>>>()?;
        Ok(self.weak_like(self.push(Op::Select, inputs, at)?, weak))
    }

    /// `a && b`; `b` is evaluated only where `a` is true.
    ///
    /// # Errors
    /// Operands that are not bools, and those of `b`.
    pub fn lazy_and(&self, a: &Value, b: impl FnOnce() -> Out<Value>, at: At) -> Out<Value> {
        self.lazy(BinaryOp::And, a, b, at)
    }

    /// `a || b`; `b` is evaluated only where `a` is false.
    ///
    /// # Errors
    /// Operands that are not bools, and those of `b`.
    pub fn lazy_or(&self, a: &Value, b: impl FnOnce() -> Out<Value>, at: At) -> Out<Value> {
        self.lazy(BinaryOp::Or, a, b, at)
    }

    fn lazy(&self, op: BinaryOp, a: &Value, b: impl FnOnce() -> Out<Value>, at: At) -> Out<Value> {
        let decided = op == BinaryOp::Or;
        match a.as_static() {
            Some(Literal::Bool(v)) if v == decided => return Ok(self.bool(decided)),
            Some(Literal::Bool(_)) => return b(),
            _ => {}
        }
        let a_id = self.node(a, at)?;
        self.builder.borrow_mut().open();
        let b = b()?;
        if let Some(Literal::Bool(v)) = b.as_static() {
            self.builder.borrow_mut().close(Vec::new());
            return Ok(if v == decided { self.bool(decided) } else { a.clone() });
        }
        let b_id = self.node(&b, at)?;
        let region = self.builder.borrow_mut().close(vec![b_id]);
        let harmless = {
            let builder = self.builder.borrow();
            region.nodes.iter().all(|n| n.regions.is_empty() && !may_fail(builder.graph(), n))
        };
        if harmless {
            self.builder.borrow_mut().splice(region);
            return self.push(Op::Binary(op), vec![a_id, b_id], at);
        }
        self.builder.borrow_mut().open();
        let known = self.node(&self.bool(decided), at)?;
        let short = self.builder.borrow_mut().close(vec![known]);
        let regions = if decided { vec![short, region] } else { vec![region, short] };
        let site = self.site(at);
        let ty = vec![crate::dtype::Type::scalar(DType::Bool)];
        let out = self.builder.borrow_mut().push_control(Op::Cond, vec![a_id], regions, ty, site);
        Ok(Value::traced(out[0]))
    }
}
