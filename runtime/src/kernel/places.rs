//! The buffers of a run: how they come, who has them, and where results end.

use super::inst::Buf;
use super::ir::SlotInfo;
use super::program::argument;
#[cfg(doc)]
use super::program::{Access, Program};
use crate::array::Buffer;
use crate::dtype::{DType, Literal};
use crate::error::Result;
use smallvec::SmallVec;

/// An argument of a run, in the order of [`Program::inputs`].
pub(crate) enum Slot<'a> {
    /// For [`Access::Scalar`].
    Scalar(Literal),
    /// For [`Access::Read`].
    Read(&'a Buffer),
    /// For [`Access::Write`].
    Write(Buffer),
    /// For [`Access::Update`].
    Update(&'a mut Buffer),
}

/// A result of a run, in the order of the node's outputs.
pub(crate) enum OutSlot {
    /// A scalar.
    Scalar(Literal),
    /// An array.
    Array(Buffer),
    /// An array that was passed as [`Slot::Update`] and has the result now.
    Updated,
}

/// The results of a run; few of them need no memory.
pub(crate) type OutSlots = SmallVec<[OutSlot; 4]>;

/// The result `output` ends in the buffer that was passed for `slot`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Home {
    pub output: usize,
    pub slot: Buf,
}

/// Who has the buffer of a slot.
pub(super) enum Place<'a> {
    Nobody,
    /// It is only read.
    Read(&'a Buffer),
    /// The caller; it is updated.
    Lent(&'a mut Buffer),
    Own(Buffer),
}

impl Place<'_> {
    pub fn buffer(&self) -> Option<&Buffer> {
        match self {
            Place::Nobody => None,
            Place::Read(buffer) => Some(buffer),
            Place::Lent(buffer) => Some(buffer),
            Place::Own(buffer) => Some(buffer),
        }
    }

    pub fn buffer_mut(&mut self) -> Option<&mut Buffer> {
        match self {
            Place::Nobody | Place::Read(_) => None,
            Place::Lent(buffer) => Some(buffer),
            Place::Own(buffer) => Some(buffer),
        }
    }
}

/// Moves the elements of the result in `buf` to the buffer that was passed for the slot `home`, if the kernel left them
/// in another one. What was there takes their place, since it may be another result. `owner` says for each slot whose
/// buffer it has.
pub(super) fn bring_home(buf: Buf, home: Buf, places: &mut [Place<'_>], owner: &mut [usize]) -> Result<()> {
    let (at, to) = (owner[buf.index()], home.index());
    if at == to {
        return Ok(());
    }
    let both = places.get_disjoint_mut([at, to]).ok().map(|both| both.map(Place::buffer_mut));
    let Some([Some(here), Some(there)]) = both else {
        return Err(argument("a result without a buffer"));
    };
    there.swap_elements(here)?;
    for place in owner {
        *place = match *place {
            k if k == at => to,
            k if k == to => at,
            k => k,
        };
    }
    Ok(())
}

/// Memory for a slot.
pub(super) fn temporary(slot: &SlotInfo) -> Result<Buffer> {
    // SAFETY: the lowering makes a temporary for the result of one op, which writes all of its elements before
    // any other op reads it; a buffer handed back as a result went through that. Bools are made by
    // comparisons and logic, as 0 or 1. `Op::Empty` writes none, but is of floats, and a tape, of which nothing is read
    // that was not written.
    let mut buffer = unsafe { Buffer::unwritten(slot.dtype, &slot.shape)? };
    if cfg!(debug_assertions)
        && let Some(elements) = buffer.host_ptr_mut()
    {
        // So that a test sees it when that is not so.
        let pattern = match slot.dtype {
            DType::Bool => 1,
            // A NaN, which goes on to the results.
            DType::F64 | DType::F32 => 0xff,
            _ => 0xa5,
        };
        // SAFETY: the buffer has that many bytes.
        unsafe { elements.write_bytes(pattern, slot.count() * slot.dtype.size()) };
    }
    Ok(buffer)
}
