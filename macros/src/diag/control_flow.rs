//! DJ04xx: control flow.

catalogue! {
    BREAK = "DJ0401", "`break` is not part of the staged language yet",
        "put the condition into the loop: `while i < n && !done { .. }`";
    CONTINUE = "DJ0402", "`continue` is not part of the staged language yet",
        "put the rest of the loop body into an `if`";
    LOOP = "DJ0403", "`loop` is not part of the staged language yet",
        "write `while condition { .. }`";
    MATCH = "DJ0404", "`match` is not part of the staged language yet",
        "write `if .. { .. } else if .. { .. } else { .. }`";
    EARLY_RETURN = "DJ0405", "`return` before the end of the function is not part of the staged language yet",
        "give the value at the end: `if condition { a } else { b }`";
    FOR_OVER = "DJ0406", "a `for` loop runs over a range",
        "write `for i in 0..x.len()` and index with `x[i]`";
    FOR_PATTERN = "DJ0407", "the variable of a `for` loop is a plain name",
        "write `for i in ..`, and bind what depends on it with `let`";
    OPEN_RANGE = "DJ0408", "a `for` loop needs both ends of its range",
        "write `for i in a..b`, or `while`";
    RANGE_METHOD = "DJ0409", "`.{0}(..)` of a range is not part of the staged language yet",
        "`.rev()` and `.step_by(k)` are; put the rest into the loop body";
    CONDITION_ASSIGNS = "DJ0410", "the condition of `while` assigns `{0}`",
        "assign before the loop and at the end of its body";
    BLOCK_LABEL = "DJ0411", "labelled blocks are not part of the staged language",
        "use `if` and `else`";
    CLOSURE_RETURN = "DJ0412", "`return` inside a closure is not part of the staged language",
        "end the closure with the value";
    PROGRESS_NAME = "DJ0413", "the name of a progress bar is a literal text",
        "write `progress(\"name\", 0..n)`";
}
