//! The translation unit: its entry, and functions with restricted pointers.

use super::expr::{Exprs, array, element_type, variable_type};
use super::folds::is_cascade;
use super::scope::{Block, Scopes};
use super::width;
use crate::kernel::ahead::Finder;
use crate::kernel::inst::{Buf, Inst, Reg, Role};
use crate::kernel::ir::{Code, Item, Kernel, Loop, for_each_code, for_each_reg};
use crate::kernel::launch::MAX_FOLDS;
use crate::kernel::library::Function;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write;

/// The name of the entry.
pub(in crate::kernel::c) const ENTRY: &str = "desc_entry";

/// An instruction that this engine does not have.
#[derive(Debug)]
pub(super) struct Unsupported;

pub(super) type Result<T> = std::result::Result<T, Unsupported>;

/// The C text of a kernel; `None` where it has something that this engine does not do.
pub(in crate::kernel::c) fn source(kernel: &Kernel) -> Option<String> {
    Some([width::request(kernel), PRELUDE, &functions(kernel, ENTRY, &mut 0)?].concat())
}

/// What every translation unit starts with.
pub(in crate::kernel::c) const PRELUDE: &str = include_str!("prelude.h");

/// The functions of a kernel, its entry under this name; `names` keeps those of several kernels apart.
pub(in crate::kernel::c) fn functions(kernel: &Kernel, entry: &str, names: &mut usize) -> Option<String> {
    let mut unit = Unit::new(kernel, *names);
    let text = unit.print(entry).ok()?;
    *names = unit.names;
    Some(text)
}

/// A translation unit being written.
pub(super) struct Unit<'k> {
    pub kernel: &'k Kernel,
    pub e: Exprs<'k>,
    /// The function being written.
    pub f: Body,
    /// Those that are finished.
    done: Vec<String>,
    /// Makes names.
    pub names: usize,
    /// The code swaps buffers somewhere: then nests are functions of their own.
    swaps: bool,
    /// Finds what loops can compute ahead.
    pub finder: Finder<'k>,
}

/// The inside of a function being written.
#[derive(Default)]
pub(super) struct Body {
    pub text: String,
    pub indent: usize,
    pub scopes: Scopes,
    /// The functions of the library that it calls, with the names of their pointers.
    pub library: BTreeMap<String, Function>,
    /// It runs on one of several threads.
    pub parallel: bool,
    /// Pointers are its restricted parameters.
    pub restricted: bool,
    /// Registers that are set in several places and declared already.
    pub declared: HashSet<Reg>,
    /// Registers that were computed ahead.
    pub given: HashSet<Reg>,
    /// In a loop whose iterations run one by one.
    pub scalar: bool,
    /// Conditions of branches whose arms are both computed, since a jump is hard to foresee.
    pub both: HashSet<Reg>,
    /// Values that another one is taken into later: [`Iteration::takes_in_later`](super::ordered::Iteration::takes_in_later).
    pub first: HashSet<Reg>,
}

/// The registers and slots of a part of the code.
pub(super) struct Uses {
    pub read: BTreeSet<Reg>,
    pub set: BTreeSet<Reg>,
    pub slots: BTreeSet<Buf>,
    pub stored: BTreeSet<Buf>,
    pub swaps: bool,
    pub loops: bool,
}

impl Uses {
    pub fn of(items: &[Item]) -> Uses {
        let mut code: Code = items.to_vec();
        let (mut read, mut set) = (BTreeSet::new(), BTreeSet::new());
        for_each_reg(&mut code, &mut |role, r| {
            if role != Role::Write {
                read.insert(*r);
            }
            if role != Role::Read {
                set.insert(*r);
            }
        });
        let mut uses = Uses {
            read,
            set,
            slots: BTreeSet::new(),
            stored: BTreeSet::new(),
            swaps: false,
            loops: code.iter().any(|item| matches!(item, Item::Loop(_) | Item::While(_))),
        };
        for_each_code(&mut code, &mut |list| {
            for item in list {
                match item {
                    Item::Inst(inst, _) => uses.slots_of(inst),
                    Item::Loop(_) | Item::While(_) => uses.loops = true,
                    Item::Branch(_) => {}
                }
            }
        });
        uses
    }

    fn slots_of(&mut self, inst: &Inst) {
        self.slots.extend(inst.bufs().into_iter().flatten());
        match *inst {
            Inst::SwapBuf { .. } => self.swaps = true,
            Inst::CopyBuf { dst, .. } | Inst::Matmul { dst, .. } => {
                self.stored.insert(dst);
            }
            _ if inst.is_store() => self.stored.extend(inst.bufs().into_iter().flatten()),
            _ => {}
        }
    }
}

impl<'k> Unit<'k> {
    fn new(kernel: &'k Kernel, names: usize) -> Unit<'k> {
        Unit {
            kernel,
            e: Exprs { kernel },
            f: Body::default(),
            done: Vec::new(),
            names,
            swaps: Uses::of(&kernel.code).swaps,
            finder: Finder::of(kernel),
        }
    }

    /// A line of the function being written.
    pub fn line(&mut self, text: impl AsRef<str>) {
        let text = text.as_ref();
        if text.starts_with('}') {
            self.f.indent -= 1;
        }
        let _ = writeln!(self.f.text, "{:width$}{text}", "", width = 4 * self.f.indent);
        if text.ends_with('{') {
            self.f.indent += 1;
        }
    }

    /// A number for a name that nobody else uses.
    pub fn fresh(&mut self) -> usize {
        self.names += 1;
        self.names
    }

    /// Writes a function; gives its parts between the braces.
    pub fn inside(&mut self, body: Body, write: impl FnOnce(&mut Self) -> Result<()>) -> Result<String> {
        let outer = std::mem::replace(&mut self.f, Body { indent: 1, ..body });
        let written = write(self);
        let inner = std::mem::replace(&mut self.f, outer);
        written?;
        let mut text = String::new();
        for (name, function) in &inner.library {
            let at = function.index().ok_or(Unsupported)?;
            let (result, arguments) = signature(*function);
            let _ = writeln!(
                text,
                "    {result} (*const {name})({arguments}) = ({result} (*)({arguments}))context->functions[{at}];"
            );
        }
        Ok(text + &inner.text)
    }

    pub fn finish(&mut self, head: &str, inside: &str) {
        self.done.push(format!("{head} {{\n{inside}}}\n"));
    }

    fn print(&mut self, entry: &str) -> Result<String> {
        let kernel = self.kernel;
        let mut out = format!("\n/* {} */\n", kernel.name.replace("*/", "* /"));
        for (k, slot) in kernel.slots.iter().enumerate() {
            let shape: Vec<String> = slot.shape.iter().map(usize::to_string).collect();
            let _ = writeln!(out, "/* a{k}: {}[{}], {:?} */", slot.dtype, shape.join(","), slot.origin);
        }
        let table = "uint64_t *regs, uint8_t **slots, uint64_t *owner, const struct context *context, \
                     uint64_t *trap";
        let uses = Uses::of(&kernel.code);
        let inside = if self.swaps {
            self.inside(self.body(&kernel.code, &arguments(kernel), false), |this| {
                for &buf in &uses.slots {
                    let (ty, n) = (element_type(kernel.slots[buf.index()].dtype), buf.0);
                    this.line(format!("{ty} *a{n} = ({ty} *)slots[{n}];"));
                    this.line(format!("uint64_t w{n} = owner[{n}];"));
                }
                this.whole()?;
                for &Buf(n) in &uses.slots {
                    this.line(format!("slots[{n}] = (uint8_t *)a{n};"));
                    this.line(format!("owner[{n}] = w{n};"));
                }
                this.line("return 0;");
                Ok(())
            })?
        } else {
            let body = self.inside(self.body(&kernel.code, &arguments(kernel), true), |this| {
                this.whole()?;
                this.line("return 0;");
                Ok(())
            })?;
            let (parameters, pointers) = self.slot_parameters(&uses);
            let n = self.fresh();
            let head = format!(
                "NEST int64_t body{n}(uint64_t *restrict regs, {}const struct context *context, uint64_t *trap)",
                parameters
            );
            self.finish(&head, &body);
            let given: String = pointers
                .iter()
                .map(|&buf| {
                    format!("({} *)slots[{}], ", element_type(kernel.slots[buf.index()].dtype), buf.0)
                })
                .collect();
            format!("    (void)owner;\n    return body{n}(regs, {given}context, trap);\n")
        };
        for function in &self.done {
            out += "\n";
            out += function;
        }
        let head = format!("__attribute__((visibility(\"default\")))\nint64_t {entry}({table})");
        let _ = write!(out, "\n{head} {{\n{inside}}}\n");
        Ok(out)
    }

    /// A function made of these items, with these registers declared by its parameters.
    pub fn body(&self, items: &[Item], known: &HashSet<Reg>, restricted: bool) -> Body {
        Body { scopes: Scopes::of(self.kernel, items, known), restricted, ..Body::default() }
    }

    /// The kernel's code between reading the arguments and writing the results.
    fn whole(&mut self) -> Result<()> {
        let kernel = self.kernel;
        let known = arguments(kernel);
        let mut sorted: Vec<Reg> = known.iter().copied().collect();
        sorted.sort_unstable();
        for r in sorted {
            let dtype = self.e.dtype(r);
            let bits = Exprs::from_bits(dtype, &format!("regs[{}]", r.0));
            self.line(format!("{} r{} = {bits};", variable_type(dtype), r.0));
        }
        self.declare(0);
        self.items(&kernel.code)?;
        for &r in &kernel.results {
            let bits = self.e.bits(r);
            self.line(format!("regs[{}] = {bits};", r.0));
        }
        Ok(())
    }

    /// The slots as parameters, each with a comma, and which they are.
    pub fn slot_parameters(&self, uses: &Uses) -> (String, Vec<Buf>) {
        let mut text = String::new();
        for &buf in &uses.slots {
            let constant = if uses.stored.contains(&buf) { "" } else { "const " };
            let ty = element_type(self.kernel.slots[buf.index()].dtype);
            let _ = write!(text, "{constant}{ty} *restrict {}, ", array(buf));
        }
        (text, uses.slots.iter().copied().collect())
    }

    /// Starts a block: declares its registers.
    pub fn declare(&mut self, block: Block) {
        let scopes = &self.f.scopes;
        // The block may have been written before, in another place.
        self.f.declared.retain(|&r| scopes.at_set(r).is_none_or(|(home, _)| home != block));
        let mut by_type: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for &r in self.f.scopes.at_start(block) {
            by_type.entry(variable_type(self.e.dtype(r))).or_default().push(format!("r{} = 0", r.0));
        }
        for (ty, names) in by_type {
            self.line(format!("{ty} {};", names.join(", ")));
        }
    }

    /// The name of the pointer to a function of the library.
    pub fn library(&mut self, function: Function) -> String {
        name_in(&mut self.f.library, function)
    }

    /// The value of an instruction that never fails.
    pub fn value(&mut self, inst: &Inst) -> Result<String> {
        let library = &mut self.f.library;
        self.e.value(inst, &mut |function| name_in(library, function)).ok_or(Unsupported)
    }

    /// A nest without swaps becomes a function with restricted pointers, in code that swaps.
    pub fn wants_function(&self, item: &Item) -> bool {
        if !self.swaps || self.f.restricted || matches!(item, Item::Inst(..)) {
            return false;
        }
        let uses = Uses::of(std::slice::from_ref(item));
        uses.loops && !uses.swaps
    }

    /// Writes the nest as a function, and its call.
    pub fn nest(&mut self, item: &'k Item) -> Result<()> {
        let items = std::slice::from_ref(item);
        let uses = Uses::of(items);
        let elsewhere = self.used_elsewhere(items);
        // What comes in from outside, and of that what the code around reads again.
        let variable = |r: &&Reg| self.kernel.constant(**r).is_none();
        let outer: Vec<Reg> =
            uses.read.union(&uses.set).filter(variable).copied().filter(|r| elsewhere.contains(r)).collect();
        let results: Vec<Reg> = outer.iter().copied().filter(|r| uses.set.contains(r)).collect();
        let n = self.fresh();
        let known: HashSet<Reg> = outer.iter().copied().collect();
        let inside = self.inside(self.body(items, &known, true), |this| {
            this.declare(0);
            this.items(items)?;
            for r in &results {
                this.line(format!("*out{0} = r{0};", r.0));
            }
            this.line("return 0;");
            Ok(())
        })?;
        let (parameters, pointers) = self.slot_parameters(&uses);
        let mut head = format!("NEST int64_t nest{n}({parameters}");
        let mut call = pointers.iter().map(|&b| array(b) + ", ").collect::<String>();
        for &r in &outer {
            let _ = write!(head, "{} r{}, ", variable_type(self.e.dtype(r)), r.0);
            let _ = write!(call, "r{}, ", r.0);
        }
        for &r in &results {
            let _ = write!(head, "{} *restrict out{}, ", variable_type(self.e.dtype(r)), r.0);
            let _ = write!(call, "&r{}, ", r.0);
        }
        self.finish(&(head + "const struct context *context, uint64_t *trap)"), &inside);
        self.line(format!("const int64_t failed{n} = nest{n}({call}context, trap);"));
        self.line(format!("if (UNLIKELY(failed{n})) return failed{n};"));
        Ok(())
    }

    /// The registers that are used outside of these items as well.
    fn used_elsewhere(&self, items: &[Item]) -> HashSet<Reg> {
        let count = |code: &[Item]| {
            let mut uses = vec![0u32; self.kernel.regs.len()];
            for_each_reg(&mut code.to_vec(), &mut |_, r| uses[r.index()] += 1);
            uses
        };
        let (all, own) = (count(&self.kernel.code), count(items));
        let more = (0..all.len()).filter(|&k| all[k] > own[k]).map(|k| Reg(k as u16));
        more.chain(self.kernel.arguments.iter().copied()).chain(self.kernel.results.iter().copied()).collect()
    }
}

fn arguments(kernel: &Kernel) -> HashSet<Reg> {
    kernel.arguments.iter().copied().collect()
}

fn name_in(library: &mut BTreeMap<String, Function>, function: Function) -> String {
    let name = match function {
        Function::Tile64(op) => format!("tile_{}", op.name()),
        Function::Tile32(op) => format!("tile_{}_f32", op.name()),
        Function::Tile64x2(op) => format!("tile_{}", op.name()),
        Function::Tile32x2(op) => format!("tile_{}_f32", op.name()),
        Function::Scalar64(op) => format!("{}_f64", op.name()),
        Function::Scalar32(op) => format!("{}_f32", op.name()),
        Function::Scalar64x2(op) => format!("{}_f64", op.name()),
        Function::Scalar32x2(op) => format!("{}_f32", op.name()),
        Function::Fold64(op) => format!("fold_{op:?}").to_lowercase(),
        Function::Fold32(op) => format!("fold_{op:?}_f32").to_lowercase(),
        Function::CascadePush64 => "push_f64".into(),
        Function::CascadeFinish64 => "finish_f64".into(),
        Function::CascadePush32 => "push_f32".into(),
        Function::CascadeFinish32 => "finish_f32".into(),
    };
    library.insert(name.clone(), function);
    name
}

/// Result and parameters of a function of the library.
fn signature(function: Function) -> (&'static str, &'static str) {
    match function {
        Function::Tile64(_) => ("void", "double *, const double *, uint64_t"),
        Function::Tile64x2(_) => ("void", "double *, const double *, const double *, uint64_t"),
        Function::Tile32(_) => ("void", "float *, const float *, uint64_t"),
        Function::Tile32x2(_) => ("void", "float *, const float *, const float *, uint64_t"),
        Function::Scalar64(_) => ("double", "double"),
        Function::Scalar64x2(_) => ("double", "double, double"),
        Function::Scalar32(_) => ("float", "float"),
        Function::Scalar32x2(_) => ("float", "float, float"),
        Function::Fold64(_) => ("double", "const double *, uint64_t"),
        Function::Fold32(_) => ("float", "const float *, uint64_t"),
        Function::CascadePush64 => ("void", "struct cascade64 *, uint32_t, double"),
        Function::CascadeFinish64 => ("double", "struct cascade64 *, uint32_t"),
        Function::CascadePush32 => ("void", "struct cascade32 *, uint32_t, float"),
        Function::CascadeFinish32 => ("float", "struct cascade32 *, uint32_t"),
    }
}

/// The loop can be cut into parts that run at once, here.
pub(super) fn is_parallel(f: &Body, l: &Loop) -> bool {
    let folds = &l.mark.folds;
    !f.parallel && l.mark.parallel.is_some() && folds.len() <= MAX_FOLDS && folds.iter().all(is_cascade)
}
