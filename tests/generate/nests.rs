//! Random nests of loops whose bounds depend on each other, over matrices and a vector at affine indices.

use super::Outcome;
use desc_jit::array::Buffer;
use desc_jit::{Engine, Graph, with_engine};
use std::fmt::Write;

/// The matrices are `SIDE` by `SIDE`.
const SIDE: usize = 12;
/// The length of the vector: sums of two counters are in range.
const LEN: usize = 24;

struct Author {
    choices: std::vec::IntoIter<u32>,
    text: String,
    next: usize,
    /// The loop counters in scope, outermost first.
    counters: Vec<usize>,
    /// The newest versions of two matrices and the vector.
    arrays: [usize; 3],
    floats: Vec<usize>,
}

impl Author {
    fn pick(&mut self, n: usize) -> usize {
        self.choices.next().unwrap_or(0) as usize % n
    }

    fn fresh(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    fn value(&mut self, ty: &str, rhs: std::fmt::Arguments<'_>) -> usize {
        let v = self.fresh();
        let _ = writeln!(self.text, "%{v}: {ty} = {rhs}");
        v
    }

    fn constant(&mut self, x: usize) -> usize {
        self.value("usize", format_args!("const{{{x}}}()"))
    }

    fn counter(&mut self) -> usize {
        let k = self.pick(self.counters.len());
        self.counters[k]
    }

    /// An affine index, mostly in range for a side of a matrix.
    fn index(&mut self) -> usize {
        let i = self.counter();
        match self.pick(8) {
            0 => self.constant(3),
            1 => {
                let c = self.constant(1);
                self.value("usize", format_args!("add(%{i}, %{c})"))
            }
            2 => {
                let c = self.constant(9);
                self.value("usize", format_args!("sub(%{c}, %{i})"))
            }
            _ => i,
        }
    }

    /// An affine index of the vector.
    fn position(&mut self) -> usize {
        let i = self.index();
        match self.pick(4) {
            0 => {
                let j = self.counter();
                self.value("usize", format_args!("add(%{i}, %{j})"))
            }
            1 => {
                let two = self.constant(2);
                self.value("usize", format_args!("mul(%{i}, %{two})"))
            }
            _ => i,
        }
    }

    /// An element that is mostly another one in every iteration of the outermost loop.
    fn own_element(&mut self) -> (usize, String) {
        let (first, last) = (self.counters[0], self.counters[self.counters.len() - 1]);
        match self.pick(5) {
            0 => (2, format!("%{}, %{first}", self.arrays[2])),
            1 => (0, format!("%{}, %{first}, %{last}", self.arrays[0])),
            2 => (1, format!("%{}, %{last}, %{first}", self.arrays[1])),
            _ => self.element(),
        }
    }

    /// An array and the operands of an access to it.
    fn element(&mut self) -> (usize, String) {
        match self.pick(5) {
            0 | 1 => {
                let i = self.position();
                (2, format!("%{}, %{i}", self.arrays[2]))
            }
            k => {
                let m = k % 2;
                let (i, j) = (self.index(), self.index());
                (m, format!("%{}, %{i}, %{j}", self.arrays[m]))
            }
        }
    }

    fn load(&mut self) -> usize {
        let (array, operands) = self.element();
        let axes = if array == 2 { "at" } else { "at, at" };
        self.value("f64", format_args!("load{{{axes}; \"x\"}}({operands})"))
    }

    fn float(&mut self) -> usize {
        match self.pick(4) {
            0 => {
                let k = self.pick(self.floats.len());
                self.floats[k]
            }
            1 => {
                let (a, b) = (self.load(), self.load());
                let op = ["mul", "sub", "add"][self.pick(3)];
                self.value("f64", format_args!("{op}(%{a}, %{b})"))
            }
            _ => self.load(),
        }
    }

    fn store(&mut self) {
        let x = self.float();
        let (array, operands) = self.own_element();
        let (axes, ty) = match array {
            2 => ("at", format!("f64[{LEN}]")),
            _ => ("at, at", format!("f64[{SIDE}, {SIDE}]")),
        };
        let mode = ["set", "set", "add"][self.pick(3)];
        let v = self.value(&ty, format_args!("store{{{mode}; {axes}; \"y\"}}({operands}, %{x})"));
        self.arrays[array] = v;
    }

    /// A counted loop around `depth` more; what it carries are the arrays and a number.
    fn nest(&mut self, depth: usize) {
        let (zero, side) = (self.constant(0), self.constant(9));
        let outer = self.counters.last().copied().unwrap_or(zero);
        let (start, end) = match self.pick(if self.counters.is_empty() { 2 } else { 6 }) {
            0 | 1 => (zero, side),
            2 => (zero, outer),
            3 => (outer, side),
            4 => {
                let one = self.constant(1);
                (self.value("usize", format_args!("add(%{outer}, %{one})")), side)
            }
            _ => {
                let one = self.constant(1);
                (zero, self.value("usize", format_args!("add(%{outer}, %{one})")))
            }
        };
        let number = *self.floats.last().unwrap_or(&3);
        let results: Vec<usize> = (0..4).map(|_| self.fresh()).collect();
        let types = [format!("f64[{SIDE}, {SIDE}]"), format!("f64[{SIDE}, {SIDE}]"), format!("f64[{LEN}]")];
        let list = |values: &[usize]| {
            let typed = values.iter().zip(types.iter().map(String::as_str).chain(["f64"]));
            typed.map(|(v, ty)| format!("%{v}: {ty}")).collect::<Vec<_>>().join(", ")
        };
        let [a, b, v] = self.arrays;
        let params: Vec<usize> = (0..4).map(|_| self.fresh()).collect();
        let counter = self.fresh();
        let header = format!(
            "{} = for{{1}}(%{start}, %{end}, %{a}, %{b}, %{v}, %{number}) {{\n(%{counter}: usize, {})",
            list(&results),
            list(&params),
        );
        let _ = writeln!(self.text, "{header}");
        let outside = self.floats.clone();
        self.counters.push(counter);
        self.arrays = [params[0], params[1], params[2]];
        self.floats.push(params[3]);
        for _ in 0..self.pick(5) / 3 {
            self.store();
        }
        if depth > 0 {
            self.nest(depth - 1);
        }
        for _ in 0..usize::from(depth == 0) + self.pick(4) / 3 {
            self.store();
        }
        let carry = match self.pick(8) {
            0 => {
                let (s, x) = (*self.floats.last().unwrap_or(&3), self.load());
                self.value("f64", format_args!("add(%{s}, %{x})"))
            }
            _ => params[3],
        };
        let [a, b, v] = self.arrays;
        let _ = writeln!(self.text, "yield %{a}, %{b}, %{v}, %{carry}\n}}");
        self.counters.pop();
        self.floats = outside;
        self.arrays = [results[0], results[1], results[2]];
        self.floats.push(results[3]);
    }
}

/// The text of a graph.
pub fn program(choices: Vec<u32>) -> String {
    let mut a = Author {
        choices: choices.into_iter(),
        text: String::new(),
        next: 10,
        counters: Vec::new(),
        arrays: [0, 1, 2],
        floats: vec![3],
    };
    let _ = writeln!(
        a.text,
        "graph f(%0: f64[{SIDE}, {SIDE}], %1: f64[{SIDE}, {SIDE}], %2: f64[{LEN}], %3: f64) {{"
    );
    for _ in 0..1 + a.pick(2) {
        let depth = a.pick(3);
        a.nest(depth);
    }
    let ([x, y, z], s) = (a.arrays, *a.floats.last().unwrap_or(&3));
    let _ = writeln!(a.text, "return %{x}, %{y}, %{z}, %{s}\n}}");
    a.text
}

/// Its results on fixed inputs.
pub fn run(graph: &Graph, engine: Engine) -> Outcome {
    let number = |k: usize| ((k * 37) % 41) as f64 * 0.125 - 2.0;
    let matrix =
        |shift: usize| Buffer::from_vec((0..SIDE * SIDE).map(|k| number(k + shift)).collect(), &[SIDE, SIDE]);
    let (x, y) = (matrix(0)?, matrix(17)?);
    let z = Buffer::from_vec((0..LEN).map(|k| number(3 * k)).collect(), &[LEN])?;
    let s = Buffer::from_vec(vec![0.75], &[])?;
    let outputs = with_engine(engine, || graph.run(&[&x, &y, &z, &s]))?;
    let bits = |v: &f64| if v.is_nan() { f64::NAN.to_bits() } else { v.to_bits() };
    Ok(outputs
        .iter()
        .map(|b| b.as_slice::<f64>().map_or(Vec::new(), |v| v.iter().map(bits).collect()))
        .collect())
}
