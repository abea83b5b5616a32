//! A compiled kernel with its arguments and results.

use super::engine::{Executable, FEW, Frame, Table};
use super::hot::Hot;
use super::in_place::InPlace;
use super::inst::{Buf, Reg};
use super::ir::{Code, Item, Kernel, Origin, SlotInfo};
use super::lower::{self, Source};
use super::places::{self, Home, OutSlot, OutSlots, Place, Slot, temporary};
use super::report::Trap;
use super::{c, cranelift, fma, machine, optimize, passes};
use crate::array::Buffer;
use crate::backend::Engine;
use crate::dtype::{DType, Literal};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Graph, Node, ValueId};
use crate::observe::{TARGET, Watch};
use smallvec::SmallVec;
use std::sync::Arc;
use tracing::{Level, debug, debug_span, level_enabled, trace, trace_span};

/// How a program uses a value of the scope around its node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// It takes a scalar.
    Scalar,
    /// It reads an array.
    Read,
    /// It overwrites an array or hands it back as a result: the caller gives the buffer away.
    Write,
    /// It changes an array, where it lies if it can, see [`Program::update_in_place`].
    Update,
}

/// A value that a program needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Input {
    /// Which one.
    pub value: ValueId,
    /// And what for.
    pub access: Access,
}

/// Nodes that stand next to each other in one region, to be compiled together.
pub(crate) struct Unit<'g> {
    /// The graph.
    pub graph: &'g Graph,
    /// The nodes, in order.
    pub nodes: &'g [Node],
    /// What they define that is needed after them.
    pub outputs: &'g [ValueId],
    /// `dead_after(v)` says of a value of the scope around the nodes that nothing reads it after them *and*
    /// that its buffer may be given away: such an array is updated in place ([`Access::Write`]). Of any
    /// other array that is updated, the kernel makes its own copy.
    pub dead_after: &'g dyn Fn(ValueId) -> bool,
}

/// A compiled kernel. It can be run by several threads at once.
#[derive(Debug)]
pub(crate) struct Program {
    /// Of the function that it comes from.
    name: Arc<str>,
    instructions: usize,
    code: Box<dyn Executable>,
    slots: Vec<SlotInfo>,
    pub(super) traps: Vec<Trap>,
    inputs: Vec<Input>,
    sources: Vec<Source>,
    outputs: Vec<Output>,
    /// Results that end in the buffer of an argument that is updated in place.
    homes: Vec<Home>,
    in_place: InPlace,
    /// The registers at the start: constants.
    registers: Vec<u64>,
}

#[derive(Clone, Copy, Debug)]
enum Output {
    Scalar(Reg, DType),
    Array(Buf),
}

/// Compiles nodes. `None` when they contain something that kernels do not do; then the caller walks them op
/// by op.
pub(crate) fn compile(unit: &Unit<'_>, engine: Engine) -> Option<Program> {
    let name = &unit.graph.name;
    let watch = Watch::new(debug_span!(target: TARGET, "compile", kernel = %name, %engine));
    let program = make(unit, engine);
    watch.done(|elapsed| match &program {
        Some(program) => {
            let (engine, instructions) = (program.engine(), program.instructions);
            debug!(target: TARGET, kernel = %name, %engine, instructions, ?elapsed, "compiled");
        }
        None => debug!(target: TARGET, kernel = %name, ?elapsed, "not compiled"),
    });
    program
}

fn make(unit: &Unit<'_>, engine: Engine) -> Option<Program> {
    let (mut kernel, interface) = kernel_of(unit)?;
    let code: Box<dyn Executable> = match engine {
        Engine::Candle => return None,
        Engine::Machine => Box::new(machine::compile(&kernel, true)?),
        Engine::Auto | Engine::Cranelift | Engine::C => {
            let mut optimised = kernel.clone();
            optimize::run(&mut optimised);
            let by_c = (engine == Engine::C).then(|| c::compile(&optimised)).flatten();
            let first: Option<Box<dyn Executable>> = match by_c {
                Some(code) => Some(Box::new(code)),
                None => cranelift::compile(&optimised).map(|code| Box::new(code) as Box<dyn Executable>),
            };
            match first {
                Some(code) => {
                    // Temporaries were added.
                    kernel = optimised;
                    match engine {
                        Engine::Auto => Hot::wrap(code, kernel.clone()),
                        _ => code,
                    }
                }
                None => Box::new(machine::compile(&kernel, true)?),
            }
        }
    };
    Some(Program::new(unit.graph, kernel, interface, code))
}

/// How many instructions stand in a list, each once however often it runs.
fn instructions(code: &Code) -> usize {
    let one = |item: &Item| match item {
        Item::Inst(..) => 1,
        Item::Loop(l) => instructions(&l.body),
        Item::While(w) => instructions(&w.head) + instructions(&w.body),
        Item::Branch(b) => b.arms.iter().map(|(arm, _)| instructions(arm)).sum(),
    };
    code.iter().map(one).sum()
}

/// How a kernel's registers and slots correspond to values of the graph.
pub(super) struct Interface {
    inputs: Vec<(ValueId, Source)>,
    outputs: Vec<(ValueId, Source)>,
}

/// Lowers nodes and simplifies the kernel.
pub(super) fn kernel_of(unit: &Unit<'_>) -> Option<(Kernel, Interface)> {
    let mut lowered = lower::lower(unit).ok()?;
    let mut results: Vec<Reg> = lowered.outputs.iter().filter_map(|(_, s)| s.scalar()).collect();
    let returned = lowered.outputs.iter().filter_map(|(_, s)| s.array()).collect();
    let count = lowered.regs.len();
    let dtypes: Vec<DType> = lowered.regs.iter().map(|r| r.dtype).collect();
    passes::simplify(&mut lowered.code, &dtypes, &mut results);
    let mut constants = vec![None; count];
    for &(r, literal) in &lowered.constants {
        constants[r.index()] = Some(literal);
    }
    let mut kernel = Kernel {
        name: unit.graph.name.clone(),
        code: lowered.code,
        regs: dtypes,
        ranges: lowered.regs.iter().map(|r| r.range).collect(),
        constants,
        zero: lowered.zero,
        arguments: lowered.inputs.iter().filter_map(|(_, s)| s.scalar()).collect(),
        results,
        returned,
        slots: lowered.slots,
        calls: lowered.calls,
        traps: lowered.traps,
        matmuls: Vec::new(),
        names: lowered.names,
        array_names: lowered.array_names,
        notes: Vec::new(),
    };
    // Before the engines part ways: they fuse the same pairs.
    if crate::backend::fma() {
        fma::run(&mut kernel);
    }
    Some((kernel, Interface { inputs: lowered.inputs, outputs: lowered.outputs }))
}

impl Program {
    pub(super) fn new(
        graph: &Graph,
        kernel: Kernel,
        interface: Interface,
        code: Box<dyn Executable>,
    ) -> Program {
        let in_place = InPlace::of(&kernel);
        let mut registers = vec![0; code.registers().max(kernel.regs.len())];
        for (bits, literal) in registers.iter_mut().zip(&kernel.constants) {
            *bits = literal.map_or(0, Literal::bits);
        }
        let mut results = kernel.results.iter();
        let outputs = interface.outputs.iter().filter_map(|&(v, source)| match source {
            Source::Scalar(_) => results.next().map(|&r| Output::Scalar(r, graph.ty(v).dtype)),
            Source::Array(buf) => Some(Output::Array(buf)),
        });
        let outputs = outputs.collect();
        let inputs = interface.inputs.iter().map(|&(value, source)| Input {
            value,
            access: match source {
                Source::Scalar(_) => Access::Scalar,
                Source::Array(buf) => match kernel.slots[buf.index()].origin {
                    Origin::Input { taken: true, .. } => Access::Write,
                    _ => Access::Read,
                },
            },
        });
        Program {
            name: kernel.name,
            instructions: instructions(&kernel.code),
            code,
            inputs: inputs.collect(),
            sources: interface.inputs.iter().map(|i| i.1).collect(),
            outputs,
            homes: Vec::new(),
            in_place,
            traps: kernel.traps.into_iter().map(|t| Trap::new(t, graph)).collect(),
            slots: kernel.slots,
            registers,
        }
    }

    /// The values of the scope around the node that the program needs, each once.
    pub(crate) fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Asks that an argument is updated in the caller's buffer, which has the result `output` afterwards. Says
    /// whether that can be: only where nothing can fail any more once an element of it has changed, perhaps
    /// depending on the other arguments of a call.
    pub(crate) fn update_in_place(&mut self, input: usize, output: usize) -> bool {
        let (Source::Array(slot), Output::Array(result)) = (self.sources[input], self.outputs[output]) else {
            return false;
        };
        let arrays: Vec<Buf> = self
            .outputs
            .iter()
            .filter_map(|o| if let Output::Array(b) = o { Some(*b) } else { None })
            .collect();
        // Other results are copied, for which memory can lack when it is too late.
        let own =
            |b: &Buf| self.slots[b.index()].writable() && arrays.iter().filter(|a| *a == b).count() == 1;
        let [from, to] = [result, slot].map(|b| (self.slots[b.index()].dtype, &self.slots[b.index()].shape));
        let last = self.inputs[input].access == Access::Write && self.in_place.stored_last.contains(&slot);
        if !last || from != to || !arrays.iter().all(own) {
            return false;
        }
        self.inputs[input].access = Access::Update;
        self.homes.push(Home { output, slot });
        true
    }

    /// The engine that the next run takes.
    pub(crate) fn engine(&self) -> Engine {
        self.code.engine()
    }

    /// Runs the program; the arguments stand in the order of [`inputs`](Self::inputs), and results are added to `out`.
    ///
    /// # Errors
    ///
    /// What the program itself reports, with its place in the user's source: an index out of range, integer
    /// overflow, a failed check. Arguments that do not have the types of the graph, or are not on the host.
    #[inline]
    pub(crate) fn run<'a>(
        &self,
        args: impl Iterator<Item = Result<Slot<'a>>>,
        out: &mut OutSlots,
    ) -> Result<()> {
        if level_enabled!(Level::TRACE) { self.run_watched(args, out) } else { self.run_now(args, out) }
    }

    #[cold]
    fn run_watched<'a>(
        &self,
        args: impl Iterator<Item = Result<Slot<'a>>>,
        out: &mut OutSlots,
    ) -> Result<()> {
        let span = trace_span!(target: TARGET, "run", kernel = %self.name, engine = %self.engine());
        let watch = Watch::new(span);
        let results = self.run_now(args, out);
        watch.done(|elapsed| trace!(target: TARGET, ?elapsed, failed = results.is_err(), "ran"));
        results
    }

    #[inline]
    fn run_now<'a>(
        &self,
        mut args: impl Iterator<Item = Result<Slot<'a>>>,
        out: &mut OutSlots,
    ) -> Result<()> {
        let mut registers: SmallVec<[u64; 32]> = SmallVec::from_slice(&self.registers);
        let mut places: SmallVec<[Place<'a>; FEW]> = SmallVec::new();
        places.resize_with(self.slots.len(), || Place::Nobody);
        for (input, &source) in self.inputs.iter().zip(&self.sources) {
            let arg = args.next().ok_or_else(|| argument("too few arguments"))??;
            let (buf, place) = match (arg, source, input.access) {
                (Slot::Scalar(literal), Source::Scalar(r), _) => {
                    registers[r.index()] = literal.bits();
                    continue;
                }
                (Slot::Read(buffer), Source::Array(buf), Access::Read) => (buf, Place::Read(buffer)),
                (Slot::Write(buffer), Source::Array(buf), Access::Read | Access::Write) => {
                    (buf, Place::Own(buffer))
                }
                (Slot::Update(buffer), Source::Array(buf), Access::Update) => (buf, Place::Lent(buffer)),
                _ => return Err(argument("an argument of another kind than the program takes")),
            };
            self.check(buf, &place)?;
            places[buf.index()] = place;
        }
        for (place, slot) in places.iter_mut().zip(&self.slots) {
            if slot.origin == Origin::Temporary {
                *place = Place::Own(temporary(slot)?);
            }
        }
        let in_place = self.homes.is_empty() || self.in_place.applies(&registers);
        if !in_place {
            for place in &mut places {
                if let Place::Lent(buffer) = place {
                    *place = Place::Own(buffer.deep_clone()?);
                }
            }
        }
        let mut table = Table { elements: SmallVec::new(), owner: (0..self.slots.len()).collect() };
        for place in &mut places {
            let address = match place {
                // Slots for reading are never written through this pointer; an engine stores to writable slots only.
                Place::Read(buffer) => buffer.host_ptr().map(<*const u8>::cast_mut),
                place => place.buffer_mut().and_then(Buffer::host_ptr_mut),
            };
            table.elements.push(address.ok_or_else(|| argument("an array that is not on the host"))?);
        }
        let mut frame = Frame { registers: &mut registers, table: &mut table };
        // SAFETY: `check` made sure of every argument's dtype and shape, a temporary has those of its slot,
        // and a `Buffer` is initialised and shares its storage with nobody, so buffers are distinct except
        // for several arguments that are only read.
        let result = unsafe { self.code.run(&mut frame) };
        if let Err(failure) = result {
            return Err(self.report(&failure));
        }
        let homes = if in_place { &self.homes[..] } else { &[] };
        self.results(homes, &registers, &mut places, &mut table.owner, out)
    }

    /// The results; `owner` says for each slot whose buffer it has at the end.
    fn results(
        &self,
        homes: &[Home],
        registers: &[u64],
        places: &mut [Place<'_>],
        owner: &mut [usize],
        out: &mut OutSlots,
    ) -> Result<()> {
        for home in homes {
            if let Output::Array(buf) = self.outputs[home.output] {
                places::bring_home(buf, home.slot, places, owner)?;
            }
        }
        for (k, output) in self.outputs.iter().enumerate() {
            let buf = match *output {
                Output::Scalar(r, dtype) => {
                    out.push(OutSlot::Scalar(Literal::from_bits(dtype, registers[r.index()])));
                    continue;
                }
                Output::Array(_) if homes.iter().any(|home| home.output == k) => {
                    out.push(OutSlot::Updated);
                    continue;
                }
                Output::Array(buf) => buf,
            };
            let again = self.outputs[k + 1..].iter().any(|o| matches!(o, Output::Array(b) if *b == buf));
            let place = &mut places[owner[buf.index()]];
            let buffer = match place {
                Place::Own(_) if !again => match std::mem::replace(place, Place::Nobody) {
                    Place::Own(buffer) => Some(buffer),
                    _ => None,
                },
                place => place.buffer().map(Buffer::deep_clone).transpose()?,
            };
            out.push(OutSlot::Array(buffer.ok_or_else(|| argument("a result without a buffer"))?));
        }
        Ok(())
    }

    /// An argument has the type of its slot and is on the host.
    fn check(&self, buf: Buf, place: &Place<'_>) -> Result<()> {
        let slot = &self.slots[buf.index()];
        let fits = |b: &Buffer| b.dtype() == slot.dtype && b.shape() == slot.shape && b.is_host();
        if !place.buffer().is_some_and(fits) {
            return Err(argument("an array of another type than the program was compiled for"));
        }
        Ok(())
    }
}

/// A mistake of the caller inside this crate, reported rather than run.
pub(super) fn argument(what: &str) -> Error {
    Error::new(ErrorKind::Verify, format!("a kernel was given {what}"))
}
