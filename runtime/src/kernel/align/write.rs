//! The nests of aligned statements, counted by the elements that they change.

use super::nest::{Axis, Nest};
use super::statement::{Statement, common};
use crate::dtype::Literal;
use crate::graph::SiteId;
use crate::kernel::copies::Copies;
use crate::kernel::inst::{Inst, Reg};
use crate::kernel::ir::{Code, Item, Kernel, Loop, Mark};
use crate::kernel::marks::folds::constant;
use crate::kernel::promote::new_reg;
use crate::kernel::ranges::Interval;
use std::collections::BTreeSet;

/// Along one axis: where the element is.
#[derive(Clone, Copy)]
enum At {
    Number(i64),
    Counter(Reg),
}

/// All elements that the statements change: along each axis the ends by one statement after the other, and what is
/// between by all of them at once.
pub(super) fn aligned(kernel: &mut Kernel, nest: &Nest<'_>, statements: &[Statement]) -> Option<Code> {
    let statements: Vec<&Statement> = statements.iter().collect();
    Writer { kernel, nest }.together(&statements, &mut Vec::new())
}

struct Writer<'k, 'n> {
    kernel: &'k mut Kernel,
    nest: &'n Nest<'n>,
}

impl Writer<'_, '_> {
    /// The statements for elements that are fixed along outer axes.
    fn together(&mut self, statements: &[&Statement], at: &mut Vec<At>) -> Option<Code> {
        let k = at.len();
        if k == self.nest.axes.len() {
            return self.element(statements, at);
        }
        let (first, end) = common(self.nest, statements.iter().copied(), k);
        let mut code = Code::new();
        for low in [true, false] {
            for s in statements {
                let (own_first, own_end) = self.range(s, k);
                let range = if low { (own_first, first) } else { (end, own_end) };
                self.alone(s, range, at, &mut code)?;
            }
        }
        let site = self.nest.axes[k].l.site;
        self.counted(site, (first, end), at, &mut code, |w, at| w.together(statements, at))?;
        Some(code)
    }

    /// The elements that a statement changes along an axis.
    fn range(&self, s: &Statement, axis: usize) -> (i64, i64) {
        let (first, end) = self.nest.axes[axis].range;
        (first + s.shift[axis], end + s.shift[axis])
    }

    /// One statement for a range of elements along the next axis, and all along the axes behind it.
    fn alone(&mut self, s: &Statement, range: (i64, i64), at: &mut Vec<At>, code: &mut Code) -> Option<()> {
        self.counted(None, range, at, code, |w, at| {
            if at.len() == w.nest.axes.len() {
                return w.element(&[s], at);
            }
            let mut inner = Code::new();
            w.alone(s, w.range(s, at.len()), at, &mut inner)?;
            Some(inner)
        })
    }

    /// A loop over elements along the next axis, its body given by `body`.
    fn counted(
        &mut self,
        site: Option<SiteId>,
        (first, end): (i64, i64),
        at: &mut Vec<At>,
        code: &mut Code,
        body: impl FnOnce(&mut Self, &mut Vec<At>) -> Option<Code>,
    ) -> Option<()> {
        if first >= end {
            return Some(());
        }
        if end - first == 1 {
            at.push(At::Number(first));
            code.extend(body(self, at)?);
            at.pop();
            return Some(());
        }
        let old = self.nest.axes[at.len()].l;
        let dtype = self.kernel.regs[old.iv.index()];
        let range = Interval::new(first.into(), i128::from(end) - 1);
        if !Interval::new(first.into(), end.into()).within(Interval::of(dtype)) {
            return None;
        }
        let iv = new_reg(self.kernel, dtype);
        self.kernel.ranges[iv.index()] = range;
        let number = |kernel: &mut Kernel, x: i64| constant(kernel, Literal::I64(x).cast(dtype));
        let [start, end_reg, step] = [first, end, 1].map(|x| number(self.kernel, x));
        at.push(At::Counter(iv));
        let body = body(self, at)?;
        at.pop();
        code.push(Inst::Mov { dst: iv, a: start }.into());
        code.push(Item::Loop(Box::new(Loop {
            site,
            iv,
            end: end_reg,
            step,
            stride: 1,
            guard: None,
            max_trips: u64::try_from(end - first).ok(),
            body,
            moves: Vec::new(),
            strip: None,
            mark: Mark::default(),
        })));
        Some(())
    }

    /// All changes of one element: it is loaded once and stored once.
    fn element(&mut self, statements: &[&Statement], at: &[At]) -> Option<Code> {
        let mut code = Code::new();
        // What the element is after the statements so far.
        let mut value: Option<Reg> = None;
        for (n, s) in statements.iter().enumerate() {
            let indices: Vec<Reg> =
                (0..at.len()).map(|k| self.index(s, k, at[k], &mut code)).collect::<Option<_>>()?;
            let mut copies = Copies::new(self.kernel);
            for (axis, index) in self.nest.axes.iter().zip(indices) {
                copies.rename(axis.l.iv, index);
            }
            if let Some(value) = value {
                s.own.iter().for_each(|&load| copies.rename(load, value));
            }
            let known = |inst: &Inst| value.is_some() && inst.dst().is_some_and(|dst| s.own.contains(&dst));
            let insts = s.insts.iter().filter(|inst| !known(inst)).map(|inst| (*inst).into()).collect();
            code.extend(copies.code(&insts, &[], &BTreeSet::new()).0);
            // The bits of a value that a narrower element takes may be others.
            let Some(Item::Inst(store, _)) = code.last() else { return None };
            let stored = store.reads().next()?;
            let dtype = self.kernel.slots[store.bufs()[0]?.index()].dtype;
            value = (self.kernel.regs[stored.index()] == dtype).then_some(stored);
            if value.is_some() && n + 1 < statements.len() {
                code.pop();
            }
        }
        Some(code)
    }

    /// The counter of the iteration in which a statement changes the element.
    fn index(&mut self, s: &Statement, axis: usize, at: At, code: &mut Code) -> Option<Reg> {
        let Axis { l, sign, .. } = self.nest.axes[axis];
        let shift = s.shift[axis];
        let dtype = self.kernel.regs[l.iv.index()];
        let r = match at {
            At::Number(element) => {
                return Some(constant(self.kernel, Literal::I64(sign * (element - shift)).cast(dtype)));
            }
            At::Counter(r) if shift == 0 && sign == 1 => return Some(r),
            At::Counter(r) => r,
        };
        let dst = new_reg(self.kernel, dtype);
        let (element, distance) = (self.kernel.ranges[r.index()], Interval::point(shift.into()));
        self.kernel.ranges[dst.index()] =
            if sign == 1 { element.sub(distance) } else { distance.sub(element) };
        let inst = if sign == 1 {
            Inst::AddI { dst, a: r, b: constant(self.kernel, Literal::I64(shift.checked_neg()?)) }
        } else {
            Inst::SubI { dst, a: constant(self.kernel, Literal::I64(shift)), b: r }
        };
        code.push(inst.into());
        Some(dst)
    }
}
