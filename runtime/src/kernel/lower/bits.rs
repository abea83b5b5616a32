//! Integers as bits: what wraps, shifts, rotates and counts. Registers hold 64 bits, so that types of 32 are extended
//! again where bits above may have changed.

use super::{Lower, Result};
use crate::dtype::{DType, Literal};
use crate::graph::SiteId;
use crate::kernel::inst::{Inst, Reg};
use crate::kernel::ranges::Interval;
use crate::op::{BinaryOp, UnaryOp};

/// The destination is filled in when the instruction is placed.
const DST: Reg = Reg(0);

impl Lower<'_> {
    /// `a.wrapping_add(b)` and its like: the exact operation where nothing can wrap, so that it stays an affine form.
    pub(super) fn wrapping_int(
        &mut self,
        op: BinaryOp,
        dtype: DType,
        a: Reg,
        b: Reg,
        site: SiteId,
    ) -> Result<Reg> {
        let (x, y) = (self.info(a).range, self.info(b).range);
        let (exact, checked) = match op {
            BinaryOp::WrappingAdd => (x.add(y), BinaryOp::Add),
            BinaryOp::WrappingSub => (x.sub(y), BinaryOp::Sub),
            _ => (x.mul(y), BinaryOp::Mul),
        };
        if exact.within(Interval::of(dtype)) {
            return self.binary(checked, a, b, site);
        }
        let dst = DST;
        let inst = match op {
            BinaryOp::WrappingAdd => Inst::AddW { dst, a, b },
            BinaryOp::WrappingSub => Inst::SubW { dst, a, b },
            _ => Inst::MulW { dst, a, b },
        };
        self.extended(inst, dtype)
    }

    /// A shift by less than the width.
    pub(super) fn shift(&mut self, op: BinaryOp, dtype: DType, a: Reg, b: Reg) -> Result<Reg> {
        let (x, y) = (self.info(a).range, self.info(b).range);
        let (least, most) = (y.lo as u32, y.hi as u32);
        let dst = DST;
        if op == BinaryOp::Shr {
            let signed = dtype.is_signed();
            let r =
                self.plain(if signed { Inst::ShrS { dst, a, b } } else { Inst::ShrU { dst, a, b } }, dtype)?;
            let (far, near) =
                (x.lo >> if x.lo < 0 { least } else { most }, x.hi >> if x.hi < 0 { most } else { least });
            self.narrow(r, Interval::new(far, near));
            return Ok(r);
        }
        let range = Interval::new(
            x.lo << if x.lo < 0 { most } else { least },
            x.hi << if x.hi < 0 { least } else { most },
        );
        if range.within(Interval::of(dtype)) {
            let r = self.plain(Inst::ShlI { dst, a, b }, dtype)?;
            self.narrow(r, range);
            return Ok(r);
        }
        self.extended(Inst::ShlI { dst, a, b }, dtype)
    }

    pub(super) fn rotate(&mut self, dtype: DType, a: Reg, b: Reg) -> Result<Reg> {
        let dst = DST;
        match dtype {
            DType::I32 => {
                let a = self.plain(Inst::Rotl32 { dst, a, b }, DType::U32)?;
                self.plain(Inst::Sext32 { dst, a }, dtype)
            }
            DType::U32 => self.plain(Inst::Rotl32 { dst, a, b }, dtype),
            _ => self.plain(Inst::Rotl64 { dst, a, b }, dtype),
        }
    }

    pub(super) fn count_bits(&mut self, op: UnaryOp, a: Reg) -> Result<Reg> {
        let dtype = self.info(a).dtype;
        let bits = 8 * dtype.size() as u32;
        let dst = DST;
        let a = if dtype == DType::I32 { self.plain(Inst::Zext32 { dst, a }, DType::U32)? } else { a };
        let r = match op {
            UnaryOp::CountOnes => self.plain(Inst::PopI { dst, a }, DType::U32)?,
            UnaryOp::LeadingZeros => {
                let a = self.plain(Inst::ClzI { dst, a }, DType::U32)?;
                match bits {
                    64 => a,
                    _ => {
                        let b = self.constant(Literal::U32(32))?;
                        self.plain(Inst::SubI { dst, a, b }, DType::U32)?
                    }
                }
            }
            _ if bits == 64 => self.plain(Inst::CtzI { dst, a }, DType::U32)?,
            _ => {
                // Of zero, the first bit above.
                let b = self.constant(Literal::I64(1 << 32))?;
                let a = self.plain(Inst::OrI { dst, a, b }, DType::I64)?;
                self.plain(Inst::CtzI { dst, a }, DType::U32)?
            }
        };
        self.narrow(r, Interval::new(0, bits.into()));
        Ok(r)
    }

    /// A computation whose low bits are those of the result.
    fn extended(&mut self, inst: Inst, dtype: DType) -> Result<Reg> {
        let dst = DST;
        if dtype.size() == 8 {
            return self.plain(inst, dtype);
        }
        // The version keeps it apart from the same instruction where its result fits.
        let a = self.pure(inst, DType::I64, 0, (u32::MAX - 16, 0))?;
        self.plain(if dtype == DType::I32 { Inst::Sext32 { dst, a } } else { Inst::Zext32 { dst, a } }, dtype)
    }
}
