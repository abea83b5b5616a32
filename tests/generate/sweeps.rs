//! Random sweeps over matrices: independent rows, reductions over rows and over everything, failures in some
//! iteration. Most of them are divided among threads.

use super::Outcome;
use desc_jit::array::{Buffer, Number};
use desc_jit::{Engine, Graph, with_engine};
use std::fmt::Write;

/// The shape of the matrices.
pub const SHAPE: [usize; 2] = [90, 1100];

struct Author {
    choices: std::vec::IntoIter<u32>,
    text: String,
    next: usize,
    dtype: &'static str,
    /// Values in scope.
    numbers: Vec<usize>,
    bools: Vec<usize>,
}

impl Author {
    fn pick(&mut self, n: usize) -> usize {
        self.choices.next().unwrap_or(0) as usize % n
    }

    fn value(&mut self, ty: &str, rhs: std::fmt::Arguments<'_>) -> usize {
        self.next += 1;
        let v = self.next - 1;
        let _ = writeln!(self.text, "%{v}: {ty} = {rhs}");
        v
    }

    fn number(&mut self) -> usize {
        let k = self.pick(self.numbers.len().min(6));
        self.numbers[self.numbers.len() - 1 - k]
    }

    fn push(&mut self, rhs: String) {
        let v = self.value(self.dtype, format_args!("{rhs}"));
        self.numbers.push(v);
    }

    /// Computes something from what is there.
    fn compute(&mut self) {
        let float = self.dtype != "i64";
        match self.pick(9) {
            0..=4 => {
                let ops: &[&str] = match float {
                    true => &["add", "sub", "mul", "div", "min", "max"],
                    // Products overflow in some iterations.
                    false => &["add", "sub", "min", "max", "xor", "mul"],
                };
                let op = ops[self.pick(ops.len())];
                let (a, b) = (self.number(), self.number());
                self.push(format!("{op}(%{a}, %{b})"));
            }
            5 => {
                let ops: &[&str] =
                    if float { &["neg", "abs", "sqrt", "sin", "floor"] } else { &["neg", "abs", "signum"] };
                let op = ops[self.pick(ops.len())];
                let a = self.number();
                self.push(format!("{op}(%{a})"));
            }
            6 => {
                let op = ["lt", "ge", "ne"][self.pick(3)];
                let (a, b) = (self.number(), self.number());
                let v = self.value("bool", format_args!("{op}(%{a}, %{b})"));
                self.bools.push(v);
            }
            _ => {
                if let Some(&c) = self.bools.last() {
                    let (a, b) = (self.number(), self.number());
                    self.push(format!("select(%{c}, %{a}, %{b})"));
                }
            }
        }
    }

    /// An index near another one: out of range in some iterations, at times.
    fn near(&mut self, i: usize) -> usize {
        match self.pick(8) {
            0 => {
                let one = self.value("usize", format_args!("const{{1}}()"));
                self.value("usize", format_args!("add(%{i}, %{one})"))
            }
            1 => {
                let one = self.value("usize", format_args!("const{{1}}()"));
                self.value("usize", format_args!("sub(%{i}, %{one})"))
            }
            _ => i,
        }
    }

    /// What a carry becomes: mostly a reduction.
    fn carried(&mut self, carry: usize) -> usize {
        let ops: &[&str] =
            if self.dtype == "i64" { &["max", "min", "add"] } else { &["add", "add", "mul", "max", "min"] };
        let op = ops[self.pick(ops.len())];
        let x = self.number();
        match self.pick(10) {
            0 => carry,
            1 => self.value(self.dtype, format_args!("{op}(%{x}, %{carry})")),
            _ => self.value(self.dtype, format_args!("{op}(%{carry}, %{x})")),
        }
    }
}

/// The text of a graph: `x` is read, `y` and `z` are written where the loops are.
pub fn program(choices: Vec<u32>, dtype: &'static str) -> String {
    let [rows, columns] = SHAPE;
    let (matrix, vector) = (format!("{dtype}[{rows}, {columns}]"), format!("{dtype}[{rows}]"));
    let choices = choices.into_iter();
    let mut a = Author { choices, text: String::new(), next: 40, dtype, numbers: vec![3], bools: Vec::new() };
    let _ = writeln!(
        a.text,
        "graph f(%0: {matrix}, %1: {matrix}, %2: {vector}, %3: {dtype}, %4: usize, %5: usize) {{\n%6: usize = const{{0}}()"
    );
    let first = if a.pick(3) == 0 { 4 } else { 6 };
    let _ = writeln!(
        a.text,
        "%7: {matrix}, %8: {vector}, %9: {dtype} = for{{1}}(%6, %4, %1, %2, %3) {{\n\
         (%10: usize, %11: {matrix}, %12: {vector}, %13: {dtype})"
    );
    let (i, j) = (10, 20);
    a.numbers.push(13);
    let start = if first == 4 && a.pick(2) == 0 { i } else { 6 };
    let _ = writeln!(
        a.text,
        "%14: {matrix}, %15: {dtype}, %16: {dtype} = for{{1}}(%{start}, %5, %11, %13, %3) {{\n\
         (%{j}: usize, %21: {matrix}, %22: {dtype}, %23: {dtype})"
    );
    let inside = a.numbers.len();
    for _ in 0..1 + a.pick(3) {
        let (r, c) = (a.near(i), a.near(j));
        a.push(format!("load{{at, at; \"x\"}}(%0, %{r}, %{c})"));
    }
    for _ in 0..a.pick(6) {
        a.compute();
    }
    let y = match a.pick(3) {
        0 => 21,
        _ => {
            let x = a.number();
            let mode = ["set", "add"][a.pick(2)];
            a.value(&matrix, format_args!("store{{{mode}; at, at; \"y\"}}(%21, %{i}, %{j}, %{x})"))
        }
    };
    let (s, t) = (a.carried(22), a.carried(23));
    let _ = writeln!(a.text, "yield %{y}, %{s}, %{t}\n}}");
    a.numbers.truncate(inside);
    a.bools.clear();
    a.numbers.extend([16, 15]);
    for _ in 0..a.pick(3) {
        a.compute();
    }
    let x = a.number();
    let z = a.value(&vector, format_args!("store{{set; at; \"z\"}}(%12, %{i}, %{x})"));
    let total = if a.pick(2) == 0 { 15 } else { a.carried(13) };
    let _ = writeln!(a.text, "yield %14, %{z}, %{total}\n}}\nreturn %7, %8, %9\n}}");
    a.text
}

/// Its results on fixed inputs; the loops run that often.
pub fn run<T: Number>(graph: &Graph, engine: Engine, [rows, columns]: [usize; 2]) -> Outcome {
    // Numbers whose sums depend on the order.
    let number = |k: usize| T::of_f64(((k * 37) % 4099) as f64 * 0.00503 - 9.1);
    let count = SHAPE[0] * SHAPE[1];
    let x = Buffer::from_vec((0..count).map(number).collect(), &SHAPE)?;
    let y = Buffer::from_vec((0..count).map(|k| number(k + 7)).collect(), &SHAPE)?;
    let z = Buffer::from_vec((0..SHAPE[0]).map(number).collect(), &SHAPE[..1])?;
    let s = Buffer::from_vec(vec![T::of_f64(1.75)], &[])?;
    let [rows, columns] = [rows, columns].map(|n| Buffer::from_vec(vec![n], &[]));
    let outputs = with_engine(engine, || graph.run(&[&x, &y, &z, &s, &rows?, &columns?]))?;
    let bits = |v: &T| if v.is_nan_value() { u64::MAX - 7 } else { v.to_literal().bits() };
    Ok(outputs
        .iter()
        .map(|b| b.as_slice::<T>().map_or(Vec::new(), |v| v.iter().map(bits).collect()))
        .collect())
}
