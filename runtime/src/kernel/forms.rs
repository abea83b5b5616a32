//! Affine forms of integer registers, read off the code.

use crate::dtype::{DType, Literal};
use crate::hash::HashMap;
use crate::kernel::inst::{Inst, Reg, Role};
use crate::kernel::ir::{Item, Kernel, Loop, for_each_code, for_each_reg};
use crate::kernel::ranges::{Form, Interval};

/// What is known of the integers of a kernel.
#[derive(Clone)]
pub(super) struct Forms {
    forms: HashMap<Reg, Form>,
    ranges: Vec<Interval>,
    /// Where counters of unit stride start.
    starts: HashMap<Reg, Reg>,
    /// Counters of unit stride: the forms of the first value and of the value behind the last one.
    bounds: HashMap<Reg, (Form, Form)>,
    /// Counters of other strides: the forms of a value that is not above any of theirs, and of one that is not below.
    strided: HashMap<Reg, (Form, Form)>,
    /// Quotients of what is not negative and a positive number.
    quotients: HashMap<Reg, (Form, i64)>,
    /// The lesser (or, if true, the greater) of two others.
    chosen: HashMap<Reg, (Form, Form, bool)>,
}

impl Forms {
    pub fn of(kernel: &Kernel) -> Forms {
        let mut code = kernel.code.clone();
        let mut writes = vec![0u32; kernel.regs.len()];
        for_each_reg(&mut code, &mut |role, r| {
            if role != Role::Read {
                writes[r.index()] += 1;
            }
        });
        let mut definitions = HashMap::default();
        let mut starts = HashMap::default();
        let mut counters = Vec::new();
        for_each_code(&mut code, &mut |list| {
            for k in 0..list.len() {
                let (before, rest) = list.split_at_mut(k);
                match &mut rest[0] {
                    Item::Inst(inst, _) => {
                        if let Some(dst) = inst.dst()
                            && writes[dst.index()] == 1
                            && !kernel.regs[dst.index()].is_float()
                        {
                            definitions.insert(dst, *inst);
                        }
                    }
                    Item::Loop(l) => {
                        // The index is set by a copy shortly before the loop, and by the loop.
                        let start = before.iter().rev().find_map(|item| match item {
                            Item::Inst(Inst::Mov { dst, a }, _) if *dst == l.iv => Some(*a),
                            _ => None,
                        });
                        if let Some(start) = start
                            && writes[l.iv.index()] == 2
                        {
                            if l.stride == 1 {
                                starts.insert(l.iv, start);
                            }
                            counters.push((l.iv, [start, l.end], l.stride, l.guard, changing(l, &writes)));
                        }
                    }
                    _ => {}
                }
            }
        });
        let mut forms = Forms {
            forms: HashMap::default(),
            ranges: kernel.ranges.clone(),
            starts,
            bounds: HashMap::default(),
            strided: HashMap::default(),
            quotients: HashMap::default(),
            chosen: HashMap::default(),
        };
        let mut known = HashMap::default();
        for r in definitions.keys().copied().collect::<Vec<_>>() {
            form_of(kernel, &definitions, r, &mut known, 0);
        }
        forms.forms = known;
        for (&dst, inst) in &definitions {
            if let Inst::DivU { a, b, .. } | Inst::DivI64 { a, b, .. } | Inst::DivI32 { a, b, .. } = *inst
                && let Some(b) =
                    kernel.constant(b).and_then(Literal::as_i128).and_then(|b| i64::try_from(b).ok())
                && b > 0
                && kernel.ranges[a.index()].within(Interval::new(0, i64::MAX.into()))
            {
                forms.quotients.insert(dst, (forms.form(kernel, a), b));
            }
            let (a, b, greater) = match *inst {
                Inst::MinS { a, b, .. } | Inst::MinU { a, b, .. } => (a, b, false),
                Inst::MaxS { a, b, .. } | Inst::MaxU { a, b, .. } => (a, b, true),
                _ => continue,
            };
            let chosen = (forms.form(kernel, a), forms.form(kernel, b), greater);
            forms.chosen.insert(dst, chosen);
        }
        for (iv, bounds, stride, guard, changing) in counters {
            let [first, end] = bounds.map(|r| {
                let form = forms.form(kernel, r);
                match guard {
                    Some((count, _)) if stride != 1 => forms.where_it_runs(&form, &forms.form(kernel, count)),
                    _ => form,
                }
            });
            // Bounds are those from before the loop.
            if first.terms.iter().chain(&end.terms).any(|t| changing.contains(&t.0)) {
                continue;
            }
            if stride == 1 {
                forms.bounds.insert(iv, (first, end));
            } else if let Some(last) = stride.checked_neg().and_then(|back| end.add(&Form::constant(back))) {
                // The end is reached exactly.
                forms.strided.insert(iv, if stride > 0 { (first, last) } else { (last, first) });
            }
        }
        forms
    }

    /// A form as it is where there is at least one iteration: the last one of a loop is `max(count, 1) - 1` so that it is a
    /// number even without any.
    fn where_it_runs(&self, form: &Form, count: &Form) -> Form {
        let one = Form::constant(1);
        let simpler = form.terms.iter().find_map(|&(r, c)| {
            let (a, b, greater) = self.chosen.get(&r)?;
            let is_count = *greater && ((a == count && *b == one) || (b == count && *a == one));
            let without = is_count.then(|| form.sub(&Form::leaf(r).scale(c)?))??;
            without.add(&count.scale(c)?)
        });
        simpler.unwrap_or_else(|| form.clone())
    }

    pub fn form(&self, kernel: &Kernel, r: Reg) -> Form {
        match kernel.constant(r).and_then(Literal::as_i128).and_then(|x| i64::try_from(x).ok()) {
            Some(x) => Form::constant(x),
            None => self.forms.get(&r).cloned().unwrap_or_else(|| Form::leaf(r)),
        }
    }

    /// The address of a load or a store.
    pub fn address(&self, kernel: &Kernel, inst: &Inst) -> Option<Form> {
        use Inst::*;
        match *inst {
            Load8 { base, idx, off, .. }
            | Load4 { base, idx, off, .. }
            | Load4S { base, idx, off, .. }
            | Load1 { base, idx, off, .. }
            | Store8 { base, idx, off, .. }
            | Store4 { base, idx, off, .. }
            | Store1 { base, idx, off, .. } => {
                let sum = self.form(kernel, base).add(&self.form(kernel, idx))?;
                sum.add(&Form::constant(off.into()))
            }
            _ => None,
        }
    }

    pub fn range(&self, r: Reg) -> Interval {
        // A register made since the forms were read off is not known.
        self.ranges.get(r.index()).copied().unwrap_or(Interval::of(DType::I64))
    }

    /// The two that a register is the lesser (or, if true, the greater) of.
    pub fn chosen(&self, r: Reg) -> Option<&(Form, Form, bool)> {
        self.chosen.get(&r)
    }

    /// One instruction sets it, or it is a constant.
    pub fn is_set_once(&self, kernel: &Kernel, r: Reg) -> bool {
        self.forms.contains_key(&r) || kernel.constant(r).is_some()
    }

    /// The register that a counter of unit stride starts from.
    pub fn start(&self, iv: Reg) -> Option<Reg> {
        self.starts.get(&iv).copied()
    }

    /// The forms of the first value of a counter of unit stride and of the value behind its last one.
    pub fn bounds(&self, iv: Reg) -> Option<&(Form, Form)> {
        self.bounds.get(&iv)
    }

    /// It is the counter of a loop, and within the bounds that are known of it inside of that loop only.
    pub fn is_bounded(&self, r: Reg) -> bool {
        self.bounds.contains_key(&r) || self.strided.contains_key(&r)
    }

    /// The same where a counter of unit stride runs between other bounds.
    pub fn with_counter(&self, iv: Reg, first: Form, end: Form) -> Forms {
        let mut forms = self.clone();
        let (least, most) = (self.interval(&first).lo, self.interval(&end).hi.saturating_sub(1));
        forms.ranges[iv.index()] = forms.ranges[iv.index()].and(Interval::new(least, most));
        forms.bounds.insert(iv, (first, end));
        forms
    }

    /// Every value that the form can have.
    pub fn interval(&self, form: &Form) -> Interval {
        let point = Interval::point(form.constant.into());
        form.terms.iter().fold(point, |sum, &(r, c)| sum.add(self.range(r).mul(Interval::point(c.into()))))
    }

    /// The counter runs from 0 to a constant.
    pub fn starts_at_zero(&self, kernel: &Kernel, iv: Reg) -> bool {
        let constant = |form: &Form| form.terms.is_empty().then_some(form.constant);
        self.bounds.get(&iv).is_some_and(|(first, end)| {
            constant(first) == Some(0)
                && constant(end).map(i128::from) == Some(kernel.ranges[iv.index()].hi + 1)
        })
    }

    /// How many numbers from 0 on, each once, a sum of these terms goes through while the counters of a nest run: where
    /// it is a number written with the counters as digits, each from 0 to its base.
    pub fn elements(
        &self,
        kernel: &Kernel,
        nest: &[&Loop],
        terms: impl Iterator<Item = (Reg, i64)>,
    ) -> Option<i128> {
        let mut digits: Vec<(i64, i128)> = Vec::new();
        for (r, c) in terms {
            let l = nest.iter().find(|l| l.iv == r)?;
            let range = self.range(r);
            let trips = range.hi + 1;
            let whole = range.lo == 0 && l.max_trips.map(i128::from) == Some(trips);
            if !whole || !self.starts_at_zero(kernel, r) {
                return None;
            }
            digits.push((c, trips));
        }
        digits.sort_unstable();
        digits.iter().try_fold(1, |unit, &(c, trips)| (i128::from(c) == unit).then_some(unit * trips))
    }

    /// Every value that the form has inside of the loops with these counters.
    pub fn values_inside(&self, form: &Form, counters: &[Reg]) -> Option<Interval> {
        // Behind its loop a counter has left its bounds.
        let known = |r: Reg| !self.is_bounded(r) || counters.contains(&r);
        let (lo, hi) = form.terms.iter().all(|t| known(t.0)).then(|| self.extremes(form))??;
        Some(Interval::new(lo, hi))
    }

    /// The form is never 0, by the bounds of loop counters in terms of other registers (`j < i`).
    pub fn never_zero(&self, form: &Form) -> bool {
        self.extreme(form.clone(), true).is_some_and(|hi| hi < 0)
            || self.extreme(form.clone(), false).is_some_and(|lo| lo > 0)
    }

    /// The least and the largest value of a form.
    pub fn extremes(&self, form: &Form) -> Option<(i128, i128)> {
        Some((self.extreme(form.clone(), false)?, self.extreme(form.clone(), true)?))
    }

    /// An upper (or lower) bound: counters are replaced by their last (or first) value, inner ones first.
    fn extreme(&self, form: Form, upper: bool) -> Option<i128> {
        let form = self.over_counters(form, upper, &|_| true)?;
        let ranges = form.terms.iter().map(|&(r, c)| self.range(r).mul(Interval::point(c.into())));
        let start = i128::from(form.constant);
        Some(ranges.fold(start, |sum, x| sum.saturating_add(if upper { x.hi } else { x.lo })))
    }

    /// An upper (or lower) bound of a form, in terms of registers that do not vary.
    pub fn extreme_over(&self, form: Form, upper: bool, varies: &dyn Fn(Reg) -> bool) -> Option<Form> {
        let form = self.over_counters(form, upper, varies)?;
        let mut bound = Form::constant(form.constant);
        for &(r, c) in &form.terms {
            let range = self.range(r).mul(Interval::point(c.into()));
            bound = bound.add(&match varies(r) {
                true => Form::constant(i64::try_from(if upper { range.hi } else { range.lo }).ok()?),
                false => Form::leaf(r).scale(c)?,
            })?;
        }
        Some(bound)
    }

    /// Counters that vary replaced by their last (or first) values, and quotients by what they are quotients of.
    fn over_counters(&self, mut form: Form, upper: bool, varies: &dyn Fn(Reg) -> bool) -> Option<Form> {
        for _ in 0..8 {
            let replaced = |&(r, c): &(Reg, i64)| {
                let greatest = (c > 0) == upper;
                let value = if let Some((first, end)) = self.bounds.get(&r) {
                    if greatest { end.add(&Form::constant(-1))? } else { first.clone() }
                } else if let Some((least, most)) = self.strided.get(&r) {
                    if greatest { most } else { least }.clone()
                } else {
                    return None;
                };
                varies(r).then_some(())?;
                Some((r, c, value.scale(c)?))
            };
            // Registers are numbered from the outside in.
            let counter = form.terms.iter().filter_map(replaced).max_by_key(|t| t.0);
            let Some((r, c, value)) = counter.or_else(|| self.quotient(&form, upper, varies)) else { break };
            let without = form.sub(&Form::leaf(r).scale(c)?)?;
            form = without.add(&value)?;
        }
        Some(form)
    }

    /// A term with a quotient, `c = m b` times `a / b`, is at most `m a` and at least `m (a - b + 1)`.
    fn quotient(&self, form: &Form, upper: bool, varies: &dyn Fn(Reg) -> bool) -> Option<(Reg, i64, Form)> {
        form.terms.iter().find_map(|&(r, c)| {
            let (a, b) = self.quotients.get(&r).filter(|(_, b)| c % b == 0 && varies(r))?;
            let least = a.add(&Form::constant(1 - b))?;
            let value = if (c > 0) == upper { a } else { &least };
            Some((r, c, value.scale(c / b)?))
        })
    }
}

/// Registers that are set before the loop and in it, the counter aside.
fn changing(l: &mut Loop, writes: &[u32]) -> Vec<Reg> {
    let mut changing = Vec::new();
    let mut add = |r: Reg| {
        if writes[r.index()] > 1 {
            changing.push(r);
        }
    };
    for_each_reg(&mut l.body, &mut |role, r| {
        if role != Role::Read {
            add(*r);
        }
    });
    l.moves.iter().for_each(|m| add(m.0));
    l.mark.folds.iter().for_each(|fold| add(fold.carry));
    changing
}

fn form_of(
    kernel: &Kernel,
    definitions: &HashMap<Reg, Inst>,
    r: Reg,
    known: &mut HashMap<Reg, Form>,
    depth: usize,
) -> Form {
    if let Some(form) = known.get(&r) {
        return form.clone();
    }
    if let Some(x) = kernel.constant(r).and_then(Literal::as_i128).and_then(|x| i64::try_from(x).ok()) {
        return Form::constant(x);
    }
    let Some(inst) = definitions.get(&r).filter(|_| depth < 200) else { return Form::leaf(r) };
    let mut of = |r: Reg| form_of(kernel, definitions, r, known, depth + 1);
    use Inst::*;
    let form = match *inst {
        Mov { a, .. } => Some(of(a)),
        AddI { a, b, .. }
        | AddI32 { a, b, .. }
        | AddU32 { a, b, .. }
        | AddI64 { a, b, .. }
        | AddUsize { a, b, .. } => of(a).add(&of(b)),
        SubI { a, b, .. }
        | SubI32 { a, b, .. }
        | SubU32 { a, b, .. }
        | SubI64 { a, b, .. }
        | SubUsize { a, b, .. } => of(a).sub(&of(b)),
        MulI { a, b, .. }
        | MulI32 { a, b, .. }
        | MulU32 { a, b, .. }
        | MulI64 { a, b, .. }
        | MulUsize { a, b, .. } => {
            let (x, y) = (of(a), of(b));
            match (x.terms.is_empty(), y.terms.is_empty()) {
                (true, _) => y.scale(x.constant),
                (_, true) => x.scale(y.constant),
                _ => None,
            }
        }
        _ => None,
    };
    let form = form.unwrap_or_else(|| Form::leaf(r));
    known.insert(r, form.clone());
    form
}
