//! Ops that only rearrange elements: broadcast, reshape, transpose, concat, stack.

use super::Op;
use super::datum::{Datum, collect};
use super::infer::checked_count;
use crate::array::{Buffer, Device};
use crate::dtype::{Literal, Type};
use crate::error::{Error, ErrorKind, Result};
use candle_core::Tensor;

fn shape_error(message: String) -> Error {
    Error::new(ErrorKind::Shape, message)
}

/// The shape to which two shapes broadcast (NumPy alignment), if there is one.
pub fn broadcast_shapes(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let rank = a.len().max(b.len());
    let at = |s: &[usize], k: usize| (k + s.len()).checked_sub(rank).map_or(1, |i| s[i]);
    (0..rank)
        .map(|k| match (at(a, k), at(b, k)) {
            (x, y) if x == y => Some(x),
            (1, y) => Some(y),
            (x, 1) => Some(x),
            _ => None,
        })
        .collect()
}

pub(super) fn infer_broadcast(x: &Type, shape: &[usize]) -> Result<Type> {
    checked_count(shape)?;
    if x.rank() > shape.len() || broadcast_shapes(&x.shape, shape).as_deref() != Some(shape) {
        return Err(shape_error(format!("{x} does not broadcast to shape {shape:?}")));
    }
    Ok(Type::new(x.dtype, shape))
}

pub(super) fn infer_reshape(x: &Type, shape: &[usize]) -> Result<Type> {
    let count = checked_count(shape)?;
    if count != x.count() {
        return Err(shape_error(format!("{x} has {} elements, shape {shape:?} has {count}", x.count())));
    }
    Ok(Type::new(x.dtype, shape))
}

pub(super) fn infer_transpose(x: &Type, perm: &[usize]) -> Result<Type> {
    let mut seen = vec![false; x.rank()];
    let valid = perm.len() == x.rank()
        && perm.iter().all(|&p| p < seen.len() && !std::mem::replace(&mut seen[p], true));
    if !valid {
        return Err(shape_error(format!("{perm:?} is not a permutation of the axes of {x}")));
    }
    Ok(Type::new(x.dtype, perm.iter().map(|&p| x.shape[p]).collect::<Vec<_>>()))
}

pub(super) fn infer_concat(inputs: &[Type], axis: usize) -> Result<Type> {
    let Some(first) = inputs.first() else {
        return Err(shape_error("`concat` takes at least one array".into()));
    };
    if axis >= first.rank() {
        return Err(shape_error(format!("{first} has no axis {axis}")));
    }
    let mut shape = first.shape.clone();
    for other in &inputs[1..] {
        let fits = other.dtype == first.dtype
            && other.rank() == first.rank()
            && (0..first.rank()).all(|k| k == axis || other.shape[k] == first.shape[k]);
        if !fits {
            return Err(shape_error(format!("cannot join {first} and {other} along axis {axis}")));
        }
        shape[axis] += other.shape[axis];
    }
    checked_count(&shape)?;
    Ok(Type::new(first.dtype, shape))
}

pub(super) fn infer_stack(inputs: &[Type]) -> Result<Type> {
    let Some(first) = inputs.first() else {
        return Err(shape_error("`stack` takes at least one value".into()));
    };
    if let Some(other) = inputs.iter().find(|t| *t != first) {
        return Err(shape_error(format!("the elements of an array have one type, not {first} and {other}")));
    }
    let mut shape = vec![inputs.len()];
    shape.extend(&first.shape);
    checked_count(&shape)?;
    Ok(Type::new(first.dtype, shape))
}

pub(super) fn eval<'a>(
    op: &Op,
    mut inputs: Vec<Datum<'a>>,
    out: &Type,
    device: &Device,
) -> Result<Datum<'a>> {
    if let (
        Op::Broadcast(_) | Op::Reshape(_) | Op::Transpose(_),
        Some(Datum::Scalar(v) | Datum::Splat(v, _)),
    ) = (op, inputs.first())
    {
        return Ok(if out.is_scalar() { Datum::Scalar(*v) } else { Datum::Splat(*v, out.shape.clone()) });
    }
    if out.count() == 0 {
        return Ok(Datum::owned(Buffer::zeros(out.dtype, &out.shape, device)?));
    }
    match op {
        Op::Iota { dtype, .. } => {
            let buffer = collect(out.dtype, &out.shape, |k| Ok(Literal::Usize(k).cast(*dtype)))?;
            super::eval::to_device(buffer, device)
        }
        Op::Empty(ty) => Ok(Datum::owned(Buffer::zeros(ty.dtype, &ty.shape, device)?)),
        Op::Broadcast(shape) => {
            let view = inputs[0].tensor(device)?.broadcast_as(shape.as_slice())?;
            Ok(Datum::owned(Buffer::copy_of_tensor(&view, out.dtype)?))
        }
        Op::Reshape(shape) if shape.is_empty() => {
            let host = inputs.swap_remove(0).on_host()?;
            let read = host.reader()?;
            Ok(Datum::Scalar(read(0)))
        }
        Op::Reshape(shape) => {
            let tensor =
                inputs.swap_remove(0).into_unique(device)?.into_tensor().reshape(shape.as_slice())?;
            Ok(Datum::owned(Buffer::from_tensor(tensor, out.dtype)?))
        }
        Op::Transpose(perm) => {
            let view = inputs[0].tensor(device)?.permute(perm.as_slice())?;
            Ok(Datum::owned(Buffer::copy_of_tensor(&view, out.dtype)?))
        }
        Op::Concat { axis } => {
            let parts = inputs.iter().filter(|d| d.ty().count() > 0).map(|d| d.tensor(device));
            let parts = parts.collect::<Result<Vec<_>>>()?;
            Ok(Datum::owned(Buffer::copy_of_tensor(&Tensor::cat(&parts, *axis)?, out.dtype)?))
        }
        _ if out.rank() == 1 => {
            let elements = inputs.iter().map(Datum::scalar).collect::<Result<Vec<_>>>()?;
            super::eval::to_device(collect(out.dtype, &out.shape, |k| Ok(elements[k]))?, device)
        }
        _ => {
            let parts = inputs.iter().map(|d| d.tensor(device)).collect::<Result<Vec<_>>>()?;
            Ok(Datum::owned(Buffer::copy_of_tensor(&Tensor::stack(&parts, 0)?, out.dtype)?))
        }
    }
}
