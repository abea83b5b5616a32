//! Index-set splitting: a loop in which all iterations depend on a single one (`path[[i, j]]` against
//! `path[[k, j]]`, over `i`) is cut into the iterations before that one, itself, and those behind it. The order
//! stays as it was, and each of the two long parts has independent iterations.

use super::contract;
use super::copies::{Copies, REGISTERS};
use super::flatten::for_each_inst;
use super::forms::Forms;
use super::inst::{Inst, Reg};
use super::invariant::set_by;
use super::ir::{Blocked, Code, Item, Kernel, Loop};
use super::marks::{self, accesses};
use super::promote::new_reg;
use super::ranges::{Form, Interval};
use crate::dtype::DType;
use crate::graph::SiteId;

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
        let first = l.iv;
        let at = self.value(&mut code, point);
        let behind = self.value(&mut code, &Form { constant: point.constant + 1, ..point.clone() });
        let range = self.kernel.ranges[l.iv.index()];
        let at_range = self.kernel.ranges[at.index()];
        let low = Interval::new(range.lo, at_range.hi - 1);
        let high = Interval::new(at_range.lo + 1, range.hi);
        self.part(&mut code, l, first, at, low);
        // The iteration itself.
        let (body, moves) = self.body(l, at);
        code.extend(body);
        code.extend(all_at_once(self.kernel, &moves));
        self.part(&mut code, l, behind, l.end, high);
        self.note(l.site, at);
        code
    }

    /// The iterations from `first` until `end`, with registers of their own.
    fn part(&mut self, code: &mut Code, l: &Loop, first: Reg, end: Reg, range: Interval) {
        let count = new_reg(self.kernel, DType::I64);
        let most = range.hi.saturating_sub(range.lo).saturating_add(1);
        self.kernel.ranges[count.index()] = Interval::new(0, most.max(0));
        code.push(Inst::SubI { dst: count, a: end, b: first }.into());
        let iv = new_reg(self.kernel, self.kernel.regs[l.iv.index()]);
        self.kernel.ranges[iv.index()] = range;
        code.push(Inst::Mov { dst: iv, a: first }.into());
        let (body, moves) = self.body(l, iv);
        let max_trips = l.max_trips.map(|n| n.min(u64::try_from(most.max(0)).unwrap_or(u64::MAX)));
        let guard = Some((count, DType::I64));
        code.push(Item::Loop(Box::new(Loop { iv, end, guard, max_trips, body, moves, ..l.clone() })));
    }

    /// The body with another index.
    fn body(&mut self, l: &Loop, index: Reg) -> (Code, Vec<(Reg, Reg)>) {
        let mut copies = Copies::new(self.kernel);
        copies.rename(l.iv, index);
        copies.code(&l.body, &l.moves, &l.moves.iter().map(|m| m.0).collect())
    }

    /// Code that computes a form.
    fn value(&mut self, code: &mut Code, form: &Form) -> Reg {
        if let ([(r, 1)], 0) = (&form.terms[..], form.constant) {
            return *r;
        }
        let dst = contract::address(self.kernel, code, form);
        self.kernel.ranges[dst.index()] = self.forms.interval(form);
        dst
    }

    fn note(&mut self, site: Option<SiteId>, at: Reg) {
        let name = self.kernel.names.iter().find(|n| n.0 == at);
        let name = name.map_or("the one".to_string(), |(_, name)| format!("`{name}`"));
        let note = format!("split at {name} that the other iterations depend on");
        self.kernel
            .notes
            .extend(site.filter(|s| self.kernel.notes.iter().all(|n| n.0 != *s)).map(|s| (s, note)));
    }
}

/// Moves that happen at once, as code.
fn all_at_once(kernel: &mut Kernel, moves: &[(Reg, Reg)]) -> Code {
    // A register for each dtype would do; a cycle is rare.
    let saved: Vec<(Reg, Reg)> = moves.iter().map(|&(to, from)| (to, new_reg_like(kernel, from))).collect();
    let before = moves.iter().zip(&saved).map(|(&(_, a), &(_, dst))| Inst::Mov { dst, a }.into());
    let after = saved.iter().map(|&(dst, a)| Inst::Mov { dst, a }.into());
    before.chain(after).collect()
}

fn new_reg_like(kernel: &mut Kernel, r: Reg) -> Reg {
    let new = new_reg(kernel, kernel.regs[r.index()]);
    kernel.ranges[new.index()] = kernel.ranges[r.index()];
    new
}

/// The form divided by a number, where that is a form.
fn quotient(form: &Form, by: i64) -> Option<Form> {
    let whole = form.constant % by == 0 && form.terms.iter().all(|t| t.1 % by == 0);
    let terms = form.terms.iter().map(|&(r, c)| (r, c / by)).collect();
    whole.then(|| Form { terms, constant: form.constant / by })
}
