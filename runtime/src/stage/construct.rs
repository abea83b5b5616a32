//! Making arrays: `[a, b]`, `[v; n]`, `Array2::zeros((n, m))` and the other constructors, and functions
//! that belong to a type (`f64::max(a, b)`).

use super::cx::{At, Cx, Out};
use super::loops_over::each_index;
use super::typed::Ty;
use super::value::Value;
use crate::dtype::{DType, Literal, Type};
use crate::error::{Error, ErrorKind};
use crate::op::{BinaryOp, CmpOp, Op};

/// The rank that an array type's name declares.
fn declared_rank(ty: &str) -> Option<usize> {
    match ty {
        "Array1" => Some(1),
        "Array2" => Some(2),
        "Array3" => Some(3),
        _ => None,
    }
}

impl Cx {
    /// `[a, b, ..]` and `vec![a, b, ..]`; of arrays, their stack.
    ///
    /// # Errors
    /// Elements of different types.
    pub fn array(&self, elements: Vec<Value>, at: At) -> Out<Value> {
        let Some(first) = elements.first() else {
            // The element type of `[]` shows nowhere.
            return self.zeros_like(Literal::F64(0.0), &[0], at);
        };
        if first.is_tree() {
            return self.literal_list(elements, at);
        }
        let shapes = elements.iter().map(|v| Ok(self.ty(v, at)?.shape)).collect::<Out<Vec<_>>>()?;
        let levels = usize::from(!shapes[0].is_empty()) + first.whole().1;
        if !shapes[0].is_empty() && shapes.iter().any(|s| *s != shapes[0]) {
            // A list of arrays, for `concatenate`.
            return Ok(Value::list(elements));
        }
        let mut pinned = first.clone();
        for v in &elements[1..] {
            (pinned, _, _) = self.promote("[..]", &pinned, v, at)?;
        }
        let dtype = self.ty(&pinned, at)?.dtype;
        let weak = elements.iter().all(Value::is_weak);
        let inputs = elements
            .iter()
            .map(|v| {
                let v = self.adopt(v, dtype, at)?.unwrap_or_else(|| v.clone());
                self.node(&v, at)
            })
            .collect::<Out<Vec<_>>>()?;
        Ok(Value::rows(self.weak_like(self.push(Op::Stack, inputs, at)?, weak), levels))
    }

    /// `[v; n]` and `vec![v; n]`.
    ///
    /// # Errors
    /// A length that is only known at run time.
    pub fn repeat(&self, v: &Value, n: &Value, at: At) -> Out<Value> {
        let n = self.require_usize(n, "the length of an array", at)?;
        if v.is_tree() {
            return self.repeated(v, n, at);
        }
        let mut shape = vec![n];
        shape.extend(self.ty(v, at)?.shape);
        let weak = v.is_weak();
        let levels = usize::from(shape.len() > 1) + v.whole().1;
        let all = self.broadcast_to(v.whole().0, &shape, at)?;
        Ok(Value::rows(self.weak_like(all, weak), levels))
    }

    pub(crate) fn zeros_like(&self, v: Literal, shape: &[usize], at: At) -> Out<Value> {
        self.broadcast_to(&Value::literal(v), shape, at)
    }

    /// A shape argument: an integer, a tuple or a fixed array of them, all static.
    pub(crate) fn shape_arg(&self, v: &Value, at: At) -> Out<Vec<usize>> {
        let what = "the shape of an array";
        match v.items() {
            Some(items) => items.iter().map(|v| self.require_usize(v, what, at)).collect(),
            None if self.ty(v, at)?.is_scalar() => Ok(vec![self.require_usize(v, what, at)?]),
            None => match self.static_elements(v) {
                Some(dims) => dims.iter().map(|v| self.require_usize(v, what, at)).collect(),
                None => self.require_usize(v, what, at).map(|n| vec![n]),
            },
        }
    }

    /// The elements of `[a, b]` where they are constants.
    fn static_elements(&self, v: &Value) -> Option<Vec<Value>> {
        let id = self.node(v, At(0, 0, 0)).ok()?;
        self.builder
            .borrow()
            .stacked_constants(id)
            .map(|items| items.into_iter().map(Value::literal).collect())
    }

    /// `T::name(args)` for a scalar or array type.
    ///
    /// # Errors
    /// A function that staged code does not have.
    pub fn type_fn(
        &self,
        ty: &'static str,
        generics: Option<Ty>,
        name: &'static str,
        args: &[Value],
        at: At,
    ) -> Out<Value> {
        let element = match generics {
            Some(Ty::Scalar(dtype)) => Some(dtype),
            _ => None,
        };
        if let Some(dtype) = DType::from_name(ty) {
            return self.scalar_fn(dtype, name, args, at);
        }
        let fill = |literal: Literal| match element {
            Some(dtype) => Value::literal(literal.cast(dtype)),
            None => Value::weak(literal),
        };
        let out = match (name, args) {
            ("zeros" | "default", [shape]) => self.full(shape, &fill(Literal::F64(0.0)), at)?,
            ("ones", [shape]) => self.full(shape, &fill(Literal::F64(1.0)), at)?,
            ("from_elem", [shape, v]) => self.full(shape, v, at)?,
            ("from_vec" | "from" | "from_iter", [v]) => v.whole().0.clone(),
            ("from_shape_vec", [shape, v]) => self.reshape(v, &self.shape_arg(shape, at)?, at)?,
            ("linspace", [a, b, n]) => self.linspace(a, b, n, at)?,
            ("range", [a, b, step]) => self.arange(a, b, step, at)?,
            ("arange", [n]) => {
                let n = self.require_usize(n, "the number of elements", at)?;
                self.iota(element.unwrap_or(DType::F64), n, at)?
            }
            ("eye", [n]) => self.eye(n, &fill(Literal::F64(1.0)), at)?,
            ("from_diag", [v]) => self.diagonal_matrix(v, at)?,
            _ => {
                let message =
                    format!("staged code does not have `{ty}::{name}` with {} arguments", args.len());
                return Err(self.error(ErrorKind::Unsupported, message, at));
            }
        };
        // `Array1::zeros(n)` without a turbofish: the element type follows from what is stored in it, but
        // the declared default of this library is f64, so integers never become weak by accident.
        self.check_rank(ty, name, &out, at)?;
        Ok(out)
    }

    fn check_rank(&self, ty: &str, name: &str, out: &Value, at: At) -> Out<()> {
        let actual = self.ty(out, at)?;
        match declared_rank(ty) {
            Some(n) if n != actual.rank() => {
                let message =
                    format!("`{ty}::{name}` makes an array of rank {n}, but these arguments make {actual}");
                Err(self.error(ErrorKind::Rank, message, at))
            }
            _ => Ok(()),
        }
    }

    /// `Array2::from_shape_fn((n, m), |(i, j)| ..)`: a loop over the elements.
    ///
    /// # Errors
    /// A shape that is only known at run time; errors of the closure.
    pub fn type_fn_closure(
        &self,
        ty: &'static str,
        generics: Option<Ty>,
        name: &'static str,
        args: &[Value],
        f: &mut dyn FnMut(&[Value]) -> Out<Value>,
        at: At,
    ) -> Out<Value> {
        let ("from_shape_fn", [shape]) = (name, args) else {
            let message = format!("staged code does not have `{ty}::{name}` with a closure");
            return Err(self.error(ErrorKind::Unsupported, message, at));
        };
        let shape = self.shape_arg(shape, at)?;
        let out = self.build(&shape, generics, f, at)?;
        if !out.is_tree() && out.whole().1 == 0 {
            self.check_rank(ty, name, &out, at)?;
        }
        Ok(out)
    }

    /// An array whose elements a closure of the index computes.
    pub(super) fn build(
        &self,
        shape: &[usize],
        generics: Option<Ty>,
        f: &mut dyn FnMut(&[Value]) -> Out<Value>,
        at: At,
    ) -> Out<Value> {
        let zero = match generics {
            Some(Ty::Scalar(dtype)) => Value::literal(Literal::zero(dtype)),
            _ => Value::weak(Literal::F64(0.0)),
        };
        let weak = zero.is_weak();
        let mut dtype = None;
        let init = self.broadcast_to(&zero, shape, at)?;
        let init = self.weak_like(init, weak);
        // The element type is what the closure returns: found by staging it once.
        for attempt in 0..2 {
            let depth = self.builder.borrow().depth();
            let start = match dtype {
                Some(d) => self.broadcast_to(&Value::literal(Literal::zero(d)), shape, at)?,
                None => init.clone(),
            };
            let (mut found, mut trees) = (None, false);
            let result = each_index(self, shape, start, at, &mut |index, out| {
                let arg = if index.len() == 1 { index[0].clone() } else { Value::tuple(index.to_vec()) };
                let v = f(&[arg])?;
                if shape.len() == 1 && (v.is_tree() || !self.ty(&v, at)?.is_scalar()) {
                    trees = true;
                    return Err(self.error(ErrorKind::DType, "restage as a list of trees", at));
                }
                let is = self.ty(&v, at)?;
                if !is.is_scalar() {
                    let message = format!("the closure returns one element, not {is}");
                    return Err(self.error(ErrorKind::Shape, message, at));
                }
                let holds = self.ty(&out, at)?.dtype;
                if is.dtype != holds
                    && (!v.is_weak() || is.dtype.is_float() != holds.is_float())
                    && attempt == 0
                    && weak
                {
                    found = Some(is.dtype);
                    return Err(self.error(ErrorKind::DType, "restage with the element type found", at));
                }
                self.store("", &out, index, &v, at)
            });
            if trees || result.as_ref().is_err_and(Error::is_unlike) && shape.len() == 1 {
                self.builder.borrow_mut().truncate(depth);
                return self.collected(shape[0], f, at);
            }
            match found {
                Some(d) => {
                    // The half-staged loop is dropped with its open regions.
                    self.builder.borrow_mut().truncate(depth);
                    dtype = Some(d);
                }
                None => return result,
            }
        }
        Err(self.error(ErrorKind::DType, "the closure returns elements of different types", at))
    }

    /// An array of one value.
    pub(crate) fn full(&self, shape: &Value, v: &Value, at: At) -> Out<Value> {
        let shape = self.shape_arg(shape, at)?;
        if !self.ty(v, at)?.is_scalar() {
            return Err(self.error(
                ErrorKind::Shape,
                format!("an array is filled with a scalar, not {}", self.describe(v)),
                at,
            ));
        }
        let weak = v.is_weak();
        Ok(self.weak_like(self.broadcast_to(v, &shape, at)?, weak))
    }

    /// `n` values from `a` to `b`, both included, as `ndarray` and NumPy compute them: `a + i * step`.
    pub(crate) fn linspace(&self, a: &Value, b: &Value, n: &Value, at: At) -> Out<Value> {
        let n = self.require_usize(n, "the number of points", at)?;
        let (a, b, dtype) = self.promote("linspace", a, b, at)?;
        if !dtype.is_float() {
            return Err(self.error(ErrorKind::DType, format!("`linspace` takes floats, not {dtype}"), at));
        }
        let weak = a.is_weak() && b.is_weak();
        let step = if n > 1 {
            let span = self.binary(BinaryOp::Sub, &b, &a, at)?;
            let parts = Value::literal(Literal::Usize(n - 1).cast(dtype));
            self.binary(BinaryOp::Div, &span, &parts, at)?
        } else {
            Value::literal(Literal::zero(dtype))
        };
        let i = self.iota(dtype, n, at)?;
        let out = self.binary(BinaryOp::Mul, &step, &i, at)?;
        let out = self.binary(BinaryOp::Add, &a, &out, at)?;
        Ok(self.weak_like(out, weak))
    }

    /// `a, a + step, ..` below `b`; all static.
    pub(crate) fn arange(&self, a: &Value, b: &Value, step: &Value, at: At) -> Out<Value> {
        let (a2, b2, _) = self.promote("arange", a, b, at)?;
        let (a, step, dtype) = self.promote("arange", &a2, step, at)?;
        let what = "a bound of `arange`";
        let lo = self.require_static(&a, what, at)?;
        let hi = self.require_static(&b2, what, at)?;
        let by = self.require_static(&step, what, at)?;
        let n = ((hi.as_f64() - lo.as_f64()) / by.as_f64()).ceil();
        if !n.is_finite() {
            return Err(self.error(
                ErrorKind::Argument,
                format!("`arange` from {lo} to {hi} by {by} does not end"),
                at,
            ));
        }
        let i = self.iota(dtype, n.max(0.0) as usize, at)?;
        let out = self.binary(BinaryOp::Mul, &i, &Value::literal(by.cast(dtype)), at)?;
        self.binary(BinaryOp::Add, &out, &a, at)
    }

    pub(crate) fn iota(&self, dtype: DType, len: usize, at: At) -> Out<Value> {
        self.push(Op::Iota { dtype, len }, Vec::new(), at)
    }

    pub(crate) fn eye(&self, n: &Value, one: &Value, at: At) -> Out<Value> {
        let n = self.require_usize(n, "the size of a matrix", at)?;
        let diagonal = self.broadcast_to(one, &[n], at)?;
        let weak = one.is_weak();
        Ok(self.weak_like(self.diagonal_matrix(&diagonal, at)?, weak))
    }

    pub(crate) fn diagonal_matrix(&self, v: &Value, at: At) -> Out<Value> {
        let ty = self.ty(v, at)?;
        if ty.rank() != 1 {
            return Err(self.error(ErrorKind::Rank, format!("a diagonal has rank 1, not {ty}"), at));
        }
        let n = ty.shape[0];
        let i = self.iota(DType::Usize, n, at)?;
        let rows = self.reshape(&i, &[n, 1], at)?;
        let mask = self.compare_elements(CmpOp::Eq, &rows, &i, at)?;
        let values = self.broadcast_to(v, &[n, n], at)?;
        self.select(&mask, &values, &Value::literal(Literal::zero(ty.dtype)), at)
    }

    pub(crate) fn reshape(&self, v: &Value, shape: &[usize], at: At) -> Out<Value> {
        if self.ty(v, at)?.shape == shape {
            return Ok(v.clone());
        }
        let weak = v.is_weak();
        let out = self.push(Op::Reshape(shape.to_vec()), vec![self.node(v, at)?], at)?;
        Ok(self.weak_like(out, weak))
    }

    fn scalar_fn(&self, dtype: DType, name: &'static str, args: &[Value], at: At) -> Out<Value> {
        match (name, args) {
            ("from", [v]) => self.cast(v, dtype, at),
            ("default", []) => Ok(Value::literal(Literal::zero(dtype))),
            (_, [receiver, rest @ ..]) => {
                let receiver = self.coerce(receiver, Ty::Scalar(dtype), at).or_else(|e| {
                    // `f64::exp` on an array would be refused by rustc; here it is harmless.
                    if self.ty(receiver, at).is_ok_and(|t: Type| t.dtype == dtype) {
                        Ok(receiver.clone())
                    } else {
                        Err(e)
                    }
                })?;
                self.method(name, &receiver, rest, at)
            }
            _ => Err(self.error(
                ErrorKind::Unsupported,
                format!("staged code does not have `{dtype}::{name}`"),
                at,
            )),
        }
    }
}
