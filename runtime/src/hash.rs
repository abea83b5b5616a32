//! Tables whose keys are numbers of the compiler's own: registers, slots, values of a graph. Nobody outside chooses
//! them, so that the standard library's protection against chosen keys only costs time.

pub(crate) use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
