//! Traits with `#[desc_jit]`: what types have by default.

use desc_jit::prelude::*;
use desc_jit_tests::{Reading, agree, refuse};

const H: f64 = 1e-3;

/// A potential along a line.
#[desc_jit]
pub trait Potential {
    const STIFFNESS: f64;

    fn energy(&self, x: f64) -> f64;

    fn shape(x: f64) -> f64;

    /// A difference, for who has nothing better.
    fn force(&self, x: f64) -> f64 {
        -(self.energy(x + H) - self.energy(x - H)) / (2.0 * H)
    }

    fn bent(&self, x: f64) -> f64 {
        Self::STIFFNESS * Self::shape(x) + Self::twice(x) + self.force(x)
    }

    fn twice(x: f64) -> f64 {
        2.0 * x
    }

    fn work(&self, path: &Array1<f64>) -> f64 {
        let mut sum = 0.0;
        for i in 1..path.len() {
            if path[i] > 10.0 {
                break;
            }
            sum += self.force(0.5 * (path[i] + path[i - 1])) * (path[i] - path[i - 1]);
        }
        sum
    }
}

#[derive(Tree, Clone, Debug)]
struct Spring {
    k: f64,
}

#[desc_jit]
impl Potential for Spring {
    const STIFFNESS: f64 = 3.0;

    fn energy(&self, x: f64) -> f64 {
        0.5 * self.k * x * x
    }

    fn shape(x: f64) -> f64 {
        x.sin()
    }
}

/// Knows its force.
#[derive(Tree, Clone, Debug)]
struct Well {
    depth: f64,
    width: f64,
}

#[desc_jit]
impl Potential for Well {
    const STIFFNESS: f64 = 0.5;

    fn energy(&self, x: f64) -> f64 {
        -self.depth * (-x * x / self.width).exp()
    }

    fn shape(x: f64) -> f64 {
        x * x
    }

    fn force(&self, x: f64) -> f64 {
        2.0 * x / self.width * self.energy(x)
    }

    fn twice(x: f64) -> f64 {
        x + x + Self::STIFFNESS
    }
}

fn spring() -> Spring {
    Spring { k: 2.5 }
}

fn well() -> Well {
    Well { depth: 1.5, width: 0.75 }
}

#[desc_jit]
fn by_default(s: &Spring, path: &Array1<f64>) -> (f64, f64, f64, f64) {
    (s.force(path[0]), s.bent(path[1]), s.work(path), Spring::force(s, path[2]) + Spring::twice(path[0]))
}

#[desc_jit]
fn by_itself(w: &Well, path: &Array1<f64>) -> (f64, f64, f64, f64) {
    (w.force(path[0]), w.bent(path[1]), w.work(path), Well::bent(w, path[2]) + Well::twice(path[0]))
}

fn path() -> Array1<f64> {
    Array1::from_vec(vec![0.3, -0.75, 1.25, 0.5, 20.0, 3.0])
}

#[test]
fn a_type_has_the_functions_of_its_trait() {
    agree!(by_default(&spring(), &path()));
}

#[test]
fn what_a_type_writes_itself_comes_first() {
    let (force, bent, ..) = agree!(by_itself(&well(), &path()));
    let w = well();
    assert_eq!(force, 2.0 * 0.3 / w.width * w.energy_native(0.3));
    assert_eq!(bent, 0.5 * (0.75 * 0.75) + (-0.75 - 0.75 + 0.5) + w.force_native(-0.75));
}

#[test]
fn they_have_the_other_readings() {
    let (s, path) = (spring(), path());
    let native = s.force_native(0.3);
    assert_eq!(native, -(s.energy_native(0.3 + H) - s.energy_native(0.3 - H)) / (2.0 * H));
    assert_eq!((s.force(0.3), s.force_try_call(0.3).unwrap()), (native, native));
    assert_eq!(Spring::force_jit()(&s, 0.3), native);
    assert!(s.work_graph(&path).unwrap().to_string().contains("for"));
    let explained = s.work_explain(&path).unwrap().to_string();
    assert!(
        explained.contains("Potential::work") && explained.contains("for i in 1..path.len()"),
        "{explained}"
    );
    Spring::force_clear_cache();
    let misses = Spring::force_cache_stats().misses;
    let _ = s.force(1.0);
    let _ = s.force(2.0);
    assert_eq!(Spring::force_cache_stats().misses, misses + 1);
    assert_eq!(Spring::twice(4.0), 8.0);
    assert_eq!(Spring::twice_jit()(4.0), 8.0);
    assert_eq!(Well::twice_native(4.0), 8.5);
}

#[test]
fn they_have_derivatives_and_batches() {
    let (s, path) = (spring(), path());
    let slope = grad(Spring::force_jit().wrt(argnums![1]))(&s, 0.25);
    assert!((slope + s.k).abs() < 1e-9, "{slope}");
    let by_k = grad(Spring::work_jit())(&s, &path).k;
    let more = Spring { k: s.k + 1.0 };
    assert!((by_k - (more.work_native(&path) - s.work_native(&path))).abs() < 1e-9, "{by_k}");
    let forces = vmap(Spring::force_jit()).in_axes(in_axes![_, 0])(&s, &path);
    for (force, x) in forces.iter().zip(path.iter()) {
        assert_eq!(*force, s.force_native(*x));
    }
}

/// In native code of any potential it is that of the type.
fn forces(potentials: &[&impl Potential]) -> Vec<(f64, f64)> {
    potentials.iter().map(|p| (p.force(0.5), p.force_native(0.5))).collect()
}

#[test]
fn code_for_any_type_finds_what_the_type_has() {
    let (s, w) = (spring(), well());
    assert_eq!(forces(&[&s]), [(s.force_native(0.5), s.force_native(0.5))]);
    let ours = 2.0 * 0.5 / w.width * w.energy_native(0.5);
    let (force, native) = forces(&[&w])[0];
    assert!(force.difference(&ours, 4).is_none());
    assert_eq!(native, ours);
}

mod bodies {
    use desc_jit::prelude::*;

    /// In another module, with updates, results of the type, checks, and functions that the attribute is told of.
    #[desc_jit]
    pub(crate) trait Body: Clone {
        type Vector: Tree;

        fn kick(&mut self, dt: f64);

        fn place_now(&self) -> Self::Vector;

        fn kicked(&mut self, dt: f64, times: usize) {
            for _ in 0..times {
                self.kick(dt);
            }
        }

        fn later(mut self, dt: f64) -> Self {
            self.kick(dt);
            self.kicked(dt, 2);
            self
        }

        fn both(&self, (a, b): (f64, f64)) -> (Self, Self) {
            (self.clone().later(a), self.clone().later(b))
        }

        fn place(&self) -> Self::Vector {
            self.place_now()
        }

        fn checked(&self, dt: f64) -> desc_jit::Result<f64> {
            if dt < 0.0 {
                return Err(Error::msg(format!("{dt} is in the past")));
            }
            Ok(dt + 1.0)
        }

        fn twice_checked(&self, dt: f64) -> desc_jit::Result<f64> {
            Ok(self.checked(dt)? + self.checked(dt - 1.0)?)
        }

        #[desc_jit(static(n))]
        fn grid(&self, n: usize) -> Array1<f64> {
            Array1::linspace(0.0, 1.0, n)
        }

        #[desc_jit(checkpoint)]
        fn heavy(&self, x: f64) -> f64 {
            (x * x).sin() + 1.0
        }
    }
}
use bodies::Body as Moving;

#[derive(Tree, Clone, Debug)]
struct Ball {
    x: Array1<f64>,
    v: f64,
}

impl Reading for Ball {
    fn difference(&self, other: &Self, tolerance: u64) -> Option<String> {
        (self.x.clone(), self.v).difference(&(other.x.clone(), other.v), tolerance)
    }
}

#[desc_jit]
impl Moving for Ball {
    type Vector = Array1<f64>;

    fn kick(&mut self, dt: f64) {
        for i in 0..self.x.len() {
            self.x[i] += dt * self.v;
        }
        self.v *= 0.5;
    }

    fn place_now(&self) -> Self::Vector {
        let place: Self::Vector = self.x.clone();
        place
    }
}

fn ball() -> Ball {
    Ball { x: Array1::from_vec(vec![1.0, -0.5]), v: 2.0 }
}

#[desc_jit]
fn moved(ball: &Ball, dt: f64) -> (Ball, Ball, Array1<f64>, f64) {
    let mut first = ball.clone();
    first.kicked(dt, 3);
    let (a, b) = first.both((dt, 0.5));
    let first = a.later(dt);
    let place = first.place();
    (first, b, place, ball.heavy(dt) + ball.grid(4).sum())
}

#[test]
fn they_update_and_return_the_type() {
    agree!(moved(&ball(), 0.25));
    let (mut a, mut b) = (ball(), ball());
    a.kicked(0.1, 4);
    b.kicked_native(0.1, 4);
    assert_eq!(a.difference(&b, 0), None);
    assert_eq!(ball().both((0.1, 0.2)).1.difference(&ball().both_native((0.1, 0.2)).1, 0), None);
}

#[desc_jit]
fn in_time(ball: &Ball, dt: f64) -> desc_jit::Result<f64> {
    Ok(ball.twice_checked(dt)? + Ball::checked(ball, dt).unwrap())
}

#[desc_jit]
fn in_any_case(ball: &Ball, dt: f64) -> f64 {
    ball.twice_checked(dt).unwrap()
}

#[test]
fn they_may_give_a_result() {
    let value = in_time(&ball(), 2.0).unwrap();
    assert_eq!(value, in_time::native(&ball(), 2.0).unwrap());
    let error = in_time(&ball(), 0.5).unwrap_err();
    assert!(error.to_string().contains("-0.5 is in the past"), "{error}");
    refuse!(in_any_case(&ball(), 0.5), Panic, "-0.5 is in the past");
    let native = ball().checked_native(-1.0).unwrap_err();
    assert!(native.to_string().contains("-1 is in the past"), "{native}");
    assert!(ball().twice_checked(0.5).is_err());
}

/// For every float type.
#[derive(Tree, Clone, Debug)]
struct Line<T> {
    slope: T,
}

#[desc_jit]
trait Slope {
    fn rise(&self) -> f64;

    fn doubled(&self) -> f64 {
        2.0 * self.rise()
    }
}

#[desc_jit]
impl<T: Float> Slope for Line<T> {
    fn rise(&self) -> f64 {
        self.slope.to_f64().unwrap()
    }
}

#[desc_jit]
fn rises(a: &Line<f64>, b: &Line<f32>) -> f64 {
    a.doubled() + b.doubled()
}

#[test]
fn generic_types_have_them() {
    agree!(rises(&Line { slope: 0.3 }, &Line { slope: 0.3_f32 }));
    assert_eq!(Line { slope: 0.1_f32 }.doubled(), f64::from(0.1_f32) * 2.0);
}

/// A trait that asks for another one.
#[desc_jit]
trait Oscillator: Potential {
    fn frequency(&self) -> f64 {
        (-self.force(1.0) + Self::twice(0.5)).sqrt() * Self::STIFFNESS
    }
}

#[desc_jit]
impl Oscillator for Spring {}

#[desc_jit]
fn frequencies(s: &Spring) -> f64 {
    s.frequency()
}

#[test]
fn supertraits_are_known() {
    agree!(frequencies(&spring()));
}

/// The attribute is on the `impl` block alone.
trait Plain {
    fn base(&self) -> f64;

    fn more(&self) -> f64 {
        self.base() + 1.0
    }
}

#[desc_jit]
impl Plain for Spring {
    fn base(&self) -> f64 {
        self.k
    }
}

#[desc_jit]
fn of_plain(s: &Spring) -> f64 {
    s.base() + s.more()
}

#[test]
fn without_the_attribute_there_is_nothing_by_default() {
    let error = of_plain::try_call(&spring()).unwrap_err();
    assert_eq!(error.kind(), desc_jit::ErrorKind::Unsupported);
    assert!(error.to_string().contains("`.more(..)` is not a method of Spring"), "{error}");
    assert_eq!(of_plain::native(&spring()), 6.0);
}

/// One with a type of its own.
trait Scaled<T> {
    type By;

    fn scaled(&self, by: Self::By) -> T;
}

#[desc_jit]
impl Scaled<f64> for Spring {
    type By = (f64, i64);

    fn scaled(&self, (by, times): Self::By) -> f64 {
        self.k * by * times as f64
    }
}

#[desc_jit]
fn of_generic(s: &Spring, by: f64) -> f64 {
    s.scaled((by, 3))
}

#[test]
fn traits_with_parameters_are_implemented() {
    agree!(of_generic(&spring(), 0.1));
}

/// The attribute is on the trait alone.
#[derive(Tree, Clone, Debug)]
struct Unknown {
    k: f64,
}

impl Slope for Unknown {
    fn rise(&self) -> f64 {
        self.k
    }
}

#[test]
fn an_impl_block_without_the_attribute_is_named() {
    let error = Unknown { k: 1.0 }.doubled_try_call().unwrap_err();
    assert!(error.to_string().contains("`.doubled(..)` is not a method of Unknown"), "{error}");
    assert!(error.notes().iter().any(|note| note.contains("`impl` block")), "{error}");
    assert_eq!(Unknown { k: 1.0 }.doubled_native(), 2.0);
}

/// A method of the same name.
#[desc_jit]
trait Labelled {
    fn label(&self) -> f64 {
        1.0
    }
}

#[desc_jit]
trait Numbered {
    fn label(&self) -> f64 {
        2.0
    }
}

#[desc_jit]
impl Labelled for Well {}

#[desc_jit]
impl Numbered for Well {}

mod one_of_two {
    use super::{Numbered, Well};
    use desc_jit::prelude::*;

    #[desc_jit]
    pub(super) fn label(w: &Well) -> f64 {
        w.label()
    }
}

#[test]
fn two_methods_of_one_name_are_told_apart_by_nobody() {
    assert_eq!(one_of_two::label::native(&well()), 2.0);
    let error = one_of_two::label::try_call(&well()).unwrap_err();
    assert!(error.to_string().contains("`.label(..)` is the name of 2 methods of Well"), "{error}");
}

/// Of any potential; a call in staged code says which.
#[desc_jit]
fn work_of<P: Potential + Tree>(p: &P, path: &Array1<f64>) -> f64 {
    let mut sum = P::STIFFNESS;
    for i in 0..path.len() {
        sum += p.force(path[i]);
    }
    sum
}

#[desc_jit]
fn unchanged<P>(p: P, k: f64) -> (P, f64)
where
    P: Potential + Tree,
{
    let e = p.energy(k);
    (p, e)
}

#[desc_jit]
fn works(s: &Spring, w: &Well, path: &Array1<f64>) -> (f64, f64, f64) {
    let (w, e) = unchanged::<Well>(w.clone(), path[0]);
    (work_of::<Spring>(s, path), work_of::<Well>(&w, path), e)
}

#[test]
fn functions_are_generic_over_a_trait() {
    let (s, w) = (spring(), well());
    agree!(works(&s, &w, &path()));
    assert_eq!(work_of(&s, &path()), work_of::native(&s, &path()));
    assert_eq!(unchanged(w.clone(), 0.5).0.depth, w.depth);
    let by_depth = grad(work_of::jit::<Well>())(&w, &path()).depth;
    assert!((by_depth - (work_of::native(&w, &path()) - 0.5) / w.depth).abs() < 1e-12, "{by_depth}");
}
