//! DJ08xx: indexing and assignment.

catalogue! {
    NOT_A_TARGET = "DJ0801", "this can't be assigned",
        "assign to a variable `x`, a tuple field `t.0`, an element `x[i]` or a block `x.slice_mut(s![..]).assign(&v)`";
    NOT_LOCAL = "DJ0802", "`{0}` is not a variable of this function, so it can't be assigned",
        "pass it as a `&mut` parameter, or return the new value";
    RANGE_INDEX = "DJ0803", "a range in brackets is not supported",
        "write `x.slice(s![a..b])`";
    COMPOUND_TUPLE = "DJ0804", "a compound assignment has one target",
        "write one assignment per variable";
}
