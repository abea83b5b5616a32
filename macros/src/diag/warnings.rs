//! DJ11xx: what works, and may not be meant. These are warnings; `#[desc_jit(allow(DJ1101))]` turns one off.

catalogue! {
    STATIC_NUMBER = "DJ1101", "`{0}` is static and of type `{1}`: every new value compiles the function again",
        "take it as an argument like any other, and leave `static` to sizes, orders and choices; or say that it is meant: `#[desc_jit(static({0}), allow(DJ1101))]`";
    LONG_UNROLLED = "DJ1102", "{0} iterations are written out, and each is compiled by itself",
        "leave `#[unroll]` away, which compiles one for all of them; or say that it is meant: `#[desc_jit(allow(DJ1102))]`";
}

/// The code is that of a warning.
pub fn is_known(code: &str) -> bool {
    [STATIC_NUMBER, LONG_UNROLLED].iter().any(|entry| entry.code == code)
}
