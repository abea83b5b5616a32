//! Iterations side by side: a register of the body is a vector with a lane for each, and a loop inside runs until
//! every lane is done. The operations of a lane are those of its iteration, so the bits are too.

use super::check;
use super::code::NO_TRAP;
use super::expr::variable_type;
use super::folds::Stretch;
use super::loops::Trips;
use super::ordered::Iteration;
use super::scope::block_of;
use super::unit::{Result, Unit, Unsupported};
use crate::dtype::DType;
use crate::kernel::inst::{Inst, Reg, Role};
use crate::kernel::invariant::{can_fail, set_in};
use crate::kernel::ir::{Branch, Item, Loop, Selector, While, for_each_reg};
use std::collections::{BTreeSet, HashMap};

/// Iterations at once: a vector of 512 bits, or as many of fewer bits as it takes.
pub(super) const LANES: usize = 8;

/// What is being written.
pub(super) struct Side {
    /// The index of the loop.
    pub iv: Reg,
    /// Registers that have lanes; the others are scalars.
    pub lanes: BTreeSet<Reg>,
    /// Scalars that grow by so much from lane to lane: they hold the value of the first one. The others are the same
    /// for all.
    pub growth: HashMap<Reg, i64>,
    /// Something can fail: `bad` has the sign of every lane in which it does.
    pub fails: bool,
    /// The label of the iterations one by one, which report it.
    pub alone: String,
}

impl<'k> Unit<'k> {
    /// A stretch of iterations, `LANES` at a time up to what they carry; the rest one after the other.
    pub(super) fn side_by_side(
        &mut self,
        l: &'k Loop,
        trips: &Trips,
        stretch: &Stretch<'_>,
        last: &dyn Fn(&mut Self),
    ) -> Result<()> {
        let (iv, ty, n, k) = (l.iv.0, trips.counter, stretch.count, stretch.k);
        let (aside, in_order) = l.body.split_at(l.in_order_from());
        let lanes = set_in(aside).into_iter().chain([l.iv]).collect();
        let alone = format!("alone{}", self.fresh());
        let side = Side { iv: l.iv, lanes, growth: HashMap::new(), fails: can_fail(aside), alone };
        self.line(format!("for ({ty} w{iv} = 0; w{iv} < {n}; w{iv} += {LANES}) {{"));
        self.line(format!("const {ty} g{iv} = {n} - w{iv} < {LANES} ? {n} - w{iv} : {LANES};"));
        for &r in &side.lanes {
            let ty = self.lanes_type(r);
            self.line(format!("{ty} x{} = {{0}};", r.0));
        }
        // Lanes behind the last iteration repeat it, and store nothing.
        self.line(format!("for (int l = 0; l < {LANES}; l++) {{"));
        self.index(l, trips, &stretch.of(&format!("(w{iv} + (l < g{iv} ? l : g{iv} - 1))")));
        self.line(format!("LANE(x{iv}, l) = r{iv};"));
        self.line("}");
        self.line("const lanes_i64 live0 = splat_i64(-1);");
        let is_store = |item: &Item| matches!(item, Item::Inst(inst, _) if inst.is_store());
        let stores = aside.iter().position(is_store).unwrap_or(aside.len());
        let (before, after) = aside.split_at(stores);
        if side.fails {
            self.line("lanes_i64 bad = {0};");
        }
        self.side_items(&side, before, 0)?;
        if side.fails {
            // One iteration after the other, to report the first one that fails. Nothing was stored.
            self.line("if (UNLIKELY(any_lane(bad))) {");
            self.line(format!("{}:;", side.alone));
            self.one_by_one(l, trips, &stretch.of(&format!("w{iv}")), false)?;
            self.line(format!("return {NO_TRAP};"));
            self.line("}");
        }
        self.side_items(&side, after, 0)?;
        if !l.moves.is_empty() || !l.mark.folds.is_empty() {
            self.line(format!("for (int l = 0; l < g{iv}; l++) {{"));
            self.line(format!("const {ty} {k} = w{iv} + l;"));
            let block = block_of(&l.body);
            self.declare(block);
            for &r in side.lanes.intersection(&read_in_order(l, in_order)) {
                self.f.declared.insert(r);
                let is_declared = self.f.scopes.at_start(block).contains(&r);
                let ty = if is_declared { "" } else { variable_type(self.e.dtype(r)) };
                self.line(format!("{ty} r{0} = LANE(x{0}, l);", r.0));
            }
            self.items(in_order)?;
            self.carries(&Iteration::of(l));
            last(self);
            self.line("}");
        }
        self.line("}");
        Ok(())
    }

    fn side_items(&mut self, side: &Side, items: &'k [Item], depth: usize) -> Result<()> {
        let mut checked = true;
        items.iter().try_for_each(|item| {
            match item {
                Item::Inst(inst, _) if inst.is_load() && !checked => {
                    // Where an index is out of range nothing is to be read.
                    self.leave_if_bad(side);
                    checked = true;
                }
                _ => checked &= !can_fail(std::slice::from_ref(item)),
            }
            match item {
                Item::Inst(inst, _) if inst.may_fail() => self.side_check(side, inst, depth),
                Item::Inst(inst, _) => self.side_inst(side, inst),
                Item::While(w) => self.side_while(side, w, depth),
                Item::Branch(b) => self.side_branch(side, b, depth),
                Item::Loop(_) => Err(Unsupported),
            }
        })
    }

    /// Nothing is stored yet where something can fail, so the iterations can begin again one by one.
    fn leave_if_bad(&mut self, side: &Side) {
        self.line(format!("if (UNLIKELY(any_lane(bad))) goto {};", side.alone));
    }

    pub(super) fn lanes_type(&self, r: Reg) -> &'static str {
        if self.e.dtype(r) == DType::F64 { "lanes_f64" } else { "lanes_i64" }
    }

    /// An operand as a vector. A bool is a mask.
    fn lanes_of(&self, side: &Side, r: Reg) -> String {
        if side.lanes.contains(&r) {
            return format!("x{}", r.0);
        }
        if let Some(growth) = side.growth.get(&r).filter(|&&growth| growth != 0) {
            return format!(
                "add_i64(splat_i64({}), mul_i64(splat_i64({growth}ll), LANE_NUMBERS))",
                self.e.int(r)
            );
        }
        match self.e.dtype(r) {
            DType::F64 => format!("splat_f64({})", self.e.var(r)),
            DType::Bool => format!("splat_i64(-{})", self.e.int(r)),
            _ => format!("splat_i64({})", self.e.int(r)),
        }
    }

    /// An operand for a register of that dtype: a condition as a number is 0 or 1, and not a mask.
    pub(super) fn lanes_as(&self, side: &Side, r: Reg, dtype: DType) -> String {
        let lanes = self.lanes_of(side, r);
        match (self.e.dtype(r) == DType::Bool, dtype == DType::Bool) {
            (true, false) => format!("neg_i64({lanes})"),
            (false, true) => format!("ne_i64({lanes}, splat_i64(0))"),
            _ => lanes,
        }
    }

    fn side_inst(&mut self, side: &Side, inst: &Inst) -> Result<()> {
        let iv = side.iv;
        if inst.is_store() {
            let statement = self.e.store(inst).ok_or(Unsupported)?;
            self.line(format!("for (int l = 0; l < g{}; l++) {{", iv.0));
            self.of_lane(side, inst);
            self.line(statement);
            self.line("}");
            return Ok(());
        }
        let dst = inst.dst().ok_or(Unsupported)?;
        if let Some(value) = self.lanes_value(side, inst) {
            self.line(format!("x{} = {value};", dst.0));
            return Ok(());
        }
        let value = self.value(inst)?;
        let value = if self.e.dtype(dst) == DType::Bool { format!("-(int64_t)({value})") } else { value };
        self.line(format!("for (int l = 0; l < {LANES}; l++) {{"));
        self.of_lane(side, inst);
        self.line(format!("LANE(x{}, l) = {value};", dst.0));
        self.line("}");
        Ok(())
    }

    /// An instruction that can fail.
    fn side_check(&mut self, side: &Side, inst: &Inst, depth: usize) -> Result<()> {
        if let Some((value, bad)) = self.lanes_checked(side, inst) {
            if let (Some(dst), Some(value)) = (inst.dst(), value) {
                self.line(format!("x{} = {value};", dst.0));
            }
            if let Some(bad) = bad {
                self.line(format!("bad = or_i64(bad, and_i64(live{depth}, {bad}));"));
            }
            return Ok(());
        }
        let n = self.fresh();
        let checked = check::checked(&self.e, inst, n).ok_or(Unsupported)?;
        self.line(format!("for (int l = 0; l < {LANES}; l++) {{"));
        self.of_lane(side, inst);
        self.line(&checked.before);
        let fails = checked.fails.unwrap_or("0".into());
        self.line(format!("if ({fails}) {{ LANE(bad, l) |= LANE(live{depth}, l); continue; }}"));
        if let (Some(dst), Some(value)) = (inst.dst(), &checked.value) {
            self.line(format!("LANE(x{}, l) = {value};", dst.0));
        }
        self.line("}");
        Ok(())
    }

    /// Sums and indices on whole vectors: the wrapped value, and words whose signs say which lanes fail.
    fn lanes_checked(&self, side: &Side, inst: &Inst) -> Option<(Option<String>, Option<String>)> {
        use Inst::*;
        let x = |r: Reg| self.lanes_as(side, r, DType::I64);
        let of = |name: &str, a: &str, b: &str| format!("{name}_i64({a}, {b})");
        let differ = |a: &str, b: &str| of("xor", a, b);
        let below = |a: &str, b: &str| format!("lt_u64({a}, {b})");
        let value = |name: &str, a: Reg, b: Reg| Some(of(name, &x(a), &x(b)));
        let result = |dst: Reg| format!("x{}", dst.0);
        let power = |r: Reg| match self.kernel.constant(r)?.as_i128()? {
            n if n > 0 && n & (n - 1) == 0 => Some(n),
            _ => None,
        };
        // The result may be in an operand's place.
        let fresh = |dst: Reg, a: Reg, b: Reg| dst != a && dst != b;
        let (value, bad) = match *inst {
            DivU { a, b, .. } => {
                return Some((
                    Some(format!("shr_u64({}, splat_i64({}))", x(a), power(b)?.trailing_zeros())),
                    None,
                ));
            }
            RemU { a, b, .. } => {
                return Some((Some(format!("and_i64({}, splat_i64({}ll))", x(a), power(b)? - 1)), None));
            }
            AddI64 { dst, a, b } if fresh(dst, a, b) => {
                let sum = result(dst);
                (value("add", a, b), of("and", &differ(&x(a), &sum), &differ(&x(b), &sum)))
            }
            SubI64 { dst, a, b } if fresh(dst, a, b) => {
                let signs = differ(&x(a), &x(b));
                (value("sub", a, b), of("and", &signs, &differ(&x(a), &result(dst))))
            }
            AddUsize { dst, a, b } if fresh(dst, a, b) => (value("add", a, b), below(&result(dst), &x(a))),
            SubUsize { dst, a, b } if fresh(dst, a, b) => (value("sub", a, b), below(&x(a), &x(b))),
            AddI32 { dst, a, b } | SubI32 { dst, a, b } => {
                let op = if matches!(inst, AddI32 { .. }) { "add" } else { "sub" };
                (value(op, a, b), format!("leaves_i32({})", result(dst)))
            }
            CheckIndex { idx, len } => (None, format!("not_i64({})", below(&x(idx), &x(len)))),
            Check { cond, .. } => (None, format!("not_i64({})", self.lanes_as(side, cond, DType::Bool))),
            _ => return None,
        };
        Some((value, Some(bad)))
    }

    /// The registers that an instruction reads, of lane `l`.
    fn of_lane(&mut self, side: &Side, inst: &Inst) {
        let reads: BTreeSet<Reg> = inst.reads().filter(|r| side.lanes.contains(r)).collect();
        for r in reads {
            let ty = variable_type(self.e.dtype(r));
            self.line(format!("const {ty} r{0} = LANE(x{0}, l);", r.0));
        }
    }

    /// The instruction on whole vectors, where C has that.
    pub(super) fn lanes_value(&self, side: &Side, inst: &Inst) -> Option<String> {
        use Inst::*;
        let dtype = self.e.dtype(inst.dst()?);
        let x = |r: Reg| self.lanes_of(side, r);
        let of = |name: &str, a: Reg, b: Reg| format!("{name}({}, {})", x(a), x(b));
        let number = |r: Reg| self.lanes_as(side, r, DType::I64);
        let numbers = |name: &str, a: Reg, b: Reg| format!("{name}({}, {})", number(a), number(b));
        let ints = |a: Reg, b: Reg| [a, b].iter().all(|&r| self.e.dtype(r) != DType::Bool);
        let masks = |a: Reg, b: Reg| dtype == DType::Bool && !ints(a, a) && !ints(b, b);
        Some(match *inst {
            Mov { a, dst } if self.lanes_type(a) == self.lanes_type(dst) => self.lanes_as(side, a, dtype),
            AddF64 { a, b, .. } => of("add_f64", a, b),
            SubF64 { a, b, .. } => of("sub_f64", a, b),
            MulF64 { a, b, .. } => of("mul_f64", a, b),
            DivF64 { a, b, .. } => of("div_f64", a, b),
            NegF64 { a, .. } => format!("neg_f64({})", x(a)),
            MinF64 { a, b, .. } => of("min_f64", a, b),
            MaxF64 { a, b, .. } => of("max_f64", a, b),
            EqF64 { a, b, .. } => of("eq_f64", a, b),
            NeF64 { a, b, .. } => of("ne_f64", a, b),
            LtF64 { a, b, .. } => of("lt_f64", a, b),
            LeF64 { a, b, .. } => of("le_f64", a, b),
            AddI { a, b, .. } | AddW { a, b, .. } => numbers("add_i64", a, b),
            SubI { a, b, .. } | SubW { a, b, .. } => numbers("sub_i64", a, b),
            MulI { a, b, .. } | MulW { a, b, .. } => numbers("mul_i64", a, b),
            AndI { a, b, .. } if ints(a, b) || masks(a, b) => of("and_i64", a, b),
            OrI { a, b, .. } if ints(a, b) || masks(a, b) => of("or_i64", a, b),
            XorI { a, b, .. } if ints(a, b) => of("xor_i64", a, b),
            EqI { a, b, .. } if ints(a, b) => of("eq_i64", a, b),
            NeI { a, b, .. } if ints(a, b) => of("ne_i64", a, b),
            LtS { a, b, .. } if ints(a, b) => of("lt_i64", a, b),
            LeS { a, b, .. } if ints(a, b) => of("le_i64", a, b),
            LtU { a, b, .. } if ints(a, b) => of("lt_u64", a, b),
            LeU { a, b, .. } if ints(a, b) => of("le_u64", a, b),
            ShlI { a, b, .. } if ints(a, b) => numbers("shl_i64", a, b),
            ShrS { a, b, .. } if ints(a, b) => numbers("shr_i64", a, b),
            ShrU { a, b, .. } if ints(a, b) => numbers("shr_u64", a, b),
            Select { a, b, c, .. } if self.e.dtype(a) == DType::Bool => {
                let name = if dtype == DType::F64 { "choose_f64" } else { "choose_i64" };
                let of = |r: Reg| self.lanes_as(side, r, dtype);
                let is = |r: Reg, n: i128| self.kernel.constant(r).and_then(|c| c.as_i128()) == Some(n);
                if dtype.is_int() && is(b, 1) && is(c, 0) {
                    return Some(format!("neg_i64({})", x(a)));
                }
                format!("{name}({}, {}, {})", x(a), of(b), of(c))
            }
            _ => return None,
        })
    }

    /// Moves that happen at once, in the lanes of a mask.
    fn side_moves(&mut self, side: &Side, moves: &[(Reg, Reg)], mask: &str) {
        let first = self.names + 1;
        for &(to, from) in moves {
            let (n, ty) = (self.fresh(), self.lanes_type(to));
            let choose = if ty == "lanes_f64" { "choose_f64" } else { "choose_i64" };
            let value = self.lanes_as(side, from, self.e.dtype(to));
            self.line(format!("const {ty} y{n} = {choose}({mask}, {value}, x{});", to.0));
        }
        for (k, &(to, _)) in moves.iter().enumerate() {
            self.line(format!("x{} = y{};", to.0, first + k));
        }
    }

    fn side_while(&mut self, side: &Side, w: &'k While, depth: usize) -> Result<()> {
        let inner = depth + 1;
        self.line("{");
        self.line(format!("lanes_i64 live{inner} = live{depth};"));
        self.line("for (;;) {");
        self.side_items(side, &w.head, inner)?;
        let cond = self.lanes_as(side, w.cond, DType::Bool);
        self.line(format!("live{inner} = and_i64(live{inner}, {cond});"));
        if fails_in_all_lanes(&w.head) || fails_in_all_lanes(&w.body) {
            // A lane that failed might never end, and neither might the others.
            self.leave_if_bad(side);
        }
        self.line(format!("if (!any_lane(live{inner})) break;"));
        self.side_items(side, &w.body, inner)?;
        self.side_moves(side, &w.moves, &format!("live{inner}"));
        self.line("}");
        self.line("}");
        Ok(())
    }

    /// Both arms, and of each result the one that was chosen. An arm that can fail does so in its own lanes only, and is
    /// left out where there are none: most are there for what hardly ever happens.
    fn side_branch(&mut self, side: &Side, b: &'k Branch, depth: usize) -> Result<()> {
        let (Selector::Bool(cond), [(yes, chosen), (no, otherwise)]) = (b.selector, &b.arms[..]) else {
            return Err(Unsupported);
        };
        let mask = self.lanes_as(side, cond, DType::Bool);
        self.line("{");
        self.line(format!("const lanes_i64 arm = {mask};"));
        for (arm, mask) in [(yes, "arm"), (no, "not_i64(arm)")] {
            if !can_fail(arm) {
                self.side_items(side, arm, depth)?;
                continue;
            }
            let inner = depth + 1;
            self.line("{");
            self.line(format!("const lanes_i64 live{inner} = and_i64(live{depth}, {mask});"));
            self.line(format!("if (any_lane(live{inner})) {{"));
            self.side_items(side, arm, inner)?;
            self.leave_if_bad(side);
            self.line("}");
            self.line("}");
        }
        let first = self.names + 1;
        for &(to, from) in chosen {
            let other = otherwise.iter().find(|m| m.0 == to).ok_or(Unsupported)?.1;
            let (n, ty) = (self.fresh(), self.lanes_type(to));
            let choose = if ty == "lanes_f64" { "choose_f64" } else { "choose_i64" };
            let dtype = self.e.dtype(to);
            let (yes, no) = (self.lanes_as(side, from, dtype), self.lanes_as(side, other, dtype));
            self.line(format!("const {ty} y{n} = {choose}(arm, {yes}, {no});"));
        }
        for (k, &(to, _)) in chosen.iter().enumerate() {
            self.line(format!("x{} = y{};", to.0, first + k));
        }
        self.line("}");
        Ok(())
    }
}

/// What the iterations of a block need to know of each when they go on one after the other.
fn read_in_order(l: &Loop, in_order: &[Item]) -> BTreeSet<Reg> {
    let mut read: BTreeSet<Reg> = l.moves.iter().map(|m| m.1).collect();
    read.extend(l.mark.folds.iter().map(|fold| fold.value));
    for_each_reg(&mut in_order.to_vec(), &mut |role, r| {
        if role != Role::Write {
            read.insert(*r);
        }
    });
    read
}

/// Something can fail that is in no arm: an arm in which something fails is left at once.
fn fails_in_all_lanes(code: &[Item]) -> bool {
    code.iter().any(|item| match item {
        Item::Inst(..) => can_fail(std::slice::from_ref(item)),
        Item::While(w) => fails_in_all_lanes(&w.head) || fails_in_all_lanes(&w.body),
        Item::Branch(_) => false,
        Item::Loop(l) => fails_in_all_lanes(&l.body),
    })
}
