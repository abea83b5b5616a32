//! Passes on the code tree: copies forwarded, dead code dropped, pairs of instructions fused, and values
//! computed straight into the register that carries them.

use super::inst::{Inst, Reg, Role};
use super::ir::{Code, Item, for_each_code, for_each_reg};
use crate::dtype::DType;
use crate::hash::HashMap;

/// The pipeline. `outputs` are registers that are read after the code.
pub(super) fn simplify(code: &mut Code, registers: &[DType], outputs: &mut [Reg]) {
    forward_copies(code, registers, outputs);
    drop_dead(code, registers.len(), outputs);
}

/// What comes after strips are planned.
pub(super) fn finish(code: &mut Code, registers: usize, outputs: &[Reg]) {
    let uses = count_uses(code, registers, outputs);
    for_each_code(code, &mut |list| fuse(list, &uses));
    coalesce(code);
}

pub(super) fn count_uses(code: &mut Code, registers: usize, outputs: &[Reg]) -> Vec<u32> {
    let mut uses = vec![0; registers];
    for_each_reg(code, &mut |role, r| {
        if role != Role::Write {
            uses[r.index()] += 1;
        }
    });
    outputs.iter().for_each(|r| uses[r.index()] += 1);
    uses
}

/// Replaces the result of a `Mov` by its source where the result has no other definition. The source may
/// be a carried register: it changes only at the end of the iteration in which the copy was made. A bool that counts
/// iterations is copied into an integer, which stays.
fn forward_copies(code: &mut Code, registers: &[DType], outputs: &mut [Reg]) {
    let mut writes = vec![0u32; registers.len()];
    for_each_reg(code, &mut |role, r| {
        if role != Role::Read {
            writes[r.index()] += 1;
        }
    });
    let mut source: HashMap<Reg, Reg> = HashMap::default();
    let mut counts = Vec::new();
    for_each_code(code, &mut |list| {
        for item in list {
            match item {
                Item::Inst(Inst::Mov { dst, a }, _) if writes[dst.index()] == 1 => {
                    source.insert(*dst, *a);
                }
                Item::Loop(l) => counts.extend([l.end].into_iter().chain(l.guard.map(|(count, _)| count))),
                _ => {}
            }
        }
    });
    for mut count in counts {
        while let Some(&of) = source.get(&count) {
            if registers[of.index()] == DType::Bool {
                source.remove(&count);
            }
            count = of;
        }
    }
    for_each_code(code, &mut |list| {
        list.retain(|item| !matches!(item, Item::Inst(Inst::Mov { dst, .. }, _) if source.contains_key(dst)));
    });
    let resolve = |r: &mut Reg| {
        while let Some(&s) = source.get(r) {
            *r = s;
        }
    };
    for_each_reg(code, &mut |_, r| resolve(r));
    outputs.iter_mut().for_each(resolve);
}

/// Drops pure instructions and moves whose results nobody reads.
pub(super) fn drop_dead(code: &mut Code, registers: usize, outputs: &[Reg]) {
    let mut uses = count_uses(code, registers, outputs);
    loop {
        let mut dropped = 0;
        for_each_code(code, &mut |list| {
            let mut kept = Vec::with_capacity(list.len());
            for item in list.drain(..).rev() {
                let dead = match &item {
                    Item::Inst(inst, _) => {
                        inst.is_pure() && inst.dst().is_some_and(|dst| uses[dst.index()] == 0)
                    }
                    _ => false,
                };
                match item {
                    Item::Inst(inst, _) if dead => {
                        dropped += 1;
                        inst.reads().for_each(|r| uses[r.index()] -= 1);
                    }
                    mut item => {
                        drop_moves(&mut item, &mut uses, &mut dropped);
                        kept.push(item);
                    }
                }
            }
            kept.reverse();
            *list = kept;
        });
        if dropped == 0 {
            return;
        }
    }
}

/// Moves to registers that nobody reads.
fn drop_moves(item: &mut Item, uses: &mut [u32], dropped: &mut usize) {
    let mut sweep = |moves: &mut Vec<(Reg, Reg)>| {
        moves.retain(|&(d, s)| {
            let dead = uses[d.index()] == 0;
            if dead {
                uses[s.index()] -= 1;
                *dropped += 1;
            }
            !dead
        });
    };
    match item {
        Item::Inst(..) => {}
        Item::Loop(l) => sweep(&mut l.moves),
        Item::While(w) => sweep(&mut w.moves),
        Item::Branch(b) => b.arms.iter_mut().for_each(|(_, moves)| sweep(moves)),
    }
}

/// In place of an instruction that another one took in.
const TAKEN: Inst = Inst::Mov { dst: Reg(u16::MAX), a: Reg(u16::MAX) };

/// Joins a value that is used once with the instruction that uses it.
fn fuse(list: &mut Code, uses: &[u32]) {
    // Where in the current run of plain instructions a register is set.
    let mut set: HashMap<Reg, usize> = HashMap::default();
    for k in 0..list.len() {
        let Item::Inst(inst, trap) = list[k] else {
            set.clear();
            continue;
        };
        let mut inst = inst;
        // A store may take in an addition that itself took in a load.
        while let Some((fused, j)) = fuse_one(list, k, inst, &set, uses) {
            list[j] = Item::Inst(TAKEN, None);
            inst = fused;
        }
        list[k] = Item::Inst(inst, trap);
        if let Some(dst) = inst.dst() {
            set.insert(dst, k);
        }
    }
    list.retain(|item| !matches!(item, Item::Inst(TAKEN, None)));
}

/// `list[k]`, now `inst`, joined with an earlier instruction, and the position of that one.
fn fuse_one(
    list: &[Item],
    k: usize,
    inst: Inst,
    set: &HashMap<Reg, usize>,
    uses: &[u32],
) -> Option<(Inst, usize)> {
    use Inst::*;
    let earlier = |r: Reg| -> Option<(Inst, usize)> {
        let &j = set.get(&r)?;
        match list[j] {
            Item::Inst(found, None) if uses[r.index()] == 1 && found.dst() == Some(r) => Some((found, j)),
            _ => None,
        }
    };
    // A load can be done later when nothing in between writes to its slot.
    let load = |r: Reg| -> Option<(Inst, usize)> {
        let (found, j) = earlier(r)?;
        let Load8 { buf, .. } = found else { return None };
        let untouched = list[j + 1..k].iter().all(|item| match item {
            Item::Inst(i, _) => i.is_load() || !i.bufs().contains(&Some(buf)),
            _ => false,
        });
        untouched.then_some((found, j))
    };
    let product = |r: Reg| match earlier(r) {
        Some((MulF64 { a, b, .. }, j)) => Some((a, b, j)),
        _ => None,
    };
    match inst {
        AddF64 { dst, a, b } => {
            for (p, c) in [(b, a), (a, b)] {
                if let Some((a, b, j)) = product(p) {
                    return Some((MulAddF64 { dst, a, b, c }, j));
                }
            }
            for (l, a) in [(b, a), (a, b)] {
                if let Some((Load8 { buf, base, idx, off, .. }, j)) = load(l) {
                    return Some((AddLoad8 { dst, a, buf, base, idx, off }, j));
                }
            }
            None
        }
        SubF64 { dst, a, b } => {
            if let Some((x, y, j)) = product(b) {
                return Some((RsubMulF64 { dst, a: x, b: y, c: a }, j));
            }
            if let Some((x, y, j)) = product(a) {
                return Some((MulSubF64 { dst, a: x, b: y, c: b }, j));
            }
            if let Some((Load8 { buf, base, idx, off, .. }, j)) = load(b) {
                return Some((SubLoad8 { dst, a, buf, base, idx, off }, j));
            }
            if let Some((Load8 { buf, base, idx, off, .. }, j)) = load(a) {
                return Some((RsubLoad8 { dst, a: b, buf, base, idx, off }, j));
            }
            None
        }
        MulF64 { dst, a, b } => {
            for (l, a) in [(b, a), (a, b)] {
                if let Some((Load8 { buf, base, idx, off, .. }, j)) = load(l) {
                    return Some((MulLoad8 { dst, a, buf, base, idx, off }, j));
                }
            }
            None
        }
        Store8 { val, buf, base, idx, off } => match earlier(val)? {
            (AddLoad8 { a, buf: b2, base: base2, idx: idx2, off: off2, .. }, j)
                if (buf, base, idx, off) == (b2, base2, idx2, off2) =>
            {
                let untouched = list[j + 1..k].iter().all(|item| match item {
                    Item::Inst(i, _) => i.is_load() || !i.bufs().contains(&Some(buf)),
                    _ => false,
                });
                untouched.then_some((AddTo8 { val: a, buf, base, idx, off }, j))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Computes a carried or merged value in the register where it is wanted.
fn coalesce(code: &mut Code) {
    for item in code {
        match item {
            Item::Inst(..) => {}
            Item::Loop(l) => {
                coalesce_moves(&mut l.body, &mut l.moves);
                coalesce(&mut l.body);
            }
            Item::While(w) => {
                coalesce_moves(&mut w.body, &mut w.moves);
                coalesce(&mut w.head);
                coalesce(&mut w.body);
            }
            Item::Branch(b) => {
                for (code, moves) in &mut b.arms {
                    coalesce_moves(code, moves);
                    coalesce(code);
                }
            }
        }
    }
}

fn coalesce_moves(code: &mut Code, moves: &mut Vec<(Reg, Reg)>) {
    for k in 0..moves.len() {
        let (to, from) = moves[k];
        // Neither may the old value still be wanted, nor may the value be in its place for another carry.
        if to == from || moves.iter().any(|&(d, s)| s == to || d == from) {
            continue;
        }
        let Some(first) = code.iter_mut().position(|item| sets_directly(item, from)) else { continue };
        let mut others = false;
        for (j, item) in code.iter_mut().enumerate() {
            for_each_reg(std::slice::from_mut(item), &mut |role, r| {
                let clash = *r == to && (j > first || (role != Role::Read && j != first));
                let before = *r == from && j < first;
                others |= clash || before;
            });
        }
        if others {
            continue;
        }
        for_each_reg(code, &mut |_, r| {
            if *r == from {
                *r = to;
            }
        });
        for (_, s) in moves.iter_mut() {
            if *s == from {
                *s = to;
            }
        }
        moves[k] = (to, to);
    }
    moves.retain(|(d, s)| d != s);
}

/// The item sets `r` as its own result, after everything that it reads.
fn sets_directly(item: &mut Item, r: Reg) -> bool {
    match item {
        Item::Inst(inst, _) => inst.dst() == Some(r),
        Item::Branch(b) => b.arms.iter().any(|(_, moves)| moves.iter().any(|&(d, _)| d == r)),
        _ => false,
    }
}
