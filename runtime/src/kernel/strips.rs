//! Matrix products by strips of rows. A product whose rows are read by one iteration each of a single loop is
//! computed strip by strip in a loop around that one: the temporary holds a strip, which is still in the caches when
//! it is read. Of a triangle (`j in i..n`), a strip has only the columns that one of its rows needs.

use super::contract::address;
use super::flatten::{for_each_inst, writes};
use super::forms::Forms;
use super::inst::{Buf, Inst, Reg};
use super::invariant::set_by;
use super::ir::{Code, Item, Kernel, Loop, Mark, Origin};
use super::marks::folds;
use super::promote::new_reg;
use super::ranges::{Form, Interval};
use crate::dtype::{DType, Literal};

/// The library packs the right operand anew in each strip: with fewer rows that shows.
const ROWS: i64 = 512;

/// Rectangles of fewer elements stay whole.
const SMALL: i64 = 1 << 15;

/// Of a triangle, more rows in a strip are columns computed for nothing.
const TRIANGLE_ROWS: i64 = 96;
const TRIANGLE_STRIPS: i64 = 8;
const SMALL_TRIANGLE: i64 = 64;

/// Cuts products into strips everywhere in the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    if kernel.matmuls.is_empty() {
        return;
    }
    let mut code = std::mem::take(&mut kernel.code);
    kernel.code = code.clone();
    let forms = Forms::of(kernel);
    let writes = writes(&mut code, kernel.regs.len());
    list(kernel, &forms, &writes, &mut code);
    kernel.code = code;
}

fn list(kernel: &mut Kernel, forms: &Forms, writes: &[u32], code: &mut Code) {
    let mut k = 0;
    while k < code.len() {
        if matches!(code[k], Item::Loop(_))
            && let Some(removed) = cut(kernel, forms, writes, code, k)
        {
            k -= removed;
        } else {
            match &mut code[k] {
                Item::Inst(..) => {}
                Item::Loop(l) => list(kernel, forms, writes, &mut l.body),
                Item::While(w) => list(kernel, forms, writes, &mut w.body),
                Item::Branch(b) => b.arms.iter_mut().for_each(|(arm, _)| list(kernel, forms, writes, arm)),
            }
        }
        k += 1;
    }
}

/// A product that a loop can compute strip by strip.
struct Product {
    /// Where it stands in the list.
    at: usize,
    id: u16,
    /// The first and the last column that an iteration reads, in terms of the loop's index.
    columns: [Form; 2],
}

impl Product {
    fn is_triangle(&self) -> bool {
        self.columns.iter().any(|column| !column.terms.is_empty())
    }
}

/// Makes strips of the products that the loop at `k` reads; how many items before it are gone.
fn cut(kernel: &mut Kernel, forms: &Forms, writes: &[u32], code: &mut Code, k: usize) -> Option<usize> {
    let Item::Loop(l) = &code[k] else { return None };
    let plain = l.stride == 1 && l.guard.is_none() && l.moves.is_empty();
    let (first, end) = forms.bounds(l.iv)?;
    if !plain || !first.terms.is_empty() || !end.terms.is_empty() {
        return None;
    }
    let (first, end) = (first.constant, end.constant);
    let m = end.checked_sub(first)?;
    let set = code[..k]
        .iter()
        .position(|item| matches!(item, Item::Inst(Inst::Mov { dst, .. }, _) if *dst == l.iv))?;
    let products: Vec<Product> = (0..k)
        .filter_map(|at| product(kernel, forms, writes, code, at, k))
        .filter(|p| kernel.matmuls[usize::from(p.id)].m == m)
        .collect();
    let strips = match products.iter().any(Product::is_triangle) {
        true if m < SMALL_TRIANGLE => 1,
        true => (m / TRIANGLE_ROWS).clamp(2, TRIANGLE_STRIPS),
        false => {
            let largest = products.iter().map(|p| kernel.matmuls[usize::from(p.id)].row).max()?;
            if m.saturating_mul(largest) < SMALL { 1 } else { (m - 1) / ROWS + 1 }
        }
    };
    if strips < 2 {
        return None;
    }
    let Item::Loop(l) = std::mem::replace(&mut code[k], Item::Inst(Inst::Halt, None)) else { return None };
    code[k] = Item::Loop(Box::new(Strips { kernel, first, end, strips }.around(*l, &products)));
    let mut gone: Vec<usize> = products.iter().map(|p| p.at).chain([set]).collect();
    gone.sort_unstable();
    gone.iter().rev().for_each(|&at| drop(code.remove(at)));
    // Where the new index is set.
    let Item::Loop(l) = &code[k - gone.len()] else { return None };
    let start = Inst::Mov { dst: l.iv, a: kernel.zero };
    code.insert(k - gone.len(), start.into());
    Some(gone.len() - 1)
}

/// The product at `at`, where nobody but the loop at `k` reads it, and each iteration one row.
fn product(
    kernel: &Kernel,
    forms: &Forms,
    writes: &[u32],
    code: &Code,
    at: usize,
    k: usize,
) -> Option<Product> {
    let Item::Inst(Inst::Matmul { id, n, left, right, dst, a, b }, _) = code[at] else { return None };
    let Item::Loop(l) = &code[k] else { return None };
    let once = [n, left, right].iter().all(|r| writes[r.index()] <= 1);
    let temporary = kernel.slots[dst.index()].origin == Origin::Temporary && !kernel.returned.contains(&dst);
    if !once || !temporary || kernel.constant(n).is_none() {
        return None;
    }
    // Everything that touches the result is in the loop, and the operands are the same until its end.
    let touching = |code: &[Item]| {
        let mut found = Vec::new();
        for_each_inst(&mut code.to_vec(), &mut |inst| {
            if inst.bufs().contains(&Some(dst)) {
                found.push(*inst);
            }
        });
        found
    };
    let loads = touching(&code[k..=k]);
    let mut same = true;
    for_each_inst(&mut code[at + 1..=k].to_vec(), &mut |inst| {
        same &= inst.is_load() || !inst.bufs().iter().any(|&buf| buf == Some(a) || buf == Some(b));
    });
    if !same || loads.is_empty() || touching(&kernel.code).len() != loads.len() + 1 {
        return None;
    }
    let row = kernel.matmuls[usize::from(id)].row;
    let origin = Form::leaf(l.iv).scale(row)?;
    let origin = origin.sub(&Form::constant(forms.bounds(l.iv)?.0.constant.checked_mul(row)?))?;
    let inside = set_by(l);
    let all = [0, row - 1].map(Form::constant);
    let mut columns: Option<[Form; 2]> = None;
    for load in loads {
        if !matches!(load, Inst::Load8 { .. } | Inst::Load4 { .. }) {
            return None;
        }
        let column = forms.address(kernel, &load)?.sub(&origin)?;
        if !forms.interval(&column).within(Interval::new(0, i128::from(row) - 1)) {
            return None;
        }
        let reach = |upper: bool| {
            let form = forms.extreme_over(column.clone(), upper, &|r| r != l.iv && inside.contains(&r));
            form.filter(|form| form.terms.iter().all(|t| t.0 == l.iv))
                .unwrap_or(all[usize::from(upper)].clone())
        };
        let own = [reach(false), reach(true)];
        columns = match columns {
            Some(others) if others != own => Some(all.clone()),
            _ => Some(own),
        };
    }
    Some(Product { at, id, columns: columns? })
}

/// Strips of the iterations from `first` until `end`.
struct Strips<'k> {
    kernel: &'k mut Kernel,
    first: i64,
    end: i64,
    strips: i64,
}

impl Strips<'_> {
    /// The loop over the strips, around the loop over the rows of one.
    fn around(mut self, mut l: Loop, products: &[Product]) -> Loop {
        let rows = (self.end - self.first - 1) / self.strips + 1;
        let mut code = Code::new();
        let iv = self.register(Interval::new(0, i128::from(self.strips) - 1));
        let (least, end) = (i128::from(self.first), i128::from(self.end));
        let start = Form::leaf(iv).scale(rows).and_then(|rows| rows.add(&Form::constant(self.first)));
        let start = self.value(&mut code, &start.unwrap_or_default(), Interval::new(least, end - 1));
        let behind = self.plus(&mut code, start, rows);
        let behind = self.clamped(&mut code, behind, [self.first + 1, self.end]);
        let last = self.plus(&mut code, behind, -1);
        // All strips have as many rows: the last one begins with rows that the one before it has as well.
        let from = self.clamped(&mut code, start, [self.first, self.end - rows]);
        for product in products {
            let id = usize::from(product.id);
            let matmul = self.kernel.matmuls[id];
            let (row, dst) = (matmul.row, matmul.dst);
            let mut column = |forms: &Form, upper: bool, code: &mut Code| match forms.terms[..] {
                [(_, c)] => {
                    // Of all rows, the one that reaches farthest.
                    let at = if (c > 0) == upper { last } else { start };
                    let form = Form::leaf(at).scale(c).and_then(|f| f.add(&Form::constant(forms.constant)));
                    let form = form.unwrap_or_default();
                    let at = self.value(code, &form, Interval::of(DType::I64));
                    self.clamped(code, at, [0, row - 1])
                }
                _ => folds::constant(self.kernel, Literal::I64(forms.constant.clamp(0, row - 1))),
            };
            let least = column(&product.columns[0], false, &mut code);
            let most = column(&product.columns[1], true, &mut code);
            let form = |code: &mut Code, terms: &[(Reg, i64)], constant: i64, strips: &mut Self| {
                let mut sum = Some(Form::constant(constant));
                for &(r, c) in terms {
                    let term = match strips.kernel.constant(r).and_then(Literal::as_i128) {
                        Some(x) => i64::try_from(x).ok().and_then(|x| x.checked_mul(c)).map(Form::constant),
                        None => Form::leaf(r).scale(c),
                    };
                    sum = sum.and_then(|sum| sum.add(&term?));
                }
                strips.value(code, &sum.unwrap_or_default(), Interval::of(DType::I64))
            };
            let n = form(&mut code, &[(most, 1), (least, -1)], 1, &mut self);
            let n = self.clamped(&mut code, n, [0, row]);
            let (left, right) = (matmul.left, matmul.right);
            let below = -self.first * left.row;
            let left_at = form(&mut code, &[(left.offset, 1), (from, left.row)], below, &mut self);
            let right_at = form(&mut code, &[(right.offset, 1), (least, right.column)], 0, &mut self);
            // What a load adds to its address.
            let shift = form(&mut code, &[(from, -row), (least, -1)], self.first * row, &mut self);
            let stored = &mut self.kernel.matmuls[id];
            (stored.m, stored.n, stored.left.offset, stored.right.offset) = (rows, n, left_at, right_at);
            self.kernel.slots[dst.index()].shape = vec![rows as usize, row as usize];
            let (a, b) = (left.buf, right.buf);
            code.push(Inst::Matmul { id: product.id, n, left: left_at, right: right_at, dst, a, b }.into());
            redirect(self.kernel, &mut l.body, dst, dst, shift);
        }
        if let Some(site) = l.site {
            let what = match products.iter().any(Product::is_triangle) {
                true => ", each with the columns that its rows need",
                false => "",
            };
            self.kernel.notes.push((site, format!("in strips of {rows} rows{what}")));
        }
        code.push(Inst::Mov { dst: l.iv, a: start }.into());
        code.push(Item::Loop(Box::new(Loop { end: behind, max_trips: Some(rows as u64), ..l })));
        Loop {
            site: None,
            iv,
            end: folds::constant(self.kernel, Literal::I64(self.strips)),
            step: folds::constant(self.kernel, Literal::I64(1)),
            stride: 1,
            guard: None,
            max_trips: Some(self.strips as u64),
            body: code,
            moves: Vec::new(),
            strip: None,
            mark: Mark::default(),
        }
    }

    fn register(&mut self, range: Interval) -> Reg {
        let r = new_reg(self.kernel, DType::I64);
        self.kernel.ranges[r.index()] = range;
        r
    }

    fn value(&mut self, code: &mut Code, form: &Form, range: Interval) -> Reg {
        let r = address(self.kernel, code, form);
        if self.kernel.constant(r).is_none() {
            self.kernel.ranges[r.index()] = self.kernel.ranges[r.index()].and(range);
        }
        r
    }

    fn plus(&mut self, code: &mut Code, a: Reg, n: i64) -> Reg {
        let range = self.kernel.ranges[a.index()].add(Interval::point(n.into()));
        let (dst, b) = (self.register(range), folds::constant(self.kernel, Literal::I64(n)));
        code.push(Inst::AddI { dst, a, b }.into());
        dst
    }

    fn clamped(&mut self, code: &mut Code, r: Reg, [least, most]: [i64; 2]) -> Reg {
        let bounds = Interval::new(least.into(), most.into());
        if self.kernel.constant(r).is_some() || self.kernel.ranges[r.index()].within(bounds) {
            return r;
        }
        let b = folds::constant(self.kernel, Literal::I64(most));
        let below = self.register(Interval::new(i64::MIN.into(), most.into()));
        code.push(Inst::MinS { dst: below, a: r, b }.into());
        let b = folds::constant(self.kernel, Literal::I64(least));
        let dst = self.register(bounds);
        code.push(Inst::MaxS { dst, a: below, b }.into());
        dst
    }
}

/// Loads from one slot and stores to it go to another one (or the same), with something added to the address.
pub(super) fn redirect(kernel: &mut Kernel, code: &mut Code, from: Buf, to: Buf, by: Reg) {
    let mut k = 0;
    while k < code.len() {
        match &mut code[k] {
            Item::Inst(
                Inst::Load8 { buf, base, idx, .. }
                | Inst::Load4 { buf, base, idx, .. }
                | Inst::Store8 { buf, base, idx, .. },
                _,
            ) if *buf == from => {
                *buf = to;
                let zero = |r: &Reg| kernel.constant(*r).and_then(Literal::as_i128) == Some(0);
                if zero(base) {
                    *base = by;
                } else if zero(idx) {
                    *idx = by;
                } else {
                    let a = *base;
                    let dst = new_reg(kernel, DType::I64);
                    *base = dst;
                    code.insert(k, Inst::AddI { dst, a, b: by }.into());
                    k += 1;
                }
            }
            Item::Inst(..) => {}
            Item::Loop(l) => redirect(kernel, &mut l.body, from, to, by),
            Item::While(w) => {
                redirect(kernel, &mut w.head, from, to, by);
                redirect(kernel, &mut w.body, from, to, by);
            }
            Item::Branch(b) => b.arms.iter_mut().for_each(|(arm, _)| redirect(kernel, arm, from, to, by)),
        }
        k += 1;
    }
}
