//! What can be proven of loops: which of them can run in any order, many iterations at once, or on several
//! threads, and which carried scalars are reductions. Engines read the marks; the code around them changes
//! only where a reduction is taken out of the body.
//!
//! | file | holds |
//! | --- | --- |
//! | `conflict.rs` | whether two accesses of different iterations can touch the same element |
//! | `accesses.rs` | the accesses of a loop, against each other |
//! | `digits.rs` | the same by the indices along the axes and the bounds of the counters |
//! | `folds.rs` | carried scalars that are reductions |
//! | `hoist.rs` | loads that a vector loop repeats |
//! | `simt.rs` | loops whose iterations can run side by side although their lengths differ |
//! | `cost.rs` | what an iteration costs |

pub(super) mod accesses;
mod conflict;
pub(super) mod cost;
pub(super) mod digits;
pub(super) mod folds;
mod hoist;
pub(super) mod simt;

use super::forms::Forms;
use super::inst::{Inst, Reg, Role};
use super::ir::{Blocked, Code, Item, Kernel, Loop, SHORT_FOLD, for_each_reg};
use super::launch::{Backwards, MAX_FOLDS, WORTH, backwards};

/// Loops with fewer iterations are not worth several at once.
const SHORT: u64 = 8;

/// As many bytes stay in the cache of the core that fills them: what several cores fill, the next loop fetches from each.
const FAR: u64 = 4 << 20;

/// Marks every loop of the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    let mut code = std::mem::take(&mut kernel.code);
    kernel.code = code.clone();
    let reads = reads_of(&mut code, kernel);
    let mut marker = Marker { forms: Forms::of(kernel), kernel, reads };
    marker.list(&mut code, false);
    kernel.code = code;
}

/// How often each register is read in the whole kernel.
pub(super) fn reads_of(code: &mut Code, kernel: &Kernel) -> Vec<u32> {
    let mut reads = vec![0; kernel.regs.len()];
    for_each_reg(code, &mut |role, r| {
        if role != Role::Write {
            reads[r.index()] += 1;
        }
    });
    kernel.results.iter().for_each(|r| reads[r.index()] += 1);
    reads
}

struct Marker<'k> {
    kernel: &'k mut Kernel,
    forms: Forms,
    reads: Vec<u32>,
}

impl Marker<'_> {
    /// `parallel`: a loop around this list runs on several threads already.
    fn list(&mut self, list: &mut Code, parallel: bool) {
        let mut k = 0;
        while k < list.len() {
            match &mut list[k] {
                Item::Inst(..) => {}
                Item::Loop(l) => {
                    self.mark(l, parallel);
                    let loads = hoist::invariant_loads(self.kernel, &self.forms, l);
                    let n = loads.len();
                    list.splice(k..k, loads);
                    k += n;
                }
                Item::While(w) => {
                    self.list(&mut w.head, parallel);
                    self.list(&mut w.body, parallel);
                }
                Item::Branch(b) => b.arms.iter_mut().for_each(|(code, _)| self.list(code, parallel)),
            }
            k += 1;
        }
    }

    fn mark(&mut self, l: &mut Loop, inside_parallel: bool) {
        let trips = self.max_trips(l);
        if (trips >= SHORT || backwards().is_some())
            && is_straight(l)
            && let Some(marked) = self.independent(l, trips)
        {
            *l = marked;
            l.mark.vector = true;
        } else if trips >= SHORT
            && simt::fits(self.kernel, l)
            && self.leak(l).is_none()
            && accesses::independent(self.kernel, &self.forms, l, trips)
        {
            l.mark.simt = true;
        }
        let inner_only = backwards() == Some(Backwards::Inner) && !l.mark.vector;
        let near = backwards().is_none() && filled(self.kernel, l, trips).is_some_and(|bytes| bytes < FAR);
        if !inside_parallel && !inner_only && !near && self.worth(l, trips) {
            let (mut marked, reads) = (l.clone(), self.reads.clone());
            // The loops inside first: their reductions become values of this one's.
            self.list(&mut marked.body, true);
            let whole = match marked.mark.vector {
                true => Some(marked),
                false => self.independent(&marked, trips),
            };
            if let Some(mut marked) = whole {
                // Without carries all of the body would run side by side.
                marked.mark.simt &= simt::fits(self.kernel, &marked);
                let cost = cost::of_iteration(self.kernel, &marked);
                let worth = trips.saturating_mul(cost) >= WORTH || backwards().is_some();
                if worth && marked.mark.folds.len() <= MAX_FOLDS {
                    // Backwards, no loop is too short to be shared out.
                    let least = if backwards().is_some() { WORTH } else { 1 };
                    marked.mark.parallel = Some(cost.max(least));
                    marked.mark.blocked = None;
                    *l = marked;
                    return;
                }
            }
            self.reads = reads;
        }
        if !l.mark.vector && l.site.is_some() {
            l.mark.blocked = self.blocked(l, trips);
        }
        self.list(&mut l.body, inside_parallel);
    }

    /// Why the iterations can't run in any order.
    fn blocked(&self, l: &Loop, trips: u64) -> Option<Blocked> {
        if let Some(r) = self.leak(l) {
            return Some(Blocked::Last(r));
        }
        if let Some(conflict) = accesses::conflict(self.kernel, &self.forms, l, trips) {
            return Some(conflict);
        }
        // On a copy, carry by carry.
        l.moves.iter().find_map(|&m| {
            let mut alone = l.clone();
            alone.moves = vec![m];
            let fold = folds::extract(&mut self.kernel.clone(), &mut alone);
            fold.is_none().then_some(Blocked::Carried(m.0))
        })
    }

    /// Short loops around long ones are not worth dividing.
    fn worth(&self, l: &Loop, trips: u64) -> bool {
        backwards().is_some()
            || trips >= 4 && trips.saturating_mul(cost::of_iteration(self.kernel, l)) >= WORTH
    }

    fn max_trips(&self, l: &Loop) -> u64 {
        let range = self.kernel.ranges[l.iv.index()];
        let by_range =
            (range.hi.saturating_sub(range.lo) / i128::from(l.stride.unsigned_abs().max(1))).max(0);
        let by_range = u64::try_from(by_range).map_or(u64::MAX, |n| n.saturating_add(1));
        l.max_trips.unwrap_or(u64::MAX).min(by_range)
    }

    /// The loop with its reductions taken out, where its iterations can run in any order.
    fn independent(&mut self, l: &Loop, trips: u64) -> Option<Loop> {
        if self.leak(l).is_some() || !accesses::independent(self.kernel, &self.forms, l, trips) {
            return None;
        }
        let mut marked = l.clone();
        if !marked.moves.is_empty() {
            if trips < SHORT_FOLD {
                return None;
            }
            folds::extract(self.kernel, &mut marked)?;
            self.reads.resize(self.kernel.regs.len(), 0);
            let reads = |l: &Loop| reads_of(&mut vec![Item::Loop(Box::new(l.clone()))], self.kernel);
            for (count, (new, old)) in self.reads.iter_mut().zip(reads(&marked).into_iter().zip(reads(l))) {
                *count = *count + new - old;
            }
        }
        Some(marked)
    }

    fn leak(&self, l: &Loop) -> Option<Reg> {
        leak(&self.reads, l)
    }
}

/// A register set in the body, or the loop's index, that is read outside of the loop, the carries aside; `reads` are
/// those of the kernel.
pub(super) fn leak(reads: &[u32], l: &Loop) -> Option<Reg> {
    let mut body = l.body.clone();
    let mut inside = crate::hash::HashMap::<Reg, (u32, bool)>::default();
    for_each_reg(&mut body, &mut |role, r| {
        let entry = inside.entry(*r).or_default();
        entry.0 += u32::from(role != Role::Write);
        entry.1 |= role != Role::Read;
    });
    l.moves.iter().for_each(|(_, s)| inside.entry(*s).or_default().0 += 1);
    l.mark.folds.iter().for_each(|f| inside.entry(f.value).or_default().0 += 1);
    // The loop counts on from it, and reads its own bounds.
    let index = inside.entry(l.iv).or_default();
    *index = (index.0 + 1, true);
    inside
        .iter()
        .find(|&(r, &(own, set))| set && reads.get(r.index()).is_some_and(|&all| all > own))
        .map(|(&r, _)| r)
}

/// The bytes that a loop writes which only fills arrays, each with one value.
fn filled(kernel: &Kernel, l: &Loop, trips: u64) -> Option<u64> {
    let mut set = vec![l.iv];
    let mut bytes = 0_u64;
    for item in &l.body {
        bytes = bytes.saturating_add(match item {
            Item::Inst(
                Inst::Store8 { val, buf, .. } | Inst::Store4 { val, buf, .. } | Inst::Store1 { val, buf, .. },
                _,
            ) if !set.contains(val) => kernel.slots[buf.index()].dtype.size() as u64,
            Item::Inst(inst, None) if inst.is_pure() && !inst.is_load() => {
                set.extend(inst.dst());
                0
            }
            Item::Loop(inner) => filled(kernel, inner, inner.max_trips?)?,
            _ => return None,
        });
    }
    Some(trips.saturating_mul(bytes))
}

/// The body is a plain list of instructions that touch no whole buffers.
fn is_straight(l: &Loop) -> bool {
    l.body.iter().all(|item| match item {
        Item::Inst(inst, _) => {
            !matches!(inst, Inst::CopyBuf { .. } | Inst::SwapBuf { .. } | Inst::Matmul { .. })
        }
        _ => false,
    })
}
