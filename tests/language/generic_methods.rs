//! Methods, and traits, with type parameters of their own.

use desc_jit::prelude::*;
use desc_jit_tests::agree;

/// A plasma, whose methods have type parameters of their own.
#[derive(Tree, Clone, Debug)]
struct Plasma {
    density: f64,
}

#[desc_jit]
impl Plasma {
    /// In the type of the argument.
    fn scaled<T: Float>(&self, x: T) -> T {
        x * T::from(self.density).unwrap() + T::one()
    }

    fn dot<T, const N: usize>(&self, a: [T; N], b: &Array1<T>) -> T
    where
        T: Float,
    {
        let mut sum = T::zero();
        for i in 0..N {
            sum += a[i] * b[i];
        }
        self.scaled(sum)
    }

    fn total<const N: usize>(&self, a: [f64; N]) -> f64 {
        let mut sum = self.density;
        for i in 0..N {
            sum += a[i] / N as f64;
        }
        sum
    }

    fn power<const K: u32>(&self, x: f64) -> f64 {
        x.powi(K as i32) * self.density
    }

    fn heated<T: Float>(&mut self, by: T, times: usize) {
        for _ in 0..times {
            self.density += by.to_f64().unwrap();
        }
    }

    fn checked<T: Float>(&self, x: T) -> desc_jit::Result<T> {
        if x < T::zero() {
            return Err(Error::msg("below zero"));
        }
        Ok(self.scaled(x))
    }

    fn unit<T: Float>(x: T) -> T {
        x / (x * x).sqrt()
    }
}

#[desc_jit]
fn of_plasma(p: &Plasma, x: f64, y: f32, list: &Array1<f32>) -> (f64, f32, f32, f64) {
    let mut p = p.clone();
    p.heated(y, 2);
    let many = p.total([x, x, 1.0]) + p.total([x]) + Plasma::power::<3>(&p, x);
    let checked = p.checked(x).unwrap() + Plasma::checked::<f64>(&p, x).unwrap();
    (
        p.scaled(x) + many + checked,
        p.scaled(y),
        p.dot([y, 1.0], list),
        Plasma::unit(x) + Plasma::scaled::<f64>(&p, 2.0),
    )
}

fn plasma() -> Plasma {
    Plasma { density: 0.3 }
}

#[test]
fn methods_have_parameters_of_their_own() {
    agree!(of_plasma(&plasma(), 1.7, 0.6, &Array1::from_vec(vec![0.5, -2.0])));
    agree!(of_plasma(&plasma(), 0.2, -0.6, &Array1::from_vec(vec![1.5, 2.0, 3.0])));
}

#[test]
fn such_methods_have_the_other_readings() {
    let p = plasma();
    assert_eq!((p.scaled(2.0), p.scaled_native(2.0)), (1.6, 1.6));
    assert_eq!((p.scaled(2.0_f32), p.scaled_native(2.0_f32)), (1.6, 1.6));
    assert_eq!(p.power::<3>(2.0), p.power_native::<3>(2.0));
    assert_eq!(Plasma::scaled_jit::<f64>()(&p, 2.0), 1.6);
    assert_eq!(grad(Plasma::scaled_jit::<f64>().wrt(argnums![1]))(&p, 2.0), 0.3);
    assert_eq!(grad(Plasma::scaled_jit::<f64>())(&p, 2.0).density, 2.0);
    let list = Array1::from_vec(vec![1.0, 2.0, 3.0]);
    let batch = vmap(Plasma::scaled_jit::<f64>()).in_axes(in_axes![_, 0])(&p, &list);
    assert_eq!(batch.to_vec(), [1.3, 1.6, 0.3 * 3.0 + 1.0]);
    assert!(p.checked(-1.0).is_err() && p.checked_try_call(-1.0_f32).is_err());
    assert!(p.scaled_graph(2.0_f32).unwrap().to_string().contains("f32"));
    Plasma::scaled_clear_cache();
    let misses = Plasma::scaled_cache_stats().misses;
    let _ = p.scaled(1.0);
    let _ = p.scaled(1.0_f32);
    let _ = p.scaled(3.0_f32);
    assert_eq!(Plasma::scaled_cache_stats().misses, misses + 2);
    let mut heated = plasma();
    heated.heated(0.5_f32, 3);
    assert_eq!(heated.density, 0.3 + 1.5);
}

/// Those of the type and those of the method.
#[derive(Tree, Clone, Debug)]
struct Pair<T> {
    a: T,
    b: T,
}

trait Mixed<T> {
    fn mixed<S: Float>(&self, x: S) -> T;
}

#[desc_jit]
impl<T: Float> Mixed<T> for Pair<T> {
    fn mixed<S: Float>(&self, x: S) -> T {
        self.a * T::from(x).unwrap() + self.b
    }
}

#[desc_jit]
fn mixed(p: &Pair<f64>, q: &Pair<f32>, x: f64, y: f32) -> (f64, f32, f64, f32) {
    (p.mixed(x), q.mixed(x), p.mixed(y), q.mixed(y))
}

#[test]
fn both_have_parameters() {
    let (p, q) = (Pair { a: 0.1, b: 2.0 }, Pair { a: 0.1_f32, b: 3.0 });
    agree!(mixed(&p, &q, 0.7, 1.9));
    assert_eq!((p.mixed(0.7), q.mixed(0.7)), (p.mixed_native(0.7), q.mixed_native(0.7)));
    assert_eq!(q.mixed(1.9_f32), q.mixed_native(1.9_f32));
}

/// A trait that leaves the body to its types.
#[desc_jit]
trait Response {
    fn response<T: Float>(&self, x: T) -> T;

    fn twice(&self, x: f64) -> f64 {
        self.response(x) + self.response(x)
    }
}

#[desc_jit]
impl Response for Plasma {
    fn response<T: Float>(&self, x: T) -> T {
        x * T::from(self.density).unwrap()
    }
}

#[desc_jit]
fn twice(p: &Plasma, x: f64) -> f64 {
    p.twice(x) + p.response(x)
}

#[test]
fn traits_have_generic_methods() {
    agree!(twice(&plasma(), 1.5));
}
