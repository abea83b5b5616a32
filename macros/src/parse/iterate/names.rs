//! Which methods and functions make an iterator, change it and use it up.

use crate::names::nearest;
use crate::parse::bare;
use syn::{Expr as Rust, ExprCall};

/// Methods that make an iterator of an array.
const SOURCES: &[&str] = &[
    "iter",
    "iter_mut",
    "into_iter",
    "indexed_iter",
    "indexed_iter_mut",
    "rows",
    "outer_iter",
    "columns",
    "axis_iter",
    "windows",
    "chunks",
    "chunks_exact",
];

/// Methods that make an iterator of another one.
const ADAPTERS: &[&str] = &[
    "map",
    "enumerate",
    "zip",
    "chain",
    "rev",
    "skip",
    "skip_while",
    "take",
    "take_while",
    "step_by",
    "filter",
    "filter_map",
    "map_while",
    "flat_map",
    "flatten",
    "scan",
    "copied",
    "cloned",
    "by_ref",
    "into_iter",
    "inspect",
];

/// Methods that use an iterator up.
pub(in crate::parse) const CONSUMERS: &[&str] = &[
    "sum",
    "product",
    "fold",
    "any",
    "all",
    "count",
    "min_by",
    "min_by_key",
    "max_by_key",
    "max_by",
    "min",
    "max",
    "position",
    "collect",
    "for_each",
    "last",
    "next",
    "nth",
    "find",
    "find_map",
    "reduce",
    "partition",
    "unzip",
];

/// The method makes an iterator of an array.
pub(in crate::parse) fn is_source(name: &str) -> bool {
    SOURCES.contains(&name)
}

/// The method makes an iterator of another one.
pub(in crate::parse) fn is_adapter(name: &str) -> bool {
    ADAPTERS.contains(&name)
}

/// What the name of an unknown method may have been meant for, as the end of a sentence.
pub(in crate::parse) fn near(name: &str) -> String {
    let known = [SOURCES, ADAPTERS, CONSUMERS].concat();
    nearest(name, known.into_iter().filter(|known| *known != name))
        .map(|near| format!("; did you mean `{near}`?"))
        .unwrap_or_default()
}

/// The expression is an iterator as far as one can see.
pub(in crate::parse) fn is_iterator(e: &Rust) -> bool {
    match bare(e) {
        Rust::Range(_) => true,
        Rust::Call(call) => constant(call).is_some(),
        Rust::MethodCall(m) => {
            let name = m.method.to_string();
            SOURCES.contains(&name.as_str())
                || (ADAPTERS.contains(&name.as_str()) && is_iterator(&m.receiver))
        }
        _ => false,
    }
}

/// `std::iter::once(v)` and `std::iter::repeat(v)`: whether it has an end, and the value.
pub(super) fn constant(call: &ExprCall) -> Option<(bool, &Rust)> {
    let Rust::Path(function) = bare(&call.func) else { return None };
    let mut names = function.path.segments.iter().rev().map(|s| s.ident.to_string());
    let (name, module) = (names.next()?, names.next()?);
    match (module.as_str(), name.as_str(), call.args.len()) {
        ("iter", "once", 1) => Some((true, &call.args[0])),
        ("iter", "repeat", 1) => Some((false, &call.args[0])),
        _ => None,
    }
}
