//! Evaluation of one op: the portable reference. Arithmetic of floats goes to Candle wherever Candle has
//! the op with Rust's meaning, on whatever device the arrays live; the rest is computed on the host.

use super::datum::Datum;
use super::text::Template;
use super::{Op, elementwise, index, linalg, reduce, scalar, shape};
use crate::array::Device;
use crate::dtype::Literal;
use crate::error::{Error, ErrorKind, Result};

/// The value of an op without regions. `inputs` are consumed: an array that nobody else holds may be
/// changed in place. `out` is the type of the result.
pub(crate) fn eval<'a>(
    op: &Op,
    mut inputs: Vec<Datum<'a>>,
    out: &crate::dtype::Type,
    device: &Device,
) -> Result<Datum<'a>> {
    let all_scalar = inputs.iter().all(|d| matches!(d, Datum::Scalar(_)));
    match op {
        Op::Const(literal) => Ok(Datum::Scalar(*literal)),
        Op::Unary(op) if all_scalar => scalar::unary(*op, inputs[0].scalar()?).map(Datum::Scalar),
        Op::Binary(op) if all_scalar => {
            scalar::binary(*op, inputs[0].scalar()?, inputs[1].scalar()?).map(Datum::Scalar)
        }
        Op::Compare(op) if all_scalar => {
            let truth = scalar::compare(*op, inputs[0].scalar()?, inputs[1].scalar()?)?;
            Ok(Datum::Scalar(Literal::Bool(truth)))
        }
        Op::Select if all_scalar => {
            let truth = inputs[0].scalar()?.as_bool() == Some(true);
            Ok(inputs.swap_remove(if truth { 1 } else { 2 }))
        }
        Op::MulAdd if all_scalar => {
            scalar::mul_add(inputs[0].scalar()?, inputs[1].scalar()?, inputs[2].scalar()?).map(Datum::Scalar)
        }
        Op::Cast(dtype) if all_scalar => Ok(Datum::Scalar(inputs[0].scalar()?.cast(*dtype))),
        Op::Unary(_) | Op::Binary(_) | Op::Compare(_) | Op::Select | Op::MulAdd | Op::Cast(_) => {
            elementwise::eval(op, inputs, out, device)
        }
        Op::Iota { .. }
        | Op::Empty(_)
        | Op::Broadcast(_)
        | Op::Reshape(_)
        | Op::Transpose(_)
        | Op::Concat { .. }
        | Op::Stack => shape::eval(op, inputs, out, device),
        Op::Load { .. } | Op::Store { .. } | Op::Take { .. } | Op::Put { .. } => {
            index::eval(op, inputs, out, device)
        }
        Op::Reduce { .. } | Op::ArgReduce(_) | Op::CumSum { .. } => reduce::eval(op, inputs, out, device),
        Op::Dot => linalg::eval_dot(inputs, out, device),
        Op::Check { message, user } => match inputs[0].scalar()? {
            Literal::Bool(true) => Ok(Datum::Scalar(Literal::Bool(true))),
            _ => Err(failed_check(message, *user, &inputs[1..])),
        },
        Op::Print { .. }
        | Op::Progress { .. }
        | Op::For { .. }
        | Op::While
        | Op::Cond
        | Op::Switch
        | Op::Call { .. } => {
            Err(Error::new(ErrorKind::Verify, "control flow and prints are run by the engine, not as one op"))
        }
    }
}

/// The error of a check that does not hold.
pub(crate) fn failed_check(message: &str, user: bool, values: &[Datum<'_>]) -> Error {
    let kind = if user { ErrorKind::Panic } else { ErrorKind::Arithmetic };
    match Template::parse(message).and_then(|template| template.render(values)) {
        Ok(text) => Error::new(kind, text),
        Err(error) => error,
    }
}

/// Moves a result computed on the host to where the arrays live.
pub(super) fn to_device<'a>(buffer: crate::array::Buffer, device: &Device) -> Result<Datum<'a>> {
    Ok(Datum::owned(if device.is_cpu() { buffer } else { buffer.to_device(device)? }))
}

pub(super) fn all_on_host<'a>(inputs: Vec<Datum<'a>>) -> Result<Vec<Datum<'a>>> {
    inputs
        .into_iter()
        .map(|d| if d.buffer().is_some_and(|b| !b.is_host()) { d.on_host() } else { Ok(d) })
        .collect()
}
