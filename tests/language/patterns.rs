//! Patterns: lists, alternatives that bind, whole values with their parts, `let .. else`.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

#[derive(Tree, Clone, Copy)]
struct Particle {
    kind: usize,
    position: [f64; 3],
    charge: f64,
}

#[desc_jit]
fn length([x, y, z]: [f64; 3]) -> f64 {
    (x * x + y * y + z * z).sqrt()
}

#[desc_jit]
fn lists(a: [f64; 3], b: [f64; 3], pairs: &[[f64; 2]; 2]) -> (f64, f64, f64) {
    let [ax, ay, az] = a;
    let [first, .., last] = b;
    let (low, .., high) = (ax, ay, first, last);
    let cross = |[u, v]: [f64; 2], [w, z]: [f64; 2]| u * z - v * w;
    let mut area = cross(pairs[0], pairs[1]);
    for [u, v] in pairs {
        area += u * v;
    }
    for (i, &[u, _]) in pairs.iter().enumerate() {
        area -= i as f64 * u;
    }
    let whole @ [x, _, z] = [az, low, high];
    let (ref r, mut s) = (x * z, whole[1]);
    s += *r;
    (area + s, whole[2] - length([ay, first, last]), first * last)
}

#[test]
fn lists_are_taken_apart() {
    agree!(lists([1.0, 2.5, -3.0], [0.5, 0.25, 4.0], &[[1.5, -2.0], [0.75, 3.0]]));
}

#[desc_jit]
fn alternatives(a: usize, b: usize, x: f64) -> (usize, f64) {
    let other = match (a, b) {
        (0, k) | (k, 0) => k,
        (1, k @ 2..=4) | (k @ 2..=4, 1) | (3, k) => 10 * k,
        _ => 99,
    };
    // The guard is evaluated for each alternative.
    let large = match (a, b) {
        (k, _) | (_, k) if k > 3 => x * k as f64,
        (3, k) | (k, 3) if k % 2 == 0 => x - k as f64,
        _ => x,
    };
    let near = if let (k, 1) | (1, k) = (a, b) { k + 1 } else { 0 };
    (other + near + usize::from(matches!((a, b), (k, _) | (_, k) if k == 4)), large)
}

#[test]
fn alternatives_bind() {
    for a in 0..6 {
        for b in 0..6 {
            agree!(alternatives(a, b, 1.5));
        }
    }
}

#[desc_jit]
fn matched_lists(v: [i64; 3], x: &[f64], p: Particle) -> (i64, f64, f64) {
    let a = match v {
        [0, _, k] | [k, _, 0] => k,
        [1, .., 2] => -1,
        [i, j, _] if i == j => 100 * i,
        [first, ..] => 10 * first,
    };
    // The length of a list is known when it is staged.
    let b = match x {
        [] => 0.0,
        [one] => *one,
        [first, last] => first * last,
        [first, .., last] => first - last,
    };
    let c = match p {
        Particle { kind: 0, charge, .. } => charge,
        Particle { kind: 1 | 2, position: [x, y, _], .. } => x * y,
        Particle { position, charge: q, .. } => q * position[2],
    };
    (a, b, c)
}

#[test]
fn lists_and_structs_are_matched() {
    let x = [2.0, 3.0, 5.0, 7.0];
    for (k, v) in [[0, 1, 2], [3, 1, 0], [1, 5, 2], [4, 4, 1], [5, 6, 7]].into_iter().enumerate() {
        let p = Particle { kind: k, position: [0.5, 1.5, 2.5], charge: -1.0 };
        agree!(matched_lists(v, &x[..k], p));
    }
}

#[desc_jit]
fn or_else(pair: (i64, f64), v: [i64; 2], n: usize) -> (f64, i64) {
    let (1 | 2, x) = pair else {
        return (-1.0, 0);
    };
    let mut sum = 0;
    for i in 0..n {
        let ([0, k] | [k, 0]) = [v[0], v[1] - i as i64] else {
            sum += 100;
            continue;
        };
        sum += k;
    }
    (x, sum)
}

#[test]
fn what_does_not_match_leaves() {
    for kind in 0..4 {
        for v in [[0, 3], [2, 2], [5, 9]] {
            agree!(or_else((kind, 1.25), v, 4));
        }
    }
}

#[desc_jit]
fn dereferenced(&x: &f64, &[a, _, b]: &[f64; 3], &(n, y): &(i64, f64), z: f64) -> f64 {
    x * a - b + n as f64 * y + z
}

#[test]
fn parameters_are_dereferenced() {
    agree!(dereferenced(&2.0, &[0.5, 1.0, 3.0], &(4, 0.25), 0.125));
    let slope = grad(dereferenced::jit())(&2.0, &[0.5, 1.0, 3.0], &(4, 0.25), 0.125);
    assert_eq!(slope, 0.5);
}

#[derive(Tree, Clone, Copy)]
struct Cloud {
    particles: [Particle; 3],
}

#[desc_jit]
fn rests(v: [f64; 4], x: &[f64], cloud: Cloud) -> (f64, f64, f64, f64) {
    let [first, mut rest @ ..] = v;
    rest[0] += first;
    let [a, middle @ .., z] = v;
    let between = match x {
        [] => 0.0,
        [one] => *one,
        [low, inner @ .., high] if low < high => inner.iter().sum::<f64>() + inner.len() as f64,
        [inner @ .., high] => inner.iter().product::<f64>() - high,
    };
    let [.., last] = rest;
    let [head, tail @ ..] = cloud.particles;
    let charge = head.charge - tail[1].charge * tail[0].position[2];
    (rest.iter().sum::<f64>() * last, middle[0] * middle[1] - a * z, between, charge + tail.len() as f64)
}

#[test]
fn the_rest_of_a_list_has_a_name() {
    let particle = |k: usize| {
        let z = k as f64;
        Particle { kind: k, position: [0.5, 1.5, 2.5 + z], charge: z - 4.0 }
    };
    let cloud = Cloud { particles: [particle(0), particle(1), particle(2)] };
    let x = [2.0, 3.0, 5.0, 7.0];
    for k in 0..=4 {
        agree!(rests([1.0, 2.0, 0.5, -3.0], &x[..k], cloud), ulps = 1);
    }
    agree!(rests([1.0, 2.0, 0.5, -3.0], &[4.0, 2.5, 1.0], cloud), ulps = 1);
}

#[desc_jit]
fn left_out(x: &Array1<f64>, y: &mut Array1<f64>) -> (f64, f64, f64) {
    let mut total = 0.0;
    x.iter().enumerate().for_each(|(i, ..)| total += i as f64);
    let twice = x.iter().enumerate().map(|(.., v)| 2.0 * v).sum::<f64>();
    for (k, (a, ..)) in y.iter_mut().zip(x).enumerate() {
        *a += k as f64;
    }
    let last = x
        .iter()
        .zip(x)
        .zip(x.iter().enumerate())
        .map(|((a, ..), (.., c))| a * c)
        .fold((0.0, 1.0), |(s, ..), v| (s + v, 2.0))
        .0;
    (total, twice, last)
}

#[test]
fn parts_of_items_are_left_out() {
    let x = Array1::from_vec(vec![0.5, -1.0, 2.0]);
    let mut expected = Array1::ones(3);
    let value = left_out::native(&x, &mut expected);
    for engine in desc_jit::Engine::ALL {
        let mut y = Array1::ones(3);
        let got = desc_jit::with_engine(engine, || left_out(&x, &mut y));
        assert_eq!((got, y.to_vec()), (value, expected.to_vec()), "{engine}");
    }
}

#[derive(Tree, Clone)]
struct Swarm {
    particles: [Particle; 3],
}

#[desc_jit]
fn written_apart(swarm: &Swarm, table: &[[f64; 3]; 2], dx: f64) -> (f64, f64, f64) {
    let mut swarm = swarm.clone();
    for Particle { charge, position: [x, .., z], kind } in swarm.particles.iter_mut() {
        *charge += dx * *kind as f64;
        *x += *charge;
        *z *= 2.0;
    }
    let mut table = *table;
    for (i, [a, _, b]) in table.iter_mut().enumerate() {
        *a += *b * i as f64;
        *b = dx;
    }
    let mut y = array![[1.0, 2.0], [3.0, 4.0]];
    for ((i, _), v) in y.indexed_iter_mut() {
        *v += i as f64;
    }
    let charge: f64 = swarm.particles.iter().map(|p| p.charge + p.position[0] * p.position[2]).sum();
    (charge, table[1][0] + table[0][2], y.sum())
}

#[test]
fn parts_of_elements_are_written() {
    let particle = |k: usize| Particle { kind: k, position: [0.5, 1.5, 2.5 + k as f64], charge: 0.25 };
    let swarm = Swarm { particles: [particle(0), particle(1), particle(2)] };
    let table = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
    let (_, entries, _) = agree!(written_apart(&swarm, &table, 0.5), ulps = 1);
    assert_eq!(entries, 10.5);
}
