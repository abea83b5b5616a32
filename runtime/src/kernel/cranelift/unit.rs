//! What the functions of a kernel share, and their compilation.

use super::super::inst::{Buf, Inst, Reg};
use super::super::ir::{Code, Item, Kernel, Loop};
use super::super::launch;
use super::function::Function;
use super::target::target;
use crate::dtype::Literal;
use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{AbiParam, Signature, types};
use cranelift_codegen::isa::TargetIsa;
use cranelift_frontend::FunctionBuilderContext;
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{FuncId, Module, ModuleReloc, default_libcall_names};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// A kernel that is being compiled.
pub(super) struct Unit<'k> {
    pub kernel: &'k Kernel,
    pub module: JITModule,
    /// Constants that the code loads.
    pub pool: Pool,
    /// Slots that take part in a swap, and those that are stored to.
    pub swapped: BTreeSet<Buf>,
    pub written: BTreeSet<Buf>,
    /// Parallel loops whose bodies are still to be written.
    pub bodies: Vec<Body<'k>>,
}

/// The body of a parallel loop, a function of its own.
pub(super) struct Body<'k> {
    pub id: FuncId,
    pub code: &'k Loop,
    /// What its frame holds; the first value of the index comes after them.
    pub captured: Vec<Reg>,
}

/// Floating-point constants in memory. Loading them leaves them in registers, where Cranelift would make a
/// constant in each block anew.
pub(super) struct Pool {
    values: Box<[u64]>,
    used: usize,
}

impl Pool {
    /// Where the constant is, as an address and an offset; `None` when the pool is full.
    pub fn place(&mut self, bits: u64) -> Option<(i64, i32)> {
        let known = self.values[..self.used].iter().position(|&b| b == bits);
        let at = known.unwrap_or(self.used);
        if known.is_none() {
            *self.values.get_mut(at)? = bits;
            self.used += 1;
        }
        Some((self.values.as_ptr() as i64, 8 * at as i32))
    }
}

/// Compiles the kernel; gives the module, its entry, and the constants that it refers to.
pub(super) fn compile(kernel: &Kernel) -> Option<(JITModule, FuncId, Box<[u64]>)> {
    let isa = target()?.clone();
    let floats = kernel.constants.iter().flatten().filter(|l| matches!(l, Literal::F64(_) | Literal::F32(_)));
    let pool = Pool { values: vec![0; floats.count() + 16].into(), used: 0 };
    let mut unit = Unit {
        kernel,
        module: JITModule::new(JITBuilder::with_isa(isa.clone(), default_libcall_names())),
        pool,
        swapped: BTreeSet::new(),
        written: BTreeSet::new(),
        bodies: Vec::new(),
    };
    unit.survey(&kernel.code);
    let signature = unit.signature(5);
    let entry = unit.module.declare_anonymous_function(&signature).ok()?;
    let mut shared = FunctionBuilderContext::new();
    let mut drafts = vec![(entry, Context::new())];
    drafts[0].1.func.signature = signature;
    Function::entry(&mut unit, &mut drafts[0].1.func, &mut shared);
    while let Some(body) = unit.bodies.pop() {
        let mut context = Context::new();
        context.func.signature = unit.signature(7);
        Function::body(&mut unit, &body, &mut context.func, &mut shared);
        drafts.push((body.id, context));
    }
    let compiled = make_code(isa.as_ref(), &mut drafts);
    let defined = compiled.and_then(|()| {
        drafts.iter().try_for_each(|(id, context)| unit.define(*id, context))?;
        unit.module.finalize_definitions().ok()
    });
    match defined {
        Some(()) => Some((unit.module, entry, unit.pool.values)),
        None => {
            // SAFETY: no address of its code was taken.
            unsafe { unit.module.free_memory() };
            None
        }
    }
}

/// Fewer instructions than that, all functions but one together, are not worth waking a second thread.
const WORTH: usize = 300;

/// Has Cranelift make the code of the functions, on two threads where there is enough to do: register allocation is
/// most of the time that a kernel takes to compile. The thread is one of its own: another one might wait for this kernel.
fn make_code(isa: &dyn TargetIsa, drafts: &mut [(FuncId, Context)]) -> Option<()> {
    let size = |draft: &(FuncId, Context)| draft.1.func.dfg.num_insts();
    let all: usize = drafts.iter().map(size).sum();
    let largest = drafts.iter().map(size).max().unwrap_or(0);
    let work = Mutex::new(drafts.iter_mut());
    let make = || {
        loop {
            let next = work.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((_, context)) = next else { return Some(()) };
            if let Err(error) = context.compile(isa, &mut ControlPlane::default()) {
                let problem = error.inner;
                debug_assert!(false, "Cranelift refuses a function: {problem:?}\n{}", context.func.display());
                tracing::debug!(target: crate::observe::TARGET, "Cranelift refuses a kernel: {problem}");
                return None;
            }
        }
    };
    if all - largest < WORTH || launch::threads() < 2 {
        return make();
    }
    std::thread::scope(|scope| {
        // Without a second thread the first one does it all.
        let helper = std::thread::Builder::new().spawn_scoped(scope, make).ok();
        let mine = make();
        let theirs = helper.map_or(Some(()), |helper| helper.join().unwrap_or(None));
        mine.and(theirs)
    })
}

impl Unit<'_> {
    /// `n` words in, one word out.
    pub fn signature(&self, n: usize) -> Signature {
        let mut signature = Signature::new(self.module.isa().default_call_conv());
        signature.params = vec![AbiParam::new(types::I64); n];
        signature.returns = vec![AbiParam::new(types::I64)];
        signature
    }

    /// Takes over the code of a function.
    fn define(&mut self, id: FuncId, context: &Context) -> Option<()> {
        let code = context.compiled_code()?;
        let relocs = code.buffer.relocs().iter().map(|r| ModuleReloc::from_mach_reloc(r, &context.func, id));
        let relocs: Vec<ModuleReloc> = relocs.collect();
        let alignment = code.buffer.alignment.into();
        self.module.define_function_bytes(id, alignment, code.code_buffer(), &relocs).ok()
    }

    fn survey(&mut self, code: &Code) {
        for item in code {
            match item {
                Item::Inst(Inst::SwapBuf { a, b }, _) => self.swapped.extend([*a, *b]),
                Item::Inst(Inst::CopyBuf { dst, .. } | Inst::Matmul { dst, .. }, _) => {
                    self.written.insert(*dst);
                }
                Item::Inst(inst, _) if inst.is_store() => {
                    self.written.extend(inst.bufs().into_iter().flatten());
                }
                Item::Inst(..) => {}
                Item::Loop(l) => self.survey(&l.body),
                Item::While(w) => {
                    self.survey(&w.head);
                    self.survey(&w.body);
                }
                Item::Branch(b) => b.arms.iter().for_each(|(arm, _)| self.survey(arm)),
            }
        }
    }
}

/// Calls `f` for every instruction of the code.
pub(super) fn for_each_inst(code: &[Item], f: &mut dyn FnMut(&Inst)) {
    for item in code {
        match item {
            Item::Inst(inst, _) => f(inst),
            Item::Loop(l) => for_each_inst(&l.body, f),
            Item::While(w) => {
                for_each_inst(&w.head, f);
                for_each_inst(&w.body, f);
            }
            Item::Branch(b) => b.arms.iter().for_each(|(arm, _)| for_each_inst(arm, f)),
        }
    }
}

/// Calls `f` for every register that the code sets.
pub(super) fn for_each_write(code: &[Item], f: &mut dyn FnMut(Reg)) {
    for item in code {
        match item {
            Item::Inst(inst, _) => inst.dst().into_iter().for_each(&mut *f),
            Item::Loop(l) => {
                f(l.iv);
                for_each_write(&l.body, f);
                l.moves.iter().for_each(|m| f(m.0));
                l.mark.folds.iter().for_each(|fold| f(fold.carry));
            }
            Item::While(w) => {
                for_each_write(&w.head, f);
                for_each_write(&w.body, f);
                w.moves.iter().for_each(|m| f(m.0));
            }
            Item::Branch(b) => b.arms.iter().for_each(|(arm, moves)| {
                for_each_write(arm, f);
                moves.iter().for_each(|m| f(m.0));
            }),
        }
    }
}
