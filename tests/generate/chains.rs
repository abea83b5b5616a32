//! Random chains of stencils: each sweep makes a temporary of rows of those before it and of an array, seen from
//! neighbouring rows and columns; the last ones make results. Sizes are small, and odd.

use super::Outcome;
use desc_jit::array::Buffer;
use desc_jit::{Engine, Graph, with_engine};
use std::fmt::Write;

/// Numbers of rows and of columns.
const ROWS: [usize; 9] = [5, 7, 11, 13, 16, 3, 2, 1, 0];
const COLUMNS: [usize; 8] = [12, 17, 31, 12, 17, 2, 1, 0];

struct Author {
    choices: std::vec::IntoIter<u32>,
    text: String,
    next: usize,
    columns: usize,
    /// What can be read: the newest version, and its rows.
    arrays: Vec<(usize, usize)>,
}

impl Author {
    fn pick(&mut self, n: usize) -> usize {
        self.choices.next().unwrap_or(0) as usize % n
    }

    fn value(&mut self, ty: &str, rhs: std::fmt::Arguments<'_>) -> usize {
        let v = self.fresh();
        let _ = writeln!(self.text, "%{v}: {ty} = {rhs}");
        v
    }

    fn fresh(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    fn constant(&mut self, x: usize) -> usize {
        self.value("usize", format_args!("const{{{x}}}()"))
    }

    fn matrix(&self, rows: usize) -> String {
        format!("f64[{rows}, {}]", self.columns)
    }

    fn shifted(&mut self, i: usize, by: i64) -> usize {
        if by == 0 {
            return i;
        }
        let c = self.constant(by.unsigned_abs() as usize);
        match by {
            1.. => self.value("usize", format_args!("add(%{i}, %{c})")),
            _ => self.value("usize", format_args!("sub(%{i}, %{c})")),
        }
    }

    /// A sweep over rows `first .. end` that stores to rows that many lower; `target` has a version, or is new.
    fn sweep(&mut self, target: Option<usize>) {
        let mut reads = Vec::new();
        for _ in 0..1 + self.pick(3) {
            // The newest arrays most of the time.
            let back = self.pick(3).min(self.arrays.len() - 1);
            let k = self.arrays.len() - 1 - back;
            let row = [0, 1, -1, 2, 0, 1, -2][self.pick(7)];
            let column = [0, 0, 0, 1, -1][self.pick(5)];
            reads.push((k, row, column));
        }
        let first = reads.iter().map(|r| -r.1).max().unwrap_or(0).max(0);
        let rows = |k: usize, by: i64| self.arrays[k].1 as i64 - by;
        let mut end = reads.iter().map(|r| rows(r.0, r.1)).min().unwrap_or(0).max(first);
        let mut low = first;
        match target {
            // In place: the same rows.
            Some(k) => {
                low = 0;
                end = end.min(self.arrays[k].1 as i64);
            }
            // At times one too many: that is an error.
            None if self.pick(40) == 0 => end += 1,
            None => {}
        }
        let narrow = reads.iter().any(|r| r.2 != 0);
        let columns = self.columns as i64;
        let (left, right) =
            if narrow { (1.min(columns), (columns - 1).max(1.min(columns))) } else { (0, columns) };
        let height = usize::try_from(end - low).unwrap_or(0);
        let (array, height) = match target {
            Some(k) => self.arrays[k],
            None => {
                let zero = self.value("f64", format_args!("const{{0.5}}()"));
                let ty = self.matrix(height);
                (self.value(&ty, format_args!("broadcast(%{zero})")), height)
            }
        };
        let ty = self.matrix(height);
        let bounds = [first, end - first, left, right - left].map(|x| self.constant(x.max(0) as usize));
        let [rows_out, rows_in, out, inner, i, j] = std::array::from_fn(|_| self.fresh());
        let _ = writeln!(
            self.text,
            "%{rows_out}: {ty} = for{{1}}(%{}, %{}, %{array}) {{\n(%{i}: usize, %{rows_in}: {ty})\n\
             %{out}: {ty} = for{{1}}(%{}, %{}, %{rows_in}) {{\n(%{j}: usize, %{inner}: {ty})",
            bounds[0], bounds[1], bounds[2], bounds[3],
        );
        let mut sum: Option<usize> = None;
        for (k, row, column) in reads {
            let (r, c) = (self.shifted(i, row), self.shifted(j, column));
            let version = match target {
                Some(t) if t == k && (row, column) == (0, 0) => inner,
                // Only its own element of what it changes.
                Some(t) if t == k => continue,
                _ => self.arrays[k].0,
            };
            let x = self.value("f64", format_args!("load{{at, at; \"x\"}}(%{version}, %{r}, %{c})"));
            sum = Some(match sum {
                None => x,
                Some(sum) => {
                    let op = ["add", "sub", "mul"][self.pick(3)];
                    self.value("f64", format_args!("{op}(%{sum}, %{x})"))
                }
            });
        }
        let x = match sum {
            Some(x) => x,
            None => self.value("f64", format_args!("const{{0.25}}()")),
        };
        let r = self.shifted(i, -low);
        let mode = if target.is_some() { "add" } else { "set" };
        let stored =
            self.value(&ty, format_args!("store{{{mode}; at, at; \"y\"}}(%{inner}, %{r}, %{j}, %{x})"));
        let _ = writeln!(self.text, "yield %{stored}\n}}\nyield %{out}\n}}");
        match target {
            Some(k) => self.arrays[k].0 = rows_out,
            None => self.arrays.push((rows_out, height)),
        }
    }
}

/// The shape of the argument.
pub fn shape(choices: &[u32]) -> [usize; 2] {
    let choice = |k: usize| choices.get(k).copied().unwrap_or(0) as usize;
    [ROWS[choice(0) % 100 * ROWS.len() / 100], COLUMNS[choice(1) % 100 * COLUMNS.len() / 100]]
}

/// The text of a graph: `x` is read, and the last arrays made are results.
pub fn program(choices: Vec<u32>) -> String {
    let [rows, columns] = shape(&choices);
    let mut choices = choices.into_iter();
    // Two are those of the shape.
    choices.nth(1);
    let mut a = Author { choices, text: String::new(), next: 1, columns, arrays: vec![(0, rows)] };
    let ty = a.matrix(rows);
    let _ = writeln!(a.text, "graph f(%0: {ty}) {{");
    for _ in 0..2 + a.pick(4) {
        // An array that was made is changed in place at times.
        let target = (a.pick(6) == 0 && a.arrays.len() > 1).then(|| a.arrays.len() - 1);
        a.sweep(target);
    }
    let kept = 1 + usize::from(a.pick(3) == 0);
    let results: Vec<String> = a.arrays[1..].iter().rev().take(kept).map(|(v, _)| format!("%{v}")).collect();
    let _ = writeln!(a.text, "return {}\n}}", results.join(", "));
    a.text
}

/// Its results on fixed inputs of that shape.
pub fn run(graph: &Graph, engine: Engine, shape: [usize; 2]) -> Outcome {
    let number = |k: usize| ((k * 37) % 101) as f64 * 0.0173 - 0.8;
    let x = Buffer::from_vec((0..shape[0] * shape[1]).map(number).collect::<Vec<f64>>(), &shape)?;
    let outputs = with_engine(engine, || graph.run(&[&x]))?;
    let bits = |v: &f64| if v.is_nan() { u64::MAX - 7 } else { v.to_bits() };
    Ok(outputs
        .iter()
        .map(|b| b.as_slice::<f64>().map_or(Vec::new(), |v| v.iter().map(bits).collect()))
        .collect())
}
