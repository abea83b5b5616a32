//! Chains of stencil loops run together, plane by plane: a sliding window over their temporaries.
//!
//! `for i { lap[i, ..] = .. field .. }; for i { flx[i, ..] = lap[i + 1, ..] - lap[i, ..] }; ..` sends each temporary
//! through memory. Here the planes are cut into stretches. Within a stretch a step of one plane after the other runs every
//! loop for the plane that the loops behind it need next, and a temporary is a window of the few planes that are
//! still needed. Windows belong to a stretch, so stretches are independent and run on several threads; what a
//! stretch needs of the planes before it and behind it is computed again, by the same operations.
//!
//! | file | holds |
//! | --- | --- |
//! | `chain.rs` | which loops can slide together, and how far apart |
//! | `fills.rs` | fills of whole arrays, plane by plane |
//! | `write.rs` | the new loops |

mod chain;
mod fills;
mod write;

use super::copies::REGISTERS;
use super::flatten::writes;
use super::forms::Forms;
use super::inst::{Inst, Reg};
use super::ir::{Code, Item, Kernel, Loop, Origin, SlotInfo};
use super::launch::{backwards, threads};
use super::marks::{self, accesses};
use chain::{Chain, Facts, touch_counts};
use std::collections::BTreeSet;
use write::Writer;

/// More loops than that are not tried together.
const MOST: usize = 8;

/// Temporaries of fewer bytes are in a cache anyhow.
const SMALL: i64 = 1 << 20;

/// The windows of a stretch have to fit the cache of a core, or nearly.
const CACHE: i64 = 2 << 20;

/// Planes of fewer elements are not worth a step.
const PLANE: i64 = 256;

/// At most this part of the work is done twice, and this part of the temporaries is memory of windows.
const AGAIN: i64 = 8;
const WINDOWS: i64 = 4;

/// Stretches: enough for many threads.
const STRETCHES: i64 = 64;

/// Slides wherever it is worth it.
pub(super) fn run(kernel: &mut Kernel) {
    let temporary = |s: &&SlotInfo| s.origin == Origin::Temporary;
    let bytes = |s: &SlotInfo| s.count() * s.dtype.size();
    let all = kernel.slots.iter().filter(temporary).map(bytes).sum::<usize>();
    if backwards().is_none() && all < SMALL as usize {
        return;
    }
    // One chain at a time: what is known of the kernel is read off its code.
    for _ in 0..MOST {
        let Some(slid) = once(kernel).or_else(|| {
            let mut by_planes = kernel.clone();
            fills::by_planes(&mut by_planes).then(|| once(&by_planes)).flatten()
        }) else {
            return;
        };
        *kernel = slid;
    }
}

/// The kernel with its first chain in one loop.
fn once(kernel: &Kernel) -> Option<Kernel> {
    let mut code = kernel.code.clone();
    let tables = list(&facts(kernel), &mut code)?;
    Some(Kernel { code, ..tables })
}

fn facts(kernel: &Kernel) -> Facts<'_> {
    let mut code = kernel.code.clone();
    Facts {
        forms: Forms::of(kernel),
        writes: writes(&mut code, kernel.regs.len()),
        reads: marks::reads_of(&mut code, kernel),
        touches: touch_counts(&code, kernel.slots.len()),
        kernel,
    }
}

/// Makes a loop over stretches of the first chain in the list, or in one inside it; gives the kernel's other tables.
fn list(facts: &Facts<'_>, code: &mut Code) -> Option<Kernel> {
    if let Some(slid) = runs(facts, code).into_iter().find_map(|run| chain_of(facts, code, &run)) {
        return Some(slid);
    }
    code.iter_mut().find_map(|item| match item {
        Item::Inst(..) => None,
        Item::Loop(l) => list(facts, &mut l.body),
        Item::While(w) => list(facts, &mut w.head).or_else(|| list(facts, &mut w.body)),
        Item::Branch(b) => b.arms.iter_mut().find_map(|(arm, _)| list(facts, arm)),
    })
}

/// Where loops stand behind each other that could slide, with only scalars computed between them.
fn runs(facts: &Facts<'_>, code: &Code) -> Vec<Vec<usize>> {
    let mut runs: Vec<Vec<usize>> = vec![Vec::new()];
    for (k, item) in code.iter().enumerate() {
        match item {
            Item::Inst(inst, None) if inst.is_pure() && !inst.is_load() => {}
            Item::Loop(l) if facts.slides(l) => {
                if let Some(run) = runs.last_mut() {
                    run.push(k);
                }
            }
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| run.len() > 1);
    runs
}

/// The longest part of a run that can slide and is worth it, as one loop.
fn chain_of(facts: &Facts<'_>, code: &mut Code, run: &[usize]) -> Option<Kernel> {
    for first in 0..run.len() {
        for end in (first + 2..=run.len().min(first + MOST)).rev() {
            if let Some((kernel, new)) = slid(facts, code, &run[first..end]) {
                *code = new;
                return Some(kernel);
            }
        }
    }
    None
}

/// The list with these loops in one, and the tables of its kernel.
fn slid(facts: &Facts<'_>, code: &Code, run: &[usize]) -> Option<(Kernel, Code)> {
    let loops: Vec<&Loop> =
        run.iter().filter_map(|&k| if let Item::Loop(l) = &code[k] { Some(&**l) } else { None }).collect();
    let chain = facts.chain(&loops)?;
    let length = length(facts.kernel, &chain)?;
    let (first, last) = (*run.first()?, *run.last()?);
    let indices: BTreeSet<Reg> = loops.iter().map(|l| l.iv).collect();
    let starts = |item: &Item| matches!(item, Item::Inst(Inst::Mov { dst, .. }, _) if indices.contains(dst));
    // What stands between comes first: it reads nothing of the loops, and they nothing that changes.
    let once = |item: &Item| match item {
        Item::Inst(inst, _) => inst.dst().is_some_and(|dst| facts.writes[dst.index()] == 1),
        _ => true,
    };
    if !code[first..last].iter().all(|item| starts(item) || once(item)) {
        return None;
    }
    let mut kernel = facts.kernel.clone();
    kernel.code.clear();
    let (mut kernel, new) = Writer { kernel, facts, chain: &chain, length }.write(&loops)?;
    if kernel.regs.len() > REGISTERS || !independent(&mut kernel, &new) {
        return None;
    }
    note(&mut kernel, &chain, &loops);
    let others = |part: &[Item]| -> Code { part.iter().filter(|item| !starts(item)).cloned().collect() };
    let mut list = others(&code[..first]);
    list.extend(others(&code[first..last]).into_iter().filter(|item| matches!(item, Item::Inst(..))));
    list.extend(new);
    list.extend_from_slice(&code[last + 1..]);
    Some((kernel, list))
}

/// How many planes a stretch has, where the chain is worth it.
fn length(kernel: &Kernel, chain: &Chain) -> Option<i64> {
    let planes = chain.planes.1 - chain.planes.0;
    if backwards().is_some() {
        return (planes > 1).then_some(3);
    }
    let size = |w: &chain::Window| kernel.slots[w.buf.index()].dtype.size() as i64;
    let sum = |of: &dyn Fn(&chain::Window) -> i64| chain.windows.iter().map(of).sum::<i64>();
    let arrays = sum(&|w| kernel.slots[w.buf.index()].count() as i64 * size(w));
    let windows = sum(&|w| write::elements(w) * size(w));
    let plane = sum(&|w| w.stride * size(w));
    if arrays < SMALL || windows > CACHE || chain.windows.iter().any(|w| w.stride < PLANE) {
        return None;
    }
    let cost = chain.stages.iter().map(|s| s.cost as f64).sum::<f64>();
    let again = chain.stages.iter().map(|s| (s.ahead - s.behind) as f64 * s.cost as f64).sum::<f64>();
    let least = (AGAIN as f64 * again / cost).max((WINDOWS * windows) as f64 / plane as f64);
    let stretches = (planes as f64 / least.max(1.0)) as i64;
    if stretches < (threads() as i64).max(2) {
        return None;
    }
    // A number that most numbers of threads divide.
    let stretches = 1i64 << stretches.min(STRETCHES).ilog2();
    Some((planes + stretches - 1) / stretches)
}

/// The stretches have nothing to do with each other, as far as the marks will see.
fn independent(kernel: &mut Kernel, new: &Code) -> bool {
    kernel.code = new.clone();
    let Some(Item::Loop(l)) = new.last() else { return false };
    let found = accesses::independent(kernel, &Forms::of(kernel), l, l.max_trips.unwrap_or(u64::MAX));
    kernel.code.clear();
    found
}

fn note(kernel: &mut Kernel, chain: &Chain, loops: &[&Loop]) {
    let bytes = |w: &chain::Window| write::elements(w) as usize * kernel.slots[w.buf.index()].dtype.size();
    let kib = chain.windows.iter().map(bytes).sum::<usize>().div_ceil(1024);
    let note = format!(
        "runs plane by plane with {} loops beside it, through windows of {kib} KiB instead of whole temporaries",
        loops.len() - 1
    );
    for site in loops.iter().filter_map(|l| l.site) {
        if !kernel.notes.iter().any(|n| n.0 == site && n.1 == note) {
            kernel.notes.push((site, note.clone()));
        }
    }
}
