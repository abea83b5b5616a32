//! Stores with the instructions that they need; those to one array are shifted so that an iteration makes all changes
//! of one element, and everything else stands before or behind.

use super::nest::Nest;
use super::place::{Access, Meeting, Plane, key, place};
use crate::hash::HashMap;
use crate::kernel::forms::Forms;
use crate::kernel::inst::{Inst, Reg};
use crate::kernel::ir::Kernel;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// More stores are not tried: each is compared to every other.
const STORES: usize = 24;

/// Longer bodies are not written.
const LONG: usize = 240;

/// Shorter inner loops are mostly ends.
const SHORT: i64 = 16;

/// A store, and what it needs.
pub(super) struct Statement {
    /// In the order in which they run; the store is the last.
    pub insts: Vec<Inst>,
    /// How far its element is from its iteration.
    pub shift: Vec<i64>,
    /// Loads of the element that it stores to.
    pub own: Vec<Reg>,
    /// None for an array that is made here.
    plane: Option<Plane>,
    /// The number of the store.
    at: usize,
    /// Of arrays that are stored to, the store's own last.
    accesses: Vec<Access>,
}

impl Statement {
    /// The only one that touches an array, at the element of the iteration.
    pub fn of_its_own(insts: Vec<Inst>, axes: usize) -> Statement {
        Statement { insts, shift: vec![0; axes], own: Vec::new(), plane: None, at: 0, accesses: Vec::new() }
    }
}

/// A nest of its own.
pub(super) enum Part {
    /// Changes of one array, in the order in which an element sees them.
    Aligned(Vec<Statement>),
    /// Scalars that the nest carries: it as it was, without its stores and what sets these registers.
    Rest(BTreeSet<Reg>),
}

/// The parts, one after the other.
pub(super) struct Schedule {
    pub parts: Vec<Part>,
}

impl Schedule {
    /// `None` where there is none that changes no result, or it is no better.
    pub fn of(kernel: &Kernel, forms: &Forms, nest: &Nest<'_>) -> Option<Schedule> {
        let facts = Facts::of(kernel, forms, nest)?;
        let stores: Vec<usize> = (0..nest.insts.len()).filter(|&at| nest.insts[at].is_store()).collect();
        if stores.is_empty() || stores.len() > STORES {
            return None;
        }
        let statements: Vec<Statement> =
            stores.into_iter().map(|at| facts.statement(at)).collect::<Option<_>>()?;
        let rest = match nest.moves.is_empty() {
            true => None,
            false => Some(facts.rest()?),
        };
        let mut groups: Vec<Vec<Statement>> = Vec::new();
        for statement in statements {
            match groups.iter_mut().find(|group| group[0].plane == statement.plane) {
                Some(group) => group.push(statement),
                None => groups.push(vec![statement]),
            }
        }
        let shifted = groups.iter().any(|group| group.iter().any(|s| s.shift != group[0].shift));
        if !shifted && groups.len() + usize::from(rest.is_some()) < 2 {
            return None;
        }
        for group in &mut groups {
            group.sort_by_key(|s| (key(nest, &s.shift), s.at));
            facts.aligns(group)?;
            let long: usize = group.iter().map(|s| s.insts.len()).sum();
            if long > LONG || !is_wide(nest, group) {
                return None;
            }
        }
        let accesses: Vec<Vec<&Access>> = groups
            .iter()
            .map(|group| group.iter().flat_map(|s| &s.accesses).collect())
            .chain(rest.as_ref().map(|rest| rest.accesses.iter().collect()))
            .collect();
        let order = facts.order(&accesses)?;
        let mut parts: Vec<Option<Part>> =
            groups.into_iter().map(|group| Some(Part::Aligned(group))).collect();
        parts.extend(rest.map(|rest| Some(Part::Rest(rest.unused))));
        Some(Schedule { parts: order.into_iter().filter_map(|k| parts[k].take()).collect() })
    }
}

/// Where the shifted ranges of the statements overlap, there is enough to do.
fn is_wide(nest: &Nest<'_>, group: &[Statement]) -> bool {
    (0..nest.axes.len()).all(|k| {
        let (first, end) = common(nest, group.iter(), k);
        let least = if k + 1 == nest.axes.len() { SHORT } else { 1 };
        end - first >= least
    })
}

/// The elements along an axis that all of the statements change.
pub(super) fn common<'s>(
    nest: &Nest<'_>,
    statements: impl Iterator<Item = &'s Statement>,
    axis: usize,
) -> (i64, i64) {
    let (first, end) = nest.axes[axis].range;
    let (least, most) = statements
        .map(|s| s.shift[axis])
        .fold((i64::MAX, i64::MIN), |(least, most), shift| (least.min(shift), most.max(shift)));
    (first.saturating_add(most), end.saturating_add(least))
}

/// What carried scalars need.
struct Rest {
    accesses: Vec<Access>,
    /// What the nest sets besides.
    unused: BTreeSet<Reg>,
}

struct Facts<'n> {
    kernel: &'n Kernel,
    forms: &'n Forms,
    nest: &'n Nest<'n>,
    /// What the nest sets.
    set: BTreeSet<Reg>,
    /// Which instruction sets a register.
    made: HashMap<Reg, usize>,
    stored: BTreeSet<crate::kernel::inst::Buf>,
}

impl<'n> Facts<'n> {
    fn of(kernel: &'n Kernel, forms: &'n Forms, nest: &'n Nest<'n>) -> Option<Facts<'n>> {
        let mut set: BTreeSet<Reg> = nest.axes.iter().map(|axis| axis.l.iv).collect();
        set.extend(nest.moves.iter().map(|m| m.0));
        let mut made = HashMap::default();
        for (at, inst) in nest.insts.iter().enumerate() {
            let Some(dst) = inst.dst() else { continue };
            // Copies to indices and carries start the inner loops.
            if nest.is_index(dst) || nest.carries(dst) {
                continue;
            }
            if made.insert(dst, at).is_some() {
                return None;
            }
            set.insert(dst);
        }
        let stores = nest.insts.iter().filter(|inst| inst.is_store());
        let stored = stores.filter_map(|inst| inst.bufs()[0]).collect();
        Some(Facts { kernel, forms, nest, set, made, stored })
    }

    /// The instructions that these need, and themselves; with `carries`, they may read what loops carry.
    fn needed(&self, mut todo: Vec<usize>, carries: bool) -> Option<BTreeSet<usize>> {
        let mut needed: BTreeSet<usize> = todo.iter().copied().collect();
        while let Some(at) = todo.pop() {
            for r in self.nest.insts[at].reads() {
                match self.made.get(&r) {
                    // What an iteration leaves for the next one is a carry, if not by name.
                    Some(&made) if made >= at => return None,
                    Some(&made) => todo.extend(needed.insert(made).then_some(made)),
                    None if self.nest.carries(r) && !carries => return None,
                    None => {}
                }
            }
        }
        Some(needed)
    }

    /// The accesses of these instructions to arrays that the nest stores to.
    fn accesses(&self, insts: &BTreeSet<usize>) -> Option<Vec<Access>> {
        let touching = insts
            .iter()
            .copied()
            .filter(|&at| self.nest.insts[at].bufs()[0].is_some_and(|buf| self.stored.contains(&buf)));
        let access = |at: usize| {
            let inst = &self.nest.insts[at];
            let place = place(self.kernel, self.forms, self.nest, &self.set, inst)?;
            Some(Access { at, store: inst.is_store(), place })
        };
        touching.map(access).collect()
    }

    fn statement(&self, at: usize) -> Option<Statement> {
        let needed = self.needed(vec![at], false)?;
        let accesses = self.accesses(&needed)?;
        let place = accesses.last().filter(|access| access.at == at)?.place.clone();
        let own = accesses.iter().filter(|access| !access.store && access.place == place);
        Some(Statement {
            own: own.filter_map(|access| self.nest.insts[access.at].dst()).collect(),
            insts: needed.iter().map(|&at| self.nest.insts[at]).collect(),
            shift: place.distance,
            plane: Some(place.plane),
            at,
            accesses,
        })
    }

    fn rest(&self) -> Option<Rest> {
        let todo = self.nest.moves.iter().filter_map(|m| self.made.get(&m.1).copied()).collect();
        let needed = self.needed(todo, true)?;
        let unused = self.made.iter().filter(|(_, at)| !needed.contains(at)).map(|(&r, _)| r).collect();
        Some(Rest { accesses: self.accesses(&needed)?, unused })
    }

    /// Shifted, the statements touch one element of their array in an iteration, and in their order.
    fn aligns(&self, group: &[Statement]) -> Option<()> {
        for (k, s) in group.iter().enumerate() {
            for (n, t) in group.iter().enumerate() {
                for (a, b) in s.accesses.iter().flat_map(|a| t.accesses.iter().map(move |b| (a, b))) {
                    if !(a.store || b.store) || a.place.plane.buf != b.place.plane.buf {
                        continue;
                    }
                    match a.meets(b, self.nest) {
                        Meeting::Never => {}
                        Meeting::Unknown => return None,
                        Meeting::Ordered(order) => {
                            let aligned = a.place.distance == s.shift && b.place.distance == t.shift;
                            if !aligned || (k != n && order != k.cmp(&n)) {
                                return None;
                            }
                        }
                    }
                }
            }
        }
        Some(())
    }

    /// An order of the parts in which accesses of the same element keep theirs.
    fn order(&self, parts: &[Vec<&Access>]) -> Option<Vec<usize>> {
        let mut before: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); parts.len()];
        for (k, n) in (0..parts.len()).flat_map(|k| (k + 1..parts.len()).map(move |n| (k, n))) {
            for (a, b) in parts[k].iter().flat_map(|a| parts[n].iter().map(move |b| (a, b))) {
                if !(a.store || b.store) || a.place.plane.buf != b.place.plane.buf {
                    continue;
                }
                match a.meets(b, self.nest) {
                    Meeting::Never => {}
                    Meeting::Unknown => return None,
                    Meeting::Ordered(Ordering::Greater) => drop(before[k].insert(n)),
                    Meeting::Ordered(_) => drop(before[n].insert(k)),
                }
            }
        }
        let mut order: Vec<usize> = Vec::new();
        while order.len() < parts.len() {
            let ready = |&k: &usize| !order.contains(&k) && before[k].iter().all(|n| order.contains(n));
            let next = (0..parts.len()).find(ready)?;
            order.push(next);
        }
        Some(order)
    }
}
