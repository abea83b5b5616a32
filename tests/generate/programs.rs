//! Random functions of the language as Rust source: nests of loops, jumps, branches and matches over a few variables.
//!
//! They end, stay inside their arrays and overflow nothing, so that every reading has to give the same numbers. They use
//! no transcendental functions and no sums of floats, of which compiled kernels have their own.

#[path = "statements.rs"]
mod statements;

use std::fmt::Write;

/// A random function with this name, of an array with at least one element, a count and a number.
pub fn program(name: &str, pick: &mut dyn FnMut(usize) -> usize) -> String {
    let mut author =
        Author { pick, text: String::new(), next: 0, scope: Scope::default(), frames: Vec::new() };
    author.scope.floats = ["a", "f0", "f1"].map(String::from).to_vec();
    author.scope.ints = ["i0", "i1"].map(String::from).to_vec();
    author.scope.counts = vec!["n".into()];
    let start = author.float(1);
    let count = author.int(1);
    author.text.clear();
    let _ = writeln!(
        author.text,
        "#[desc_jit]\nfn {name}(x: &Array1<f64>, n: usize, a: f64) -> (f64, i64, Array1<f64>) {{"
    );
    author.line("let mut u = x.clone();");
    author.line("let mut f0 = a;\nlet mut f1 = 0.5_f64;\nlet mut i0 = n as i64;\nlet mut i1 = 3_i64;");
    author.line("let mut m = Array2::from_shape_fn((x.len(), 3), |(i, j)| x[i] - 0.5 * j as f64);");
    author.line("let mut kept = Kept { number: 0.75, list: 0.5 * x, bits: n as u32 };");
    author.line(&format!("f1 = {start};\ni1 = {count};"));
    author.block(0, 5);
    let (f, i) = (author.float(1), author.int(1));
    author.line(&format!(
        "({f} - 0.5 * kept.number + m[[0, 1]], {i} + i64::from(kept.bits % 9), u + &kept.list)\n}}"
    ));
    author.text
}

/// What can be named.
#[derive(Clone, Default)]
struct Scope {
    floats: Vec<String>,
    ints: Vec<String>,
    counts: Vec<String>,
    /// `u`, `m` and `kept` may not be read or written.
    is_lent: bool,
}

/// A loop or a labelled block.
#[derive(Clone)]
struct Frame {
    label: String,
    is_loop: bool,
}

struct Author<'a> {
    pick: &'a mut dyn FnMut(usize) -> usize,
    text: String,
    next: usize,
    scope: Scope,
    frames: Vec<Frame>,
}

impl Author<'_> {
    fn pick(&mut self, n: usize) -> usize {
        (self.pick)(n)
    }

    fn one_of(&mut self, of: impl Fn(&Scope) -> &Vec<String>) -> String {
        let k = self.pick(of(&self.scope).len());
        of(&self.scope)[k].clone()
    }

    fn fresh(&mut self, letter: char) -> String {
        self.next += 1;
        format!("{letter}{}", self.next + 1)
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// A place in `x` and `u`.
    fn index(&mut self, depth: usize) -> String {
        match self.pick(4) {
            0 => "0".into(),
            1 => format!("({}).rem_euclid(x.len() as i64) as usize", self.int(depth)),
            _ => format!("{} % x.len()", self.one_of(|s| &s.counts)),
        }
    }

    fn float(&mut self, depth: usize) -> String {
        let kinds = if depth == 0 { 5 } else { 28 };
        match self.pick(kinds) {
            23..=26 if self.scope.is_lent => self.one_of(|s| &s.floats),
            23 => format!("m[[{}, {}]]", self.index(depth - 1), self.pick(3)),
            24 => "kept.number".into(),
            25 => format!("kept.list[{}]", self.index(depth - 1)),
            26 => {
                let v = self.fresh('v');
                let body = self.with_float(&v, depth - 1);
                let part = match self.pick(3) {
                    0 => format!("m.row({})", self.index(0)),
                    1 => format!("m.column({})", self.pick(3)),
                    _ => "m".into(),
                };
                format!("{part}.iter().fold(0.25, |s, {v}| 0.5 * s + {{ let {v} = *{v}; {body} }})")
            }
            27 => format!("(({}) as f32 * ({}) as f32) as f64", self.float(depth - 1), self.float(depth - 1)),
            0 | 1 => self.one_of(|s| &s.floats),
            2 => format!("{}.25_f64", self.pick(4)),
            3 if !self.scope.is_lent => format!("u[{}]", self.index(0)),
            3 | 4 => format!("x[{}]", self.index(0)),
            5 => format!("({} + {})", self.float(depth - 1), self.float(depth - 1)),
            6 => format!("({} - {})", self.float(depth - 1), self.float(depth - 1)),
            7 => format!("({} * {})", self.float(depth - 1), self.float(depth - 1)),
            8 => format!("(0.5 * {})", self.float(depth - 1)),
            9 => format!("-{}", self.float(depth - 1)),
            10 => format!("({}).abs()", self.float(depth - 1)),
            11 => format!("({}).min({})", self.float(depth - 1), self.float(depth - 1)),
            12 => format!("({}).abs().sqrt()", self.float(depth - 1)),
            13 => format!("({}) as f64", self.int(depth - 1)),
            14 => {
                let (c, then, other) = (self.bool(depth - 1), self.float(depth - 1), self.float(depth - 1));
                format!("(if {c} {{ {then} }} else {{ {other} }})")
            }
            15 => {
                let v = self.fresh('v');
                let body = self.with_float(&v, depth - 1);
                format!("x.iter().fold({}, |s, {v}| 0.5 * s + {{ let {v} = *{v}; {body} }})", self.float(0))
            }
            16 => {
                let (g, v) = (self.fresh('g'), self.fresh('v'));
                let body = self.with_float(&v, depth - 1);
                let (one, other) = (self.float(0), self.float(depth - 1));
                format!("{{ let {g} = |{v}: f64| {body}; {g}({one}) - {g}({other}) }}")
            }
            17 => format!(
                "x.iter().copied().skip({}).reduce(|a, b| 0.5 * a - b).unwrap_or({})",
                self.pick(3),
                self.float(0)
            ),
            18 => "(*x.iter().max_by(|p, q| p.total_cmp(q)).unwrap())".into(),
            19 => {
                let v = self.fresh('v');
                let body = self.with_float(&v, depth - 1);
                let (low, start) = (self.float(0), self.float(0));
                let parts = match self.pick(3) {
                    0 => format!("x.iter().chain(x.iter().rev().skip({}))", self.pick(3)),
                    1 => format!("x.iter().take_while(|v| **v > {low}).chain(x)"),
                    _ => format!(
                        "(0..{}).flat_map(|k| x.iter().skip(k).filter(|v| **v > {low}))",
                        self.pick(4)
                    ),
                };
                format!("{parts}.fold({start}, |s, {v}| 0.5 * s + {{ let {v} = *{v}; {body} }})")
            }
            20 => {
                let v = self.fresh('v');
                let body = self.with_float(&v, depth - 1);
                let (start, stop) = (self.float(0), self.bool(0));
                format!(
                    "x.iter().scan({start}, |s, {v}| {{ let {v} = *{v}; *s = 0.5 * *s + {{ {body} }}; if {stop} {{ None }} else {{ Some(*s) }} }}).last().unwrap_or({})",
                    self.float(0)
                )
            }
            21 => {
                let (v, w, k) = (self.fresh('v'), self.fresh('w'), self.fresh('k'));
                let parts = [0; 3].map(|_| self.float(depth - 1));
                let (a, b, guard) = (self.int(0), self.int(0), self.bool(0));
                format!(
                    "{{ let [{v}, .., {w}] = [{}, {}, {}]; match (({a}).rem_euclid(3), ({b}).rem_euclid(4)) {{ (0, {k}) | ({k}, 1) => {v} * {k} as f64, (1, {k}) | ({k}, 2) if {guard} => {k} as f64 - {w}, _ => {v} - {w} }} }}",
                    parts[0], parts[1], parts[2]
                )
            }
            _ => {
                let (scrutinee, k) = (self.int(depth - 1), self.pick(3));
                let (guard, arms) = (self.bool(depth - 1), [0; 4].map(|_| self.float(depth - 1)));
                let [a, b, c, d] = arms;
                format!(
                    "match ({scrutinee}).rem_euclid(6) {{ {k} => {a}, 1 | 4 if {guard} => {b}, 2..=3 => {c}, _ => {d} }}"
                )
            }
        }
    }

    /// An expression that may read one more variable.
    fn with_float(&mut self, name: &str, depth: usize) -> String {
        self.scope.floats.push(name.into());
        let body = self.float(depth);
        self.scope.floats.pop();
        body
    }

    fn int(&mut self, depth: usize) -> String {
        let kinds = if depth == 0 { 4 } else { 17 };
        match self.pick(kinds) {
            14 | 15 if self.scope.is_lent => self.one_of(|s| &s.ints),
            14 => format!("i64::from(kept.bits >> {})", 3 + self.pick(20)),
            15 => format!("kept.bits.rotate_left({}).count_ones() as i64", self.pick(31)),
            16 => format!("(({}) as i32).wrapping_mul({}) as i64", self.int(depth - 1), 3 + self.pick(9)),
            0 | 1 => self.one_of(|s| &s.ints),
            2 => format!("{}_i64", self.pick(7)),
            3 => format!("({}) as i64", self.one_of(|s| &s.counts)),
            4 => format!("({}).wrapping_add({})", self.int(depth - 1), self.int(depth - 1)),
            5 => format!("({}).wrapping_mul({})", self.int(depth - 1), self.int(depth - 1)),
            6 => format!("(({}) % {})", self.int(depth - 1), 2 + self.pick(5)),
            7 => format!("(({}) & ({}))", self.int(depth - 1), self.int(depth - 1)),
            8 => format!("(({}) ^ (({}) >> 1))", self.int(depth - 1), self.int(depth - 1)),
            9 => format!("({}) as i64", self.float(depth - 1)),
            10 => format!("x.iter().filter(|v| **v > {}).count() as i64", self.float(0)),
            11 => format!("x.iter().position(|v| *v > {}).unwrap_or({}) as i64", self.float(0), self.pick(9)),
            12 => format!("({}).min({})", self.int(depth - 1), self.int(depth - 1)),
            _ => {
                let (c, then, other) = (self.bool(depth - 1), self.int(depth - 1), self.int(depth - 1));
                format!("(if {c} {{ {then} }} else {{ {other} }})")
            }
        }
    }

    fn bool(&mut self, depth: usize) -> String {
        let kinds = if depth == 0 { 4 } else { 9 };
        match self.pick(kinds) {
            0 | 1 => format!("({}) < {}", self.float(0), self.float(0)),
            2 => format!("({}) % 2 == 0", self.int(0)),
            3 => format!("({}) > ({})", self.int(0), self.int(0)),
            4 => format!("!({})", self.bool(depth - 1)),
            5 => format!("(({}) && ({}))", self.bool(depth - 1), self.bool(depth - 1)),
            6 => format!("(({}) || ({}))", self.bool(depth - 1), self.bool(depth - 1)),
            7 => format!("matches!(({}).rem_euclid(6), 0 | 2..=3)", self.int(depth - 1)),
            _ => format!("x.iter().any(|v| *v > {})", self.float(0)),
        }
    }
}
