//! From nodes of a graph to a kernel: scopes, registers, and where an instruction is put.
//!
//! Lowering walks the regions once. Every loop and every branch opens a scope with a code list of its
//! own, and a computation that cannot fail is appended to the list of the outermost scope where its
//! operands exist, provided that this takes it out of a loop: so row offsets and other invariants leave
//! inner loops without a pass of their own. The same lookup finds computations that were made before
//! (common subexpressions). What can fail stays where the user wrote it.
//!
//! *Invariant.* An access whose bounds were proven with a fact that only holds in some scope (a condition
//! that was tested, a check that passed) is never placed outside that scope.

mod access;
mod arrays;
mod bits;
mod block;
mod branch;
mod carried;
mod counters;
mod facts;
mod known;
mod loops;
mod reduce;
mod scalar;
mod unroll;

pub(super) use access::{Address, load_inst};

use super::inst::{Buf, Inst, Reg, Role, SHOWN};
use super::ir::{Call, Code, Item, Origin, SlotInfo, Trap, TrapId, TrapKind};
use super::program::Unit;
use super::ranges::{Form, Interval};
use crate::dtype::{DType, Literal};
use crate::graph::{Graph, Node, Region, SiteId, ValueId};
use crate::hash::{HashMap, HashSet};
use crate::op::{CmpOp, Op};
use arrays::ArrayState;
use std::sync::Arc;

/// The machine does not do this; the caller walks the node op by op.
#[derive(Debug)]
pub(super) struct Unsupported;

pub(super) type Result<T> = std::result::Result<T, Unsupported>;

/// What is known of a register.
#[derive(Clone, Debug)]
pub(super) struct RegInfo {
    pub dtype: DType,
    /// The scope where it is defined.
    depth: usize,
    /// Holds wherever the register is visible. Of floats: everything.
    pub range: Interval,
    /// `None` when it is a leaf.
    form: Option<Form>,
    pub constant: Option<Literal>,
    fact: Option<Fact>,
}

/// What a bool register says.
#[derive(Clone, Copy, Debug)]
enum Fact {
    /// An integer comparison.
    Compare(CmpOp, Reg, Reg),
    And(Reg, Reg),
    Or(Reg, Reg),
    Not(Reg),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Root,
    /// A region that runs many times.
    Loop,
    /// A loop over the elements of one array op; it has no region.
    Nest,
    Branch,
}

struct Scope {
    kind: Kind,
    code: Code,
    /// Computations made here, by instruction (with destination 0) and array version.
    made: HashMap<(Inst, u32), Reg>,
    /// Facts that hold from here on, in this scope.
    refined: HashMap<Reg, Interval>,
    /// A fact of this scope proved something: its code must not run without its condition.
    guarded: bool,
    /// The last node that uses a value, `usize::MAX` for results; of scopes with a region.
    last_use: HashMap<ValueId, usize>,
    position: usize,
    /// The region's parameters are still needed after it (the condition of a `while`).
    holds_params: bool,
    /// Temporaries first used here.
    temporaries: Vec<Buf>,
}

/// A value of the scope around the node.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    Scalar(Reg),
    Array(Buf),
}

impl Source {
    /// The register of a scalar.
    pub(super) fn scalar(self) -> Option<Reg> {
        match self {
            Source::Scalar(r) => Some(r),
            Source::Array(_) => None,
        }
    }

    /// The slot of an array.
    pub(super) fn array(self) -> Option<Buf> {
        match self {
            Source::Scalar(_) => None,
            Source::Array(buf) => Some(buf),
        }
    }
}

/// What lowering produces.
pub(super) struct Lowered {
    pub code: Code,
    pub regs: Vec<RegInfo>,
    pub constants: Vec<(Reg, Literal)>,
    /// A register that holds 0.
    pub zero: Reg,
    pub slots: Vec<SlotInfo>,
    pub inputs: Vec<(ValueId, Source)>,
    pub outputs: Vec<(ValueId, Source)>,
    pub traps: Vec<Trap>,
    pub calls: Vec<Call>,
    pub names: Vec<(Reg, Arc<str>)>,
    pub array_names: Vec<(SiteId, Buf, Arc<str>)>,
}

pub(super) struct Lower<'g> {
    graph: &'g Graph,
    dead_after: &'g dyn Fn(ValueId) -> bool,
    scopes: Vec<Scope>,
    regs: Vec<RegInfo>,
    constants: HashMap<Literal, Reg>,
    scalars: HashMap<ValueId, Reg>,
    /// The scope in whose region a value is defined.
    defined: HashMap<ValueId, usize>,
    slots: Vec<SlotInfo>,
    arrays: ArrayState,
    inputs: Vec<(ValueId, Source)>,
    traps: Vec<Trap>,
    calls: Vec<Call>,
    names: Vec<(Reg, Arc<str>)>,
    array_names: Vec<(SiteId, Buf, Arc<str>)>,
    call_ids: HashMap<Call, u32>,
    /// Every constant of the graph.
    outer_constants: HashMap<ValueId, Literal>,
    /// Branches of innermost loops become selects, so that the loop can run in strips.
    flatten_branches: bool,
}

/// Lowers nodes that stand next to each other.
pub(super) fn lower(unit: &Unit<'_>) -> Result<Lowered> {
    let graph = unit.graph;
    let mut lower = Lower {
        graph,
        dead_after: unit.dead_after,
        scopes: Vec::new(),
        regs: Vec::new(),
        constants: HashMap::default(),
        scalars: HashMap::default(),
        defined: HashMap::default(),
        slots: Vec::new(),
        arrays: ArrayState::default(),
        inputs: Vec::new(),
        traps: Vec::new(),
        calls: Vec::new(),
        names: Vec::new(),
        array_names: Vec::new(),
        call_ids: HashMap::default(),
        outer_constants: HashMap::default(),
        flatten_branches: false,
    };
    lower.push_scope(Kind::Root);
    // Constants of the scopes around the nodes are not arguments.
    crate::graph::for_each_node(&graph.body, &mut |n| {
        if let Op::Const(literal) = n.op {
            lower.outer_constants.insert(n.outputs[0], literal);
        }
    });
    let defined: HashSet<ValueId> = unit.nodes.iter().flat_map(|n| n.outputs.iter().copied()).collect();
    for node in unit.nodes {
        for v in node.inputs.iter().copied().chain(crate::graph::captures(node)) {
            if !defined.contains(&v) {
                lower.input(v)?;
            }
        }
    }
    for &v in unit.outputs.iter().filter(|v| !defined.contains(v)) {
        lower.input(v)?;
    }
    lower.nodes(&[], unit.nodes, unit.outputs)?;
    let mut outputs = Vec::new();
    for &v in unit.outputs {
        let source = if graph.ty(v).is_scalar() {
            Source::Scalar(lower.scalar(v)?)
        } else {
            let buf = lower.slot(v)?;
            // Hand the argument back instead of a copy of it.
            if let Origin::Input { owned: true, taken } = &mut lower.slots[buf.index()].origin {
                *taken = true;
            }
            Source::Array(buf)
        };
        outputs.push((v, source));
    }
    let zero = lower.number(0)?;
    let scope = lower.pop_scope();
    Ok(Lowered {
        zero,
        code: scope.code,
        constants: lower.constants.into_iter().map(|(l, r)| (r, l)).collect(),
        regs: lower.regs,
        slots: lower.slots,
        inputs: lower.inputs,
        outputs,
        traps: lower.traps,
        calls: lower.calls,
        names: lower.names,
        array_names: lower.array_names,
    })
}

impl Lower<'_> {
    fn input(&mut self, v: ValueId) -> Result<()> {
        if self.inputs.iter().any(|i| i.0 == v) {
            return Ok(());
        }
        if let Some(&literal) = self.outer_constants.get(&v) {
            let r = self.constant(literal)?;
            self.scalars.insert(v, r);
            return Ok(());
        }
        let ty = self.graph.ty(v).clone();
        let source = if ty.is_scalar() {
            let r = self.new_reg(ty.dtype, 0)?;
            self.scalars.insert(v, r);
            Source::Scalar(r)
        } else {
            let owned = (self.dead_after)(v);
            let slot = self.new_slot(ty, Origin::Input { owned, taken: false })?;
            self.hold(slot, v, 0);
            Source::Array(slot)
        };
        self.inputs.push((v, source));
        Ok(())
    }

    fn depth(&self) -> usize {
        self.scopes.len() - 1
    }

    fn scope(&mut self) -> &mut Scope {
        let depth = self.depth();
        &mut self.scopes[depth]
    }

    fn push_scope(&mut self, kind: Kind) {
        self.scopes.push(Scope {
            kind,
            code: Vec::new(),
            made: HashMap::default(),
            refined: HashMap::default(),
            guarded: false,
            last_use: HashMap::default(),
            position: 0,
            holds_params: false,
            temporaries: Vec::new(),
        });
    }

    fn pop_scope(&mut self) -> Scope {
        let scope = self.scopes.pop().expect("scopes are opened and closed in pairs");
        if !self.scopes.is_empty() {
            self.scope().temporaries.extend(&scope.temporaries);
        }
        scope
    }

    /// Notes the last uses of a region in the innermost scope and defines its parameters there.
    fn enter_region(&mut self, params: &[ValueId], nodes: &[Node], results: &[ValueId]) {
        let mut last_use = HashMap::default();
        for (k, node) in nodes.iter().enumerate() {
            for v in node.inputs.iter().copied().chain(crate::graph::captures(node)) {
                last_use.insert(v, k);
            }
        }
        last_use.extend(results.iter().map(|&v| (v, usize::MAX)));
        let depth = self.depth();
        for &v in params.iter().chain(nodes.iter().flat_map(|n| &n.outputs)) {
            self.defined.insert(v, depth);
        }
        let scope = self.scope();
        scope.last_use = last_use;
        scope.position = 0;
    }

    /// Lowers the nodes of a region into the innermost scope.
    fn region(&mut self, region: &Region) -> Result<()> {
        self.nodes(&region.params, &region.nodes, &region.results)
    }

    fn nodes(&mut self, params: &[ValueId], nodes: &[Node], results: &[ValueId]) -> Result<()> {
        self.enter_region(params, nodes, results);
        for (k, node) in nodes.iter().enumerate() {
            self.scope().position = k;
            self.node(node)?;
            self.release(node);
        }
        self.scope().position = nodes.len();
        Ok(())
    }

    fn new_reg(&mut self, dtype: DType, depth: usize) -> Result<Reg> {
        let id = u16::try_from(self.regs.len()).map_err(|_| Unsupported)?;
        let range = Interval::of(dtype);
        self.regs.push(RegInfo { dtype, depth, range, form: None, constant: None, fact: None });
        Ok(Reg(id))
    }

    fn info(&self, r: Reg) -> &RegInfo {
        &self.regs[r.index()]
    }

    fn constant(&mut self, literal: Literal) -> Result<Reg> {
        if let Some(&r) = self.constants.get(&literal) {
            return Ok(r);
        }
        let r = self.new_reg(literal.dtype(), 0)?;
        let info = &mut self.regs[r.index()];
        info.constant = Some(literal);
        if let Some(x) = literal.as_i128() {
            info.range = Interval::point(x);
        }
        self.constants.insert(literal, r);
        Ok(r)
    }

    /// A constant for addresses.
    fn number(&mut self, x: i64) -> Result<Reg> {
        self.constant(Literal::I64(x))
    }

    /// The number that a register always holds.
    fn number_of(&self, r: Reg) -> Option<i64> {
        self.info(r).constant.and_then(Literal::as_i128).and_then(|x| i64::try_from(x).ok())
    }

    fn scalar(&self, v: ValueId) -> Result<Reg> {
        self.scalars.get(&v).copied().ok_or(Unsupported)
    }

    fn trap(&mut self, site: SiteId, kind: TrapKind) -> TrapId {
        self.traps.push(Trap { site, kind });
        TrapId(self.traps.len() as u32 - 1)
    }

    /// Notes that something relies on facts of scope `proof`.
    fn rely_on(&mut self, proof: usize) {
        self.scopes[proof].guarded |= proof > 0;
    }

    /// Puts a computation that cannot fail (if `proof` holds) where it belongs. `version` tells loads of
    /// different versions of an array apart; `depth` is where that version exists.
    fn pure(&mut self, inst: Inst, dtype: DType, proof: usize, version: (u32, usize)) -> Result<Reg> {
        let key = (without_dst(inst), version.0);
        if let Some(&r) = self.scopes.iter().rev().find_map(|s| s.made.get(&key)) {
            return Ok(r);
        }
        self.rely_on(proof);
        let operands = inst.reads().map(|r| self.info(r).depth).max().unwrap_or(0);
        let least = operands.max(proof).max(version.1);
        let crossed =
            (least + 1..=self.depth()).find(|&d| matches!(self.scopes[d].kind, Kind::Loop | Kind::Nest));
        let depth = crossed.map_or(self.depth(), |d| d - 1);
        let dst = self.new_reg(dtype, depth)?;
        self.scopes[depth].code.push(with_dst(inst, dst).into());
        self.scopes[depth].made.insert(key, dst);
        Ok(dst)
    }

    /// A computation that may fail, at its place.
    fn failing(&mut self, inst: Inst, dtype: DType, trap: TrapId) -> Result<Reg> {
        let key = (without_dst(inst), 0);
        if let Some(&r) = self.scopes.iter().rev().find_map(|s| s.made.get(&key)) {
            return Ok(r);
        }
        let dst = self.new_reg(dtype, self.depth())?;
        let scope = self.scope();
        scope.code.push(Item::Inst(with_dst(inst, dst), Some(trap)));
        scope.made.insert(key, dst);
        Ok(dst)
    }

    fn call_id(&mut self, call: Call) -> u32 {
        *self.call_ids.entry(call).or_insert_with(|| {
            self.calls.push(call);
            self.calls.len() as u32 - 1
        })
    }

    /// Lowers one node into the innermost scope.
    fn node(&mut self, node: &Node) -> Result<()> {
        match &node.op {
            Op::For { step, .. } => self.for_node(node, *step),
            Op::While => self.while_node(node),
            Op::Cond | Op::Switch => self.branch_node(node),
            // The walk prints, so that everything around runs in its order.
            Op::Print { .. } | Op::Progress { .. } => Err(Unsupported),
            Op::Check { message, user } => {
                let cond = self.scalar(node.inputs[0])?;
                if self.info(cond).constant == Some(Literal::Bool(true)) {
                    return Ok(());
                }
                // Values that fit no instruction are shown by the walk, which runs the node itself.
                let shown = &node.inputs[1..];
                if shown.len() > SHOWN || !shown.iter().all(|&v| self.graph.ty(v).is_scalar()) {
                    return Err(Unsupported);
                }
                let mut values = [Reg(0); SHOWN];
                for (r, &v) in values.iter_mut().zip(shown) {
                    *r = self.scalar(v)?;
                }
                let dtypes = shown.iter().map(|&v| self.graph.ty(v).dtype).collect();
                let kind = TrapKind::Check { message: message.clone(), user: *user, values: dtypes };
                let trap = self.trap(node.site, kind);
                let shown = shown.len() as u8;
                self.scope().code.push(Item::Inst(Inst::Check { cond, shown, values }, Some(trap)));
                self.assume(cond, true);
                Ok(())
            }
            _ => {
                let scalar = |v: &ValueId| self.graph.ty(*v).is_scalar();
                if node.inputs.iter().chain(&node.outputs).all(scalar) && !matches!(node.op, Op::Stack) {
                    let r = self.scalar_node(node)?;
                    self.scalars.insert(node.outputs[0], r);
                    Ok(())
                } else {
                    self.array_node(node)
                }
            }
        }
    }
}

fn without_dst(mut inst: Inst) -> Inst {
    inst.for_each_reg(|role, r| {
        if role == Role::Write {
            *r = Reg(0);
        }
    });
    inst
}

pub(super) fn with_dst(mut inst: Inst, dst: Reg) -> Inst {
    inst.for_each_reg(|role, r| {
        if role == Role::Write {
            *r = dst;
        }
    });
    inst
}
