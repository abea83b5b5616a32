//! Instructions, branches and moves as statements.

use super::check;
use super::expr::{constant_of, variable_type};
use super::ordered::Iteration;
use super::pairs::{self, Step};
use super::scope::block_of;
use super::unit::{Result, Unit, Unsupported};
use crate::kernel::inst::{Buf, Inst, Reg};
use crate::kernel::ir::{Branch, Code, Item, Selector, TrapId, While};

/// What an instruction without a trap returns when it fails: no number of a trap.
pub(in crate::kernel::c) const NO_TRAP: i64 = -1;

impl<'k> Unit<'k> {
    /// A list of code as the inside of a block.
    pub fn list(&mut self, code: &'k Code) -> Result<()> {
        self.declare(block_of(code));
        self.items(code)
    }

    pub fn items(&mut self, items: &'k [Item]) -> Result<()> {
        if self.f.scalar
            && let Some(steps) = pairs::order(self.kernel, items, &|r| self.finder.sets(r))
        {
            return steps.into_iter().try_for_each(|step| match step {
                Step::One(k) => self.item(&items[k], &items[..k]),
                Step::Two(i, j) => self.pair(&items[i], &items[j]),
            });
        }
        (0..items.len()).try_for_each(|k| self.item(&items[k], &items[..k]))
    }

    fn item(&mut self, item: &'k Item, before: &[Item]) -> Result<()> {
        if self.wants_function(item) {
            return self.nest(item);
        }
        match item {
            Item::Inst(inst, trap) => self.inst(inst, *trap),
            Item::Loop(l) => self.counted(l, before),
            Item::While(w) => self.conditional(w, before),
            Item::Branch(b) => self.branch(b),
        }
    }

    /// Sets a register: declares it where this is its place.
    pub fn set(&mut self, r: Reg, value: &str) {
        let ty = variable_type(self.e.dtype(r));
        match self.f.scopes.at_set(r) {
            Some((_, true)) => self.line(constant_of(self.e.dtype(r), r, value)),
            Some((_, false)) if self.f.declared.insert(r) => self.line(format!("{ty} r{} = {value};", r.0)),
            _ => self.line(format!("r{} = {value};", r.0)),
        }
    }

    pub fn inst(&mut self, inst: &Inst, trap: Option<TrapId>) -> Result<()> {
        if inst.dst().is_some_and(|dst| self.f.given.contains(&dst)) {
            return Ok(());
        }
        match *inst {
            Inst::CopyBuf { dst, src } => {
                if dst != src {
                    let slot = &self.kernel.slots[dst.index()];
                    let bytes = slot.count() * slot.dtype.size();
                    self.line(format!("__builtin_memcpy(a{}, a{}, {bytes}ull);", dst.0, src.0));
                }
                return Ok(());
            }
            Inst::SwapBuf { a, b } => {
                self.line(format!("{{ void *const p = a{0}; a{0} = a{1}; a{1} = p; }}", a.0, b.0));
                self.line(format!("{{ const uint64_t w = w{0}; w{0} = w{1}; w{1} = w; }}", a.0, b.0));
                return Ok(());
            }
            Inst::Matmul { id, n, left, right, dst, a, b } => {
                let p = self.kernel.matmuls.get(usize::from(id)).ok_or(Unsupported)?;
                let start =
                    |buf: Buf, offset: Reg| format!("(const uint8_t *)(a{} + {})", buf.0, self.e.int(offset));
                let shape = [p.k, p.row, p.left.row, p.left.column, p.right.row, p.right.column];
                let shape: String = shape.iter().map(|x| format!("{x}, ")).collect();
                let shape = format!("{}, {}, {shape}", p.m, self.e.int(n));
                let (a, b, size) = (start(a, left), start(b, right), p.dtype.size());
                self.line(format!("context->matmul((uint8_t *)a{}, {a}, {b}, {shape}{size});", dst.0));
                return Ok(());
            }
            _ => {}
        }
        if let Some(statement) = self.e.store(inst) {
            self.line(statement);
            return Ok(());
        }
        if !inst.may_fail() {
            let dst = inst.dst().ok_or(Unsupported)?;
            let value = match *inst {
                Inst::XorI { a, .. } if self.f.both.contains(&a) => {
                    self.f.both.insert(dst);
                    self.value(inst)?
                }
                Inst::Select { a, b, c, .. } if self.f.both.contains(&a) => {
                    format!("choose({}, {}, {})", self.e.var(a), self.e.int(b), self.e.int(c))
                }
                _ => match self.quotient(inst) {
                    Some(products) => products,
                    None => self.value(inst)?,
                },
            };
            if self.f.first.contains(&dst) {
                match self.f.scopes.at_set(dst) {
                    // No constant, since the `asm` may change it.
                    Some((_, true)) => {
                        let ty = variable_type(self.e.dtype(dst));
                        self.line(format!("{ty} r{} = {value};", dst.0));
                    }
                    _ => self.set(dst, &value),
                }
                self.line(format!("ALONE(r{});", dst.0));
                return Ok(());
            }
            self.set(dst, &value);
            return Ok(());
        }
        let n = self.fresh();
        let checked = check::checked(&self.e, inst, n).ok_or(Unsupported)?;
        if !checked.before.is_empty() {
            self.line(&checked.before);
        }
        if let Some(fails) = &checked.fails {
            let code = trap.map_or(NO_TRAP, |id| i64::from(id.0) + 1);
            let mut operands: Vec<String> = inst.reads().map(|r| self.e.bits(r)).collect();
            let more = operands.split_off(operands.len().min(3));
            operands.resize(3, "0".into());
            let more = more.iter().enumerate().map(|(k, bits)| format!("trap[{}] = {bits}, ", k + 3));
            let (more, operands) = (more.collect::<String>(), operands.join(", "));
            self.line(format!("if (UNLIKELY({fails})) return {more}fail(trap, {code}, {operands});"));
        }
        if let (Some(dst), Some(value)) = (inst.dst(), &checked.value) {
            self.set(dst, value);
        }
        Ok(())
    }

    /// What an iteration leaves to the next one: the last that stands in a loop.
    pub fn carries(&mut self, iteration: &Iteration<'_>) {
        self.moves(iteration.moves);
        for carry in iteration.chains() {
            if self.e.dtype(carry).is_float() {
                self.line(format!("ORDERED(r{});", carry.0));
            }
        }
        if iteration.updates_an_element(|buf| self.kernel.slots[buf.index()].dtype.is_float()) {
            self.line("IN_ORDER;");
        }
    }

    /// Moves that happen at once.
    pub fn moves(&mut self, moves: &[(Reg, Reg)]) {
        let moves: Vec<(Reg, Reg)> = moves.iter().copied().filter(|(d, s)| d != s).collect();
        // A source that is also a destination is saved first.
        let mut saved: Vec<(Reg, usize)> = Vec::new();
        for &(_, source) in &moves {
            if moves.iter().any(|&(d, _)| d == source) && saved.iter().all(|s| s.0 != source) {
                let n = self.fresh();
                let ty = variable_type(self.e.dtype(source));
                self.line(format!("const {ty} m{n} = r{};", source.0));
                saved.push((source, n));
            }
        }
        for &(to, from) in &moves {
            let value = match saved.iter().find(|s| s.0 == from) {
                Some((_, n)) => format!("m{n}"),
                None => self.e.var(from),
            };
            self.line(format!("r{} = {value};", to.0));
        }
    }

    fn conditional(&mut self, w: &'k While, before: &[Item]) -> Result<()> {
        let around = std::mem::replace(&mut self.f.scalar, true);
        self.strides(w)?;
        let apart = around && self.begins_alike(w, before);
        if apart {
            self.line("do {");
            let declared = self.f.declared.clone();
            self.conditional_iteration(w, "{")?;
            self.f.declared = declared;
        }
        self.conditional_iteration(w, "for (;;) {")?;
        if apart {
            self.line("} while (0);");
        }
        self.f.scalar = around;
        Ok(())
    }

    /// An iteration, behind what repeats it.
    fn conditional_iteration(&mut self, w: &'k While, open: &str) -> Result<()> {
        self.line(open);
        self.list(&w.head)?;
        let cond = self.e.var(w.cond);
        self.line(format!("if (!{cond}) break;"));
        self.line("{");
        let iteration = Iteration::of_while(w);
        self.f.first.extend(iteration.takes_in_later());
        self.list(&w.body)?;
        self.carries(&iteration);
        self.line("}");
        self.line("}");
        Ok(())
    }

    fn branch(&mut self, b: &'k Branch) -> Result<()> {
        let last = b.arms.len().checked_sub(1).ok_or(Unsupported)?;
        let in_both = computed_in_both(b);
        self.f.both.extend(in_both);
        for (k, (code, moves)) in b.arms.iter().enumerate() {
            let test = match b.selector {
                Selector::Bool(r) if only_reports(b) => format!("UNLIKELY({})", self.e.var(r)),
                Selector::Bool(r) => self.e.var(r),
                // Clamped: what is below goes to the first arm, what is above to the last.
                Selector::Index { idx, signed: true } => format!("{} <= {k}", self.e.int(idx)),
                Selector::Index { idx, signed: false } => format!("{} <= {k}", self.e.unsigned(idx)),
            };
            match k {
                0 if last == 0 => self.line("{"),
                0 => self.line(format!("if ({test}) {{")),
                _ if k == last => self.line("} else {"),
                _ => self.line(format!("}} else if ({test}) {{")),
            }
            // So that GCC does not ask for the two conditions in the other order.
            if in_both.is_some() && k == 0 {
                self.line("IN_ORDER;");
            }
            self.list(code)?;
            self.moves(moves);
        }
        self.line("}");
        Ok(())
    }
}

/// The condition of the branch that runs as it was written where one of its arms fails ([`guard`](crate::kernel::guard)).
fn computed_in_both(b: &Branch) -> Option<Reg> {
    match &b.arms.first()?.0[..] {
        [Item::Branch(written)] if only_reports(b) => match written.selector {
            Selector::Bool(cond) => Some(cond),
            Selector::Index { .. } => None,
        },
        _ => None,
    }
}

/// The branch changes nothing: it is there for what fails in its first arm.
fn only_reports(b: &Branch) -> bool {
    fn computes(arm: &(Code, Vec<(Reg, Reg)>)) -> bool {
        arm.1.is_empty()
            && arm.0.iter().all(|item| match item {
                Item::Inst(inst, _) => inst.dst().is_some() || inst.may_fail(),
                Item::Branch(b) => b.arms.iter().all(computes),
                Item::Loop(_) | Item::While(_) => false,
            })
    }
    matches!(&b.arms[..], [first, (second, moves)] if computes(first) && second.is_empty() && moves.is_empty())
}
