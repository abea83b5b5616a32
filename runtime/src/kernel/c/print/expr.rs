//! Instructions as expressions of C. Nothing here knows of loops or of functions, so CUDA C can use it too.
//!
//! A register is a variable: `double`, `float`, `_Bool` or, for every integer type, `int64_t` that holds the
//! value sign- or zero-extended, as [`inst`](crate::kernel::inst) says. Arithmetic wraps.

use super::math;
use crate::dtype::{DType, Literal};
use crate::kernel::inst::{Buf, Inst, Reg};
use crate::kernel::ir::Kernel;
use crate::kernel::library::Function;
use crate::kernel::ranges::Interval;

/// What expressions need to know of the code around them.
pub(in crate::kernel) struct Exprs<'k> {
    pub kernel: &'k Kernel,
}

/// The C type of a variable for a register.
pub(in crate::kernel) fn variable_type(dtype: DType) -> &'static str {
    match dtype {
        DType::F64 => "double",
        DType::F32 => "float",
        DType::Bool => "_Bool",
        _ => "int64_t",
    }
}

/// A register that never changes, declared. Integers of 32 bits keep their width, so that a vector holds twice as
/// many; as operands they are extended.
pub(in crate::kernel) fn constant_of(dtype: DType, r: Reg, value: &str) -> String {
    match dtype {
        DType::I32 => format!("const int32_t r{} = (int32_t)({value});", r.0),
        DType::U32 => format!("const uint32_t r{} = (uint32_t)({value});", r.0),
        _ => format!("const {} r{} = {value};", variable_type(dtype), r.0),
    }
}

/// The C type of an element of an array. Unsigned ones of 64 bits are signed here as in registers; only the width counts.
pub(in crate::kernel) fn element_type(dtype: DType) -> &'static str {
    match dtype {
        DType::F64 => "double",
        DType::F32 => "float",
        DType::I64 | DType::U64 | DType::Usize => "int64_t",
        DType::I32 => "int32_t",
        DType::U32 => "uint32_t",
        DType::Bool => "uint8_t",
    }
}

/// The name of a slot's pointer.
pub(in crate::kernel) fn array(buf: Buf) -> String {
    format!("a{}", buf.0)
}

/// A constant, so that it can be an operand of any operator.
pub(in crate::kernel) fn constant(literal: Literal) -> String {
    let text = match literal {
        Literal::F64(x) if x.is_nan() => "__builtin_nan(\"\")".into(),
        Literal::F64(x) if x.is_infinite() => "__builtin_inf()".into(),
        // The shortest text that reads back to the same bits.
        Literal::F64(x) => format!("{:?}", x.abs()),
        Literal::F32(x) if x.is_nan() => "__builtin_nanf(\"\")".into(),
        Literal::F32(x) if x.is_infinite() => "__builtin_inff()".into(),
        Literal::F32(x) => format!("{:?}f", x.abs()),
        _ => return integer(literal.bits() as i64),
    };
    let negative = match literal {
        Literal::F64(x) => x.is_sign_negative(),
        Literal::F32(x) => x.is_sign_negative(),
        _ => false,
    };
    if negative { format!("(-{text})") } else { text }
}

/// A 64-bit integer constant.
fn integer(x: i64) -> String {
    match x {
        i64::MIN => "(-9223372036854775807ll - 1)".into(),
        _ if x.unsigned_abs() < 1 << 31 => {
            if x < 0 {
                format!("({x})")
            } else {
                x.to_string()
            }
        }
        _ => {
            if x < 0 {
                format!("({x}ll)")
            } else {
                format!("{x}ll")
            }
        }
    }
}

impl Exprs<'_> {
    pub fn dtype(&self, r: Reg) -> DType {
        self.kernel.regs[r.index()]
    }

    /// A register as it is declared.
    pub fn var(&self, r: Reg) -> String {
        match self.kernel.constant(r) {
            Some(literal) => constant(literal),
            None => format!("r{}", r.0),
        }
    }

    /// An integer register as an operand of 64 bits.
    pub fn int(&self, r: Reg) -> String {
        match self.kernel.constant(r) {
            Some(literal) => integer(literal.bits() as i64),
            None if matches!(self.dtype(r), DType::I64 | DType::U64 | DType::Usize) => format!("r{}", r.0),
            None => format!("(int64_t)r{}", r.0),
        }
    }

    /// The same where a constant needs its width too.
    fn operand(&self, r: Reg) -> String {
        let cast = if self.kernel.constant(r).is_some() { "(int64_t)" } else { "" };
        format!("{cast}{}", self.int(r))
    }

    /// The same, unsigned.
    pub fn unsigned(&self, r: Reg) -> String {
        match self.kernel.constant(r) {
            Some(literal) => format!("{}ull", literal.bits()),
            None => format!("(uint64_t)r{}", r.0),
        }
    }

    /// The bits of a register in 64 bits.
    pub fn bits(&self, r: Reg) -> String {
        match self.dtype(r) {
            DType::F64 => format!("bits64({})", self.var(r)),
            DType::F32 => format!("bits32({})", self.var(r)),
            _ => self.unsigned(r),
        }
    }

    /// A value of that dtype from an expression for its bits.
    pub fn from_bits(dtype: DType, bits: &str) -> String {
        match dtype {
            DType::F64 => format!("from_bits64({bits})"),
            DType::F32 => format!("from_bits32({bits})"),
            DType::Bool => format!("({bits}) != 0"),
            _ => format!("(int64_t)({bits})"),
        }
    }

    /// `base + idx + off`, without the parts that are zero.
    fn address(&self, base: Reg, idx: Reg, off: i32) -> String {
        let mut fixed = i64::from(off);
        let mut parts = Vec::new();
        for r in [base, idx] {
            match self.kernel.constant(r) {
                Some(literal) => fixed = fixed.wrapping_add(literal.bits() as i64),
                None => parts.push(self.int(r)),
            }
        }
        let mut text = parts.join(" + ");
        match (text.is_empty(), fixed) {
            (true, _) => text = integer(fixed),
            (_, 0) => {}
            (_, i64::MIN) => text += &format!(" + {}", integer(fixed)),
            (_, x) if x < 0 => text += &format!(" - {}", integer(-x)),
            (_, x) => text += &format!(" + {}", integer(x)),
        }
        text
    }

    /// The element that an access touches.
    pub fn element(&self, buf: Buf, base: Reg, idx: Reg, off: i32) -> String {
        format!("{}[{}]", array(buf), self.address(base, idx, off))
    }

    /// A value read from an array of `from` as one for a register of `to`.
    fn loaded(from: DType, to: DType, element: String) -> String {
        if from.is_float() == to.is_float() {
            return element;
        }
        let bits = match from {
            DType::F64 => format!("bits64({element})"),
            DType::F32 => format!("bits32({element})"),
            _ => element,
        };
        Self::from_bits(to, &bits)
    }

    /// A register's value as an element of an array of `to`.
    fn stored(&self, val: Reg, to: DType) -> String {
        let from = self.dtype(val);
        let value = self.var(val);
        match (from.is_float() == to.is_float(), to) {
            (true, DType::F64 | DType::F32 | DType::I64 | DType::U64 | DType::Usize | DType::Bool) => value,
            (true, _) => format!("({}){value}", element_type(to)),
            (false, _) => Self::from_bits(to, &self.bits(val)),
        }
    }

    /// All values of the register are in `whole`.
    pub fn within(&self, r: Reg, whole: Interval) -> bool {
        match self.kernel.constant(r).and_then(Literal::as_i128) {
            Some(x) => Interval::point(x).within(whole),
            None => self.kernel.ranges.get(r.index()).is_some_and(|range| range.within(whole)),
        }
    }

    /// Division of unsigned integers, in 32 bits where they are enough: that is much faster.
    pub fn divide_unsigned(&self, a: Reg, b: Reg, op: char) -> String {
        let narrow = [a, b].iter().all(|&r| self.within(r, Interval::of(DType::U32)));
        let ty = if narrow { "uint32_t" } else { "uint64_t" };
        format!("({ty}){} {op} ({ty}){}", self.var(a), self.var(b))
    }

    /// The value of an instruction that never fails; `function` gives the name of a function of the library.
    /// `None` for anything else.
    pub fn value(&self, inst: &Inst, function: &mut dyn FnMut(Function) -> String) -> Option<String> {
        use Inst::*;
        let v = |r: Reg| self.var(r);
        let float = |a: Reg, op: &str, b: Reg| format!("{} {op} {}", v(a), v(b));
        let int = |a: Reg, op: &str, b: Reg| {
            let both = self.kernel.constant(a).is_some() && self.kernel.constant(b).is_some();
            format!("{}{} {op} {}", if both { "(int64_t)" } else { "" }, self.int(a), self.int(b))
        };
        let unsigned = |a: Reg, op: &str, b: Reg| format!("{} {op} {}", self.unsigned(a), self.unsigned(b));
        Some(match *inst {
            AddF64 { a, b, .. } | AddF32 { a, b, .. } => float(a, "+", b),
            SubF64 { a, b, .. } | SubF32 { a, b, .. } => float(a, "-", b),
            MulF64 { a, b, .. } | MulF32 { a, b, .. } => float(a, "*", b),
            DivF64 { a, b, .. } | DivF32 { a, b, .. } => float(a, "/", b),
            MinF64 { a, b, .. } => format!("min64({}, {})", v(a), v(b)),
            MaxF64 { a, b, .. } => format!("max64({}, {})", v(a), v(b)),
            MinF32 { a, b, .. } => format!("min32({}, {})", v(a), v(b)),
            MaxF32 { a, b, .. } => format!("max32({}, {})", v(a), v(b)),
            AddI { a, b, .. } => int(a, "+", b),
            SubI { a, b, .. } => int(a, "-", b),
            MulI { a, b, .. } => int(a, "*", b),
            AddW { a, b, .. } => format!("(int64_t)({})", unsigned(a, "+", b)),
            SubW { a, b, .. } => format!("(int64_t)({})", unsigned(a, "-", b)),
            MulW { a, b, .. } => format!("(int64_t)({})", unsigned(a, "*", b)),
            ShlI { a, b, .. } => format!("(int64_t)({} << {})", self.unsigned(a), self.int(b)),
            ShrS { a, b, .. } => format!("{} >> {}", self.operand(a), self.int(b)),
            ShrU { a, b, .. } => format!("(int64_t)({} >> {})", self.unsigned(a), self.int(b)),
            Rotl32 { a, b, .. } => format!("rotl32({}, {})", self.unsigned(a), self.unsigned(b)),
            Rotl64 { a, b, .. } => format!("(int64_t)rotl64({}, {})", self.unsigned(a), self.unsigned(b)),
            PopI { a, .. } => format!("__builtin_popcountll({})", self.unsigned(a)),
            ClzI { a, .. } => format!("clz64({})", self.unsigned(a)),
            CtzI { a, .. } => format!("ctz64({})", self.unsigned(a)),
            AndI { a, b, .. } => int(a, "&", b),
            OrI { a, b, .. } => int(a, "|", b),
            XorI { a, b, .. } => int(a, "^", b),
            MinS { a, b, .. } => format!("{} ? {} : {}", int(a, "<", b), self.int(a), self.int(b)),
            MaxS { a, b, .. } => format!("{} ? {} : {}", int(a, ">", b), self.int(a), self.int(b)),
            MinU { a, b, .. } => format!("{} ? {} : {}", unsigned(a, "<", b), self.int(a), self.int(b)),
            MaxU { a, b, .. } => format!("{} ? {} : {}", unsigned(a, ">", b), self.int(a), self.int(b)),
            EqI { a, b, .. } => int(a, "==", b),
            NeI { a, b, .. } => int(a, "!=", b),
            LtS { a, b, .. } => int(a, "<", b),
            LeS { a, b, .. } => int(a, "<=", b),
            LtU { a, b, .. } => unsigned(a, "<", b),
            LeU { a, b, .. } => unsigned(a, "<=", b),
            EqF64 { a, b, .. } | EqF32 { a, b, .. } => float(a, "==", b),
            NeF64 { a, b, .. } | NeF32 { a, b, .. } => float(a, "!=", b),
            LtF64 { a, b, .. } | LtF32 { a, b, .. } => float(a, "<", b),
            LeF64 { a, b, .. } | LeF32 { a, b, .. } => float(a, "<=", b),
            Mov { a, .. } => v(a),
            NegF64 { a, .. } | NegF32 { a, .. } => format!("-{}", v(a)),
            AbsF64 { a, .. } => format!("__builtin_fabs({})", v(a)),
            AbsF32 { a, .. } => format!("__builtin_fabsf({})", v(a)),
            SqrtF64 { a, .. } => format!("__builtin_sqrt({})", v(a)),
            SqrtF32 { a, .. } => format!("__builtin_sqrtf({})", v(a)),
            S64ToF64 { a, .. } => format!("(double){}", self.signed_source(a)),
            S64ToF32 { a, .. } => format!("(float){}", self.signed_source(a)),
            U64ToF64 { a, .. } => format!("(double){}", self.unsigned(a)),
            U64ToF32 { a, .. } => format!("(float){}", self.unsigned(a)),
            F64ToF32 { a, .. } => format!("(float){}", v(a)),
            F32ToF64 { a, .. } => format!("(double){}", v(a)),
            F64ToI32 { a, .. } => format!("to_i32({})", v(a)),
            F64ToU32 { a, .. } => format!("to_u32({})", v(a)),
            F64ToI64 { a, .. } => format!("to_i64({})", v(a)),
            F64ToUsize { a, .. } => format!("(int64_t)to_u64({})", v(a)),
            Sext32 { a, .. } => format!("(int32_t){}", self.int(a)),
            Zext32 { a, .. } => format!("(uint32_t){}", self.int(a)),
            Load8 { dst, buf, base, idx, off }
            | Load4 { dst, buf, base, idx, off }
            | Load4S { dst, buf, base, idx, off }
            | Load1 { dst, buf, base, idx, off } => {
                let from = self.kernel.slots[buf.index()].dtype;
                Self::loaded(from, self.dtype(dst), self.element(buf, base, idx, off))
            }
            Select { dst, a, b, c } => {
                let operand = |r: Reg| if self.dtype(dst).is_float() { v(r) } else { self.int(r) };
                format!("{} ? {} : {}", v(a), operand(b), operand(c))
            }
            FmaF64 { a, b, c, .. } => format!("__builtin_fma({}, {}, {})", v(a), v(b), v(c)),
            FmaF32 { a, b, c, .. } => format!("__builtin_fmaf({}, {}, {})", v(a), v(b), v(c)),
            Math { .. } | Math2 { .. } | CallPure { .. } => math::value(self, inst, function)?,
            _ => return None,
        })
    }

    /// An operand of a conversion to a float: from 32 bits it is cheaper, and every CPU has vectors of it.
    fn signed_source(&self, a: Reg) -> String {
        match self.within(a, Interval::of(DType::I32)) {
            true if self.dtype(a) != DType::Bool => format!("(int32_t){}", self.int(a)),
            _ => self.int(a),
        }
    }

    /// A store as a statement.
    pub fn store(&self, inst: &Inst) -> Option<String> {
        match *inst {
            Inst::Store8 { val, buf, base, idx, off }
            | Inst::Store4 { val, buf, base, idx, off }
            | Inst::Store1 { val, buf, base, idx, off } => {
                let to = self.kernel.slots[buf.index()].dtype;
                Some(format!("{} = {};", self.element(buf, base, idx, off), self.stored(val, to)))
            }
            _ => None,
        }
    }
}
