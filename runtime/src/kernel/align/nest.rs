//! Perfect nests of loops whose bounds are numbers, around plain instructions that can't fail.

use crate::dtype::Literal;
use crate::kernel::forms::Forms;
use crate::kernel::inst::{Inst, Reg};
use crate::kernel::ir::{Item, Kernel, Loop};
use crate::kernel::ranges::Form;
use std::collections::BTreeSet;

/// A loop of a nest.
pub(super) struct Axis<'k> {
    pub l: &'k Loop,
    /// Holds the first index that runs.
    pub start: Reg,
    /// Arrays are indexed by the counter (1), or by what is left when it is taken off (-1).
    pub sign: i64,
    /// The counter times `sign`, from the least value to the one behind the greatest, whichever way it runs.
    pub range: (i64, i64),
    /// It runs from the greatest value to the least.
    pub down: bool,
}

/// Loops in each other, from the outside in.
pub(super) struct Nest<'k> {
    pub axes: Vec<Axis<'k>>,
    /// What all of them do, those of the outer loops first.
    pub insts: Vec<Inst>,
    /// Scalars that the loops carry, with what sets them.
    pub moves: Vec<(Reg, Reg)>,
}

impl<'k> Nest<'k> {
    pub fn of(kernel: &Kernel, forms: &Forms, before: &[Item], outermost: &'k Loop) -> Option<Nest<'k>> {
        let mut nest = Nest { axes: Vec::new(), insts: Vec::new(), moves: Vec::new() };
        nest.add(kernel, before, outermost)?;
        let stored: BTreeSet<_> =
            nest.insts.iter().filter(|inst| inst.is_store()).filter_map(|inst| inst.bufs()[0]).collect();
        // Outside of the innermost loop nothing is stored, or read that is.
        let inner = nest.axes.last()?.l.body.len();
        let outer = &nest.insts[..nest.insts.len() - inner];
        let touches = |inst: &Inst| inst.bufs()[0].is_some_and(|buf| stored.contains(&buf));
        if outer.iter().any(touches) {
            return None;
        }
        for axis in &mut nest.axes {
            let of_store = |inst: &Inst| forms.address(kernel, inst).filter(|_| inst.is_store());
            let along = |form: Form| form.terms.iter().find(|t| t.0 == axis.l.iv).map(|t| t.1);
            if nest.insts.iter().filter_map(of_store).find_map(along)? < 0 {
                let (first, end) = axis.range;
                (axis.sign, axis.range, axis.down) = (-1, (1 - end, 1 - first), !axis.down);
            }
        }
        Some(nest)
    }

    fn add(&mut self, kernel: &Kernel, before: &[Item], l: &'k Loop) -> Option<()> {
        self.axes.push(axis(kernel, before, l)?);
        self.moves.extend(&l.moves);
        let (inner, plain) = match l.body.split_last() {
            Some((Item::Loop(inner), plain)) => (Some(inner), plain),
            _ => (None, &l.body[..]),
        };
        for item in plain {
            match item {
                Item::Inst(Inst::AddTo8 { .. }, _) => return None,
                Item::Inst(inst, None) if inst.is_pure() || inst.is_store() => self.insts.push(*inst),
                _ => return None,
            }
        }
        inner.map_or(Some(()), |inner| self.add(kernel, plain, inner))
    }

    pub fn is_index(&self, r: Reg) -> bool {
        self.axes.iter().any(|axis| axis.l.iv == r)
    }

    pub fn carries(&self, r: Reg) -> bool {
        self.moves.iter().any(|m| m.0 == r)
    }
}

fn axis<'k>(kernel: &Kernel, before: &[Item], l: &'k Loop) -> Option<Axis<'k>> {
    let number = |r: Reg| {
        let value = kernel.constant(r).and_then(Literal::as_i128);
        value.and_then(|x| i64::try_from(x).ok())
    };
    let set = before.iter().rev().find_map(|item| match item {
        Item::Inst(inst, _) if inst.dst() == Some(l.iv) => Some(*inst),
        _ => None,
    });
    let Some(Inst::Mov { a: start, .. }) = set else { return None };
    let (first, end) = (number(start)?, number(l.end)?);
    let range = match l.stride {
        1 => (first, end),
        -1 => (end.checked_add(1)?, first.checked_add(1)?),
        _ => return None,
    };
    let plain = l.guard.is_none() && l.mark.folds.is_empty() && range.0 < range.1;
    plain.then_some(Axis { l, start, sign: 1, range, down: l.stride < 0 })
}
