//! What is known of an integer at compile time: an interval, and an affine form in other registers.

use super::inst::Reg;
use crate::dtype::DType;
use crate::op::{BinaryOp, CmpOp};

/// `lo <= x <= hi`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    pub lo: i128,
    pub hi: i128,
}

impl Interval {
    pub fn new(lo: i128, hi: i128) -> Interval {
        Interval { lo, hi }
    }

    pub fn point(x: i128) -> Interval {
        Interval { lo: x, hi: x }
    }

    /// Every value of a dtype (of floats: nothing is known).
    pub fn of(dtype: DType) -> Interval {
        match dtype {
            DType::Bool => Interval::new(0, 1),
            DType::I32 => Interval::new(i32::MIN.into(), i32::MAX.into()),
            DType::U32 => Interval::new(0, u32::MAX.into()),
            DType::I64 => Interval::new(i64::MIN.into(), i64::MAX.into()),
            DType::U64 | DType::Usize => Interval::new(0, u64::MAX.into()),
            DType::F32 | DType::F64 => Interval::new(i64::MIN.into(), u64::MAX.into()),
        }
    }

    /// The position of a bit.
    pub fn bit_of(dtype: DType) -> Interval {
        Interval::new(0, 8 * dtype.size() as i128 - 1)
    }

    /// Of `&`, `|` and `^` of two of these.
    pub fn bits(self, op: BinaryOp, b: Interval) -> Interval {
        let unknown = Interval::new(i128::MIN, i128::MAX);
        match (op, self.lo >= 0, b.lo >= 0) {
            (BinaryOp::And, true, true) => Interval::new(0, self.hi.min(b.hi)),
            (BinaryOp::And, true, false) => Interval::new(0, self.hi),
            (BinaryOp::And, false, true) => Interval::new(0, b.hi),
            (BinaryOp::Or | BinaryOp::Xor, true, true) => {
                let most = self.hi.max(b.hi).max(0);
                Interval::new(0, i128::MAX >> (most.leading_zeros() - 1).min(126))
            }
            _ => unknown,
        }
    }

    pub fn within(self, outer: Interval) -> bool {
        outer.lo <= self.lo && self.hi <= outer.hi
    }

    /// Both hold. The result may be empty (`lo > hi`) in code that is never reached.
    pub fn and(self, other: Interval) -> Interval {
        Interval::new(self.lo.max(other.lo), self.hi.min(other.hi))
    }

    /// One of both holds.
    pub fn or(self, other: Interval) -> Interval {
        Interval::new(self.lo.min(other.lo), self.hi.max(other.hi))
    }

    pub fn add(self, b: Interval) -> Interval {
        Interval::new(self.lo.saturating_add(b.lo), self.hi.saturating_add(b.hi))
    }

    pub fn sub(self, b: Interval) -> Interval {
        Interval::new(self.lo.saturating_sub(b.hi), self.hi.saturating_sub(b.lo))
    }

    pub fn mul(self, b: Interval) -> Interval {
        let products = [
            self.lo.saturating_mul(b.lo),
            self.lo.saturating_mul(b.hi),
            self.hi.saturating_mul(b.lo),
            self.hi.saturating_mul(b.hi),
        ];
        let lo = products.iter().copied().min().unwrap_or(i128::MIN);
        let hi = products.iter().copied().max().unwrap_or(i128::MAX);
        Interval::new(lo, hi)
    }

    /// The comparison where it is the same for all values.
    pub fn decide(op: CmpOp, a: Interval, b: Interval) -> Option<bool> {
        if a.lo > a.hi || b.lo > b.hi {
            return None;
        }
        match op {
            CmpOp::Lt => (a.hi < b.lo).then_some(true).or((a.lo >= b.hi).then_some(false)),
            CmpOp::Le => (a.hi <= b.lo).then_some(true).or((a.lo > b.hi).then_some(false)),
            CmpOp::Gt => Interval::decide(CmpOp::Lt, b, a),
            CmpOp::Ge => Interval::decide(CmpOp::Le, b, a),
            CmpOp::Eq if a.lo == a.hi && a == b => Some(true),
            CmpOp::Eq => (a.hi < b.lo || b.hi < a.lo).then_some(false),
            CmpOp::Ne => Interval::decide(CmpOp::Eq, a, b).map(|x| !x),
        }
    }

    /// What `a op b` tells of `a`.
    pub fn refine(op: CmpOp, a: Interval, b: Interval) -> Interval {
        match op {
            CmpOp::Lt => a.and(Interval::new(i128::MIN, b.hi - 1)),
            CmpOp::Le => a.and(Interval::new(i128::MIN, b.hi)),
            CmpOp::Gt => a.and(Interval::new(b.lo + 1, i128::MAX)),
            CmpOp::Ge => a.and(Interval::new(b.lo, i128::MAX)),
            CmpOp::Eq => a.and(b),
            CmpOp::Ne if b.lo == b.hi && a.lo == b.lo => Interval::new(a.lo + 1, a.hi),
            CmpOp::Ne if b.lo == b.hi && a.hi == b.lo => Interval::new(a.lo, a.hi - 1),
            CmpOp::Ne => a,
        }
    }
}

/// The comparison that holds when `op` does not (of integers).
pub(super) fn negate(op: CmpOp) -> CmpOp {
    match op {
        CmpOp::Eq => CmpOp::Ne,
        CmpOp::Ne => CmpOp::Eq,
        CmpOp::Lt => CmpOp::Ge,
        CmpOp::Le => CmpOp::Gt,
        CmpOp::Gt => CmpOp::Le,
        CmpOp::Ge => CmpOp::Lt,
    }
}

/// `b op' a` for `a op b`.
pub(super) fn flip(op: CmpOp) -> CmpOp {
    match op {
        CmpOp::Eq | CmpOp::Ne => op,
        CmpOp::Lt => CmpOp::Gt,
        CmpOp::Le => CmpOp::Ge,
        CmpOp::Gt => CmpOp::Lt,
        CmpOp::Ge => CmpOp::Le,
    }
}

/// `constant + sum of coefficient * register`, exact in the integers.
///
/// The registers are leaves: they have no form of their own.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) struct Form {
    /// Sorted by register; no coefficient is 0.
    pub terms: Vec<(Reg, i64)>,
    pub constant: i64,
}

/// Longer forms of a single register are not followed: an address adds several of them up.
pub(super) const SHORT: usize = 3;

/// Longer sums are given up.
const MAX_TERMS: usize = 64;

impl Form {
    pub fn constant(constant: i64) -> Form {
        Form { terms: Vec::new(), constant }
    }

    pub fn leaf(r: Reg) -> Form {
        Form { terms: vec![(r, 1)], constant: 0 }
    }

    /// The sum, `None` when a coefficient overflows or there are too many.
    pub fn add(&self, other: &Form) -> Option<Form> {
        let mut terms = self.terms.clone();
        for &(r, c) in &other.terms {
            match terms.binary_search_by_key(&r, |t| t.0) {
                Ok(k) => terms[k].1 = terms[k].1.checked_add(c)?,
                Err(k) => terms.insert(k, (r, c)),
            }
        }
        terms.retain(|t| t.1 != 0);
        if terms.len() > MAX_TERMS {
            return None;
        }
        Some(Form { terms, constant: self.constant.checked_add(other.constant)? })
    }

    /// The form times a number.
    pub fn scale(&self, k: i64) -> Option<Form> {
        if k == 0 {
            return Some(Form::constant(0));
        }
        let terms: Option<Vec<_>> = self.terms.iter().map(|&(r, c)| Some((r, c.checked_mul(k)?))).collect();
        Some(Form { terms: terms?, constant: self.constant.checked_mul(k)? })
    }

    pub fn sub(&self, other: &Form) -> Option<Form> {
        self.add(&other.scale(-1)?)
    }

    /// `leaf + c`
    pub fn as_offset(&self) -> Option<(Reg, i64)> {
        match self.terms[..] {
            [(r, 1)] => Some((r, self.constant)),
            _ => None,
        }
    }
}
