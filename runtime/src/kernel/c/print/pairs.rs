//! Roots and quotients two at a time: a processor's divider takes as long for two in a vector as for one, and in a loop
//! of scalars with many of them it is what everything waits for.

use super::quotient::by_products;
use super::unit::{Result, Unit, Unsupported};
use crate::kernel::inst::{Inst, Reg};
use crate::kernel::ir::{Item, Kernel};
use crate::kernel::marks::cost::latency;
use std::collections::{BTreeSet, HashMap};

/// Fewer in a list don't keep a divider busy.
const MANY: usize = 4;

/// Operands that are ready within so many cycles of each other don't wait long.
const CLOSE: u32 = 4;

/// What is written next.
pub(super) enum Step {
    One(usize),
    Two(usize, usize),
}

/// The order in which a list is written, where some of it goes in pairs; `sets` says how often a register is set.
pub(super) fn order(kernel: &Kernel, items: &[Item], sets: &dyn Fn(Reg) -> u32) -> Option<Vec<Step>> {
    let list = List::of(kernel, items, sets);
    let divisions: Vec<usize> = (0..items.len()).filter(|&k| list.division(k).is_some()).collect();
    if divisions.len() < MANY {
        return None;
    }
    let mut partner: HashMap<usize, (usize, BTreeSet<usize>)> = HashMap::new();
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    for &i in &divisions {
        if taken.contains(&i) {
            continue;
        }
        let others = divisions.iter().filter(|&&j| j > i && !taken.contains(&j) && list.alike(i, j));
        let near = others.filter_map(|&j| Some((j, list.needed(i, j)?)));
        if let Some((j, needed)) = near.min_by_key(|(j, _)| list.ready[i].abs_diff(list.ready[*j])) {
            taken.extend([i, j]);
            partner.insert(i, (j, needed));
        }
    }
    if partner.is_empty() {
        return None;
    }
    let mut steps = Vec::with_capacity(items.len());
    let mut written: BTreeSet<usize> = BTreeSet::new();
    for k in 0..items.len() {
        if !written.insert(k) {
            continue;
        }
        match partner.get(&k) {
            Some((j, needed)) => {
                steps.extend(needed.iter().filter(|&&n| written.insert(n)).map(|&n| Step::One(n)));
                written.insert(*j);
                steps.push(Step::Two(k, *j));
            }
            None => steps.push(Step::One(k)),
        }
    }
    Some(steps)
}

struct List<'a> {
    kernel: &'a Kernel,
    items: &'a [Item],
    sets: &'a dyn Fn(Reg) -> u32,
    /// Where each register is set first.
    defined: HashMap<Reg, usize>,
    /// When the operands are there, in cycles.
    ready: Vec<u32>,
    /// The stretch of instructions without loops and branches.
    stretch: Vec<u32>,
}

impl<'a> List<'a> {
    fn of(kernel: &'a Kernel, items: &'a [Item], sets: &'a dyn Fn(Reg) -> u32) -> List<'a> {
        let (mut defined, mut there) = (HashMap::new(), HashMap::new());
        let (mut ready, mut stretch, mut current) = (Vec::new(), Vec::new(), 0);
        for (k, item) in items.iter().enumerate() {
            let mut start = 0;
            if let Item::Inst(inst, _) = item {
                start = inst.reads().filter_map(|r| there.get(&r).copied()).max().unwrap_or(0);
                if let Some(dst) = inst.dst() {
                    defined.entry(dst).or_insert(k);
                    there.insert(dst, start + latency(inst));
                }
            } else {
                current += 1;
            }
            ready.push(start);
            stretch.push(current);
        }
        List { kernel, items, sets, defined, ready, stretch }
    }

    fn inst(&self, k: usize) -> Option<&'a Inst> {
        match &self.items[k] {
            Item::Inst(inst, None) => Some(inst),
            _ => None,
        }
    }

    /// A root or a quotient, and whether it is a root.
    fn division(&self, k: usize) -> Option<bool> {
        match self.inst(k)? {
            inst if by_products(self.kernel, inst) => None,
            Inst::SqrtF64 { dst, .. } if (self.sets)(*dst) == 1 => Some(true),
            Inst::DivF64 { dst, .. } if (self.sets)(*dst) == 1 => Some(false),
            _ => None,
        }
    }

    fn alike(&self, i: usize, j: usize) -> bool {
        self.division(i) == self.division(j)
            && self.stretch[i] == self.stretch[j]
            && self.ready[i].abs_diff(self.ready[j]) <= CLOSE
    }

    /// What stands between the two and must be computed before the second one, where that can be done before the first.
    fn needed(&self, i: usize, j: usize) -> Option<BTreeSet<usize>> {
        let mut needed = BTreeSet::new();
        let mut open = vec![j];
        while let Some(k) = open.pop() {
            for r in self.inst(k)?.reads() {
                let Some(&at) = self.defined.get(&r) else { continue };
                // What is set in several places, here among them, may have another value.
                if (self.sets)(r) != 1 {
                    return None;
                }
                if at < i || needed.contains(&at) {
                    continue;
                }
                let inst = self.inst(at)?;
                let moves = inst.is_pure() && !inst.is_load() && latency(inst) < latency(&ROOT);
                if at == i || self.division(at).is_some() || !moves {
                    return None;
                }
                needed.insert(at);
                open.push(at);
            }
        }
        Some(needed)
    }
}

const ROOT: Inst = Inst::SqrtF64 { dst: Reg(0), a: Reg(0) };

impl Unit<'_> {
    /// Two roots or two quotients.
    pub(super) fn pair(&mut self, first: &Item, second: &Item) -> Result<()> {
        let (Item::Inst(first, _), Item::Inst(second, _)) = (first, second) else { return Err(Unsupported) };
        let n = self.fresh();
        let (dst, value) = match (first, second) {
            (Inst::SqrtF64 { dst, a }, Inst::SqrtF64 { dst: dst2, a: a2 }) => {
                ((*dst, *dst2), format!("sqrt_pair({}, {})", self.e.var(*a), self.e.var(*a2)))
            }
            (Inst::DivF64 { dst, a, b }, Inst::DivF64 { dst: dst2, a: a2, b: b2 }) => {
                let both = |a: Reg, b: Reg| format!("(pair_f64){{{}, {}}}", self.e.var(a), self.e.var(b));
                ((*dst, *dst2), format!("{} / {}", both(*a, *a2), both(*b, *b2)))
            }
            _ => return Err(Unsupported),
        };
        self.line(format!("const pair_f64 p{n} = {value};"));
        self.set(dst.0, &format!("p{n}[0]"));
        self.set(dst.1, &format!("p{n}[1]"));
        Ok(())
    }
}
