//! What functions do besides computing values.

mod asserts;
mod nans;
mod prints;
mod progress;
