//! Reading and writing blocks of an array: elements, rows, columns, slices, gathers and scatters.

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
}

/// How a store combines the old element with the new value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoreMode {
    /// Replaces it.
    Set,
    /// Adds to it.
    Add,
    /// Multiplies it.
    Mul,
    /// The smaller of both.
    Min,
    /// The larger of both.
    Max,
}
