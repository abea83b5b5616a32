//! DJ05xx: calls.

catalogue! {
    RECURSION = "DJ0501", "`{0}` calls itself",
        "a graph has no recursion: write a loop";
    NOT_A_PATH = "DJ0502", "only functions that are named by a path can be called",
        "call an annotated function by its name";
    CALL_VARIABLE = "DJ0503", "the variable `{0}` can't be called",
        "call an annotated function by its name";
    ASSOCIATED = "DJ0506", "`{0}::{1}` is not known to staged code",
        "{2}";
    NOT_A_PLACE = "DJ0507", "`&mut` is followed by a variable, a tuple field or an element",
        "bind the value with `let mut` first, and pass that";
    MEM = "DJ0508", "`{0}` takes two variables or elements as `&mut a, &mut b`",
        "write `std::mem::swap(&mut a, &mut b)`";
    MEM_OTHER = "DJ0509", "`mem::{0}` is not part of the staged language",
        "`mem::swap` and `mem::replace` are";
    FUNCTION_EXPECTED = "DJ0510", "`{0}` takes a function here",
        "write a closure, or the name of an annotated function";
    BRANCHES_EXPECTED = "DJ0511", "`switch` takes a list of functions here",
        "write `switch(index, [|x| .., |x| ..], operand)`";
    DROP = "DJ0512", "`drop` is not part of the staged language",
        "remove it: values are freed where they are needed no more";
    TRANSFORM_ARGUMENT = "DJ0513", "`{0}` takes an annotated function here",
        "write the name of a function with `#[desc_jit]`, or its handle `f::jit()`";
    HANDLE_VALUE = "DJ0514", "this is a function, not a value",
        "call it, as in `{0}(f)(x)`, or bind it with `let g = {0}(f);` and call that";
    HANDLE_METHOD = "DJ0515", "`{0}` is not part of the staged language for functions",
        "choose with `wrt`, `in_axes`, `out_axes` and `chunk_size`, and call what they give; instead of a `Derivative` write the transform itself, `grad(f)(x)`";
    OPTIONAL_EXPECTED = "DJ0516", "`{0}` takes a function or none here",
        "write `None`, or `Some(&|x| ..)`";
    OUTSIDE = "DJ0517", "`{0}` has to do with files, the network or the process: staged code only computes",
        "do it in the function that calls this one, and pass the data as arguments";
    THREADS = "DJ0518", "`{0}` has to do with threads, which are not part of the staged language",
        "write a plain loop: one whose iterations do not depend on each other runs on several threads by itself";
    RANDOM = "DJ0519", "`{0}` gives another value at every call, and staged code depends on its arguments alone",
        "make the random numbers, or read the clock, in the function that calls this one, and pass them as arguments";
    STANDARD = "DJ0520", "`{0}` of the standard library is not part of the staged language",
        "write the computation out, or do it in the function that calls this one";
    NUMBER_OPTION = "DJ0521", "`{0}` gives an `Option`, which is no value of staged code",
        "write `{0}(..).unwrap()`";
    LINEARIZED = "DJ0522", "what `linearize` gives is called where its result and its map get their names",
        "write `let (y, map) = linearize(f)(x);`, and call `map` with tangents";
}
