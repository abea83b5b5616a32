//! How many iterations of a vector loop one instruction does.

use crate::backend::Engine;
use crate::dtype::DType;
use crate::kernel::inst::Role;
use crate::kernel::ir::{Kernel, Loop, for_each_reg};

/// The vectors of a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Width {
    /// The widest type that the body computes with.
    pub dtype: DType,
}

impl Width {
    /// Those of a loop whose iterations can run many at once; `None` for any other.
    pub(in crate::kernel) fn of(kernel: &Kernel, l: &Loop) -> Option<Width> {
        let mut found: Vec<DType> = Vec::new();
        let mut body = l.body.clone();
        for_each_reg(&mut body, &mut |role, r| {
            if role != Role::Read {
                found.push(kernel.regs[r.index()]);
            }
        });
        for item in &l.body {
            if let super::Item::Inst(inst, _) = item
                && let (true, Some(buf)) = (inst.is_store(), inst.bufs()[0])
            {
                found.push(kernel.slots[buf.index()].dtype);
            }
        }
        // Integers are mostly indices, which vectors of floats do without.
        let widest = |float: bool| found.iter().filter(|t| t.is_float() == float).max_by_key(|t| t.size());
        let dtype = *widest(true).or_else(|| widest(false))?;
        l.mark.vector.then_some(Width { dtype })
    }

    /// How many iterations an instruction of this engine does at most; 1 where it has no vectors.
    pub fn lanes(self, engine: Engine) -> usize {
        (register_bits(engine) / (8 * self.dtype.size())).max(1)
    }
}

/// The bits of a vector register as an engine uses it; 0: it has none. The C compiler is asked for this very CPU,
/// and for the widest vectors (`c/compiler.rs`).
fn register_bits(engine: Engine) -> usize {
    match engine {
        Engine::C | Engine::Auto => c_bits(),
        // Its vectors have that size, whatever the CPU.
        Engine::Cranelift => 128,
        Engine::Machine | Engine::Candle => 0,
    }
}

#[cfg(target_arch = "x86_64")]
fn c_bits() -> usize {
    if is_x86_feature_detected!("avx512f") {
        512
    } else if is_x86_feature_detected!("avx2") {
        256
    } else {
        128
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn c_bits() -> usize {
    if cfg!(target_arch = "aarch64") { 128 } else { 0 }
}
