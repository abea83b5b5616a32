//! Reductions: names, result types, and their values on Candle.

use super::datum::{Datum, collect};
use super::elementwise::named_ops;
use super::{BinaryOp, CmpOp, Op, scalar};
use crate::array::{Device, Element};
use crate::dtype::{DType, Literal, Type};
use crate::error::{Error, ErrorKind, Result};
use ndarray::{ArrayViewD, Axis, IxDyn};

named_ops! {
    /// Reductions over axes.
    ReduceOp {
        /// Sum; 0 for no elements.
        Sum = "sum",
        /// Product; 1 for no elements.
        Prod = "prod",
        /// Smallest element; a NaN anywhere gives NaN, as in NumPy. At least one element.
        Min = "min",
        /// Largest element; a NaN anywhere gives NaN, as in NumPy. At least one element.
        Max = "max",
        /// All are true.
        All = "all",
        /// Any is true.
        Any = "any",
    }
}

named_ops! {
    /// Positions of extrema; the first one among equals, the first NaN if there is one.
    ArgOp {
        /// Of the smallest.
        ArgMin = "argmin",
        /// Of the largest.
        ArgMax = "argmax",
    }
}

impl ReduceOp {
    /// It takes elements of that dtype.
    pub fn takes(self, x: DType) -> bool {
        match self {
            ReduceOp::Sum | ReduceOp::Prod | ReduceOp::Min | ReduceOp::Max => x != DType::Bool,
            ReduceOp::All | ReduceOp::Any => x == DType::Bool,
        }
    }
}

pub(super) fn infer_reduce(op: ReduceOp, x: &Type, axes: &[usize]) -> Result<Type> {
    if !op.takes(x.dtype) {
        return Err(Error::new(ErrorKind::DType, format!("`{}` does not take {x}", op.name())));
    }
    let sorted = axes.windows(2).all(|w| w[0] < w[1]);
    if !sorted || axes.iter().any(|&k| k >= x.rank()) {
        return Err(Error::new(ErrorKind::Rank, format!("{x} has no axes {axes:?}")));
    }
    let reduced: usize = axes.iter().map(|&k| x.shape[k]).product();
    let shape: Vec<usize> = (0..x.rank()).filter(|k| !axes.contains(k)).map(|k| x.shape[k]).collect();
    let kept: usize = shape.iter().product();
    if reduced == 0 && kept > 0 && matches!(op, ReduceOp::Min | ReduceOp::Max) {
        return Err(Error::new(
            ErrorKind::Shape,
            format!("`{}` of no elements ({x}) has no value", op.name()),
        ));
    }
    Ok(Type::new(x.dtype, shape))
}

pub(super) fn infer_arg(op: ArgOp, x: &Type) -> Result<Type> {
    if x.rank() != 1 || x.dtype == DType::Bool {
        return Err(Error::new(
            ErrorKind::Rank,
            format!("`{}` takes a rank-1 array of numbers, not {x}", op.name()),
        ));
    }
    if x.count() == 0 {
        return Err(Error::new(ErrorKind::Shape, format!("`{}` of no elements has no value", op.name())));
    }
    Ok(Type::scalar(DType::Usize))
}

impl ReduceOp {
    /// The value of no elements.
    fn identity(self, dtype: DType) -> Literal {
        match self {
            ReduceOp::Sum | ReduceOp::Any | ReduceOp::Min | ReduceOp::Max => Literal::zero(dtype),
            ReduceOp::Prod | ReduceOp::All => Literal::one(dtype),
        }
    }

    fn combine(self, a: Literal, b: Literal) -> Result<Literal> {
        let nan = |v: Literal| v.as_f64().is_nan();
        match self {
            ReduceOp::Sum => scalar::binary(BinaryOp::Add, a, b),
            ReduceOp::Prod => scalar::binary(BinaryOp::Mul, a, b),
            ReduceOp::All => scalar::binary(BinaryOp::And, a, b),
            ReduceOp::Any => scalar::binary(BinaryOp::Or, a, b),
            _ if nan(a) => Ok(a),
            _ if nan(b) => Ok(b),
            ReduceOp::Min => scalar::binary(BinaryOp::Min, a, b),
            ReduceOp::Max => scalar::binary(BinaryOp::Max, a, b),
        }
    }
}

pub(super) fn eval<'a>(
    op: &Op,
    mut inputs: Vec<Datum<'a>>,
    out: &Type,
    device: &Device,
) -> Result<Datum<'a>> {
    // Written out, also where one value repeats: sums add in the array library's order.
    let x = inputs.swap_remove(0).on_host()?.written_out(&Device::cpu())?;
    match op {
        Op::Reduce { op, axes } => reduce(*op, axes, &x, out, device),
        Op::ArgReduce(op) => {
            let read = x.reader()?;
            let better = if *op == ArgOp::ArgMin { CmpOp::Lt } else { CmpOp::Gt };
            let mut best = 0;
            for k in 1..x.ty().count() {
                let (new, old) = (read(k), read(best));
                let nan = |v: Literal| v.as_f64().is_nan();
                if !nan(old) && (nan(new) || scalar::compare(better, new, old)?) {
                    best = k;
                }
            }
            Ok(Datum::Scalar(Literal::Usize(best)))
        }
        Op::CumSum { axis } => {
            let stride: usize = out.shape[axis + 1..].iter().product();
            let len = out.shape[*axis];
            let read = x.reader()?;
            let mut sums: Vec<Literal> = Vec::with_capacity(out.count());
            for k in 0..out.count() {
                let sum = match (k / stride) % len {
                    0 => read(k),
                    _ => scalar::binary(BinaryOp::Add, sums[k - stride], read(k))?,
                };
                sums.push(sum);
            }
            super::eval::to_device(collect(out.dtype, &out.shape, |k| Ok(sums[k]))?, device)
        }
        other => Err(Error::new(ErrorKind::Verify, format!("`{}` is not a reduction", other.name()))),
    }
}

fn reduce<'a>(op: ReduceOp, axes: &[usize], x: &Datum<'_>, out: &Type, device: &Device) -> Result<Datum<'a>> {
    // Float sums are those of the array library, so that the readings agree to the bit.
    let summed = match (op, out.dtype) {
        (ReduceOp::Sum, DType::F64) => sum::<f64>(axes, x).map(|v| v.map(|&v| Literal::F64(v))),
        (ReduceOp::Sum, DType::F32) => sum::<f32>(axes, x).map(|v| v.map(|&v| Literal::F32(v))),
        _ => None,
    };
    let ty = x.ty();
    let values: Vec<Literal> = match summed {
        Some(values) => values.iter().copied().collect(),
        None => {
            let read = x.reader()?;
            let mut acc: Vec<Option<Literal>> = vec![None; out.count()];
            for k in 0..ty.count() {
                let cell = &mut acc[kept_position(k, &ty.shape, axes)];
                *cell = Some(match *cell {
                    Some(a) => op.combine(a, read(k))?,
                    None => read(k),
                });
            }
            acc.into_iter().map(|v| v.unwrap_or(op.identity(out.dtype))).collect()
        }
    };
    if out.is_scalar() {
        return Ok(Datum::Scalar(values[0]));
    }
    super::eval::to_device(collect(out.dtype, &out.shape, |k| Ok(values[k]))?, device)
}

/// Where element `k` of an array goes when `axes` disappear.
fn kept_position(mut k: usize, shape: &[usize], axes: &[usize]) -> usize {
    let (mut position, mut stride) = (0, 1);
    for (axis, &n) in shape.iter().enumerate().rev() {
        if !axes.contains(&axis) {
            position += (k % n) * stride;
            stride *= n;
        }
        k /= n;
    }
    position
}

fn sum<T: Element + num::Sum>(axes: &[usize], x: &Datum<'_>) -> Option<ndarray::ArrayD<T>> {
    let buffer = x.buffer()?;
    let view = ArrayViewD::from_shape(IxDyn(buffer.shape()), buffer.as_slice::<T>()?).ok()?;
    if axes.len() == buffer.shape().len() {
        return Some(ndarray::arr0(view.sum()).into_dyn());
    }
    let mut out = view.sum_axis(Axis(*axes.last()?));
    for &axis in axes.iter().rev().skip(1) {
        out = out.sum_axis(Axis(axis));
    }
    Some(out)
}

mod num {
    //! The bound of `ndarray`'s sums.
    pub trait Sum: Clone + std::ops::Add<Output = Self> + Default + crate::array::Number {}
    impl Sum for f64 {}
    impl Sum for f32 {}
}
