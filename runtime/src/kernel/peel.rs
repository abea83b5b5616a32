//! The first and the last iterations of a loop by themselves, where those between them are simpler: boundary conditions
//! (`if i == 0 { 0.0 } else { u[i - 1] }`) and neighbours on a ring (`(i + 1) % n`, `if i == 0 { n - 1 } else { i - 1 }`)
//! are decided everywhere but at the ends. Between them stands a loop without branches, over neighbours in memory.

use super::copies::REGISTERS;
use super::flatten::{for_each_inst, writes};
use super::forms::Forms;
use super::inst::{Inst, Reg};
use super::ir::{Branch, Code, Item, Kernel, Loop, Selector};
use super::marks::{self, folds};
use super::parts::{self, all_at_once};
use super::ranges::{Form, Interval};
use crate::dtype::{DType, Literal};
use crate::hash::{HashMap, HashSet};
use crate::op::CmpOp;

/// Shorter loops are not worth it.
const SHORT: i128 = 16;

/// At most as many iterations at one end.
const ENDS: i64 = 2;

/// Longer bodies are not written several times.
const LONG: usize = 120;

/// Peels loops everywhere in the kernel, those inside of a peeled one too.
pub(super) fn run(kernel: &mut Kernel) {
    let mut code = std::mem::take(&mut kernel.code);
    let mut done = HashSet::default();
    loop {
        kernel.code = code.clone();
        let mut peeler = Peeler::new(kernel, std::mem::take(&mut done));
        let found = peeler.list(&mut code);
        done = peeler.done;
        if !found {
            break;
        }
    }
    kernel.code = code;
}

struct Peeler<'k> {
    facts: Facts,
    reads: Vec<u32>,
    /// Counters of loops in iterations that stand by themselves: they run but once.
    done: HashSet<Reg>,
    kernel: &'k mut Kernel,
}

/// Where the integers of a kernel come from.
struct Facts {
    forms: Forms,
    definitions: HashMap<Reg, Inst>,
    /// Of the loops around.
    counters: Vec<Reg>,
}

impl<'k> Peeler<'k> {
    fn new(kernel: &'k mut Kernel, done: HashSet<Reg>) -> Peeler<'k> {
        let mut code = kernel.code.clone();
        let reads = marks::reads_of(&mut code, kernel);
        let writes = writes(&mut code, kernel.regs.len());
        let mut definitions = HashMap::default();
        for_each_inst(&mut code, &mut |inst| {
            definitions.extend(inst.dst().filter(|r| writes[r.index()] == 1).map(|r| (r, *inst)));
        });
        let facts = Facts { forms: Forms::of(kernel), definitions, counters: Vec::new() };
        Peeler { facts, reads, done, kernel }
    }

    /// Peels outermost loops of the list; whether there were any.
    fn list(&mut self, code: &mut Code) -> bool {
        let mut found = false;
        let mut k = 0;
        while k < code.len() {
            match &mut code[k] {
                Item::Inst(..) => {}
                Item::While(w) => found |= self.list(&mut w.head) | self.list(&mut w.body),
                Item::Branch(b) => found = b.arms.iter_mut().fold(found, |f, (arm, _)| f | self.list(arm)),
                Item::Loop(l) if self.done.contains(&l.iv) => {}
                Item::Loop(l) => match self.ends(l) {
                    Some(ends) => {
                        let parts = self.parts(&l.clone(), ends);
                        let n = parts.len();
                        code.splice(k..=k, parts);
                        k += n - 1;
                        found = true;
                    }
                    None => {
                        self.facts.counters.push(l.iv);
                        found |= self.list(&mut l.body);
                        self.facts.counters.pop();
                    }
                },
            }
            k += 1;
        }
        found
    }

    /// How many iterations to peel at the start and at the end.
    fn ends(&mut self, l: &Loop) -> Option<[i64; 2]> {
        let mut size = 0;
        for_each_inst(&mut l.body.clone(), &mut |_| size += 1);
        if l.stride != 1 || size > LONG || self.kernel.regs.len() > REGISTERS {
            return None;
        }
        let (first, end) = self.facts.forms.bounds(l.iv)?.clone();
        let trips = self.facts.forms.extremes(&end.sub(&first)?)?.0;
        if trips < SHORT || marks::leak(&self.reads, l).is_some() {
            return None;
        }
        let mut wanted = Vec::new();
        targets(self.kernel, &l.body, !l.body.iter().any(has_loop), &mut wanted);
        self.facts.counters.push(l.iv);
        let mut ends = None;
        for target in wanted.iter().filter(|t| !self.facts.is_decided(self.kernel, &self.facts.forms, t)) {
            let needed = candidates().find(|&[low, high]| {
                let between = |a: &Form, by: i64| a.add(&Form::constant(by));
                let (Some(first), Some(end)) = (between(&first, low), between(&end, -high)) else {
                    return false;
                };
                let middle = self.facts.forms.with_counter(l.iv, first, end);
                self.facts.is_decided(self.kernel, &middle, target)
            });
            if let Some([low, high]) = needed {
                let [a, b] = ends.unwrap_or([0, 0]);
                ends = Some([low.max(a), high.max(b)]);
            }
        }
        self.facts.counters.pop();
        ends
    }

    /// The iterations at the start, those between, those at the end. The loop's own index holds its first value.
    fn parts(&mut self, l: &Loop, [low, high]: [i64; 2]) -> Code {
        let mut code = Code::new();
        let Some((first, end)) = self.facts.forms.bounds(l.iv).cloned() else { return code };
        let at = |form: &Form, by: i64| Form { constant: form.constant + by, ..form.clone() };
        let (begin, behind) = (at(&first, low), at(&end, -high));
        self.facts.counters.push(l.iv);
        for k in 0..low {
            self.single(&mut code, l, &at(&first, k));
        }
        let middle = self.simpler(l, &begin, &behind);
        let bounds = [&begin, &behind].map(|form| self.value(&mut code, form));
        let [from, until] = [&begin, &behind].map(|form| self.facts.forms.interval(form));
        let range = Interval::new(from.lo, until.hi - 1);
        parts::several(self.kernel, &mut code, &middle, bounds, range, SHORT - 2 * i128::from(ENDS));
        for k in 0..high {
            self.single(&mut code, l, &at(&behind, k));
        }
        self.facts.counters.pop();
        let note = match [low, high] {
            [_, 0] => "its first iterations stand by themselves",
            [0, _] => "its last iterations stand by themselves",
            _ => "its first and last iterations stand by themselves",
        };
        parts::note(self.kernel, l.site, note.to_string());
        code
    }

    fn single(&mut self, code: &mut Code, l: &Loop, at: &Form) {
        let body = self.simpler(l, at, &Form { constant: at.constant + 1, ..at.clone() });
        let at = self.value(code, at);
        let start = code.len();
        parts::single(self.kernel, code, &body, at);
        for_each_loop(&code[start..], &mut |l| {
            self.done.insert(l.iv);
        });
    }

    /// A register that holds the form.
    fn value(&mut self, code: &mut Code, form: &Form) -> Reg {
        match form.terms.is_empty() {
            true => folds::constant(self.kernel, Literal::I64(form.constant)),
            false => parts::value(self.kernel, &self.facts.forms, code, form),
        }
    }

    /// The loop where its counter runs between other bounds: without what is decided there.
    fn simpler(&mut self, l: &Loop, first: &Form, end: &Form) -> Loop {
        let forms = self.facts.forms.with_counter(l.iv, first.clone(), end.clone());
        let mut l = l.clone();
        self.simplify(&mut l.body, &forms);
        l
    }

    fn simplify(&mut self, code: &mut Code, forms: &Forms) {
        let mut k = 0;
        while k < code.len() {
            match &mut code[k] {
                Item::Inst(inst, trap) => {
                    if let Some(simple) = self.facts.simple(self.kernel, forms, inst) {
                        (*inst, *trap) = (simple, None);
                    }
                }
                Item::Loop(l) => {
                    self.facts.counters.push(l.iv);
                    self.simplify(&mut l.body, forms);
                    self.facts.counters.pop();
                }
                Item::While(w) => {
                    self.simplify(&mut w.head, forms);
                    self.simplify(&mut w.body, forms);
                }
                Item::Branch(b) => {
                    if let Some(taken) = self.facts.taken(self.kernel, forms, b) {
                        let (arm, moves) = b.arms.swap_remove(taken);
                        let moves = all_at_once(self.kernel, &moves);
                        code.splice(k..=k, arm.into_iter().chain(moves));
                        continue;
                    }
                    b.arms.iter_mut().for_each(|(arm, _)| self.simplify(arm, forms));
                }
            }
            k += 1;
        }
    }
}

impl Facts {
    /// Nothing is left to find out at run time.
    fn is_decided(&self, kernel: &Kernel, forms: &Forms, target: &Target) -> bool {
        match *target {
            Target::Condition(r) => self.condition(kernel, forms, r).is_some(),
            Target::Remainder(inst) => self.remainder(kernel, forms, &inst).is_some(),
        }
    }

    /// The arm that is taken.
    fn taken(&self, kernel: &Kernel, forms: &Forms, b: &Branch) -> Option<usize> {
        let Selector::Bool(cond) = b.selector else { return None };
        Some(usize::from(!self.condition(kernel, forms, cond)?))
    }

    /// The instruction without what is decided.
    fn simple(&self, kernel: &mut Kernel, forms: &Forms, inst: &Inst) -> Option<Inst> {
        match *inst {
            Inst::Select { dst, a, b, c } => {
                let chosen = if self.condition(kernel, forms, a)? { b } else { c };
                Some(Inst::Mov { dst, a: chosen })
            }
            _ => {
                let dst = inst.dst()?;
                let (a, whole) = self.remainder(kernel, forms, inst)?;
                let b = folds::constant(kernel, whole_of(kernel.regs[dst.index()], whole)?);
                Some(if whole == 0 { Inst::Mov { dst, a } } else { Inst::SubI { dst, a, b } })
            }
        }
    }

    fn condition(&self, kernel: &Kernel, forms: &Forms, r: Reg) -> Option<bool> {
        if let Some(Literal::Bool(x)) = kernel.constant(r) {
            return Some(x);
        }
        let of = |r: Reg| self.condition(kernel, forms, r);
        let is_bool = |r: Reg| kernel.regs[r.index()] == DType::Bool;
        match *self.definitions.get(&r)? {
            Inst::Mov { a, .. } => of(a),
            Inst::AndI { a, b, .. } if is_bool(r) => match (of(a), of(b)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (x, y) => Some(x? && y?),
            },
            Inst::OrI { a, b, .. } if is_bool(r) => match (of(a), of(b)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (x, y) => Some(x? || y?),
            },
            Inst::XorI { a, b, .. } if is_bool(r) => Some(of(a)? != of(b)?),
            Inst::Select { a, b, c, .. } => of(if of(a)? { b } else { c }),
            Inst::EqI { a, b, .. } if !is_bool(a) => self.compare(kernel, forms, CmpOp::Eq, a, b),
            Inst::NeI { a, b, .. } if !is_bool(a) => self.compare(kernel, forms, CmpOp::Ne, a, b),
            Inst::LtS { a, b, .. } | Inst::LtU { a, b, .. } => self.compare(kernel, forms, CmpOp::Lt, a, b),
            Inst::LeS { a, b, .. } | Inst::LeU { a, b, .. } => self.compare(kernel, forms, CmpOp::Le, a, b),
            _ => None,
        }
    }

    fn compare(&self, kernel: &Kernel, forms: &Forms, op: CmpOp, a: Reg, b: Reg) -> Option<bool> {
        let difference = self.form(kernel, forms, a)?.sub(&self.form(kernel, forms, b)?)?;
        Interval::decide(op, self.values(forms, &difference)?, Interval::point(0))
    }

    /// `a` and the multiple of `b` to take off it, of `a % b`.
    fn remainder(&self, kernel: &Kernel, forms: &Forms, inst: &Inst) -> Option<(Reg, i64)> {
        let integer = |r: Reg| kernel.constant(r).and_then(Literal::as_i128);
        let (a, b) = match *inst {
            Inst::RemU { a, b, .. } | Inst::RemI32 { a, b, .. } | Inst::RemI64 { a, b, .. } => {
                (a, integer(b)?)
            }
            // Of a power of two.
            Inst::AndI { a, b, .. } if kernel.regs[a.index()] != DType::Bool => (a, integer(b)? + 1),
            _ => return None,
        };
        if b < 1 || (matches!(inst, Inst::AndI { .. }) && b & (b - 1) != 0) {
            return None;
        }
        let values = self.values(forms, &self.form(kernel, forms, a)?)?;
        let same = values.lo >= 0 && values.lo / b == values.hi / b;
        same.then_some((a, i64::try_from(values.lo / b * b).ok()?))
    }

    /// The form of a register that holds what its form says: a negative number that is cast to an unsigned type is another
    /// number there.
    fn form(&self, kernel: &Kernel, forms: &Forms, r: Reg) -> Option<Form> {
        let form = forms.form(kernel, r);
        let values = self.values(forms, &form)?;
        values.within(Interval::of(kernel.regs[r.index()])).then_some(form)
    }

    /// Every value that the form has inside the loops around.
    fn values(&self, forms: &Forms, form: &Form) -> Option<Interval> {
        // Behind its loop a counter has left its bounds.
        let known = |r: Reg| !forms.is_bounded(r) || self.counters.contains(&r);
        if !form.terms.iter().all(|t| known(t.0)) {
            return None;
        }
        forms.extremes(form).map(|(lo, hi)| Interval::new(lo, hi))
    }
}

/// What a loop would be simpler without.
enum Target {
    /// Of a branch, or of the choice of an index.
    Condition(Reg),
    Remainder(Inst),
}

/// What is in innermost loops: `innermost` says that this code is in one.
fn targets(kernel: &Kernel, code: &[Item], innermost: bool, found: &mut Vec<Target>) {
    for item in code {
        match item {
            Item::Inst(inst, _) if innermost => match *inst {
                Inst::Select { dst, a, .. } if is_index(kernel.regs[dst.index()]) => {
                    found.push(Target::Condition(a));
                }
                Inst::RemU { .. } | Inst::RemI32 { .. } | Inst::RemI64 { .. } | Inst::AndI { .. } => {
                    found.push(Target::Remainder(*inst));
                }
                _ => {}
            },
            Item::Inst(..) => {}
            Item::Loop(l) => targets(kernel, &l.body, !l.body.iter().any(has_loop), found),
            Item::While(w) => {
                targets(kernel, &w.head, false, found);
                targets(kernel, &w.body, false, found);
            }
            Item::Branch(b) => {
                if let Selector::Bool(r) = b.selector
                    && innermost
                {
                    found.push(Target::Condition(r));
                }
                b.arms.iter().for_each(|(arm, _)| targets(kernel, arm, innermost, found));
            }
        }
    }
}

fn is_index(dtype: DType) -> bool {
    !dtype.is_float() && dtype != DType::Bool
}

fn has_loop(item: &Item) -> bool {
    match item {
        Item::Inst(..) => false,
        Item::Loop(_) | Item::While(_) => true,
        Item::Branch(b) => b.arms.iter().any(|(arm, _)| arm.iter().any(has_loop)),
    }
}

fn for_each_loop(code: &[Item], f: &mut dyn FnMut(&Loop)) {
    for item in code {
        match item {
            Item::Inst(..) => {}
            Item::Loop(l) => {
                f(l);
                for_each_loop(&l.body, f);
            }
            Item::While(w) => {
                for_each_loop(&w.head, f);
                for_each_loop(&w.body, f);
            }
            Item::Branch(b) => b.arms.iter().for_each(|(arm, _)| for_each_loop(arm, f)),
        }
    }
}

/// Numbers of iterations at both ends, few first.
fn candidates() -> impl Iterator<Item = [i64; 2]> {
    let all = (1..=2 * ENDS).flat_map(|n| (0..=n).map(move |low| [low, n - low]));
    all.filter(|ends| ends.iter().all(|&n| n <= ENDS))
}

fn whole_of(dtype: DType, x: i64) -> Option<Literal> {
    Some(match dtype {
        DType::I32 => Literal::I32(i32::try_from(x).ok()?),
        DType::U32 => Literal::U32(u32::try_from(x).ok()?),
        DType::I64 => Literal::I64(x),
        DType::U64 => Literal::U64(u64::try_from(x).ok()?),
        DType::Usize => Literal::Usize(usize::try_from(x).ok()?),
        _ => return None,
    })
}
