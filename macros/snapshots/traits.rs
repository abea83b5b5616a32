pub trait Potential: Clone {
    const K: f64;

    fn energy(&self, x: f64) -> f64;

    /// By default.
    fn force(&self, x: f64) -> f64 {
        Self::K - self.energy(x)
    }
}
