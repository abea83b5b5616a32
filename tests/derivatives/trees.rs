//! Transforms by structs of structs, tuples, fixed arrays and lists.

use crate::consistency::{Along, scattered};
use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};

#[derive(Tree, Clone, Debug)]
struct Layer {
    weight: Array2<f64>,
    bias: f64,
    #[tree(static)]
    power: usize,
}

#[derive(Tree, Clone, Debug)]
struct Network {
    first: Layer,
    scale: (f64, Array1<f64>),
    knots: [f64; 3],
    pair: [Layer; 2],
    rest: Vec<Layer>,
}

fn layer(seed: usize, power: usize) -> Layer {
    let numbers = scattered(seed, 5);
    Layer { weight: Array2::from_shape_vec((2, 2), numbers[..4].to_vec()).unwrap(), bias: numbers[4], power }
}

fn network(seed: usize) -> Network {
    let numbers = scattered(seed + 100, 6);
    Network {
        first: layer(seed + 1, 1),
        scale: (numbers[0], Array1::from_vec(numbers[1..3].to_vec())),
        knots: [numbers[3], numbers[4], numbers[5]],
        pair: [layer(seed + 2, 2), layer(seed + 3, 2)],
        rest: vec![layer(seed + 4, 1), layer(seed + 5, 2), layer(seed + 6, 0)],
    }
}

#[desc_jit]
fn through(layer: &Layer, x: &Array1<f64>) -> Array1<f64> {
    let mut y = Array1::<f64>::zeros(2);
    for i in 0..2 {
        for j in 0..2 {
            y[i] += layer.weight[[i, j]] * x[j];
        }
        for _ in 0..layer.power {
            let square = y[i] * y[i];
            y[i] = (square + layer.bias) / (square + 1.0);
        }
    }
    y
}

#[desc_jit]
fn output(net: &Network, x: &Array1<f64>) -> f64 {
    let mut y = through(&net.first, &(x * net.scale.0 + &net.scale.1));
    for layer in &net.pair {
        y = through(layer, &y);
    }
    // Layers of other powers are other code.
    #[unroll]
    for k in 0..net.rest.len() {
        y = through(&net.rest[k], &y) * net.knots[k];
    }
    let [a, .., b] = net.knots;
    y[0] * a - y[1] * b
}

/// One step away from the gradient, in staged code.
#[desc_jit]
fn trained(net: &Network, x: &Array1<f64>, rate: f64) -> Network {
    let slope = grad(output)(net, x);
    let mut net = tree_map2(|p: &ArrayD<f64>, g: &ArrayD<f64>| p - &(rate * g), net, &slope);
    net.rest[0].bias *= net.scale.0;
    net.pair[1].weight[[0, 1]] += net.knots[2];
    net
}

fn input() -> Array1<f64> {
    Array1::from_vec(vec![0.7, -0.4])
}

fn moved(net: &Network, along: &Network, t: f64) -> Network {
    tree_map2(|p: &ArrayD<f64>, d: &ArrayD<f64>| p + &(d * t), net, along)
}

/// All numbers, one leaf after the other.
fn numbers(net: &Network) -> Vec<f64> {
    tree_leaves::<f64, _>(net).iter().flat_map(|leaf| leaf.iter().copied().collect::<Vec<_>>()).collect()
}

fn product(a: &Network, b: &Network) -> f64 {
    numbers(a).iter().zip(numbers(b)).map(|(a, b)| a * b).sum()
}

#[test]
fn every_part_has_its_gradient() {
    let (net, along, x) = (network(1), network(20), input());
    let f = output::jit();
    let value = output::native(&net, &x);
    for engine in Engine::ALL {
        let slope: Network = with_engine(engine, || grad(&f)(&net, &x));
        assert_eq!(with_engine(engine, || output(&net, &x)), value, "{engine}");
        assert_eq!(numbers(&slope).len(), numbers(&net).len());
        assert_eq!(slope.rest.iter().map(|l| l.power).collect::<Vec<_>>(), [1, 2, 0]);
        assert_eq!((slope.first.power, slope.pair[0].power), (1, 2));
        // Without a power there is no bias.
        assert_eq!(slope.rest[2].bias, 0.0);
    }
    Along {
        value: |t: f64| vec![output::native(&moved(&net, &along, t), &x)],
        forward: || vec![jvp(&f)(&net, &x, &along).1],
        reverse: || product(&grad(&f)(&net, &x), &along),
        weights: vec![1.0],
    }
    .check();
}

#[test]
fn tangents_and_cotangents_have_every_part() {
    let (net, along, weights, x) = (network(1), network(20), network(40), input());
    let f = trained::jit().wrt(argnums![0, 2]);
    Along {
        value: |t: f64| {
            // The gradient in it comes from its own reverse pass, of which there are differences, too.
            numbers(&trained(&moved(&net, &along, t), &x, 0.1 + 0.05 * t))
        },
        forward: || numbers(&jvp(&f)(&net, &x, 0.1, &along, 0.05).1),
        reverse: || {
            let (_, (by_net, by_rate)) = vjp(&f)(&net, &x, 0.1, &weights);
            product(&by_net, &along) + 0.05 * by_rate
        },
        weights: numbers(&weights),
    }
    .check();
}

#[test]
fn networks_side_by_side() {
    let (nets, x) = ([network(1), network(2), network(3)], input());
    let stack = tree_stack(&nets);
    let values = vmap(output::jit()).in_axes(in_axes![0, _]);
    let slopes = vmap(grad(output::jit())).in_axes(in_axes![0, _]);
    let steps = vmap(trained::jit()).in_axes(in_axes![0, _, _]);
    for engine in Engine::ALL {
        with_engine(engine, || {
            let all = values(&stack, &x);
            let slopes: Vec<Network> = tree_unstack(&slopes(&stack, &x));
            let after: Vec<Network> = tree_unstack(&steps(&stack, &x, 0.1));
            for (k, net) in nets.iter().enumerate() {
                assert_eq!(all[k], output::native(net, &x), "{k} on {engine}");
                assert_eq!(numbers(&slopes[k]), numbers(&grad(output::jit())(net, &x)), "{k} on {engine}");
                assert_eq!(numbers(&after[k]), numbers(&trained(net, &x, 0.1)), "{k} on {engine}");
                assert_eq!(after[k].rest[1].power, 2);
            }
        });
    }
}

/// Two steps of training for each of two networks, as one batch.
#[desc_jit]
fn trained_side_by_side(a: &Network, b: &Network, x: &Array1<f64>, rate: f64) -> Vec<Network> {
    let mut nets = vec![a.clone(), b.clone()];
    for _ in 0..2 {
        let stack = tree_stack(&nets);
        let after = vmap(trained).in_axes(in_axes![0, _, _])(&stack, x, rate);
        nets = tree_unstack::<Network>(&after);
    }
    nets
}

/// By the stack of both: their biases and their second rows, with two numbers that are stacked as well.
#[desc_jit]
fn biases(a: &Layer, b: &Layer) -> Array1<f64> {
    let both = tree_stack(&[a.clone(), b.clone()]);
    let numbers = tree_stack(&[3.0, 4.0]);
    &both.bias + &both.weight.index_axis(Axis(0), 1).sum_axis(Axis(0)) + numbers
}

#[test]
fn networks_are_stacked_inside_of_functions() {
    let (a, b, x) = (network(1), network(2), input());
    let twice = |net: &Network| trained(&trained(net, &x, 0.1), &x, 0.1);
    for engine in Engine::ALL {
        with_engine(engine, || {
            let nets = trained_side_by_side(&a, &b, &x, 0.1);
            for (net, before) in nets.iter().zip([&a, &b]) {
                assert_eq!(numbers(net), numbers(&twice(before)), "{engine}");
                assert_eq!((net.rest[1].power, net.rest[2].power), (2, 0));
            }
            assert_eq!(biases(&a.first, &b.first), biases::native(&a.first, &b.first), "{engine}");
            let (mut other, first) = (b.first.clone(), a.first.clone());
            other.power = 7;
            let error = biases::jit().try_call(&first, &other).unwrap_err();
            assert!(error.message().contains("the same static fields"), "{error}");
        });
    }
    let nets = trained_side_by_side::native(&a, &b, &x, 0.1);
    assert_eq!(nets.len(), 2);
}
