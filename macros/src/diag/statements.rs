//! DJ02xx: statements, items and patterns.

catalogue! {
    CLOSURE_VARIABLE = "DJ0202", "a closure is no value that staged code can keep, take apart or pass on",
        "bind it by `let f = |x| ..;` and call it: `f(x)`, or pass it to something that takes a function";
    MUTABLE_REFERENCE = "DJ0203", "this mutable reference can't be kept in a variable",
        "write `let mut x = ..;`, and use `x` itself: assign to it, or pass `&mut x` in a call";
    MUTABLE_VIEW = "DJ0204", "a mutable view has to be used where it is made",
        "write `x.{0}(..).assign(&v)`, `x.{0}(..).fill(v)`, or for an update in place `let v = &x.{1}(..) + &y; x.{0}(..).assign(&v)`";
    NESTED_FUNCTION = "DJ0205", "a function inside a compiled function has no `#[desc_jit]`",
        "give `{0}` the attribute as well, or move it out";
    NESTED_ITEM = "DJ0206", "{0} can't be declared inside a compiled function",
        "move it out of the function; constants, statics, `use` and annotated functions may stay";
    STATIC_MUT = "DJ0207", "a mutable static can't be used in a compiled function",
        "pass the value as an argument, and return the new one";
    STATEMENT_ATTRIBUTE = "DJ0208", "`#[{0}]` is not supported inside a compiled function",
        "lint attributes such as `#[allow(..)]` are, and `#[parallel]`, `#[checkpoint]` and `#[unroll]` in front of a `for`; for `#[cfg(..)]` write two functions";
    PATTERN_REF = "DJ0209", "`ref mut` is not part of the staged language",
        "take the value apart without it, and assign to the part by its place: `x[0] = v`, `p.0 = v`";
    PATTERN_REST = "DJ0211", "this `..` stands where it is not known how many parts it leaves out",
        "write `_` for each part that is not needed";
    PATTERN_REFUTABLE = "DJ0213", "a pattern that may not match can't stand here",
        "say what happens where it does not, with `let .. else`, `if let` or `match`; or bind the value to a name, and compare it with `if`";
    PATTERN_MACRO = "DJ0214", "macros in patterns are not supported in a compiled function",
        "write the pattern out";
    DISCARDED_UPDATE = "DJ0215", "the updated array is dropped: `{0}` returns a new array and leaves the old one as it was",
        "write `x = {1}`, or assign in place: `x[i] = v`";
    PARALLEL_MISPLACED = "DJ0216", "`#[parallel]` stands in front of a `for` loop, and this is {0}",
        "put it right in front of the `for` whose iterations do not depend on each other, or remove it: such loops are found without it";
    PARALLEL_ARGUMENTS = "DJ0217", "`#[parallel]` takes no arguments",
        "write `#[parallel]`; `with_threads(n, || ..)` around the call limits the number of threads";
    CHECKPOINT_MISPLACED = "DJ0218", "`#[checkpoint]` stands in front of a `for` loop, and this is {0}",
        "put it right in front of the counted `for` whose iterations reverse mode is to run again instead of saving them; for a whole function write `#[desc_jit(checkpoint)]`";
    CHECKPOINT_ARGUMENTS = "DJ0219", "`#[checkpoint]` takes no arguments",
        "write `#[checkpoint]`: the loop is run again by segments of about the square root of its iterations";
    UNROLL_MISPLACED = "DJ0220", "`#[unroll]` is for `for` loops, and this is {0}",
        "put it in front of a `for` loop whose range is known when the function is staged";
    UNROLL_ARGUMENTS = "DJ0221", "`#[unroll]` takes no arguments",
        "write `#[unroll]`";
    HIDDEN = "DJ0222", "`{0}` refers to `{1}`, which another `{1}` hides here",
        "give one of the two another name";
    MOVED_REFERENCE = "DJ0223", "`{0}` is a mutable reference, which can't be kept here: what is written through it would be lost",
        "name it anew by `let other = {0};`, pass it on in a call, `f({0})`, or take its value: `*{0}`, `{0}.clone()`";
    REBOUND_REFERENCE = "DJ0224", "`{0}` is a mutable reference, and can't be made to refer to something else",
        "write to what it refers to, `*{0} = v` or `{0}.assign(&v)`, or give the other place a name of its own";
    REFERENCE_PARAMETER = "DJ0225", "a closure can't change what its argument refers to",
        "make it an annotated function, which may stand in this one: `#[desc_jit] fn f(x: &mut f64) { .. }`";
    COPIED_REFERENCE = "DJ0226", "`{0}` is a copy here: what is written to it would be lost",
        "take a tuple apart where it is bound, `let (a, b) = x;`, `for (a, b) in ..`, or write to the place by its own name: `x[i] = v`, `x.0 = v`";
}
