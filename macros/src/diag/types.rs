//! DJ07xx: types and literals.

catalogue! {
    UNSUPPORTED_SCALAR = "DJ0701", "`{0}` is not an element type of staged code",
        "use `{1}`; the element types are f64, f32, i64, i32, u32, u64, usize and bool";
    IMPL_TRAIT = "DJ0702", "`impl Trait` is not supported in a compiled function",
        "write the type out; a function to apply can be another annotated function, called by its name";
    TRAIT_OBJECT = "DJ0703", "trait objects are not supported in a compiled function",
        "write the type out";
    FUNCTION_POINTER = "DJ0704", "function pointers are not supported in a compiled function",
        "call another annotated function by its name";
    RAW_POINTER = "DJ0705", "raw pointers are not supported in a compiled function",
        "pass the array itself, `&Array1<f64>` or `&mut Array1<f64>`";
    TEXT = "DJ0707", "text is no value of staged code",
        "print it with `println!`, or say it with `assert!` or `panic!`; read and format in the function that calls this one";
    RESULT_TYPE = "DJ0708", "`{0}` is not supported in the signature of a compiled function",
        "take or return the plain value; a result may also be a `desc_jit::Result<T>`";
    INFERRED = "DJ0709", "a cast needs a named type",
        "write the type out, for instance `as f64`";
    NOT_A_CAST = "DJ0710", "only casts between numbers are supported",
        "cast to f64, f32, i64, i32, u32, u64 or usize";
    UNSUPPORTED_SUFFIX = "DJ0711", "a literal of type `{0}` is not part of the staged language",
        "use the suffix `{1}`, or none";
    STRING = "DJ0712", "{0} literals are not part of the staged language",
        "staged code computes with numbers and bools only";
    LARGE_INTEGER = "DJ0713", "this integer is too large",
        "integers have at most 64 bits";
    NEVER = "DJ0714", "a function that never returns can't be compiled",
        "return a value, or `()`";
    TYPE_MACRO = "DJ0715", "macros in types are not supported in a compiled function",
        "write the type out";
    UNKNOWN_SYNTAX = "DJ0716", "this syntax is not known to desc-jit",
        "write it in stable Rust";
    RESULT_KEPT = "DJ0717", "a `Result` is only known where it goes on at once: at the end of the function, behind `return`, before `?`",
        "write `Ok(value)`, `Err(Error::msg(..))` or a call of an annotated function there";
    ERROR_VALUE = "DJ0718", "this error can't be made in staged code",
        "write `Err(Error::msg(format!(..)))`";
    MUTABLE_PART = "DJ0719", "a part of a parameter can't be updated in place",
        "make what is updated a parameter of its own";
}
