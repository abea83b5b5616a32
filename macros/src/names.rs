//! The names that staged code knows: methods, functions of types, and what to say about the others.
//!
//! How many arguments each takes, and of which type, is not checked here: rustc does so on the function as
//! written.

use crate::diag::{Entry, calls};

/// How a method is translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `Cx::method`
    Plain,
    /// `Cx::map_method`: the last argument is a function.
    Map,
    /// `.slice(s![..])`
    Slice,
    /// Writes into its receiver: `.assign(v)`, `.fill(v)`.
    Assign,
    /// Writes into its receiver: `.add_assign(v)`; the variant of `BinaryOp`.
    Update(&'static str),
    /// `.copy_from_slice(&v)`: the same of as many elements.
    Copy,
    /// `.swap(i, j)`
    Swap,
    /// A mutable view, which must be used where it is made: its immutable twin.
    View(&'static str),
    /// `.unwrap()` after something that returns an `Option` or a `Result`.
    Unwrap,
}

/// Every method.
pub const METHODS: &[(&str, Method)] = {
    use Method::{Assign, Copy, Map, Plain, Slice, Swap, Unwrap, Update, View};
    &[
        // Numbers, and arrays of them element by element.
        ("abs", Plain),
        ("signum", Plain),
        ("sqrt", Plain),
        ("cbrt", Plain),
        ("exp", Plain),
        ("exp2", Plain),
        ("exp_m1", Plain),
        ("ln", Plain),
        ("ln_1p", Plain),
        ("log", Plain),
        ("log2", Plain),
        ("log10", Plain),
        ("sin", Plain),
        ("cos", Plain),
        ("tan", Plain),
        ("sin_cos", Plain),
        ("asin", Plain),
        ("acos", Plain),
        ("atan", Plain),
        ("atan2", Plain),
        ("sinh", Plain),
        ("cosh", Plain),
        ("tanh", Plain),
        ("asinh", Plain),
        ("acosh", Plain),
        ("atanh", Plain),
        ("hypot", Plain),
        ("powi", Plain),
        ("powf", Plain),
        ("pow", Plain),
        ("recip", Plain),
        ("mul_add", Plain),
        ("min", Plain),
        ("max", Plain),
        ("clamp", Plain),
        ("floor", Plain),
        ("ceil", Plain),
        ("round", Plain),
        ("round_ties_even", Plain),
        ("trunc", Plain),
        ("fract", Plain),
        ("copysign", Plain),
        ("pow2", Plain),
        ("rem_euclid", Plain),
        ("div_euclid", Plain),
        ("to_degrees", Plain),
        ("to_radians", Plain),
        ("is_nan", Plain),
        ("is_finite", Plain),
        ("is_infinite", Plain),
        ("is_sign_negative", Plain),
        ("is_sign_positive", Plain),
        // Integers.
        ("abs_diff", Plain),
        ("is_positive", Plain),
        ("is_negative", Plain),
        ("wrapping_add", Plain),
        ("wrapping_sub", Plain),
        ("wrapping_mul", Plain),
        ("wrapping_neg", Plain),
        ("wrapping_abs", Plain),
        ("wrapping_shl", Plain),
        ("wrapping_shr", Plain),
        ("wrapping_pow", Plain),
        ("saturating_add", Plain),
        ("saturating_sub", Plain),
        ("saturating_mul", Plain),
        ("rotate_left", Plain),
        ("rotate_right", Plain),
        ("count_ones", Plain),
        ("count_zeros", Plain),
        ("leading_zeros", Plain),
        ("leading_ones", Plain),
        ("trailing_zeros", Plain),
        ("trailing_ones", Plain),
        ("swap_bytes", Plain),
        ("reverse_bits", Plain),
        ("unsigned_abs", Plain),
        ("isqrt", Plain),
        ("ilog2", Plain),
        ("is_power_of_two", Plain),
        ("div_ceil", Plain),
        // Shapes.
        ("len", Plain),
        ("len_of", Plain),
        ("dim", Plain),
        ("shape", Plain),
        ("ndim", Plain),
        ("nrows", Plain),
        ("ncols", Plain),
        ("is_empty", Plain),
        ("contains", Plain),
        // Copies, which are the value itself here.
        ("clone", Plain),
        ("to_owned", Plain),
        ("to_vec", Plain),
        ("as_slice", Plain),
        ("view", Plain),
        // Parts and rearrangements.
        ("t", Plain),
        ("reversed_axes", Plain),
        ("row", Plain),
        ("column", Plain),
        ("index_axis", Plain),
        ("insert_axis", Plain),
        ("into_shape_with_order", Plain),
        ("to_shape", Plain),
        ("reshape", Plain),
        ("flatten", Plain),
        ("broadcast", Plain),
        ("into_dyn", Plain),
        ("into_vec", Plain),
        ("diag", Plain),
        ("slice", Slice),
        // Reductions and products.
        ("sum", Plain),
        ("product", Plain),
        ("mean", Plain),
        ("sum_axis", Plain),
        ("mean_axis", Plain),
        ("product_axis", Plain),
        ("all", Plain),
        ("any", Plain),
        ("argmin", Plain),
        ("argmax", Plain),
        ("dot", Plain),
        // Functional updates.
        ("at", Plain),
        ("set", Plain),
        // Also the methods of the operator traits.
        ("add", Plain),
        ("sub", Plain),
        ("mul", Plain),
        ("div", Plain),
        ("rem", Plain),
        ("neg", Plain),
        ("not", Plain),
        // With a function.
        ("mapv", Map),
        ("map", Map),
        ("mapv_into", Map),
        // In place.
        ("assign", Assign),
        ("fill", Assign),
        ("copy_from_slice", Copy),
        ("clone_from_slice", Copy),
        ("add_assign", Update("Add")),
        ("sub_assign", Update("Sub")),
        ("mul_assign", Update("Mul")),
        ("div_assign", Update("Div")),
        ("swap", Swap),
        ("view_mut", View("view")),
        ("as_slice_mut", View("as_slice")),
        ("row_mut", View("row")),
        ("column_mut", View("column")),
        ("slice_mut", View("slice")),
        ("index_axis_mut", View("index_axis")),
        ("unwrap", Unwrap),
        ("expect", Unwrap),
    ]
};

/// How the method of that name is translated.
pub fn method(name: &str) -> Option<Method> {
    METHODS.iter().find(|(n, _)| *n == name).map(|(_, m)| *m)
}

/// Scalar types of staged code.
pub const SCALARS: &[&str] = &["f64", "f32", "i64", "i32", "u32", "u64", "usize", "bool"];

/// Array types, which have constructors.
pub const ARRAYS: &[&str] = &["Array", "Array0", "Array1", "Array2", "Array3", "ArrayD"];

/// Of a view of `ndarray` or of this crate (`ArrayView2`, `ArrayViewMutD`), whether what it shows can be written.
pub fn view(name: &str) -> Option<bool> {
    let rank = name.strip_prefix("ArrayView")?;
    let (rank, mutable) = rank.strip_prefix("Mut").map_or((rank, false), |rank| (rank, true));
    matches!(rank, "" | "0" | "1" | "2" | "3" | "4" | "5" | "6" | "D").then_some(mutable)
}

/// Constructors of arrays; true where the last argument is a function.
pub const CONSTRUCTORS: &[(&str, bool)] = &[
    ("zeros", false),
    ("ones", false),
    ("from_elem", false),
    ("from_vec", false),
    ("from_shape_vec", false),
    ("linspace", false),
    ("range", false),
    ("arange", false),
    ("eye", false),
    ("from_diag", false),
    ("from", false),
    ("from_shape_fn", true),
];

/// What returns an `Option` or a `Result` in Rust, so that `.unwrap()` may follow.
pub const FALLIBLE: &[&str] =
    &["as_slice", "from_shape_vec", "into_shape_with_order", "to_shape", "broadcast", "mean", "mean_axis"];

/// The scalar of staged code that is closest to one that is not part of it.
pub fn scalar_instead(name: &str) -> Option<&'static str> {
    Some(match name {
        "i8" | "i16" => "i32",
        "u8" | "u16" => "u32",
        "u128" => "u64",
        "i128" | "isize" => "i64",
        "f16" => "f32",
        "f128" => "f64",
        _ => return None,
    })
}

/// Methods that make or consume an iterator.
const ITERATORS: &[&str] = &[
    "axis_iter",
    "chain",
    "chunks",
    "collect",
    "count",
    "cycle",
    "enumerate",
    "filter",
    "filter_map",
    "find",
    "find_map",
    "flat_map",
    "flatten",
    "fold",
    "for_each",
    "indexed_iter",
    "indexed_iter_mut",
    "inspect",
    "into_iter",
    "iter",
    "lanes",
    "iter_mut",
    "last",
    "map_while",
    "next",
    "nth",
    "outer_iter",
    "outer_iter_mut",
    "partition",
    "position",
    "rev",
    "rows",
    "scan",
    "skip",
    "skip_while",
    "step_by",
    "take",
    "take_while",
    "windows",
    "zip",
];

/// Methods that change the length of a list.
const GROWING: &[&str] =
    &["append", "clear", "extend", "insert", "pop", "push", "remove", "resize", "retain", "truncate"];

const BLOCKS: &str = "write a loop over the blocks, `for k in 0..x.len() / n`, and assign `x[k * n + i]`";

/// Methods that write in place, and what to write instead.
const IN_PLACE: &[(&str, &str)] = &[
    (
        "mapv_inplace",
        "write `x = x.mapv(|v| ..)`, or `let v = x.row(i).mapv(|v| ..); x.row_mut(i).assign(&v)`",
    ),
    ("map_inplace", "write `x = x.mapv(|v| ..)`"),
    ("par_mapv_inplace", "write `x = x.mapv(|v| ..)`: staged code is parallel where it pays"),
    ("scaled_add", "write `x += &(a * &y)`"),
    ("zip_mut_with", "write a loop that assigns `x[i]`"),
    ("swap_with_slice", "write `std::mem::swap(&mut a, &mut b)`"),
    ("chunks_mut", BLOCKS),
    ("chunks_exact_mut", BLOCKS),
    ("rows_mut", "write `for i in 0..x.nrows()`, and change `x.row_mut(i)`"),
    ("columns_mut", "write `for j in 0..x.ncols()`, and change `x.column_mut(j)`"),
    ("axis_iter_mut", "write a loop over the indices, and change `x.index_axis_mut(Axis(k), i)`"),
    (
        "split_at_mut",
        "pass the parts on one after the other, `f(&mut x[..k])`, or write loops over the indices",
    ),
    ("first_mut", "write `x[0] = v`"),
    ("last_mut", "write `let last = x.len() - 1; x[last] = v;`"),
    ("clone_from", "write `x = y.clone()`"),
    ("sort", "write the sort as loops, with `x.swap(i, j)`"),
    ("sort_by", "write the sort as loops, with `x.swap(i, j)`"),
    ("sort_unstable", "write the sort as loops, with `x.swap(i, j)`"),
    ("reverse", "write a loop with `x.swap(i, n - 1 - i)`"),
    ("get_mut", "write `x[i] = v`"),
    ("uget_mut", "write `x[i] = v`"),
    ("as_mut", "use the variable itself"),
    ("invert_axis", "write `x.slice(s![..;-1])`"),
    ("swap_axes", "write `x.t()`"),
];

/// Methods that return an `Option` or `Result`, and what to write instead.
const OPTIONAL: &[(&str, &str)] = &[
    ("unwrap", "remove it"),
    ("expect", "remove it"),
    ("unwrap_or", "remove it"),
    ("get", "write `x[i]`: an index out of range is an error that names the line"),
    ("first", "write `x[0]`"),
    ("checked_add", "write `a + b`: an overflow is an error that names the line"),
    ("checked_sub", "write `if a >= b { a - b } else { .. }`"),
    ("checked_mul", "write `a * b`: an overflow is an error that names the line"),
    ("checked_rem", "write `if b != 0 { a % b } else { .. }`"),
    ("checked_neg", "write `-a`: an overflow is an error that names the line"),
    ("checked_pow", "write `a.pow(n)`: an overflow is an error that names the line"),
    ("checked_shl", "write `a << n`: a distance that is too large is an error that names the line"),
    ("checked_shr", "write `a >> n`: a distance that is too large is an error that names the line"),
    ("checked_ilog2", "write `if a > 0 { a.ilog2() } else { .. }`"),
    ("checked_div", "write `if b != 0 { a / b } else { .. }`"),
    ("partial_cmp", "compare with `<`, `==`, `>`"),
    ("then", "write `if condition { a } else { b }`"),
    ("then_some", "write `if condition { a } else { b }`"),
    ("ok", "use the value directly"),
];

const PARALLEL: &str = "write `iter()` or a plain loop: where its iterations do not depend on each other it runs on \
                        several threads by itself";

/// Other methods that have a form of their own in staged code.
const INSTEAD: &[(&str, &str)] = &[
    ("par_iter", PARALLEL),
    ("par_iter_mut", PARALLEL),
    ("into_par_iter", PARALLEL),
    ("par_chunks", PARALLEL),
    ("par_bridge", PARALLEL),
    ("into", "write the conversion out: `f64::from(x)` or `x as f64`"),
    ("try_into", "write `x as usize`"),
    ("overflowing_add", "write `let sum = a.wrapping_add(b);`, and compare it with `a`"),
    ("overflowing_sub", "write `a.wrapping_sub(b)`, and `a < b`"),
    ("overflowing_mul", "write `a.wrapping_mul(b)`, or multiply in a wider type"),
    ("carrying_add", "write `let sum = a.wrapping_add(b);`, and compare it with `a`"),
    ("to_le_bytes", "write `(x >> (8 * k)) & 0xff`"),
    ("to_be_bytes", "write `(x >> (8 * k)) & 0xff`"),
    ("to_ne_bytes", "write `(x >> (8 * k)) & 0xff`"),
    ("cmp", "compare with `<`, `==`, `>`"),
    ("total_cmp", "compare with `<`, `==`, `>`"),
    ("to_bits", "staged code has no bit patterns of floats"),
    ("to_string", "do the formatting in the function that calls this one"),
    ("cloned", "remove it"),
    ("copied", "remove it"),
    ("as_ref", "remove it"),
    ("borrow", "remove it"),
    ("to_array", "remove it"),
    ("into_raw_vec", "remove it"),
    ("uget", "write `x[i]`"),
    ("raw_dim", "write `x.dim()`"),
    ("map_axis", "write a loop over the other axis"),
    ("fold_axis", "write a loop over the axis"),
    ("permuted_axes", "write `x.t()`, or a loop"),
    ("cast", "write `as` in a closure: `x.mapv(|v| v as f64)`"),
];

/// What is known of a method that is not part of staged code.
pub enum Unknown {
    /// It belongs to iterators.
    Iterator,
    /// It changes a length.
    Grows,
    /// It writes in place; what to write instead.
    InPlace(&'static str),
    /// It returns an `Option` or a `Result`; what to write instead.
    Optional(&'static str),
    /// What to write instead.
    Instead(&'static str),
}

/// What to say about a method that is not in [`METHODS`]; `None` where it may be one of the user's.
pub fn unknown_method(name: &str) -> Option<Unknown> {
    let find = |table: &[(&str, &'static str)]| table.iter().find(|(n, _)| *n == name).map(|(_, help)| *help);
    Some(if ITERATORS.contains(&name) {
        Unknown::Iterator
    } else if GROWING.contains(&name) {
        Unknown::Grows
    } else if let Some(help) = find(IN_PLACE) {
        Unknown::InPlace(help)
    } else if let Some(help) = find(OPTIONAL) {
        Unknown::Optional(help)
    } else if let Some(help) = find(INSTEAD) {
        Unknown::Instead(help)
    } else {
        // Whether there is such a method rustc says of the function as written.
        return None;
    })
}

/// What a path of a function has to do with that staged code has not: files, threads, clocks, or the rest of the
/// standard library. Modules of the user's may have the same names, so those count behind `std` only.
pub fn outside(path: &[String]) -> Option<&'static Entry> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let rooted = matches!(path[..], ["std" | "core" | "alloc" | "tokio", _, ..]);
    let (module, name) = match path[..] {
        [.., module, name] => (module, name),
        _ => return None,
    };
    Some(match (module, name) {
        ("File" | "OpenOptions" | "BufReader" | "BufWriter" | "Command" | "TcpStream", _) => &calls::OUTSIDE,
        ("fs", "read" | "write" | "read_to_string" | "create_dir" | "create_dir_all") => &calls::OUTSIDE,
        ("io", "stdin" | "stdout" | "stderr") | ("process", "exit" | "abort") => &calls::OUTSIDE,
        ("fs" | "io" | "net" | "process" | "env", _) if rooted => &calls::OUTSIDE,
        ("Mutex" | "RwLock" | "Condvar" | "Barrier" | "AtomicUsize" | "AtomicU64", _) => &calls::THREADS,
        ("thread", "spawn" | "scope" | "sleep") | ("rayon", _) => &calls::THREADS,
        ("thread" | "sync" | "mpsc", _) if rooted => &calls::THREADS,
        ("Instant" | "SystemTime", _) | ("rand" | "fastrand", _) => &calls::RANDOM,
        // Those that exist are annotated functions beside the crate's own, or were found before.
        _ if rooted => &calls::STANDARD,
        _ => return None,
    })
}

/// What to write instead of a macro.
pub fn macro_instead(name: &str) -> &'static str {
    match name {
        "write" | "writeln" => "print it with `print!` or `println!`",
        "format" => "do the formatting in the function that calls this one",
        "s" => "write it as the argument of `slice` or `slice_mut`",
        "azip" | "par_azip" => "write arithmetic on whole arrays, or loops",
        "stack" | "concatenate" => {
            "make the array with its final shape, and assign its parts with `slice_mut`"
        }
        _ => "write its expansion out, or make it an annotated function",
    }
}

/// The candidate that `name` was probably meant to be.
pub fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .map(|c| (strsim::damerau_levenshtein(name, c), c))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, c)| *distance <= 1 + name.len().min(c.len()) / 4)
        .map(|(_, c)| c)
}

/// Functions of this library that take a handle of an annotated function and give another.
pub const TRANSFORMS: &[&str] = &[
    "grad",
    "value_and_grad",
    "grad_with_aux",
    "value_and_grad_with_aux",
    "jvp",
    "vjp",
    "jacfwd",
    "jacrev",
    "hessian",
    "hvp",
    "linearize",
    "vmap",
    "checkpoint",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_method_is_listed_twice() {
        let mut seen = std::collections::BTreeSet::new();
        for (name, _) in METHODS {
            assert!(seen.insert(name), "{name}");
        }
    }

    #[test]
    fn typos_find_their_method() {
        assert_eq!(nearest("sqr", METHODS.iter().map(|m| m.0)), Some("sqrt"));
        assert_eq!(nearest("lenght", METHODS.iter().map(|m| m.0)), None);
        assert_eq!(nearest("sum_axs", METHODS.iter().map(|m| m.0)), Some("sum_axis"));
        assert_eq!(nearest("gamma_function", METHODS.iter().map(|m| m.0)), None);
    }
}
