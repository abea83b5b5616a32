//! Reading and writing blocks of an array: elements, rows, columns, slices, gathers and scatters.

use super::datum::{Datum, with_type};
use super::elementwise::named_ops;
use super::{Op, scalar};
use crate::array::{Buffer, Device, Element};
use crate::dtype::{DType, Literal, Type};
use crate::error::{Error, ErrorKind, Result};

/// What a [`Load`](super::Op::Load) or [`Store`](super::Op::Store) covers along one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Axis {
    /// One position, from an index operand; the axis disappears from the block.
    At,
    /// Fixed positions `start, start + step, ..` (`len` of them, all within the axis; `step` may be
    /// negative, never 0).
    Range {
        /// First position.
        start: usize,
        /// How many.
        len: usize,
        /// Distance between two.
        step: isize,
    },
    /// `len` consecutive positions from an index operand on; all must lie within the axis.
    Window {
        /// How many.
        len: usize,
    },
}

impl Axis {
    /// The whole axis of length `n`.
    pub fn full(n: usize) -> Axis {
        Axis::Range { start: 0, len: n, step: 1 }
    }

    /// It takes an index operand.
    pub fn is_dynamic(self) -> bool {
        !matches!(self, Axis::Range { .. })
    }

    /// The length of this axis in the block, `None` where the axis disappears.
    pub fn block_len(self) -> Option<usize> {
        match self {
            Axis::At => None,
            Axis::Range { len, .. } | Axis::Window { len } => Some(len),
        }
    }

    /// Whether all its positions lie within an axis of length `n` (of a static range).
    pub fn fits(self, n: usize) -> bool {
        match self {
            Axis::At => true,
            Axis::Window { len } => len <= n,
            Axis::Range { len: 0, .. } => true,
            Axis::Range { start, len, step } => {
                let last = start as i128 + (len as i128 - 1) * step as i128;
                step != 0 && start < n && last >= 0 && last < n as i128
            }
        }
    }
}

/// The shape of the block that `axes` cover.
pub fn block_shape(axes: &[Axis]) -> Vec<usize> {
    axes.iter().filter_map(|axis| axis.block_len()).collect()
}

named_ops! {
    /// How a store combines the old element with the new value.
    StoreMode {
        /// Replaces it.
        Set = "set",
        /// Adds to it.
        Add = "add",
        /// Multiplies it.
        Mul = "mul",
        /// The smaller of both.
        Min = "min",
        /// The larger of both.
        Max = "max",
    }
}

impl StoreMode {
    /// The op that combines old and new; `None` for [`Set`](StoreMode::Set).
    pub fn combine(self) -> Option<super::BinaryOp> {
        match self {
            StoreMode::Set => None,
            StoreMode::Add => Some(super::BinaryOp::Add),
            StoreMode::Mul => Some(super::BinaryOp::Mul),
            StoreMode::Min => Some(super::BinaryOp::Min),
            StoreMode::Max => Some(super::BinaryOp::Max),
        }
    }
}

/// The error of an index outside its axis.
pub fn out_of_range(name: Option<&str>, axis: usize, index: i128, len: usize) -> Error {
    let array = name.map_or_else(|| "the array".to_string(), |n| format!("`{n}`"));
    Error::new(
        ErrorKind::Index,
        format!("index {index} is out of range for axis {axis} of {array}, which has length {len}"),
    )
}

/// One axis of a block with its index known: positions `start + k * step`, `k < len`, of this stride.
struct Span {
    start: usize,
    len: usize,
    step: isize,
    stride: usize,
}

/// Checks the index operands and lays the block out over the array's memory.
fn spans(axes: &[Axis], shape: &[usize], operands: &[Datum<'_>], name: Option<&str>) -> Result<Vec<Span>> {
    let mut operands = operands.iter();
    let mut stride: usize = shape.iter().product();
    let mut spans = Vec::with_capacity(axes.len());
    for (k, (axis, &n)) in axes.iter().zip(shape).enumerate() {
        stride = stride.checked_div(n).unwrap_or(0);
        let mut position = |len: usize| -> Result<usize> {
            let index = operands.next().map(Datum::scalar).transpose()?.and_then(Literal::as_i128);
            let index = index.ok_or_else(|| Error::new(ErrorKind::Verify, "an index is an integer"))?;
            if index < 0 || index + len as i128 > n as i128 {
                let bad = if index < 0 || len == 0 { index } else { index + len as i128 - 1 };
                return Err(out_of_range(name, k, bad, n));
            }
            Ok(index as usize)
        };
        spans.push(match *axis {
            Axis::At => Span { start: position(1)?, len: 1, step: 1, stride },
            Axis::Window { len } => Span { start: position(len)?, len, step: 1, stride },
            Axis::Range { start, len, step } => Span { start, len, step, stride },
        });
    }
    Ok(spans)
}

/// Calls `f` with the offset of every element of the block, in row-major order.
fn for_each_offset(spans: &[Span], base: usize, f: &mut impl FnMut(usize) -> Result<()>) -> Result<()> {
    let Some((first, rest)) = spans.split_first() else {
        return f(base);
    };
    for k in 0..first.len {
        let position = first.start as isize + k as isize * first.step;
        for_each_offset(rest, base + position as usize * first.stride, f)?;
    }
    Ok(())
}

fn no_host() -> Error {
    Error::new(ErrorKind::Verify, "an array was expected on the host")
}

/// Reads the block at these offsets.
fn gather<T: Element>(from: &Buffer, spans: &[Span], shape: &[usize]) -> Result<Buffer> {
    let source = from.as_slice::<T>().ok_or_else(no_host)?;
    let mut data: Vec<T> = super::datum::room_for(shape.iter().product())?;
    for_each_offset(spans, 0, &mut |offset| {
        data.push(source[offset]);
        Ok(())
    })?;
    Buffer::from_vec(data, shape)
}

fn combine<T: Element>(mode: StoreMode, old: T, new: T) -> Result<T> {
    match mode.combine() {
        None => Ok(new),
        Some(op) => {
            Ok(T::from_literal(scalar::binary(op, old.to_literal(), new.to_literal())?).unwrap_or(new))
        }
    }
}

/// Writes the values in order to these offsets.
fn scatter<T: Element>(
    into: &mut Buffer,
    mode: StoreMode,
    value: &Datum<'_>,
    offsets: impl FnOnce(&mut dyn FnMut(usize) -> Result<()>) -> Result<()>,
) -> Result<()> {
    let target = into.as_mut_slice::<T>().ok_or_else(no_host)?;
    let mut next = 0;
    if let Some(buffer) = value.buffer() {
        let values = buffer.as_slice::<T>().ok_or_else(no_host)?;
        return offsets(&mut |offset| {
            target[offset] = combine(mode, target[offset], values[next])?;
            next += 1;
            Ok(())
        });
    }
    let read = value.reader()?;
    let constant = T::from_literal(read(0)).ok_or_else(no_host)?;
    offsets(&mut |offset| {
        target[offset] = combine(mode, target[offset], constant)?;
        Ok(())
    })
}

pub(super) fn eval<'a>(op: &Op, inputs: Vec<Datum<'a>>, out: &Type, device: &Device) -> Result<Datum<'a>> {
    let inputs = super::eval::all_on_host(inputs)?;
    let mut inputs = inputs.into_iter();
    let array = inputs.next().ok_or_else(no_host)?;
    let mut rest: Vec<Datum<'a>> = inputs.collect();
    let shape = array.ty().shape;
    match op {
        Op::Load { axes, name } => {
            let spans = spans(axes, &shape, &rest, name.as_deref())?;
            if let Datum::Splat(literal, _) = array {
                return Ok(if out.is_scalar() {
                    Datum::Scalar(literal)
                } else {
                    Datum::Splat(literal, out.shape.clone())
                });
            }
            let buffer = array.buffer().ok_or_else(no_host)?;
            let block = with_type!(buffer.dtype(), T => gather::<T>(buffer, &spans, &out.shape))?;
            if out.is_scalar() {
                let block = Datum::owned(block);
                return Ok(Datum::Scalar(block.reader()?(0)));
            }
            super::eval::to_device(block, device)
        }
        Op::Store { axes, mode, name } => {
            let value = rest.pop().ok_or_else(no_host)?;
            let spans = spans(axes, &shape, &rest, name.as_deref())?;
            let mut buffer = array.into_unique(&Device::cpu())?;
            with_type!(buffer.dtype(), T => {
                scatter::<T>(&mut buffer, *mode, &value, |f| for_each_offset(&spans, 0, &mut |o| f(o)))
            })?;
            super::eval::to_device(buffer, device)
        }
        Op::Take { name } => {
            let rows = row_numbers(&rest[0], shape[0], name.as_deref())?;
            let width: usize = shape[1..].iter().product();
            let read = array.reader()?;
            let element = |k: usize| Ok(read(rows[k / width.max(1)] * width + k % width.max(1)));
            super::eval::to_device(super::datum::collect(out.dtype, &out.shape, element)?, device)
        }
        Op::Put { mode, name } => {
            let rows = row_numbers(&rest[0], shape[0], name.as_deref())?;
            let width: usize = shape[1..].iter().product();
            let mut buffer = array.into_unique(&Device::cpu())?;
            let value = rest.swap_remove(1);
            with_type!(buffer.dtype(), T => scatter::<T>(&mut buffer, *mode, &value, |f| {
                rows.iter().try_for_each(|row| (row * width..(row + 1) * width).try_for_each(&mut *f))
            }))?;
            super::eval::to_device(buffer, device)
        }
        other => Err(Error::new(ErrorKind::Verify, format!("`{}` does not index", other.name()))),
    }
}

/// The rows that an index array names, checked.
fn row_numbers(indices: &Datum<'_>, rows: usize, name: Option<&str>) -> Result<Vec<usize>> {
    let read = indices.reader()?;
    (0..indices.ty().count())
        .map(|k| {
            let index = read(k).as_i128().unwrap_or(-1);
            if (0..rows as i128).contains(&index) {
                Ok(index as usize)
            } else {
                Err(out_of_range(name, 0, index, rows))
            }
        })
        .collect()
}

/// The error of a loop whose index leaves its dtype, `None` where it does not: the first index is `start`, the
/// last `start + (count - 1) * step`.
pub fn loop_overflow(start: Literal, count: Literal, step: i64) -> Option<Error> {
    let dtype = start.dtype();
    let (lo, hi) = match dtype {
        DType::I32 => (i128::from(i32::MIN), i128::from(i32::MAX)),
        DType::U32 => (0, i128::from(u32::MAX)),
        DType::I64 => (i128::from(i64::MIN), i128::from(i64::MAX)),
        _ => (0, i128::from(u64::MAX)),
    };
    let (first, trips) = (start.as_i128()?, count.as_i128()?);
    let last = first + (trips - 1).max(0) * i128::from(step);
    (trips > 0 && !(lo..=hi).contains(&last)).then(|| {
        let message = format!(
            "the index of this loop overflows: {count} steps of {step} from {start} leave {dtype}, which holds \
             {lo} to {hi}"
        );
        Error::new(ErrorKind::Arithmetic, message)
    })
}
