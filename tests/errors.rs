//! What `docs/errors.md` tells people to write compiles, and means what it says.

/// A module for each diagnostic, by its code.
#[allow(dead_code, unused, clippy::all)]
mod right {
    include!(concat!(env!("OUT_DIR"), "/right_programs.rs"));
}

#[test]
fn right_programs_of_the_page_compute() {
    use desc_jit::prelude::*;
    assert_eq!(right::dj0501::factorial(5), 120);
    assert_eq!(right::dj0413::positive(&Array1::from_vec(vec![1.0, -1.0, 2.0])), 5.0);
    assert_eq!(right::dj0513::force(1.5), -3.0);
    assert_eq!(right::dj0604::series(6.0, 4), 6.0);
    assert_eq!(right::dj0905::front(&Array1::from_vec(vec![0.0, 3.0, 2.0])), 1);
}
