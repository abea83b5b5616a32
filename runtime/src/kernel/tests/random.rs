//! Random programs: loops, branches, stores and old versions of arrays in any order.

use super::scalars::nowhere;
use super::{Value, agree};
use crate::dtype::{DType, Literal, Type};
use crate::graph::{Builder, Graph, Region, SiteId, ValueId};
use crate::op::{ArgOp, Axis, BinaryOp, CmpOp, Op, ReduceOp, StoreMode, UnaryOp};

/// A small generator, so that a failure can be repeated by its seed.
struct Rng(u64);

impl Rng {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// The lengths of the arrays: a vector that is worth strips, and a matrix.
const N: usize = 24;
const M: [usize; 2] = [3, 12];

/// The values that may be used where code is being generated, by type.
#[derive(Clone, Default)]
struct Scope {
    floats: Vec<ValueId>,
    /// `usize`
    counts: Vec<ValueId>,
    /// `i64`
    ints: Vec<ValueId>,
    bools: Vec<ValueId>,
    vectors: Vec<ValueId>,
    matrices: Vec<ValueId>,
}

struct Generator {
    rng: Rng,
    b: Builder,
    site: SiteId,
    line: u32,
}

impl Generator {
    fn push(&mut self, op: Op, inputs: Vec<ValueId>) -> ValueId {
        // A place of its own for every node, so that errors tell them apart.
        self.line += 1;
        let mut at = nowhere();
        at.line = self.line;
        self.site = self.b.site(at);
        self.b.push(op, inputs, self.site).expect("well typed")[0]
    }

    fn constant(&mut self, literal: Literal) -> ValueId {
        self.push(Op::Const(literal), vec![])
    }

    /// An index that is mostly in range.
    fn index(&mut self, s: &Scope, n: usize) -> ValueId {
        let i = self.rng.pick(&s.counts);
        match self.rng.below(12) {
            0 => i,
            1..=3 => {
                let k = self.rng.below(n);
                self.constant(Literal::Usize(k))
            }
            4..=5 => {
                let one = self.constant(Literal::Usize(1));
                let op = self.rng.pick(&[BinaryOp::Add, BinaryOp::Sub]);
                let j = self.push(Op::Binary(op), vec![i, one]);
                let n = self.constant(Literal::Usize(n));
                self.push(Op::Binary(BinaryOp::Rem), vec![j, n])
            }
            6 => i,
            _ => {
                let n = self.constant(Literal::Usize(n));
                self.push(Op::Binary(BinaryOp::Rem), vec![i, n])
            }
        }
    }

    fn statement(&mut self, s: &mut Scope, depth: usize) {
        let float = Op::Binary(self.rng.pick(&[BinaryOp::Add, BinaryOp::Sub, BinaryOp::Mul, BinaryOp::Max]));
        let at = |n: usize| vec![Axis::At; n];
        let mode =
            self.rng.pick(&[StoreMode::Set, StoreMode::Set, StoreMode::Add, StoreMode::Mul, StoreMode::Min]);
        match self.rng.below(if depth == 0 { 15 } else { 24 }) {
            0 | 1 => {
                let (a, b) = (self.rng.pick(&s.floats), self.rng.pick(&s.floats));
                s.floats.push(self.push(float, vec![a, b]));
            }
            2 => {
                let a = self.rng.pick(&s.floats);
                let op = self.rng.pick(&[UnaryOp::Sin, UnaryOp::Neg, UnaryOp::Abs, UnaryOp::Tanh]);
                s.floats.push(self.push(Op::Unary(op), vec![a]));
            }
            3 => {
                let (a, b) = (self.rng.pick(&s.counts), self.rng.pick(&s.counts));
                let op = self.rng.pick(&[
                    BinaryOp::Add,
                    BinaryOp::Sub,
                    BinaryOp::Min,
                    BinaryOp::Rem,
                    BinaryOp::WrappingSub,
                    BinaryOp::And,
                ]);
                s.counts.push(self.push(Op::Binary(op), vec![a, b]));
            }
            4 => {
                let (a, b) = (self.rng.pick(&s.ints), self.rng.pick(&s.ints));
                let op = self.rng.pick(&[
                    BinaryOp::Add,
                    BinaryOp::Sub,
                    BinaryOp::Mul,
                    BinaryOp::RemEuclid,
                    BinaryOp::WrappingMul,
                    BinaryOp::Xor,
                ]);
                s.ints.push(self.push(Op::Binary(op), vec![a, b]));
            }
            5 => {
                let op = Op::Compare(self.rng.pick(CmpOp::ALL));
                let from = if self.rng.below(2) == 0 { &s.floats } else { &s.counts };
                let (a, b) = (self.rng.pick(from), self.rng.pick(from));
                s.bools.push(self.push(op, vec![a, b]));
            }
            6 => {
                let (c, a, b) = (self.rng.pick(&s.bools), self.rng.pick(&s.floats), self.rng.pick(&s.floats));
                s.floats.push(self.push(Op::Select, vec![c, a, b]));
            }
            7 => match self.rng.below(3) {
                0 => {
                    let a = self.rng.pick(&s.counts);
                    s.floats.push(self.push(Op::Cast(DType::F64), vec![a]));
                }
                1 => {
                    let a = self.rng.pick(&s.counts);
                    s.ints.push(self.push(Op::Cast(DType::I64), vec![a]));
                }
                _ => {
                    let a = self.rng.pick(&s.floats);
                    s.ints.push(self.push(Op::Cast(DType::I64), vec![a]));
                }
            },
            8 | 9 => {
                let v = self.rng.pick(&s.vectors);
                let i = self.index(s, N);
                s.floats.push(self.push(Op::Load { axes: at(1), name: Some("v".into()) }, vec![v, i]));
            }
            10 => {
                let m = self.rng.pick(&s.matrices);
                let (i, j) = (self.index(s, M[0]), self.index(s, M[1]));
                s.floats.push(self.push(Op::Load { axes: at(2), name: Some("m".into()) }, vec![m, i, j]));
            }
            11 | 12 => {
                let last = s.vectors.len() - 1;
                let v = if self.rng.below(3) == 0 { self.rng.pick(&s.vectors) } else { s.vectors[last] };
                let (i, x) = (self.index(s, N), self.rng.pick(&s.floats));
                let op = Op::Store { axes: at(1), mode, name: Some("v".into()) };
                s.vectors.push(self.push(op, vec![v, i, x]));
            }
            13 => {
                let m = *s.matrices.last().expect("a matrix");
                let (i, j, x) = (self.index(s, M[0]), self.index(s, M[1]), self.rng.pick(&s.floats));
                let op = Op::Store { axes: at(2), mode, name: Some("m".into()) };
                s.matrices.push(self.push(op, vec![m, i, j, x]));
            }
            14 => self.block(s),
            15..=18 => self.counted(s, depth),
            19 | 20 => self.branch(s, depth),
            21 => self.conditional(s, depth),
            _ => self.branch(s, depth),
        }
    }

    /// Rows, slices and whole arrays.
    fn block(&mut self, s: &mut Scope) {
        let full = Axis::full(M[1]);
        match self.rng.below(8) {
            0 => {
                let (m, i) = (self.rng.pick(&s.matrices), self.index(s, M[0]));
                let load = Op::Load { axes: vec![Axis::At, full], name: None };
                let row = self.push(load, vec![m, i]);
                let (to, i) = (self.rng.pick(&s.matrices), self.index(s, M[0]));
                let store = Op::Store { axes: vec![Axis::At, full], mode: StoreMode::Add, name: None };
                s.matrices.push(self.push(store, vec![to, i, row]));
            }
            1 => {
                let (a, b) = (self.rng.pick(&s.vectors), self.rng.pick(&s.vectors));
                s.vectors.push(self.push(Op::Binary(BinaryOp::Sub), vec![a, b]));
            }
            2 => {
                let x = self.rng.pick(&s.floats);
                s.vectors.push(self.push(Op::Broadcast(vec![N]), vec![x]));
            }
            3 => {
                let v = self.rng.pick(&s.vectors);
                let load = Op::Load { axes: vec![Axis::Range { start: 3, len: 12, step: 1 }], name: None };
                let part = self.push(load, vec![v]);
                let to = self.rng.pick(&s.vectors);
                let start = self.index(s, N - 11);
                let store =
                    Op::Store { axes: vec![Axis::Window { len: 12 }], mode: StoreMode::Set, name: None };
                s.vectors.push(self.push(store, vec![to, start, part]));
            }
            4 => {
                let v = self.rng.pick(&s.vectors);
                let reversed = vec![Axis::Range { start: N - 1, len: N, step: -1 }];
                let (from, to) = (self.rng.pick(&s.vectors), v);
                let store = Op::Store { axes: reversed, mode: StoreMode::Mul, name: None };
                s.vectors.push(self.push(store, vec![to, from]));
            }
            5 => {
                let m = self.rng.pick(&s.matrices);
                let t = self.push(Op::Transpose(vec![1, 0]), vec![m]);
                s.matrices.push(self.push(Op::Reshape(M.to_vec()), vec![t]));
            }
            6 => {
                let v = self.rng.pick(&s.vectors);
                let op = self.rng.pick(&[ReduceOp::Max, ReduceOp::Prod, ReduceOp::Sum]);
                s.floats.push(self.push(Op::Reduce { op, axes: vec![0] }, vec![v]));
                let m = self.rng.pick(&s.matrices);
                let axis = self.rng.below(2);
                let sum = self.push(Op::Reduce { op: ReduceOp::Sum, axes: vec![axis] }, vec![m]);
                let k = self.push(Op::ArgReduce(ArgOp::ArgMax), vec![sum]);
                s.counts.push(k);
                let w = self.push(Op::CumSum { axis: 0 }, vec![v]);
                s.floats.push(self.push(Op::Dot, vec![v, w]));
                s.vectors.push(w);
                s.matrices.push(self.push(Op::CumSum { axis }, vec![m]));
            }
            _ => {
                let (a, b) = (self.rng.pick(&s.floats), self.rng.pick(&s.floats));
                let pair = self.push(Op::Stack, vec![a, b]);
                let (v, i) = (self.rng.pick(&s.vectors), self.index(s, N - 1));
                let store =
                    Op::Store { axes: vec![Axis::Window { len: 2 }], mode: StoreMode::Set, name: None };
                s.vectors.push(self.push(store, vec![v, i, pair]));
            }
        }
    }

    fn statements(&mut self, s: &mut Scope, depth: usize) {
        for _ in 0..1 + self.rng.below(6) {
            self.statement(s, depth);
        }
    }

    /// A region with these parameters that yields one value per entry of `like`, of the same types.
    fn region(&mut self, s: &Scope, depth: usize, params: &[Type], like: &[char]) -> Region {
        let mut s = s.clone();
        self.b.open();
        for ty in params {
            let p = self.b.param(ty.clone(), None);
            of(&mut s, kind(ty)).push(p);
        }
        self.statements(&mut s, depth);
        let results = like
            .iter()
            .map(|&k| {
                let values = of(&mut s, k).clone();
                let newest = values.len().saturating_sub(3);
                self.rng.pick(&values[newest..])
            })
            .collect();
        self.b.close(results)
    }

    fn carries(&mut self, s: &mut Scope) -> (Vec<ValueId>, Vec<char>) {
        let kinds: Vec<char> =
            (0..1 + self.rng.below(3)).map(|_| self.rng.pick(&['f', 'v', 'v', 'm', 'c'])).collect();
        let inits = kinds.iter().map(|&k| self.rng.pick(of(s, k))).collect();
        (inits, kinds)
    }

    fn counted(&mut self, s: &mut Scope, depth: usize) {
        let (inits, kinds) = self.carries(s);
        let start = self.constant(Literal::Usize(0));
        let trips = self.rng.pick(&[0, 1, 2, 3, 5, 12, 24]);
        let count = if self.rng.below(4) == 0 {
            let bound = self.constant(Literal::Usize(30));
            let n = self.rng.pick(&s.counts);
            self.push(Op::Binary(BinaryOp::Min), vec![n, bound])
        } else {
            self.constant(Literal::Usize(trips))
        };
        let types: Vec<Type> = kinds.iter().map(|&k| ty(k)).collect();
        let params: Vec<Type> = [ty('c')].into_iter().chain(types.clone()).collect();
        let region = self.region(s, depth - 1, &params, &kinds);
        let inputs = [start, count].into_iter().chain(inits).collect();
        let out =
            self.b.push_control(Op::For { step: 1, parallel: false }, inputs, vec![region], types, self.site);
        kinds.iter().zip(out).for_each(|(&k, v)| of(s, k).push(v));
    }

    fn branch(&mut self, s: &mut Scope, depth: usize) {
        let kinds: Vec<char> =
            (0..1 + self.rng.below(3)).map(|_| self.rng.pick(&['f', 'v', 'v', 'm', 'b'])).collect();
        let types: Vec<Type> = kinds.iter().map(|&k| ty(k)).collect();
        let (op, selector, arms) = if self.rng.below(4) == 0 {
            (Op::Switch, self.rng.pick(&s.counts), 3)
        } else {
            (Op::Cond, self.rng.pick(&s.bools), 2)
        };
        let regions = (0..arms).map(|_| self.region(s, depth - 1, &[], &kinds)).collect();
        let out = self.b.push_control(op, vec![selector], regions, types, self.site);
        kinds.iter().zip(out).for_each(|(&k, v)| of(s, k).push(v));
    }

    /// A `while` that ends: its first carry counts to a limit.
    fn conditional(&mut self, s: &mut Scope, depth: usize) {
        let (mut inits, mut kinds) = self.carries(s);
        let zero = self.constant(Literal::Usize(0));
        inits.insert(0, zero);
        kinds.insert(0, 'c');
        let types: Vec<Type> = kinds.iter().map(|&k| ty(k)).collect();
        self.b.open();
        let params: Vec<ValueId> = types.iter().map(|t| self.b.param(t.clone(), None)).collect();
        let limit = self.rng.below(10);
        let limit = self.constant(Literal::Usize(limit));
        let cond = self.push(Op::Compare(CmpOp::Lt), vec![params[0], limit]);
        let head = self.b.close(vec![cond]);
        let mut inner = s.clone();
        self.b.open();
        let params: Vec<ValueId> = types.iter().map(|t| self.b.param(t.clone(), None)).collect();
        kinds.iter().zip(&params).for_each(|(&k, &p)| of(&mut inner, k).push(p));
        self.statements(&mut inner, depth - 1);
        let one = self.constant(Literal::Usize(1));
        let next = self.push(Op::Binary(BinaryOp::Add), vec![params[0], one]);
        let mut results = vec![next];
        for &k in &kinds[1..] {
            let values = of(&mut inner, k).clone();
            results.push(self.rng.pick(&values));
        }
        let body = self.b.close(results);
        let out = self.b.push_control(Op::While, inits, vec![head, body], types, self.site);
        kinds.iter().zip(out).for_each(|(&k, v)| of(s, k).push(v));
    }
}

fn ty(kind: char) -> Type {
    match kind {
        'f' => Type::scalar(DType::F64),
        'c' => Type::scalar(DType::Usize),
        'i' => Type::scalar(DType::I64),
        'b' => Type::scalar(DType::Bool),
        'v' => Type::new(DType::F64, [N]),
        _ => Type::new(DType::F64, M),
    }
}

fn kind(t: &Type) -> char {
    *['f', 'c', 'i', 'b', 'v', 'm'].iter().find(|&&k| ty(k) == *t).expect("a type of these programs")
}

fn of(s: &mut Scope, kind: char) -> &mut Vec<ValueId> {
    match kind {
        'f' => &mut s.floats,
        'c' => &mut s.counts,
        'i' => &mut s.ints,
        'b' => &mut s.bools,
        'v' => &mut s.vectors,
        _ => &mut s.matrices,
    }
}

const PARAMS: [char; 9] = ['f', 'f', 'c', 'i', 'b', 'v', 'v', 'm', 'm'];

/// A function whose body is one loop around random code.
pub(in crate::kernel) fn program(seed: u64) -> Graph {
    let mut b = Builder::new("random".into(), nowhere());
    let site = b.site(nowhere());
    let mut g = Generator { rng: Rng(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1), b, site, line: 1 };
    let mut s = Scope::default();
    for k in PARAMS {
        let p = g.b.param(ty(k), None);
        of(&mut s, k).push(p);
    }
    match g.rng.below(4) {
        0 => g.branch(&mut s, 3),
        _ => g.counted(&mut s, 3),
    }
    let graph = g.b.finish(vec![*s.vectors.last().expect("a vector")]);
    graph.verify().expect("a valid graph");
    graph
}

pub(in crate::kernel) fn inputs(seed: u64) -> Vec<Value> {
    let mut rng = Rng(seed);
    let mut float = move || Literal::F64((rng.below(2001) as f64 - 1000.0) / 500.0);
    PARAMS
        .iter()
        .enumerate()
        .map(|(n, &k)| match k {
            'f' => Value::Scalar(float()),
            'c' => Value::Scalar(Literal::Usize(5 + n)),
            'i' => Value::Scalar(Literal::I64(-3)),
            'b' => Value::Scalar(Literal::Bool(seed.is_multiple_of(2))),
            _ => {
                let t = ty(k);
                Value::Array(t.dtype, t.shape.clone(), (0..t.count()).map(|_| float()).collect())
            }
        })
        .collect()
}

#[test]
fn random_programs_agree_with_the_op_by_op_engine() {
    let count: u64 = std::env::var("DESC_JIT_RANDOM").ok().and_then(|n| n.parse().ok()).unwrap_or(400);
    let first: u64 = std::env::var("DESC_JIT_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut fine = 0;
    for seed in first..first + count {
        let graph = program(seed);
        fine += u64::from(agree(&graph, &inputs(seed)).is_ok());
    }
    let updated = super::UPDATED.load(std::sync::atomic::Ordering::Relaxed) as u64;
    assert!(updated > count / 20, "too few arguments were updated in place: {updated} in {count} programs");
    assert!(fine > count / 4, "too few of the random programs end without an error: {fine} of {count}");
}
