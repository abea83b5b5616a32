//! *Values* of `docs/language.md`.

use desc_jit::prelude::*;

constructs! {
    floats: "`f64`, `f32`";
    integers: "`i32`, `u32`, `i64`, `u64`, `usize`";
    bits: "`wrapping_*`, `rotate_*`, `count_ones`, bit operations";
    bools: "`bool`, `&&`, `\\|\\|`, `!`";
    literals: "unsuffixed literals";
    parts: "`let [x, y, z] = v;`, `[first, .., last]`, `[first, rest @ ..]`, `whole @ (a, b)`, `ref x`, in parameters too, `&x: &f64`";
    comparisons: "`a == b` of arrays, lists, tuples and structs, `a < b` of tuples and structs; `(a..b).contains(&v)`, `x.contains(&v)`";
    tuples: "tuples, `let (a, b) = ..`, `(a, b) = (b, a)`";
    names_of_parts: "`let r = &mut x;`, `let mut row = x.row_mut(i);`";
    moved_references: "`let y = x;` of a `&mut`, `let (a, b) = &mut pair;`, `let State { x, .. } = self;`, `match self { State { x, .. } => *x += v }`";
    structs: "structs with `#[derive(Tree)]`: fields, literals with `..old`, patterns, `State { x, .. } = s;`, methods in `#[desc_jit] impl`, lists of them";
    trees_of_trees: "structs with `#[derive(Tree)]`: fields, literals with `..old`, patterns, `State { x, .. } = s;`, methods in `#[desc_jit] impl`, lists of them";
    long_lists: "long lists of such elements, of more than 32 numbers and arrays in all";
    lists_of_trees: "`&[Particle]`, `&mut Vec<Particle>`, `[Particle; N]`, `Vec<Vec<f64>>`, `Vec<(f64, usize)>`";
    generic_structs: "generic structs, `struct Complex<T>`, `struct Gas<T: Float, const D: usize>`, and `#[desc_jit] impl<T: Float> Complex<T>`";
    casts: "`as`";
    methods: "methods of numbers";
}

#[desc_jit]
fn floats(x: &Array1<f64>, n: usize) -> f64 {
    x[0] * x[1] - x[2] / (2.0 + x[3] * x[3]) + x[n]
}

#[desc_jit]
fn spread(list: &mut [Kicked], n: usize) -> f64 {
    for i in 0..list.len() {
        list[i].step(n);
    }
    list.windows(2).map(|pair| pair[0].x * pair[1].v).sum()
}

#[desc_jit]
fn lists_of_trees(x: &Array1<f64>, n: usize) -> f64 {
    let mut list: Vec<Kicked> = (0..3).map(|k| Kicked { x: x[k] * x[k], v: x[k + 1] }).collect();
    let mut sum = spread(&mut list[1..], n) * x[0];
    // Elements of unlike lengths.
    let rows = vec![vec![x[0], x[1]], vec![list[n - 1].x]];
    for row in &rows {
        sum += row.iter().product::<f64>();
    }
    list[n - 1].v = sum;
    list.iter().map(|p| p.x * p.v).sum()
}

#[desc_jit]
fn long_lists(x: &Array1<f64>, n: usize) -> f64 {
    let mut list: Vec<Kicked> =
        (0..18).map(|k| Kicked { x: x[k % 4] * x[k % 4], v: x[(k + 1) % 4] }).collect();
    let sum = spread(&mut list[1..], n) * x[0];
    for k in 0..list.len() {
        let other = (5 * k + n) % 18;
        if list[k].v > 0.5 {
            list[other].x += 0.125 * list[k].v * list[k].x;
        } else {
            list.swap(k, other);
        }
    }
    list[n].v = sum;
    let copies = vec![list[2]; 17];
    let whole: f64 = list.iter().map(|p| p.x * p.v).sum();
    whole + copies[n * 3].x * list[17].v
}

#[derive(Tree, Clone, PartialEq)]
struct Compared {
    list: Vec<f64>,
    pair: [f64; 2],
}

#[desc_jit]
fn comparisons(x: &Array1<f64>, n: usize) -> f64 {
    let mut made = Compared { list: vec![x[0], x[1] * x[1]], pair: [x[2], 2.0] };
    let before = made.clone();
    made.pair.copy_from_slice(&made.list);
    let mut sum = made.pair[1] * x[3];
    if made != before && (x[0], n) < (x[1], n) && !(5.0..6.0).contains(&x[0]) {
        sum *= made.pair[0];
    }
    if made.list.contains(&x[0]) && x == x && before.pair != [0.0, 0.0] {
        sum += x[n] * x[2];
    }
    sum
}

#[derive(Tree, Clone, Copy)]
struct Kicked {
    x: f64,
    v: f64,
}

#[desc_jit]
impl Kicked {
    fn step(&mut self, n: usize) {
        let Kicked { x, v } = self;
        *x += *v * 0.5;
        match self {
            Kicked { x, v } if n > 1 => *v -= *x * *x,
            Kicked { v, .. } => *v *= *v,
        }
    }
}

#[desc_jit]
fn moved_references(x: &Array1<f64>, n: usize) -> f64 {
    let mut pair = (x[0] * x[1], [x[2], x[3]]);
    let (a, [b, _]) = &mut pair;
    *a *= *b;
    *b += *a;
    let mut s = Kicked { x: pair.0, v: pair.1[0] };
    let mut other = s;
    let (first, second) = (&mut s, &mut other);
    let (first, second) = (second, first);
    for _ in 0..n {
        first.step(n);
        second.step(1);
    }
    s.x * other.v + s.v * other.x * x[n]
}

#[desc_jit]
fn integers(x: &Array1<f64>, n: usize) -> f64 {
    let k: i32 = n as i32 * 7 % 4;
    let m: u64 = (n as u64 + 5) / 2;
    x[k as usize] * x[k as usize] * m as f64 - x[(n - 1) % 2]
}

#[desc_jit]
fn bits(x: &Array1<f64>, n: usize) -> f64 {
    let h = (n as u32).wrapping_mul(2_654_435_761).rotate_left(5) ^ 0x55;
    let k = (h & 3) as usize;
    x[k].sin() * h.count_ones() as f64
}

#[desc_jit]
fn bools(x: &Array1<f64>, n: usize) -> f64 {
    let far = x[0] > 1.0 || x[1] > 1.0 && !(x[2] > 1.0);
    if far && n > 2 { x[0] * x[1] } else { x[2] * x[3] }
}

#[desc_jit]
fn literals(x: &Array1<f64>, n: usize) -> f64 {
    let half = 0.5;
    let mut sum = 0.0;
    for i in 0..n {
        sum += half * x[i] * x[i] + 3.0;
    }
    sum
}

#[desc_jit]
fn parts(x: &Array1<f64>, n: usize) -> f64 {
    let list = [x[0], x[1], x[2]];
    let [a, .., b] = list;
    let both = (x[3] * a, n);
    let whole @ (ref c, _) = both;
    let cross = |[u, v]: [f64; 2], [w, z]: [f64; 2]| u * z - v * w;
    let [_, middle, _] = list;
    let [_, rest @ ..] = list;
    let product = |&v: &f64, [w, ..]: [f64; 2]| v * w;
    cross([a, b], [middle, *c]) * whole.0 + b * whole.1 as f64 + product(&rest[1], [rest[0], a])
}

#[desc_jit]
fn tuples(x: &Array1<f64>, n: usize) -> f64 {
    let (mut a, mut b) = (x[0], x[1]);
    for i in 0..n {
        (a, b) = (b, a * x[i] + b);
    }
    let pair = (a, (b, n));
    pair.0 * pair.1.0
}

#[desc_jit]
fn names_of_parts(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = x.clone();
    let first = &mut y[0];
    *first *= 2.0;
    let mut table = Array2::zeros((2, 4));
    let mut row = table.row_mut(1);
    for i in 0..n {
        row[i] = y[i] * y[i + 1];
    }
    table[[1, 0]] * table[[1, 1]] + table[[1, 2]]
}

#[derive(Tree, Clone)]
struct Body {
    position: f64,
    velocity: f64,
    charges: Array1<f64>,
}

#[desc_jit]
impl Body {
    fn drift(&mut self, dt: f64) {
        self.position += dt * self.velocity;
    }

    fn energy(&self) -> f64 {
        0.5 * self.velocity * self.velocity + self.charges.sum() * self.position
    }
}

#[desc_jit]
fn structs(x: &Array1<f64>, n: usize) -> f64 {
    let mut body = Body { position: x[0], velocity: x[1], charges: x * 0.5 };
    for _ in 0..n {
        body.drift(0.1);
        body = Body { velocity: body.velocity - 0.1 * body.position, ..body };
    }
    let Body { position, .. } = &body;
    let two = vec![body.clone(), Body { position: 2.0 * position, ..body.clone() }];
    two[0].energy() * two[1].energy()
}

#[derive(Tree, Clone)]
struct Swarm {
    leader: Body,
    pair: (f64, Array1<f64>),
    two: [Body; 2],
    rest: Vec<Body>,
    scales: [f64; 2],
}

#[desc_jit]
fn trees_of_trees(x: &Array1<f64>, n: usize) -> f64 {
    let body = |k: usize| Body { position: x[k], velocity: x[k + 1], charges: x * x[k] };
    let mut swarm = Swarm {
        leader: body(0),
        pair: (x[1], x.clone()),
        two: [body(1), body(2)],
        rest: vec![body(0), body(1), body(2)],
        scales: [x[2], 1.0],
    };
    for i in 0..n {
        swarm.leader.position += 0.1 * swarm.two[1].velocity;
        swarm.pair.1[i] *= swarm.leader.position;
        swarm.two[0].charges[i] = swarm.pair.0 * swarm.scales[i % 2];
        swarm.rest[1].drift(0.2 * swarm.pair.1[i]);
        swarm.scales[0] = 0.5 * swarm.scales[0] + swarm.rest[2].position;
    }
    let mut sum = swarm.leader.energy() * swarm.scales[0];
    for body in &swarm.rest {
        sum = 0.5 * sum + body.energy();
    }
    for (k, body) in swarm.two.iter().enumerate() {
        sum += k as f64 * body.energy() + body.charges[n];
    }
    sum
}

#[derive(Tree, Clone)]
struct Complex<T> {
    re: T,
    im: T,
}

#[desc_jit]
impl<T: Float> Complex<T> {
    fn times(&self, other: &Complex<T>) -> Complex<T> {
        Complex { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }
}

#[desc_jit]
fn generic_structs(x: &Array1<f64>, n: usize) -> f64 {
    let mut z = Complex { re: x[0], im: x[1] };
    for i in 0..n {
        z = z.times(&Complex { re: x[i], im: x[i + 1] });
    }
    z.re + 2.0 * z.im
}

#[desc_jit]
fn casts(x: &Array1<f64>, n: usize) -> f64 {
    let scale = n as f64 / 4 as f64;
    let whole = (x[0] * 10.0) as i64 as f64;
    scale * x[1] * x[2] + whole * x[3]
}

#[desc_jit]
fn methods(x: &Array1<f64>, n: usize) -> f64 {
    let y = x[0].sin() * x[1].exp() + x[2].abs().sqrt() + x[3].powi(n as i32);
    y.atan2(2.0 + x[0].cosh())
        + x[1].hypot(x[2])
        + x[3].mul_add(x[0], x[1]).tanh()
        + x[2].max(x[3]).clamp(-5.0, 5.0)
}
