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
    IMPL_ARGUMENTS = "DJ1007", "`#[desc_jit]` takes no arguments on {0}",
        "put them on the method that they are for, inside of the block";
    IMPL_ITEM = "DJ1009", "{0} can't be part of {1} with `#[desc_jit]`",
        "put it into {1} of its own";
    RECEIVER_TYPE = "DJ1010", "this receiver can't be compiled",
        "write `self`, `&self` or `&mut self`";
    LIFETIME = "DJ1011", "a tree owns its fields, it has no lifetimes",
        "write the types of the fields without `&`";
    IMPL_PARAMETER = "DJ1012", "`{0}` is no parameter of the type that this block is for",
        "write a function with `#[desc_jit]` for each type, or for `{0}: Float`";
    TRAIT_PARAMETER = "DJ1013", "`{0}` can't be a parameter of a compiled trait",
        "write the type out, or take `#[desc_jit]` off the trait and write the method in each `impl` block";
    WITHOUT_BODY = "DJ1014", "there is no body here that could be compiled",
        "put `#[desc_jit]` on the method in the `impl` block; the one on the trait is enough here";
}
