//! Statements of random functions.

use super::{Author, Frame};

impl Author<'_> {
    /// Statements, with what they declare.
    pub(super) fn block(&mut self, depth: usize, statements: usize) {
        let scope = self.scope.clone();
        for _ in 0..=self.pick(statements) {
            self.statement(depth);
        }
        self.scope = scope;
    }

    /// `head { .. }`, which may be left by its label.
    fn frame(&mut self, head: &str, is_loop: bool, first: &str, depth: usize) {
        let label = self.fresh('l');
        self.line(&format!("'{label}: {head} {{\n{first}"));
        self.frames.push(Frame { label, is_loop });
        self.block(depth + 1, 3);
        self.frames.pop();
        self.line("}");
    }

    fn statement(&mut self, depth: usize) {
        let kinds = if depth < 3 { 30 } else { 15 };
        match self.pick(kinds) {
            11..=14 if self.scope.is_lent => self.line("f1 *= 0.5;"),
            11 => {
                self.scope.is_lent = true;
                let (index, k) = (self.index(1), self.pick(3));
                self.scope.is_lent = false;
                let (op, value) = (["=", "+=", "-="][self.pick(3)], self.float(2));
                self.line(&format!("m[[{index}, {k}]] {op} {value};"));
            }
            12 => {
                self.scope.is_lent = true;
                let index = self.index(1);
                self.scope.is_lent = false;
                let (number, value) = (self.float(1), self.float(1));
                self.line(&format!(
                    "kept.number = ({number}).clamp(-1e3, 1e3);\nkept.list[{index}] = {value};"
                ));
            }
            13 => {
                let (number, bits) = (self.float(1), self.int(1));
                self.line(&format!(
                    "kept = Kept {{ number: 0.5 * ({number}), bits: kept.bits.wrapping_mul(2654435761) ^ ({bits}) as u32, ..kept.clone() }};"
                ));
            }
            14 => {
                let (index, value) = (self.index(1), self.float(1));
                self.line(&format!("assert!(x[{index}] < 1e3, \"{{}} is too much\", {value});"));
            }
            0 | 1 => {
                let (k, value) = (self.pick(2), self.float(2));
                self.line(&format!("f{k} = ({value}).clamp(-1e3, 1e3);"));
            }
            2 => {
                let (k, op, value) = (self.pick(2), ["+=", "-=", "*="][self.pick(3)], self.float(1));
                self.line(&format!("f{k} {op} {value};"));
            }
            3 | 4 => {
                let (k, value) = (self.pick(2), self.int(2));
                self.line(&format!("i{k} = {value};"));
            }
            5 | 6 if !self.scope.is_lent => {
                // Rust borrows the array before it evaluates the index.
                self.scope.is_lent = true;
                let index = self.index(1);
                self.scope.is_lent = false;
                let op = ["=", "+=", "-="][self.pick(3)];
                let value = self.float(2);
                self.line(&format!("u[{index}] {op} {value};"));
            }
            5 | 6 => self.line("i0 = i0.wrapping_add(1);"),
            7 => {
                let (t, value) = (self.fresh('t'), self.float(2));
                self.line(&format!("let {t} = {value};"));
                self.scope.floats.push(t);
            }
            8 => self.line("(f0, f1) = (f1, f0);"),
            9 if self.pick(3) == 0 => {
                // A closure that assigns, called by its name and by an iterator.
                let (g, v) = (self.fresh('g'), self.fresh('v'));
                let (k, value, leaves) = (self.pick(2), self.with_float(&v, 2), self.bool(0));
                self.line(&format!(
                    "{{\nlet mut {g} = |{v}: f64| {{ if {leaves} {{ return; }} f{k} = ({value}).clamp(-1e3, 1e3); i1 = i1.wrapping_add(1); }};"
                ));
                self.line(&format!("{g}(1.25);\nx.iter().copied().for_each(&mut {g});\n{g}(x[0]);\n}}"));
            }
            9 | 10 => self.jump(),
            15..=17 => {
                let condition = self.bool(1);
                self.line(&format!("if {condition} {{"));
                self.block(depth + 1, 3);
                if self.pick(2) == 0 {
                    self.line("} else {");
                    self.block(depth + 1, 3);
                }
                self.line("}");
            }
            18 | 19 => {
                let j = self.fresh('j');
                let range = match self.pick(5) {
                    0 => format!("0..{}", 1 + self.pick(4)),
                    1 => format!("0..{} % 4", self.one_of(|s| &s.counts)),
                    2 => format!("(0..{}).rev()", 1 + self.pick(4)),
                    3 => format!("(1..6).step_by({})", 1 + self.pick(3)),
                    _ => "0..x.len()".into(),
                };
                self.scope.counts.push(j.clone());
                self.frame(&format!("for {j} in {range}"), true, "", depth);
                self.scope.counts.pop();
            }
            20 => {
                let (j, v) = (self.fresh('j'), self.fresh('v'));
                self.scope.counts.push(j.clone());
                self.scope.floats.push(v.clone());
                self.frame(&format!("for ({j}, &{v}) in x.iter().enumerate()"), true, "", depth);
                self.scope.counts.pop();
                self.scope.floats.pop();
            }
            21 if !self.scope.is_lent => {
                let v = self.fresh('v');
                self.scope.is_lent = true;
                let value = self.with_float(&format!("*{v}"), 1);
                self.line(&format!("for {v} in u.iter_mut() {{\n*{v} = {value};\n}}"));
                self.scope.is_lent = false;
            }
            21 | 22 => {
                let (c, condition) = (self.fresh('c'), self.bool(1));
                self.line(&format!("let mut {c} = 0;"));
                self.scope.counts.push(c.clone());
                self.frame(&format!("while {c} < 4 && ({condition})"), true, &format!("{c} += 1;"), depth);
                self.scope.counts.pop();
            }
            23 => {
                let (c, t, label) = (self.fresh('c'), self.fresh('t'), self.fresh('l'));
                self.line(&format!("let mut {c} = 0;\nlet {t} = '{label}: loop {{\n{c} += 1;"));
                self.scope.counts.push(c.clone());
                let value = self.float(1);
                self.line(&format!("if {c} > 3 {{\nbreak ({value});\n}}"));
                self.block(depth + 1, 2);
                let (condition, value) = (self.bool(1), self.float(1));
                self.line(&format!("if {condition} {{\nbreak '{label} ({value});\n}}\n}};"));
                self.scope.counts.pop();
                self.scope.floats.push(t);
            }
            24 => self.frame("", false, "", depth),
            25 => {
                let (left, right) = (self.int(1), self.int(1));
                self.line(&format!("match ({left}).cmp(&({right})) {{\nstd::cmp::Ordering::Less => {{"));
                self.block(depth + 1, 2);
                let guard = self.bool(0);
                self.line(&format!("}}\nstd::cmp::Ordering::Greater if {guard} => {{"));
                self.block(depth + 1, 2);
                self.line("}\n_ => {");
                self.block(depth + 1, 2);
                self.line("}\n}");
            }
            26 => {
                let (c, k, scrutinee) = (self.fresh('c'), self.fresh('k'), self.int(1));
                self.line(&format!("let mut {c} = 0;"));
                self.scope.counts.push(c.clone());
                self.scope.ints.push(k.clone());
                let head = format!("while let ({k} @ 0..=4, true) = (({scrutinee}).rem_euclid(6), {c} < 3)");
                self.frame(&head, true, &format!("{c} += 1;"), depth);
                self.scope.ints.pop();
                self.scope.counts.pop();
            }
            27 if !self.scope.is_lent => {
                let (j, row, k) = (self.fresh('j'), self.fresh('r'), self.pick(3));
                let lent = self.scope.clone();
                self.scope.is_lent = true;
                self.scope.counts.push(j.clone());
                self.scope.floats.push(format!("{row}[{k}]"));
                self.frame(&format!("for ({j}, {row}) in m.rows().into_iter().enumerate()"), true, "", depth);
                self.scope = lent;
            }
            _ => {
                let scrutinee = self.int(1);
                self.line(&format!("match ({scrutinee}).rem_euclid(5) {{\n0 => {{"));
                self.block(depth + 1, 2);
                let (k, guard) = (self.fresh('k'), self.bool(0));
                self.line(&format!("}}\n{k} @ 1..=3 if {guard} => {{"));
                self.scope.ints.push(k);
                self.block(depth + 1, 2);
                self.scope.ints.pop();
                self.line("}\n2 | 4 => {");
                self.block(depth + 1, 2);
                self.line("}\n_ => {}\n}");
            }
        }
    }

    /// A way out of something, on a condition.
    fn jump(&mut self) {
        let condition = self.bool(1);
        let frame = match self.frames.len() {
            0 => None,
            n => {
                let k = self.pick(n);
                Some(self.frames[k].clone())
            }
        };
        let jump = match (frame, self.pick(4)) {
            (Some(Frame { label, is_loop: true }), 0 | 1) => format!("continue '{label}"),
            (Some(Frame { label, .. }), 0..=2) => format!("break '{label}"),
            _ if self.scope.is_lent => "i1 = 0".into(),
            _ => format!("return ({}, {}, u)", self.float(1), self.int(1)),
        };
        self.line(&format!("if {condition} {{\n{jump};\n}}"));
    }
}
