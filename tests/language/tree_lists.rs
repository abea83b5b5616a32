//! Lists of trees: as arguments, in parts, made by iterators, and of elements that are unlike.

use desc_jit::prelude::*;

#[derive(Tree, Clone, Copy, Debug, PartialEq)]
struct Particle {
    x: f64,
    v: f64,
    kind: usize,
}

#[desc_jit]
impl Particle {
    fn kick(&mut self, dv: f64) {
        self.v += dv;
        self.x += self.v;
    }

    fn energy(&self) -> f64 {
        0.5 * self.v * self.v
    }
}

#[derive(Tree, Clone, Debug, PartialEq)]
struct Layer {
    weights: Vec<Vec<f64>>,
    bias: Vec<f64>,
    #[tree(static)]
    rectified: bool,
}

#[desc_jit]
impl Layer {
    fn apply(&self, x: &[f64]) -> Vec<f64> {
        let mut y = self.bias.clone();
        for i in 0..y.len() {
            for j in 0..x.len() {
                y[i] += self.weights[i][j] * x[j];
            }
            if self.rectified {
                y[i] = y[i].max(0.0);
            }
        }
        y
    }
}

#[derive(Tree, Clone, Debug, PartialEq)]
struct Network {
    layers: Vec<Layer>,
}

fn particles() -> Vec<Particle> {
    (0..4).map(|k| Particle { x: k as f64, v: 1.5 - k as f64, kind: k }).collect()
}

fn network() -> Network {
    let first = vec![vec![1.0, -1.0], vec![0.5, 0.25], vec![2.0, 1.0]];
    let layers = vec![
        Layer { weights: first, bias: vec![0.1, 0.2, 0.3], rectified: true },
        Layer { weights: vec![vec![1.0, 2.0, 3.0]], bias: vec![-0.5], rectified: false },
    ];
    Network { layers }
}

/// What each gives of its list, and what it leaves there.
macro_rules! as_written {
    ($($name:ident($x:ident: &$ty:ty $(, $y:ident: $t:ty)*) -> $r:ty $body:block of $list:expr $(, $v:expr)*;)*) => {
        mod programs {
            use super::*;
            $(#[desc_jit] pub fn $name($x: &mut $ty $(, $y: $t)*) -> $r $body)*
        }
        $(
            #[test]
            fn $name() {
                let mut expected = $list;
                let value = programs::$name::native(&mut expected $(, $v)*);
                for engine in desc_jit::Engine::ALL {
                    let mut list = $list;
                    let found = desc_jit::with_engine(engine, || programs::$name(&mut list $(, $v)*));
                    assert_eq!(found, value, "{engine}");
                    assert_eq!(list, expected, "{engine}");
                }
            }
        )*
    };
}

#[desc_jit]
fn kicked(list: &mut [Particle]) -> f64 {
    for i in 0..list.len() {
        list[i].kick(0.25);
    }
    energy(list)
}

#[desc_jit]
fn energy(list: &[Particle]) -> f64 {
    list.iter().map(|p| p.energy()).sum()
}

as_written! {
    lists_are_updated_in_place(list: &Vec<Particle>, i: usize) -> f64 {
        for p in list.iter_mut() {
            p.kick(0.5);
        }
        list[i].x = 9.0;
        list.swap(0, i);
        let last = &mut list[3];
        last.v *= 2.0;
        kicked(list)
    } of particles(), 2;
    parts_are_passed_on(list: &Vec<Particle>, i: usize) -> (f64, f64, f64) {
        let first = kicked(&mut list[1..3]);
        let second = kicked(&mut list[i..i + 2]);
        let third = energy(&list[1..]);
        (first, second, third)
    } of particles(), 0;
    parts_are_iterated_over(list: &Vec<Particle>, i: usize) -> (Particle, f64) {
        let mut best = list[0];
        for p in &list[1..] {
            if p.x * p.v > best.x * best.v {
                best = *p;
            }
        }
        let mut sum = 0.0;
        for pair in list.windows(2) {
            sum = 0.5 * sum + pair[1].x * pair[0].v;
        }
        for pair in list.chunks(3) {
            sum -= pair[0].x;
        }
        for (j, p) in list.iter().enumerate().skip(i) {
            sum += p.v * j as f64;
        }
        let least = list.iter().min_by(|a, b| a.v.total_cmp(&b.v)).unwrap();
        (Particle { kind: best.kind + least.kind, ..best }, sum)
    } of particles(), 1;
    parts_are_filled(list: &Vec<Particle>) -> usize {
        let first = list[0];
        list[2..].fill(first);
        let copy = list.clone();
        list[..2].copy_from_slice(&copy[1..3]);
        list.iter().map(|p| p.kind).sum()
    } of particles();
    fixed_arrays_are_lists(list: &[Particle; 4]) -> f64 {
        for p in list.iter_mut() {
            p.x *= 2.0;
        }
        energy(&list[1..]) + energy(list)
    } of <[Particle; 4]>::try_from(particles()).unwrap();
    lists_of_arrays_are_arguments(list: &Vec<Array1<f64>>, i: usize) -> f64 {
        list[1][0] = 5.0;
        let mut sum = list[i].sum();
        for x in list.iter_mut() {
            x[1] *= 2.0;
            sum += x.sum();
        }
        sum
    } of vec![array![1.0, 2.0], array![3.0, 4.0]], 1;
    lists_of_tuples_are_arguments(list: &[(f64, usize)]) -> f64 {
        for (a, k) in list.iter_mut() {
            *a += 1.0;
            *k += 1;
        }
        list.iter().map(|(a, k)| a * *k as f64).sum()
    } of [(1.0, 2), (3.0, 4)];
    structs_are_collected(list: &Vec<f64>, i: usize) -> (Vec<Particle>, Vec<Particle>) {
        let made: Vec<Particle> = (0..3).map(|kind| Particle { x: list[kind], v: 0.5, kind }).collect();
        let moved = made.iter().map(|p| Particle { x: p.x + made[i].x, ..*p }).collect();
        (made, moved)
    } of vec![1.0, 2.0, 3.0], 2;
    tuples_and_rows_are_collected(list: &Vec<f64>) -> (f64, Vec<[f64; 2]>, Vec<(f64, usize)>) {
        let pairs: Vec<(f64, f64)> = list.iter().zip(list.iter().skip(1)).map(|(a, b)| (*a, *b)).collect();
        let table: Vec<Vec<f64>> = (0..3).map(|i| (0..2).map(|j| list[i] * j as f64).collect()).collect();
        let mut sum = table[2][1];
        for (a, b) in &pairs {
            sum += a * b;
        }
        for i in 0..pairs.len() {
            sum = 0.5 * sum + pairs[i].0;
        }
        let rows = (0..3).map(|k| [list[k], k as f64]).collect();
        (sum, rows, list.iter().enumerate().map(|(k, v)| (v * 2.0, k)).collect())
    } of vec![1.0, 2.0, 3.0];
    rows_and_structs_are_mapped(list: &[f64; 6]) -> (f64, usize, [f64; 3], f64, [Particle; 2]) {
        let m = [[list[0], list[1], 3.0], [4.0, 5.0, list[2]], [7.0, 8.0, 9.0]];
        let sum: f64 = m.map(|_| 1.0).iter().sum();
        let ends = m.map(|row| row[0] + row[2]);
        let last = m.map(|[a, b, c]| a * b - c)[1] + m.map(|row| row.map(|v| 2.0 * v))[1][2];
        let two = [Particle { x: list[3], v: 1.0, kind: 0 }; 2];
        (sum, m.map(|row| 2.0 * row[0]).len(), ends, last, two.map(|p| Particle { x: p.x + 1.0, ..p }))
    } of [1.0, -2.5, 3.25, 4.0, 0.5, 7.0];
    lists_contain_structs_or_not(list: &Vec<Particle>) -> (bool, bool, bool) {
        let second = list[2];
        let rows = [[1.0, 2.0], [list[0].x, list[0].v]];
        let moved = Particle { x: 99.0, ..second };
        (list.contains(&second), list.contains(&moved), rows.contains(&[list[0].x, 1.5]))
    } of particles();
    pairs_are_unzipped(list: &Vec<Particle>) -> (Vec<(usize, usize)>, usize, Vec<Particle>, f64) {
        let (a, b): (Vec<usize>, Vec<(usize, usize)>) =
            list.iter().enumerate().map(|(i, p)| (i, (i + 7, p.kind))).unzip();
        let (c, d): (Vec<Particle>, Vec<Particle>) = list.windows(2).map(|w| (w[0], w[1])).unzip();
        let mut count = a[1] + b.len();
        for t in &b {
            count += t.0;
        }
        (b.clone(), count, c, d[1].x)
    } of particles();
    closures_that_assign_give_structs(list: &Vec<f64>) -> (Vec<Particle>, f64) {
        let mut sum = 0.0;
        let made: Vec<Particle> = (0..3)
            .map(|kind| {
                sum += list[kind];
                Particle { x: sum, v: list[kind], kind }
            })
            .collect();
        (made.clone(), made[1].x + made[2].v + sum)
    } of vec![1.0, 2.0, 3.0];
    lists_are_ordered_by_fields(list: &Vec<(f64, usize)>) -> (bool, bool) {
        (list[0] < list[1], list[1] >= list[2] || list[0] > list[2])
    } of vec![(1.0, 2), (1.0, 3), (0.5, 1)];
    whole_lists_are_copied(list: &Vec<Particle>) -> Particle {
        let mut other = list.clone();
        other[0].x = 5.0;
        list.copy_from_slice(&other);
        let second = other[1];
        other.fill(second);
        other[3]
    } of particles();
    windows_of_a_counter_have_a_length(list: &Vec<f64>) -> Vec<Vec<f64>> {
        (0..2).map(|i| list[i..i + 2].to_vec()).collect()
    } of vec![1.0, 2.0, 3.0];
    skipped_items_of_a_range_are_stepped_over(list: &Vec<usize>, n: usize) -> usize {
        let mut sum = 0;
        for k in (0..n).skip_while(|k| *k < list[0]).step_by(2) {
            sum = 10 * sum + k;
        }
        for k in (0..n).scan(1, |s, i| { *s += i; Some(*s) }).step_by(2) {
            sum = 3 * sum + k;
        }
        sum
    } of vec![3], 9;
    lists_of_unlike_length_are_iterated_over(list: &Vec<Vec<f64>>) -> Vec<f64> {
        let mut sums = vec![0.0; list.len()];
        for (i, row) in list.iter().enumerate() {
            sums[i] = row.iter().sum::<f64>() + row.len() as f64;
        }
        for row in list.iter_mut() {
            for v in row.iter_mut() {
                *v += 1.0;
            }
        }
        sums
    } of vec![vec![1.0, 2.0], vec![3.0], vec![4.0, 5.0, 6.0]];
    unlike_layers_are_applied_one_after_the_other(net: &Network, x: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let mut by_element = x.to_vec();
        for layer in &net.layers {
            by_element = layer.apply(&by_element);
        }
        let mut by_index = x.to_vec();
        for i in 0..net.layers.len() {
            by_index = net.layers[i].apply(&by_index);
        }
        (by_element, by_index)
    } of network(), &[0.5, -0.25];
    unlike_layers_are_changed_and_left(net: &Network) -> f64 {
        let mut sum = 0.0;
        for (i, layer) in net.layers.iter().enumerate().rev() {
            for v in &layer.bias {
                sum = 0.5 * sum + v * i as f64;
            }
            if sum < -0.4 {
                break;
            }
        }
        for layer in net.layers.iter_mut() {
            for v in layer.bias.iter_mut() {
                *v *= 2.0;
            }
            for row in &mut layer.weights {
                row[0] = 1.0;
            }
        }
        sum + net.layers.iter().map(|l| l.bias.iter().sum::<f64>()).sum::<f64>()
    } of network();
    unlike_items_are_collected(net: &Network) -> (Vec<Vec<f64>>, Vec<f64>) {
        let biases = net.layers.iter().map(|l| l.bias.clone()).collect();
        (biases, net.layers.iter().map(|l| l.bias.iter().sum::<f64>()).collect())
    } of network();
}

#[desc_jit]
fn loss(net: &Network, x: &Array1<f64>) -> f64 {
    let mut y = x.to_vec();
    for layer in &net.layers {
        y = layer.apply(&y);
    }
    y.iter().map(|v| v * v).sum()
}

#[test]
fn unlike_layers_have_derivatives() {
    let x = array![0.5, 0.25];
    for engine in desc_jit::Engine::ALL {
        let gradient = desc_jit::with_engine(engine, || grad(loss::jit())(&network(), &x));
        let step = 1e-6;
        for (l, k) in [(0, 0), (0, 2), (1, 0)] {
            let moved = |by: f64| {
                let mut net = network();
                net.layers[l].bias[k] += by;
                loss::native(&net, &x)
            };
            let difference = (moved(step) - moved(-step)) / (2.0 * step);
            let found = gradient.layers[l].bias[k];
            assert!((found - difference).abs() < 1e-8 * difference.abs().max(1.0), "{found} {difference}");
        }
    }
}

#[desc_jit]
fn of_ragged(list: &[Vec<f64>], i: usize) -> f64 {
    list[i][0]
}

#[test]
fn an_index_into_unlike_elements_is_known_when_staged() {
    let list = [vec![1.0], vec![2.0, 3.0]];
    let error = of_ragged::try_call(&list, 1).unwrap_err();
    assert!(
        error.message().starts_with("an index into a tuple, a shape or a list of unlike values"),
        "{error}"
    );
}
