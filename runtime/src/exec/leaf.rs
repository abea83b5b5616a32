//! The parts of a tree outside of calls.

use super::args::{ArgValue, Outputs, neither};
use crate::array::{Buffer, Device, Element};
use crate::dtype::{DType, Literal};
use crate::error::{Error, ErrorKind, Result};
use crate::kernel::OutSlot;
use crate::op::datum::with_type;

/// A part of a tree.
#[derive(Debug)]
pub(crate) enum Leaf {
    Scalar(Literal),
    Array(Buffer),
    /// Part of a static field.
    Static(Literal),
}

impl ArgValue<'_> {
    /// Its parts, in order.
    pub(crate) fn leaves(&self, into: &mut Vec<Leaf>) -> Result<()> {
        match self {
            ArgValue::Tuple(parts) | ArgValue::Gathered(parts) => {
                parts.iter().try_for_each(|part| part.leaves(into))?;
            }
            ArgValue::List(items) => {
                // Element by element, whatever graphs do with long ones.
                into.extend([Literal::Usize(items.len()), Literal::Bool(false)].map(Leaf::Static));
                items.iter().try_for_each(|item| item.leaves(into))?;
            }
            ArgValue::Static(literal) => into.push(Leaf::Static(*literal)),
            arg => into.push(match (arg.literal(), arg.buffer()) {
                (Some(literal), _) => Leaf::Scalar(literal),
                (None, Some(buffer)) => Leaf::Array(buffer.deep_clone()?),
                _ => return Err(neither()),
            }),
        }
        Ok(())
    }
}

impl Outputs {
    /// A tree with these leaves.
    pub(crate) fn of(leaves: Vec<Leaf>, statics: &[Literal]) -> Outputs {
        let mut outputs = Outputs::default();
        outputs.set_statics(statics);
        outputs.values().extend(leaves.into_iter().map(|leaf| match leaf {
            Leaf::Scalar(literal) | Leaf::Static(literal) => OutSlot::Scalar(literal),
            Leaf::Array(buffer) => OutSlot::Array(buffer),
        }));
        outputs
    }
}

macro_rules! by_dtype {
    ($dtype:expr, $f:ident($($arg:expr),*)) => {
        match $dtype {
            DType::F64 => $f::<f64>($($arg),*),
            DType::F32 => $f::<f32>($($arg),*),
            DType::I64 => $f::<i64>($($arg),*),
            DType::I32 => $f::<i32>($($arg),*),
            DType::U32 => $f::<u32>($($arg),*),
            DType::U64 => $f::<u64>($($arg),*),
            DType::Usize => $f::<usize>($($arg),*),
            DType::Bool => $f::<bool>($($arg),*),
        }
    };
}

impl Leaf {
    pub fn dtype(&self) -> DType {
        match self {
            Leaf::Scalar(literal) | Leaf::Static(literal) => literal.dtype(),
            Leaf::Array(buffer) => buffer.dtype(),
        }
    }

    fn shape(&self) -> &[usize] {
        match self {
            Leaf::Array(buffer) => buffer.shape(),
            _ => &[],
        }
    }

    /// These leaves along a new first axis.
    pub fn stack(leaves: &[&Leaf]) -> Result<Buffer> {
        let Some(first) = leaves.first() else { return Err(neither()) };
        if let Some(other) = leaves.iter().find(|leaf| leaf.shape() != first.shape()) {
            let message = format!(
                "the trees of a stack have leaves of shapes {:?} and {:?}",
                first.shape(),
                other.shape()
            );
            return Err(Error::new(ErrorKind::Shape, message));
        }
        let shape = [&[leaves.len()], first.shape()].concat();
        by_dtype!(first.dtype(), stacked(leaves, &shape))
    }

    /// The leaves along the first axis.
    pub fn unstack(&self) -> Result<Vec<Leaf>> {
        by_dtype!(self.dtype(), unstacked(self))
    }

    fn elements<T: Element>(&self) -> Result<Vec<T>> {
        match self {
            Leaf::Scalar(literal) | Leaf::Static(literal) => {
                Ok(T::from_literal(*literal).into_iter().collect())
            }
            Leaf::Array(buffer) => {
                let host = buffer.to_device(&Device::cpu())?;
                host.as_slice::<T>().map(<[T]>::to_vec).ok_or_else(neither)
            }
        }
    }
}

fn stacked<T: Element>(leaves: &[&Leaf], shape: &[usize]) -> Result<Buffer> {
    let mut all = Vec::new();
    for leaf in leaves {
        all.extend(leaf.elements::<T>()?);
    }
    Buffer::from_vec(all, shape)
}

fn unstacked<T: Element>(leaf: &Leaf) -> Result<Vec<Leaf>> {
    let elements = leaf.elements::<T>()?;
    let Some((&count, shape)) = leaf.shape().split_first() else { return Err(neither()) };
    let size: usize = shape.iter().product();
    let part = |k: usize| {
        let own = &elements[k * size..(k + 1) * size];
        match own {
            [value] if shape.is_empty() => Ok(Leaf::Scalar(value.to_literal())),
            own => Ok(Leaf::Array(Buffer::from_vec(own.to_vec(), shape)?)),
        }
    };
    (0..count).map(part).collect()
}

/// The part of an array at a position of its first axes.
pub(super) fn row(buffer: &Buffer, position: &[usize]) -> Result<OutSlot> {
    let (axes, shape) = buffer.shape().split_at_checked(position.len()).ok_or_else(neither)?;
    let size: usize = shape.iter().product();
    let start = axes.iter().zip(position).fold(0, |start, (n, k)| start * n + k) * size;
    with_type!(buffer.dtype(), T => {
        let part = buffer.as_slice::<T>().and_then(|all| all.get(start..start + size)).ok_or_else(neither)?;
        Ok(match part {
            [value] if shape.is_empty() => OutSlot::Scalar(value.to_literal()),
            part => OutSlot::Array(Buffer::from_vec(part.to_vec(), shape)?),
        })
    })
}
