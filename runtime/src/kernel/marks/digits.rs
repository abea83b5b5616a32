//! Accesses of different iterations by rows and columns: `c[[i, j]]` and `c[[j, i]]` for `j >= i` never meet, which no
//! look at the address as one number shows. An address is taken apart into the indices along the axes; two are
//! the same element where all indices agree, and with the bounds of the counters that is a system of linear
//! inequalities. Fourier and Motzkin's elimination finds those that have no solution.

use crate::kernel::forms::Forms;
use crate::kernel::inst::Reg;
use crate::kernel::ir::{Kernel, Loop};
use crate::kernel::ranges::{Form, Interval};
use std::collections::BTreeSet;

/// Larger systems are given up.
const INEQUALITIES: usize = 400;

/// Ranges beyond that say nothing.
const WIDE: i128 = 1 << 40;

/// No iteration touches an element at `f` in an array of that shape that another one touches at `g`.
pub(super) fn never_meet(
    kernel: &Kernel,
    forms: &Forms,
    l: &Loop,
    inside: &BTreeSet<Reg>,
    shape: &[usize],
    [f, g]: [&Form; 2],
) -> bool {
    // With fixed bounds, intervals say as much.
    let depends =
        |r: Reg| forms.bounds(r).is_some_and(|(first, end)| !first.terms.is_empty() || !end.terms.is_empty());
    if !f.terms.iter().chain(&g.terms).any(|t| depends(t.0)) {
        return false;
    }
    let digits = |form: &Form| indices(forms, shape, form);
    let (Some(f), Some(g)) = (digits(f), digits(g)) else { return false };
    let mut system = System { forms, kernel, l, inside, unknowns: Vec::new(), rows: Vec::new() };
    let same = f.iter().zip(&g).try_for_each(|(f, g)| {
        let difference = system.difference(f, g)?;
        system.rows.push(negated(&difference));
        system.rows.push(difference);
        Some(())
    });
    if same.is_none() || system.bounds().is_none() {
        return false;
    }
    let [i, other] = [0, 1].map(|version| system.unknown(l.iv, version));
    [(i, other), (other, i)].iter().all(|&(before, after)| {
        let mut rows = system.rows.clone();
        rows.push(vec![(before, -1), (after, 1), (CONSTANT, -1)]);
        impossible(rows, system.unknowns.len())
    })
}

/// The indices along the axes, where each is surely within its axis.
pub(in crate::kernel) fn indices(forms: &Forms, shape: &[usize], address: &Form) -> Option<Vec<Form>> {
    let mut rest = address.clone();
    let mut found = Vec::new();
    for &n in shape.iter().skip(1).rev() {
        let n = i64::try_from(n).ok().filter(|&n| n > 0)?;
        let inner = rest.terms.iter().copied().filter(|t| t.1 % n != 0).collect();
        let constant = rest.constant.rem_euclid(n);
        let within = |form: &Form| {
            let axis = Interval::new(0, i128::from(n) - 1);
            forms.interval(form).within(axis)
                || forms.extremes(form).is_some_and(|(lo, hi)| Interval::new(lo, hi).within(axis))
        };
        let candidates =
            [constant, constant - n].map(|constant| Form { terms: Vec::clone(&inner), constant });
        let digit = candidates.into_iter().find(within)?;
        rest = rest.sub(&digit)?;
        rest = Form {
            terms: rest.terms.iter().map(|&(r, c)| (r, c / n)).collect(),
            constant: rest.constant / n,
        };
        found.push(digit);
    }
    found.push(rest);
    Some(found)
}

/// `sum of coefficient * unknown >= 0`, sorted by unknown; the last unknown stands for 1.
type Row = Vec<(usize, i128)>;

const CONSTANT: usize = usize::MAX;

fn negated(row: &Row) -> Row {
    row.iter().map(|&(x, c)| (x, -c)).collect()
}

struct System<'a> {
    kernel: &'a Kernel,
    forms: &'a Forms,
    l: &'a Loop,
    inside: &'a BTreeSet<Reg>,
    /// Registers; those of the body in each of the two iterations.
    unknowns: Vec<(Reg, u8)>,
    rows: Vec<Row>,
}

impl System<'_> {
    fn unknown(&mut self, r: Reg, version: u8) -> usize {
        let varies = r == self.l.iv || self.inside.contains(&r);
        let unknown = (r, if varies { version } else { 0 });
        self.unknowns.iter().position(|&u| u == unknown).unwrap_or_else(|| {
            self.unknowns.push(unknown);
            self.unknowns.len() - 1
        })
    }

    fn row(&mut self, form: &Form, version: u8) -> Row {
        let mut row: Row = form.terms.iter().map(|&(r, c)| (self.unknown(r, version), c.into())).collect();
        row.push((CONSTANT, form.constant.into()));
        row.sort_unstable();
        row
    }

    /// `f` in the one iteration less `g` in the other.
    fn difference(&mut self, f: &Form, g: &Form) -> Option<Row> {
        let (f, g) = (self.row(f, 0), self.row(g, 1));
        combined(&f, 1, &g, -1)
    }

    /// What is known of the unknowns, and of those that this is said with.
    fn bounds(&mut self) -> Option<()> {
        for version in [0, 1] {
            self.unknown(self.l.iv, version);
        }
        let mut k = 0;
        while k < self.unknowns.len() {
            let (r, version) = self.unknowns[k];
            let range = self.forms.range(r);
            if range.lo > -WIDE {
                self.rows.push(vec![(k, 1), (CONSTANT, -range.lo)]);
            }
            if range.hi < WIDE {
                self.rows.push(vec![(k, -1), (CONSTANT, range.hi)]);
            }
            if let Some((first, end)) = self.forms.bounds(r).cloned() {
                let own = (self.row(&Form::leaf(r), version), [first, end]);
                let (counter, [first, end]) = own;
                if self.stays(&first) {
                    let first = self.row(&first, version);
                    self.rows.push(combined(&counter, 1, &first, -1)?);
                }
                if self.stays(&end) {
                    let end = self.row(&end.add(&Form::constant(-1))?, version);
                    self.rows.push(combined(&end, 1, &counter, -1)?);
                }
            }
            if let Some((a, b, greater)) = self.forms.chosen(r).cloned() {
                let own = self.row(&Form::leaf(r), version);
                for other in [a, b].iter().filter(|other| self.stays(other)).cloned().collect::<Vec<_>>() {
                    let other = self.row(&other, version);
                    let sign = if greater { 1 } else { -1 };
                    self.rows.push(combined(&own, sign, &other, -sign)?);
                }
            }
            if self.unknowns.len() > 16 {
                return None;
            }
            k += 1;
        }
        Some(())
    }

    /// While a counter runs, the registers in its bound keep their values.
    fn stays(&self, bound: &Form) -> bool {
        bound.terms.iter().all(|&(r, _)| {
            !self.inside.contains(&r)
                || self.forms.bounds(r).is_some()
                || self.forms.is_set_once(self.kernel, r)
        })
    }
}

fn combined(a: &Row, by: i128, b: &Row, other: i128) -> Option<Row> {
    let mut sum = std::collections::BTreeMap::<usize, i128>::new();
    for (row, by) in [(a, by), (b, other)] {
        for &(x, c) in row {
            let term = c.checked_mul(by)?;
            let entry = sum.entry(x).or_insert(0);
            *entry = entry.checked_add(term)?;
        }
    }
    Some(sum.into_iter().filter(|&(_, c)| c != 0).collect())
}

/// Divided by what the coefficients have in common; the unknowns are integers.
fn tightened(mut row: Row) -> Row {
    let gcd = |mut a: i128, mut b: i128| {
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    let common = row.iter().filter(|t| t.0 != CONSTANT).fold(0, |g, t| gcd(g, t.1.abs()));
    if common > 1 {
        row.iter_mut().for_each(|t| t.1 = t.1.div_euclid(common));
        row.retain(|t| t.1 != 0);
    }
    row
}

/// The inequalities have no solution; `false` where that is not found out.
fn impossible(rows: Vec<Row>, unknowns: usize) -> bool {
    let mut rows: BTreeSet<Row> = rows.into_iter().map(tightened).collect();
    let mut left: Vec<usize> = (0..unknowns).collect();
    loop {
        // Without unknowns: a number that is to be at least 0.
        if rows.iter().any(|row| matches!(row[..], [(CONSTANT, c)] if c < 0)) {
            return true;
        }
        let coefficient = |row: &Row, x: usize| row.iter().find(|t| t.0 == x).map_or(0, |t| t.1);
        let count =
            |x: usize, sign: i128| rows.iter().filter(|row| coefficient(row, x).signum() == sign).count();
        let Some(at) = (0..left.len()).min_by_key(|&k| count(left[k], 1) * count(left[k], -1)) else {
            return false;
        };
        let x = left.swap_remove(at);
        let (with, mut next): (Vec<Row>, BTreeSet<Row>) = {
            let (with, without): (Vec<Row>, Vec<Row>) =
                rows.iter().cloned().partition(|row| coefficient(row, x) != 0);
            (with, without.into_iter().collect())
        };
        for below in with.iter().filter(|row| coefficient(row, x) > 0) {
            for above in with.iter().filter(|row| coefficient(row, x) < 0) {
                let (c, d) = (coefficient(below, x), -coefficient(above, x));
                let Some(row) = combined(below, d, above, c) else { return false };
                next.insert(tightened(row));
            }
        }
        if next.len() > INEQUALITIES {
            return false;
        }
        rows = next;
    }
}
