//! Boxes in the indices of an array, and which of them code reads and writes.

use crate::kernel::forms::Forms;
use crate::kernel::inst::{Buf, Inst, Reg};
use crate::kernel::ir::{Code, Item, Kernel, Loop};
use crate::kernel::memory::{overwrites, touches};
use crate::kernel::ranges::{Form, Interval};

/// A box of elements: along each axis the first and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::kernel) struct Block(pub Vec<(usize, usize)>);

impl Block {
    /// All elements.
    pub fn whole(shape: &[usize]) -> Block {
        Block(shape.iter().map(|&n| (0, n)).collect())
    }

    pub fn count(&self) -> usize {
        self.0.iter().map(|axis| axis.1).product()
    }

    /// The elements of both.
    pub fn and(&self, other: &Block) -> Option<Block> {
        let axes = self.0.iter().zip(&other.0).map(|(a, b)| {
            let (start, end) = (a.0.max(b.0), (a.0 + a.1).min(b.0 + b.1));
            (start < end).then(|| (start, end - start))
        });
        axes.collect::<Option<_>>().map(Block)
    }

    pub fn meets(&self, other: &Block) -> bool {
        self.and(other).is_some()
    }

    pub fn contains(&self, other: &Block) -> bool {
        self.and(other).as_ref() == Some(other)
    }

    /// What is outside of a box in it: below and above that along each axis, inside it along those before, all of this
    /// along those behind.
    pub fn around(&self, inner: &Block) -> Vec<Block> {
        let mut found = Vec::new();
        for (axis, (&(first, length), &(start, taken))) in self.0.iter().zip(&inner.0).enumerate() {
            let (end, last) = (start + taken, first + length);
            for part in [(first, start - first), (end, last - end)] {
                if part.1 > 0 {
                    let behind = self.0[axis + 1..].iter().copied();
                    found.push(Block(inner.0[..axis].iter().copied().chain([part]).chain(behind).collect()));
                }
            }
        }
        found
    }
}

pub(in crate::kernel) fn stride(shape: &[usize], axis: usize) -> usize {
    shape[axis + 1..].iter().product::<usize>().max(1)
}

/// The box that an address goes through while these registers go through these intervals.
fn block(form: &Form, range: impl Fn(Reg) -> Option<Interval>, shape: &[usize]) -> Option<Block> {
    let mut first = i128::from(form.constant);
    let mut lengths = vec![1; shape.len()];
    for &(r, c) in &form.terms {
        let Interval { lo, hi } = range(r)?;
        let axis = (0..shape.len()).find(|&axis| stride(shape, axis) as i64 == c && lengths[axis] == 1)?;
        lengths[axis] = usize::try_from(hi.checked_sub(lo)?.checked_add(1)?).ok()?;
        first = first.checked_add(lo.checked_mul(c.into())?)?;
    }
    let mut rest = usize::try_from(first).ok()?;
    let mut axes = Vec::with_capacity(shape.len());
    for (axis, &length) in lengths.iter().enumerate() {
        let start = rest / stride(shape, axis);
        rest %= stride(shape, axis);
        if length == 0 || start.checked_add(length)? > shape[axis] {
            return None;
        }
        axes.push((start, length));
    }
    Some(Block(axes))
}

/// The box of elements that this store writes, each of them once, while the counters of the nest run, if it is one.
pub(in crate::kernel) fn exact(
    kernel: &Kernel,
    forms: &Forms,
    nest: &[&Loop],
    inst: &Inst,
    shape: &[usize],
) -> Option<Block> {
    let form = forms.address(kernel, inst)?;
    let range = |r: Reg| {
        let l = nest.iter().find(|l| l.iv == r)?;
        let (from, until) = forms.bounds(r)?;
        let all = from.terms.is_empty() && until.terms.is_empty();
        let trips = until.constant - from.constant;
        let whole = all && l.max_trips.map(i128::from) == Some(trips.into());
        whole.then(|| Interval::new(from.constant.into(), i128::from(until.constant) - 1))
    };
    block(&form, range, shape)
}

/// The elements that the nest overwrites whatever happens, if they are a box. Some of them it may read as well.
pub(in crate::kernel) fn overwritten(
    kernel: &Kernel,
    forms: &Forms,
    item: &Item,
    buf: Buf,
    shape: &[usize],
) -> Option<Block> {
    fn stored<'l>(
        (kernel, forms, buf, shape): (&Kernel, &Forms, Buf, &[usize]),
        l: &'l Loop,
        nest: &mut Vec<&'l Loop>,
    ) -> Option<Block> {
        // Without a guard it runs at least once.
        if l.guard.is_some() || l.stride != 1 {
            return None;
        }
        nest.push(l);
        let found = l.body.iter().find_map(|item| match item {
            Item::Inst(inst, _) if inst.is_store() && inst.bufs()[0] == Some(buf) => {
                exact(kernel, forms, nest, inst, shape)
            }
            Item::Loop(inner) => stored((kernel, forms, buf, shape), inner, nest),
            _ => None,
        });
        nest.pop();
        found
    }
    let Item::Loop(l) = item else { return None };
    stored((kernel, forms, buf, shape), l, &mut Vec::new())
}

/// A load or a store.
pub(in crate::kernel) struct Access {
    pub inst: Inst,
    /// It touches no element outside of this one.
    pub block: Block,
    /// Each time that it runs the element is another one.
    pub distinct: bool,
    /// The list that it stands in, numbered as the lists are met, and where.
    pub place: (usize, usize),
}

/// Every access of an item to a buffer, in order; `None` where something else is done to it, or an element may be any.
pub(in crate::kernel) fn accesses(
    kernel: &Kernel,
    forms: &Forms,
    item: &Item,
    buf: Buf,
    shape: &[usize],
) -> Option<Vec<Access>> {
    let mut walk = Walk { kernel, forms, buf, shape, nest: Vec::new(), lists: 0, found: Vec::new() };
    walk.list(std::slice::from_ref(item), false)?;
    Some(walk.found)
}

struct Walk<'k> {
    kernel: &'k Kernel,
    forms: &'k Forms,
    buf: Buf,
    shape: &'k [usize],
    nest: Vec<Reg>,
    lists: usize,
    found: Vec<Access>,
}

impl Walk<'_> {
    /// `again`: the list runs several times for the same values of the counters.
    fn list(&mut self, list: &[Item], again: bool) -> Option<()> {
        self.lists += 1;
        let number = self.lists;
        for (k, item) in list.iter().enumerate() {
            match item {
                Item::Inst(inst, _) => self.inst(inst, again, (number, k))?,
                Item::Loop(l) => {
                    self.nest.push(l.iv);
                    self.list(&l.body, again)?;
                    self.nest.pop();
                }
                Item::While(w) => {
                    self.list(&w.head, true)?;
                    self.list(&w.body, true)?;
                }
                Item::Branch(b) => b.arms.iter().try_for_each(|(arm, _)| self.list(arm, again))?,
            }
        }
        Some(())
    }

    fn inst(&mut self, inst: &Inst, again: bool, place: (usize, usize)) -> Option<()> {
        if !inst.bufs().contains(&Some(self.buf)) {
            return Some(());
        }
        let form = self.forms.address(self.kernel, inst)?;
        let range = |r: Reg| {
            // Behind its loop a counter has left its bounds.
            let known = !self.forms.is_bounded(r) || self.nest.contains(&r);
            known.then(|| self.forms.range(r))
        };
        let block = block(&form, range, self.shape)?;
        let distinct = !again && self.nest.iter().all(|&iv| form.terms.iter().any(|t| t.0 == iv));
        self.found.push(Access { inst: *inst, block, distinct, place });
        Some(())
    }
}

/// The only store of a nest that does nothing else, with the counters that it stands under.
pub(in crate::kernel) fn only_store<'l>(code: &'l Code, nest: &mut Vec<&'l Loop>) -> Option<&'l Inst> {
    let mut stores = code.iter().filter(|item| match item {
        Item::Inst(inst, _) => inst.is_store(),
        _ => true,
    });
    match (stores.next()?, stores.next()) {
        (Item::Inst(inst, _), None) => Some(inst),
        (Item::Loop(l), None) if l.guard.is_none() && l.stride == 1 && l.moves.is_empty() => {
            nest.push(l);
            only_store(&l.body, nest)
        }
        _ => None,
    }
}

/// The elements of a buffer that code has overwritten so far.
pub(in crate::kernel) struct Written<'k> {
    kernel: &'k Kernel,
    forms: &'k Forms,
    buf: Buf,
    blocks: Vec<Block>,
}

impl<'k> Written<'k> {
    pub fn new(kernel: &'k Kernel, forms: &'k Forms, buf: Buf) -> Written<'k> {
        Written { kernel, forms, buf, blocks: Vec::new() }
    }

    /// Takes in what an item overwrites whatever happens.
    pub fn add(&mut self, item: &Item) {
        let (kernel, forms, buf) = (self.kernel, self.forms, self.buf);
        let shape = &kernel.slots[buf.index()].shape;
        if !touches(item, buf) {
            return;
        }
        let found = match item {
            item if overwrites(kernel, forms, item, buf) => Some(Block::whole(shape)),
            // Of an index that is only known to be in range it writes one of several elements.
            Item::Inst(inst, _) if inst.is_store() => accesses(kernel, forms, item, buf, shape)
                .and_then(|mut one| Some(one.pop()?.block))
                .filter(|block| block.count() == 1),
            item => overwritten(kernel, forms, item, buf, shape),
        };
        // Of boxes in each other the larger ones count.
        if let Some(found) = found
            && !self.blocks.iter().any(|block| block.contains(&found))
        {
            self.blocks.retain(|block| !found.contains(block));
            self.blocks.push(found);
        }
    }

    /// An item reads nothing else.
    pub fn provides(&self, item: &Item) -> bool {
        let shape = &self.kernel.slots[self.buf.index()].shape;
        accesses(self.kernel, self.forms, item, self.buf, shape).is_some_and(|accesses| {
            let mut loads = accesses.iter().filter(|a| !a.inst.is_store());
            loads.all(|load| self.blocks.iter().any(|block| block.contains(&load.block)))
        })
    }

    /// That is all of them.
    pub fn is_complete(&self) -> bool {
        let blocks = &self.blocks;
        let apart = (0..blocks.len()).all(|k| blocks[..k].iter().all(|block| !block.meets(&blocks[k])));
        let count = self.kernel.slots[self.buf.index()].count();
        apart && blocks.iter().map(Block::count).sum::<usize>() == count
    }
}
