//! The first and the last iterations of a loop by themselves, where those between them are simpler: boundary conditions
//! (`if i == 0 { 0.0 } else { u[i - 1] }`) and neighbours on a ring (`(i + 1) % n`, `if i == 0 { n - 1 } else { i - 1 }`)
//! are decided everywhere but at the ends. Between them stands a loop without branches, over neighbours in memory.

mod facts;

use super::copies::REGISTERS;
use super::flatten::for_each_inst;
use super::forms::Forms;
use super::inst::{Inst, Reg};
use super::ir::{Code, Item, Kernel, Loop, Selector};
use super::marks::{self, folds};
use super::parts::{self, all_at_once};
use super::ranges::{Form, Interval};
use crate::dtype::{DType, Literal};
use crate::hash::HashSet;
use facts::{Facts, Target};

/// Shorter loops are not worth it. The iterations between the ends run at least once: they need no guard.
const SHORT: i128 = 16;
const _: () = assert!(SHORT - 2 * ENDS as i128 > 0);

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

impl<'k> Peeler<'k> {
    fn new(kernel: &'k mut Kernel, done: HashSet<Reg>) -> Peeler<'k> {
        let reads = marks::reads_of(&mut kernel.code.clone(), kernel);
        Peeler { facts: Facts::of(kernel), reads, done, kernel }
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
        let forms = &self.facts.forms;
        let decided = |forms: &Forms, target: &Target| self.facts.is_decided(self.kernel, forms, target);
        wanted.retain(|target| !decided(forms, target));
        let mut ends: Option<[i64; 2]> = None;
        for [low, high] in candidates() {
            let (Some(first), Some(end)) = (moved(&first, low), moved(&end, -high)) else { break };
            if wanted.is_empty() {
                break;
            }
            let middle = forms.with_counter(l.iv, first, end);
            let before = wanted.len();
            wanted.retain(|target| !decided(&middle, target));
            if wanted.len() < before {
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
        let bounds = self.facts.forms.bounds(l.iv).cloned();
        let ends = bounds.and_then(|(first, end)| Some((moved(&first, low)?, moved(&end, -high)?, first)));
        let Some((begin, behind, first)) = ends else { return vec![Item::Loop(Box::new(l.clone()))] };
        self.facts.counters.push(l.iv);
        for k in 0..low {
            self.single(&mut code, l, &Form { constant: first.constant + k, ..first.clone() });
        }
        let middle = self.simpler(l, &begin, &behind);
        let bounds = [&begin, &behind].map(|form| self.value(&mut code, form));
        let [from, until] = [&begin, &behind].map(|form| self.facts.forms.interval(form));
        let range = Interval::new(from.lo, until.hi - 1);
        parts::several(self.kernel, &mut code, &middle, bounds, range, SHORT - 2 * i128::from(ENDS));
        for k in 0..high {
            self.single(&mut code, l, &Form { constant: behind.constant + k, ..behind.clone() });
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

/// The form and a number.
fn moved(form: &Form, by: i64) -> Option<Form> {
    form.add(&Form::constant(by))
}
