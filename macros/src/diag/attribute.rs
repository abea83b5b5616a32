//! DJ00xx: the attribute itself.

catalogue! {
    UNKNOWN_ARGUMENT = "DJ0001", "`{0}` is not an argument of `#[desc_jit]`",
        "the only one is `static(a, b)`, which lists the scalar parameters that are constants of the compilation{1}";
    NOT_A_FUNCTION = "DJ0002", "`#[desc_jit]` goes on a function, not on {0}",
        "put it on each `fn` that is to be compiled";
    UNKNOWN_PARAMETER = "DJ0003", "`{0}` is not a parameter of `{1}`",
        "{2}";
    DUPLICATE_STATIC = "DJ0004", "`{0}` is listed as static twice",
        "keep one of them";
    STATIC_ARRAY = "DJ0005", "the array `{0}` can't be static",
        "only scalars are; the shape of an array is known to the compilation anyway";
    MALFORMED = "DJ0006", "`static` is followed by a list of parameter names",
        "write `#[desc_jit(static(n, m))]`";
    NOT_PARSED = "DJ0007", "the function could not be read: {0}",
        "see whether it compiles without `#[desc_jit]`";
}
