//! Whether anybody still reads what an array holds.

use super::edges::Written;
use super::forms::Forms;
use super::inst::{Buf, Inst};
use super::ir::{Code, Item, Kernel, Origin};
use super::memory::{overwrites, touches};

/// What code does to the elements that it finds in a buffer.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Effect {
    /// It may read one.
    reads: bool,
    /// Behind it none is left.
    ends: bool,
}

const NOTHING: Effect = Effect { reads: false, ends: false };

impl Effect {
    fn then(self, next: impl FnOnce() -> Effect) -> Effect {
        match self.reads || self.ends {
            true => self,
            false => next(),
        }
    }
}

/// What the buffer holds behind the item that `here` tells, and so many others of its list, nobody reads.
pub(super) fn is_dead_behind(
    kernel: &Kernel,
    forms: &Forms,
    code: &Code,
    here: (&dyn Fn(&Item) -> bool, usize),
    buf: Buf,
) -> bool {
    let seen = kernel.returned.contains(&buf)
        || matches!(kernel.slots[buf.index()].origin, Origin::Input { taken: false, .. });
    let walk = Walk { kernel, forms, buf };
    walk.behind(code, here).is_some_and(|effect| !effect.reads && (effect.ends || !seen))
}

struct Walk<'k> {
    kernel: &'k Kernel,
    forms: &'k Forms,
    buf: Buf,
}

impl Walk<'_> {
    /// What happens behind the item, if it is in this code.
    fn behind(&self, code: &[Item], here: (&dyn Fn(&Item) -> bool, usize)) -> Option<Effect> {
        code.iter().enumerate().find_map(|(k, item)| {
            let inside = match item {
                item if here.0(item) => {
                    return Some(self.list(code.get(k + 1 + here.1..).unwrap_or_default()));
                }
                Item::Inst(..) => return None,
                // The next iteration, or what is behind the loop.
                Item::Loop(l) => self.again(self.behind(&l.body, here)?, &l.body, &[]),
                Item::While(w) => match self.behind(&w.head, here) {
                    Some(effect) => self.again(effect.then(|| self.list(&w.body)), &w.head, &w.body),
                    None => self.again(self.behind(&w.body, here)?, &w.head, &w.body),
                },
                Item::Branch(b) => b.arms.iter().find_map(|(arm, _)| self.behind(arm, here))?,
            };
            Some(inside.then(|| self.list(&code[k + 1..])))
        })
    }

    /// Behind an iteration of which this is the rest.
    fn again(&self, rest: Effect, head: &[Item], body: &[Item]) -> Effect {
        rest.then(|| {
            let next = self.list(head).then(|| self.list(body));
            // Or it was the last one.
            Effect { ends: false, ..next }
        })
    }

    fn list(&self, code: &[Item]) -> Effect {
        let mut written = Written::new(self.kernel, self.forms, self.buf);
        code.iter().fold(NOTHING, |so_far, item| {
            so_far.then(|| {
                let effect = self.item(item);
                let reads = effect.reads && !written.provides(item);
                written.add(item);
                Effect { reads, ends: effect.ends || written.is_complete() }
            })
        })
    }

    fn item(&self, item: &Item) -> Effect {
        if !touches(item, self.buf) {
            return NOTHING;
        }
        if overwrites(self.kernel, self.forms, item, self.buf) {
            return Effect { reads: false, ends: true };
        }
        match item {
            Item::Inst(inst, _) => {
                let element = matches!(inst, Inst::Store8 { .. } | Inst::Store4 { .. } | Inst::Store1 { .. });
                Effect { reads: !element, ends: false }
            }
            Item::Loop(l) => {
                let body = self.list(&l.body);
                Effect { ends: body.ends && l.guard.is_none(), ..body }
            }
            Item::While(w) => {
                let head = self.list(&w.head);
                let body = head.then(|| self.list(&w.body));
                Effect { reads: body.reads, ends: head.ends }
            }
            Item::Branch(b) => {
                let arms = b.arms.iter().map(|(arm, _)| self.list(arm));
                arms.reduce(|a, b| Effect { reads: a.reads || b.reads, ends: a.ends && b.ends })
                    .unwrap_or(NOTHING)
            }
        }
    }
}
