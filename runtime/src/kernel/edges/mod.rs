//! Copies and fills of which only the edges are read: `let mut next = u.clone()` copies an array of which a stencil then
//! overwrites all but the boundary. What it overwrites is a box in the indices of the array, so what is left is a few
//! boxes around it, which are copied by loops of their own.
//!
//! | file | holds |
//! | --- | --- |
//! | `boxes.rs` | boxes of elements, and which of them code touches |
//! | `known.rs` | loads of what a fill left |
//! | `write.rs` | the loops for the edges |

mod boxes;
mod known;
mod write;

use super::copies::REGISTERS;
use super::forms::Forms;
use super::inst::{Buf, Inst, Reg};
use super::ir::{Item, Kernel, Loop, for_each_code};
use super::memory::{filled, insts, reads, touches};
pub(super) use boxes::Written;
use boxes::{Block, accesses, overwritten};
use known::Fill;

/// Smaller arrays are not worth it.
const SMALL: usize = 64;

/// Loads of what a fill left, everywhere in the kernel.
pub(super) fn known(kernel: &mut Kernel) {
    known::run(kernel);
}

/// Everywhere in the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    let forms = Forms::of(kernel);
    let mut code = std::mem::take(&mut kernel.code);
    for_each_code(&mut code, &mut |list| {
        for k in (0..list.len()).rev() {
            let Some(whole) = Whole::of(kernel, &forms, &list[k]) else { continue };
            let Some(inner) = whole.overwritten(kernel, &forms, &list[k + 1..]) else { continue };
            let count = whole.block.count();
            let left = whole.block.around(&inner);
            let worth_it = count >= SMALL && 2 * left.iter().map(Block::count).sum::<usize>() <= count;
            if worth_it && kernel.regs.len() <= REGISTERS {
                let code = left.iter().flat_map(|block| write::edge(kernel, &whole, block));
                let code: Vec<_> = code.collect();
                list.splice(k..=k, code);
            }
        }
    });
    kernel.code = code;
}

/// Something that writes a box of a buffer, element by element, and does nothing else.
struct Whole {
    buf: Buf,
    block: Block,
    how: How,
}

enum How {
    Copy(Buf),
    /// The same computation for each element, by this loop.
    Fill(Loop),
    Constant(Reg),
}

impl Whole {
    fn of(kernel: &Kernel, forms: &Forms, item: &Item) -> Option<Whole> {
        let whole = |buf: Buf| Block::whole(&kernel.slots[buf.index()].shape);
        if let Item::Inst(Inst::CopyBuf { dst, src }, None) = item {
            return (dst != src).then(|| Whole { buf: *dst, block: whole(*dst), how: How::Copy(*src) });
        }
        if let Some(Fill { buf, block, value }) = Fill::of(kernel, forms, item) {
            return Some(Whole { buf, block, how: How::Constant(value) });
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
        fits.then(|| Whole { buf, block: whole(buf), how: How::Fill((**l).clone()) })
    }

    /// The most of it, as a box, that an item behind overwrites before anybody reads it.
    fn overwritten(&self, kernel: &Kernel, forms: &Forms, behind: &[Item]) -> Option<Block> {
        let shape = &kernel.slots[self.buf.index()].shape;
        let (mut read, mut found): (Vec<Block>, Option<Block>) = (Vec::new(), None);
        for item in behind.iter().filter(|item| touches(item, self.buf)) {
            let accesses = accesses(kernel, forms, item, self.buf, shape);
            // It may go anywhere.
            let last = accesses.is_none();
            if last && reads(item, self.buf) {
                break;
            }
            let loads = accesses.into_iter().flatten().filter(|a| !a.inst.is_store());
            read.extend(loads.map(|a| a.block));
            let written = overwritten(kernel, forms, item, self.buf, shape);
            found = written
                .and_then(|written| written.and(&self.block))
                .filter(|inner| read.iter().all(|block| !block.meets(inner)))
                .filter(|inner| found.as_ref().is_none_or(|found| found.count() < inner.count()))
                .or(found);
            if last {
                break;
            }
        }
        found
    }
}
