//! Ops that must not make a NaN.

use crate::array::Device;
use crate::dtype::{DType, Type};
use crate::error::{Error, ErrorKind, Result};
use crate::op::datum::Datum;
use crate::op::{Op, eval};

/// The value of an op; an error where it has a NaN and no operand has one.
pub(super) fn eval<'a>(op: &Op, inputs: Vec<Datum<'a>>, ty: &Type, device: &Device) -> Result<Datum<'a>> {
    let float = ty.dtype.is_float() && !matches!(op, Op::Const(_));
    if !float || any_nan(&inputs)? {
        return eval::eval(op, inputs, ty, device);
    }
    let operands: Vec<String> = inputs.iter().map(shown).collect();
    let value = eval::eval(op, inputs, ty, device)?;
    let Some(at) = first_nan(&value)? else { return Ok(value) };
    let name = op.name();
    let message = match value {
        Datum::Scalar(_) => format!("`{name}` makes a NaN of operands without one"),
        _ => format!("`{name}` makes a NaN of operands without one: element {at} in row-major order"),
    };
    Err(Error::new(ErrorKind::NotANumber, message).note(format!("its operands: {}", operands.join(", "))))
}

fn shown(operand: &Datum<'_>) -> String {
    match operand {
        Datum::Scalar(literal) => literal.to_string(),
        array => array.ty().to_string(),
    }
}

fn any_nan(values: &[Datum<'_>]) -> Result<bool> {
    for value in values {
        if first_nan(value)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Where the first NaN of a value is.
fn first_nan(value: &Datum<'_>) -> Result<Option<usize>> {
    if !value.ty().dtype.is_float() {
        return Ok(None);
    }
    if let Datum::Scalar(literal) | Datum::Splat(literal, _) = value {
        return Ok(literal.as_f64().is_nan().then_some(0));
    }
    let host = value.clone().on_host()?;
    let Some(buffer) = host.buffer() else { return Ok(None) };
    Ok(match buffer.dtype() {
        DType::F32 => buffer.as_slice::<f32>().and_then(|x| x.iter().position(|x| x.is_nan())),
        _ => buffer.as_slice::<f64>().and_then(|x| x.iter().position(|x| x.is_nan())),
    })
}
