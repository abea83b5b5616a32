//! Reductions: values of blocks of iterations are combined by the library, blocks by a cascade.

use super::expr::variable_type;
use super::loops::Trips;
use super::unit::{Result, Unit};
use crate::dtype::DType;
use crate::kernel::ir::{Fold, Loop, SHORT_FOLD};
use crate::kernel::library::Function;
use crate::kernel::math::reduce::{BLOCK, Combine};

/// The number that the library knows a combination by.
pub(super) fn number(combine: Combine) -> u32 {
    match combine {
        Combine::Add => 0,
        Combine::Mul => 1,
        Combine::Min => 2,
        Combine::Max => 3,
    }
}

/// Its order is fixed; integers are added in any.
pub(super) fn is_cascade(fold: &Fold) -> bool {
    fold.dtype.is_float()
}

/// Where the result of a block goes.
pub(super) fn cascade(fold: usize) -> String {
    format!("c{fold}")
}

/// The folds whose order is fixed, with their numbers.
pub(super) fn cascades(l: &Loop) -> impl Iterator<Item = (usize, &Fold)> {
    l.mark.folds.iter().enumerate().filter(|(_, fold)| is_cascade(fold))
}

impl<'k> Unit<'k> {
    /// `carry op value`
    fn combined(&mut self, fold: &Fold, value: &str) -> String {
        let carry = self.e.var(fold.carry);
        let bits = if fold.dtype == DType::F64 { 64 } else { 32 };
        match fold.combine {
            Combine::Add => format!("{carry} + {value}"),
            Combine::Mul => format!("{carry} * {value}"),
            Combine::Min => format!("min{bits}({carry}, {value})"),
            Combine::Max => format!("max{bits}({carry}, {value})"),
        }
    }

    /// `carry = carry op value`
    pub fn take_in(&mut self, fold: &Fold, value: &str) {
        let combined = self.combined(fold, value);
        self.line(format!("r{} = {combined};", fold.carry.0));
    }

    /// All iterations, each carry taking in one value after the other.
    pub fn in_order(&mut self, l: &'k Loop, trips: &Trips) -> Result<()> {
        self.open(l, trips, &format!("k{}", l.iv.0), "0", &trips.count);
        self.list(&l.body)?;
        self.moves(&l.moves);
        for fold in &l.mark.folds {
            let value = self.e.var(fold.value);
            self.take_in(fold, &value);
        }
        self.line("}");
        Ok(())
    }

    /// An empty cascade for each fold.
    pub fn open_cascades(&mut self, l: &Loop) {
        for (k, fold) in cascades(l) {
            let bits = if fold.dtype == DType::F64 { 64 } else { 32 };
            let c = cascade(k);
            self.line(format!("struct cascade{bits} {c};"));
            self.line(format!("{c}.count = 0;"));
        }
    }

    /// Combines a block of `m` values.
    pub fn push(&mut self, fold: &Fold, k: usize, values: &str, m: &str) {
        let (of_block, push) = match fold.dtype {
            DType::F64 => (Function::Fold64(fold.combine), Function::CascadePush64),
            _ => (Function::Fold32(fold.combine), Function::CascadePush32),
        };
        let (of_block, push) = (self.library(of_block), self.library(push));
        let (c, op) = (cascade(k), number(fold.combine));
        self.line(format!("{push}(&{c}, {op}, {of_block}({values}, {m}));"));
    }

    /// The total of each fold goes to its carry, or to `partial`.
    pub fn close_cascades(&mut self, l: &Loop, trips: &Trips) {
        for (k, fold) in cascades(l) {
            let finish = match fold.dtype {
                DType::F64 => Function::CascadeFinish64,
                _ => Function::CascadeFinish32,
            };
            let finish = self.library(finish);
            let total = format!("{finish}(&{}, {})", cascade(k), number(fold.combine));
            if trips.partial {
                let bits = if fold.dtype == DType::F64 { 64 } else { 32 };
                self.line(format!("partial[{k}] = bits{bits}({total});"));
            } else {
                self.take_in(fold, &total);
            }
        }
    }

    /// A loop that reduces and is not vector: its body is written once for short and long loops.
    pub fn folded(&mut self, l: &'k Loop, trips: &Trips) -> Result<()> {
        let iv = l.iv.0;
        let (ty, n) = (trips.counter, &trips.count);
        // On several threads the short ones do not get here.
        let short = if trips.partial { Some(false) } else { trips.known.map(|n| n < SHORT_FOLD) };
        if short == Some(true) {
            return self.in_order(l, trips);
        }
        if short.is_none() {
            self.line(format!("const _Bool few{iv} = {n} < {SHORT_FOLD};"));
        }
        self.open_cascades(l);
        for (k, fold) in cascades(l) {
            let ty = variable_type(fold.dtype);
            self.line(format!("{ty} v{k}[{BLOCK}] __attribute__((aligned(64)));"));
        }
        let (at, j) = (format!("at{iv}"), format!("j{iv}"));
        self.line(format!("for ({ty} {at} = 0; {at} < {n}; {at} += {BLOCK}) {{"));
        self.line(format!("const {ty} m{iv} = {n} - {at} < {BLOCK} ? {n} - {at} : {BLOCK};"));
        self.line(format!("for ({ty} {j} = 0; {j} < m{iv}; {j}++) {{"));
        self.index(l, trips, &format!("({at} + {j})"));
        self.list(&l.body)?;
        self.moves(&l.moves);
        for (k, fold) in l.mark.folds.iter().enumerate() {
            let value = self.e.var(fold.value);
            if !is_cascade(fold) {
                self.take_in(fold, &value);
            } else if short.is_none() {
                let combined = self.combined(fold, &value);
                self.line(format!("if (few{iv}) r{} = {combined}; else v{k}[{j}] = {value};", fold.carry.0));
            } else {
                self.line(format!("v{k}[{j}] = {value};"));
            }
        }
        self.line("}");
        let unless = if short.is_none() { format!("if (!few{iv}) {{") } else { "{".into() };
        self.line(&unless);
        for (k, fold) in cascades(l) {
            self.push(fold, k, &format!("v{k}"), &format!("m{iv}"));
        }
        self.line("}");
        self.line("}");
        self.line(&unless);
        self.close_cascades(l, trips);
        self.line("}");
        Ok(())
    }
}
