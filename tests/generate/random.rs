//! Random nests of loops, branches, stores and swaps over small arrays and scalars.

use super::Outcome;
use desc_jit::array::Buffer;
use desc_jit::{Engine, Graph, with_engine};
use std::fmt::Write;

const LEN: usize = 5;

/// Writes a random graph; every choice is a number of `choices` (0 when they run out).
struct Author {
    choices: std::vec::IntoIter<u32>,
    text: String,
    next: usize,
    /// Values in scope by type.
    floats: Vec<usize>,
    ints: Vec<usize>,
    bools: Vec<usize>,
    arrays: Vec<usize>,
}

impl Author {
    fn pick(&mut self, n: usize) -> usize {
        self.choices.next().unwrap_or(0) as usize % n
    }

    fn fresh(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    fn float(&mut self) -> usize {
        let k = self.pick(self.floats.len().min(6));
        self.floats[self.floats.len() - 1 - k]
    }

    fn int(&mut self) -> usize {
        let k = self.pick(self.ints.len().min(6));
        self.ints[self.ints.len() - 1 - k]
    }

    fn array(&mut self) -> usize {
        let k = self.pick(self.arrays.len().min(3));
        self.arrays[self.arrays.len() - 1 - k]
    }

    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = writeln!(self.text, "{text}");
    }

    fn emit_float(&mut self, rhs: String) {
        let v = self.fresh();
        self.line(format_args!("%{v}: f64 = {rhs}"));
        self.floats.push(v);
    }

    fn node(&mut self, depth: usize) {
        match self.pick(if depth < 3 { 16 } else { 12 }) {
            0 | 1 => {
                let op = ["add", "sub", "mul", "div", "min", "max"][self.pick(6)];
                let (a, b) = (self.float(), self.float());
                self.emit_float(format!("{op}(%{a}, %{b})"));
            }
            2 => {
                let op = ["neg", "abs", "sqrt", "sin", "floor", "exp"][self.pick(6)];
                let a = self.float();
                self.emit_float(format!("{op}(%{a})"));
            }
            3 => {
                let op = ["add", "sub", "mul", "rem", "min", "wrapping_sub", "and", "saturating_mul"]
                    [self.pick(8)];
                let (a, b) = (self.int(), self.int());
                let v = self.fresh();
                self.line(format_args!("%{v}: usize = {op}(%{a}, %{b})"));
                self.ints.push(v);
            }
            4 => {
                let op = ["lt", "le", "eq", "ne"][self.pick(4)];
                let v = self.fresh();
                if self.pick(2) == 0 {
                    let (a, b) = (self.float(), self.float());
                    self.line(format_args!("%{v}: bool = {op}(%{a}, %{b})"));
                } else {
                    let (a, b) = (self.int(), self.int());
                    self.line(format_args!("%{v}: bool = {op}(%{a}, %{b})"));
                }
                self.bools.push(v);
            }
            5..=7 => {
                let (x, i) = (self.array(), self.int());
                self.emit_float(format!("load{{at; \"a{x}\"}}(%{x}, %{i})"));
            }
            8..=10 => {
                let mode = ["set", "set", "add", "mul", "max"][self.pick(5)];
                let (x, i, f) = (self.array(), self.int(), self.float());
                let v = self.fresh();
                self.line(format_args!("%{v}: f64[{LEN}] = store{{{mode}; at; \"a{x}\"}}(%{x}, %{i}, %{f})"));
                self.arrays.push(v);
            }
            11 => {
                if let Some(&c) = self.bools.last() {
                    let (a, b) = (self.float(), self.float());
                    self.emit_float(format!("select(%{c}, %{a}, %{b})"));
                }
            }
            12 | 13 => self.for_loop(depth),
            14 => self.cond(depth),
            _ => self.while_loop(depth),
        }
    }

    /// Runs `body` in a scope of its own.
    fn scope<R>(&mut self, body: impl FnOnce(&mut Author) -> R) -> R {
        let marks = (self.floats.len(), self.ints.len(), self.bools.len(), self.arrays.len());
        let result = body(self);
        self.floats.truncate(marks.0);
        self.ints.truncate(marks.1);
        self.bools.truncate(marks.2);
        self.arrays.truncate(marks.3);
        result
    }

    fn nodes(&mut self, depth: usize) {
        for _ in 0..1 + self.pick(5) {
            self.node(depth + 1);
        }
    }

    fn for_loop(&mut self, depth: usize) {
        let (start, count, x, y, f) = (self.int(), self.int(), self.array(), self.array(), self.float());
        let step = [1, 1, 1, 2, -1][self.pick(5)];
        let small = self.fresh();
        let four = self.fresh();
        self.line(format_args!("%{four}: usize = const{{4}}()"));
        self.line(format_args!("%{small}: usize = min(%{count}, %{four})"));
        let outputs: Vec<usize> = (0..3).map(|_| self.fresh()).collect();
        let params: Vec<usize> = (0..4).map(|_| self.fresh()).collect();
        self.line(format_args!(
            "%{}: f64[{LEN}], %{}: f64[{LEN}], %{}: f64 = for{{{step}}}(%{start}, %{small}, %{x}, %{y}, %{f}) {{",
            outputs[0], outputs[1], outputs[2]
        ));
        self.line(format_args!(
            "(%{}: usize, %{}: f64[{LEN}], %{}: f64[{LEN}], %{}: f64)",
            params[0], params[1], params[2], params[3]
        ));
        self.scope(|a| {
            a.ints.push(params[0]);
            a.arrays.extend([params[1], params[2]]);
            a.floats.push(params[3]);
            a.nodes(depth);
            let (x, y, f) = (a.array(), a.array(), a.float());
            a.line(format_args!("yield %{x}, %{y}, %{f}\n}}"));
        });
        self.arrays.extend([outputs[0], outputs[1]]);
        self.floats.push(outputs[2]);
    }

    fn cond(&mut self, depth: usize) {
        let Some(&c) = self.bools.last() else { return };
        let outputs = [self.fresh(), self.fresh()];
        self.line(format_args!("%{}: f64[{LEN}], %{}: f64 = cond(%{c})", outputs[0], outputs[1]));
        for _ in 0..2 {
            self.line(format_args!("{{ ()"));
            self.scope(|a| {
                a.nodes(depth);
                let (x, f) = (a.array(), a.float());
                a.line(format_args!("yield %{x}, %{f}\n}}"));
            });
        }
        self.arrays.push(outputs[0]);
        self.floats.push(outputs[1]);
    }

    /// A loop that certainly ends: it counts to a small number.
    fn while_loop(&mut self, depth: usize) {
        let (x, f) = (self.array(), self.float());
        let ids: Vec<usize> = (0..13).map(|_| self.fresh()).collect();
        let [zero, k, o, p, k0, x0, f0, limit, test, k1, x1, f1, one] = ids[..] else { return };
        let k2 = self.fresh();
        self.line(format_args!("%{zero}: usize = const{{0}}()"));
        self.line(format_args!("%{k}: usize, %{o}: f64[{LEN}], %{p}: f64 = while(%{zero}, %{x}, %{f}) {{"));
        self.line(format_args!("(%{k0}: usize, %{x0}: f64[{LEN}], %{f0}: f64)"));
        self.line(format_args!(
            "%{limit}: usize = const{{3}}()\n%{test}: bool = lt(%{k0}, %{limit})\nyield %{test}\n}} {{"
        ));
        self.line(format_args!("(%{k1}: usize, %{x1}: f64[{LEN}], %{f1}: f64)"));
        self.scope(|a| {
            a.ints.push(k1);
            a.arrays.push(x1);
            a.floats.push(f1);
            a.nodes(depth);
            a.line(format_args!("%{one}: usize = const{{1}}()\n%{k2}: usize = add(%{k1}, %{one})"));
            let (x, f) = (a.array(), a.float());
            a.line(format_args!("yield %{k2}, %{x}, %{f}\n}}"));
        });
        self.ints.push(k);
        self.arrays.push(o);
        self.floats.push(p);
    }
}

/// The text of a graph.
pub fn program(choices: Vec<u32>) -> String {
    let mut author = Author {
        choices: choices.into_iter(),
        text: String::new(),
        next: 6,
        floats: vec![2],
        ints: vec![4, 5, 3],
        bools: Vec::new(),
        arrays: vec![0, 1],
    };
    author.line(format_args!(
        "graph random(%0: f64[{LEN}], %1: f64[{LEN}], %2: f64, %3: usize) {{\n%4: usize = const{{1}}()\n%5: usize = const{{3}}()"
    ));
    author.for_loop(0);
    for _ in 0..4 {
        author.node(0);
    }
    author.for_loop(0);
    let (x, y, f) = (author.array(), author.array(), author.float());
    author.line(format_args!("return %{x}, %{y}, %{f}\n}}"));
    author.text
}

/// Its results on fixed inputs; `n` is its integer.
pub fn run(graph: &Graph, engine: Engine, n: usize) -> Outcome {
    let x = Buffer::from_vec((0..LEN).map(|i| i as f64 - 1.5).collect(), &[LEN]).unwrap();
    let y = Buffer::from_vec((0..LEN).map(|i| 0.25 * (i * i) as f64).collect(), &[LEN]).unwrap();
    let s = Buffer::from_vec(vec![0.75], &[]).unwrap();
    let n = Buffer::from_vec(vec![n], &[]).unwrap();
    let outputs = with_engine(engine, || graph.run(&[&x, &y, &s, &n]))?;
    // NaN payloads are not fixed.
    let bits = |v: &f64| if v.is_nan() { f64::NAN.to_bits() } else { v.to_bits() };
    Ok(outputs.iter().map(|b| b.as_slice::<f64>().unwrap().iter().map(bits).collect()).collect())
}
