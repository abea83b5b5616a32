//! The search for the source: L-BFGS over all points of the plate at once, with the gradient through all time steps.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use anyhow::{Context, Error, Result};
use argmin::core::observers::{Observe, ObserverMode};
use argmin::core::{CostFunction, Executor, Gradient, IterState, KV, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use desc_jit::prelude::*;
use indicatif::ProgressBar;

use crate::experiment::Experiment;

/// Pairs of steps and changes of the gradient that stand for the Hessian.
const MEMORY: usize = 20;

/// The search ends when the norm of the gradient falls to this part of what it was at the start.
const CONVERGED: f64 = 1e-8;

/// What a search found.
pub struct Found {
    /// The source of the last iteration.
    pub source: Array2<f64>,
    /// The misfit at the start and after each iteration.
    pub misfits: Vec<f64>,
    /// The error of the source, relative to the true one, at the same times.
    pub errors: Vec<f64>,
    /// How often misfit and gradient were computed.
    pub evaluations: usize,
    /// Why the search ended.
    pub ended: String,
}

/// Minimises a misfit from a source of zero. `evaluate` gives misfit and gradient of a source.
pub fn search(
    experiment: &Rc<Experiment>,
    iterations: u64,
    bar: &ProgressBar,
    evaluate: impl Fn(&Array2<f64>) -> desc_jit::Result<(f64, Array2<f64>)>,
) -> Result<Found> {
    let shape = experiment.truth.dim();
    let start = Array2::zeros(shape);
    let (misfit, gradient) = evaluate(&start).context("the gradient of `misfit` stopped")?;
    let steepness = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
    let history = Rc::new(RefCell::new(History { misfits: vec![misfit], errors: vec![1.0] }));
    let evaluations = Rc::new(Cell::new(1));

    let first = Evaluation { source: start.to_vec(), misfit, gradient: gradient.to_vec() };
    let problem =
        Problem { evaluate, shape, last: RefCell::new(Some(first)), evaluations: Rc::clone(&evaluations) };
    let watch = Watch { experiment: Rc::clone(experiment), history: Rc::clone(&history), bar: bar.clone() };
    // The second tolerance ends the search once misfits differ by no more than their rounding.
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), MEMORY)
        .with_tolerance_grad(CONVERGED * steepness)?
        .with_tolerance_cost(f64::EPSILON * 1e-8)?;
    let result = Executor::new(problem, solver)
        .configure(|state| state.param(start.to_vec()).max_iters(iterations))
        .add_observer(watch, ObserverMode::Always)
        .run()
        .context("L-BFGS stopped")?;

    let ended = result.state.get_termination_reason().map_or("unknown", |reason| reason.text()).to_string();
    let last = result.state.get_param().context("L-BFGS gave no source")?.clone();
    let History { misfits, errors } = history.take();
    Ok(Found {
        source: Array2::from_shape_vec(shape, last)?,
        misfits,
        errors,
        evaluations: evaluations.get(),
        ended,
    })
}

/// The misfit as argmin wants it: value and gradient are asked for one by one, and computed together.
struct Problem<F> {
    evaluate: F,
    shape: (usize, usize),
    last: RefCell<Option<Evaluation>>,
    evaluations: Rc<Cell<usize>>,
}

struct Evaluation {
    source: Vec<f64>,
    misfit: f64,
    gradient: Vec<f64>,
}

impl<F: Fn(&Array2<f64>) -> desc_jit::Result<(f64, Array2<f64>)>> Problem<F> {
    fn at<T>(&self, source: &[f64], part: impl Fn(&Evaluation) -> T) -> Result<T> {
        let mut last = self.last.borrow_mut();
        if let Some(evaluation) = last.as_ref().filter(|e| e.source == source) {
            return Ok(part(evaluation));
        }
        let (misfit, gradient) = (self.evaluate)(&Array2::from_shape_vec(self.shape, source.to_vec())?)?;
        self.evaluations.set(self.evaluations.get() + 1);
        let evaluation = Evaluation { source: source.to_vec(), misfit, gradient: gradient.to_vec() };
        Ok(part(last.insert(evaluation)))
    }
}

impl<F: Fn(&Array2<f64>) -> desc_jit::Result<(f64, Array2<f64>)>> CostFunction for Problem<F> {
    type Param = Vec<f64>;
    type Output = f64;
    fn cost(&self, source: &Vec<f64>) -> Result<f64, Error> {
        self.at(source, |e| e.misfit)
    }
}

impl<F: Fn(&Array2<f64>) -> desc_jit::Result<(f64, Array2<f64>)>> Gradient for Problem<F> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;
    fn gradient(&self, source: &Vec<f64>) -> Result<Vec<f64>, Error> {
        self.at(source, |e| e.gradient.clone())
    }
}

#[derive(Default)]
struct History {
    misfits: Vec<f64>,
    errors: Vec<f64>,
}

/// Writes down every iteration and moves the progress bar.
struct Watch {
    experiment: Rc<Experiment>,
    history: Rc<RefCell<History>>,
    bar: ProgressBar,
}

impl Observe<IterState<Vec<f64>, Vec<f64>, (), (), (), f64>> for Watch {
    fn observe_iter(
        &mut self,
        state: &IterState<Vec<f64>, Vec<f64>, (), (), (), f64>,
        _: &KV,
    ) -> Result<(), Error> {
        let mut history = self.history.borrow_mut();
        history.misfits.push(state.get_cost());
        if let Some(source) = state.get_param() {
            let source = Array2::from_shape_vec(self.experiment.truth.dim(), source.clone())?;
            history.errors.push(self.experiment.error_of(&source));
        }
        self.bar.set_message(format!("misfit {:.2e}", state.get_cost()));
        self.bar.inc(1);
        Ok(())
    }
}
