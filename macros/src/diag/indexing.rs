//! DJ08xx: indexing and assignment.

catalogue! {
    NOT_A_TARGET = "DJ0801", "this can't be assigned",
        "assign to a variable `x`, a tuple field `t.0`, an element `x[i]` or a block `x.slice_mut(s![..]).assign(&v)`";
    RANGE_INDEX = "DJ0803", "a range in brackets is not supported where something is assigned",
        "write the whole index: `x[a + i] = v`";
}
