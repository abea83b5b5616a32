//! Random smooth programs: nests of loops and branches that read and write arrays element by element and by lists.

use super::{Numbers, check_on, integer};
use crate::array::Buffer;
use crate::backend::Engine;
use crate::graph::Graph;
use std::fmt::Write;

const LEN: usize = 4;

struct Author {
    numbers: Numbers,
    text: String,
    next: usize,
    scope: Scope,
}

/// Values that can be used here.
#[derive(Clone)]
struct Scope {
    floats: Vec<usize>,
    arrays: Vec<usize>,
    ints: Vec<usize>,
}

impl Author {
    fn pick(&mut self, n: usize) -> usize {
        ((self.numbers.next() + 1.0) * 0.5 * n as f64) as usize
    }

    fn recent(&mut self, kind: fn(&Scope) -> &Vec<usize>) -> usize {
        let k = self.pick(kind(&self.scope).len().min(4));
        let list = kind(&self.scope);
        list[list.len() - 1 - k]
    }

    fn float(&mut self) -> usize {
        self.recent(|s| &s.floats)
    }

    fn array(&mut self) -> usize {
        self.recent(|s| &s.arrays)
    }

    fn define(&mut self, ty: &str, rhs: &str) -> usize {
        let v = self.next;
        self.next += 1;
        let _ = writeln!(self.text, "%{v}: {ty} = {rhs}");
        match ty {
            "f64" => self.scope.floats.push(v),
            "usize" => self.scope.ints.push(v),
            _ if ty == Self::array_ty() => self.scope.arrays.push(v),
            _ => {}
        }
        v
    }

    fn array_ty() -> String {
        format!("f64[{LEN}]")
    }

    fn index(&mut self) -> usize {
        let i = self.recent(|s| &s.ints);
        let n = self.define("usize", &format!("const{{{LEN}}}()"));
        self.define("usize", &format!("rem(%{i}, %{n})"))
    }

    /// A condition on integers: the program stays smooth.
    fn condition(&mut self) -> usize {
        let (a, b) = (self.index(), self.index());
        self.define("bool", &format!("lt(%{a}, %{b})"))
    }

    /// A float in -1..1, an array: what a region yields.
    fn tame(&mut self) -> (usize, usize) {
        let x = self.float();
        let x = self.define("f64", &format!("sin(%{x})"));
        (x, self.array())
    }

    /// What stands inside a region; gives what it yields.
    fn inside(&mut self, depth: usize, params: &[(usize, &str)]) -> (usize, usize) {
        let outer = self.scope.clone();
        for &(v, ty) in params {
            match ty {
                "f64" => self.scope.floats.push(v),
                "usize" => self.scope.ints.push(v),
                _ => self.scope.arrays.push(v),
            }
        }
        let nodes = 2 + self.pick(4);
        (0..nodes).for_each(|_| self.node(depth + 1));
        let yields = self.tame();
        self.scope = outer;
        yields
    }

    fn fresh<const N: usize>(&mut self) -> [usize; N] {
        std::array::from_fn(|_| {
            self.next += 1;
            self.next - 1
        })
    }

    /// Ops of whole arrays: sums, rows by lists with duplicates, matrices.
    fn of_arrays(&mut self) {
        let array = &Self::array_ty();
        let (a, b) = (self.array(), self.array());
        let kind = self.pick(4);
        if kind == 0 {
            let op = ["sum", "prod"][self.pick(2)];
            self.define("f64", &format!("reduce{{{op}; 0}}(%{a})"));
            return;
        }
        if kind == 1 {
            let square = self.define("f64[2,2]", &format!("reshape(%{a})"));
            let other = self.define("f64[2,2]", &format!("reshape(%{b})"));
            let turned = self.define("f64[2,2]", &format!("transpose{{1, 0}}(%{other})"));
            let product = self.define("f64[2,2]", &format!("dot(%{square}, %{turned})"));
            let tame = self.define("f64[2,2]", &format!("sin(%{product})"));
            self.define(array, &format!("reshape(%{tame})"));
            return;
        }
        let rows: Vec<String> = (0..LEN).map(|_| format!("%{}", self.index())).collect();
        let list = self.define(&format!("usize[{LEN}]"), &format!("stack({})", rows.join(", ")));
        if kind == 2 {
            self.define(array, &format!("take{{\"a\"}}(%{a}, %{list})"));
        } else {
            let mode = ["set", "add", "mul"][self.pick(3)];
            let values = self.define(array, &format!("sin(%{b})"));
            self.define(array, &format!("put{{{mode}; \"a\"}}(%{a}, %{list}, %{values})"));
        }
    }

    fn node(&mut self, depth: usize) {
        let array = &Self::array_ty();
        match self.pick(if depth < 3 { 18 } else { 12 }) {
            0 | 1 => {
                let op = ["add", "sub", "mul"][self.pick(3)];
                let (a, b) = (self.float(), self.float());
                self.define("f64", &format!("{op}(%{a}, %{b})"));
            }
            2 => {
                let op = ["sin", "cos", "tanh", "neg", "atan"][self.pick(5)];
                let a = self.float();
                self.define("f64", &format!("{op}(%{a})"));
            }
            3 | 4 => {
                let (a, i) = (self.array(), self.index());
                self.define("f64", &format!("load{{at; \"a\"}}(%{a}, %{i})"));
            }
            5 | 6 => {
                let mode = ["set", "set", "add", "mul"][self.pick(4)];
                let (x, _) = self.tame();
                let (a, i) = (self.array(), self.index());
                self.define(array, &format!("store{{{mode}; at; \"a\"}}(%{a}, %{i}, %{x})"));
            }
            7 => {
                let (a, b) = (self.array(), self.array());
                let a = self.define(array, &format!("sin(%{a})"));
                self.define(array, &format!("mul(%{a}, %{b})"));
            }
            8..=11 => self.of_arrays(),
            12 | 13 => {
                let (x, a) = (self.float(), self.array());
                let step = ["1", "-1", "3"][self.pick(3)];
                let start = self.define("usize", "const{9}()");
                let count = match self.pick(3) {
                    0 => self.index(),
                    k => self.define("usize", &format!("const{{{}}}()", 2 * k - 1)),
                };
                let [y, b, i, u, v] = self.fresh();
                let _ = writeln!(
                    self.text,
                    "%{y}: f64, %{b}: {array} = for{{{step}}}(%{start}, %{count}, %{x}, %{a}) {{ (%{i}: usize, %{u}: f64, %{v}: {array})"
                );
                let (r, s) = self.inside(depth, &[(i, "usize"), (u, "f64"), (v, array)]);
                let _ = writeln!(self.text, "yield %{r}, %{s} }}");
                self.scope.floats.push(y);
                self.scope.arrays.push(b);
            }
            14 => {
                let c = self.condition();
                let [y, b] = self.fresh();
                let _ = writeln!(self.text, "%{y}: f64, %{b}: {array} = cond(%{c}) {{ ()");
                let (r, s) = self.inside(depth, &[]);
                let _ = writeln!(self.text, "yield %{r}, %{s} }} {{ ()");
                let (r, s) = self.inside(depth, &[]);
                let _ = writeln!(self.text, "yield %{r}, %{s} }}");
                self.scope.floats.push(y);
                self.scope.arrays.push(b);
            }
            15 => {
                let (x, a, n) = (self.float(), self.array(), self.index());
                let [k, y, b, k0, u0, v0, c, k1, u1, v1, less] = self.fresh();
                let _ = writeln!(
                    self.text,
                    "%{k}: usize, %{y}: f64, %{b}: {array} = while(%{n}, %{x}, %{a}) {{ (%{k0}: usize, %{u0}: f64, %{v0}: {array})
                    %{less}: usize = const{{0}}()
                    %{c}: bool = lt(%{less}, %{k0})
                    yield %{c} }} {{ (%{k1}: usize, %{u1}: f64, %{v1}: {array})"
                );
                let (r, s) = self.inside(depth, &[(k1, "usize"), (u1, "f64"), (v1, array)]);
                let one = self.define("usize", "const{1}()");
                let left = self.define("usize", &format!("sub(%{k1}, %{one})"));
                self.scope.ints.truncate(self.scope.ints.len() - 2);
                let _ = writeln!(self.text, "yield %{left}, %{r}, %{s} }}");
                self.scope.floats.push(y);
                self.scope.arrays.push(b);
            }
            16 => {
                // An index of more than there are branches chooses the last one.
                let i = self.index();
                let [y, b] = self.fresh();
                let _ = writeln!(self.text, "%{y}: f64, %{b}: {array} = switch(%{i}) {{ ()");
                for branch in 0..3 {
                    let (r, s) = self.inside(depth, &[]);
                    let _ =
                        writeln!(self.text, "yield %{r}, %{s} }} {}", if branch < 2 { "{ ()" } else { "" });
                }
                self.scope.floats.push(y);
                self.scope.arrays.push(b);
            }
            _ => {
                let (x, a) = (self.float(), self.array());
                let [y, b, u, v] = self.fresh();
                let _ = writeln!(
                    self.text,
                    "%{y}: f64, %{b}: {array} = call{{recompute; \"g\"}}(%{x}, %{a}) {{ (%{u}: f64, %{v}: {array})"
                );
                let (r, s) = self.inside(depth, &[(u, "f64"), (v, array)]);
                let _ = writeln!(self.text, "yield %{r}, %{s} }}");
                self.scope.floats.push(y);
                self.scope.arrays.push(b);
            }
        }
    }
}

pub(in crate::transform) fn program(seed: u64) -> Graph {
    let array = Author::array_ty();
    let scope = Scope { floats: vec![0], arrays: vec![1], ints: vec![2] };
    let text = format!("graph f(%0: f64, %1: {array}, %2: usize) {{\n");
    let mut author = Author { numbers: Numbers::new(seed), text, next: 3, scope };
    for _ in 0..10 {
        author.node(0);
    }
    let (x, a) = author.tame();
    let _ = writeln!(author.text, "return %{x}, %{a} }}");
    author.text.parse().unwrap_or_else(|e| panic!("{e}\n{}", author.text))
}

#[test]
fn random_programs_have_their_derivatives() {
    for seed in 0..120 {
        let graph = program(seed);
        let numbers = &mut Numbers::new(seed + 1000);
        let x = [numbers.array(&[]), numbers.array(&[LEN]), integer(seed as usize % 3 + 1)];
        let engines: &[Engine] =
            if seed % 20 == 0 { &Engine::ALL } else { &[Engine::Candle, Engine::Cranelift] };
        check_on(engines, &graph, &x, &[0, 1]);
    }
}

#[test]
fn batches_of_random_programs_have_their_derivatives() {
    for seed in 0..30 {
        let graph =
            super::super::vmap(&program(seed), &[Some(0), Some(1), Some(0)], &[0, 1], 3, None).unwrap();
        let numbers = &mut Numbers::new(seed + 3000);
        let n = Buffer::from_vec(vec![2usize, 0, 1], &[3]).unwrap();
        let x = [numbers.array(&[3]), numbers.array(&[LEN, 3]), n];
        check_on(&[Engine::Candle, Engine::Cranelift], &graph, &x, &[0, 1]);
    }
}

#[test]
fn derivatives_of_random_programs_have_their_derivatives() {
    for seed in 0..25 {
        let graph = super::optimized(program(seed));
        let numbers = &mut Numbers::new(seed + 2000);
        let mut x = vec![numbers.array(&[]), numbers.array(&[LEN]), integer(seed as usize % 3 + 1)];
        x.extend([numbers.array(&[]), numbers.array(&[LEN])]);
        let engines = [Engine::Candle, Engine::Cranelift];
        for derivative in [super::vjp(&graph, &[0, 1], 16).unwrap(), super::jvp(&graph, &[0, 1]).unwrap()] {
            check_on(&engines, &derivative, &x, &[0, 1, 3, 4]);
        }
    }
}
