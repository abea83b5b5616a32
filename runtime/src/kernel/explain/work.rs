//! What a loop does: floating-point operations, and bytes loaded and stored.

use crate::kernel::inst::{Buf, Inst};
use crate::kernel::ir::{Code, Item, Kernel, Loop, Matmul};

/// Counts, at most.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Work {
    pub operations: u128,
    pub bytes: u128,
}

impl Work {
    pub fn times(self, n: u64) -> Option<Work> {
        let n = u128::from(n);
        Some(Work { operations: self.operations.checked_mul(n)?, bytes: self.bytes.checked_mul(n)? })
    }

    fn and(self, other: Work) -> Work {
        Work { operations: self.operations + other.operations, bytes: self.bytes + other.bytes }
    }
}

/// A loop that could run more often than that runs nobody knows how often.
const KNOWN: u64 = 1 << 40;

/// One run of a loop; `None` where its length is not known, or that of a loop inside.
pub(super) fn of_loop(kernel: &Kernel, l: &Loop) -> Option<Work> {
    work(kernel, &l.body)?.times(l.max_trips.filter(|&n| n <= KNOWN)?)
}

/// One run of a list; `None` where it has a loop of unknown length.
pub(super) fn work(kernel: &Kernel, code: &Code) -> Option<Work> {
    let mut sum = Work::default();
    for item in code {
        sum = sum.and(match item {
            Item::Inst(inst, _) => of_inst(kernel, inst),
            Item::Loop(l) => of_loop(kernel, l)?,
            Item::While(_) => return None,
            Item::Branch(b) => {
                let arms = b.arms.iter().map(|(arm, _)| work(kernel, arm)).collect::<Option<Vec<_>>>()?;
                arms.into_iter().max_by_key(|w| w.operations)?
            }
        });
    }
    Some(sum)
}

fn of_inst(kernel: &Kernel, inst: &Inst) -> Work {
    let bytes = |buf: Buf, count: usize| (count * kernel.slots[buf.index()].dtype.size()) as u128;
    match inst {
        Inst::CopyBuf { dst, src } => {
            let count = kernel.slots[dst.index()].count();
            Work { operations: 0, bytes: bytes(*dst, count) + bytes(*src, count) }
        }
        Inst::Matmul { id, .. } => {
            let Matmul { dtype, m, row: n, k, .. } = kernel.matmuls[usize::from(*id)];
            let [m, n, k] = [m, n, k].map(|count| u128::try_from(count).unwrap_or(0));
            Work { operations: 2 * m * n * k, bytes: (m * k + k * n + m * n) * dtype.size() as u128 }
        }
        _ => {
            if let (true, Some(buf)) = (inst.is_load() || inst.is_store(), inst.bufs()[0]) {
                return Work { operations: 0, bytes: bytes(buf, 1) };
            }
            let float = inst.dst().is_some_and(|dst| kernel.regs[dst.index()].is_float());
            let moves = matches!(inst, Inst::Mov { .. } | Inst::Select { .. });
            Work { operations: u128::from(float && !moves), bytes: 0 }
        }
    }
}
