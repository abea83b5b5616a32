//! Random loops over points with loops of different lengths inside: what kernels run side by side, masked. Some carry from
//! point to point what is then found in order: the largest value, where it is, a sum.

use super::Outcome;
use desc_jit::array::Buffer;
use desc_jit::{Engine, Graph, with_engine};
use std::fmt::Write;

/// The length of the arrays.
pub const LEN: usize = 37;

struct Author {
    choices: std::vec::IntoIter<u32>,
    text: String,
    next: usize,
    floats: Vec<usize>,
    ints: Vec<usize>,
    bools: Vec<usize>,
}

impl Author {
    fn pick(&mut self, n: usize) -> usize {
        self.choices.next().unwrap_or(0) as usize % n
    }

    fn fresh(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    fn line(&mut self, text: impl AsRef<str>) {
        let _ = writeln!(self.text, "{}", text.as_ref());
    }

    fn float(&mut self) -> usize {
        let k = self.pick(self.floats.len().min(6));
        self.floats[self.floats.len() - 1 - k]
    }

    fn int(&mut self) -> usize {
        let k = self.pick(self.ints.len().min(6));
        self.ints[self.ints.len() - 1 - k]
    }

    fn bool(&mut self) -> usize {
        let k = self.pick(self.bools.len().min(4));
        self.bools[self.bools.len() - 1 - k]
    }

    fn define(&mut self, dtype: &str, rhs: String) {
        let v = self.fresh();
        self.line(format!("%{v}: {dtype} = {rhs}"));
        match dtype {
            "f64" => self.floats.push(v),
            "i64" => self.ints.push(v),
            _ => self.bools.push(v),
        }
    }

    /// What is defined inside is not seen outside.
    fn scope(&mut self, write: impl FnOnce(&mut Author)) {
        let seen = (self.floats.len(), self.ints.len(), self.bools.len());
        write(self);
        self.floats.truncate(seen.0);
        self.ints.truncate(seen.1);
        self.bools.truncate(seen.2);
    }

    fn node(&mut self, depth: usize) {
        match self.pick(13) {
            0..=2 => {
                let op = ["add", "sub", "mul", "div", "min", "max"][self.pick(6)];
                let (a, b) = (self.float(), self.float());
                self.define("f64", format!("{op}(%{a}, %{b})"));
            }
            3 => {
                let op = ["neg", "abs", "sqrt", "floor"][self.pick(4)];
                let a = self.float();
                self.define("f64", format!("{op}(%{a})"));
            }
            4 | 5 => {
                // The product may overflow, the quotient and the rest fail for 0.
                let op = ["add", "sub", "min", "max", "xor", "mul", "rem", "div"][self.pick(8)];
                let (a, b) = (self.int(), self.int());
                self.define("i64", format!("{op}(%{a}, %{b})"));
            }
            6 => {
                let op = ["lt", "le", "eq", "ne"][self.pick(4)];
                let (a, b) =
                    if self.pick(2) == 0 { (self.float(), self.float()) } else { (self.int(), self.int()) };
                let same = self.ints.contains(&a) == self.ints.contains(&b);
                self.define("bool", format!("{op}(%{a}, %{})", if same { b } else { a }));
            }
            7 => {
                let op = ["and", "or", "xor", "eq"][self.pick(4)];
                let (a, b) = (self.bool(), self.bool());
                self.define("bool", format!("{op}(%{a}, %{b})"));
            }
            8 => {
                // A condition as a number.
                let b = self.bool();
                self.define("i64", format!("cast(%{b})"));
            }
            9 => {
                let (from, to) = if self.pick(2) == 0 { (self.int(), "f64") } else { (self.float(), "i64") };
                self.define(to, format!("cast(%{from})"));
            }
            10 => {
                let (c, a, b) = (self.bool(), self.float(), self.float());
                self.define("f64", format!("select(%{c}, %{a}, %{b})"));
            }
            11 => {
                let (c, a, b) = (self.bool(), self.int(), self.int());
                self.define("i64", format!("select(%{c}, %{a}, %{b})"));
            }
            _ => {
                if depth < 2 {
                    self.while_loop(depth);
                }
            }
        }
    }

    /// A loop that ends: it counts to a number of the point's own.
    fn while_loop(&mut self, depth: usize) {
        let most = 1 + self.pick(9);
        let ids: Vec<usize> = (0..12).map(|_| self.fresh()).collect();
        let [start, bound, k, f, m, b, k0, f0, m0, b0, limit, counted] = ids[..] else { return };
        let (x, i, c) = (self.float(), self.int(), self.bool());
        let own = self.ints[0];
        self.line(format!("%{start}: i64 = const{{0}}()\n%{bound}: i64 = const{{{most}}}()"));
        self.line(format!(
            "%{k}: i64, %{f}: f64, %{m}: i64, %{b}: bool = while(%{start}, %{x}, %{i}, %{c}) {{\n\
             (%{k0}: i64, %{f0}: f64, %{m0}: i64, %{b0}: bool)\n\
             %{limit}: i64 = min(%{own}, %{bound})\n%{counted}: bool = lt(%{k0}, %{limit})"
        ));
        self.scope(|a| {
            a.floats.push(f0);
            a.ints.push(m0);
            a.bools.push(b0);
            let (y, z, test, both) = (a.float(), a.float(), a.fresh(), a.fresh());
            let op = ["and", "and", "or"][a.pick(3)];
            // `or` with what soon is false.
            let test_of = if op == "or" { format!("lt(%{k0}, %{start})") } else { format!("le(%{y}, %{z})") };
            a.line(format!(
                "%{test}: bool = {test_of}\n%{both}: bool = {op}(%{counted}, %{test})\nyield %{both}\n}} {{"
            ));
        });
        let [k1, f1, m1, b1, one, next] = [(); 6].map(|()| self.fresh());
        self.line(format!("(%{k1}: i64, %{f1}: f64, %{m1}: i64, %{b1}: bool)"));
        self.scope(|a| {
            a.floats.push(f1);
            a.ints.push(m1);
            a.bools.push(b1);
            for _ in 0..1 + a.pick(6) {
                a.node(depth + 1);
            }
            let (x, i, c) = (a.float(), a.int(), a.bool());
            a.line(format!("%{one}: i64 = const{{1}}()\n%{next}: i64 = add(%{k1}, %{one})"));
            a.line(format!("yield %{next}, %{x}, %{i}, %{c}\n}}"));
        });
        self.ints.extend([m, k]);
        self.floats.push(f);
        self.bools.push(b);
    }
}

/// The text of a graph.
pub fn program(choices: Vec<u32>) -> String {
    let (floats, ints, bools) = (vec![14, 11], vec![12, 15], vec![13]);
    let mut a = Author { choices: choices.into_iter(), text: String::new(), next: 30, floats, ints, bools };
    let (start, step) = if a.pick(4) == 0 { (LEN - 1, -1) } else { (0, 1) };
    a.line(format!(
        "graph points(%0: f64[{LEN}], %1: i64[{LEN}], %2: usize, %3: f64[{LEN}], %4: i64[{LEN}]) {{\n\
         %5: usize = const{{{start}}}()\n%22: f64 = const{{0.5}}()\n%23: i64 = const{{0}}()\n\
         %6: f64[{LEN}], %7: i64[{LEN}], %19: f64, %20: i64, %21: f64 = for{{{step}}}(%5, %2, %3, %4, %22, %23, %22) {{\n\
         (%8: usize, %9: f64[{LEN}], %10: i64[{LEN}], %24: f64, %25: i64, %26: f64)\n\
         %11: f64 = load{{at; \"x\"}}(%0, %8)\n%12: i64 = load{{at; \"c\"}}(%1, %8)\n\
         %14: f64 = const{{0.75}}()\n%15: i64 = const{{2}}()\n%13: bool = lt(%11, %14)"
    ));
    for _ in 0..a.pick(4) {
        a.node(2);
    }
    a.while_loop(0);
    for _ in 0..a.pick(4) {
        a.node(0);
    }
    let (f, m, x, c) = (a.float(), a.int(), a.fresh(), a.fresh());
    let stores = format!(
        "%{x}: f64[{LEN}] = store{{set; at; \"y\"}}(%9, %8, %{f})\n\
         %{c}: i64[{LEN}] = store{{set; at; \"d\"}}(%10, %8, %{m})"
    );
    let (sum, shifted) = (a.fresh(), a.fresh());
    let mut in_order = format!(
        "%27: bool = lt(%24, %{f})\n%28: f64 = select(%27, %{f}, %24)\n%29: i64 = select(%27, %{m}, %25)\n\
         %{sum}: f64 = add(%26, %{f})"
    );
    let mut carried = format!("%28, %29, %{sum}");
    match a.pick(4) {
        0 => (in_order, carried) = (String::new(), "%24, %25, %26".into()),
        1 => {
            // It fails in order too.
            in_order += &format!("\n%{shifted}: i64 = add(%29, %{m})");
            carried = format!("%28, %{shifted}, %{sum}");
        }
        _ => {}
    }
    let lines = if a.pick(2) == 0 { [stores, in_order] } else { [in_order, stores] };
    lines.iter().for_each(|line| a.line(line));
    a.line(format!("yield %{x}, %{c}, {carried}\n}}\nreturn %6, %7, %19, %20, %21\n}}"));
    a.text
}

/// Its results on fixed inputs; its loop runs `trips` times.
pub fn run(graph: &Graph, engine: Engine, trips: usize) -> Outcome {
    let odd = [f64::NAN, 0.0, -0.0, f64::INFINITY, -3.5];
    let x = (0..LEN).map(|k| if k % 11 == 7 { odd[k / 11 % 5] } else { (k * 37 % 41) as f64 * 0.21 - 3.0 });
    let x = Buffer::from_vec(x.collect(), &[LEN])?;
    let c = Buffer::from_vec((0..LEN).map(|k| (k * 5 % 13) as i64).collect(), &[LEN])?;
    let n = Buffer::from_vec(vec![trips], &[])?;
    let (y, d) = (Buffer::from_vec(vec![0.5; LEN], &[LEN])?, Buffer::from_vec(vec![7i64; LEN], &[LEN])?);
    let outputs = with_engine(engine, || graph.run(&[&x, &c, &n, &y, &d]))?;
    let bits = |output: &Buffer| -> Vec<u64> {
        let floats = output.as_slice::<f64>().unwrap_or_default().iter();
        let floats = floats.map(|v| if v.is_nan() { u64::MAX - 7 } else { v.to_bits() });
        let ints = output.as_slice::<i64>().unwrap_or_default().iter().map(|v| *v as u64);
        floats.chain(ints).collect()
    };
    Ok(outputs.iter().map(bits).collect())
}
