//! Folds and cascades against their definition.

use super::super::reduce::{
    BLOCK, Cascade, Cascade32, Cascade64, Combine, Real, cascade_finish32, cascade_finish64, cascade_push32,
    cascade_push64, fold32, fold64,
};
use super::{Level, Random};

const OPS: [Combine; 4] = [Combine::Add, Combine::Mul, Combine::Min, Combine::Max];

/// The definition: a lane per `k % lanes`, from the identity, combined by halves.
fn defined<T: Real>(x: &[T], lanes: usize, identity: T, combine: impl Fn(T, T) -> T) -> T {
    let mut sums = vec![identity; lanes];
    for (k, &x) in x.iter().enumerate() {
        sums[k % lanes] = combine(sums[k % lanes], x);
    }
    while sums.len() > 1 {
        let half = sums.len() / 2;
        sums = (0..half).map(|l| combine(sums[l], sums[l + half])).collect();
    }
    sums[0]
}

macro_rules! tests_of {
    ($module:ident, $t:ident, $bits:ident, $lanes:literal, $fold:ident, $Cascade:ident, $push:ident, $finish:ident) => {
        mod $module {
            use super::*;

            fn identity(op: Combine) -> $t {
                match op {
                    Combine::Add => -0.0,
                    Combine::Mul => 1.0,
                    Combine::Min | Combine::Max => $t::NAN,
                }
            }

            /// A NaN loses, of equal numbers the earlier one stays.
            fn combine(op: Combine, a: $t, b: $t) -> $t {
                match op {
                    Combine::Add => a + b,
                    Combine::Mul => a * b,
                    _ if a.is_nan() => b,
                    _ if b.is_nan() => a,
                    Combine::Min => {
                        if b < a {
                            b
                        } else {
                            a
                        }
                    }
                    Combine::Max => {
                        if b > a {
                            b
                        } else {
                            a
                        }
                    }
                }
            }

            fn bits(x: $t) -> $bits {
                if x.is_nan() { $t::NAN.to_bits() } else { x.to_bits() }
            }

            /// Ordinary numbers, or nearly all NaN, zeros and infinities.
            fn numbers(random: &mut Random, n: usize) -> Vec<$t> {
                let special = [$t::NAN, $t::NAN, $t::NAN, 0.0, -0.0, $t::INFINITY, $t::NEG_INFINITY, 1.5];
                let ordinary = random.below(2) == 0;
                (0..n)
                    .map(|_| {
                        if ordinary {
                            random.uniform(-2.0, 2.0) as $t
                        } else {
                            special[random.below(special.len())]
                        }
                    })
                    .collect()
            }

            #[test]
            fn a_fold_is_lanes_and_then_halves_on_every_level() {
                let mut random = Random(5);
                for n in (0..70).flat_map(|n| [n, n, n]).chain([100, 255, 256, 511, BLOCK, BLOCK, BLOCK]) {
                    let x = numbers(&mut random, n);
                    for op in OPS {
                        let expected = bits(defined(&x, $lanes, identity(op), |a, b| combine(op, a, b)));
                        for &level in Level::available() {
                            // SAFETY: a level of this CPU; `n` elements.
                            let y = unsafe { level.$fold(op)(x.as_ptr(), n) };
                            assert_eq!(bits(y), expected, "{op:?} of {n} elements, {level:?}: {y} {x:?}");
                        }
                        // SAFETY: `n` elements.
                        assert_eq!(bits(unsafe { $fold(op)(x.as_ptr(), n) }), expected);
                    }
                }
            }

            #[test]
            fn a_minimum_has_the_meaning_of_the_method() {
                let mut random = Random(6);
                for n in 0..60 {
                    let x = numbers(&mut random, n);
                    let at = |op| {
                        // SAFETY: `n` elements.
                        unsafe { $fold(op)(x.as_ptr(), n) }
                    };
                    let (low, high) = (at(Combine::Min), at(Combine::Max));
                    let method = x.iter().fold($t::NAN, |a, &b| a.min(b));
                    assert!(low == method || (low.is_nan() && method.is_nan()), "{low} {method} {x:?}");
                    let method = x.iter().fold($t::NAN, |a, &b| a.max(b));
                    assert!(high == method || (high.is_nan() && method.is_nan()), "{high} {method} {x:?}");
                }
            }

            /// The largest complete subtree first, then the rest.
            fn tree(op: Combine, x: &[$t]) -> $t {
                match x {
                    [] => identity(op),
                    [x] => *x,
                    _ => {
                        let half = x.len().next_power_of_two() / 2;
                        combine(op, tree(op, &x[..half]), tree(op, &x[half..]))
                    }
                }
            }

            #[test]
            fn a_cascade_is_a_balanced_tree() {
                let mut random = Random(7);
                for n in 0..70 {
                    let x = numbers(&mut random, n);
                    for (code, op) in OPS.into_iter().enumerate() {
                        let mut cascade = $Cascade::new();
                        let mut called = $Cascade::new();
                        for &x in &x {
                            cascade.push(op, x);
                            // SAFETY: a cascade of our own.
                            unsafe { $push(&mut called, code as u32, x) };
                        }
                        assert_eq!(bits(cascade.finish(op)), bits(tree(op, &x)), "{op:?} of {x:?}");
                        // SAFETY: as above.
                        assert_eq!(bits(unsafe { $finish(&mut called, code as u32) }), bits(tree(op, &x)));
                    }
                }
            }

            #[test]
            fn subtrees_can_be_made_elsewhere() {
                let mut random = Random(8);
                for n in 0..70 {
                    let x = numbers(&mut random, n);
                    for level in 0..5 {
                        let (size, op) = (1 << level, Combine::Add);
                        let mut cascade: Cascade<$t> = Cascade::new();
                        let whole = n - n % size;
                        for chunk in x[..whole].chunks(size) {
                            cascade.push_level(op, tree(op, chunk), level);
                        }
                        for &x in &x[whole..] {
                            cascade.push(op, x);
                        }
                        assert_eq!(bits(cascade.finish(op)), bits(tree(op, &x)), "{n} blocks, level {level}");
                    }
                }
            }
        }
    };
}

tests_of!(double, f64, u64, 8, fold64, Cascade64, cascade_push64, cascade_finish64);
tests_of!(single, f32, u32, 16, fold32, Cascade32, cascade_push32, cascade_finish32);
