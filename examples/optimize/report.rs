//! What the search reached, as text and as JSON.

use desc_jit_examples::timing::show;
use serde::Serialize;

/// The figures of a run. Times are in seconds.
#[derive(Serialize)]
pub struct Report {
    /// Points of the plate in each direction.
    pub size: usize,
    /// Unknowns: the source at every point.
    pub unknowns: usize,
    /// Number of sensors.
    pub sensors: usize,
    /// Time steps of one simulation.
    pub steps: usize,
    /// Standard deviation of the errors of measurement, in parts of the root mean square.
    pub noise: f64,
    /// Weight of the smoothness of the source.
    pub smoothing: f64,
    /// Iterations of L-BFGS.
    pub iterations: usize,
    /// How often misfit and gradient were computed.
    pub evaluations: usize,
    /// Why the search ended.
    pub ended: String,
    /// The misfit of no source at all.
    pub first_misfit: f64,
    /// The misfit at the end.
    pub last_misfit: f64,
    /// The root mean square of recovered minus true source, over that of the true source.
    pub source_error: f64,
    /// The relative difference between the gradient and a central difference, both along the gradient. The misfit
    /// is quadratic in the source, so that the difference has no error but rounding.
    pub gradient_error: f64,
    /// One simulation: the median.
    pub simulation_s: f64,
    /// The misfit with its gradient: the median.
    pub gradient_s: f64,
    /// `gradient_s` over `simulation_s`.
    pub gradient_per_simulation: f64,
    /// The first gradient: staging, differentiating and compiling are part of it.
    pub first_gradient_s: f64,
    /// The search, without the first gradient.
    pub search_s: f64,
    /// The picture.
    pub picture: String,
}

impl Report {
    /// Prints the figures.
    pub fn print(&self) {
        println!(
            "plate        {0} x {0} points, {1} sensors, {2} time steps",
            self.size, self.sensors, self.steps
        );
        println!("unknowns     {}: the source at every point", self.unknowns);
        println!("noise        {} of the measurements, smoothing {:e}", self.noise, self.smoothing);
        println!();
        println!(
            "search       {} iterations, {} gradients, {}: {}",
            self.iterations,
            self.evaluations,
            show(self.search_s),
            self.ended
        );
        println!("misfit       from {:.3e} to {:.3e}", self.first_misfit, self.last_misfit);
        println!("relative error of the recovered source = {:.3e}", self.source_error);
        println!("gradient against a central difference: {:.1e}", self.gradient_error);
        println!();
        println!("time of one call:");
        println!("  simulation        {:>10}", show(self.simulation_s));
        println!(
            "  gradient          {:>10}   {:.2} simulations, for {} derivatives",
            show(self.gradient_s),
            self.gradient_per_simulation,
            self.unknowns
        );
        println!(
            "  first gradient    {:>10}   stages, differentiates and compiles it",
            show(self.first_gradient_s)
        );
        println!();
        println!("wrote {}", self.picture);
    }
}
