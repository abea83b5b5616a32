//! What became of the user's loops, in words.

use super::inst::Inst;
use super::ir::{Blocked, Code, Item, Kernel, Loop, for_each_code};
use super::{Unit, c, launch, optimize, program};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Graph, SiteId, for_each_node};
use crate::op::Op;

/// What became of one loop.
pub(crate) struct Outcome {
    pub site: SiteId,
    /// How many of the user's loops are around it.
    pub depth: usize,
    /// What it became.
    pub became: String,
    /// Why not more.
    pub why_not: Option<String>,
    /// Floating-point operations and bytes loaded and stored, at most; where the trip counts are known.
    pub work: Option<(u128, u128)>,
}

/// What a whole graph became.
pub(crate) struct Outcomes {
    pub loops: Vec<Outcome>,
    /// The kernel in the compiler's own form, and as C.
    pub kernel: Option<(String, Option<String>)>,
}

fn optimised(graph: &Graph) -> Option<Kernel> {
    let body = &graph.body;
    let unit = Unit { graph, nodes: &body.nodes, outputs: &body.results, dead_after: &|_| true };
    let (mut kernel, _) = program::kernel_of(&unit)?;
    optimize::run(&mut kernel);
    Some(kernel)
}

/// Explains every loop of a graph, in the order of the text.
pub(crate) fn explain(graph: &Graph) -> Outcomes {
    let Some(kernel) = optimised(graph) else {
        let mut loops = Vec::new();
        for_each_node(&graph.body, &mut |node| {
            if let Op::For { .. } | Op::While = node.op {
                let became = "runs op by op: something in this function has no compiled form".to_string();
                loops.push(Outcome { site: node.site, depth: 0, became, why_not: None, work: None });
            }
        });
        return Outcomes { loops, kernel: None };
    };
    let mut loops = Vec::new();
    list(&kernel, &kernel.code, 0, &mut loops);
    for_each_node(&graph.body, &mut |node| {
        if matches!(node.op, Op::For { .. }) && loops.iter().all(|o| o.site != node.site) {
            let became = notes(&kernel, node.site).unwrap_or("written out, or never runs".into());
            loops.push(Outcome { site: node.site, depth: 0, became, why_not: None, work: None });
        }
    });
    loops.sort_by_key(|o| (graph.location(o.site).line, graph.location(o.site).column));
    let text = (kernel.to_string(), c::text(&kernel));
    Outcomes { loops, kernel: Some(text) }
}

/// Checks what the user says of loops with `#[parallel]`.
///
/// # Errors
/// A loop whose iterations depend on each other, with the access or the variable that makes them.
pub(crate) fn check_parallel(graph: &Graph) -> Result<()> {
    let mut sites = Vec::new();
    for_each_node(&graph.body, &mut |node| {
        if let Op::For { parallel: true, .. } = node.op {
            sites.push(node.site);
        }
    });
    if sites.is_empty() {
        return Ok(());
    }
    let failed = |site: SiteId, message: String| {
        Err(Error::new(ErrorKind::Unsupported, message).at(graph.location(site).clone()))
    };
    let Some(kernel) = optimised(graph) else {
        return failed(sites[0], "this loop is marked `#[parallel]`, but runs op by op".into());
    };
    for l in loops(&kernel.code) {
        if let (Some(site), Some(blocked)) = (l.site.filter(|s| sites.contains(s)), l.mark.blocked) {
            return failed(
                site,
                format!("this loop is marked `#[parallel]`, but {}", reason(&kernel, &l, blocked)),
            )
            .map_err(|e: Error| {
                e.note("remove `#[parallel]`, or let every iteration write elements of its own")
            });
        }
    }
    Ok(())
}

fn loops(code: &Code) -> Vec<Loop> {
    let mut found = Vec::new();
    for_each_code(&mut code.clone(), &mut |list| {
        for item in list.iter() {
            if let Item::Loop(l) = item {
                found.push((**l).clone());
            }
        }
    });
    found
}

fn reason(kernel: &Kernel, l: &Loop, blocked: Blocked) -> String {
    let scalar = |r| {
        let name = kernel.names.iter().find(|n| n.0 == r);
        name.map_or("a value".to_string(), |(_, name)| format!("`{name}`"))
    };
    match blocked {
        Blocked::Element { buf, written_twice } => {
            // A buffer can hold one array of the user's after another.
            let here = kernel.array_names.iter().find(|n| l.site == Some(n.0) && n.1 == buf);
            let name = here.map(|n| &n.2).or(kernel.slots[buf.index()].name.as_ref());
            let array = name.map_or("a temporary array".to_string(), |name| format!("`{name}`"));
            let other = if written_twice { "write too" } else { "read" };
            format!("an iteration writes an element of {array} that another one may {other}")
        }
        Blocked::Whole => "whole arrays are copied or exchanged in it".to_string(),
        Blocked::Carried(r) => format!("{} goes from one iteration to the next", scalar(r)),
        Blocked::Last(r) => format!("{} of the last iteration is needed after it", scalar(r)),
    }
}

fn notes(kernel: &Kernel, site: SiteId) -> Option<String> {
    let notes: Vec<&str> = kernel.notes.iter().filter(|n| n.0 == site).map(|n| n.1.as_str()).collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}

fn list(kernel: &Kernel, code: &Code, depth: usize, found: &mut Vec<Outcome>) {
    for item in code {
        match item {
            Item::Inst(..) => {}
            Item::While(w) => {
                list(kernel, &w.head, depth, found);
                list(kernel, &w.body, depth, found);
            }
            Item::Branch(b) => b.arms.iter().for_each(|(arm, _)| list(kernel, arm, depth, found)),
            Item::Loop(l) => {
                if let Some(site) = l.site {
                    found.push(outcome(kernel, l, site, depth));
                }
                list(kernel, &l.body, depth + usize::from(l.site.is_some()), found);
            }
        }
    }
}

fn outcome(kernel: &Kernel, l: &Loop, site: SiteId, depth: usize) -> Outcome {
    let mut words = Vec::new();
    if l.mark.parallel.is_some() {
        words.push(format!("parallel on up to {} threads", launch::threads()));
    }
    if l.mark.vector {
        words.push("vector".into());
    }
    if l.mark.simt {
        words.push("several iterations side by side, those that have finished masked".into());
    }
    if !l.mark.folds.is_empty() {
        let n = l.mark.folds.len();
        words.push(if n == 1 { "reduction".into() } else { format!("{n} reductions") });
    }
    if words.is_empty() {
        words.push("sequential".into());
    }
    words.extend(notes(kernel, site));
    let why_not = l.mark.blocked.map(|blocked| reason(kernel, l, blocked));
    let work = l.max_trips.and_then(|n| work(kernel, &l.body)?.times(n));
    Outcome { site, depth, became: words.join(", "), why_not, work: work.map(|w| (w.operations, w.bytes)) }
}

#[derive(Clone, Copy, Default)]
struct Work {
    operations: u128,
    bytes: u128,
}

impl Work {
    fn times(self, n: u64) -> Option<Work> {
        let n = u128::from(n);
        Some(Work { operations: self.operations.checked_mul(n)?, bytes: self.bytes.checked_mul(n)? })
    }

    fn and(self, other: Work) -> Work {
        Work { operations: self.operations + other.operations, bytes: self.bytes + other.bytes }
    }
}

/// One run of a list; `None` where it has a loop of unknown length.
fn work(kernel: &Kernel, code: &Code) -> Option<Work> {
    let mut sum = Work::default();
    for item in code {
        sum = sum.and(match item {
            Item::Inst(inst, _) => of_inst(kernel, inst),
            Item::Loop(l) => work(kernel, &l.body)?.times(l.max_trips?)?,
            Item::While(_) => return None,
            Item::Branch(b) => {
                let arms = b.arms.iter().map(|(arm, _)| work(kernel, arm)).collect::<Option<Vec<_>>>()?;
                arms.into_iter().max_by_key(|w| w.operations)?
            }
        });
    }
    Some(sum)
}

fn of_inst(kernel: &Kernel, inst: &Inst) -> Work {
    if let (true, Some(buf)) = (inst.is_load() || inst.is_store(), inst.bufs()[0]) {
        return Work { operations: 0, bytes: kernel.slots[buf.index()].dtype.size() as u128 };
    }
    let float = inst.dst().is_some_and(|dst| kernel.regs[dst.index()].is_float());
    let moves = matches!(inst, Inst::Mov { .. } | Inst::Select { .. });
    Work { operations: u128::from(float && !moves), bytes: 0 }
}
