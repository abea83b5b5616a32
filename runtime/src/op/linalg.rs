//! Matrix products.

use super::datum::{Datum, collect};
use super::{BinaryOp, scalar};
use crate::array::{Buffer, Device};
use crate::dtype::{DType, Literal, Type};
use crate::error::{Error, ErrorKind, Result};

pub(super) fn infer_dot(a: &Type, b: &Type) -> Result<Type> {
    let mismatch = |kind| Error::new(kind, format!("`dot` cannot multiply {a} with {b}"));
    if a.dtype != b.dtype || a.dtype == DType::Bool {
        return Err(mismatch(ErrorKind::DType));
    }
    let inner_b = if b.rank() == 2 { b.shape[0] } else { b.count() };
    match (a.rank(), b.rank()) {
        (1 | 2, 1 | 2) if *a.shape.last().unwrap_or(&0) == inner_b => {
            let mut shape: Vec<usize> = a.shape[..a.rank() - 1].to_vec();
            shape.extend(&b.shape[1..]);
            super::infer::checked_count(&shape)?;
            Ok(Type::new(a.dtype, shape))
        }
        (1 | 2, 1 | 2) => Err(mismatch(ErrorKind::Shape)),
        _ => Err(mismatch(ErrorKind::Rank).note("`dot` takes arrays of rank 1 and 2")),
    }
}

pub(super) fn eval_dot<'a>(inputs: Vec<Datum<'a>>, out: &Type, device: &Device) -> Result<Datum<'a>> {
    let (a, b) = (inputs[0].ty(), inputs[1].ty());
    let rows = if a.rank() == 2 { a.shape[0] } else { 1 };
    let inner = a.shape[a.rank() - 1];
    let columns = if b.rank() == 2 { b.shape[1] } else { 1 };
    if out.dtype.is_float() && rows * inner * columns > 0 && out.rank() > 0 {
        let left = inputs[0].tensor(device)?.contiguous()?.reshape((rows, inner))?;
        let right = inputs[1].tensor(device)?.contiguous()?.reshape((inner, columns))?;
        let product = left.matmul(&right)?.reshape(out.shape.as_slice())?;
        return Ok(Datum::owned(Buffer::from_tensor(product, out.dtype)?));
    }
    let host = |d: Datum<'a>| d.on_host()?.written_out(&Device::cpu());
    let inputs = inputs.into_iter().map(host).collect::<Result<Vec<_>>>()?;
    let (x, y) = (inputs[0].reader()?, inputs[1].reader()?);
    let element = |i: usize, j: usize| -> Result<Literal> {
        (0..inner).try_fold(Literal::zero(out.dtype), |sum, k| {
            let term = scalar::binary(BinaryOp::Mul, x(i * inner + k), y(k * columns + j))?;
            scalar::binary(BinaryOp::Add, sum, term)
        })
    };
    if out.rank() == 0 {
        // The same unrolled summation as the array library's own `dot`.
        if let (Some(x), Some(y)) = (slice::<f64>(&inputs[0]), slice::<f64>(&inputs[1])) {
            return Ok(Datum::Scalar(Literal::F64(x.dot(&y))));
        }
        if let (Some(x), Some(y)) = (slice::<f32>(&inputs[0]), slice::<f32>(&inputs[1])) {
            return Ok(Datum::Scalar(Literal::F32(x.dot(&y))));
        }
        return Ok(Datum::Scalar(element(0, 0)?));
    }
    let buffer = collect(out.dtype, &out.shape, |k| element(k / columns.max(1), k % columns.max(1)))?;
    super::eval::to_device(buffer, device)
}

fn slice<'d, T: crate::array::Element>(d: &'d Datum<'_>) -> Option<ndarray::ArrayView1<'d, T>> {
    d.buffer()?.as_slice::<T>().map(ndarray::ArrayView1::from)
}
