//! Graphs that hold every op, in every mode that it has, for every transform.

mod control;

use super::Numbers;
use crate::array::Buffer;
use crate::dtype::DType;
use crate::graph::{Graph, for_each_node};
use crate::op::{ArgOp, BinaryOp, CmpOp, Op, ReduceOp, StoreMode, UnaryOp};
use std::collections::BTreeSet;

/// An argument at a point.
#[derive(Clone)]
pub(in crate::transform) enum Argument {
    /// Floats between two numbers.
    Floats(Vec<usize>, f64, f64),
    /// Indices below a number.
    Indices(Vec<usize>, usize),
    /// Exponents.
    Integers(Vec<usize>),
}

use Argument::{Floats, Indices, Integers};

impl Argument {
    pub fn at(&self, numbers: &mut Numbers) -> Buffer {
        let mut part = |below: usize| ((numbers.next() + 1.0) * 0.5 * below as f64) as usize;
        let count = |shape: &[usize]| shape.iter().product::<usize>();
        match self {
            Floats(shape, low, high) => {
                let number = |_| low + (high - low) * 0.5 * (numbers.next() + 1.0);
                Buffer::from_vec((0..count(shape)).map(number).collect::<Vec<f64>>(), shape).unwrap()
            }
            Indices(shape, below) => {
                let data: Vec<usize> = (0..count(shape)).map(|_| part(*below)).collect();
                Buffer::from_vec(data, shape).unwrap()
            }
            Integers(shape) => {
                let data: Vec<i32> = (0..count(shape)).map(|_| part(7) as i32 - 3).collect();
                Buffer::from_vec(data, shape).unwrap()
            }
        }
    }
}

/// A graph with its arguments.
pub(in crate::transform) struct Case {
    pub graph: Graph,
    pub arguments: Vec<Argument>,
    /// The parameters by which both modes differentiate.
    pub wrt: Vec<usize>,
}

impl Case {
    pub fn point(&self, seed: u64) -> Vec<Buffer> {
        let numbers = &mut Numbers::new(seed);
        self.arguments.iter().map(|argument| argument.at(numbers)).collect()
    }

    /// In single precision.
    pub fn in_f32(&self) -> Graph {
        parsed(&self.graph.to_string().replace("f64", "f32"))
    }
}

fn parsed(text: &str) -> Graph {
    text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// By all floats.
fn case(text: &str, arguments: &[Argument]) -> Case {
    let is_float = |k: &usize| matches!(arguments[*k], Floats(..));
    let wrt = (0..arguments.len()).filter(is_float).collect();
    Case { graph: parsed(text), arguments: arguments.to_vec(), wrt }
}

/// By nothing: it has no derivative, or one that is not that of its values.
fn without_derivative(text: &str, arguments: &[Argument]) -> Case {
    Case { wrt: Vec::new(), ..case(text, arguments) }
}

fn floats(shape: &[usize]) -> Argument {
    Floats(shape.to_vec(), -1.3, 1.3)
}

fn index(below: usize) -> Argument {
    Indices(Vec::new(), below)
}

fn list(shape: &[usize]) -> String {
    shape.iter().map(usize::to_string).collect::<Vec<_>>().join(",")
}

fn unary() -> impl Iterator<Item = Case> {
    UnaryOp::ALL.iter().filter_map(|&op| {
        let result = op.result(DType::F64)?;
        let (low, high) = match op {
            UnaryOp::Acosh => (1.2, 4.0),
            UnaryOp::Asin | UnaryOp::Acos | UnaryOp::Atanh => (-0.7, 0.7),
            UnaryOp::Sqrt | UnaryOp::Ln | UnaryOp::Log2 | UnaryOp::Log10 => (0.3, 9.0),
            UnaryOp::Ln1p => (-0.4, 3.0),
            UnaryOp::Cbrt | UnaryOp::Recip => (-2.0, -0.4),
            _ => (-1.3, 1.3),
        };
        let text =
            format!("graph f(%0: f64[3]) {{ %1: {}[3] = {}(%0) return %1 }}", result.name(), op.name());
        let arguments = [Floats(vec![3], low, high)];
        Some(if result.is_float() { case(&text, &arguments) } else { without_derivative(&text, &arguments) })
    })
}

fn binary() -> impl Iterator<Item = Case> {
    let takes_floats = BinaryOp::ALL.iter().filter(|op| op.result(DType::F64).is_some());
    takes_floats.flat_map(|&op| {
        let text = format!(
            "graph f(%0: f64[4], %1: {}[4]) {{ %2: f64[4] = {}(%0, %1) return %2 }}",
            op.second(DType::F64).name(),
            op.name()
        );
        let arguments = match op {
            BinaryOp::Powi => vec![[Floats(vec![4], 0.4, 1.6), Integers(vec![4])]],
            BinaryOp::Pow => vec![[Floats(vec![4], 0.3, 3.0), Floats(vec![4], -1.5, 3.0)]],
            _ => [(0.6, 1.7), (-1.7, -0.6)]
                .map(|(low, high)| [Floats(vec![4], -3.0, 3.0), Floats(vec![4], low, high)])
                .to_vec(),
        };
        arguments.into_iter().map(move |arguments| case(&text, &arguments))
    })
}

fn comparisons() -> impl Iterator<Item = Case> {
    CmpOp::ALL.iter().map(|op| {
        let text = format!(
            "graph f(%0: f64[4], %1: f64[4]) {{
                %2: bool[4] = {}(%0, %1)
                %3: f64[4] = select(%2, %0, %1)
                %4: f64[4] = mul(%3, %0)
                return %4 }}",
            op.name()
        );
        case(&text, &[floats(&[4]), floats(&[4])])
    })
}

fn rearrangements() -> impl Iterator<Item = Case> {
    [
        "%2: f64[2,3,2] = broadcast(%0)",
        "%2: f64[2,3] = reshape(%0)",
        "%2: f64[2,3] = transpose{1, 0}(%0)",
        "%2: f64[3,4] = concat{1}(%0, %1)",
        "%2: f64[9,2] = concat{0}(%0, %1, %0)",
        "%2: f64[3,3,2] = stack(%0, %1, %0)",
        "%2: f64[3,2] = cumsum{0}(%0)",
        "%2: f64[3,2] = cumsum{1}(%0)",
        "%2: f64[3,2] = mul_add(%0, %1, %0)",
    ]
    .into_iter()
    .map(|node| {
        let text = format!("graph f(%0: f64[3,2], %1: f64[3,2]) {{ {node} return %2 }}");
        case(&text, &[floats(&[3, 2]), floats(&[3, 2])])
    })
}

fn reductions() -> impl Iterator<Item = Case> {
    let of_floats = ReduceOp::ALL.iter().filter(|op| op.takes(DType::F64));
    let of_bools = ReduceOp::ALL.iter().filter(|op| !op.takes(DType::F64));
    let axes = [(&[0][..], "[2]"), (&[1], "[3]"), (&[0, 1], "")];
    let of_floats = of_floats.flat_map(move |op| {
        axes.map(|(axes, shape)| {
            let text = format!(
                "graph f(%0: f64[3,2]) {{ %1: f64{shape} = reduce{{{}; {}}}(%0) return %1 }}",
                op.name(),
                list(axes)
            );
            case(&text, &[floats(&[3, 2])])
        })
    });
    let of_bools = of_bools.map(|op| {
        let text = format!(
            "graph f(%0: f64[3,2], %1: f64[3,2]) {{
                %2: bool[3,2] = lt(%0, %1)
                %3: bool[3] = reduce{{{}; 1}}(%2)
                return %3 }}",
            op.name()
        );
        without_derivative(&text, &[floats(&[3, 2]), floats(&[3, 2])])
    });
    let positions = ArgOp::ALL.iter().map(|op| {
        let text = format!(
            "graph f(%0: f64[4], %1: f64[4]) {{
                %2: usize = {}(%0)
                %3: f64[4] = mul(%0, %1)
                %4: f64 = load{{at;}}(%3, %2)
                return %4 }}",
            op.name()
        );
        case(&text, &[floats(&[4]), floats(&[4])])
    });
    of_floats.chain(of_bools).chain(positions)
}

fn products() -> impl Iterator<Item = Case> {
    [(&[3][..], &[3][..], ""), (&[2, 3], &[3], "[2]"), (&[2], &[2, 3], "[3]"), (&[2, 3], &[3, 4], "[2,4]")]
        .into_iter()
        .map(|(a, b, shape)| {
            let (x, y) = (list(a), list(b));
            let text =
                format!("graph f(%0: f64[{x}], %1: f64[{y}]) {{ %2: f64{shape} = dot(%0, %1) return %2 }}");
            case(&text, &[floats(a), floats(b)])
        })
}

fn blocks() -> impl Iterator<Item = Case> {
    let axes = [
        ("at, 0:3:1", &[3][..]),
        ("0:4:1, at", &[4]),
        ("at, 2:2:-2", &[2]),
        ("window 2, 0:3:1", &[2, 3]),
        ("at, window 2", &[2]),
    ];
    axes.into_iter().flat_map(|(axes, shape)| {
        let block = list(shape);
        let (at, ty) = if axes == "at, window 2" { ("%1, %1", "usize") } else { ("%1", "usize") };
        let load = format!(
            "graph f(%0: f64[4,3], %1: {ty}) {{ %2: f64[{block}] = load{{{axes}; \"u\"}}(%0, {at}) return %2 }}"
        );
        let load = case(&load, &[floats(&[4, 3]), index(2)]);
        let stores = StoreMode::ALL.iter().map(move |mode| {
            let text = format!(
                "graph f(%0: f64[4,3], %1: usize, %2: f64[{block}]) {{
                    %3: f64[4,3] = store{{{}; {axes}; \"u\"}}(%0, {at}, %2)
                    return %3 }}",
                mode.name()
            );
            case(&text, &[floats(&[4, 3]), index(2), floats(shape)])
        });
        std::iter::once(load).chain(stores)
    })
}

fn rows() -> impl Iterator<Item = Case> {
    let takes = [&[4][..], &[2, 2]].into_iter().map(|shape| {
        let at = list(shape);
        let text = format!(
            "graph f(%0: f64[3,2], %1: usize[{at}]) {{ %2: f64[{at},2] = take{{\"u\"}}(%0, %1) return %2 }}"
        );
        case(&text, &[floats(&[3, 2]), Indices(shape.to_vec(), 3)])
    });
    let puts = StoreMode::ALL.iter().map(|mode| {
        let text = format!(
            "graph f(%0: f64[3,2], %1: usize[4], %2: f64[4,2]) {{
                %3: f64[3,2] = put{{{}; \"u\"}}(%0, %1, %2)
                return %3 }}",
            mode.name()
        );
        case(&text, &[floats(&[3, 2]), Indices(vec![4], 3), floats(&[4, 2])])
    });
    takes.chain(puts)
}

pub(in crate::transform) fn all() -> Vec<Case> {
    unary()
        .chain(binary())
        .chain(comparisons())
        .chain(rearrangements())
        .chain(reductions())
        .chain(products())
        .chain(blocks())
        .chain(rows())
        .chain(control::numbers())
        .chain(control::control())
        .chain(control::calls())
        .collect()
}

/// The name of each kind of op. A new one has to be added here, and then has to have a case.
macro_rules! kinds {
    ($($kind:ident: $pattern:pat,)*) => {
        const KINDS: &[&str] = &[$(stringify!($kind)),*];

        fn kind(op: &Op) -> &'static str {
            match op { $($pattern => stringify!($kind),)* }
        }
    };
}

kinds! {
    Const: Op::Const(_),
    Iota: Op::Iota { .. },
    Empty: Op::Empty(_),
    Unary: Op::Unary(_),
    Binary: Op::Binary(_),
    Compare: Op::Compare(_),
    Select: Op::Select,
    MulAdd: Op::MulAdd,
    Cast: Op::Cast(_),
    Broadcast: Op::Broadcast(_),
    Reshape: Op::Reshape(_),
    Transpose: Op::Transpose(_),
    Concat: Op::Concat { .. },
    Stack: Op::Stack,
    Load: Op::Load { .. },
    Store: Op::Store { .. },
    Take: Op::Take { .. },
    Put: Op::Put { .. },
    Reduce: Op::Reduce { .. },
    ArgReduce: Op::ArgReduce(_),
    CumSum: Op::CumSum { .. },
    Dot: Op::Dot,
    Check: Op::Check { .. },
    Print: Op::Print { .. },
    Progress: Op::Progress { .. },
    For: Op::For { .. },
    While: Op::While,
    Cond: Op::Cond,
    Switch: Op::Switch,
    Call: Op::Call { .. },
}

#[test]
fn every_op_has_a_case_with_a_derivative() {
    let mut seen = BTreeSet::new();
    for case in all().iter().filter(|case| !case.wrt.is_empty()) {
        for_each_node(&case.graph.body, &mut |node| {
            seen.insert(kind(&node.op));
        });
    }
    let missing: Vec<_> = KINDS.iter().filter(|kind| !seen.contains(*kind)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
