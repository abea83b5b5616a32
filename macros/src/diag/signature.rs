//! DJ01xx: the signature of the annotated function.

catalogue! {
    RECEIVER = "DJ0101", "a method can't be compiled by itself",
        "put `#[desc_jit]` on the whole `impl` block";
    ASYNC = "DJ0102", "an `async fn` can't be compiled",
        "remove `async`: a staged call runs to its end";
    CONST = "DJ0103", "a `const fn` can't be compiled",
        "remove `const`, or remove `#[desc_jit]`";
    UNSAFE = "DJ0104", "an `unsafe fn` can't be compiled",
        "remove `unsafe`: staged code has no unsafe operations";
    EXTERN = "DJ0105", "a function with a foreign ABI can't be compiled",
        "remove `extern`, and call this function from a wrapper that has it";
    VARIADIC = "DJ0106", "a variadic function can't be compiled",
        "give every parameter a name and a type";
    LIFETIME = "DJ0109", "named lifetimes are not needed here",
        "remove `{0}`: arguments are borrowed for the call, and the result owns its data";
    RESULT_BORROWS = "DJ0111", "the result of a compiled function owns its data, it can't be a reference",
        "return the type without `&`";
    PATTERN = "DJ0112", "this pattern can't be a parameter",
        "give the parameter a name, and take it apart with `let` in the body";
    PARAMETER_ATTRIBUTE = "DJ0113", "`#[{0}]` is not supported on a parameter",
        "static parameters are listed in the attribute of the function: `#[desc_jit(static(n))]`";
    SELF_TYPE = "DJ0114", "`Self` has no meaning in a compiled function",
        "write the type out, or put `#[desc_jit]` on the whole `impl` block";
    FUNCTION_GENERIC = "DJ0115", "`{0}` stands for a function, and a compiled function takes numbers, arrays and structs only",
        "call an annotated function by its name; to choose between several, pass a number and `match` on it";
    CONST_CHAR = "DJ0116", "staged code has no text, so `{0}` can't be a `char`",
        "use a number";
    METHOD_GENERIC = "DJ0117", "what a compiled trait has by default has no type or const parameters of its own",
        "write the types out, or leave the body to the `impl` blocks";
    TYPE_BOUND = "DJ0118", "nothing says that `{0}` is a floating-point type",
        "write `{0}: Float`, which `desc_jit::prelude` has, or write the type out";
}
