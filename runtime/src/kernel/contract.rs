//! Contractions: a nest that sums products, `s += a[[i, k]] * b[[k, j]]` over `k` inside `i` and `j`, becomes a
//! matrix product into a temporary, and the sum over `k` a load from it.
//!
//! A triangular nest (`j in i..n`) computes the rectangle at first: the product of a library is many times
//! faster than a sum with strided loads. `strips.rs` leaves out what nobody reads.

use super::forms::Forms;
use super::inst::{Buf, Inst, Reg, Role};
use super::ir::{Code, Item, Kernel, Loop, Matmul, Operand, Origin, SlotInfo, for_each_code, for_each_reg};
use super::marks::folds;
use super::math::reduce::Combine;
use super::promote::new_reg;
use super::ranges::{Form, Interval};
use crate::dtype::{DType, Literal};
use std::collections::BTreeSet;

/// Smaller products stay loops.
const WORTH: i128 = 30_000;

/// Finds contractions everywhere in the kernel.
pub(super) fn run(kernel: &mut Kernel) {
    let mut code = std::mem::take(&mut kernel.code);
    kernel.code = code.clone();
    let forms = Forms::of(kernel);
    list(kernel, &forms, &mut code);
    kernel.code = code;
}

fn list(kernel: &mut Kernel, forms: &Forms, code: &mut Code) {
    let mut k = 0;
    while k < code.len() {
        match &mut code[k] {
            Item::Inst(..) => {}
            Item::While(w) => list(kernel, forms, &mut w.body),
            Item::Branch(b) => b.arms.iter_mut().for_each(|(code, _)| list(kernel, forms, code)),
            Item::Loop(l) => {
                // The product of an outer nest is computed once for all inner ones.
                let mut before = Code::new();
                while let Some(code) = contract(kernel, forms, l) {
                    before.extend(code);
                }
                list(kernel, forms, &mut l.body);
                let n = before.len();
                code.splice(k..k, before);
                k += n;
            }
        }
        k += 1;
    }
}

/// Where the loops of a list stand.
fn loops(code: &Code) -> Vec<usize> {
    (0..code.len()).filter(|&k| matches!(code[k], Item::Loop(_))).collect()
}

/// A product of two loads and of values from outside of the loop.
#[derive(Default)]
struct Product {
    loads: Vec<Inst>,
    factors: Vec<Reg>,
    negative: bool,
}

/// Contracts products that are summed in memory (`c[[i, j]] += a[[i, k]] * b[[k, j]]`): with the element in a
/// register they are products like any other. Where nothing becomes a product, nothing changes, since other loops
/// are better exchanged than promoted.
pub(super) fn in_memory(kernel: &mut Kernel) {
    let contracted = |mut kernel: Kernel| {
        super::promote::run(&mut kernel);
        run(&mut kernel);
        kernel
    };
    let mut rearranged = kernel.clone();
    let changed = super::rearrange::run(&mut rearranged);
    let promoted = contracted(kernel.clone());
    let rearranged = if changed { contracted(rearranged) } else { promoted.clone() };
    let best = if rearranged.matmuls.len() > promoted.matmuls.len() { rearranged } else { promoted };
    if best.matmuls.len() > kernel.matmuls.len() {
        *kernel = best;
    }
}

/// Takes one contraction out of the nest; gives the code to put before it.
fn contract(kernel: &mut Kernel, forms: &Forms, outer: &mut Loop) -> Option<Code> {
    if outer.stride != 1 {
        return None;
    }
    for j in loops(&outer.body) {
        let Item::Loop(middle) = &outer.body[j] else { continue };
        for k in loops(&middle.body) {
            let Item::Loop(middle) = &outer.body[j] else { continue };
            let inner = if let Item::Loop(inner) = &middle.body[k] { inner.site } else { None };
            let sites = [outer.site, middle.site, inner];
            if let Some((before, replacement)) = one(kernel, forms, outer, j, k) {
                let note = "part of a matrix product by the `gemm` crate".to_string();
                kernel.notes.extend(sites.into_iter().flatten().map(|site| (site, note.clone())));
                let Item::Loop(middle) = &mut outer.body[j] else { continue };
                middle.body.splice(k..=k, replacement);
                return Some(before);
            }
        }
    }
    None
}

fn one(kernel: &mut Kernel, forms: &Forms, outer: &Loop, j: usize, k: usize) -> Option<(Code, Code)> {
    let Item::Loop(middle) = &outer.body[j] else { return None };
    let Item::Loop(inner) = &middle.body[k] else { return None };
    if middle.stride != 1 || inner.stride != 1 || inner.moves.len() != 1 {
        return None;
    }
    let carry = inner.moves[0].0;
    let dtype = kernel.regs[carry.index()];
    let size = dtype.size();
    // On a copy: registers that are made for nothing do no harm.
    let mut summed = (**inner).clone();
    folds::extract(kernel, &mut summed)?;
    let fold = summed.mark.folds[0];
    if fold.combine != Combine::Add {
        return None;
    }
    let mut product = Product::default();
    factor(&summed.body, fold.value, &mut product)?;
    let [x, y] = product.loads[..] else { return None };
    let plain = |item: &Item| matches!(item, Item::Inst(inst, None) if inst.is_pure());
    if !summed.body.iter().all(plain) {
        return None;
    }
    let set = registers_set(&outer.body, outer.iv);
    let outside = |form: &Form| form.terms.iter().all(|(r, _)| !set.contains(r));
    let (ri, rj, rk) = (forms.range(outer.iv), forms.range(middle.iv), forms.range(inner.iv));
    let (first_k, end_k) = forms.bounds(inner.iv)?;
    let fixed_k = first_k.terms.is_empty() && end_k.terms.is_empty();
    if !fixed_k || !written_apart(outer, &[x, y]) {
        return None;
    }
    let lengths = [ri, rj, rk].map(|r| r.hi.saturating_sub(r.lo).saturating_add(1));
    let [m, n, depth] = lengths;
    let product_size = m.checked_mul(n).and_then(|mn| mn.checked_mul(depth))?;
    if lengths.iter().any(|&l| l < 2) || !(WORTH..=1 << 50).contains(&product_size) {
        return None;
    }
    let split = |inst: &Inst| {
        let mut rest = forms.address(kernel, inst)?;
        let mut of = |r: Reg| {
            let c = rest.terms.iter().find(|t| t.0 == r).map_or(0, |t| t.1);
            rest = rest.sub(&Form::leaf(r).scale(c)?)?;
            Some(c)
        };
        let (i, j, k) = (of(outer.iv)?, of(middle.iv)?, of(inner.iv)?);
        let whole = forms.address(kernel, inst)?;
        let buf = inst.bufs()[0]?;
        let len = kernel.slots[buf.index()].count() as i128;
        let inside = forms.interval(&whole).within(Interval::new(0, len - 1));
        let wide = kernel.slots[buf.index()].dtype == dtype;
        (outside(&rest) && inside && wide && k != 0).then_some((buf, i, j, k, rest))
    };
    let (x, y) = (split(&x)?, split(&y)?);
    let (left, right) = match (x.1, x.2, y.1, y.2) {
        (_, 0, 0, b) if b != 0 && x.1 != 0 => (x, y),
        (0, a, _, 0) if a != 0 && y.1 != 0 => (y, x),
        _ => return None,
    };
    // The address of the first element of each operand.
    let mut before = Code::new();
    let start = |form: &Form, terms: &[(i64, i128)]| {
        let offset: i128 = terms.iter().map(|&(c, lo)| i128::from(c) * lo).sum();
        form.add(&Form::constant(i64::try_from(offset).ok()?))
    };
    let left_at = start(&left.4, &[(left.1, ri.lo), (left.3, rk.lo)])?;
    let right_at = start(&right.4, &[(right.2, rj.lo), (right.3, rk.lo)])?;
    let left_offset = address(kernel, &mut before, &left_at);
    let right_offset = address(kernel, &mut before, &right_at);
    let shape = vec![usize::try_from(m).ok()?, usize::try_from(n).ok()?];
    kernel.slots.push(SlotInfo { dtype, shape, origin: Origin::Temporary, name: None });
    let dst = Buf(u16::try_from(kernel.slots.len() - 1).ok()?);
    let number = |x: i128| i64::try_from(x).unwrap_or(0);
    let columns = folds::constant(kernel, Literal::I64(number(n)));
    kernel.matmuls.push(Matmul {
        dst,
        dtype,
        m: number(m),
        k: number(depth),
        n: columns,
        row: number(n),
        left: Operand { buf: left.0, offset: left_offset, row: left.1, column: left.3 },
        right: Operand { buf: right.0, offset: right_offset, row: right.3, column: right.2 },
    });
    let id = u16::try_from(kernel.matmuls.len() - 1).ok()?;
    let (a, b) = (left.0, right.0);
    before.push(Inst::Matmul { id, n: columns, left: left_offset, right: right_offset, dst, a, b }.into());
    // carry = carry + factors * product[i, j]
    let mut code = Code::new();
    let row = Form::leaf(outer.iv).scale(number(n))?;
    let origin = number(-(ri.lo * n + rj.lo));
    let at = row.add(&Form::leaf(middle.iv))?.add(&Form::constant(origin))?;
    let idx = address(kernel, &mut code, &at);
    let zero = kernel.zero;
    let mut value = new_reg(kernel, dtype);
    code.push(match size {
        8 => Inst::Load8 { dst: value, buf: dst, base: zero, idx, off: 0 }.into(),
        _ => Inst::Load4 { dst: value, buf: dst, base: zero, idx, off: 0 }.into(),
    });
    let wide = dtype == DType::F64;
    for &b in &product.factors {
        let (a, to) = (value, new_reg(kernel, dtype));
        code.push(if wide { Inst::MulF64 { dst: to, a, b } } else { Inst::MulF32 { dst: to, a, b } }.into());
        value = to;
    }
    let (a, b) = (carry, value);
    code.push(
        match (product.negative, wide) {
            (false, true) => Inst::AddF64 { dst: carry, a, b },
            (true, true) => Inst::SubF64 { dst: carry, a, b },
            (false, false) => Inst::AddF32 { dst: carry, a, b },
            (true, false) => Inst::SubF32 { dst: carry, a, b },
        }
        .into(),
    );
    Some((before, code))
}

/// Takes a value apart into a product.
fn factor(body: &Code, r: Reg, product: &mut Product) -> Option<()> {
    let definition = body.iter().find_map(|item| match item {
        Item::Inst(inst, _) if inst.dst() == Some(r) => Some(*inst),
        _ => None,
    });
    match definition {
        None => product.factors.push(r),
        Some(Inst::MulF64 { a, b, .. } | Inst::MulF32 { a, b, .. }) => {
            factor(body, a, product)?;
            factor(body, b, product)?;
        }
        Some(Inst::NegF64 { a, .. } | Inst::NegF32 { a, .. }) => {
            product.negative = !product.negative;
            factor(body, a, product)?;
        }
        Some(inst @ (Inst::Load8 { .. } | Inst::Load4 { .. })) => product.loads.push(inst),
        Some(_) => return None,
    }
    Some(())
}

fn registers_set(code: &Code, iv: Reg) -> BTreeSet<Reg> {
    let mut set = BTreeSet::from([iv]);
    for_each_reg(&mut code.clone(), &mut |role, r| {
        if role != Role::Read {
            set.insert(*r);
        }
    });
    set
}

/// The nest neither writes the operands nor moves whole buffers.
fn written_apart(outer: &Loop, operands: &[Inst]) -> bool {
    let mut apart = true;
    for_each_code(&mut outer.body.clone(), &mut |list| {
        for item in list.iter() {
            let Item::Inst(inst, _) = item else { continue };
            let moved = matches!(inst, Inst::CopyBuf { .. } | Inst::SwapBuf { .. } | Inst::Matmul { .. });
            let written = inst.is_store() && operands.iter().any(|o| o.bufs()[0] == inst.bufs()[0]);
            apart &= !moved && !written;
        }
    });
    apart
}

/// Code that computes a form.
pub(super) fn address(kernel: &mut Kernel, code: &mut Code, form: &Form) -> Reg {
    let mut sum = folds::constant(kernel, Literal::I64(form.constant));
    for &(r, c) in &form.terms {
        let scaled = match c {
            1 => r,
            _ => {
                let (dst, b) = (new_reg(kernel, DType::I64), folds::constant(kernel, Literal::I64(c)));
                code.push(Inst::MulI { dst, a: r, b }.into());
                dst
            }
        };
        let dst = new_reg(kernel, DType::I64);
        code.push(Inst::AddI { dst, a: sum, b: scaled }.into());
        sum = dst;
    }
    sum
}
