//! In single precision, and from one precision to the other.

use super::{Numbers, cases, floats, is_float, optimized};
use crate::array::Buffer;
use crate::backend::{Engine, with_engine};
use crate::dtype::DType;
use crate::graph::Graph;
use crate::transform::{jvp, vjp};

/// The same floats in both precisions.
struct Both {
    single: Vec<Buffer>,
    double: Vec<Buffer>,
}

fn both(buffers: &[Buffer]) -> Both {
    let mut both = Both { single: Vec::new(), double: Vec::new() };
    for b in buffers {
        if !is_float(b) {
            both.single.push(b.deep_clone().unwrap());
            both.double.push(b.deep_clone().unwrap());
            continue;
        }
        let single: Vec<f32> = floats(b).iter().map(|&x| x as f32).collect();
        let double: Vec<f64> = single.iter().map(|&x| f64::from(x)).collect();
        both.single.push(Buffer::from_vec(single, b.shape()).unwrap());
        both.double.push(Buffer::from_vec(double, b.shape()).unwrap());
    }
    both
}

fn run(engine: Engine, graph: &Graph, x: &[Buffer], more: &[Buffer]) -> Vec<Buffer> {
    let inputs: Vec<&Buffer> = x.iter().chain(more).collect();
    with_engine(engine, || graph.run(&inputs)).unwrap_or_else(|e| panic!("{engine}: {e}\n{graph}"))
}

/// The derivatives in f32 are those in f64 of the same numbers, but for the rounding of a few operations.
fn agree(single: &Graph, double: &Graph, x: &Both, more: &Both) {
    let (single, double) = (optimized(single.clone()), optimized(double.clone()));
    let wanted = run(Engine::Cranelift, &double, &x.double, &more.double);
    for engine in [Engine::Candle, Engine::Machine, Engine::Cranelift] {
        let found = run(engine, &single, &x.single, &more.single);
        for (found, wanted) in found.iter().zip(&wanted).filter(|(_, wanted)| is_float(wanted)) {
            assert_eq!(found.dtype(), DType::F32);
            let (found, wanted) = (found.as_slice::<f32>().unwrap(), floats(wanted));
            let tolerance = 16.0 * f64::from(f32::EPSILON) * super::size(&wanted).max(1.0);
            for (f, w) in found.iter().zip(&wanted) {
                let near = (f64::from(*f) - w).abs() <= tolerance;
                assert!(near, "{engine}: {found:?} and {wanted:?}\n{single}");
            }
        }
    }
}

#[test]
fn every_op_has_its_derivative_in_f32() {
    for case in cases::all().iter().filter(|case| !case.wrt.is_empty()) {
        let numbers = &mut Numbers::new(3);
        let (single, double) = (&case.in_f32(), &case.graph);
        let point = case.point(1);
        let x = &both(&point);
        let tangents: Vec<Buffer> = case.wrt.iter().map(|&k| numbers.array(point[k].shape())).collect();
        let tangents = &both(&tangents);
        agree(&jvp(single, &case.wrt).unwrap(), &jvp(double, &case.wrt).unwrap(), x, tangents);
        let results = double.body.results.iter().map(|&v| double.ty(v)).filter(|ty| ty.dtype.is_float());
        let cotangents: Vec<Buffer> = results.map(|ty| numbers.array(&ty.shape)).collect();
        let cotangents = &both(&cotangents);
        agree(&vjp(single, &case.wrt, 8).unwrap(), &vjp(double, &case.wrt, 8).unwrap(), x, cotangents);
    }
}

#[test]
fn casts_between_floats_carry_derivatives() {
    // Of numbers with few bits, so that nothing is rounded.
    let text = "graph f(%0: f64[3], %1: f32[3]) {
        %2: f32[3] = cast(%0)
        %3: f32[3] = mul(%2, %1)
        %4: f64[3] = cast(%3)
        %5: f64[3] = mul(%4, %0)
        return %5, %3 }";
    let graph: Graph = text.parse().unwrap();
    let (x, y) = ([0.5, -1.25, 2.0], [1.5_f32, 0.25, -2.0]);
    let (dx, dy) = ([1.0, -0.5, 0.25], [2.0_f32, 1.0, -0.125]);
    let double = |v: [f64; 3]| Buffer::from_vec(v.to_vec(), &[3]).unwrap();
    let single = |v: [f32; 3]| Buffer::from_vec(v.to_vec(), &[3]).unwrap();
    let point = [double(x), single(y)];
    let forward = optimized(jvp(&graph, &[0, 1]).unwrap());
    let reverse = optimized(vjp(&graph, &[0, 1], 8).unwrap());
    for engine in Engine::ALL {
        let out = run(engine, &forward, &point, &[double(dx), single(dy)]);
        let back = run(engine, &reverse, &point, &[double(dx), single(dy)]);
        let single = |b: &Buffer| b.as_slice::<f32>().unwrap().to_vec();
        for k in 0..3 {
            let (x, y, dx, dy) = (x[k], f64::from(y[k]), dx[k], f64::from(dy[k]));
            assert_eq!(floats(&out[2])[k], 2.0 * x * y * dx + x * x * dy, "{engine}");
            assert_eq!(f64::from(single(&out[3])[k]), y * dx + x * dy, "{engine}");
            assert_eq!(floats(&back[2])[k], 2.0 * x * y * dx + y * dy, "{engine}");
            assert_eq!(f64::from(single(&back[3])[k]), x * x * dx + x * dy, "{engine}");
        }
    }
}
