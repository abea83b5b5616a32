//! DJ06xx: methods.

catalogue! {
    UNKNOWN = "DJ0601", "`.{0}(..)` is not a method of staged code",
        "{1}";
    ITERATOR = "DJ0602", "`.{0}(..)` is no iterator that staged code knows",
        "iterate over a range, `x.iter()`, `x.rows()`, `x.outer_iter()` or `x.windows(k)`, or write `for i in 0..x.len()` and index with `x[i]`";
    IN_PLACE = "DJ0603", "`.{0}(..)` is not part of the staged language yet",
        "{1}";
    GROWS = "DJ0604", "`.{0}(..)` changes the length of an array, which is fixed in staged code",
        "make the array with its final length, and assign its elements: `x[i] = v`";
    TURBOFISH = "DJ0605", "type arguments of a method are not part of the staged language",
        "remove `::<..>`; a method of your own takes them where its type is named, `Type::method::<..>(x)`";
    NOT_ASSIGNABLE = "DJ0606", "`.{0}(..)` writes into a variable, a field, or a view of one, and this is none of them",
        "bind the array with `let mut` first";
    SLICE_MACRO = "DJ0609", "`.{0}(..)` takes `s![..]`",
        "write `x.{0}(s![a..b, ..])`";
    SLICE_SYNTAX = "DJ0610", "this is not a slice",
        "each axis is an index `i`, a range `a..b`, or a range with a step `a..b;k`";
    AXIS = "DJ0611", "`.{0}(..)` takes an axis that is written out here",
        "write `x.{0}(Axis(0), ..)`";
    ITERATOR_VALUE = "DJ0614", "an iterator is no value that staged code can keep or pass on",
        "use it up where it is made: `for v in x.iter()`, `x.iter().map(|v| ..).sum()`";
    OPTIONAL = "DJ0612", "`.{0}(..)` has to do with `Option` or `Result`, which are no values of staged code",
        "{1}";
}
