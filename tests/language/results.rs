//! Functions that give a `Result`, and `?`.

use desc_jit::prelude::*;
use desc_jit::{Engine, ErrorKind, Result, with_engine};

/// Every reading gives the same value, or an error with the same message.
macro_rules! same {
    ($f:ident ( $($arg:expr),* )) => {{
        let native = $f::native($($arg),*);
        for engine in Engine::ALL {
            let staged = with_engine(engine, || $f($($arg),*));
            match (&native, &staged) {
                (Ok(native), Ok(staged)) => assert_eq!(native, staged, "{engine}"),
                (Err(native), Err(staged)) => {
                    assert_eq!(native.message(), staged.message(), "{engine}");
                    assert_eq!(staged.kind(), ErrorKind::Panic, "{engine}");
                    assert!(staged.location().is_some(), "{engine}");
                }
                _ => panic!("{engine}: native {native:?}, staged {staged:?}"),
            }
        }
        native
    }};
}

#[desc_jit]
fn root(x: f64) -> Result<f64> {
    if x < 0.0 {
        return Err(Error::msg(format!("{x} has no root")));
    }
    Ok(x.sqrt())
}

#[test]
fn an_error_is_a_value() {
    assert_eq!(same!(root(4.0)).unwrap(), 2.0);
    assert_eq!(same!(root(-1.5)).unwrap_err().message(), "-1.5 has no root");
}

#[desc_jit]
fn roots(x: &Array1<f64>, limit: f64) -> Result<(f64, usize)> {
    let mut sum = 0.0;
    for (i, v) in x.iter().enumerate() {
        sum += root(*v)?;
        let half = if sum > limit { Err(Error::msg("too much")) } else { Ok(0.5 * sum) }?;
        if half > 0.3 * limit {
            return Ok((half, i));
        }
    }
    match x.len() {
        0 => Err(Error::msg("nothing {to} add")),
        1 => Ok((sum, 1)),
        n => {
            sum += root(sum - 1.0)?;
            Ok((sum, n))
        }
    }
}

#[test]
fn question_marks_pass_errors_on() {
    let of = |x: &[f64]| Array1::from_vec(x.to_vec());
    assert!(same!(roots(&of(&[1.0, 4.0, 9.0]), 100.0)).is_ok());
    assert!(same!(roots(&of(&[4.0]), 100.0)).is_ok());
    assert!(same!(roots(&of(&[1.0, 64.0, 9.0]), 10.0)).is_ok());
    assert_eq!(same!(roots(&of(&[1.0, -2.0, -3.0]), 100.0)).unwrap_err().message(), "-2 has no root");
    assert_eq!(same!(roots(&of(&[1.0, 400.0, -3.0]), 10.0)).unwrap_err().message(), "too much");
    assert_eq!(same!(roots(&of(&[0.01, 0.01]), 10.0)).unwrap_err().message(), "-0.8 has no root");
    assert_eq!(same!(roots(&of(&[]), 10.0)).unwrap_err().message(), "nothing {to} add");
}

#[desc_jit]
fn given_back(x: f64) -> Result<f64, Error> {
    if x > 10.0 { root(x - 20.0) } else { Ok(x) }
}

#[desc_jit]
fn scaled(x: &mut Array1<f64>, by: f64) -> Result<()> {
    if by == 0.0 {
        return Err(Error::msg("nothing would be left"));
    }
    for v in x.iter_mut() {
        *v *= root(by)?;
    }
    Ok(())
}

#[desc_jit]
fn surely(x: f64) -> f64 {
    2.0 * root(x).unwrap() + given_back(x).expect("a root")
}

#[test]
fn results_are_given_back_and_unwrapped() {
    for x in [4.0, 15.0, 36.0] {
        let _ = same!(given_back(x));
    }
    for engine in Engine::ALL {
        with_engine(engine, || {
            let mut x = Array1::from_vec(vec![1.0, -2.0]);
            scaled(&mut x, 9.0).unwrap();
            assert_eq!(x.to_vec(), [3.0, -6.0], "{engine}");
            assert!(scaled(&mut x, 0.0).is_err() && scaled(&mut x, -1.0).is_err(), "{engine}");
            assert_eq!(x.to_vec(), [3.0, -6.0], "an error leaves the arguments as they were: {engine}");
            assert_eq!(surely::try_call(4.0).unwrap(), surely::native(4.0), "{engine}");
            assert!(surely::try_call(-4.0).is_err(), "{engine}");
        });
    }
}

#[desc_jit]
fn forgotten(x: f64) -> Result<f64> {
    let _ = root(x);
    Ok(x)
}

#[test]
fn a_result_that_is_forgotten_is_an_error() {
    assert!(forgotten::native(-1.0).is_ok());
    let error = forgotten(-1.0).unwrap_err();
    assert!(error.to_string().contains("`root` gives a `Result`"), "{error}");
    assert_eq!(
        error.location().and_then(|at| at.text.clone()).as_deref().map(str::trim),
        Some("let _ = root(x);")
    );
}

#[test]
fn functions_that_give_a_result_have_derivatives_and_batches() {
    for engine in Engine::ALL {
        with_engine(engine, || {
            assert_eq!(grad(root::jit())(4.0), 0.25, "{engine}");
            assert!(grad(root::jit()).try_call(-4.0).is_err(), "{engine}");
            let x = Array1::from_vec(vec![1.0, 9.0]);
            assert_eq!(vmap(root::jit())(&x).to_vec(), [1.0, 3.0], "{engine}");
            let error = vmap(root::jit()).try_call(&Array1::from_vec(vec![1.0, -9.0])).unwrap_err();
            assert_eq!(error.message(), "-9 has no root", "{engine}");
        });
    }
}

#[derive(Tree, Clone, Debug)]
struct Tank {
    level: f64,
    rate: f64,
}

#[desc_jit]
impl Tank {
    fn pour(&mut self, dt: f64) -> Result<f64> {
        self.level += dt * self.rate;
        if self.level > 1.0 {
            return Err(Error::msg(format!("{:.2} overflows", self.level)));
        }
        Ok(self.level)
    }

    fn filled(mut self, steps: usize, dt: f64) -> Result<Tank> {
        for _ in 0..steps {
            self.pour(dt)?;
        }
        let level = Self::checked(&self)?;
        Ok(Tank { level, ..self })
    }

    fn checked(&self) -> Result<f64> {
        if self.level < 0.0 { Err(Error::msg("empty")) } else { Ok(2.0 * self.level) }
    }

    /// Arrays have one of that name.
    fn sum(&self) -> Result<f64> {
        Ok(self.level + self.rate)
    }

    fn summed(&self) -> Result<f64> {
        Ok(2.0 * self.sum()?)
    }

    fn twice(&self) -> f64 {
        let mut tank = self.clone();
        tank.pour(0.5).unwrap() + Tank::checked(&tank).unwrap()
    }
}

#[test]
fn methods_give_results() {
    let tank = |level, rate| Tank { level, rate };
    for engine in Engine::ALL {
        with_engine(engine, || {
            let mut filling = tank(0.0, 0.5);
            assert_eq!(filling.pour(1.0).unwrap(), 0.5, "{engine}");
            assert_eq!(filling.level, 0.5, "{engine}");
            assert_eq!(filling.pour(1.2).unwrap_err().message(), "1.10 overflows", "{engine}");
            assert_eq!(tank(0.0, 0.125).filled(4, 1.0).unwrap().level, 1.0, "{engine}");
            let native = Tank::filled_native(tank(0.0, 0.125), 9, 1.0).unwrap_err();
            let staged = tank(0.0, 0.125).filled(9, 1.0).unwrap_err();
            assert_eq!(native.message(), staged.message(), "{engine}");
            assert_eq!(tank(0.5, -2.0).filled(1, 1.0).unwrap_err().message(), "empty", "{engine}");
            assert_eq!(tank(0.25, 0.5).twice(), tank(0.25, 0.5).twice_native(), "{engine}");
            assert_eq!(tank(0.25, 0.5).summed().unwrap(), 1.5, "{engine}");
            assert!(Tank::twice_try_call(&tank(0.9, 0.5)).is_err(), "{engine}");
            assert_eq!(grad(Tank::checked_jit())(&tank(0.25, 0.5)).level, 2.0, "{engine}");
        });
    }
}
