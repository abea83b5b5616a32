//! DJ04xx: control flow.

catalogue! {
    FOR_OVER = "DJ0406", "`progress` stands around a range",
        "write `for i in progress(\"name\", 0..x.len())` and index with `x[i]`";
    JUMP_INSIDE = "DJ0413", "`{0}` inside a larger expression is not part of the staged language",
        "bind it first: `let v = if condition { value } else { {0} };`";
    ENDLESS = "DJ0414", "this loop never ends",
        "leave it with `break` or `return`";
    MATCH_PATTERN = "DJ0415", "this pattern is not part of the staged language",
        "match numbers, bools, ranges, constants and tuples of them; bind lists and structs by their names";
    MATCH_BINDING = "DJ0416", "a name bound in one of several alternatives is not part of the staged language",
        "write an arm for each alternative";
    PROGRESS_NAME = "DJ0417", "the name of a progress bar is a literal text",
        "write `progress(\"name\", 0..n)`";
}
