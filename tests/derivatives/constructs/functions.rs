//! *Functions* of `docs/language.md`.

use desc_jit::implicit::Iteration;
use desc_jit::prelude::*;

constructs! {
    calls: "calls of annotated functions";
    mutable_arguments: "`&mut` arguments";
    parts_passed_on: "`f(&mut x[a..b])`, `f(x.row_mut(i))`, `f(x.slice_mut(s![..]))`, `f(x.view_mut())`";
    closures: "closures in variables, by reference or `move`; closures as arguments";
    mutating_closures: "closures that assign what they capture: `let mut add = \\|v\\| total += v;`, `let mut next = move \\|\\| ..`";
    generics: "`fn f<T: Float>`, `where T: Float`, traits of one's own beside it; `T::zero()`, `T::from(x).unwrap()`, `T::PI()`, `T::max(a, b)`; `f(x)`, `f::<T>(x)`, `f::jit::<f64>()`";
    const_generics: "`fn f<const N: usize>(x: [f64; N])`, `fn f<const K: u32>(x: f64)`";
    traits: "`#[desc_jit] trait Potential { const K: f64; fn energy(&self, x: f64) -> f64; fn force(&self, x: f64) -> f64 { .. } }`";
    operators: "`#[desc_jit] impl Add for Vector`, `impl Mul<f64> for Vector`, `impl Mul<Vector> for f64`, `impl<T: Float> Mul for Complex<T>`, `Neg`, `AddAssign`, `PartialEq` and the like";
    items: "annotated functions inside functions, `const`, `static`, `use`, `const { .. }`";
    static_inside: "annotated functions inside functions, `const`, `static`, `use`, `const { .. }`";
    transforms: "`grad(f)(&x)`, `vmap(..)`, `jvp(..)` of annotated functions";
    roots: "`root_scalar`, `root`, `fixed_point`";
}

#[derive(Tree, Clone, Copy)]
struct Plane {
    u: f64,
    w: f64,
}

#[desc_jit]
impl std::ops::Mul for Plane {
    type Output = Plane;
    fn mul(self, other: Plane) -> Plane {
        Plane { u: self.u * other.u - self.w * other.w, w: self.u * other.w + self.w * other.u }
    }
}

#[desc_jit]
impl std::ops::AddAssign for Plane {
    fn add_assign(&mut self, other: Plane) {
        self.u += other.u;
        self.w += other.w;
    }
}

#[desc_jit]
impl std::ops::Mul<Plane> for f64 {
    type Output = Plane;
    fn mul(self, other: Plane) -> Plane {
        Plane { u: self * other.u, w: self * other.w }
    }
}

#[desc_jit]
fn operators(x: &Array1<f64>, n: usize) -> f64 {
    let c = Plane { u: x[0], w: x[1] };
    let mut z = 0.5 * c;
    for k in 0..n {
        z += z * z * c;
        z = x[k] * z;
    }
    z.u * z.w + x[n] * z.u
}

#[desc_jit]
fn parabola(v: f64, k: usize) -> f64 {
    v * v + k as f64 * v
}

#[desc_jit]
fn calls(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = 0.0;
    for i in 0..n {
        y += parabola(x[i], i) * parabola(y, n);
    }
    y
}

#[desc_jit]
fn relax(y: &mut Array1<f64>, sum: &mut f64, by: f64) {
    for i in 1..y.len() {
        y[i] = (1.0 - by) * y[i] + by * y[i - 1];
        *sum += y[i] * y[i];
    }
}

#[desc_jit]
fn mutable_arguments(x: &Array1<f64>, n: usize) -> f64 {
    let mut y = x.clone();
    let mut sum = 0.0;
    for _ in 0..n {
        relax(&mut y, &mut sum, x[0]);
    }
    sum
}

#[desc_jit]
fn scaled_by_first(mut row: desc_jit::array::ArrayViewMut1<f64>) {
    let first = row[0];
    row *= first;
}

#[desc_jit]
fn summed(list: &mut [f64], by: f64) {
    for k in 1..list.len() {
        list[k] += by * list[k - 1] * list[k - 1];
    }
}

#[desc_jit]
fn parts_passed_on(x: &Array1<f64>, n: usize) -> f64 {
    let mut table = Array2::from_shape_fn((2, 4), |(i, j)| x[j] + i as f64);
    scaled_by_first(table.row_mut(n % 2));
    scaled_by_first(table.column_mut(3));
    scaled_by_first(table.slice_mut(s![1, 1..3]));
    let mut line = x * 2.0;
    scaled_by_first(line.view_mut());
    summed(line.as_slice_mut().unwrap(), 0.1);
    let mut list = vec![x[0], x[1], x[2], x[3]];
    summed(&mut list[n - 1..=n], 0.3);
    summed(&mut list[1..], x[1]);
    table.sum() * line.sum() + list[3] * list[2]
}

#[desc_jit]
fn closures(x: &Array1<f64>, n: usize) -> f64 {
    let scale = x[0] * n as f64;
    let scaled = |v: f64| scale * v;
    let owned = move |v: f64| v * v + scale;
    scaled(x[1]) * owned(x[2]) + x.mapv(|v| scaled(v) * v).sum()
}

#[desc_jit]
fn mutating_closures(x: &Array1<f64>, n: usize) -> f64 {
    let mut total = x[0];
    let mut add = |v: f64| {
        if v < 0.0 {
            return;
        }
        total = total * v + x[1];
    };
    for i in 0..n {
        add(x[i] * x[i]);
    }
    x.iter().for_each(|v| add(*v));
    let mut power = x[3];
    let mut next = move || {
        power *= x[2];
        power
    };
    total * next() + next()
}

#[desc_jit]
fn horner<T>(x: &Array1<T>, at: T) -> T
where
    T: Float + Copy,
{
    let mut y = T::zero();
    for i in 0..x.len() {
        y = y * at + T::max(x[i], T::from(-50.0).unwrap()) * T::PI();
    }
    y
}

#[desc_jit]
fn generics(x: &Array1<f64>, n: usize) -> f64 {
    horner(x, x[0]) + horner::<f64>(x, 1.0 / n as f64)
}

#[desc_jit]
fn length<const N: usize>(x: [f64; N]) -> f64 {
    let mut sum = 0.0;
    for i in 0..N {
        sum += x[i] * x[i];
    }
    sum / N as f64
}

#[desc_jit]
fn power<const K: u32>(x: f64) -> f64 {
    let mut result = 1.0;
    for _ in 0..K {
        result *= x;
    }
    result
}

#[desc_jit]
fn const_generics(x: &Array1<f64>, n: usize) -> f64 {
    length([x[0], x[1], x[2]]) * power::<3>(x[3]) + length([x[n], x[0]])
}

const STIFFNESS: f64 = 2.5;
static LIMITS: [f64; 2] = [0.5, 4.0];

#[desc_jit]
fn items(x: &Array1<f64>, n: usize) -> f64 {
    use std::f64::consts::TAU;
    const SHIFT: f64 = 0.25;
    #[desc_jit]
    fn spring(v: f64) -> f64 {
        STIFFNESS * v * v
    }
    spring(x[0]) + TAU * x[1] * x[2] + SHIFT * x[3] + LIMITS[n % 2] * x[0] * const { 3.0 * 1.5 }
}

#[desc_jit]
fn static_inside(x: &Array1<f64>, n: usize) -> f64 {
    static WEIGHTS: [f64; 4] = [0.5, -1.0, 2.0, 0.25];
    static ROUNDS: usize = 2;
    let mut y = 1.0;
    for k in 0..ROUNDS * n {
        y = 0.5 * y * x[k % 4] + WEIGHTS[k % 4] * x[k % 4];
    }
    y
}

#[desc_jit]
fn well(v: f64, k: f64) -> f64 {
    k * v.powi(4) - v * v
}

#[desc_jit]
fn transforms(x: &Array1<f64>, n: usize) -> f64 {
    let force = -grad(well)(x[0], x[1]);
    let (_, slope) = jvp(well)(x[2], x[3], 0.5);
    let all = vmap(grad(well)).in_axes(in_axes![0, _])(x, n as f64);
    force * slope + all.sum()
}

#[desc_jit]
fn roots(x: &Array1<f64>, n: usize) -> f64 {
    // To the last digits: differences divide by a small step.
    let kepler = |e: f64| e - 0.3 * e.sin() - x[0];
    let (e, _) = root_scalar_with(kepler, x[0], None, None, 1e-15, 50, 5, 0.1);
    let cosine = |v: f64| (v * 0.5).cos() + 0.1 * x[1];
    let (v, _) = fixed_point_with(cosine, 1.0, 1e-15, 200, Iteration::Simple);
    e * v * n as f64
}

#[desc_jit]
trait Potential {
    const K: f64;

    fn energy(&self, x: f64) -> f64;

    fn shape(x: f64) -> f64;

    fn force(&self, x: f64) -> f64 {
        -(self.energy(x + 0.1) - self.energy(x - 0.1)) / 0.2 + Self::K * Self::shape(x)
    }
}

#[derive(Tree, Clone)]
struct Spring {
    stiffness: f64,
}

#[desc_jit]
impl Potential for Spring {
    const K: f64 = 0.5;

    fn energy(&self, x: f64) -> f64 {
        0.5 * self.stiffness * x * x * x
    }

    fn shape(x: f64) -> f64 {
        x.sin()
    }
}

#[desc_jit]
fn traits(x: &Array1<f64>, n: usize) -> f64 {
    let spring = Spring { stiffness: x[0] };
    let mut sum = 0.0;
    for i in 0..n {
        sum += spring.force(x[i]) * Spring::shape(x[3]);
    }
    sum
}
