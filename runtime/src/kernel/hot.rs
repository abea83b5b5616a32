//! Code that runs at once, and is replaced by better code of the same results when that is ready.

use super::c;
use super::engine::{Executable, Failure, Frame};
use super::ir::{Item, Kernel};
use crate::backend::Engine;
use crate::observe::TARGET;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tracing::debug;

/// A kernel that ran this long is worth a compiler's quarter of a second.
const WORTH: Duration = Duration::from_millis(20);

/// A kernel whose C is asked for as soon as it turns out to be hot.
#[derive(Debug)]
pub(super) struct Hot {
    first: Box<dyn Executable>,
    kernel: Arc<Kernel>,
    /// Nanoseconds so far; not counted any more when the C was asked for.
    spent: AtomicU64,
    ticket: OnceLock<c::Ticket>,
    /// The C has run.
    swapped: AtomicBool,
}

impl Hot {
    /// `first` until the C compiler is done with `kernel`.
    pub fn wrap(first: Box<dyn Executable>, kernel: Kernel) -> Box<dyn Executable> {
        let loops = kernel.code.iter().any(|item| !matches!(item, Item::Inst(..)));
        if !loops {
            return first;
        }
        let kernel = Arc::new(kernel);
        Box::new(Hot {
            first,
            kernel,
            spent: AtomicU64::new(0),
            ticket: OnceLock::new(),
            swapped: AtomicBool::new(false),
        })
    }
}

impl Executable for Hot {
    fn registers(&self) -> usize {
        self.first.registers()
    }

    fn engine(&self) -> Engine {
        let code = self.ticket.get().and_then(c::Ticket::poll);
        code.map_or_else(|| self.first.engine(), |code| code.engine())
    }

    unsafe fn run(&self, frame: &mut Frame<'_>) -> Result<(), Failure> {
        if let Some(ticket) = self.ticket.get() {
            return match ticket.poll() {
                Some(code) => {
                    if !self.swapped.load(Ordering::Relaxed) && !self.swapped.swap(true, Ordering::Relaxed) {
                        debug!(target: TARGET, kernel = %self.kernel.name, "C swapped in");
                    }
                    // SAFETY: what the caller promises; both were made of the same kernel.
                    unsafe { code.run(frame) }
                }
                // SAFETY: as above.
                None => unsafe { self.first.run(frame) },
            };
        }
        let start = Instant::now();
        // SAFETY: what the caller promises.
        let result = unsafe { self.first.run(frame) };
        let elapsed = start.elapsed().as_nanos() as u64;
        let spent = self.spent.fetch_add(elapsed, Ordering::Relaxed) + elapsed;
        if u128::from(spent) > WORTH.as_nanos() {
            self.ticket.get_or_init(|| {
                let spent = Duration::from_nanos(spent);
                debug!(target: TARGET, kernel = %self.kernel.name, ?spent, "C asked for");
                c::request(self.kernel.clone())
            });
        }
        result
    }
}
