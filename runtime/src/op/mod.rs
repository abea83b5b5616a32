//! The operations of the graph. One file per family; everything that belongs to one op (its name, its
//! shape rule, its value on literals, its evaluation on Candle) stands together in that file.

pub mod datum;
pub mod elementwise;
pub mod eval;
pub mod index;
pub mod infer;
pub mod linalg;
pub(crate) mod range;
pub mod reduce;
pub mod scalar;
pub mod shape;
pub(crate) mod text;

use crate::backend::Stream;
use crate::dtype::{DType, Literal, Type};
use elementwise::named_ops;
pub use elementwise::{BinaryOp, CmpOp, UnaryOp};
pub use index::{Axis, StoreMode};
pub use reduce::{ArgOp, ReduceOp};
use std::sync::Arc;

/// One operation of the graph, with its static attributes.
///
/// Operands are listed in brackets, in the order of [`Node::inputs`](crate::graph::Node::inputs).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// `[]`: a scalar.
    Const(Literal),
    /// `[]`: `0, 1, .., len-1` as a rank-1 array.
    Iota {
        /// Its dtype (a number).
        dtype: DType,
        /// Its length.
        len: usize,
    },

    /// `[]`: an array of which only elements are read that were written before. A kernel leaves the others as they
    /// come; read all the same, op by op they are zeros.
    Empty(Type),

    /// `[x]`, elementwise.
    Unary(UnaryOp),
    /// `[a, b]`, elementwise; operands of the same shape and dtype (`Powi`: `b` is `i32`).
    Binary(BinaryOp),
    /// `[a, b]` of the same shape and dtype, elementwise, to `bool`.
    Compare(CmpOp),
    /// `[condition, a, b]`: elementwise `if condition { a } else { b }`; all of the same shape.
    Select,
    /// `[a, b, c]`: `a * b + c` with one rounding.
    MulAdd,
    /// `[x]`: Rust's `as`, elementwise.
    Cast(DType),

    /// `[x]`: repeats along new leading axes and along axes of length 1 (NumPy alignment).
    Broadcast(Vec<usize>),
    /// `[x]`: the same elements in row-major order under another shape.
    Reshape(Vec<usize>),
    /// `[x]`: axis `i` of the result is axis `perm[i]` of `x`.
    Transpose(Vec<usize>),
    /// `[a, b, ..]`: joined along an axis.
    Concat {
        /// The axis.
        axis: usize,
    },

    /// `[x0, x1, ..]` of one type (at least one): joined along a new leading axis.
    Stack,

    /// `[array, index..]`: reads a block: one element, a row, a column, a slice. One [`Axis`] per axis of
    /// the array; each [`Axis::At`] and [`Axis::Window`] takes one `usize`/integer index operand, in order.
    /// An index out of range is an error at run time that names the array.
    Load {
        /// What is taken along each axis.
        axes: Vec<Axis>,
        /// The array's name in the user's source.
        name: Option<Arc<str>>,
    },
    /// `[array, index.., value]`: the array with the block replaced (or combined) by `value`, whose shape
    /// is exactly that of the block.
    Store {
        /// What is written along each axis.
        axes: Vec<Axis>,
        /// How the old and the new value combine.
        mode: StoreMode,
        /// The array's name in the user's source.
        name: Option<Arc<str>>,
    },
    /// `[array, indices]`: rows `array[indices[k], ..]`; an integer array of any rank `r` as indices; the
    /// result has shape `indices.shape ++ array.shape[1..]`.
    Take {
        /// The array's name in the user's source.
        name: Option<Arc<str>>,
    },
    /// `[array, indices, values]`: `array[indices[k], ..] = values[k, ..]` for `k` in order, functionally.
    /// `indices` is rank 1, `values` has shape `indices.shape ++ array.shape[1..]`.
    Put {
        /// How the old and the new value combine.
        mode: StoreMode,
        /// The array's name in the user's source.
        name: Option<Arc<str>>,
    },

    /// `[x]`: reduces these axes (sorted, distinct); they disappear.
    Reduce {
        /// The reduction.
        op: ReduceOp,
        /// The axes.
        axes: Vec<usize>,
    },
    /// `[x]` of rank 1: position of the first smallest or largest element, as `usize`.
    ArgReduce(ArgOp),
    /// `[x]`: running sum along an axis, inclusive.
    CumSum {
        /// The axis.
        axis: usize,
    },
    /// `[a, b]`: matrix product of ranks (1|2, 1|2), floats or integers.
    Dot,

    /// `[condition, value..]`: an error with this message at run time when the condition is false.
    Check {
        /// The sentence, as a format string that shows the values by their number: `"{0} is not {1:.3}"`.
        message: Arc<str>,
        /// The user's own `assert!` or `panic!`, not a rule of the language.
        user: bool,
    },

    /// `[value..]`: prints, where and as often as it is executed.
    Print {
        /// Where to.
        stream: Stream,
        /// What, as a format string that shows the values by their number.
        text: Arc<str>,
    },

    /// `[done, total]`: moves the progress bar of a loop.
    Progress {
        /// The name of the loop.
        name: Arc<str>,
    },

    /// `[start, count, carry..]`, region `(index, carry..) -> (carry..)`: runs `count` times with
    /// `index = start + t * step`. `start` and `count` are integers of the index's dtype.
    For {
        /// The stride of the index.
        step: i64,
        /// The user says that iterations are independent (`#[parallel]`): if they are not, that is an error.
        parallel: bool,
    },
    /// `[carry..]`, regions `(carry..) -> (bool)` and `(carry..) -> (carry..)`.
    While,
    /// `[condition]`, regions `() -> (result..)` for true and for false.
    Cond,
    /// `[index]`, one region `() -> (result..)` per branch; the index is clamped to the branches.
    Switch,
    /// `[arg..]`, region `(arg..) -> (result..)`: a part of the graph that derivatives treat as a whole, by a
    /// rule, which may add a region. Optimisation puts its nodes in its place.
    Call {
        /// What its derivative is.
        rule: Rule,
        /// The name of the function.
        name: Arc<str>,
    },
}

named_ops! {
    /// What the derivative of a [`Call`](Op::Call) is.
    Rule {
        /// None: the results count as constants.
        Stop = "stop",
        /// That of its region, which reverse mode runs again instead of saving values of it.
        Recompute = "recompute",
        /// The same for a region that is a loop: its iterations are run again by segments, whose first values are
        /// saved.
        Segments = "segments",
        /// A region `(arg.., tangent..) -> (result.., tangent..)`, with tangents of what is a float.
        Jvp = "jvp",
        /// A region `(arg.., cotangent..) -> (cotangent..)`, from those of float results to those of float
        /// arguments.
        Vjp = "vjp",
    }
}

impl Op {
    /// It is there for what it shows, not for a value or an error.
    pub fn only_shows(&self) -> bool {
        matches!(self, Op::Print { .. } | Op::Progress { .. })
    }

    /// The op has nested regions.
    pub fn is_control(&self) -> bool {
        matches!(self, Op::For { .. } | Op::While | Op::Cond | Op::Switch | Op::Call { .. })
    }
}
