//! From a failed instruction to an error with the user's line.

use super::Program;
use super::engine::Failure;
use super::ir::{self, Call, TrapKind};
use crate::dtype::Literal;
use crate::error::{Error, ErrorKind, Location};
use crate::graph::Graph;
use crate::op::datum::Datum;
use crate::op::{eval, index, scalar};

/// What to report, and where.
#[derive(Debug)]
pub(super) struct Trap {
    kind: TrapKind,
    location: Location,
}

impl Trap {
    pub fn new(trap: ir::Trap, graph: &Graph) -> Trap {
        Trap { location: graph.location(trap.site).clone(), kind: trap.kind }
    }
}

impl Program {
    /// The error of an instruction that failed.
    pub(super) fn report(&self, failure: &Failure) -> Error {
        let Some(trap) = failure.trap.and_then(|id| self.traps.get(id.0 as usize)) else {
            return Error::new(ErrorKind::Verify, "a kernel stopped without a reason");
        };
        let read = |k: usize| failure.operands[k];
        let found = match &trap.kind {
            TrapKind::Index { name, axis, len, window, dtype } => {
                let first = Literal::from_bits(*dtype, read(0)).as_i128().unwrap_or(0);
                // Of a window that starts inside or behind, its last position.
                let outside = if first < 0 || *window == 0 { first } else { first + *window as i128 - 1 };
                Err(index::out_of_range(name.as_deref(), *axis, outside, *len))
            }
            TrapKind::Binary { op, dtype } => {
                let literal = |k| Literal::from_bits(*dtype, read(k));
                scalar::binary(*op, literal(0), literal(1)).map(drop)
            }
            TrapKind::Call(Call::Unary(op, x)) => {
                scalar::unary(*op, Literal::from_bits(*x, read(0))).map(drop)
            }
            TrapKind::Call(Call::Binary(op, x, y)) => {
                let (a, b) = (Literal::from_bits(*x, read(0)), Literal::from_bits(*y, read(1)));
                scalar::binary(*op, a, b).map(drop)
            }
            TrapKind::Check { message, user, values } => {
                let literals =
                    values.iter().enumerate().map(|(k, &dtype)| Literal::from_bits(dtype, read(1 + k)));
                let values: Vec<Datum<'_>> = literals.map(Datum::Scalar).collect();
                Err(eval::failed_check(message, *user, &values))
            }
            TrapKind::Loop { dtype, step } => {
                let literal = |k| Literal::from_bits(*dtype, read(k));
                index::loop_overflow(literal(0), literal(1), *step).map_or(Ok(()), Err)
            }
        };
        let error = found
            .err()
            .unwrap_or_else(|| Error::new(ErrorKind::Verify, "a kernel and the scalar ops disagree"));
        error.at(trap.location.clone())
    }
}
