//! What functions do besides computing values.

mod asserts;
