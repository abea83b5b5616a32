//! Which loops can slide along one axis together, how far each one is ahead of the last, and how many planes of each
//! temporary are alive at a time.
//!
//! An iteration of a stage touches planes of a temporary: `address = stride * index + rest`, where what is left
//! of `rest` stays inside one plane, so that plane `index + offset` is touched. A later stage that touches a plane has
//! to wait for the earlier one's iterations that touch it: that is how far the earlier one must be *ahead*. At the
//! start of a stretch, planes before the first one are needed too: from how far *behind*.

use super::super::flatten::for_each_inst;
use super::super::forms::Forms;
use super::super::inst::{Buf, Inst, Reg};
use super::super::invariant::can_fail;
use super::super::ir::{Code, Item, Kernel, Loop, Origin};
use super::super::marks::{accesses, cost, leak};
use std::collections::{BTreeMap, BTreeSet};

/// A loop of the chain: in the step of plane `t` it has done everything before `t + ahead + 1`; a stretch that
/// starts with plane `t` starts it at `t + behind`.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    pub first: i64,
    pub end: i64,
    pub ahead: i64,
    pub behind: i64,
    /// Nanoseconds of an iteration.
    pub cost: u64,
}

/// The planes of a temporary that are alive at a time.
#[derive(Clone, Debug)]
pub(super) struct Window {
    pub buf: Buf,
    /// Elements of a plane.
    pub stride: i64,
    /// A power of two.
    pub planes: i64,
}

/// Loops that slide together.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    pub stages: Vec<Stage>,
    pub windows: Vec<Window>,
    /// The planes of the loops whose results stay, `ahead` taken off.
    pub planes: (i64, i64),
}

/// What is known of a kernel before anything slides.
pub(super) struct Facts<'k> {
    pub kernel: &'k Kernel,
    pub forms: Forms,
    pub writes: Vec<u32>,
    pub reads: Vec<u32>,
    /// How many instructions touch each slot.
    pub touches: Vec<u32>,
}

/// The first and the last plane that an iteration touches, seen from its index, and whether it stores there.
#[derive(Clone, Copy, Debug)]
struct Reach {
    least: i64,
    most: i64,
    store: bool,
}

impl Facts<'_> {
    /// The loop could be a stage: what its iterations do is independent, can't fail, and leaves no scalars.
    pub fn slides(&self, l: &Loop) -> bool {
        let Some((first, end)) = self.bounds(l) else { return false };
        let plain = l.stride == 1 && l.guard.is_none() && l.moves.is_empty() && l.mark.folds.is_empty();
        if !plain || l.max_trips != u64::try_from(end - first).ok() || end - first < 2 {
            return false;
        }
        let mut elements = true;
        for_each_inst(&mut l.body.clone(), &mut |inst| {
            elements &= inst.bufs()[0].is_none() || inst.is_load() || inst.is_store();
        });
        elements
            && self.writes[l.iv.index()] == 2
            && !can_fail(&l.body)
            && leak(&self.reads, l).is_none()
            && accesses::independent(self.kernel, &self.forms, l, l.max_trips.unwrap_or(u64::MAX))
    }

    fn bounds(&self, l: &Loop) -> Option<(i64, i64)> {
        let (first, end) = self.forms.bounds(l.iv)?;
        (first.terms.is_empty() && end.terms.is_empty()).then_some((first.constant, end.constant))
    }

    /// The loops as a chain.
    pub fn chain(&self, loops: &[&Loop]) -> Option<Chain> {
        let touched: Vec<BTreeMap<Buf, (u32, bool)>> = loops.iter().map(|l| touched(l)).collect();
        let mut count: BTreeMap<Buf, (u32, bool)> = BTreeMap::new();
        for (buf, (n, store)) in touched.iter().flatten() {
            let sum = count.entry(*buf).or_default();
            *sum = (sum.0 + n, sum.1 | store);
        }
        let kept = |buf: &Buf| {
            let slot = &self.kernel.slots[buf.index()];
            slot.origin != Origin::Temporary
                || self.kernel.returned.contains(buf)
                || self.touches[buf.index()] != count[buf].0
        };
        // What the chain writes: temporaries, and arrays that stay.
        let written = || count.iter().filter(|c| c.1.1).map(|c| *c.0);
        let mut reaches: Vec<BTreeMap<Buf, Reach>> = vec![BTreeMap::new(); loops.len()];
        let mut windows = Vec::new();
        let mut stays = vec![false; loops.len()];
        let (mut linked, mut passed) = (vec![false; loops.len()], false);
        for buf in written() {
            let users: Vec<usize> = (0..loops.len()).filter(|&k| touched[k].contains_key(&buf)).collect();
            let kept = kept(&buf);
            if kept {
                users.iter().for_each(|&k| stays[k] = true);
                if users.len() == 1 {
                    continue;
                }
            }
            let stride = self.stride(loops[users[0]], buf)?;
            for &k in &users {
                reaches[k].insert(buf, self.reach(loops[k], buf, stride)?);
            }
            users.iter().filter(|_| users.len() > 1).for_each(|&k| linked[k] = true);
            if !kept {
                self.starts_with(loops, &reaches, &users, buf, stride)?;
                windows.push(Window { buf, stride, planes: 0 });
                passed |= users.len() > 1;
            }
        }
        if !passed || linked.contains(&false) {
            return None;
        }
        let mut stages: Vec<Stage> = Vec::new();
        for l in loops {
            let (first, end) = self.bounds(l)?;
            stages.push(Stage { first, end, ahead: 0, behind: 0, cost: cost::of_iteration(self.kernel, l) });
        }
        wait(&mut stages, &reaches);
        for window in &mut windows {
            let users = || (0..loops.len()).filter_map(|k| Some((&stages[k], reaches[k].get(&window.buf)?)));
            let newest = users().map(|(s, r)| s.ahead + r.most).max()?;
            let oldest = users().map(|(s, r)| s.behind + r.least).min()?;
            window.planes =
                i64::try_from(u64::try_from(newest - oldest + 1).ok()?.next_power_of_two()).ok()?;
        }
        // Planes of arrays that stay are made once.
        if (0..loops.len()).any(|k| stays[k] && stages[k].ahead != stages[k].behind) {
            return None;
        }
        let results = || stages.iter().zip(&stays).filter(|s| *s.1).map(|s| s.0);
        let from = results().map(|s| s.first - s.ahead).min()?;
        let until = results().map(|s| s.end - s.ahead).max()?;
        Some(Chain { stages, windows, planes: (from, until) })
    }

    /// How far apart the elements of two iterations are that write a buffer.
    fn stride(&self, l: &Loop, buf: Buf) -> Option<i64> {
        let mut stride = None;
        for_each_inst(&mut l.body.clone(), &mut |inst| {
            if inst.bufs()[0] == Some(buf) && stride.is_none() {
                stride = self.forms.address(self.kernel, inst).map(|form| coefficient(&form, l.iv));
            }
        });
        stride.filter(|&s| s > 0)
    }

    fn reach(&self, l: &Loop, buf: Buf, stride: i64) -> Option<Reach> {
        let mut reach: Option<Reach> = None;
        let mut fits = true;
        for_each_inst(&mut l.body.clone(), &mut |inst| {
            if inst.bufs()[0] == Some(buf) {
                match self.plane(l, inst, stride) {
                    Some(at) => {
                        let all = reach.get_or_insert(Reach { least: at, most: at, store: false });
                        all.least = all.least.min(at);
                        all.most = all.most.max(at);
                        all.store |= inst.is_store();
                    }
                    None => fits = false,
                }
            }
        });
        reach.filter(|_| fits)
    }

    /// The plane that an access is in, seen from the index of its loop.
    pub fn plane(&self, l: &Loop, inst: &Inst, stride: i64) -> Option<i64> {
        let form = self.forms.address(self.kernel, inst)?;
        if coefficient(&form, l.iv) != stride {
            return None;
        }
        let rest = self.forms.interval(&form.sub(&super::super::ranges::Form::leaf(l.iv).scale(stride)?)?);
        let (least, most) = (rest.lo.div_euclid(i128::from(stride)), rest.hi.div_euclid(i128::from(stride)));
        (least == most).then_some(i64::try_from(least).ok()?)
    }

    /// The first stage that touches a temporary writes whole planes before it reads any, and nobody leaves those planes.
    fn starts_with(
        &self,
        loops: &[&Loop],
        reaches: &[BTreeMap<Buf, Reach>],
        users: &[usize],
        buf: Buf,
        stride: i64,
    ) -> Option<()> {
        let first = loops[users[0]];
        let own = reaches[users[0]].get(&buf)?;
        let made = self.bounds(first)?;
        let made = (made.0 + own.least, made.1 + own.most);
        let inside = users.iter().all(|&k| {
            let (Some((first, end)), Some(reach)) = (self.bounds(loops[k]), reaches[k].get(&buf)) else {
                return false;
            };
            made.0 <= first + reach.least && end + reach.most <= made.1
        });
        let item = first.body.iter().find(|item| touches(item, buf))?;
        let mut reads = false;
        for_each_inst(&mut vec![item.clone()], &mut |inst| {
            reads |= inst.bufs()[0] == Some(buf) && !inst.is_store();
        });
        let covers = !reads && self.covers(item, first, &mut Vec::new(), buf, stride);
        (inside && own.least == own.most && covers).then_some(())
    }

    /// The first store of this item to a buffer, at the end of every path, goes through a whole plane.
    fn covers<'l>(
        &self,
        item: &'l Item,
        stage: &Loop,
        nest: &mut Vec<&'l Loop>,
        buf: Buf,
        stride: i64,
    ) -> bool {
        match item {
            Item::Inst(inst, _) => inst.is_store() && self.whole_plane(stage, nest, inst, stride),
            Item::Loop(l) => {
                nest.push(l);
                l.guard.is_none()
                    && l.stride == 1
                    && l.body
                        .iter()
                        .find(|item| touches(item, buf))
                        .is_some_and(|item| self.covers(item, stage, nest, buf, stride))
            }
            _ => false,
        }
    }

    /// The place in the plane goes through all of it.
    fn whole_plane(&self, stage: &Loop, nest: &[&Loop], inst: &Inst, stride: i64) -> bool {
        let Some(form) = self.forms.address(self.kernel, inst) else { return false };
        let digits = form.terms.iter().filter(|t| t.0 != stage.iv).copied();
        let elements = self.forms.elements(self.kernel, nest, digits);
        form.constant % stride == 0 && elements == Some(i128::from(stride))
    }
}

/// How far each stage must be ahead of the last, and where it starts.
fn wait(stages: &mut [Stage], reaches: &[BTreeMap<Buf, Reach>]) {
    let mut bounds: Vec<Option<(i64, i64)>> = vec![None; stages.len()];
    for late in (0..stages.len()).rev() {
        let (behind, ahead) = bounds[late].unwrap_or((0, 0));
        stages[late].behind = behind;
        stages[late].ahead = ahead;
        for early in 0..late {
            for (buf, after) in &reaches[late] {
                let Some(before) = reaches[early].get(buf).filter(|r| r.store || after.store) else {
                    continue;
                };
                let (low, high) = (behind + after.least - before.most, ahead + after.most - before.least);
                let old = bounds[early].unwrap_or((low, high));
                bounds[early] = Some((old.0.min(low), old.1.max(high)));
            }
        }
    }
}

fn coefficient(form: &super::super::ranges::Form, r: Reg) -> i64 {
    form.terms.iter().find(|t| t.0 == r).map_or(0, |t| t.1)
}

/// The slots that a loop touches: in how many instructions, and whether it stores to them.
fn touched(l: &Loop) -> BTreeMap<Buf, (u32, bool)> {
    let mut found: BTreeMap<Buf, (u32, bool)> = BTreeMap::new();
    for_each_inst(&mut l.body.clone(), &mut |inst| {
        for buf in inst.bufs().into_iter().flatten() {
            let entry = found.entry(buf).or_default();
            *entry = (entry.0 + 1, entry.1 | inst.is_store());
        }
    });
    found
}

fn touches(item: &Item, buf: Buf) -> bool {
    let mut found = false;
    for_each_inst(&mut vec![item.clone()], &mut |inst| found |= inst.bufs().contains(&Some(buf)));
    found
}

/// How many instructions of the code touch each slot.
pub(super) fn touch_counts(code: &Code, slots: usize) -> Vec<u32> {
    let mut counts = vec![0; slots];
    for_each_inst(&mut code.clone(), &mut |inst| {
        let bufs: BTreeSet<Buf> = inst.bufs().into_iter().flatten().collect();
        bufs.iter().for_each(|b| counts[b.index()] += 1);
    });
    counts
}
