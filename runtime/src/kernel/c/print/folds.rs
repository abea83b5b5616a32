//! Reductions: values of blocks of iterations are combined by the library, blocks by a cascade.

use super::expr::variable_type;
use super::loops::Trips;
use super::ordered::Iteration;
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

/// Iterations `from .. from + count`, counted by `k` from 0.
pub(super) struct Stretch<'s> {
    pub k: &'s str,
    pub from: Option<&'s str>,
    pub count: &'s str,
}

impl Stretch<'_> {
    /// The iteration of that number in the stretch.
    pub fn of(&self, k: &str) -> String {
        self.from.map_or_else(|| k.into(), |from| format!("({from} + {k})"))
    }
}

impl<'k> Unit<'k> {
    /// `carry op value`
    fn combined(&self, fold: &Fold, value: &str) -> String {
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
        let k = format!("k{}", l.iv.0);
        self.each(l, trips, &Stretch { k: &k, from: None, count: &trips.count }, &|unit| {
            for fold in &l.mark.folds {
                let value = unit.e.var(fold.value);
                unit.take_in(fold, &value);
            }
        })
    }

    /// A stretch of iterations, one after the other or side by side. `last` stands at the end of each.
    fn each(
        &mut self,
        l: &'k Loop,
        trips: &Trips,
        stretch: &Stretch<'_>,
        last: &dyn Fn(&mut Self),
    ) -> Result<()> {
        if l.mark.simt {
            return self.side_by_side(l, trips, stretch, last);
        }
        self.line(format!(
            "for ({} {k} = 0; {k} < {}; {k}++) {{",
            trips.counter,
            stretch.count,
            k = stretch.k
        ));
        self.index(l, trips, &stretch.of(stretch.k));
        self.list(&l.body)?;
        self.carries(&Iteration::of(l));
        last(self);
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
        let block = Stretch { k: &j, from: Some(&at), count: &format!("m{iv}") };
        self.each(l, trips, &block, &|unit| {
            for (k, fold) in l.mark.folds.iter().enumerate() {
                let value = unit.e.var(fold.value);
                if !is_cascade(fold) {
                    unit.take_in(fold, &value);
                } else if short.is_none() {
                    let combined = unit.combined(fold, &value);
                    unit.line(format!(
                        "if (few{iv}) r{} = {combined}; else v{k}[{j}] = {value};",
                        fold.carry.0
                    ));
                } else {
                    unit.line(format!("v{k}[{j}] = {value};"));
                }
            }
        })?;
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
