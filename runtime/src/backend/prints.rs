//! Where `println!` and its like of staged code print.

use std::cell::RefCell;

/// Standard output or standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

thread_local! {
    /// What [`capture_prints`] has so far; the innermost one is the last.
    static CAPTURED: RefCell<Vec<Vec<(Stream, String)>>> = const { RefCell::new(Vec::new()) };
}

/// Prints what staged code prints. By std's macros, so that tests that capture output capture this too.
pub(crate) fn emit(stream: Stream, text: &str) {
    let captured = CAPTURED.with_borrow_mut(|all| match all.last_mut() {
        Some(innermost) => {
            innermost.push((stream, text.into()));
            true
        }
        None => false,
    });
    match stream {
        _ if captured => {}
        Stream::Out => print!("{text}"),
        Stream::Err => eprint!("{text}"),
    }
}

/// Runs `f` and gives what staged functions print on this thread meanwhile, text by text in order, instead of printing
/// it. The native reading prints as std does.
///
/// ```
/// use desc_jit::backend::{Stream, capture_prints};
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn speak(x: f64) {
///     println!("x is {x:.2}");
/// }
///
/// let ((), printed) = capture_prints(|| speak(0.5));
/// assert_eq!(printed, [(Stream::Out, "x is 0.50\n".to_string())]);
/// ```
pub fn capture_prints<R>(f: impl FnOnce() -> R) -> (R, Vec<(Stream, String)>) {
    /// Takes the list off again, also when `f` panics.
    struct End;
    impl Drop for End {
        fn drop(&mut self) {
            CAPTURED.with_borrow_mut(|all| all.pop());
        }
    }
    CAPTURED.with_borrow_mut(|all| all.push(Vec::new()));
    let _end = End;
    let result = f();
    let printed = CAPTURED.with_borrow_mut(|all| all.last_mut().map(std::mem::take).unwrap_or_default());
    (result, printed)
}
