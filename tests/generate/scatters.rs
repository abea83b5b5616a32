//! Random nests that change several elements of their arrays in an iteration, at fixed distances, as derivatives of
//! stencils do: what a kernel shifts so that an iteration makes all changes of one element.

use super::Outcome;
use desc_jit::array::Buffer;
use desc_jit::{Engine, Graph, with_engine};
use std::fmt::Write;

/// The shape of the arrays.
const SHAPE: [usize; 2] = [9, 31];
/// Iterations stay away so far from the ends of each axis.
const MARGIN: usize = 2;

struct Author {
    choices: std::vec::IntoIter<u32>,
    text: String,
    next: usize,
    /// The indices along both axes.
    indices: [usize; 2],
    /// The newest versions of both arrays that change.
    arrays: [usize; 2],
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

    /// The indices of an element near that of the iteration.
    fn near(&mut self, often_here: bool) -> String {
        let mut operands = [0; 2];
        for (axis, operand) in operands.iter_mut().enumerate() {
            let i = self.indices[axis];
            let shift = if often_here && self.pick(8) > 0 { 2 } else { [0, 1, 2, 2, 3, 4][self.pick(6)] };
            let by = self.constant(MARGIN.abs_diff(shift));
            *operand = match shift {
                MARGIN => i,
                0..MARGIN => self.value("usize", format_args!("sub(%{i}, %{by})")),
                _ => self.value("usize", format_args!("add(%{i}, %{by})")),
            };
        }
        format!("%{}, %{}", operands[0], operands[1])
    }

    /// A number: of before, of the array that is only read, or of one that changes.
    fn float(&mut self) -> usize {
        match self.pick(6) {
            5 => {
                let (a, b) = (self.float(), self.known());
                let op = ["mul", "sub", "add", "div"][self.pick(4)];
                self.value("f64", format_args!("{op}(%{a}, %{b})"))
            }
            1 | 2 => {
                let near = self.near(false);
                self.value("f64", format_args!("load{{at, at; \"d\"}}(%2, {near})"))
            }
            3 => {
                let near = self.near(true);
                let array = self.arrays[self.next % 2];
                self.value("f64", format_args!("load{{at, at; \"x\"}}(%{array}, {near})"))
            }
            _ => self.known(),
        }
    }

    fn known(&mut self) -> usize {
        let k = self.pick(self.floats.len());
        self.floats[k]
    }

    fn store(&mut self) {
        let x = self.float();
        self.floats.push(x);
        // Mostly to the first array: the other one is read, and then set.
        let set = self.pick(5) == 0;
        let array = usize::from(set != (self.pick(8) == 0));
        let (mode, near) = if set { ("set", self.near(true)) } else { ("add", self.near(false)) };
        let [rows, columns] = SHAPE;
        let old = self.arrays[array];
        self.arrays[array] = self.value(
            &format!("f64[{rows}, {columns}]"),
            format_args!("store{{{mode}; at, at; \"y\"}}(%{old}, {near}, %{x})"),
        );
    }

    /// The head of a loop over an axis; gives the number that it carries, and the two arrays and the number behind it.
    fn open(&mut self, axis: usize, number: usize) -> (usize, [usize; 3]) {
        let [rows, columns] = SHAPE;
        let ty = format!("f64[{rows}, {columns}]");
        let most = SHAPE[axis] - 2 * MARGIN;
        let trips = if self.pick(4) == 0 { 1 + self.pick(most) } else { most };
        let down = self.pick(3) > 0;
        let start = self.constant(if down { MARGIN + trips - 1 } else { MARGIN });
        let count = self.constant(trips);
        let [a, b] = self.arrays;
        let [x, y, s, i, c, d, t] = [(); 7].map(|()| self.fresh());
        let step = if down { -1 } else { 1 };
        let _ = writeln!(
            self.text,
            "%{x}: {ty}, %{y}: {ty}, %{s}: f64 = for{{{step}}}(%{start}, %{count}, %{a}, %{b}, %{number}) {{\n\
             (%{i}: usize, %{c}: {ty}, %{d}: {ty}, %{t}: f64)"
        );
        self.indices[axis] = i;
        self.arrays = [c, d];
        // What the loop carries is read at times.
        let known = if self.pick(12) == 0 { t } else { 3 };
        self.floats.push(known);
        (t, [x, y, s])
    }
}

/// The text of a graph.
pub fn program(choices: Vec<u32>) -> String {
    let mut a = Author {
        choices: choices.into_iter(),
        text: String::new(),
        next: 10,
        indices: [0; 2],
        arrays: [0, 1],
        floats: vec![3],
    };
    let [rows, columns] = SHAPE;
    let ty = format!("f64[{rows}, {columns}]");
    let _ = writeln!(a.text, "graph f(%0: {ty}, %1: {ty}, %2: {ty}, %3: f64) {{");
    let outer = usize::from(a.pick(6) == 0);
    let (carried, results) = a.open(outer, 3);
    let (carry, inner) = a.open(1 - outer, carried);
    let near = a.near(true);
    let array = a.arrays[1];
    let d = a.value("f64", format_args!("load{{at, at; \"d\"}}(%{array}, {near})"));
    a.floats.extend([d, d]);
    for _ in 0..1 + a.pick(6) {
        a.store();
    }
    let total = match a.pick(3) {
        0 => {
            let x = a.float();
            a.value("f64", format_args!("add(%{carry}, %{x})"))
        }
        _ => carry,
    };
    let [x, y] = a.arrays;
    let _ = writeln!(a.text, "yield %{x}, %{y}, %{total}\n}}");
    let [x, y, s] = inner;
    let _ = writeln!(a.text, "yield %{x}, %{y}, %{s}\n}}");
    let [x, y, s] = results;
    let _ = writeln!(a.text, "return %{x}, %{y}, %{s}\n}}");
    a.text
}

/// Its results on fixed inputs.
pub fn run(graph: &Graph, engine: Engine) -> Outcome {
    let [rows, columns] = SHAPE;
    let array = |by: usize| {
        let numbers = (0..rows * columns).map(|k| ((k * by) % 101) as f64 * 0.137 - 5.3);
        Buffer::from_vec(numbers.collect(), &SHAPE)
    };
    let (a, b, d) = (array(37)?, array(53)?, array(71)?);
    let s = Buffer::from_vec(vec![0.7], &[])?;
    let outputs = with_engine(engine, || graph.run(&[&a, &b, &d, &s]))?;
    let bits = |v: &f64| if v.is_nan() { f64::NAN.to_bits() } else { v.to_bits() };
    Ok(outputs
        .iter()
        .map(|b| b.as_slice::<f64>().map_or(Vec::new(), |v| v.iter().map(bits).collect()))
        .collect())
}
