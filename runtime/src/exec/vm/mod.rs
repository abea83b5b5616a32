//! The register machine: runs a control-flow node on the CPU over raw buffers.
//!
//! A node whose regions hold scalars, element accesses and simple array ops is compiled to bytecode once and
//! run without dispatching on Candle and without allocating per iteration. It is the portable fallback of
//! the compiled kernels, and their oracle: every op has the meaning of [`op::scalar`](crate::op::scalar),
//! integer overflow and indices out of range are errors, and the order of floating-point operations is that
//! of the graph.
//!
//! ```text
//! node ── lower/ ──► code tree ── passes, strip ──► code tree ── flatten ──► bytecode ── run
//! ```
//!
//! | file | holds |
//! | --- | --- |
//! | `bytecode.rs` | the instructions |
//! | `lower/` | graph to code: scopes and hoisting, in-place stores, bounds proofs |
//! | `ranges.rs` | intervals and affine forms of integers |
//! | `tree.rs`, `passes.rs`, `flatten.rs` | the code between lowering and bytecode |
//! | `strip/` | innermost loops run an instruction at a time over many iterations |
//! | `run.rs` | the interpreter, with the safety argument |
//! | `report.rs` | from a failed instruction to an error |

mod bytecode;
mod flatten;
mod lower;
mod passes;
mod ranges;
mod report;
mod run;
mod strip;
#[cfg(test)]
mod tests;
mod tree;

use crate::array::{Buffer, Device};
use crate::dtype::{DType, Literal};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Graph, Node, ValueId};
use bytecode::{Buf, Reg};
use flatten::Flat;
use lower::Source;
use report::Trap;
use tree::{Call, Origin, SlotInfo};

/// How a program uses a value of the scope around its node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// It takes a scalar.
    Scalar,
    /// It reads an array.
    Read,
    /// It overwrites an array or hands it back as a result: the caller gives the buffer away.
    Write,
}

/// A value that a program needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Input {
    /// Which one.
    pub value: ValueId,
    /// And what for.
    pub access: Access,
}

/// An argument of a run, in the order of [`Program::inputs`].
pub(crate) enum Slot<'a> {
    /// For [`Access::Scalar`].
    Scalar(Literal),
    /// For [`Access::Read`].
    Read(&'a Buffer),
    /// For [`Access::Write`].
    Write(Buffer),
}

/// A result of a run, in the order of the node's outputs.
pub(crate) enum OutSlot {
    /// A scalar.
    Scalar(Literal),
    /// An array.
    Array(Buffer),
}

/// A compiled control-flow node. It can be run by several threads at once.
#[derive(Debug)]
pub(crate) struct Program {
    flat: Flat,
    calls: Vec<Call>,
    slots: Vec<SlotInfo>,
    traps: Vec<Trap>,
    inputs: Vec<Input>,
    sources: Vec<Source>,
    outputs: Vec<Output>,
    /// The registers at the start: constants.
    registers: Vec<u64>,
    /// Room for the vectors of strip loops, in vectors.
    lanes: usize,
}

#[derive(Clone, Copy, Debug)]
enum Output {
    Scalar(Reg, DType),
    Array(Buf),
}

/// Compiles a control-flow node. `None` when the node contains something that the machine does not do;
/// then the caller walks it op by op.
///
/// `dead_after(v)` says of a value of the scope around the node that nothing reads it after the node *and*
/// that its buffer may be given away: such an array is updated in place ([`Access::Write`]). Of any other
/// array that is updated, the machine makes its own copy.
pub(crate) fn compile(graph: &Graph, node: &Node, dead_after: &dyn Fn(ValueId) -> bool) -> Option<Program> {
    compile_with(graph, node, dead_after, true)
}

/// The same, with or without strips.
fn compile_with(
    graph: &Graph,
    node: &Node,
    dead_after: &dyn Fn(ValueId) -> bool,
    strips: bool,
) -> Option<Program> {
    if !node.op.is_control() {
        return None;
    }
    let mut lowered = lower::lower(graph, node, dead_after).ok()?;
    let mut results: Vec<Reg> = lowered.outputs.iter().filter_map(|(_, s)| s.scalar()).collect();
    let count = lowered.regs.len();
    passes::simplify(&mut lowered.code, count, &mut results);
    let constant = |r: Reg| {
        let number = lowered.regs[r.index()].constant.and_then(Literal::as_i128);
        number.and_then(|x| i64::try_from(x).ok())
    };
    if strips {
        strip::plan_all(&mut lowered.code, &lowered.slots, &constant);
    }
    passes::finish(&mut lowered.code, count, &results);
    let uses = passes::count_uses(&mut lowered.code, count, &results);
    let flat = flatten::flatten(lowered.code, count, lowered.zero, &uses)?;
    if let Err(at) = run::validate(&flat, &lowered.slots, lowered.calls.len()) {
        debug_assert!(false, "instruction {at} is not valid: {:?}\n{:?}", flat.code, lowered.slots);
        return None;
    }
    let mut registers = vec![0; flat.registers];
    for (r, literal) in &lowered.constants {
        registers[r.index()] = literal.bits();
    }
    let mut results = results.into_iter();
    let outputs = lowered
        .outputs
        .iter()
        .map(|&(v, source)| match source {
            Source::Scalar(_) => Some(Output::Scalar(results.next()?, graph.ty(v).dtype)),
            Source::Array(buf) => Some(Output::Array(buf)),
        })
        .collect::<Option<Vec<Output>>>()?;
    let inputs = lowered.inputs.iter().map(|&(value, source)| Input {
        value,
        access: match source {
            Source::Scalar(_) => Access::Scalar,
            Source::Array(buf) => match lowered.slots[buf.index()].origin {
                Origin::Input { taken: true, .. } => Access::Write,
                _ => Access::Read,
            },
        },
    });
    Some(Program {
        inputs: inputs.collect(),
        sources: lowered.inputs.iter().map(|i| i.1).collect(),
        outputs,
        traps: lowered.traps.into_iter().map(|t| Trap::new(t, graph)).collect(),
        lanes: flat.strips.iter().map(strip::StripPlan::vectors).max().unwrap_or(0),
        flat,
        calls: lowered.calls,
        slots: lowered.slots,
        registers,
    })
}

impl Program {
    /// The values of the scope around the node that the program needs, each once.
    pub(crate) fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Runs the program; the arguments stand in the order of [`inputs`](Self::inputs).
    ///
    /// # Errors
    ///
    /// What the program itself reports, with its place in the user's source: an index out of range, integer
    /// overflow, a failed check. Arguments that do not have the types of the graph, or are not on the host.
    pub(crate) fn run(&self, args: Vec<Slot<'_>>) -> Result<Vec<OutSlot>> {
        let mut registers = self.registers.clone();
        // The buffer of each slot; a slot for reading borrows its own.
        let mut owned: Vec<Option<Buffer>> = (0..self.slots.len()).map(|_| None).collect();
        let mut borrowed: Vec<Option<&Buffer>> = vec![None; self.slots.len()];
        if args.len() != self.inputs.len() {
            return Err(argument("the wrong number of arguments"));
        }
        for ((arg, input), &source) in args.into_iter().zip(&self.inputs).zip(&self.sources) {
            match (arg, source) {
                (Slot::Scalar(literal), Source::Scalar(r)) => registers[r.index()] = literal.bits(),
                (Slot::Read(buffer), Source::Array(buf)) if input.access == Access::Read => {
                    self.check(buf, buffer)?;
                    borrowed[buf.index()] = Some(buffer);
                }
                (Slot::Write(buffer), Source::Array(buf)) => {
                    self.check(buf, &buffer)?;
                    owned[buf.index()] = Some(buffer);
                }
                _ => return Err(argument("an argument of another kind than the program takes")),
            }
        }
        for (k, slot) in self.slots.iter().enumerate() {
            if slot.origin == Origin::Temporary {
                owned[k] = Some(Buffer::zeros(slot.dtype, &slot.shape, &Device::cpu())?);
            }
        }
        let elements = owned.iter_mut().zip(&borrowed).map(|(own, lent)| {
            // Slots for reading are never written through this pointer; see `run::validate`.
            let lent = lent.and_then(Buffer::host_ptr).map(<*const u8>::cast_mut);
            own.as_mut().and_then(Buffer::host_ptr_mut).or(lent)
        });
        let elements: Option<Vec<*mut u8>> = elements.collect();
        let elements = elements.ok_or_else(|| argument("an array that is not on the host"))?;
        let mut table = run::Table { elements, owner: (0..self.slots.len()).collect() };
        let machine = run::Machine { flat: &self.flat, calls: &self.calls, slots: &self.slots };
        let mut lanes = strip::Lanes::new(self.lanes);
        // SAFETY: `compile` validated the bytecode; `check` made sure of every argument's dtype and shape, a
        // temporary has those of its slot, and a `Buffer` is initialised and shares its storage with nobody,
        // so buffers are distinct except for several arguments that are only read.
        let result = unsafe { machine.run(&mut registers, &mut table, &mut lanes) };
        if let Err(at) = result {
            return Err(self.report(at, &registers));
        }
        let mut out = Vec::with_capacity(self.outputs.len());
        for (k, output) in self.outputs.iter().enumerate() {
            out.push(match *output {
                Output::Scalar(r, dtype) => OutSlot::Scalar(Literal::from_bits(dtype, registers[r.index()])),
                Output::Array(buf) => {
                    let again =
                        self.outputs[k + 1..].iter().any(|o| matches!(o, Output::Array(b) if *b == buf));
                    let owner = table.owner[buf.index()];
                    OutSlot::Array(match (owned[owner].take(), borrowed[owner]) {
                        (Some(buffer), _) if again => {
                            let copy = buffer.deep_clone()?;
                            owned[owner] = Some(buffer);
                            copy
                        }
                        (Some(buffer), _) => buffer,
                        (None, Some(lent)) => lent.deep_clone()?,
                        (None, None) => return Err(argument("a result without a buffer")),
                    })
                }
            });
        }
        Ok(out)
    }

    /// An argument has the type of its slot and is on the host.
    fn check(&self, buf: Buf, buffer: &Buffer) -> Result<()> {
        let slot = &self.slots[buf.index()];
        if buffer.dtype() != slot.dtype || buffer.shape() != slot.shape || !buffer.is_host() {
            return Err(argument("an array of another type than the program was compiled for"));
        }
        Ok(())
    }
}

/// A mistake of the caller inside this crate, reported rather than run.
fn argument(what: &str) -> Error {
    Error::new(ErrorKind::Verify, format!("the register machine was given {what}"))
}
