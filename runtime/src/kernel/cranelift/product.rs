//! Matrix products, by the library.

use super::super::inst::Inst;
use super::super::library::Context;
use super::function::{Function, plain};
use cranelift_codegen::ir::{InstBuilder, types};
use std::mem::offset_of;

impl Function<'_, '_> {
    /// `inst` is a matrix product.
    pub fn product(&mut self, inst: &Inst) {
        let Inst::Matmul { id, n, left, right, dst, a, b } = *inst else { return };
        let m = self.unit.kernel.matmuls[usize::from(id)];
        let size = m.dtype.size() as i64;
        let to = self.slot(dst);
        let mut args = vec![to];
        for (buf, offset) in [(a, left), (b, right)] {
            let start = self.slot(buf);
            let offset = self.bits(offset);
            let bytes = self.scaled(offset, size);
            args.push(self.b.ins().iadd(start, bytes));
        }
        args.extend([self.number(m.m), self.bits(n)]);
        for x in [m.k, m.row, m.left.row, m.left.column, m.right.row, m.right.column, size] {
            args.push(self.number(x));
        }
        let context = self.context;
        let product = self.b.ins().load(types::I64, plain(), context, offset_of!(Context, matmul) as i32);
        self.call(product, &[types::I64; 12], None, &args);
    }
}
