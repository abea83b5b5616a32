//! The accesses of a loop's iterations against each other.

use super::conflict::{Answer, Term, solve};
use super::digits;
use crate::kernel::forms::Forms;
use crate::kernel::inst::{Buf, Inst, Reg, Role};
use crate::kernel::ir::{Blocked, Code, Item, Kernel, Loop, for_each_code, for_each_reg};
use crate::kernel::ranges::Form;
use std::collections::BTreeSet;

/// An element access.
struct Access {
    buf: Buf,
    store: bool,
    /// `None`: at any place.
    address: Option<Form>,
}

/// No element that one iteration writes is touched by another one.
pub(in crate::kernel) fn independent(kernel: &Kernel, forms: &Forms, l: &Loop, trips: u64) -> bool {
    conflict(kernel, forms, l, trips).is_none()
}

/// An element that one iteration writes and another one may touch.
pub(in crate::kernel) fn conflict(kernel: &Kernel, forms: &Forms, l: &Loop, trips: u64) -> Option<Blocked> {
    let mut body = l.body.clone();
    let Some(accesses) = accesses(kernel, forms, &mut body) else { return Some(Blocked::Whole) };
    let mut inside = BTreeSet::new();
    for_each_reg(&mut body, &mut |role, r| {
        if role != Role::Read {
            inside.insert(*r);
        }
    });
    let meet = |s: &Access, a: &Access| {
        let (Some(f), Some(g)) = (&s.address, &a.address) else { return true };
        if apart(forms, l, &inside, f, g) {
            return false;
        }
        let (terms, constant) = difference(forms, l, &inside, trips, f, g);
        let shape = &kernel.slots[s.buf.index()].shape;
        solve(terms, constant) == Answer::Maybe
            && !digits::never_meet(kernel, forms, l, &inside, shape, [f, g])
    };
    accesses.iter().filter(|s| s.store).find_map(|s| {
        let other = accesses.iter().find(|a| a.buf == s.buf && meet(s, a))?;
        Some(Blocked::Element { buf: s.buf, written_twice: other.store })
    })
}

/// An iteration of the second loop may touch what a *later* one of the first loop touches too, one of them storing:
/// then the loops can't be one. Both have the same bounds, of `trips` iterations.
pub(in crate::kernel) fn overtakes(
    kernel: &Kernel,
    forms: &Forms,
    first: &Loop,
    second: &Loop,
    trips: u64,
) -> bool {
    let (mut a, mut b) = (first.body.clone(), second.body.clone());
    let (Some(before), Some(after)) = (accesses(kernel, forms, &mut a), accesses(kernel, forms, &mut b))
    else {
        return true;
    };
    let mut inside = BTreeSet::new();
    for code in [&mut a, &mut b] {
        for_each_reg(code, &mut |role, r| {
            if role != Role::Read {
                inside.insert(*r);
            }
        });
    }
    let meet = |s: &Access, a: &Access| {
        let (Some(f), Some(g)) = (&s.address, &a.address) else { return true };
        // i of the first loop is j + d of the second, d > 0.
        let coefficient =
            |form: &Form, r: Reg| form.terms.iter().find(|t| t.0 == r).map_or(0, |t| i128::from(t.1));
        let (c, e) = (coefficient(f, first.iv), coefficient(g, second.iv));
        let range = forms.range(second.iv);
        let last = i128::from(trips.saturating_sub(1));
        let mut terms = vec![
            Term { coefficient: c - e, lo: range.lo, hi: range.hi, distance: false },
            Term { coefficient: c, lo: 1, hi: last.max(1), distance: false },
        ];
        let leaves: BTreeSet<Reg> = f.terms.iter().chain(&g.terms).map(|t| t.0).collect();
        for r in leaves.into_iter().filter(|&r| r != first.iv && r != second.iv) {
            let (a, b, range) = (coefficient(f, r), coefficient(g, r), forms.range(r));
            let term = |coefficient: i128| Term { coefficient, lo: range.lo, hi: range.hi, distance: false };
            match inside.contains(&r) {
                // Of another run of the loop that sets it.
                true => terms.extend([term(a), term(-b)]),
                false => terms.push(term(a - b)),
            }
        }
        solve(terms, i128::from(f.constant) - i128::from(g.constant)) != Answer::Never
    };
    before.iter().any(|s| after.iter().any(|a| s.buf == a.buf && (s.store || a.store) && meet(s, a)))
}

/// Every access of the code; `None` when whole buffers are copied or exchanged.
fn accesses(kernel: &Kernel, forms: &Forms, code: &mut Code) -> Option<Vec<Access>> {
    let mut found = Some(Vec::new());
    for_each_code(code, &mut |list| {
        for item in list.iter() {
            let Item::Inst(inst, _) = item else { continue };
            if matches!(inst, Inst::CopyBuf { .. } | Inst::SwapBuf { .. } | Inst::Matmul { .. }) {
                found = None;
            }
            if (inst.is_load() || inst.is_store())
                && let (Some(list), Some(buf)) = (found.as_mut(), inst.bufs()[0])
            {
                list.push(Access { buf, store: inst.is_store(), address: forms.address(kernel, inst) });
            }
        }
    });
    found
}

/// The addresses differ whatever the two iterations, by the bounds of counters in terms of each other (`k < i`).
///
/// A register of the body has another value in each iteration, so each address is bounded on its own by what
/// the iterations share, and only then are the two compared.
fn apart(forms: &Forms, l: &Loop, inside: &BTreeSet<Reg>, f: &Form, g: &Form) -> bool {
    let varies = |r: Reg| r == l.iv || inside.contains(&r);
    let reach = |form: &Form, upper: bool| forms.extreme_over(form.clone(), upper, &varies);
    let least = |a: Option<Form>, b: Option<Form>| forms.extremes(&a?.sub(&b?)?).map(|(least, _)| least);
    least(reach(f, false), reach(g, true)).is_some_and(|d| d > 0)
        || least(reach(g, false), reach(f, true)).is_some_and(|d| d > 0)
}

/// `f` in one iteration less `g` in another, as unknowns.
fn difference(
    forms: &Forms,
    l: &Loop,
    inside: &BTreeSet<Reg>,
    trips: u64,
    f: &Form,
    g: &Form,
) -> (Vec<Term>, i128) {
    let coefficient =
        |form: &Form, r: Reg| form.terms.iter().find(|t| t.0 == r).map_or(0, |t| i128::from(t.1));
    let leaves: BTreeSet<Reg> = f.terms.iter().chain(&g.terms).map(|t| t.0).collect();
    let mut terms = Vec::new();
    for r in leaves {
        let (a, b, range) = (coefficient(f, r), coefficient(g, r), forms.range(r));
        let (lo, hi) = (range.lo, range.hi);
        if r == l.iv {
            // a i - b i' = (a - b) i + b stride (t - t')
            let reach = i128::from(trips.saturating_sub(1));
            let distance = b * i128::from(l.stride);
            terms.push(Term { coefficient: a - b, lo, hi, distance: false });
            terms.push(Term { coefficient: distance, lo: -reach, hi: reach, distance: true });
        } else if !inside.contains(&r) {
            terms.push(Term { coefficient: a - b, lo, hi, distance: false });
        } else if a == b {
            let reach = hi.saturating_sub(lo);
            terms.push(Term { coefficient: a, lo: -reach, hi: reach, distance: false });
        } else {
            terms.push(Term { coefficient: a, lo, hi, distance: false });
            terms.push(Term { coefficient: -b, lo, hi, distance: false });
        }
    }
    (terms, i128::from(f.constant) - i128::from(g.constant))
}
