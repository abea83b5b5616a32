//! Index-set splitting: a loop in which all iterations depend on a single one (`path[[i, j]]` against
//! `path[[k, j]]`, over `i`) is cut into the iterations before that one, itself, and those behind it. The order
//! stays as it was, and each of the two long parts has independent iterations.

use super::copies::REGISTERS;
use super::flatten::for_each_inst;
use super::forms::Forms;
use super::inst::Reg;
use super::invariant::set_by;
use super::ir::{Blocked, Code, Item, Kernel, Loop};
use super::marks::{self, accesses};
use super::parts;
use super::ranges::{Form, Interval};

/// Shorter loops are not worth a split.
const SHORT: u64 = 16;

/// More iterations than that are not tried.
const CANDIDATES: usize = 4;

/// Longer bodies are not written three times.
const LONG: usize = 120;

/// Splits loops everywhere in the kernel where that makes them independent.
pub(super) fn run(kernel: &mut Kernel) {
    let mut code = std::mem::take(&mut kernel.code);
    kernel.code = code.clone();
    if Splitter::new(kernel).list(&mut code) {
        // Inner loops, with what is known of the parts.
        kernel.code = code.clone();
        while Splitter::new(kernel).list(&mut code) {
            kernel.code = code.clone();
        }
    }
    kernel.code = code;
}

struct Splitter<'k> {
    kernel: &'k mut Kernel,
    forms: Forms,
    reads: Vec<u32>,
}

impl<'k> Splitter<'k> {
    fn new(kernel: &'k mut Kernel) -> Splitter<'k> {
        let reads = marks::reads_of(&mut kernel.code.clone(), kernel);
        Splitter { forms: Forms::of(kernel), kernel, reads }
    }

    /// Splits outermost loops of the list; whether there were any.
    fn list(&mut self, code: &mut Code) -> bool {
        let mut found = false;
        let mut k = 0;
        while k < code.len() {
            match &mut code[k] {
                Item::Inst(..) => {}
                Item::While(w) => found |= self.list(&mut w.head) | self.list(&mut w.body),
                Item::Branch(b) => found = b.arms.iter_mut().fold(found, |f, (arm, _)| f | self.list(arm)),
                Item::Loop(l) => match self.point(l) {
                    Some(point) => {
                        let parts = self.parts(&l.clone(), &point);
                        let n = parts.len();
                        code.splice(k..=k, parts);
                        k += n - 1;
                        found = true;
                    }
                    None => found |= self.list(&mut l.body),
                },
            }
            k += 1;
        }
        found
    }

    /// The one iteration that the others depend on.
    fn point(&self, l: &Loop) -> Option<Form> {
        let trips = l.max_trips?;
        let mut size = 0;
        for_each_inst(&mut l.body.clone(), &mut |_| size += 1);
        if l.stride != 1 || trips < SHORT || size > LONG || self.kernel.regs.len() > REGISTERS {
            return None;
        }
        let conflict = accesses::conflict(self.kernel, &self.forms, l, trips)?;
        let Blocked::Element { buf, .. } = conflict else { return None };
        if marks::leak(&self.reads, l).is_some() {
            return None;
        }
        let set = set_by(l);
        let mut addresses = Vec::new();
        for_each_inst(&mut l.body.clone(), &mut |inst| {
            if inst.bufs()[0] == Some(buf)
                && let Some(form) = self.forms.address(self.kernel, inst)
            {
                addresses.push((inst.is_store(), form));
            }
        });
        let coefficient = |form: &Form, r: Reg| form.terms.iter().find(|t| t.0 == r).map_or(0, |t| t.1);
        let mut points: Vec<Form> = Vec::new();
        for (_, stored) in addresses.iter().filter(|a| a.0) {
            let scale = coefficient(stored, l.iv);
            for (_, other) in addresses.iter().filter(|a| scale != 0 && coefficient(&a.1, l.iv) == 0) {
                // Where the addresses are equal, whatever the counters inside; and where one of their parts is.
                let rest = stored.sub(&Form::leaf(l.iv).scale(scale)?)?;
                let whole = other.sub(&rest).and_then(|d| quotient(&d, scale));
                let part = |&(r, c): &(Reg, i64)| Form {
                    terms: vec![(r, c)],
                    constant: other.constant - stored.constant,
                };
                let parts = other.terms.iter().map(part).filter_map(|d| quotient(&d, scale));
                points.extend(whole.into_iter().chain(parts));
            }
        }
        let fixed = |point: &Form| !point.terms.is_empty() && point.terms.iter().all(|t| !set.contains(&t.0));
        let mut tried: Vec<Form> = Vec::new();
        points.retain(|point| {
            fixed(point) && !tried.contains(point) && {
                tried.push(point.clone());
                true
            }
        });
        points.into_iter().take(CANDIDATES).find(|point| self.splits(l, trips, point))
    }

    /// That iteration exists, and both parts of the loop have independent iterations.
    fn splits(&self, l: &Loop, trips: u64, point: &Form) -> bool {
        let parts = || {
            let (first, end) = self.forms.bounds(l.iv)?.clone();
            let behind = point.add(&Form::constant(1))?;
            let least = |form: Form| self.forms.extremes(&form).map(|e| e.0);
            let inside = least(point.sub(&first)?)? >= 0 && least(end.sub(&behind)?)? >= 0;
            let low = self.forms.with_counter(l.iv, first, point.clone());
            let high = self.forms.with_counter(l.iv, behind, end);
            let independent = |forms: &Forms| accesses::independent(self.kernel, forms, l, trips);
            Some(inside && independent(&low) && independent(&high))
        };
        parts() == Some(true)
    }

    /// The three parts. The loop's own index holds its first value.
    fn parts(&mut self, l: &Loop, point: &Form) -> Code {
        let mut code = Code::new();
        let (kernel, forms) = (&mut *self.kernel, &self.forms);
        let at = parts::value(kernel, forms, &mut code, point);
        let next = Form { constant: point.constant + 1, ..point.clone() };
        let behind = parts::value(kernel, forms, &mut code, &next);
        let (range, at_range) = (kernel.ranges[l.iv.index()], kernel.ranges[at.index()]);
        parts::several(kernel, &mut code, l, [l.iv, at], Interval::new(range.lo, at_range.hi - 1), 0);
        parts::single(kernel, &mut code, l, at);
        parts::several(kernel, &mut code, l, [behind, l.end], Interval::new(at_range.lo + 1, range.hi), 0);
        let name = kernel.names.iter().find(|n| n.0 == at);
        let name = name.map_or("the one".to_string(), |(_, name)| format!("`{name}`"));
        parts::note(kernel, l.site, format!("split at {name} that the other iterations depend on"));
        code
    }
}

/// The form divided by a number, where that is a form.
fn quotient(form: &Form, by: i64) -> Option<Form> {
    let whole = form.constant % by == 0 && form.terms.iter().all(|t| t.1 % by == 0);
    let terms = form.terms.iter().map(|&(r, c)| (r, c / by)).collect();
    whole.then(|| Form { terms, constant: form.constant / by })
}
