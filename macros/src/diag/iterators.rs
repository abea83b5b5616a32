//! DJ09xx: iterators.

catalogue! {
    ADAPTER = "DJ0901", "`.{0}(..)` of an iterator is not part of the staged language",
        "`map`, `filter`, `filter_map`, `flat_map`, `enumerate`, `zip`, `chain`, `rev`, `skip`, `take`, `step_by`, `skip_while`, `take_while`, `map_while`, `flatten`, `copied`, `inspect` and `scan` are; or write a loop over the indices{1}";
    CONSUMER = "DJ0902", "`.{0}(..)` of an iterator is not part of the staged language",
        "`sum`, `product`, `fold`, `reduce`, `count`, `any`, `all`, `for_each`, `collect`, `unzip`, `min`, `max`, `min_by`, `max_by`, `min_by_key`, `max_by_key`, `position`, `find`, `find_map`, `next`, `nth` and `last` are; or write a loop{1}";
    AFTER_FILTER = "DJ0903", "`.{0}(..)` asks for the positions of items, which those of `filter`, `scan` or `flat_map` don't have here",
        "put it before those, or write a loop";
    OPTIONAL_ITEM = "DJ0905", "`.{0}(..)` of an iterator gives an `Option`, which is not part of the staged language",
        "write `.{0}(..).unwrap()`, which is an error at run time where there is no item, or `.unwrap_or(value)`";
    COMPARISON = "DJ0906", "this is no comparison that staged code knows",
        "write `|a, b| a.total_cmp(b)`, with a part or a function of each on both sides";
    COLLECT_FILTERED = "DJ0907", "the length of what is collected behind `filter`, `take_while` and the like is known at run time only",
        "sum or count the items, or write them into an array of the largest length in a loop";
    CHAINED_PLACES = "DJ0908", "the items of a chain can't be assigned here",
        "write a loop for each of its parts";
    OPTION_BODY = "DJ0909", "this is no closure whose `Some(..)` and `None` can be told apart here",
        "write a closure that ends in `Some(v)`, `None`, `c.then(|| v)`, or an `if` or `match` of those";
    FLAT_ITEMS = "DJ0910", "what `flat_map` or `flatten` goes through is written in a way that is not known here",
        "write a closure that ends in a range, an array or a chain of methods of one, without `return` and items in its block";
    COLLECT_ZIPPED = "DJ0911", "what is collected here is zipped behind a closure that assigns or prints, which Rust may call once more than there are pairs",
        "write the closure behind `zip`, or write the items into an array in a loop";
    FOUND_REFERENCE = "DJ0912", "`.{0}(..)` of items that can be changed gives a copy of them here: what is written to it would be lost",
        "write a loop over the indices that changes `x[i]`, and `break` behind it; where only its value is needed write `iter()`";
}
