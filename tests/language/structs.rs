//! Structs with `#[derive(Tree)]`: parameters, results, variables, fields.

use desc_jit::prelude::*;
use desc_jit_tests::{Reading, agree};

#[derive(Tree, Clone, Debug)]
struct State {
    x: Array1<f64>,
    v: Array1<f64>,
    time: f64,
}

impl Reading for State {
    fn difference(&self, other: &Self, tolerance: u64) -> Option<String> {
        (self.x.clone(), self.v.clone(), self.time)
            .difference(&(other.x.clone(), other.v.clone(), other.time), tolerance)
    }
}

fn state() -> State {
    State { x: Array1::from_vec(vec![1.0, -2.0, 0.5]), v: Array1::from_vec(vec![0.25, 0.5, -1.0]), time: 2.0 }
}

#[desc_jit]
fn energy(s: &State) -> f64 {
    let mut e = 0.0;
    for i in 0..s.x.len() {
        e += 0.5 * s.v[i] * s.v[i] + 0.5 * s.x[i] * s.x[i];
    }
    e + s.time
}

#[test]
fn fields_are_read() {
    assert_eq!(agree!(energy(&state())), 5.28125);
}

#[desc_jit]
fn drifted(s: State, dt: f64) -> State {
    let x = &s.x + dt * &s.v;
    State { time: s.time + dt, x, v: s.v }
}

#[test]
fn structs_are_made_and_returned() {
    let after = agree!(drifted(state(), 0.5));
    assert_eq!((after.x.to_vec(), after.time), (vec![1.125, -1.75, 0.0], 2.5));
}

#[desc_jit]
fn with_update_syntax(s: &State) -> State {
    State { time: 0.0, ..s.clone() }
}

#[test]
fn the_other_fields_come_from_a_base() {
    assert_eq!(agree!(with_update_syntax(&state())).time, 0.0);
}

#[desc_jit]
fn carried(s: &State, steps: usize) -> State {
    let mut s = s.clone();
    for _ in 0..steps {
        let v = &s.v - 0.1 * &s.x;
        s = State { x: &s.x + 0.1 * &v, v, time: s.time + 0.1 };
    }
    s
}

#[test]
fn loops_carry_structs() {
    agree!(carried(&state(), 5));
    agree!(carried(&state(), 0));
}

#[desc_jit]
fn chosen(s: &State, forwards: bool) -> State {
    if forwards { State { time: s.time + 1.0, ..s.clone() } } else { s.clone() }
}

#[test]
fn branches_give_structs() {
    assert_eq!(agree!(chosen(&state(), true)).time, 3.0);
    assert_eq!(agree!(chosen(&state(), false)).time, 2.0);
}

#[desc_jit]
fn updated(s: &mut State, dt: f64) {
    for i in 0..s.x.len() {
        s.v[i] -= dt * s.x[i];
        s.x[i] += dt * s.v[i];
    }
    s.time += dt;
}

fn updated_twice(run: impl Fn(&mut State)) -> State {
    let mut s = state();
    run(&mut s);
    run(&mut s);
    s
}

#[test]
fn structs_are_updated_in_place() {
    let expected = updated_twice(|s| updated::native(s, 0.1));
    for engine in desc_jit::Engine::ALL {
        let got = desc_jit::with_engine(engine, || updated_twice(|s| updated(s, 0.1)));
        assert_eq!(expected.difference(&got, 0), None, "{engine}");
    }
}

#[desc_jit]
fn taken_apart(s: &State) -> (f64, Array1<f64>) {
    let State { x, time: t, .. } = s;
    let State { v: ref_v, .. } = s.clone();
    (x.sum() * t, ref_v)
}

#[test]
fn structs_are_taken_apart() {
    agree!(taken_apart(&state()));
}

#[derive(Tree, Clone, Debug)]
struct Pair(f64, (Array1<f64>, i64));

#[derive(Tree, Clone, Debug)]
struct Nested {
    state: State,
    pair: Pair,
    r#type: bool,
}

#[desc_jit]
fn through_structs(n: &Nested, k: i64) -> Nested {
    let mut n = n.clone();
    for i in 0..n.state.x.len() {
        n.pair.1.0[i] = n.state.x[i] * n.pair.0;
        n.state.time += n.pair.1.0[i];
    }
    n.pair.1.1 += k;
    let Pair(scale, (list, count)) = n.pair;
    n.r#type = !n.r#type;
    Nested { pair: Pair(scale + 1.0, (list, 2 * count)), ..n }
}

#[test]
fn structs_nest() {
    let nested = Nested { state: state(), pair: Pair(0.5, (Array1::zeros(3), 4)), r#type: false };
    let expected = through_structs::native(&nested, 3);
    for engine in desc_jit::Engine::ALL {
        let got = desc_jit::with_engine(engine, || through_structs(&nested, 3));
        assert_eq!(expected.state.difference(&got.state, 0), None);
        assert_eq!((expected.pair.0, &expected.pair.1), (got.pair.0, &got.pair.1));
        assert_eq!(got.pair.1.1, 14);
        assert!(got.r#type);
    }
}

#[desc_jit]
fn calls_pass_structs(s: &State) -> f64 {
    let mut s = drifted(s.clone(), 0.5);
    updated(&mut s, 0.25);
    energy(&s)
}

#[test]
fn annotated_functions_pass_structs_on() {
    agree!(calls_pass_structs(&state()));
}

#[derive(Tree, Clone, Debug)]
struct Grid {
    values: Array1<f64>,
    #[tree(static)]
    n: usize,
    #[tree(static)]
    periodic: bool,
}

impl Reading for Grid {
    fn difference(&self, other: &Self, tolerance: u64) -> Option<String> {
        assert_eq!((self.n, self.periodic), (other.n, other.periodic));
        self.values.difference(&other.values, tolerance)
    }
}

#[desc_jit]
fn refined(grid: &Grid) -> Grid {
    let mut values = Array1::<f64>::zeros(2 * grid.n);
    for i in 0..grid.n {
        values[2 * i] = grid.values[i];
        values[2 * i + 1] = grid.values[i];
    }
    if grid.periodic {
        values[0] = values[2 * grid.n - 1];
    }
    let mut grid = Grid { values, n: 2 * grid.n, ..*grid };
    for _ in 0..3 {
        grid.values = &grid.values + &Array1::<f64>::ones(grid.n);
    }
    grid
}

#[test]
fn static_fields_are_known_to_the_compilation() {
    refined::clear_cache();
    let grid = |n, periodic| Grid { values: Array1::linspace(0.0, 1.0, 4), n, periodic };
    assert_eq!(agree!(refined(&grid(4, true))).n, 8);
    assert_eq!(agree!(refined(&grid(3, true))).n, 6);
    assert_eq!(agree!(refined(&grid(3, false))).values.to_vec()[0], 3.0);
}

#[desc_jit]
impl State {
    const SCALE: f64 = 0.5;

    /// Half of the squares.
    fn energy(&self) -> f64 {
        let mut e = 0.0;
        for i in 0..self.x.len() {
            e += Self::SCALE * (self.v[i] * self.v[i] + self.x[i] * self.x[i]);
        }
        e
    }

    fn step(&mut self, dt: f64) {
        for i in 0..self.x.len() {
            self.v[i] -= dt * self.x[i];
            self.x[i] += dt * self.v[i];
        }
        self.time += dt;
    }

    fn advanced(mut self, dt: f64, steps: usize) -> Self {
        for _ in 0..steps {
            self.step(dt);
        }
        self
    }

    #[desc_jit(static(n))]
    fn at_rest(n: usize) -> Self {
        Self { x: Array1::zeros(n), v: Array1::zeros(n), time: 0.0 }
    }
}

#[desc_jit]
fn with_methods(s: &State, steps: usize) -> (State, f64) {
    let mut s = s.clone();
    let mut e = s.energy();
    for _ in 0..steps {
        s.step(0.1);
        e = e.max(s.energy());
    }
    let last = s.advanced(0.5, 2);
    let e = e + last.energy() + State::energy(&last);
    (last, e)
}

#[test]
fn methods_of_structs_are_called() {
    agree!(with_methods(&state(), 4));
    let s = state();
    assert_eq!(s.energy(), s.energy_native());
    assert_eq!(State::energy_jit()(&s), State::energy_native(&s));
    let mut a = state();
    a.step(0.5);
    let mut b = state();
    b.step_native(0.5);
    assert_eq!(a.difference(&b, 0), None);
}

impl State {
    fn as_written(&self) -> f64 {
        self.time
    }
}

#[desc_jit]
fn calls_what_is_not_annotated(s: &State) -> f64 {
    s.as_written()
}

#[test]
fn methods_that_are_not_annotated_are_named() {
    let error = calls_what_is_not_annotated::try_call(&state()).unwrap_err();
    assert_eq!(error.kind(), desc_jit::ErrorKind::Unsupported);
    assert!(error.to_string().contains("`.as_written(..)` is not a method of State"), "{error}");
}

#[desc_jit]
impl Grid {
    #[cfg(test)]
    fn doubled(&self, x: f64) -> f64 {
        2.0 * x
    }

    #[cfg(not(test))]
    fn doubled(&self, x: &Missing) -> Missing {
        missing(x)
    }
}

#[test]
fn methods_under_a_condition() {
    #[desc_jit]
    fn called(g: &Grid, x: f64) -> f64 {
        g.doubled(x) + 1.0
    }
    let grid = Grid { values: Array1::ones(2), n: 2, periodic: false };
    assert_eq!((called(&grid, 1.5), called::native(&grid, 1.5), grid.doubled(2.0)), (4.0, 4.0, 4.0));
}

trait Centre {
    fn centre(&self) -> f64;
}

#[desc_jit]
impl Centre for State {
    fn centre(&self) -> f64 {
        self.x.sum() / self.x.len() as f64
    }
}

#[desc_jit]
fn by_trait(s: &State) -> f64 {
    s.centre() + s.energy()
}

#[test]
fn methods_of_traits_are_called() {
    agree!(by_trait(&state()));
    assert_eq!(state().centre(), state().centre_native());
}

#[desc_jit]
fn combined(a: &State, b: &State) -> State {
    let half = tree_map(|x: &ArrayD<f64>| 0.5 * x, a);
    tree_map2(|x: &ArrayD<f64>, y: &ArrayD<f64>| x + y, &half, b)
}

#[test]
fn functions_are_mapped_over_leaves() {
    let sum = agree!(combined(&state(), &state()));
    assert_eq!(sum.time, 3.0);
}

#[test]
fn trees_are_stacked_and_taken_apart() {
    let trees = [state(), State::at_rest(3)];
    let stack = tree_stack(&trees);
    assert_eq!((stack.x.shape(), stack.time.to_vec()), (&[2, 3][..], vec![2.0, 0.0]));
    let back: Vec<State> = tree_unstack(&stack);
    assert_eq!(back.len(), 2);
    assert_eq!(trees[0].difference(&back[0], 0).or(trees[1].difference(&back[1], 0)), None);
    let leaves: Vec<ArrayD<f64>> = tree_leaves(&back[0]);
    assert_eq!(leaves.len(), 3);
    let (leaves, definition) = tree_flatten::<f64, _>(&back[0]);
    assert_eq!(tree_unflatten(&definition, leaves).difference(&back[0], 0), None);
}

#[desc_jit]
fn by_leaves(s: &State, k: f64) -> (State, f64) {
    let list: Vec<ArrayD<f64>> = tree_leaves(s);
    let count = tree_leaves::<f64, _>(s).len();
    let mut sum = 0.0;
    for i in 0..s.x.len() {
        sum += list[0][[i]] * list[1][[i]];
    }
    let (leaves, definition) = tree_flatten::<f64, _>(s);
    let scaled = vec![k * &leaves[0], &leaves[1] - k, &leaves[2] * &leaves[2]];
    let again = tree_unflatten(&definition, scaled);
    (again, sum * count as f64)
}

#[test]
fn trees_are_taken_apart_in_staged_code() {
    let (after, sum) = agree!(by_leaves(&state(), 0.5));
    assert_eq!((after.x.to_vec(), after.time, sum), (vec![0.5, -1.0, 0.25], 4.0, 3.0 * -1.25));
}

#[derive(Tree, Clone, Debug)]
struct Particle {
    x: f64,
    v: f64,
}

#[derive(Tree, Clone, Debug)]
struct Cloud {
    particles: [Particle; 3],
    weights: [f64; 3],
    rows: [Array1<f64>; 2],
}

#[desc_jit]
fn swept(cloud: &Cloud, dt: f64) -> Cloud {
    let mut cloud = cloud.clone();
    for i in 0..3 {
        cloud.particles[i].x += dt * cloud.particles[i].v * cloud.weights[i];
        cloud.weights[i] *= 0.5;
        cloud.rows[1][i] = cloud.rows[0][i] + cloud.particles[i].x;
    }
    cloud.particles[0] = Particle { v: 0.0, ..cloud.particles[2].clone() };
    let first = cloud.weights[0];
    Cloud { weights: [first, 2.0, cloud.weights[2]], ..cloud }
}

#[test]
fn fixed_arrays_of_trees_are_lists() {
    let particle = |x| Particle { x, v: 2.0 * x };
    let cloud = Cloud {
        particles: [particle(1.0), particle(2.0), particle(-3.0)],
        weights: [1.0, 0.5, 0.25],
        rows: [Array1::ones(3), Array1::zeros(3)],
    };
    let parts = |c: &Cloud| {
        let p = c.particles.iter().flat_map(|p| [p.x, p.v]);
        p.chain(c.weights).chain(c.rows[1].to_vec()).collect::<Vec<f64>>()
    };
    let expected = parts(&swept::native(&cloud, 0.1));
    for engine in desc_jit::Engine::ALL {
        assert_eq!(parts(&desc_jit::with_engine(engine, || swept(&cloud, 0.1))), expected, "{engine}");
    }
}

#[derive(Tree, Clone, Debug)]
struct Layers {
    layers: Vec<Layer>,
}

#[derive(Tree, Clone, Debug)]
struct Layer {
    matrix: Array2<f64>,
    #[tree(static)]
    power: usize,
}

#[desc_jit]
fn applied(network: &Layers, x: &Array1<f64>) -> (Layers, Array1<f64>) {
    let mut network = network.clone();
    let mut y = x.clone();
    for _ in 0..2 {
        y = network.layers[0].matrix.dot(&y);
        network.layers[1].matrix[[0, 0]] += y[0];
        y = network.layers[network.layers.len() - 1].matrix.dot(&y);
    }
    (network, y)
}

#[test]
fn lists_of_trees_have_a_static_length() {
    let layer = |x, power| Layer { matrix: Array2::from_elem((2, 2), x), power };
    let x = Array1::from_vec(vec![1.0, -0.5]);
    for n in [2, 3] {
        let network = Layers { layers: (0..n).map(|k| layer(1.0 + k as f64, k)).collect() };
        let (expected, y) = applied::native(&network, &x);
        for engine in desc_jit::Engine::ALL {
            let (after, got) = desc_jit::with_engine(engine, || applied(&network, &x));
            assert_eq!(y.difference(&got, 4), None);
            assert_eq!(after.layers.len(), n);
            for (a, b) in expected.layers.iter().zip(&after.layers) {
                assert_eq!((a.matrix.difference(&b.matrix, 4), a.power), (None, b.power));
            }
        }
    }
}

#[desc_jit]
#[allow(unused_assignments)]
fn reassigned(s: &State, n: usize) -> (f64, f64, i64) {
    let (mut a, mut b, mut time) = (1.0, 0.0, 0.0);
    let (mut scale, mut count) = (0.0, 0);
    for _ in 0..n {
        State { time, .. } = updated_copy(s, a);
        Pair(scale, (_, count)) = Pair(a + time, (s.x.clone(), count + 2));
        (a, Pair(b, ..)) = (scale - b, Pair(a, (s.v.clone(), 0)));
    }
    (a + time, b, count)
}

#[desc_jit]
fn updated_copy(s: &State, dt: f64) -> State {
    State { time: s.time + dt, ..s.clone() }
}

#[test]
fn parts_of_structs_are_assigned() {
    for n in [0, 1, 3] {
        agree!(reassigned(&state(), n));
    }
}
