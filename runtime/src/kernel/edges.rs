//! Copies and fills of which only the edges are read: `let mut next = u.clone()` copies an array of which a stencil then
//! overwrites all but the boundary. What it overwrites is a box in the indices of the array, so what is left is a few
//! boxes around it, which are copied by loops of their own.

use super::copies::{Copies, REGISTERS};
use super::forms::Forms;
use super::inst::{Buf, Inst, Reg};
use super::ir::{Code, Item, Kernel, Loop, for_each_code};
use super::lower::{Address, load_inst, with_dst};
use super::marks::folds;
use super::memory::{filled, insts, reads, touches};
use super::promote::new_reg;
use super::ranges::Interval;
use crate::dtype::{DType, Literal};
use std::collections::BTreeSet;

/// Smaller arrays are not worth it.
const SMALL: usize = 64;

/// Everywhere in the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    let forms = Forms::of(kernel);
    let mut code = std::mem::take(&mut kernel.code);
    for_each_code(&mut code, &mut |list| {
        for k in (0..list.len()).rev() {
            let Some(whole) = Whole::of(kernel, &forms, &list[k]) else { continue };
            let Some(next) = list[k + 1..].iter().find(|item| touches(item, whole.buf)) else { continue };
            let shape = kernel.slots[whole.buf.index()].shape.clone();
            let count: usize = shape.iter().product();
            let Some(inner) = overwritten(kernel, &forms, next, whole.buf, &shape) else { continue };
            let left = around(&inner, &shape);
            let worth_it = count >= SMALL && 2 * left.iter().map(Block::count).sum::<usize>() <= count;
            if worth_it && kernel.regs.len() <= REGISTERS {
                let code =
                    left.iter().flat_map(|block| edge(kernel, &whole, block, &shape)).collect::<Code>();
                list.splice(k..=k, code);
            }
        }
    });
    kernel.code = code;
}

/// Something that writes a whole buffer, element by element, and does nothing else.
struct Whole {
    buf: Buf,
    how: How,
}

enum How {
    Copy(Buf),
    /// The same computation for each element, by this loop.
    Fill(Loop),
}

impl Whole {
    fn of(kernel: &Kernel, forms: &Forms, item: &Item) -> Option<Whole> {
        if let Item::Inst(Inst::CopyBuf { dst, src }, None) = item {
            return (dst != src).then_some(Whole { buf: *dst, how: How::Copy(*src) });
        }
        let (buf, Item::Loop(l)) = (filled(item)?, item) else { return None };
        // One store, to the element with the number of the iteration.
        let (mut stores, mut plain) = (0, !reads(item, buf));
        insts(item, &mut |inst| {
            if inst.is_store() {
                let form = forms.address(kernel, inst);
                plain &= form.is_some_and(|form| form.constant == 0 && form.terms == [(l.iv, 1)]);
                stores += 1;
            }
        });
        let count = kernel.slots[buf.index()].count() as i128;
        let all = forms.starts_at_zero(kernel, l.iv) && l.max_trips.map(i128::from) == Some(count);
        let straight = l.body.iter().all(|item| matches!(item, Item::Inst(..)));
        let fits = plain && stores == 1 && all && straight && l.stride == 1 && l.guard.is_none();
        fits.then(|| Whole { buf, how: How::Fill((**l).clone()) })
    }
}

/// A box of elements: along each axis the first and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Block(Vec<(usize, usize)>);

impl Block {
    fn count(&self) -> usize {
        self.0.iter().map(|axis| axis.1).product()
    }
}

/// The elements that the nest overwrites whatever happens, if it reads none and they are a box.
fn overwritten(kernel: &Kernel, forms: &Forms, item: &Item, buf: Buf, shape: &[usize]) -> Option<Block> {
    let Item::Loop(l) = item else { return None };
    if reads(item, buf) { None } else { stored(kernel, forms, l, &mut Vec::new(), buf, shape) }
}

fn stored<'l>(
    kernel: &Kernel,
    forms: &Forms,
    l: &'l Loop,
    nest: &mut Vec<&'l Loop>,
    buf: Buf,
    shape: &[usize],
) -> Option<Block> {
    // Without a guard it runs at least once.
    if l.guard.is_some() || l.stride != 1 {
        return None;
    }
    nest.push(l);
    let found = l.body.iter().find_map(|item| match item {
        Item::Inst(inst, _) if inst.is_store() && inst.bufs()[0] == Some(buf) => {
            block(kernel, forms, nest, inst, shape)
        }
        Item::Loop(inner) => stored(kernel, forms, inner, nest, buf, shape),
        _ => None,
    });
    nest.pop();
    found
}

/// The elements that this store writes while the counters of the nest run.
fn block(kernel: &Kernel, forms: &Forms, nest: &[&Loop], inst: &Inst, shape: &[usize]) -> Option<Block> {
    let form = forms.address(kernel, inst)?;
    let mut first = form.constant;
    let mut lengths = vec![1; shape.len()];
    for &(r, c) in &form.terms {
        let l = nest.iter().find(|l| l.iv == r)?;
        let (from, until) = forms.bounds(r)?;
        if !from.terms.is_empty()
            || !until.terms.is_empty()
            || l.max_trips? as i64 != until.constant - from.constant
        {
            return None;
        }
        let axis = (0..shape.len()).find(|&axis| stride(shape, axis) as i64 == c && lengths[axis] == 1)?;
        lengths[axis] = usize::try_from(until.constant - from.constant).ok()?;
        first += c * from.constant;
    }
    let mut rest = usize::try_from(first).ok()?;
    let mut axes = Vec::with_capacity(shape.len());
    for (axis, &length) in lengths.iter().enumerate() {
        let start = rest / stride(shape, axis);
        rest %= stride(shape, axis);
        if start + length > shape[axis] {
            return None;
        }
        axes.push((start, length));
    }
    Some(Block(axes))
}

fn stride(shape: &[usize], axis: usize) -> usize {
    shape[axis + 1..].iter().product::<usize>().max(1)
}

/// What is outside of the box: below and above it along each axis, inside it along those before, everything along
/// those behind.
fn around(inner: &Block, shape: &[usize]) -> Vec<Block> {
    let mut found = Vec::new();
    for (axis, &(start, length)) in inner.0.iter().enumerate() {
        let end = start + length;
        for part in [(0, start), (end, shape[axis] - end)] {
            if part.1 > 0 {
                let behind = shape[axis + 1..].iter().map(|&n| (0, n));
                found.push(Block(inner.0[..axis].iter().copied().chain([part]).chain(behind).collect()));
            }
        }
    }
    found
}

/// Writes the elements of one box as the whole is written.
fn edge(kernel: &mut Kernel, whole: &Whole, block: &Block, shape: &[usize]) -> Code {
    // Axes behind the last one that is cut are one stretch of memory.
    let cut = (0..shape.len()).rposition(|axis| block.0[axis] != (0, shape[axis])).unwrap_or(0);
    let unit = stride(shape, cut);
    let (last, outer) = (block.0[cut], &block.0[..cut]);
    let first: usize = (0..=cut).map(|axis| block.0[axis].0 * stride(shape, axis)).sum();
    let ends: usize = outer.iter().enumerate().map(|(axis, &(_, n))| (n - 1) * stride(shape, axis)).sum();
    let mut loops: Vec<(usize, usize)> =
        outer.iter().enumerate().map(|(axis, &(_, n))| (n, stride(shape, axis))).collect();
    loops.push((last.1 * unit, 1));
    loops.retain(|l| l.0 > 1);
    // The number of the element is a sum over the loops.
    let most = first + ends + last.1 * unit - 1;
    let range = Interval::new(first as i128, most as i128);
    let mut at = folds::constant(kernel, Literal::I64(first as i64));
    let mut nest = Vec::new();
    for &(trips, step) in &loops {
        let iv = index(kernel, Interval::new(0, trips as i128 - 1));
        let mut code = Code::new();
        let way = match step {
            1 => iv,
            _ => {
                let way = index(kernel, Interval::new(0, ((trips - 1) * step) as i128));
                let b = folds::constant(kernel, Literal::I64(step as i64));
                code.push(Inst::MulI { dst: way, a: iv, b }.into());
                way
            }
        };
        let sum = index(kernel, range);
        code.push(Inst::AddI { dst: sum, a: at, b: way }.into());
        at = sum;
        nest.push((iv, trips, code));
    }
    let mut code = element(kernel, whole, at);
    for (iv, trips, before) in nest.into_iter().rev() {
        let body = before.into_iter().chain(code).collect();
        let mut number = |x: usize| folds::constant(kernel, Literal::I64(x as i64));
        let (zero, end, step) = (number(0), number(trips), number(1));
        let l = Loop::counted(iv, [end, step], trips as u64, body);
        code = vec![Inst::Mov { dst: iv, a: zero }.into(), Item::Loop(Box::new(l))];
    }
    code
}

/// Writes one element.
fn element(kernel: &mut Kernel, whole: &Whole, at: Reg) -> Code {
    match &whole.how {
        How::Copy(src) => {
            let dtype = kernel.slots[whole.buf.index()].dtype;
            let value = new_reg(kernel, dtype);
            let (base, idx, off) = (kernel.zero, at, 0);
            let load = with_dst(load_inst(dtype, *src, Address { base, idx, off }), value);
            let (val, buf) = (value, whole.buf);
            let store = match dtype.size() {
                8 => Inst::Store8 { val, buf, base, idx, off },
                4 => Inst::Store4 { val, buf, base, idx, off },
                _ => Inst::Store1 { val, buf, base, idx, off },
            };
            vec![load.into(), store.into()]
        }
        How::Fill(l) => {
            let mut copies = Copies::new(kernel);
            copies.rename(l.iv, at);
            copies.code(&l.body, &[], &BTreeSet::new()).0
        }
    }
}

fn index(kernel: &mut Kernel, range: Interval) -> Reg {
    let r = new_reg(kernel, DType::I64);
    kernel.ranges[r.index()] = range;
    r
}
