//! DJ03xx: expressions.

catalogue! {
    ASYNC = "DJ0301", "async code is not part of the staged language",
        "a staged call runs to its end: remove `async` and `.await`";
    CLOSURE = "DJ0302", "a closure is no value of staged code",
        "give it a name, `let f = |x| ..;`, and call that; pass it to what takes one (`map`, `fold`, `mapv`, `from_shape_fn`, `cond`, `fori_loop`, `scan`, `root` and so on); or write its body in place";
    QUESTION_MARK = "DJ0306", "`?` is only known in functions that give a `desc_jit::Result`",
        "give the function that result, or use the value directly";
    TRY_BLOCK = "DJ0307", "`try` blocks are not part of the staged language",
        "use the value directly";
    UNSAFE = "DJ0308", "`unsafe` is not part of the staged language",
        "leave it away: indices are checked where they have to be, and nowhere else; what is global becomes a `&mut` argument";
    RAW_ADDRESS = "DJ0309", "raw pointers are not part of the staged language",
        "use the variable itself";
    YIELD = "DJ0310", "generators are not part of the staged language",
        "store the values in an array";
    RANGE = "DJ0311", "a range is no value of staged code",
        "write a `for` loop over it, an iterator (`(a..b).map(..)`) or a slice (`x.slice(s![a..b])`)";
    MUTABLE_REFERENCE = "DJ0312", "`&mut` can't stand here",
        "bind it, `let r = &mut x;`, pass it to a call, or use the variable itself";
    LET_CONDITION = "DJ0313", "`let` inside a larger condition is not part of the staged language yet",
        "write one `if` inside the other";
    MACRO = "DJ0314", "`{0}!` is not part of the staged language",
        "{1}";
    QUALIFIED_PATH = "DJ0315", "qualified paths are not part of the staged language",
        "write the path without `<.. as ..>`";
    OPTION = "DJ0316", "`{0}` is not part of the staged language",
        "use a plain value, with a `bool` beside it where it may be missing";
    SIDE_EFFECT = "DJ0318", "`{0}` is assigned in the message of `{1}`, which may not be evaluated",
        "assign it before";
    CAPTURED_ASSIGNMENT = "DJ0319", "the closure assigns `{0}`, which belongs to the code around it",
        "return the new value from the closure, write a loop, or call the closure by its name";
    NOT_PARSED = "DJ0320", "the arguments of `{0}!` could not be read",
        "{1}";
    EMPTY_ARRAY = "DJ0322", "the element type of an empty list is not known",
        "write `Array1::<f64>::zeros(0)`";
}
