//! What the op-by-op engine computes with: scalars on the host, arrays in buffers.

use crate::array::{Buffer, Device, Element};
use crate::dtype::{DType, Literal, Type};
use crate::error::{Error, ErrorKind, Result};
use candle_core::Tensor;
use std::rc::Rc;

/// A value at run time.
#[derive(Clone, Debug)]
pub(crate) enum Datum<'a> {
    /// A scalar; it lives on the host whatever the device of the arrays.
    Scalar(Literal),
    /// An array of one repeated value, not written out.
    Splat(Literal, Vec<usize>),
    /// An argument that the caller lends.
    Lent(&'a Buffer),
    /// An array of this run; it may be changed in place while nobody else holds it.
    Owned(Rc<Buffer>),
}

/// Runs an expression with `$t` the Rust type of a dtype.
macro_rules! with_type {
    ($dtype:expr, $t:ident => $body:expr) => {
        match $dtype {
            DType::Bool => {
                type $t = bool;
                $body
            }
            DType::I32 => {
                type $t = i32;
                $body
            }
            DType::U32 => {
                type $t = u32;
                $body
            }
            DType::I64 => {
                type $t = i64;
                $body
            }
            DType::U64 => {
                type $t = u64;
                $body
            }
            DType::Usize => {
                type $t = usize;
                $body
            }
            DType::F32 => {
                type $t = f32;
                $body
            }
            DType::F64 => {
                type $t = f64;
                $body
            }
        }
    };
}
pub(crate) use with_type;

impl<'a> Datum<'a> {
    pub fn owned(buffer: Buffer) -> Datum<'a> {
        Datum::Owned(Rc::new(buffer))
    }

    pub fn ty(&self) -> Type {
        match self {
            Datum::Scalar(literal) => Type::scalar(literal.dtype()),
            Datum::Splat(literal, shape) => Type::new(literal.dtype(), shape.as_slice()),
            Datum::Lent(b) => Type::new(b.dtype(), b.shape()),
            Datum::Owned(b) => Type::new(b.dtype(), b.shape()),
        }
    }

    pub fn scalar(&self) -> Result<Literal> {
        match self {
            Datum::Scalar(literal) => Ok(*literal),
            other => Err(Error::new(ErrorKind::Verify, format!("expected a scalar, found {}", other.ty()))),
        }
    }

    /// The buffer of an array that is written out.
    pub fn buffer(&self) -> Option<&Buffer> {
        match self {
            Datum::Lent(b) => Some(b),
            Datum::Owned(b) => Some(b),
            _ => None,
        }
    }

    /// The array written out on `device`.
    pub fn written_out(self, device: &Device) -> Result<Datum<'a>> {
        match self {
            Datum::Splat(literal, shape) => Ok(Datum::owned(filled(literal, &shape, device)?)),
            other => Ok(other),
        }
    }

    /// The array as a buffer of its own that may be changed: taken over where nobody else holds it, else
    /// copied.
    pub fn into_unique(self, device: &Device) -> Result<Buffer> {
        match self {
            Datum::Scalar(literal) => filled(literal, &[], device),
            Datum::Splat(literal, shape) => filled(literal, &shape, device),
            Datum::Lent(b) => b.deep_clone(),
            Datum::Owned(b) => match Rc::try_unwrap(b) {
                Ok(buffer) => Ok(buffer),
                Err(shared) => shared.deep_clone(),
            },
        }
    }

    /// The array on the host.
    pub fn on_host(self) -> Result<Datum<'a>> {
        match self.buffer() {
            Some(b) if !b.is_host() => Ok(Datum::owned(b.to_device(&Device::cpu())?)),
            _ => self.written_out(&Device::cpu()),
        }
    }

    /// The array as a Candle tensor (a repeated value as a view of one element).
    pub fn tensor(&self, device: &Device) -> Result<Tensor> {
        match self {
            Datum::Lent(b) => Ok(b.tensor().clone()),
            Datum::Owned(b) => Ok(b.tensor().clone()),
            Datum::Scalar(literal) => Ok(filled(*literal, &[], device)?.into_tensor()),
            Datum::Splat(literal, shape) => {
                Ok(filled(*literal, &[], device)?.into_tensor().broadcast_as(shape.as_slice())?)
            }
        }
    }

    /// Reads elements in row-major order, of arrays on the host.
    pub fn reader(&self) -> Result<Box<dyn Fn(usize) -> Literal + '_>> {
        let on_device = || Error::new(ErrorKind::Verify, "an array was expected on the host");
        match self {
            Datum::Scalar(literal) | Datum::Splat(literal, _) => {
                let literal = *literal;
                Ok(Box::new(move |_| literal))
            }
            Datum::Lent(_) | Datum::Owned(_) => {
                let buffer = self.buffer().ok_or_else(on_device)?;
                with_type!(buffer.dtype(), T => {
                    let slice = buffer.as_slice::<T>().ok_or_else(on_device)?;
                    Ok(Box::new(move |k| slice[k].to_literal()))
                })
            }
        }
    }
}

/// Memory for so many elements: an error where there is not enough, not an abort.
pub(crate) fn room_for<T>(count: usize) -> Result<Vec<T>> {
    let mut data = Vec::new();
    data.try_reserve_exact(count).map_err(|_| {
        let bytes = count.saturating_mul(size_of::<T>());
        Error::new(ErrorKind::Device, format!("there is not enough memory for an array of {bytes} bytes"))
    })?;
    Ok(data)
}

/// An array of one value.
pub(crate) fn filled(literal: Literal, shape: &[usize], device: &Device) -> Result<Buffer> {
    let count = super::infer::checked_count(shape)?;
    let host = with_type!(literal.dtype(), T => {
        let value = T::from_literal(literal).unwrap_or_default();
        let mut data: Vec<T> = room_for(count)?;
        data.resize(count, value);
        Buffer::from_vec(data, shape)
    })?;
    if device.is_cpu() { Ok(host) } else { host.to_device(device) }
}

/// An array of computed elements.
pub(crate) fn collect(
    dtype: DType,
    shape: &[usize],
    mut element: impl FnMut(usize) -> Result<Literal>,
) -> Result<Buffer> {
    let count = super::infer::checked_count(shape)?;
    with_type!(dtype, T => {
        let mut data: Vec<T> = room_for(count)?;
        for k in 0..count {
            data.push(T::from_literal(element(k)?).unwrap_or_default());
        }
        Buffer::from_vec(data, shape)
    })
}
