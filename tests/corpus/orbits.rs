//! Bodies around a star.

use desc_jit::prelude::*;
use desc_jit::{Engine, with_engine};
use desc_jit_tests::agree;
use desc_jit_tests::consistency::{Along, product, scattered};
use std::f64::consts::{PI, TAU};

/// Kepler's equation `E - e sin E = M` by Newton's method from Danby's guess (Fundamentals of Celestial Mechanics,
/// section 6.6): the position on an ellipse of semi-major axis 1, with the centre of mass in the origin.
#[desc_jit]
fn kepler(mean_anomaly: f64, eccentricity: f64) -> (f64, f64) {
    let m = mean_anomaly.rem_euclid(TAU);
    let mut e = if m < PI { m + 0.85 * eccentricity } else { m - 0.85 * eccentricity };
    loop {
        let (sin, cos) = e.sin_cos();
        let delta = (e - eccentricity * sin - m) / (1.0 - eccentricity * cos);
        e -= delta;
        if delta.abs() < 1e-10 {
            break;
        }
    }
    (e.cos() - eccentricity, (1.0 - eccentricity.powi(2)).sqrt() * e.sin())
}

#[test]
fn kepler_is_where_the_planet_is() {
    for k in 0..12 {
        let m = -5.0 + 1.1 * k as f64;
        for eccentricity in [0.0, 0.0167, 0.5, 0.97] {
            let (x, y) = agree!(kepler(m, eccentricity), ulps = 0, compiled = 64);
            // Back from the position to the equation.
            let b = (1.0 - eccentricity * eccentricity).sqrt();
            let e = (y / b).atan2(x + eccentricity);
            let off = (e - eccentricity * e.sin() - m).rem_euclid(TAU);
            assert!(off.min(TAU - off) < 1e-13, "{m} {eccentricity}: {off}");
        }
    }
}

#[test]
fn a_planet_moves_with_time_and_eccentricity() {
    let f = kepler::jit().wrt(argnums![0, 1]);
    for (m, ecc) in [(0.7, 0.3), (4.0, 0.6)] {
        Along {
            value: |t: f64| {
                let (x, y) = kepler::native(m + t, ecc + 0.2 * t);
                vec![x, y]
            },
            forward: || {
                let (_, (x, y)) = jvp(&f)(m, ecc, 1.0, 0.2);
                vec![x, y]
            },
            reverse: || {
                let (_, (by_m, by_e)) = vjp(&f)(m, ecc, (1.5, -0.5));
                by_m + 0.2 * by_e
            },
            weights: vec![1.5, -0.5],
        }
        .check();
    }
}

#[test]
fn a_batch_of_moments() {
    let moments = Array1::linspace(0.0, 6.0, 19);
    let orbit = vmap(kepler::jit()).in_axes(in_axes![0, _]);
    for engine in Engine::ALL {
        with_engine(engine, || {
            let (x, y) = orbit(&moments, 0.4);
            for k in 0..moments.len() {
                assert_eq!((x[k], y[k]), kepler(moments[k], 0.4), "{k} on {engine}");
            }
        });
    }
}

/// The leapfrog, kick-drift-kick (Hockney and Eastwood, section 4.4), of planets that feel the star and each other; rows
/// are planets, columns x and y.
#[desc_jit]
pub fn leapfrog(
    position: &mut Array2<f64>,
    velocity: &mut Array2<f64>,
    mass: &Array1<f64>,
    dt: f64,
    steps: usize,
) {
    let mut acceleration = accelerations(position, mass);
    for _ in 0..steps {
        *velocity += &(0.5 * dt * &acceleration);
        *position += &(dt * &*velocity);
        acceleration = accelerations(position, mass);
        *velocity += &(0.5 * dt * &acceleration);
    }
}

#[desc_jit]
fn accelerations(position: &Array2<f64>, mass: &Array1<f64>) -> Array2<f64> {
    let n = mass.len();
    let mut a = Array2::<f64>::zeros((n, 2));
    for i in 0..n {
        let (x, y) = (position[[i, 0]], position[[i, 1]]);
        let r3 = (x * x + y * y).powf(1.5);
        a[[i, 0]] -= x / r3;
        a[[i, 1]] -= y / r3;
        for j in 0..n {
            if j == i {
                continue;
            }
            let (dx, dy) = (position[[j, 0]] - x, position[[j, 1]] - y);
            let d3 = (dx * dx + dy * dy).powf(1.5);
            a[[i, 0]] += mass[j] * dx / d3;
            a[[i, 1]] += mass[j] * dy / d3;
        }
    }
    a
}

#[desc_jit]
fn energy(position: &Array2<f64>, velocity: &Array2<f64>, mass: &Array1<f64>) -> f64 {
    let mut sum = 0.0;
    for (i, m) in mass.iter().enumerate() {
        let speed2: f64 = velocity.row(i).iter().map(|v| v * v).sum();
        let r = position[[i, 0]].hypot(position[[i, 1]]);
        sum += m * (0.5 * speed2 - 1.0 / r);
        for j in 0..i {
            let d = (position[[i, 0]] - position[[j, 0]]).hypot(position[[i, 1]] - position[[j, 1]]);
            sum -= m * mass[j] / d;
        }
    }
    sum
}

/// Positions and energy after the flight.
#[desc_jit]
fn flight(
    position: &Array2<f64>,
    velocity: &Array2<f64>,
    mass: &Array1<f64>,
    dt: f64,
    steps: usize,
) -> (Array2<f64>, f64) {
    let mut position = position.clone();
    let mut velocity = velocity.clone();
    leapfrog(&mut position, &mut velocity, mass, dt, steps);
    let e = energy(&position, &velocity, mass);
    (position, e)
}

fn planets() -> (Array2<f64>, Array2<f64>, Array1<f64>) {
    let position = Array2::from_shape_vec((3, 2), vec![1.0, 0.0, -0.2, 1.6, -2.1, -1.9]).unwrap();
    let velocity = Array2::from_shape_vec((3, 2), vec![0.05, 1.0, -0.79, 0.0, 0.4, -0.44]).unwrap();
    (position, velocity, Array1::from_vec(vec![1e-3, 4e-3, 2e-3]))
}

#[test]
fn the_leapfrog_closes_a_circle_and_keeps_the_energy() {
    let position = Array2::from_shape_vec((1, 2), vec![1.0, 0.0]).unwrap();
    let velocity = Array2::from_shape_vec((1, 2), vec![0.0, 1.0]).unwrap();
    let one = Array1::from_vec(vec![1.0]);
    let (end, e) = agree!(flight(&position, &velocity, &one, TAU / 400.0, 400), ulps = 0, compiled = 1 << 16);
    assert!((end[[0, 0]] - 1.0).abs() < 1e-6 && end[[0, 1]].abs() < 1e-3, "{end:?}");
    assert!((e + 0.5).abs() < 1e-8, "{e}");
    let (position, velocity, mass) = planets();
    let before = energy::native(&position, &velocity, &mass);
    let (_, after) = agree!(flight(&position, &velocity, &mass, 0.02, 300), ulps = 0, compiled = 1 << 16);
    assert!((after - before).abs() < 1e-4 * before.abs(), "{before} {after}");
}

#[test]
fn planets_are_moved_in_place() {
    for engine in Engine::ALL {
        let (mut position, mut velocity, mass) = planets();
        let (start, speed) = (position.clone(), velocity.clone());
        with_engine(engine, || {
            leapfrog(&mut position, &mut velocity, &mass, 0.02, 100);
            velocity *= -1.0;
            leapfrog(&mut position, &mut velocity, &mass, 0.02, 100);
        });
        // The leapfrog is reversible.
        assert!((&position - &start).iter().all(|d| d.abs() < 1e-12), "{engine}");
        assert!((&velocity + &speed).iter().all(|d| d.abs() < 1e-12), "{engine}");
    }
}

#[test]
fn a_flight_depends_on_its_start() {
    let (position, velocity, mass) = planets();
    let table = |seed| Array2::from_shape_vec((3, 2), scattered(seed, 6)).unwrap();
    let (dp, dv) = (table(1) * 0.1, table(2) * 0.1);
    let dm = Array1::from_vec(vec![1e-3, -1e-3, 2e-3]);
    let weights = table(3);
    let f = flight::jit().wrt(argnums![0, 1, 2]);
    Along {
        value: |t: f64| {
            let (p, e) =
                flight::native(&(&position + &dp * t), &(&velocity + &dv * t), &(&mass + &dm * t), 0.05, 40);
            [p.to_vec(), vec![e]].concat()
        },
        forward: || {
            let (_, (p, e)) = jvp(&f)(&position, &velocity, &mass, 0.05, 40, &dp, &dv, &dm);
            [p.to_vec(), vec![e]].concat()
        },
        reverse: || {
            let (_, (by_p, by_v, by_m)) = vjp(&f)(&position, &velocity, &mass, 0.05, 40, (&weights, 10.0));
            product(&by_p, &dp) + product(&by_v, &dv) + product(&by_m, &dm)
        },
        weights: [weights.to_vec(), vec![10.0]].concat(),
    }
    .check();
}

#[test]
fn flights_side_by_side() {
    let (position, velocity, mass) = planets();
    let starts = Array3::from_shape_fn((4, 3, 2), |(k, i, a)| position[[i, a]] + 0.05 * (k * a) as f64);
    let masses = Array2::from_shape_fn((4, 3), |(k, i)| mass[i] * (1 + k) as f64);
    let all = vmap(flight::jit()).in_axes(in_axes![0, _, 0, _, _]);
    for engine in Engine::ALL {
        with_engine(engine, || {
            let (ends, energies) = all(&starts, &velocity, &masses, 0.05, 40);
            for k in 0..4 {
                let start = starts.index_axis(Axis(0), k).to_owned();
                let (end, e) = flight(&start, &velocity, &masses.row(k).to_owned(), 0.05, 40);
                assert_eq!(ends.index_axis(Axis(0), k).to_owned().to_vec(), end.to_vec(), "{k} on {engine}");
                assert_eq!(energies[k], e, "{k} on {engine}");
            }
        });
    }
}
