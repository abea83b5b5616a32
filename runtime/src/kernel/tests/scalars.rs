//! Every scalar op on every dtype.

use super::{Value, agree};
use crate::dtype::{DType, Literal, Type};
use crate::error::Location;
use crate::graph::{Builder, Graph};
use crate::op::{BinaryOp, CmpOp, Op, UnaryOp};

pub(super) fn nowhere() -> Location {
    Location { file: "f.rs".into(), function: "f".into(), line: 1, column: 1, width: 1, text: None }
}

/// Values where something happens: limits, signs, NaN.
fn samples(dtype: DType) -> Vec<Literal> {
    match dtype {
        DType::Bool => vec![Literal::Bool(false), Literal::Bool(true)],
        DType::I32 => [0, 1, -1, 7, -7, 31, i32::MAX, i32::MIN].map(Literal::I32).to_vec(),
        DType::U32 => [0, 1, 2, 7, 33, u32::MAX].map(Literal::U32).to_vec(),
        DType::I64 => [0, 1, -1, 7, -7, 63, i64::MAX, i64::MIN].map(Literal::I64).to_vec(),
        DType::U64 => [0, 1, 2, 7, 64, 1 << 63, u64::MAX].map(Literal::U64).to_vec(),
        DType::Usize => [0, 1, 2, 7, 64, 1 << 63, usize::MAX].map(Literal::Usize).to_vec(),
        DType::F32 => {
            [0.0, -0.0, 1.0, -2.5, 0.3, 1e30, f32::INFINITY, f32::NAN, -3e9].map(Literal::F32).to_vec()
        }
        DType::F64 => {
            [0.0, -0.0, 1.0, -2.5, 0.3, 1e300, f64::NEG_INFINITY, f64::NAN, 5e18].map(Literal::F64).to_vec()
        }
    }
}

/// `for _ in 0..1 { result = op(inputs) }`, the operands traced.
fn once(op: &Op, types: &[DType]) -> Graph {
    let mut b = Builder::new("f".into(), nowhere());
    let site = b.site(nowhere());
    let inputs: Vec<_> = types.iter().map(|&d| b.param(Type::scalar(d), None)).collect();
    let result =
        op.infer(&types.iter().map(|&d| Type::scalar(d)).collect::<Vec<_>>()).expect("it takes these");
    let zero = b.push(Op::Const(Literal::Usize(0)), vec![], site).expect("a constant")[0];
    let one = b.push(Op::Const(Literal::Usize(1)), vec![], site).expect("a constant")[0];
    let init = b.push(Op::Const(Literal::zero(result[0].dtype)), vec![], site).expect("a constant")[0];
    b.open();
    b.param(Type::scalar(DType::Usize), None);
    b.param(result[0].clone(), None);
    let out = b.push(op.clone(), inputs, site).expect("it takes these");
    let region = b.close(out);
    let out = b.push_control(
        Op::For { step: 1, parallel: false },
        vec![zero, one, init],
        vec![region],
        result,
        site,
    );
    let graph = b.finish(out);
    graph.verify().expect("a valid graph");
    graph
}

fn check(op: Op, types: &[DType]) {
    let graph = once(&op, types);
    let mut choices = vec![Vec::new()];
    for &d in types {
        choices = choices
            .into_iter()
            .flat_map(|c: Vec<Value>| {
                samples(d).into_iter().map(move |l| [c.clone(), vec![Value::Scalar(l)]].concat())
            })
            .collect();
    }
    for inputs in choices {
        let _ = agree(&graph, &inputs);
    }
}

#[test]
fn unary_ops_are_those_of_the_scalar_definition() {
    for &op in UnaryOp::ALL {
        for dtype in DType::ALL {
            if op.result(dtype).is_some() {
                check(Op::Unary(op), &[dtype]);
            }
        }
    }
}

#[test]
fn binary_ops_are_those_of_the_scalar_definition() {
    for &op in BinaryOp::ALL {
        for dtype in DType::ALL {
            if op.result(dtype).is_some() {
                let second = op.second(dtype);
                check(Op::Binary(op), &[dtype, second]);
            }
        }
    }
}

#[test]
fn comparisons_selects_and_casts() {
    for dtype in DType::ALL {
        for &op in CmpOp::ALL {
            check(Op::Compare(op), &[dtype, dtype]);
        }
        check(Op::Select, &[DType::Bool, dtype, dtype]);
        for to in DType::ALL {
            check(Op::Cast(to), &[dtype]);
        }
    }
    check(Op::MulAdd, &[DType::F64; 3]);
    check(Op::MulAdd, &[DType::F32; 3]);
}

/// The same ops lane by lane: `out[i] = op(x[i], ..)` over enough elements for strips.
#[test]
fn ops_in_strips_are_those_of_the_scalar_definition() {
    let lanes = 600;
    let mut ops: Vec<(Op, Vec<DType>)> = Vec::new();
    for dtype in DType::ALL {
        ops.extend(
            UnaryOp::ALL.iter().filter(|o| o.result(dtype).is_some()).map(|&o| (Op::Unary(o), vec![dtype])),
        );
        for &op in BinaryOp::ALL.iter().filter(|o| o.result(dtype).is_some()) {
            let second = op.second(dtype);
            ops.push((Op::Binary(op), vec![dtype, second]));
        }
        ops.extend(CmpOp::ALL.iter().map(|&o| (Op::Compare(o), vec![dtype; 2])));
        ops.push((Op::Select, vec![DType::Bool, dtype, dtype]));
        ops.extend(DType::ALL.iter().map(|&to| (Op::Cast(to), vec![dtype])));
    }
    ops.push((Op::MulAdd, vec![DType::F64; 3]));
    for (op, types) in ops {
        let result =
            op.infer(&types.iter().map(|&d| Type::scalar(d)).collect::<Vec<_>>()).expect("it takes these");
        let array = Type::new(result[0].dtype, [lanes]);
        let mut b = Builder::new("f".into(), nowhere());
        let site = b.site(nowhere());
        let inputs: Vec<_> = types.iter().map(|&d| b.param(Type::new(d, [lanes]), None)).collect();
        let init = b.param(array.clone(), None);
        let zero = b.push(Op::Const(Literal::Usize(0)), vec![], site).expect("a constant")[0];
        let count = b.push(Op::Const(Literal::Usize(lanes)), vec![], site).expect("a constant")[0];
        b.open();
        let i = b.param(Type::scalar(DType::Usize), None);
        let carry = b.param(array.clone(), None);
        let at = vec![crate::op::Axis::At];
        let x: Vec<_> = inputs
            .iter()
            .map(|&v| b.push(Op::Load { axes: at.clone(), name: None }, vec![v, i], site).expect("a load")[0])
            .collect();
        let y = b.push(op.clone(), x, site).expect("it takes these")[0];
        let store = Op::Store { axes: at, mode: crate::op::StoreMode::Set, name: None };
        let out = b.push(store, vec![carry, i, y], site).expect("a store");
        let region = b.close(out);
        let out = b.push_control(
            Op::For { step: 1, parallel: false },
            vec![zero, count, init],
            vec![region],
            vec![array],
            site,
        );
        let graph = b.finish(out);
        // Every combination of samples, in different positions; and only harmless ones, so that strips of
        // integers run to their end.
        for harmless in [false, true] {
            let mut stride = 1;
            let inputs: Vec<Value> = types
                .iter()
                .map(|&d| {
                    let mut values = samples(d);
                    if harmless {
                        let one = Literal::one(d);
                        values.retain(|v| d.is_float() || d == DType::Bool || *v == one);
                        values.push(one);
                    }
                    let data = (0..lanes).map(|k| values[k / stride % values.len()]).collect();
                    stride *= values.len();
                    Value::Array(d, vec![lanes], data)
                })
                .chain([Value::Array(
                    result[0].dtype,
                    vec![lanes],
                    vec![Literal::zero(result[0].dtype); lanes],
                )])
                .collect();
            let _ = agree(&graph, &inputs);
        }
    }
}
