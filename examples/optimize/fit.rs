//! The search for the source: L-BFGS on the misfit and its gradient.

use std::cell::RefCell;
use std::time::Instant;

use anyhow::{Result, anyhow};
use argmin::core::observers::{Observe, ObserverMode};
use argmin::core::{CostFunction, Error, Executor, Gradient, IterState, KV, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use desc_jit::Jit;
use desc_jit::prelude::*;
use indicatif::ProgressBar;

use crate::model;

/// Everything that the misfit takes besides the source.
pub struct Measurements {
    /// Row and column of each sensor.
    pub sensors: Array2<usize>,
    /// What they read: shape (readings, sensors).
    pub read: Array2<f64>,
    /// Diffusivity times time step over grid spacing squared.
    pub alpha: f64,
    /// How much neighbouring sources are held together.
    pub smoothness: f64,
    /// Time steps in all, and between two readings.
    pub steps: usize,
    /// Time steps between two readings.
    pub every: usize,
    /// Inner points of the plate along each side.
    pub inner: usize,
}

type MisfitHandle = Jit<
    (
        desc_jit::handle::Ref<Array2<f64>>,
        desc_jit::handle::Ref<Array2<usize>>,
        desc_jit::handle::Ref<Array2<f64>>,
        f64,
        f64,
        usize,
        usize,
    ),
    (f64, Array2<f64>),
>;

/// A point of the search, the misfit there and its gradient.
type Evaluated = (Vec<f64>, f64, Vec<f64>);

struct Problem<'m> {
    measured: &'m Measurements,
    misfit: MisfitHandle,
    /// The last point: the search asks for its value and for its gradient one after the other.
    last: RefCell<Option<Evaluated>>,
    seconds: &'m RefCell<Vec<f64>>,
}

impl Problem<'_> {
    fn at<R>(&self, source: &[f64], pick: impl FnOnce(&Evaluated) -> R) -> Result<R, Error> {
        let mut last = self.last.borrow_mut();
        if let Some(known) = last.as_ref().filter(|known| known.0 == source) {
            return Ok(pick(known));
        }
        let m = self.measured;
        let field = Array2::from_shape_vec((m.inner, m.inner), source.to_vec())?;
        let start = Instant::now();
        let (misfit, gradient) = self
            .misfit
            .try_call(&field, &m.sensors, &m.read, m.alpha, m.smoothness, m.steps, m.every)
            .map_err(|e| anyhow!("{e}"))?;
        self.seconds.borrow_mut().push(start.elapsed().as_secs_f64());
        let known = last.insert((source.to_vec(), misfit, gradient.iter().copied().collect()));
        Ok(pick(known))
    }
}

impl CostFunction for Problem<'_> {
    type Param = Vec<f64>;
    type Output = f64;
    fn cost(&self, source: &Vec<f64>) -> Result<f64, Error> {
        self.at(source, |known| known.1)
    }
}

impl Gradient for Problem<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;
    fn gradient(&self, source: &Vec<f64>) -> Result<Vec<f64>, Error> {
        self.at(source, |known| known.2.clone())
    }
}

/// Moves the bar, and keeps the misfit of each iteration.
#[derive(Clone)]
struct Watch {
    bar: ProgressBar,
    history: std::sync::Arc<std::sync::Mutex<Vec<f64>>>,
}

impl Observe<IterState<Vec<f64>, Vec<f64>, (), (), (), f64>> for Watch {
    fn observe_iter(
        &mut self,
        state: &IterState<Vec<f64>, Vec<f64>, (), (), (), f64>,
        _: &KV,
    ) -> Result<(), Error> {
        self.bar.inc(1);
        if let Ok(mut history) = self.history.lock() {
            history.push(state.get_cost());
        }
        Ok(())
    }
}

/// What the search found.
pub struct Fit {
    /// The source, on the inner points.
    pub source: Array2<f64>,
    /// The misfit after each iteration.
    pub history: Vec<f64>,
    /// Seconds of each gradient, in order; the first one differentiates and compiles.
    pub gradients_s: Vec<f64>,
}

/// Searches for the source from nothing, `iterations` times at most.
pub fn source(measured: &Measurements, iterations: u64, bar: &ProgressBar) -> Result<Fit> {
    let seconds = RefCell::new(Vec::new());
    let history = std::sync::Arc::default();
    let watch = Watch { bar: bar.clone(), history: std::sync::Arc::clone(&history) };
    let problem = Problem {
        measured,
        misfit: value_and_grad(model::misfit::jit()),
        last: RefCell::new(None),
        seconds: &seconds,
    };
    let search = LBFGS::new(MoreThuenteLineSearch::new(), 10)
        .with_tolerance_grad(1e-14)?
        .with_tolerance_cost(1e-16)?;
    let start = vec![0.0; measured.inner * measured.inner];
    let result = Executor::new(problem, search)
        .configure(|state| state.param(start).max_iters(iterations))
        .add_observer(watch, ObserverMode::Always)
        .run()?;
    let best = result.state().get_best_param().cloned().unwrap_or_default();
    let source = Array2::from_shape_vec((measured.inner, measured.inner), best)?;
    drop(result);
    let history = history.lock().map(|h: std::sync::MutexGuard<'_, Vec<f64>>| h.clone()).unwrap_or_default();
    Ok(Fit { source, history, gradients_s: seconds.into_inner() })
}
