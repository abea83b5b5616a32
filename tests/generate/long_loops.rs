//! Random inner loops: affine loads and stores, gathers, reductions, selects, guarded stores.

use super::Outcome;
use desc_jit::array::Buffer;
use desc_jit::{Engine, Graph, with_engine};
use std::fmt::Write;

/// The length of the arrays for tests.
pub const LEN: usize = 150;

struct Author {
    choices: std::vec::IntoIter<u32>,
    text: String,
    next: usize,
    /// Values of the element type, integers, conditions, and the versions of two arrays.
    numbers: Vec<usize>,
    ints: Vec<usize>,
    bools: Vec<usize>,
    arrays: [usize; 2],
    dtype: &'static str,
    len: usize,
}

impl Author {
    fn pick(&mut self, n: usize) -> usize {
        self.choices.next().unwrap_or(0) as usize % n
    }

    fn fresh(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = writeln!(self.text, "{text}");
    }

    fn number(&mut self) -> usize {
        let k = self.pick(self.numbers.len().min(5));
        self.numbers[self.numbers.len() - 1 - k]
    }

    fn int(&mut self) -> usize {
        let k = self.pick(self.ints.len().min(5));
        self.ints[self.ints.len() - 1 - k]
    }

    fn push_number(&mut self, rhs: String) {
        let (v, dtype) = (self.fresh(), self.dtype);
        self.line(format_args!("%{v}: {dtype} = {rhs}"));
        self.numbers.push(v);
    }

    fn push_int(&mut self, rhs: String) {
        let v = self.fresh();
        self.line(format_args!("%{v}: usize = {rhs}"));
        self.ints.push(v);
    }

    fn node(&mut self) {
        let float = self.dtype != "i64";
        match self.pick(14) {
            0..=2 => {
                let ops: &[&str] = if float {
                    &["add", "sub", "mul", "div", "min", "max"]
                } else {
                    &["add", "sub", "min", "max", "xor", "wrapping_add", "wrapping_mul", "and"]
                };
                let op = ops[self.pick(ops.len())];
                let (a, b) = (self.number(), self.number());
                self.push_number(format!("{op}(%{a}, %{b})"));
            }
            3 => {
                let ops: &[&str] = if float {
                    &["neg", "abs", "sqrt", "sin", "floor"]
                } else {
                    &["neg", "abs", "signum", "swap_bytes"]
                };
                let op = ops[self.pick(ops.len())];
                let a = self.number();
                self.push_number(format!("{op}(%{a})"));
            }
            4 | 5 => {
                // Loads of either array, at any index: mostly the loop's own plus a constant.
                let (x, i) = (self.arrays[self.pick(2)], self.int());
                self.push_number(format!("load{{at; \"x\"}}(%{x}, %{i})"));
            }
            6 => {
                // A gather: %4 holds positions.
                let i = self.int();
                self.push_int(format!("load{{at; \"index\"}}(%4, %{i})"));
            }
            7 => {
                let c = self.fresh();
                let k = self.pick(3);
                self.line(format_args!("%{c}: usize = const{{{k}}}()"));
                let (op, i) = (
                    ["add", "sub", "rem", "mul", "wrapping_sub"][[0, 0, 1, 2, 3, 4][self.pick(6)]],
                    self.int(),
                );
                self.push_int(format!("{op}(%{i}, %{c})"));
            }
            8 | 9 => {
                let k = self.pick(2);
                let mode = ["set", "set", "add", "max"][self.pick(4)];
                let (x, i, f, v) = (self.arrays[k], self.int(), self.number(), self.fresh());
                let (dtype, len) = (self.dtype, self.len);
                self.line(format_args!(
                    "%{v}: {dtype}[{len}] = store{{{mode}; at; \"y\"}}(%{x}, %{i}, %{f})"
                ));
                self.arrays[k] = v;
            }
            10 => {
                let op = ["lt", "ge", "eq"][self.pick(3)];
                let v = self.fresh();
                let (a, b) =
                    if self.pick(2) == 0 { (self.number(), self.number()) } else { (self.int(), self.int()) };
                // Only operands of one type compare.
                let (a, b) = if self.ints.contains(&a) == self.ints.contains(&b) { (a, b) } else { (a, a) };
                self.line(format_args!("%{v}: bool = {op}(%{a}, %{b})"));
                self.bools.push(v);
            }
            11 => {
                if let Some(&c) = self.bools.last() {
                    let (a, b) = (self.number(), self.number());
                    self.push_number(format!("select(%{c}, %{a}, %{b})"));
                }
            }
            12 => {
                if let Some(&c) = self.bools.last() {
                    let (x, i, f, v, w) =
                        (self.arrays[0], self.int(), self.number(), self.fresh(), self.fresh());
                    let (dtype, len) = (self.dtype, self.len);
                    self.line(format_args!(
                        "%{v}: {dtype}[{len}] = cond(%{c}) {{ () %{w}: {dtype}[{len}] = store{{set; at; \"y\"}}(%{x}, %{i}, %{f}) yield %{w} }} {{ () yield %{x} }}"
                    ));
                    self.arrays[0] = v;
                }
            }
            _ => {
                if let Some(&c) = self.bools.last() {
                    let (i, x, v, w) = (self.int(), self.arrays[1], self.fresh(), self.fresh());
                    let (f, dtype) = (self.number(), self.dtype);
                    self.line(format_args!(
                        "%{v}: {dtype} = cond(%{c}) {{ () %{w}: {dtype} = load{{at; \"z\"}}(%{x}, %{i}) yield %{w} }} {{ () yield %{f} }}"
                    ));
                    self.numbers.push(v);
                }
            }
        }
    }
}

/// The text of a graph over arrays of that length.
pub fn program(choices: Vec<u32>, dtype: &'static str, len: usize) -> String {
    let mut a = Author {
        choices: choices.into_iter(),
        text: String::new(),
        next: 30,
        numbers: vec![2],
        ints: vec![3],
        bools: Vec::new(),
        arrays: [0, 1],
        dtype,
        len,
    };
    let step = [1, 1, 1, 2, -1][a.pick(5)];
    let start = if step < 0 { len - 2 } else { a.pick(3) };
    a.line(format_args!(
        "graph f(%0: {dtype}[{len}], %1: {dtype}[{len}], %2: {dtype}, %3: usize, %4: usize[{len}]) {{\n%5: usize = const{{{start}}}()"
    ));
    a.line(format_args!(
        "%6: {dtype}[{len}], %7: {dtype}[{len}], %8: {dtype} = for{{{step}}}(%5, %3, %0, %1, %2) {{"
    ));
    a.line(format_args!("(%9: usize, %10: {dtype}[{len}], %11: {dtype}[{len}], %12: {dtype})"));
    let one = if dtype == "i64" { "1" } else { "1.0" };
    a.line(format_args!(
        "%13: {dtype} = const{{{one}}}()\n%14: usize = const{{1}}()\n%15: usize = add(%9, %14)"
    ));
    a.numbers = vec![12, 13];
    a.ints = vec![15, 9];
    a.arrays = [10, 11];
    for _ in 0..3 + a.pick(9) {
        a.node();
    }
    // The scalar carry: a reduction, or something that follows from the last values.
    let carry = match a.pick(4) {
        0 => 12,
        1 => a.number(),
        k => {
            let op = ["add", "max"][k - 2];
            let f = a.number();
            a.push_number(format!("{op}(%12, %{f})"));
            a.next - 1
        }
    };
    let (x, y) = if a.pick(6) == 0 { (a.arrays[1], a.arrays[0]) } else { (a.arrays[0], a.arrays[1]) };
    a.line(format_args!("yield %{x}, %{y}, %{carry}\n}}\nreturn %6, %7, %8\n}}"));
    a.text
}

/// Its results on fixed inputs; its loop runs `trips` times.
pub fn run<T: desc_jit::array::Number>(graph: &Graph, engine: Engine, len: usize, trips: usize) -> Outcome {
    let number = |k: usize| T::of_f64(((k * 37) % 41) as f64 * 0.503 - 9.1);
    let x = Buffer::from_vec((0..len).map(number).collect(), &[len])?;
    let y = Buffer::from_vec((0..len).map(|k| number(k * k + 3)).collect(), &[len])?;
    let s = Buffer::from_vec(vec![T::of_f64(0.75)], &[])?;
    let n = Buffer::from_vec(vec![trips], &[])?;
    let index = Buffer::from_vec(
        (0..len).map(|k| (k * 61) % (len + usize::from(trips == len - 2))).collect(),
        &[len],
    )?;
    let outputs = with_engine(engine, || graph.run(&[&x, &y, &s, &n, &index]))?;
    let bits = |v: &T| if v.is_nan_value() { u64::MAX - 7 } else { v.to_literal().bits() };
    Ok(outputs
        .iter()
        .map(|b| b.as_slice::<T>().map_or(Vec::new(), |v| v.iter().map(bits).collect()))
        .collect())
}
