//! Random graphs, written as text from a list of choices, and their inputs: for the tests of engines against each
//! other (`graph/`), and for the search for differences that goes on as long as one wants (`fuzz.rs`).

pub mod chains;
pub mod edges;
pub mod long_loops;
pub mod nests;
pub mod points;
pub mod random;
pub mod scatters;
pub mod sweeps;

/// The bits of all results (those of NaN are one), or the error.
pub type Outcome = desc_jit::Result<Vec<Vec<u64>>>;
