//! The type rule of every op: from operand types to result types, or a sentence that names both sides.

use super::{Axis, Op, index};
use crate::dtype::DType;
use crate::dtype::Type;
use crate::error::{Error, ErrorKind, Result};

fn err(kind: ErrorKind, message: String) -> Error {
    Error::new(kind, message)
}

fn arity(op: &str, inputs: &[Type], n: usize) -> Result<()> {
    if inputs.len() == n {
        return Ok(());
    }
    Err(err(ErrorKind::Verify, format!("`{op}` takes {n} operands, not {}", inputs.len())))
}

/// Both operands have one type; otherwise the message names both.
fn same(op: &str, a: &Type, b: &Type) -> Result<()> {
    if a.shape != b.shape {
        let message =
            format!("`{op}` takes operands of one shape, but the left one is {a} and the right one {b}");
        return Err(err(ErrorKind::Shape, message));
    }
    if a.dtype != b.dtype {
        let message =
            format!("`{op}` takes operands of one type, but the left one is {a} and the right one {b}");
        return Err(err(ErrorKind::DType, message));
    }
    Ok(())
}

fn refuses(op: &str, x: &Type) -> Error {
    err(ErrorKind::DType, format!("`{op}` does not take {x}"))
}

/// Number of elements, checked against overflow (a shape from a user can be anything).
pub fn checked_count(shape: &[usize]) -> Result<usize> {
    shape
        .iter()
        .try_fold(1usize, |n, &d| n.checked_mul(d))
        .filter(|n| *n <= isize::MAX as usize / 8)
        .ok_or_else(|| err(ErrorKind::Shape, format!("an array of shape {shape:?} does not fit in memory")))
}

impl Op {
    /// The types of the results, for every op without regions.
    ///
    /// # Errors
    /// Operands that the op does not take.
    pub fn infer(&self, inputs: &[Type]) -> Result<Vec<Type>> {
        Ok(vec![match self {
            Op::Const(literal) => {
                arity("const", inputs, 0)?;
                Type::scalar(literal.dtype())
            }
            Op::Iota { dtype, len } => {
                arity("iota", inputs, 0)?;
                if *dtype == DType::Bool {
                    return Err(refuses("iota", &Type::scalar(*dtype)));
                }
                Type::new(*dtype, [*len])
            }
            Op::Empty(ty) => {
                arity("empty", inputs, 0)?;
                // What is read by mistake is a number all the same.
                if !ty.dtype.is_float() {
                    return Err(refuses("empty", ty));
                }
                ty.clone()
            }
            Op::Unary(op) => {
                arity(op.name(), inputs, 1)?;
                let x = &inputs[0];
                let dtype = op.result(x.dtype).ok_or_else(|| refuses(op.name(), x))?;
                x.with_dtype(dtype)
            }
            Op::Binary(op) => {
                arity(op.name(), inputs, 2)?;
                let (a, b) = (&inputs[0], &inputs[1]);
                if op.takes(a.dtype, b.dtype) {
                    same(op.symbol(), &a.with_dtype(b.dtype), b)?;
                } else {
                    same(op.symbol(), &a.with_dtype(op.second(a.dtype)), b)?;
                }
                let dtype = op.result(a.dtype).ok_or_else(|| refuses(op.symbol(), a))?;
                a.with_dtype(dtype)
            }
            Op::Compare(op) => {
                arity(op.name(), inputs, 2)?;
                same(op.symbol(), &inputs[0], &inputs[1])?;
                inputs[0].with_dtype(DType::Bool)
            }
            Op::Select => {
                arity("select", inputs, 3)?;
                same("select", &inputs[1], &inputs[2])?;
                same("select", &inputs[0], &inputs[1].with_dtype(DType::Bool))?;
                inputs[1].clone()
            }
            Op::MulAdd => {
                arity("mul_add", inputs, 3)?;
                same("mul_add", &inputs[0], &inputs[1])?;
                same("mul_add", &inputs[0], &inputs[2])?;
                if !inputs[0].dtype.is_float() {
                    return Err(refuses("mul_add", &inputs[0]));
                }
                inputs[0].clone()
            }
            Op::Cast(dtype) => {
                arity("cast", inputs, 1)?;
                inputs[0].with_dtype(*dtype)
            }
            Op::Broadcast(shape) => {
                arity("broadcast", inputs, 1)?;
                super::shape::infer_broadcast(&inputs[0], shape)?
            }
            Op::Reshape(shape) => {
                arity("reshape", inputs, 1)?;
                super::shape::infer_reshape(&inputs[0], shape)?
            }
            Op::Transpose(perm) => {
                arity("transpose", inputs, 1)?;
                super::shape::infer_transpose(&inputs[0], perm)?
            }
            Op::Concat { axis } => super::shape::infer_concat(inputs, *axis)?,
            Op::Stack => super::shape::infer_stack(inputs)?,
            Op::Load { axes, .. } => {
                let dynamic = axes.iter().filter(|a| a.is_dynamic()).count();
                arity("load", inputs, 1 + dynamic)?;
                infer_block(&inputs[0], axes, &inputs[1..])?
            }
            Op::Store { axes, mode, .. } => {
                let dynamic = axes.iter().filter(|a| a.is_dynamic()).count();
                arity("store", inputs, 2 + dynamic)?;
                let block = infer_block(&inputs[0], axes, &inputs[1..=dynamic])?;
                let value = &inputs[1 + dynamic];
                if *value != block {
                    let kind = if value.shape == block.shape { ErrorKind::DType } else { ErrorKind::Shape };
                    return Err(err(kind, format!("cannot store {value} where the array holds {block}")));
                }
                if mode.combine().is_some_and(|op| op.result(block.dtype).is_none()) {
                    return Err(refuses(mode.name(), &block));
                }
                inputs[0].clone()
            }
            Op::Take { .. } => {
                arity("take", inputs, 2)?;
                let (array, indices) = (&inputs[0], &inputs[1]);
                rows_by(array, indices)?;
                let shape: Vec<usize> = indices.shape.iter().chain(&array.shape[1..]).copied().collect();
                checked_count(&shape)?;
                Type::new(array.dtype, shape)
            }
            Op::Put { mode, .. } => {
                arity("put", inputs, 3)?;
                let (array, indices, values) = (&inputs[0], &inputs[1], &inputs[2]);
                rows_by(array, indices)?;
                let shape: Vec<usize> = indices.shape.iter().chain(&array.shape[1..]).copied().collect();
                same("put", &Type::new(array.dtype, shape), values)?;
                if mode.combine().is_some_and(|op| op.result(array.dtype).is_none()) {
                    return Err(refuses(mode.name(), array));
                }
                array.clone()
            }
            Op::Reduce { op, axes } => {
                arity(op.name(), inputs, 1)?;
                super::reduce::infer_reduce(*op, &inputs[0], axes)?
            }
            Op::ArgReduce(op) => {
                arity(op.name(), inputs, 1)?;
                super::reduce::infer_arg(*op, &inputs[0])?
            }
            Op::CumSum { axis } => {
                arity("cumsum", inputs, 1)?;
                if *axis >= inputs[0].rank() || inputs[0].dtype == DType::Bool {
                    return Err(refuses("cumsum", &inputs[0]));
                }
                inputs[0].clone()
            }
            Op::Dot => {
                arity("dot", inputs, 2)?;
                super::linalg::infer_dot(&inputs[0], &inputs[1])?
            }
            Op::Check { message, .. } => {
                if inputs.first() != Some(&Type::scalar(DType::Bool)) {
                    return Err(err(ErrorKind::Verify, "`check` takes a scalar condition".into()));
                }
                let template = super::text::Template::parse(message)?;
                if template.arguments() >= inputs.len() {
                    return Err(err(
                        ErrorKind::Verify,
                        "the message of a `check` shows values that it lacks".into(),
                    ));
                }
                return Ok(Vec::new());
            }
            Op::Print { text, .. } => {
                if super::text::Template::parse(text)?.arguments() > inputs.len() {
                    return Err(err(ErrorKind::Verify, "a `print` shows values that it lacks".into()));
                }
                return Ok(Vec::new());
            }
            Op::Progress { .. } => {
                arity("progress", inputs, 2)?;
                return Ok(Vec::new());
            }
            Op::For { .. } | Op::While | Op::Cond | Op::Switch | Op::Call { .. } => {
                return Err(err(ErrorKind::Verify, "control flow takes its types from its regions".into()));
            }
        }])
    }
}

fn rows_by(array: &Type, indices: &Type) -> Result<()> {
    if array.rank() == 0 {
        return Err(err(ErrorKind::Rank, "a scalar has no rows to index".into()));
    }
    if !indices.dtype.is_int() {
        return Err(err(ErrorKind::DType, format!("indices are integers, not {indices}")));
    }
    Ok(())
}

fn infer_block(array: &Type, axes: &[Axis], operands: &[Type]) -> Result<Type> {
    if axes.len() != array.rank() {
        let message = format!("{} indices for an array of rank {} ({array})", axes.len(), array.rank());
        return Err(err(ErrorKind::Rank, message));
    }
    for operand in operands {
        if !operand.is_scalar() || !operand.dtype.is_int() {
            return Err(err(ErrorKind::DType, format!("an index is an integer scalar, not {operand}")));
        }
    }
    for (k, (axis, &n)) in axes.iter().zip(&array.shape).enumerate() {
        if !axis.fits(n) {
            let message = format!("the slice of axis {k} reaches outside its length {n} ({array})");
            return Err(err(ErrorKind::Index, message));
        }
    }
    Ok(Type::new(array.dtype, index::block_shape(axes)))
}
