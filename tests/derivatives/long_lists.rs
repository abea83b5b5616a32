//! Transforms of functions whose structs have long lists of structs: as of the same numbers in arrays.

use super::{all_close, close, on_every_engine};
use desc_jit::prelude::*;

const N: usize = 19;

#[derive(Tree, Clone, Debug)]
struct Bead {
    x: [f64; 2],
    charge: f64,
    kind: i64,
}

#[derive(Tree, Clone, Debug)]
struct Chain {
    beads: Vec<Bead>,
    stiffness: f64,
    #[tree(static)]
    power: i32,
}

/// `x` has two numbers for each bead, then come the charges and the stiffness.
fn chain(x: &Array1<f64>) -> Chain {
    let bead = |k: usize| Bead { x: [x[2 * k], x[2 * k + 1]], charge: x[2 * N + k], kind: k as i64 % 3 };
    Chain { beads: (0..N).map(bead).collect(), stiffness: x[3 * N], power: 2 }
}

fn flat(chain: &Chain) -> Array1<f64> {
    let mut x: Vec<f64> = chain.beads.iter().flat_map(|b| b.x).collect();
    x.extend(chain.beads.iter().map(|b| b.charge));
    x.push(chain.stiffness);
    Array1::from_vec(x)
}

fn point(seed: f64) -> Array1<f64> {
    (0..3 * N + 1).map(|k| (seed + k as f64 * 1.3).sin()).collect()
}

#[desc_jit]
fn energy(chain: &Chain, field: f64) -> f64 {
    let mut sum = 0.0;
    for k in 1..chain.beads.len() {
        for c in 0..2 {
            sum += chain.stiffness * (chain.beads[k].x[c] - chain.beads[k - 1].x[c]).powi(chain.power);
        }
    }
    for b in &chain.beads {
        sum += field * b.charge * b.x[0] * (b.kind + 1) as f64;
    }
    sum
}

#[desc_jit]
fn energy_of_arrays(x: &Array1<f64>, field: f64) -> f64 {
    let mut sum = 0.0;
    for k in 1..N {
        for c in 0..2 {
            sum += x[3 * N] * (x[2 * k + c] - x[2 * k - 2 + c]).powi(2);
        }
    }
    for k in 0..N {
        sum += field * x[2 * N + k] * x[2 * k] * (k % 3 + 1) as f64;
    }
    sum
}

/// Cotangents leave nothing out, so there is no integer in it.
#[derive(Tree, Clone, Debug)]
struct Rope {
    beads: Vec<([f64; 2], f64)>,
    stiffness: f64,
}

fn rope(x: &Array1<f64>) -> Rope {
    let beads = (0..N).map(|k| ([x[2 * k], x[2 * k + 1]], x[2 * N + k]));
    Rope { beads: beads.collect(), stiffness: x[3 * N] }
}

fn flat_rope(rope: &Rope) -> Vec<f64> {
    let places = rope.beads.iter().flat_map(|b| b.0);
    places.chain(rope.beads.iter().map(|b| b.1)).chain([rope.stiffness]).collect()
}

#[desc_jit]
fn relaxed(rope: &Rope, rate: f64) -> Rope {
    let mut rope = rope.clone();
    for k in 1..rope.beads.len() {
        for c in 0..2 {
            let pull = rate * rope.stiffness * (rope.beads[k - 1].0[c] - rope.beads[k].0[c]);
            rope.beads[k].0[c] += pull * rope.beads[k].1;
        }
    }
    rope
}

#[desc_jit]
fn relaxed_arrays(x: &Array1<f64>, rate: f64) -> Array1<f64> {
    let mut x = x.clone();
    for k in 1..N {
        for c in 0..2 {
            let pull = rate * x[3 * N] * (x[2 * k - 2 + c] - x[2 * k + c]);
            x[2 * k + c] += pull * x[2 * N + k];
        }
    }
    x
}

#[desc_jit]
fn descended(chain: &Chain, steps: usize) -> Chain {
    let mut chain = chain.clone();
    for _ in 0..steps {
        let slope = grad(energy)(&chain, 0.5);
        for (b, s) in chain.beads.iter_mut().zip(slope.beads.iter()) {
            for c in 0..2 {
                b.x[c] -= 0.01 * s.x[c];
            }
        }
    }
    chain
}

#[desc_jit]
fn descended_arrays(x: &Array1<f64>, steps: usize) -> Array1<f64> {
    let mut x = x.clone();
    for _ in 0..steps {
        let slope = grad(energy_of_arrays)(&x, 0.5);
        for k in 0..2 * N {
            x[k] -= 0.01 * slope[k];
        }
    }
    x
}

#[derive(Tree, Clone, Debug)]
struct Masses {
    list: Vec<(f64, [f64; 2])>,
}

fn masses(x: &Array1<f64>) -> Masses {
    Masses { list: (0..N).map(|k| (x[k], [x[N + 2 * k], x[N + 2 * k + 1]])).collect() }
}

fn flat_masses(m: &Masses) -> Vec<f64> {
    let first = m.list.iter().map(|p| p.0);
    first.chain(m.list.iter().flat_map(|p| p.1)).collect()
}

#[desc_jit]
fn moment(m: &Masses, scale: f64) -> f64 {
    let mut sum = 0.0;
    for (mass, x) in &m.list {
        sum += mass * (x[0] * x[0] + scale * x[1] * x[0] * x[1]);
    }
    sum
}

#[desc_jit]
fn moment_of_arrays(x: &Array1<f64>, scale: f64) -> f64 {
    let mut sum = 0.0;
    for k in 0..N {
        let (a, b) = (x[N + 2 * k], x[N + 2 * k + 1]);
        sum += x[k] * (a * a + scale * b * a * b);
    }
    sum
}

#[test]
fn gradients_have_the_list() {
    on_every_engine(|| {
        let (x, y) = (chain(&point(0.2)), point(0.2));
        let (value, slope) = value_and_grad(energy::jit())(&x, 0.75);
        close(value, energy::native(&x, 0.75));
        all_close(&flat(&slope), &grad(energy_of_arrays::jit())(&y, 0.75).to_vec());
        assert!(slope.beads.iter().zip(&x.beads).all(|(a, b)| a.kind == b.kind) && slope.power == 2);
        let by_both = grad(energy::jit().wrt(argnums![0, 1]))(&x, 0.75);
        close(by_both.1, grad(energy_of_arrays::jit().wrt(argnums![1]))(&y, 0.75));
    });
}

#[test]
fn cotangents_have_the_list() {
    on_every_engine(|| {
        let (x, y) = (rope(&point(0.4)), point(0.4));
        let (value, pulled) = vjp(relaxed::jit())(&x, 0.3, &rope(&point(1.7)));
        let (expected, by_arrays) = vjp(relaxed_arrays::jit())(&y, 0.3, &point(1.7));
        all_close(&flat_rope(&value), &expected.to_vec());
        all_close(&flat_rope(&pulled), &by_arrays.to_vec());
    });
}

#[test]
fn tangents_have_the_list() {
    on_every_engine(|| {
        let (x, along) = (point(0.9), point(2.5));
        let (value, tangent) = jvp(moment::jit())(&masses(&x), 0.5, &masses(&along));
        let (expected, by_arrays) = jvp(moment_of_arrays::jit())(&x, 0.5, &along);
        close(value, expected);
        close(tangent, by_arrays);
        let curved = hvp(moment::jit())(&masses(&x), 0.5, &masses(&along));
        all_close(&flat_masses(&curved), &hvp(moment_of_arrays::jit())(&x, 0.5, &along).to_vec()[..3 * N]);
        let (_, map) = linearize(moment::jit())(&masses(&x), 0.5);
        close(map(&masses(&along)), by_arrays);
    });
}

#[test]
fn batches_have_it_in_every_element_of_the_list() {
    on_every_engine(|| {
        let points = [point(0.1), point(0.8), point(3.0)];
        let all = tree_stack(&points.clone().map(|x| chain(&x)));
        let energies = vmap(energy::jit()).in_axes(in_axes![0, _])(&all, 0.75);
        for (found, x) in energies.iter().zip(&points) {
            close(*found, energy_of_arrays::native(x, 0.75));
        }
        let slopes = vmap(grad(energy::jit())).in_axes(in_axes![0, _])(&all, 0.75);
        for (slope, x) in tree_unstack::<Chain>(&slopes).iter().zip(&points) {
            all_close(&flat(slope), &grad(energy_of_arrays::jit())(x, 0.75).to_vec());
        }
        let ropes = tree_stack(&points.clone().map(|x| rope(&x)));
        let relaxed = vmap(relaxed::jit()).in_axes(in_axes![0, _])(&ropes, 0.3);
        for (found, x) in tree_unstack::<Rope>(&relaxed).iter().zip(&points) {
            all_close(&flat_rope(found), &relaxed_arrays::native(x, 0.3).to_vec());
        }
    });
}

#[test]
fn gradients_are_taken_in_staged_code() {
    on_every_engine(|| {
        let (x, y) = (chain(&point(0.6)), point(0.6));
        all_close(&flat(&descended(&x, 4)), &descended_arrays(&y, 4).to_vec());
    });
}

/// Not the derivative, so that the rule is what is seen.
#[desc_jit(jvp = weighed_jvp)]
fn weighed(list: &Vec<(f64, f64)>, k: f64) -> f64 {
    let mut sum = 0.0;
    for (mass, x) in list {
        sum += mass * x * k;
    }
    sum
}

#[desc_jit]
fn weighed_jvp(list: &Vec<(f64, f64)>, k: f64, along: &Vec<(f64, f64)>, dk: f64) -> (f64, f64) {
    let mut tangent = dk;
    for i in 0..list.len() {
        tangent += 3.0 * along[i].0 * list[i].1;
    }
    (weighed(list, k), tangent)
}

#[test]
fn rules_take_tangents_of_lists() {
    on_every_engine(|| {
        for n in [3, 20] {
            let list: Vec<(f64, f64)> = (0..n).map(|k| (1.0 + k as f64, 0.5 * k as f64)).collect();
            close(weighed(&list, 2.0), weighed::native(&list, 2.0));
            let (_, tangent) = jvp(weighed::jit().wrt(argnums![0, 1]))(&list, 2.0, &list, 0.25);
            close(tangent, 0.25 + list.iter().map(|(mass, x)| 3.0 * mass * x).sum::<f64>());
            let slope = grad(weighed::jit())(&list, 2.0);
            assert!(slope.iter().zip(&list).all(|(s, l)| s.0 == 3.0 * l.1 && s.1 == 0.0), "{n}");
        }
    });
}

#[desc_jit]
fn mapped(rope: &Rope, rate: f64) -> f64 {
    let (_, map) = linearize(relaxed)(rope, rate);
    let along = map(rope);
    along.beads[1].0[1] + along.stiffness + along.beads.len() as f64
}

#[test]
fn a_map_in_staged_code_gives_the_list() {
    on_every_engine(|| {
        let x = point(0.3);
        let (_, map) = linearize(relaxed_arrays::jit())(&x, 0.3);
        let along = map(&x);
        close(mapped(&rope(&x), 0.3), along[3] + along[3 * N] + N as f64);
    });
}
