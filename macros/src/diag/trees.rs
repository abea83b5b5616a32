//! DJ10xx: `#[derive(Tree)]`, and `#[desc_jit]` on `impl` blocks.

catalogue! {
    NOT_A_STRUCT = "DJ1001", "`#[derive(Tree)]` goes on a struct, not on {0}",
        "a value of staged code has the same fields on every path: write a struct, with a number or a `bool` for what differs";
    ATTRIBUTE = "DJ1003", "`{0}` is not known to `#[derive(Tree)]`",
        "write `#[tree(static)]` on a field whose value is part of what is compiled, such as a length or a flag";
    STRUCT_ATTRIBUTE = "DJ1004", "`#[tree(..)]` goes on a field",
        "write `#[tree(static)]` on a field whose value is part of what is compiled";
    REFERENCE = "DJ1005", "a tree owns its fields, they can't be references",
        "write the type without `&`";
    IMPL_ARGUMENTS = "DJ1007", "`#[desc_jit]` takes no arguments on an `impl` block",
        "put them on the method that they are for, inside of the block";
    IMPL_ITEM = "DJ1009", "{0} can't be part of an `impl` block with `#[desc_jit]`",
        "put it into an `impl` block of its own";
    RECEIVER_TYPE = "DJ1010", "this receiver can't be compiled",
        "write `self`, `&self` or `&mut self`";
    LIFETIME = "DJ1011", "a tree owns its fields, it has no lifetimes",
        "write the types of the fields without `&`";
    IMPL_PARAMETER = "DJ1012", "`{0}` is no parameter of the type that this block is for",
        "write a function with `#[desc_jit]` for each type, or for `{0}: Float`";
}
