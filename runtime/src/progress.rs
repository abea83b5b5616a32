//! Progress bars of loops.

use indicatif::{ProgressBar, ProgressStyle};
use std::cell::RefCell;
use std::io::IsTerminal;

/// `for t in progress("name", 0..steps) { .. }`: the loop with a bar on standard error, if that is a terminal.
///
/// Inside annotated functions a loop that stands in no other loop, branch or call has a bar; it runs in about a hundred
/// parts then, each of which is a kernel. Others, and those of batches, run as without.
///
/// ```
/// use desc_jit::prelude::*;
///
/// #[desc_jit]
/// fn decay(x: f64, steps: usize) -> f64 {
///     let mut x = x;
///     for _ in progress("decay", 0..steps) {
///         x *= 0.5;
///     }
///     x
/// }
///
/// assert_eq!(decay(8.0, 3), 1.0);
/// assert_eq!(decay::native(8.0, 3), 1.0);
/// ```
pub fn progress<I: IntoIterator>(name: &str, range: I) -> Progress<I::IntoIter> {
    let range = range.into_iter();
    let (least, most) = range.size_hint();
    let bar = is_shown().then(|| bar(name, most.unwrap_or(least) as u64));
    Progress { range, bar }
}

/// The iterator of [`progress`].
#[derive(Debug)]
pub struct Progress<I> {
    range: I,
    bar: Option<ProgressBar>,
}

impl<I: Iterator> Iterator for Progress<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        let next = self.range.next();
        if let Some(bar) = &self.bar {
            if next.is_some() { bar.inc(1) } else { bar.finish() }
        }
        next
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.range.size_hint()
    }
}

fn bar(name: &str, total: u64) -> ProgressBar {
    let bar = ProgressBar::new(total).with_message(name.to_string());
    match ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} [{elapsed_precise} < {eta_precise}]") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// One part of a loop has run: the loop's name, how many iterations are done, and of how many.
pub type Update = (String, u64, u64);

thread_local! {
    /// The bar of the staged loop that runs.
    static BAR: RefCell<Option<ProgressBar>> = const { RefCell::new(None) };
    static WATCHED: RefCell<Option<Vec<Update>>> = const { RefCell::new(None) };
}

/// Loops have bars: standard error is a terminal, or somebody watches.
pub(crate) fn is_shown() -> bool {
    WATCHED.with_borrow(Option::is_some) || std::io::stderr().is_terminal()
}

/// Moves the bar of a staged loop.
pub(crate) fn update(name: &str, done: u64, total: u64) {
    let watched = WATCHED.with_borrow_mut(|watched| {
        watched.as_mut().map(|updates| updates.push((name.into(), done, total))).is_some()
    });
    if watched {
        return;
    }
    BAR.with_borrow_mut(|current| {
        if done == 0 {
            *current = Some(bar(name, total));
        }
        if let Some(bar) = current {
            bar.set_position(done);
            if done >= total {
                bar.finish();
                *current = None;
            }
        }
    });
}

/// For tests: what the bars of staged loops are told on this thread while `f` runs; nothing is drawn.
pub fn watched<R>(f: impl FnOnce() -> R) -> (R, Vec<Update>) {
    WATCHED.set(Some(Vec::new()));
    let result = f();
    (result, WATCHED.take().unwrap_or_default())
}
