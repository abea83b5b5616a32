//! The loops that write what is left of a copy or of a fill.

use super::boxes::{Block, stride};
use super::{How, Whole};
use crate::dtype::{DType, Literal};
use crate::kernel::copies::Copies;
use crate::kernel::inst::{Buf, Inst, Reg};
use crate::kernel::ir::{Code, Item, Kernel, Loop};
use crate::kernel::lower::{Address, load_inst, with_dst};
use crate::kernel::marks::folds;
use crate::kernel::promote::new_reg;
use crate::kernel::ranges::Interval;
use std::collections::BTreeSet;

/// Writes the elements of one box as the whole is written.
pub(super) fn edge(kernel: &mut Kernel, whole: &Whole, block: &Block) -> Code {
    let shape = &kernel.slots[whole.buf.index()].shape.clone()[..];
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
            vec![load.into(), store(kernel, whole.buf, value, at).into()]
        }
        How::Constant(value) => vec![store(kernel, whole.buf, *value, at).into()],
        How::Fill(l) => {
            let mut copies = Copies::new(kernel);
            copies.rename(l.iv, at);
            copies.code(&l.body, &[], &BTreeSet::new()).0
        }
    }
}

fn store(kernel: &Kernel, buf: Buf, val: Reg, idx: Reg) -> Inst {
    let (base, off) = (kernel.zero, 0);
    match kernel.slots[buf.index()].dtype.size() {
        8 => Inst::Store8 { val, buf, base, idx, off },
        4 => Inst::Store4 { val, buf, base, idx, off },
        _ => Inst::Store1 { val, buf, base, idx, off },
    }
}

fn index(kernel: &mut Kernel, range: Interval) -> Reg {
    let r = new_reg(kernel, DType::I64);
    kernel.ranges[r.index()] = range;
    r
}
