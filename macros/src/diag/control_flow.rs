//! DJ04xx: control flow.

catalogue! {
    FOR_OVER = "DJ0406", "`progress` stands around a range",
        "write `for i in progress(\"name\", 0..x.len())` and index with `x[i]`";
    JUMP_INSIDE = "DJ0413", "`{0}` inside a larger expression is not part of the staged language",
        "bind it first: `let v = if condition { value } else { {0} };`";
    ENDLESS = "DJ0414", "this loop never ends",
        "leave it with `break` or `return`";
    MATCH_PATTERN = "DJ0415", "this pattern is not part of the staged language",
        "match numbers, bools, ranges, constants, and tuples, lists and structs of them";
    MATCH_BINDING = "DJ0416", "alternatives that bind a name stand inside of a pattern with a guard, which Rust evaluates for each of them",
        "write an arm for each alternative";
    PROGRESS_NAME = "DJ0417", "the name of a progress bar is a literal text",
        "write `progress(\"name\", 0..n)`";
}
