//! Methods without closures, by name: those of scalars, of arrays, and the shared ones.

use super::cx::{At, Cx, Out};
use super::slices::SliceArg;
use super::structs::methods_of;
use super::value::{Repr, Value};
use crate::dtype::{DType, Literal};
use crate::error::ErrorKind;
use crate::op::{BinaryOp, CmpOp, Op, ReduceOp, StoreMode, UnaryOp};
use std::rc::Rc;

/// Methods that are one binary op.
fn binary_method(name: &str, dtype: DType) -> Option<BinaryOp> {
    Some(match name {
        "powf" => BinaryOp::Pow,
        "pow" if dtype.is_int() => BinaryOp::Pow,
        "powi" => BinaryOp::Powi,
        "min" => BinaryOp::Min,
        "max" => BinaryOp::Max,
        "atan2" => BinaryOp::Atan2,
        "hypot" => BinaryOp::Hypot,
        "copysign" => BinaryOp::Copysign,
        "rem_euclid" => BinaryOp::RemEuclid,
        "div_euclid" => BinaryOp::DivEuclid,
        "wrapping_add" => BinaryOp::WrappingAdd,
        "wrapping_sub" => BinaryOp::WrappingSub,
        "wrapping_mul" => BinaryOp::WrappingMul,
        "wrapping_pow" => BinaryOp::WrappingPow,
        "saturating_mul" => BinaryOp::SaturatingMul,
        "rotate_left" => BinaryOp::RotateLeft,
        "rotate_right" => BinaryOp::RotateRight,
        "add" => BinaryOp::Add,
        "sub" => BinaryOp::Sub,
        "mul" => BinaryOp::Mul,
        "div" => BinaryOp::Div,
        "rem" => BinaryOp::Rem,
        _ => return None,
    })
}

impl Cx {
    /// `receiver.name(args)`
    ///
    /// # Errors
    /// A method that staged code does not have for this receiver; what the method itself refuses.
    pub fn method(&self, name: &'static str, receiver: &Value, args: &[Value], at: At) -> Out<Value> {
        if let Repr::At { base, index } = &receiver.0 {
            return self.at_method(name, base, index, args, at);
        }
        // Methods of the user's come before those that all values have.
        if !methods_of(receiver, name).is_empty() {
            let mut all = vec![receiver.clone()];
            all.extend_from_slice(args);
            return self.call_method(name, false, false, &mut all, at);
        }
        if let Some(out) = self.iterator_method(name, receiver, args, at)? {
            return Ok(out);
        }
        // These keep the value as it is: a graph value is never changed in place.
        if args.is_empty()
            && matches!(
                name,
                "clone"
                    | "to_owned"
                    | "view"
                    | "to_vec"
                    | "into_owned"
                    | "unwrap"
                    | "into_vec"
                    | "copied"
                    | "cloned"
                    | "into"
                    | "into_dyn"
                    | "as_slice"
            )
        {
            return Ok(receiver.clone());
        }
        if let (array, 1..) = receiver.whole() {
            return match (name, args) {
                ("of_length", [n]) => self.of_length(receiver, self.ty(array, at)?.shape[0], n, at),
                ("len", []) => Ok(Value::usize(self.ty(array, at)?.shape[0])),
                ("is_empty", []) => Ok(self.bool(self.ty(array, at)?.shape[0] == 0)),
                ("contains", [v]) => self.list_contains(receiver, v, at),
                _ => self.method(name, array, args, at),
            };
        }
        // A struct has no length, whatever it has a method of that name for.
        if receiver.struct_info().is_some() {
            return Err(self.unknown_method(name, receiver, at));
        }
        if let Some(columns) = receiver.columns() {
            return match (name, args) {
                ("len", []) => Ok(Value::usize(columns.count)),
                ("is_empty", []) => Ok(self.bool(false)),
                ("of_length", [n]) => self.of_length(receiver, columns.count, n, at),
                ("contains", [v]) => self.list_contains(receiver, v, at),
                ("product" | "sum", []) => {
                    self.method(name, &Value::list(self.apart(columns, at)?), args, at)
                }
                _ => Err(self.unknown_method(name, receiver, at)),
            };
        }
        if let Some(items) = receiver.items() {
            return match (name, args) {
                ("len", []) => Ok(Value::usize(items.len())),
                ("is_empty", []) => Ok(self.bool(items.is_empty())),
                ("of_length", [n]) => self.of_length(receiver, items.len(), n, at),
                ("contains", [v]) => self.list_contains(receiver, v, at),
                ("product", []) => self.fold_items(BinaryOp::Mul, items, 1, at),
                ("sum", []) => self.fold_items(BinaryOp::Add, items, 0, at),
                _ => Err(self.unknown_method(name, receiver, at)),
            };
        }
        let ty = self.ty(receiver, at)?;
        if let ([], Some(op)) = (args, UnaryOp::from_name(name)) {
            return self.unary(op, receiver, at);
        }
        if let ([b], Some(op)) = (args, binary_method(name, ty.dtype)) {
            return self.binary(op, receiver, b, at);
        }
        if let Some(out) = self.number_method(name, receiver, args, at)? {
            return Ok(out);
        }
        if ty.dtype.is_int()
            && let Some(out) = self.integer_method(name, receiver, args, at)?
        {
            return Ok(out);
        }
        if let Some(out) = self.array_method(name, receiver, args, at)? {
            return Ok(out);
        }
        Err(self.unknown_method(name, receiver, at))
    }

    fn unknown_method(&self, name: &str, receiver: &Value, at: At) -> crate::error::Error {
        let message =
            format!("staged code does not have the method `{name}` for {}", self.describe(receiver));
        self.error(ErrorKind::Unsupported, message, at)
    }

    fn fold_items(&self, op: BinaryOp, items: &[Value], start: i64, at: At) -> Out<Value> {
        items.iter().try_fold(Value::weak(Literal::I64(start)), |acc, v| self.binary(op, &acc, v, at))
    }

    /// Methods of numbers that are made of several ops, as the standard library defines them. They work
    /// on whole arrays too.
    fn number_method(&self, name: &str, x: &Value, args: &[Value], at: At) -> Out<Option<Value>> {
        let dtype = self.ty(x, at)?.dtype;
        let constant = |v: f64| Value::weak(Literal::F64(v));
        Ok(Some(match (name, args) {
            ("log", [base]) => {
                let (x, base, _) = self.promote("log", x, base, at)?;
                let (top, bottom) = (self.unary(UnaryOp::Ln, &x, at)?, self.unary(UnaryOp::Ln, &base, at)?);
                self.binary(BinaryOp::Div, &top, &bottom, at)?
            }
            ("mul_add", [b, c]) => {
                let (x, b, _) = self.align("mul_add", x, b, at)?;
                let (x, c, _) = self.align("mul_add", &x, c, at)?;
                let (x, b, _) = self.align("mul_add", &x, &b, at)?;
                let inputs = [&x, &b, &c].into_iter().map(|v| self.node(v, at)).collect::<Out<Vec<_>>>()?;
                self.push(Op::MulAdd, inputs, at)?
            }
            ("sin_cos", []) => {
                Value::tuple(vec![self.unary(UnaryOp::Sin, x, at)?, self.unary(UnaryOp::Cos, x, at)?])
            }
            ("clamp", [lo, hi]) => self.clamp(x, lo, hi, at)?,
            ("pow2", []) if dtype.is_float() => self.binary(BinaryOp::Mul, x, x, at)?,
            ("abs_sub", [y]) => {
                let difference = self.binary(BinaryOp::Sub, x, y, at)?;
                self.binary(BinaryOp::Max, &difference, &constant(0.0), at)?
            }
            ("then_some", [_]) => return Ok(None),
            _ => return Ok(None),
        }))
    }

    /// `x.clamp(lo, hi)`: an error where `lo > hi` (or one is NaN), as in Rust; a NaN `x` stays.
    fn clamp(&self, x: &Value, lo: &Value, hi: &Value, at: At) -> Out<Value> {
        let (lo, hi, _) = self.promote("clamp", lo, hi, at)?;
        let ordered = self.compare_elements(CmpOp::Le, &lo, &hi, at)?;
        match ordered.as_static() {
            Some(Literal::Bool(true)) => {}
            Some(_) if self.is_unconditional() => {
                return Err(self.error(
                    ErrorKind::Argument,
                    "`clamp` takes a lower bound that is not above the upper one",
                    at,
                ));
            }
            _ => {
                let ordered = self.all(&ordered, at)?;
                let message = "`clamp` takes a lower bound that is not above the upper one".into();
                self.push(Op::Check { message, user: false }, vec![self.node(&ordered, at)?], at)?;
            }
        }
        let below = self.compare_elements(CmpOp::Lt, x, &lo, at)?;
        let out = self.select(&below, &lo, x, at)?;
        let above = self.compare_elements(CmpOp::Gt, &out, &hi, at)?;
        self.select(&above, &hi, &out, at)
    }

    pub(super) fn all(&self, v: &Value, at: At) -> Out<Value> {
        let rank = self.ty(v, at)?.rank();
        if rank == 0 { Ok(v.clone()) } else { self.reduce(ReduceOp::All, v, (0..rank).collect(), at) }
    }

    fn array_method(&self, name: &str, x: &Value, args: &[Value], at: At) -> Out<Option<Value>> {
        let ty = self.ty(x, at)?;
        if let Some(out) = self.shape_method(name, x, args, at)? {
            return Ok(Some(out));
        }
        if let Some(out) = self.reduction_method(name, x, args, at)? {
            return Ok(Some(out));
        }
        if ty.is_scalar() {
            return Ok(None);
        }
        Ok(Some(match (name, args) {
            ("row", [i]) if ty.rank() == 2 => {
                self.slice("", x, &[SliceArg::Index(i.clone()), SliceArg::full()], at)?
            }
            ("column", [j]) if ty.rank() == 2 => {
                self.slice("", x, &[SliceArg::full(), SliceArg::Index(j.clone())], at)?
            }
            ("index_axis", [axis, i]) => {
                let k = self.axis(axis, ty.rank(), at)?;
                let spec: Vec<SliceArg> = (0..ty.rank())
                    .map(|a| if a == k { SliceArg::Index(i.clone()) } else { SliceArg::full() })
                    .collect();
                self.slice("", x, &spec, at)?
            }
            ("diag", []) if ty.rank() == 2 => {
                let n = ty.shape[0].min(ty.shape[1]);
                let square = self.slice_static(x, &[n, n], at)?;
                let flat = self.reshape(&square, &[n * n], at)?;
                let axis = crate::op::Axis::Range { start: 0, len: n, step: n as isize + 1 };
                self.push(Op::Load { axes: vec![axis], name: None }, vec![self.node(&flat, at)?], at)?
            }
            ("at", [index]) => Value(Repr::At { base: Rc::new(x.clone()), index: Rc::new(index.clone()) }),
            ("select_rows" | "take", [index]) => {
                self.push(Op::Take { name: None }, vec![self.node(x, at)?, self.node(index, at)?], at)?
            }
            _ => return Ok(None),
        }))
    }

    /// The leading block of the given lengths.
    fn slice_static(&self, x: &Value, lens: &[usize], at: At) -> Out<Value> {
        let axes = lens.iter().map(|&n| crate::op::Axis::full(n)).collect();
        self.push(Op::Load { axes, name: None }, vec![self.node(x, at)?], at)
    }

    /// `x.copy_from_slice(&list)`, of a part of `x` with `n` elements.
    fn of_length(&self, list: &Value, length: usize, n: &Value, at: At) -> Out<Value> {
        let n = self.require_usize(n, "the length of a part", at)?;
        if n == length {
            return Ok(list.clone());
        }
        let message = format!("a list of {length} elements is copied to one of {n}");
        Err(self.error(ErrorKind::Shape, message, at))
    }

    fn shape_method(&self, name: &str, x: &Value, args: &[Value], at: At) -> Out<Option<Value>> {
        let ty = self.ty(x, at)?;
        let dims = || Value::tuple(ty.shape.iter().map(|&n| Value::usize(n)).collect());
        let array = !ty.is_scalar();
        Ok(Some(match (name, args) {
            ("len", []) if array => Value::usize(ty.count()),
            ("of_length", [n]) if array => self.of_length(x, ty.shape[0], n, at)?,
            ("contains", [v]) if array && self.ty(v, at)?.is_scalar() => {
                let same = self.compare_elements(CmpOp::Eq, x, v, at)?;
                self.reduce(ReduceOp::Any, &same, (0..ty.rank()).collect(), at)?
            }
            ("is_empty", []) if array => self.bool(ty.count() == 0),
            ("ndim", []) if array => Value::usize(ty.rank()),
            ("shape", []) if array => dims(),
            ("dim" | "raw_dim", []) if ty.rank() == 1 => Value::usize(ty.shape[0]),
            ("dim" | "raw_dim", []) if array => dims(),
            ("nrows", []) if ty.rank() == 2 => Value::usize(ty.shape[0]),
            ("ncols", []) if ty.rank() == 2 => Value::usize(ty.shape[1]),
            ("len_of", [axis]) if array => Value::usize(ty.shape[self.axis(axis, ty.rank(), at)?]),
            ("t" | "reversed_axes", []) if array => {
                if ty.rank() == 1 {
                    x.clone()
                } else {
                    self.push(Op::Transpose((0..ty.rank()).rev().collect()), vec![self.node(x, at)?], at)?
                }
            }
            ("into_shape_with_order" | "to_shape" | "reshape" | "into_shape", [shape]) if array => {
                self.reshape(x, &self.shape_arg(shape, at)?, at)?
            }
            ("flatten", []) if array => self.reshape(x, &[ty.count()], at)?,
            ("broadcast" | "broadcast_to", [shape]) => {
                let shape = self.shape_arg(shape, at)?;
                self.broadcast_to(x, &shape, at)?
            }
            ("insert_axis", [axis]) => {
                let k = self.axis(axis, ty.rank() + 1, at)?;
                let mut shape = ty.shape.clone();
                shape.insert(k, 1);
                self.reshape(x, &shape, at)?
            }
            _ => return Ok(None),
        }))
    }

    pub(crate) fn axis(&self, axis: &Value, rank: usize, at: At) -> Out<usize> {
        let k = self.require_usize(axis, "an axis", at)?;
        if k >= rank {
            let message = format!("there is no axis {k} in an array of rank {rank}");
            return Err(self.error(ErrorKind::Rank, message, at));
        }
        Ok(k)
    }

    /// `x.at(index).set(v)` and its relatives: a new array, never in place.
    fn at_method(&self, name: &str, base: &Value, index: &Value, args: &[Value], at: At) -> Out<Value> {
        let (Some(mode), [v]) = (StoreMode::from_name(name), args) else {
            let message =
                format!("`.at(..)` is followed by set, add, mul, min or max of one value, not by `{name}`");
            return Err(self.error(ErrorKind::Unsupported, message, at));
        };
        self.put_mode(mode, base, index, v, at)
    }

    /// `put(&array, index, value)` with every kind of index: one, several, or an array of rows.
    pub(crate) fn put_mode(
        &self,
        mode: StoreMode,
        base: &Value,
        index: &Value,
        v: &Value,
        at: At,
    ) -> Out<Value> {
        let base_ty = self.ty(base, at)?;
        let rows = match index.items() {
            Some(_) => false,
            // `[i, j]` written out arrives as a tuple: one position. A list of indices selects rows.
            None => self.ty(index, at)?.rank() == 1,
        };
        if !rows {
            return self.store_mode(mode, "", base, std::slice::from_ref(index), v, at);
        }
        let (base, v) = self.element_types("", base, v, at)?;
        let indices = self.ty(index, at)?;
        let mut shape = indices.shape.clone();
        shape.extend(&base_ty.shape[1..]);
        let v = self.broadcast_to(&v, &shape, at)?;
        let inputs = [&base, index, &v].into_iter().map(|v| self.node(v, at)).collect::<Out<Vec<_>>>()?;
        self.push(Op::Put { mode, name: None }, inputs, at)
    }

    /// Methods with a closure: `x.mapv(|v| ..)`.
    ///
    /// # Errors
    /// A method that staged code does not have; errors of the closure.
    pub fn map_method(
        &self,
        name: &'static str,
        receiver: &Value,
        args: &[Value],
        f: &mut dyn FnMut(&[Value]) -> Out<Value>,
        at: At,
    ) -> Out<Value> {
        let ("mapv" | "map" | "mapv_into", []) = (name, args) else {
            let message = format!("staged code does not have the method `{name}` with a closure");
            return Err(self.error(ErrorKind::Unsupported, message, at));
        };
        // The items of lists are trees or lists.
        if receiver.is_tree() || receiver.whole().1 > 0 {
            let n = self.list_length(receiver.whole().0, at)?;
            return self.build(&[n], None, &mut |k| f(&[self.load("", receiver, k, at)?]), at);
        }
        let ty = self.ty(receiver, at)?;
        if ty.is_scalar() {
            return Err(self.unknown_method(name, receiver, at));
        }
        self.build(
            &ty.shape,
            None,
            &mut |index| {
                let index = match index[0].items() {
                    Some(items) => items.to_vec(),
                    None => index.to_vec(),
                };
                f(&[self.load("", receiver, &index, at)?])
            },
            at,
        )
    }
}
