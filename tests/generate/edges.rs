//! Random time steps over a line or a plate: copies and zeros of which a loop overwrites some part, boundary conditions by
//! branches, neighbours on a ring, also of lengths at which loops are just long enough to be taken apart.

use super::Outcome;
use desc_jit::array::Buffer;
use desc_jit::{Engine, Graph, with_engine};
use std::fmt::Write;

/// Lengths of axes.
const LENGTHS: [usize; 8] = [3, 15, 16, 17, 18, 20, 32, 37];

struct Author {
    choices: std::vec::IntoIter<u32>,
    text: String,
    next: usize,
    shape: Vec<usize>,
}

impl Author {
    fn pick(&mut self, n: usize) -> usize {
        self.choices.next().unwrap_or(0) as usize % n
    }

    fn line(&mut self, text: String) {
        let _ = writeln!(self.text, "{text}");
    }

    fn fresh(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    fn value(&mut self, ty: &str, rhs: String) -> usize {
        let v = self.fresh();
        self.line(format!("%{v}: {ty} = {rhs}"));
        v
    }

    fn index(&mut self, n: usize) -> usize {
        self.value("usize", format!("const{{{n}}}()"))
    }

    fn array(&self) -> String {
        let shape: Vec<String> = self.shape.iter().map(usize::to_string).collect();
        format!("f64[{}]", shape.join(","))
    }

    /// An index beside `i`, on the axis of length `n`, and a condition under which there is none.
    fn neighbour(&mut self, i: usize, n: usize) -> (usize, Option<usize>) {
        let one = self.index(1);
        let ahead = self.pick(2) == 0;
        match self.pick(5) {
            // On a ring, by a remainder.
            0 => {
                let (way, length) = (self.index(if ahead { 1 } else { n - 1 }), self.index(n));
                let sum = self.value("usize", format!("add(%{i}, %{way})"));
                (self.value("usize", format!("rem(%{sum}, %{length})")), None)
            }
            // On a ring or at a wall, by a branch.
            kind @ (1 | 2) => {
                let (end, op) = if ahead { (n - 1, "add") } else { (0, "sub") };
                let end = self.index(end);
                let other = self.index(if (kind == 1) == ahead { 0 } else { n - 1 });
                let at_end = self.value("bool", format!("eq(%{i}, %{end})"));
                let (found, beside) = (self.fresh(), self.fresh());
                self.line(format!("%{found}: usize = cond(%{at_end}) {{\n()\nyield %{other}\n}} {{\n()"));
                self.line(format!("%{beside}: usize = {op}(%{i}, %{one})\nyield %{beside}\n}}"));
                (found, None)
            }
            // Nothing is there.
            3 if ahead => {
                let beside = self.value("usize", format!("add(%{i}, %{one})"));
                let length = self.index(n);
                let none = self.value("bool", format!("ge(%{beside}, %{length})"));
                (beside, Some(none))
            }
            3 => {
                let none = self.value("bool", format!("lt(%{i}, %{one})"));
                // Of the first one the last one, which is not read.
                let beside = self.value("usize", format!("max(%{i}, %{one})"));
                (self.value("usize", format!("sub(%{beside}, %{one})")), Some(none))
            }
            _ => (i, None),
        }
    }

    /// An element of the array beside the counters.
    fn element(&mut self, array: usize, counters: &[usize]) -> usize {
        let mut places = Vec::new();
        let mut missing = Vec::new();
        for (axis, &i) in counters.iter().enumerate() {
            let (place, none) = self.neighbour(i, self.shape[axis]);
            places.push(place);
            missing.extend(none);
        }
        let axes = vec!["at"; places.len()].join(", ");
        let places: Vec<String> = places.iter().map(|p| format!("%{p}")).collect();
        let load = format!("load{{{axes};}}(%{array}, {})", places.join(", "));
        if missing.is_empty() {
            return self.value("f64", load);
        }
        let none = match missing[..] {
            [one] => one,
            _ => self.value("bool", format!("or(%{}, %{})", missing[0], missing[1])),
        };
        let wall = self.value("f64", "const{0.25}()".to_string());
        let (found, there) = (self.fresh(), self.fresh());
        self.line(format!("%{found}: f64 = cond(%{none}) {{\n()\nyield %{wall}\n}} {{\n()"));
        self.line(format!("%{there}: f64 = {load}\nyield %{there}\n}}"));
        found
    }

    /// The loops from the axis on: their array is `into`, and they read `from`.
    fn sweep(&mut self, from: usize, into: usize, counters: &mut Vec<usize>) -> usize {
        let ty = self.array();
        let axis = counters.len();
        if axis == self.shape.len() {
            let mut sum = self.element(from, counters);
            for _ in 0..=self.pick(3) {
                let read = if self.pick(8) == 0 { into } else { from };
                let x = self.element(read, counters);
                let op = ["add", "sub", "mul", "max"][self.pick(4)];
                sum = self.value("f64", format!("{op}(%{sum}, %{x})"));
            }
            let half = self.value("f64", "const{0.5}()".to_string());
            let value = self.value("f64", format!("mul(%{sum}, %{half})"));
            let places: Vec<String> = counters.iter().map(|p| format!("%{p}")).collect();
            let axes = vec!["at"; places.len()].join(", ");
            let op = ["set", "set", "set", "add"][self.pick(4)];
            return self
                .value(&ty, format!("store{{{op}; {axes};}}(%{into}, {}, %{value})", places.join(", ")));
        }
        let n = self.shape[axis];
        let (low, high) = (self.pick(3).min(n - 1), self.pick(3));
        let count = n.saturating_sub(low + high).max(1);
        let back = self.pick(4) == 0;
        let first = self.index(if back { low + count - 1 } else { low });
        let count = self.index(count);
        let step = if back { -1 } else { 1 };
        let (after, i, array) = (self.fresh(), self.fresh(), self.fresh());
        self.line(format!(
            "%{after}: {ty} = for{{{step}}}(%{first}, %{count}, %{into}) {{\n(%{i}: usize, %{array}: {ty})"
        ));
        counters.push(i);
        let stored = self.sweep(from, array, counters);
        counters.pop();
        self.line(format!("yield %{stored}\n}}"));
        after
    }
}

/// A function of an array, as text.
pub fn program(choices: Vec<u32>) -> String {
    let mut author = Author { choices: choices.into_iter(), text: String::new(), next: 1, shape: Vec::new() };
    let axes = 1 + author.pick(2);
    for _ in 0..axes {
        let length = author.pick(LENGTHS.len());
        author.shape.push(LENGTHS[length]);
    }
    let ty = author.array();
    author.line(format!("graph f(%0: {ty}) {{"));
    let (first, steps) = (author.index(0), author.index(3));
    let (after, t, u) = (author.fresh(), author.fresh(), author.fresh());
    author.line(format!("%{after}: {ty} = for{{1}}(%{first}, %{steps}, %0) {{\n(%{t}: usize, %{u}: {ty})"));
    let mut last = u;
    for _ in 0..=author.pick(2) {
        // A copy, or zeros.
        let into = match author.pick(3) {
            0 => {
                let zero = author.value("f64", "const{-0.125}()".to_string());
                author.value(&ty, format!("broadcast(%{zero})"))
            }
            _ => last,
        };
        last = author.sweep(last, into, &mut Vec::new());
    }
    author.line(format!("yield %{last}\n}}\nreturn %{after}\n}}"));
    author.text
}

/// The bits of the result, or the error.
pub fn run(graph: &Graph, engine: Engine) -> Outcome {
    let shape = graph.to_string();
    let shape = shape.split_once("f64[").and_then(|(_, rest)| rest.split_once(']')).map_or("", |s| s.0);
    let shape: Vec<usize> = shape.split(',').filter_map(|n| n.trim().parse().ok()).collect();
    let count = shape.iter().product();
    let x = Buffer::from_vec((0..count).map(|k| (k as f64 * 0.731).sin()).collect(), &shape)?;
    let outputs = with_engine(engine, || graph.run(&[&x]))?;
    let bits = |v: &f64| if v.is_nan() { u64::MAX - 7 } else { v.to_bits() };
    Ok(outputs
        .iter()
        .map(|b| b.as_slice::<f64>().map_or(Vec::new(), |v| v.iter().map(bits).collect()))
        .collect())
}
