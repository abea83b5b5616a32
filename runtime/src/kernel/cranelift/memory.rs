//! Addresses, loads and stores, copies and swaps.

use super::super::inst::{Buf, Reg};
use super::function::{Function, Place, type_of};
use super::helpers;
use crate::dtype::{DType, Literal};
use cranelift_codegen::ir::{InstBuilder, Value, types};

/// `slot[base + idx + off]`
#[derive(Clone, Copy)]
pub(super) struct Element {
    pub buf: Buf,
    pub base: Reg,
    pub idx: Reg,
    pub off: i32,
}

impl Function<'_, '_> {
    /// The address of a slot's first element.
    pub fn slot(&mut self, buf: Buf) -> Value {
        match self.places[&buf] {
            Place::Fixed(pointer) => pointer,
            Place::Moving { pointer, .. } => self.b.use_var(pointer),
        }
    }

    /// The address of an element as a base and an offset. What changes least is added first, so that it
    /// leaves the loops in which it stays the same.
    pub fn address(&mut self, e: Element) -> (Value, i32) {
        let size = self.unit.kernel.slots[e.buf.index()].dtype.size() as i64;
        let mut offset = i64::from(e.off);
        let mut terms = Vec::new();
        for r in [e.base, e.idx] {
            match self.unit.kernel.constant(r).and_then(Literal::as_i128) {
                Some(x) => offset = offset.wrapping_add(x as i64),
                None => terms.push(r),
            }
        }
        terms.sort_by_key(|r| self.changes[r.index()]);
        let mut at = self.slot(e.buf);
        for r in terms {
            let index = self.bits(r);
            let bytes = self.scaled(index, size);
            at = self.b.ins().iadd(at, bytes);
        }
        let offset = offset.wrapping_mul(size);
        match i32::try_from(offset) {
            Ok(offset) => (at, offset),
            Err(_) => (self.b.ins().iadd_imm_s(at, offset), 0),
        }
    }

    /// An index as a number of bytes.
    pub fn scaled(&mut self, index: Value, size: i64) -> Value {
        match size {
            1 => index,
            _ => self.b.ins().ishl_imm_u(index, size.trailing_zeros() as i64),
        }
    }

    /// `dst = element`, which is `bytes` wide.
    pub fn load(&mut self, dst: Reg, e: Element, bytes: u8, signed: bool) {
        let flags = self.access(e.buf);
        let (at, offset) = self.address(e);
        let float = type_of(self.dtype(dst));
        let value = match bytes {
            8 => self.b.ins().load(float, flags, at, offset),
            4 if float == types::F32 => self.b.ins().load(types::F32, flags, at, offset),
            4 if signed => self.b.ins().sload32(flags, at, offset),
            4 => self.b.ins().uload32(flags, at, offset),
            _ => self.b.ins().uload8(types::I64, flags, at, offset),
        };
        self.set(dst, value);
    }

    /// `element = val`
    pub fn store(&mut self, val: Reg, e: Element, bytes: u8) {
        let flags = self.access(e.buf);
        let value = self.get(val);
        let (at, offset) = self.address(e);
        match bytes {
            8 => self.b.ins().store(flags, value, at, offset),
            4 if self.dtype(val) == DType::F32 => self.b.ins().store(flags, value, at, offset),
            4 => {
                let bits = self.convert(value, types::I64);
                self.b.ins().istore32(flags, bits, at, offset)
            }
            _ => self.b.ins().istore8(flags, value, at, offset),
        };
    }

    pub fn copy(&mut self, dst: Buf, src: Buf) {
        if dst == src {
            return;
        }
        let slot = &self.unit.kernel.slots[dst.index()];
        let bytes = (slot.count() * slot.dtype.size()) as i64;
        let (to, from) = (self.slot(dst), self.slot(src));
        let bytes = self.number(bytes);
        let address = self.number(helpers::copy as *const () as i64);
        self.call(address, &[types::I64; 3], None, &[to, from, bytes]);
    }

    pub fn swap(&mut self, a: Buf, b: Buf) {
        if let (Place::Moving { pointer: p, owner: o }, Place::Moving { pointer: q, owner: w }) =
            (self.places[&a], self.places[&b])
        {
            for (x, y) in [(p, q), (o, w)] {
                let (left, right) = (self.b.use_var(x), self.b.use_var(y));
                self.b.def_var(x, right);
                self.b.def_var(y, left);
            }
        }
    }
}
