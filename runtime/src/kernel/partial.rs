//! Sums into an array over a loop around it: `for i { .. for j { y[j] += a[[i, j]] * r } }`. Each iteration adds to the
//! same elements, so the iterations depend on each other. Where the loop goes through an array that no cache holds, it
//! is cut into parts with an array of sums each, which are independent; the sums are added up at the end, in the order
//! of the parts. How many parts there are does not depend on the threads.

use super::contract::address;
use super::flatten::for_each_inst;
use super::forms::Forms;
use super::inst::{Buf, Inst, Reg};
use super::ir::{Code, Item, Kernel, Loop, Mark, Origin, SlotInfo, for_each_code};
use super::marks::{accesses, folds, reads_of};
use super::optimize;
use super::promote::new_reg;
use super::ranges::{Form, Interval};
use super::strips::redirect;
use crate::dtype::{DType, Literal};

/// So many parts keep as many threads busy.
const PARTS: i64 = 16;

/// Shorter loops have hardly more to do than to add up the parts.
const SHORT: i64 = 256;

/// Smaller arrays (in bytes) stay in the caches: reading them is not what takes the time.
const LARGE: usize = 4 << 20;

/// The sums of a part stay in the cache of a core.
const SUMS: usize = 1 << 16;

/// Makes sums in parts everywhere in the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    if optimize::native_arithmetic() {
        return;
    }
    let mut code = std::mem::take(&mut kernel.code);
    kernel.code = code.clone();
    let forms = Forms::of(kernel);
    let reads = reads_of(&mut code, kernel);
    list(kernel, &forms, &reads, &mut code);
    kernel.code = code;
}

fn list(kernel: &mut Kernel, forms: &Forms, reads: &[u32], code: &mut Code) {
    let mut k = 0;
    while k < code.len() {
        let (before, rest) = code.split_at_mut(k);
        match &mut rest[0] {
            Item::Inst(..) => {}
            Item::While(w) => list(kernel, forms, reads, &mut w.body),
            Item::Branch(b) => b.arms.iter_mut().for_each(|(arm, _)| list(kernel, forms, reads, arm)),
            Item::Loop(l) if independent(kernel, forms, l) => {}
            Item::Loop(l) => {
                // Where the index is set, that of the parts will be.
                let sets =
                    |item: &&mut Item| matches!(item, Item::Inst(Inst::Mov { dst, .. }, _) if *dst == l.iv);
                let made = before.iter_mut().rev().find(sets);
                match made.and_then(|set| Some((set, parts(kernel, forms, reads, l)?))) {
                    Some((set, (before, after))) => {
                        *set = Inst::Mov { dst: l.iv, a: kernel.zero }.into();
                        let (n, m) = (before.len(), after.len());
                        code.splice(k + 1..k + 1, after);
                        code.splice(k..k, before);
                        k += n + m;
                    }
                    None => list(kernel, forms, reads, &mut l.body),
                }
            }
        }
        k += 1;
    }
}

fn independent(kernel: &Kernel, forms: &Forms, l: &Loop) -> bool {
    l.max_trips.is_some_and(|trips| accesses::independent(kernel, forms, l, trips))
}

/// Cuts the loop into parts; gives the code before and behind it.
fn parts(kernel: &mut Kernel, forms: &Forms, reads: &[u32], l: &mut Loop) -> Option<(Code, Code)> {
    let (first, end) = forms.bounds(l.iv)?;
    if !first.terms.is_empty() || !end.terms.is_empty() || l.guard.is_some() || !l.moves.is_empty() {
        return None;
    }
    let (first, end) = (first.constant, end.constant);
    let trips = end.checked_sub(first).filter(|&trips| trips >= SHORT)?;
    let read = largest_read(kernel, forms, l).filter(|&bytes| bytes >= LARGE)?;
    let sums = sums(kernel, forms, l, reads)?;
    let bytes = |buf: &Buf| kernel.slots[buf.index()].count() * 8 * PARTS as usize;
    if sums.iter().map(bytes).sum::<usize>() > read / 8 {
        return None;
    }
    // But for the sums, the iterations are independent.
    let mut others = l.clone();
    for_each_code(&mut others.body, &mut |list| {
        list.retain(|item| !matches!(item, Item::Inst(inst, _) if touches(inst, &sums)));
    });
    if !independent(kernel, forms, &others) {
        return None;
    }
    let rows = (trips - 1) / PARTS + 1;
    let (mut before, mut after, mut body) = (Code::new(), Code::new(), Code::new());
    let part = register(kernel, 0, PARTS - 1);
    let start = Form::leaf(part).scale(rows)?.add(&Form::constant(first))?;
    let start = address(kernel, &mut body, &start);
    kernel.ranges[start.index()] = Interval::new(first.into(), i128::from(end) - 1);
    let (most, behind) = (register(kernel, first, end + rows), register(kernel, first + 1, end));
    let (by, end) = (constant(kernel, rows), constant(kernel, end));
    body.push(Inst::AddI { dst: most, a: start, b: by }.into());
    body.push(Inst::MinS { dst: behind, a: most, b: end }.into());
    for &sum in &sums {
        let SlotInfo { dtype, shape, name, .. } = kernel.slots[sum.index()].clone();
        let len = shape.iter().product::<usize>();
        let own = Buf(u16::try_from(kernel.slots.len()).ok()?);
        let shape = vec![PARTS as usize, len];
        kernel.slots.push(SlotInfo { dtype, shape, origin: Origin::Temporary, name: None });
        let len = i64::try_from(len).ok()?;
        let at = address(kernel, &mut body, &Form::leaf(part).scale(len)?);
        kernel.ranges[at.index()] = Interval::new(0, i128::from(len * (PARTS - 1)));
        redirect(kernel, &mut l.body, sum, own, at);
        // Nothing yet: adding that changes nothing, not even the sign of a zero.
        let nothing = folds::constant(kernel, Literal::F64(-0.0));
        let zero = kernel.zero;
        let fill = |_: &mut Kernel, iv| vec![store(own, zero, iv, nothing)];
        counted(kernel, &mut before, len * PARTS, fill);
        counted(kernel, &mut after, PARTS, |kernel, part| {
            let mut body = Code::new();
            let row = register(kernel, 0, len * (PARTS - 1));
            let b = constant(kernel, len);
            body.push(Inst::MulI { dst: row, a: part, b }.into());
            counted(kernel, &mut body, len, |kernel, iv| {
                let [a, b, dst] = [(); 3].map(|()| new_reg(kernel, dtype));
                vec![
                    Inst::Load8 { dst: a, buf: sum, base: zero, idx: iv, off: 0 }.into(),
                    Inst::Load8 { dst: b, buf: own, base: row, idx: iv, off: 0 }.into(),
                    Inst::AddF64 { dst, a, b }.into(),
                    store(sum, zero, iv, dst),
                ]
            });
            body
        });
        let name = name.map_or("an array".to_string(), |name| format!("`{name}`"));
        kernel.notes.extend(l.site.map(|site| (site, format!("adds to {name} in {PARTS} parts"))));
    }
    body.push(Inst::Mov { dst: l.iv, a: start }.into());
    let inner = Loop { site: None, end: behind, max_trips: Some(rows as u64), ..l.clone() };
    body.push(Item::Loop(Box::new(inner)));
    *l = Loop { site: l.site, body, ..plain(kernel, part, PARTS) };
    Some((before, after))
}

/// The bytes of the largest array of which iterations read different elements.
fn largest_read(kernel: &Kernel, forms: &Forms, l: &Loop) -> Option<usize> {
    let mut largest = None;
    for_each_inst(&mut l.body.clone(), &mut |inst| {
        let own = || forms.address(kernel, inst).is_some_and(|form| form.terms.iter().any(|t| t.0 == l.iv));
        if inst.is_load() && own() {
            let slot = inst.bufs()[0].map(|buf| &kernel.slots[buf.index()]);
            largest = largest.max(slot.map(|slot| slot.count() * slot.dtype.size()));
        }
    });
    largest
}

fn touches(inst: &Inst, sums: &[Buf]) -> bool {
    inst.bufs().into_iter().flatten().any(|buf| sums.contains(&buf))
}

/// The arrays that every iteration adds to, where nothing else is done with them.
fn sums(kernel: &Kernel, forms: &Forms, l: &Loop, reads: &[u32]) -> Option<Vec<Buf>> {
    let mut found: Vec<Buf> = Vec::new();
    let mut body = l.body.clone();
    for_each_inst(&mut body, &mut |inst| {
        let Inst::Store8 { buf, .. } = *inst else { return };
        let fixed = |form: Form| form.terms.iter().all(|t| t.0 != l.iv);
        if !found.contains(&buf) && forms.address(kernel, inst).is_some_and(fixed) {
            found.push(buf);
        }
    });
    let mut fine = !found.is_empty();
    for_each_code(&mut body, &mut |list| {
        let insts: Vec<Inst> = list
            .iter()
            .filter_map(|item| if let Item::Inst(inst, _) = item { Some(*inst) } else { None })
            .collect();
        let touching = insts.iter().filter(|inst| touches(inst, &found)).count();
        let added =
            insts.iter().filter(|inst| touches(inst, &found) && is_sum(kernel, forms, reads, &insts, inst));
        fine &= touching == 2 * added.count();
    });
    let fits = |buf: &Buf| {
        let slot = &kernel.slots[buf.index()];
        slot.dtype == DType::F64 && (1..=SUMS).contains(&slot.count())
    };
    (fine && found.iter().all(fits)).then_some(found)
}

/// It stores an element with something added, which nobody else sees before or after.
fn is_sum(kernel: &Kernel, forms: &Forms, reads: &[u32], list: &[Inst], inst: &Inst) -> bool {
    let Inst::Store8 { val, buf, .. } = *inst else { return false };
    let made = |r: Reg| list.iter().find(|inst| inst.dst() == Some(r)).filter(|_| reads[r.index()] == 1);
    let place = forms.address(kernel, inst);
    let len = kernel.slots[buf.index()].count() as i128;
    let inside = place.as_ref().is_some_and(|form| forms.interval(form).within(Interval::new(0, len - 1)));
    let is_old = |r: Reg| {
        made(r).is_some_and(|load| {
            matches!(load, Inst::Load8 { buf: from, .. } if *from == buf)
                && forms.address(kernel, load) == place
        })
    };
    inside
        && match made(val) {
            Some(&Inst::AddF64 { a, b, .. }) => is_old(a) != is_old(b),
            Some(&Inst::SubF64 { a, .. }) => is_old(a),
            _ => false,
        }
}

fn constant(kernel: &mut Kernel, x: i64) -> Reg {
    folds::constant(kernel, Literal::I64(x))
}

fn register(kernel: &mut Kernel, least: i64, most: i64) -> Reg {
    let r = new_reg(kernel, DType::I64);
    kernel.ranges[r.index()] = Interval::new(least.into(), most.into());
    r
}

fn store(buf: Buf, base: Reg, idx: Reg, val: Reg) -> Item {
    Inst::Store8 { val, buf, base, idx, off: 0 }.into()
}

/// A loop from 0 until `trips` with an empty body.
fn plain(kernel: &mut Kernel, iv: Reg, trips: i64) -> Loop {
    Loop {
        site: None,
        iv,
        end: constant(kernel, trips),
        step: constant(kernel, 1),
        stride: 1,
        guard: None,
        max_trips: u64::try_from(trips).ok(),
        body: Code::new(),
        moves: Vec::new(),
        strip: None,
        mark: Mark::default(),
    }
}

/// Appends such a loop with the body that `body` makes for its index.
fn counted(kernel: &mut Kernel, code: &mut Code, trips: i64, body: impl FnOnce(&mut Kernel, Reg) -> Code) {
    let iv = register(kernel, 0, trips - 1);
    code.push(Inst::Mov { dst: iv, a: kernel.zero }.into());
    let body = body(kernel, iv);
    let l = Loop { body, ..plain(kernel, iv, trips) };
    code.push(Item::Loop(Box::new(l)));
}
