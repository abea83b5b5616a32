//! DJ00xx: the attribute itself.

catalogue! {
    UNKNOWN_ARGUMENT = "DJ0001", "`{0}` is not an argument of `#[desc_jit]`",
        "there are `static(a, b)`, which lists the scalar parameters that are constants of the compilation, for derivatives `checkpoint`, `jvp = f`, `vjp = f`, and `allow(DJ1101)` against a warning{1}";
    NOT_A_FUNCTION = "DJ0002", "`#[desc_jit]` goes on a function, an `impl` block or a trait, not on {0}",
        "put it on each `fn` that is to be compiled; `#[derive(Tree)]` makes a struct part of the language";
    UNKNOWN_PARAMETER = "DJ0003", "`{0}` is not a parameter of `{1}`",
        "{2}";
    DUPLICATE_STATIC = "DJ0004", "`{0}` is listed as static twice",
        "keep one of them";
    STATIC_ARRAY = "DJ0005", "`{0}` can't be static",
        "only scalars that are passed by value are; the shape of an array is known to the compilation anyway";
    MALFORMED = "DJ0006", "`{0}` is followed by a list of names",
        "write `#[desc_jit(static(n, m))]` with parameters, `#[desc_jit(allow(DJ1101))]` with the code of a warning";
    MALFORMED_RULE = "DJ0008", "`{0}` is not written like that",
        "write `checkpoint` by itself, or `jvp = f_jvp`, `vjp = f_vjp` with the name of an annotated function";
    TWO_RULES = "DJ0009", "a function has one rule for its derivative",
        "keep one of `checkpoint`, `jvp = ..` and `vjp = ..`: a rule for `jvp` serves both modes";
    RULE_OF_UPDATE = "DJ0010", "a function that updates `{0}` in place can't have a rule for its derivative",
        "take the array by value or by `&`, and return the new one";
    NO_WARNING = "DJ0011", "`{0}` is not the code of a warning",
        "write `allow(DJ1101)` with the code that the warning shows; errors can't be allowed";
    NOT_PARSED = "DJ0007", "this could not be read: {0}",
        "see whether it compiles without the attribute";
}
