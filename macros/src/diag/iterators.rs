//! DJ09xx: iterators.

catalogue! {
    ADAPTER = "DJ0901", "`.{0}(..)` of an iterator is not part of the staged language",
        "`map`, `filter`, `enumerate`, `zip`, `rev`, `skip`, `take`, `step_by` and `take_while` are; or write a loop over the indices";
    CONSUMER = "DJ0902", "`.{0}(..)` of an iterator is not part of the staged language",
        "`sum`, `product`, `fold`, `reduce`, `count`, `any`, `all`, `for_each`, `collect`, `min_by`, `max_by`, `position`, `find`, `next`, `nth` and `last` are; or write a loop";
    AFTER_FILTER = "DJ0903", "`.{0}(..)` behind `filter` or `take_while`, whose items have no known position",
        "put it before the filter, or count in a loop";
    RANGE_ORDER = "DJ0904", "a range that runs backwards or in steps has no known position here",
        "put `.rev()` and `.step_by(..)` behind what needs the position";
    OPTIONAL_ITEM = "DJ0905", "`.{0}(..)` of an iterator gives an `Option`, which is not part of the staged language",
        "write `.{0}(..).unwrap()`, which is an error at run time where there is no item, or `.unwrap_or(value)`";
    COMPARISON = "DJ0906", "this is no comparison that staged code knows",
        "write `|a, b| a.total_cmp(b)`, with a part or a function of each on both sides";
    COLLECT_FILTERED = "DJ0907", "the length of what is collected behind `filter` or `take_while` is known at run time only",
        "sum or count the items, or write them into an array of the largest length in a loop";
}
