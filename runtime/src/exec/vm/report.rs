//! From a failed instruction to an error with the user's line.

use super::Program;
use super::bytecode::{Inst, Reg};
use super::tree::{self, Call, TrapKind};
use crate::dtype::Literal;
use crate::error::{Error, ErrorKind, Location};
use crate::graph::Graph;
use crate::op::{index, scalar};

/// What to report, and where.
#[derive(Debug)]
pub(super) struct Trap {
    kind: TrapKind,
    location: Location,
}

impl Trap {
    pub fn new(trap: tree::Trap, graph: &Graph) -> Trap {
        Trap { location: graph.location(trap.site).clone(), kind: trap.kind }
    }
}

impl Program {
    /// The error of the instruction at `at`, which failed with these registers.
    pub(super) fn report(&self, at: usize, registers: &[u64]) -> Error {
        let Some(trap) = self.flat.traps[at].map(|id| &self.traps[id.0 as usize]) else {
            return Error::new(ErrorKind::Verify, "the register machine stopped without a reason");
        };
        let inst = self.flat.code[at];
        let reads: Vec<u64> = inst.reads().map(|r: Reg| registers[r.index()]).collect();
        let read = |k: usize| reads.get(k).copied().unwrap_or(0);
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
            TrapKind::Call => match inst {
                Inst::Call { id, .. } => match self.calls[id as usize] {
                    Call::Unary(op, x) => scalar::unary(op, Literal::from_bits(x, read(0))).map(drop),
                    Call::Binary(op, x, y) => {
                        let (a, b) = (Literal::from_bits(x, read(0)), Literal::from_bits(y, read(1)));
                        scalar::binary(op, a, b).map(drop)
                    }
                },
                _ => Ok(()),
            },
            TrapKind::Check { message } => Err(Error::new(ErrorKind::Arithmetic, message.to_string())),
            TrapKind::Loop { dtype, step } => {
                let literal = |k| Literal::from_bits(*dtype, read(k));
                index::loop_overflow(literal(0), literal(1), *step).map_or(Ok(()), Err)
            }
        };
        let error = found.err().unwrap_or_else(|| {
            Error::new(ErrorKind::Verify, "the register machine and the scalar ops disagree")
        });
        error.at(trap.location.clone())
    }
}
