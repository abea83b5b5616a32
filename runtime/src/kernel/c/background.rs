//! The thread that builds while other engines run, and tickets for what it is asked for.

use super::C;
use super::process::be_nice;
use crate::kernel::ir::Kernel;
use crate::observe::TARGET;
use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

/// Code that was asked for.
#[derive(Clone, Debug, Default)]
pub(in crate::kernel) struct Ticket(Arc<OnceLock<Arc<C>>>);

impl Ticket {
    /// The code, once it is there: one atomic load. Where there is no compiler, or it fails, that is never.
    pub fn poll(&self) -> Option<&Arc<C>> {
        self.0.get()
    }
}

/// A kernel to be built.
struct Order {
    kernel: Arc<Kernel>,
    ticket: Ticket,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Order>,
    /// The one that is being built.
    current: Option<Order>,
    running: bool,
}

static QUEUE: Mutex<Queue> = Mutex::new(Queue { waiting: VecDeque::new(), current: None, running: false });
/// Something was added, or the queue became empty.
static CHANGED: Condvar = Condvar::new();

fn queue() -> MutexGuard<'static, Queue> {
    QUEUE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks for the code of a kernel. Asking again for one that is waiting gives the same code.
pub(in crate::kernel) fn request(kernel: Arc<Kernel>) -> Ticket {
    let mut queue = queue();
    let mut orders = queue.current.iter().chain(&queue.waiting);
    if let Some(known) = orders.find(|order| Arc::ptr_eq(&order.kernel, &kernel)) {
        return known.ticket.clone();
    }
    let ticket = Ticket::default();
    if !queue.running {
        let builder = std::thread::Builder::new().name("desc-jit compiler".into());
        match builder.spawn(work) {
            Ok(_) => queue.running = true,
            Err(problem) => {
                tracing::debug!(target: TARGET, %problem, "no thread for the C compiler");
                return ticket;
            }
        }
    }
    queue.waiting.push_back(Order { kernel, ticket: ticket.clone() });
    CHANGED.notify_all();
    ticket
}

/// Waits until everything that was asked for has been compiled, or has failed to.
pub(crate) fn wait_for_compiler() {
    let mut queue = queue();
    while queue.current.is_some() || !queue.waiting.is_empty() {
        queue = CHANGED.wait(queue).unwrap_or_else(PoisonError::into_inner);
    }
}

/// The thread's life, which ends with the process.
fn work() {
    be_nice();
    let mut queue = queue();
    loop {
        let Some(order) = queue.waiting.pop_front() else {
            CHANGED.notify_all();
            queue = CHANGED.wait(queue).unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        if Arc::strong_count(&order.ticket.0) == 1 {
            // Whoever asked is gone.
            continue;
        }
        let (kernel, ticket) = (order.kernel.clone(), order.ticket.clone());
        queue.current = Some(order);
        drop(queue);
        let start = Instant::now();
        // A mistake in this engine is no reason to stop the others.
        let built = std::panic::catch_unwind(AssertUnwindSafe(|| super::compile(&kernel)));
        let (name, elapsed) = (&kernel.name, start.elapsed());
        match built {
            Ok(Some(code)) => {
                let _ = ticket.0.set(Arc::new(code));
                tracing::debug!(target: TARGET, kernel = %name, ?elapsed, "C ready");
            }
            _ => tracing::debug!(target: TARGET, kernel = %name, ?elapsed, "no C"),
        }
        drop((kernel, ticket));
        queue = self::queue();
        queue.current = None;
    }
}
