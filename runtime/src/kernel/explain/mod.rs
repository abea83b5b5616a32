//! What became of the user's loops, in words.
//!
//! | file | holds |
//! | --- | --- |
//! | `work.rs` | operations and bytes of a loop |
//! | `width.rs` | how many iterations one instruction does |

mod width;
mod work;

use super::ir::{Blocked, Code, Item, Kernel, Loop, for_each_code};
use super::{Unit, c, launch, optimize, program};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Graph, Node, Region, SiteId, ValueId, for_each_node};
use crate::op::Op;
pub(crate) use width::Width;

/// What became of one loop.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub site: SiteId,
    /// How many of the user's loops are around it.
    pub depth: usize,
    /// What it became.
    pub became: String,
    /// Why not more.
    pub why_not: Option<String>,
    /// How many threads it is divided among at most.
    pub threads: usize,
    /// Its vectors, where it has some.
    pub width: Option<Width>,
    /// Floating-point operations and bytes loaded and stored, at most; where the trip counts are known.
    pub work: Option<(u128, u128)>,
}

impl Outcome {
    /// Both say the same of one loop.
    fn is_like(&self, other: &Outcome) -> bool {
        let words = |o: &Outcome| (o.site, o.became.clone(), o.why_not.clone(), o.threads, o.width);
        words(self) == words(other)
    }

    /// A loop that no kernel has.
    fn gone(site: SiteId, became: String) -> Outcome {
        Outcome { site, depth: 0, became, why_not: None, threads: 1, width: None, work: None }
    }
}

/// What a whole graph became.
pub(crate) struct Outcomes {
    pub loops: Vec<Outcome>,
    /// The kernel in the compiler's own form, and as C.
    pub kernel: Option<(String, Option<String>)>,
    /// As of a loop, of the whole function.
    pub work: Option<(u128, u128)>,
}

/// The kernel that compiled engines make of these nodes, after all passes.
fn optimised(graph: &Graph, nodes: &[Node], outputs: &[ValueId]) -> Option<Kernel> {
    let unit = Unit { graph, nodes, outputs, dead_after: &|_| true };
    let (mut kernel, _) = program::kernel_of(&unit)?;
    optimize::run(&mut kernel);
    Some(kernel)
}

fn whole(graph: &Graph) -> Option<Kernel> {
    optimised(graph, &graph.body.nodes, &graph.body.results)
}

/// Explains every loop of a graph, in the order of the text.
pub(crate) fn explain(graph: &Graph) -> Outcomes {
    let mut loops = Vec::new();
    let mut outcomes = match whole(graph) {
        Some(kernel) => {
            of_kernel(&kernel, &graph.body.nodes, &mut loops);
            let work = work::work(&kernel, &kernel.code).map(|w| (w.operations, w.bytes));
            Outcomes { loops, kernel: Some((kernel.to_string(), c::text(&kernel))), work }
        }
        None => {
            in_parts(graph, &graph.body, &mut loops);
            Outcomes { loops, kernel: None, work: None }
        }
    };
    let depths = depths(graph);
    for outcome in &mut outcomes.loops {
        outcome.depth = depths.iter().find(|d| d.0 == outcome.site).map_or(0, |d| d.1);
    }
    outcomes.loops.sort_by_key(|o| (graph.location(o.site).line, graph.location(o.site).column));
    outcomes
}

/// How many loops are around each loop.
fn depths(graph: &Graph) -> Vec<(SiteId, usize)> {
    fn walk(region: &Region, depth: usize, found: &mut Vec<(SiteId, usize)>) {
        for node in &region.nodes {
            let is_loop = matches!(node.op, Op::For { .. } | Op::While);
            if is_loop {
                found.push((node.site, depth));
            }
            node.regions.iter().for_each(|inner| walk(inner, depth + usize::from(is_loop), found));
        }
    }
    let mut found = Vec::new();
    walk(&graph.body, 0, &mut found);
    found
}

/// The loops of a graph that runs op by op: those that it runs as kernels, and the others.
fn in_parts(graph: &Graph, region: &Region, loops: &mut Vec<Outcome>) {
    for node in region.nodes.iter().filter(|node| node.op.is_control()) {
        if let Some(kernel) = optimised(graph, std::slice::from_ref(node), &node.outputs) {
            of_kernel(&kernel, std::slice::from_ref(node), loops);
            continue;
        }
        if let Op::For { .. } | Op::While = node.op {
            let became = "runs op by op: something in it has no compiled form";
            loops.push(Outcome::gone(node.site, became.into()));
        }
        node.regions.iter().for_each(|inner| in_parts(graph, inner, loops));
    }
}

/// The loops of a kernel, and those of its nodes that are not in it any more.
fn of_kernel(kernel: &Kernel, nodes: &[Node], loops: &mut Vec<Outcome>) {
    let mut found = Vec::new();
    list(kernel, &kernel.code, &mut found);
    let mut visit = |node: &Node| {
        if found.iter().any(|o| o.site == node.site) {
            return;
        }
        if let Op::For { .. } = node.op {
            let became = notes(kernel, node.site).unwrap_or("written out, or never runs".into());
            found.push(Outcome::gone(node.site, became));
        }
        if let Op::While = node.op {
            let why_not =
                Some("whether there is another iteration is known only after the one before".into());
            found.push(Outcome { why_not, ..Outcome::gone(node.site, "sequential".into()) });
        }
    };
    for node in nodes {
        visit(node);
        node.regions.iter().for_each(|region| for_each_node(region, &mut visit));
    }
    loops.append(&mut found);
}

/// Checks what the user says of loops with `#[parallel]`.
///
/// # Errors
/// A loop whose iterations depend on each other, with the access or the variable that makes them.
pub(crate) fn check_parallel(graph: &Graph) -> Result<()> {
    let (mut sites, mut others) = (Vec::new(), Vec::new());
    for_each_node(&graph.body, &mut |node| {
        if let Op::For { parallel, .. } = node.op {
            if parallel { sites.push(node.site) } else { others.push(node.site) }
        }
    });
    if sites.is_empty() {
        return Ok(());
    }
    let failed = |site: SiteId, message: String| {
        Err(Error::new(ErrorKind::Unsupported, message).at(graph.location(site).clone()))
    };
    let Some(kernel) = whole(graph) else {
        return failed(sites[0], "this loop is marked `#[parallel]`, but runs op by op".into());
    };
    let loops = loops(&kernel.code);
    for l in &loops {
        if let (Some(site), Some(blocked)) = (l.site.filter(|s| sites.contains(s)), l.mark.blocked) {
            // The reverse of a loop stands at the same place, and says nothing of the loop: as many as are marked are
            // independent, whatever the others are, or no more depend than there are others. Marked ones can be
            // written out.
            let here = |list: &[SiteId]| list.iter().filter(|s| **s == site).count();
            let (marked, unmarked) = (here(&sites), here(&others));
            let (depend, free): (Vec<&Loop>, Vec<&Loop>) =
                loops.iter().filter(|l| l.site == Some(site)).partition(|l| l.mark.blocked.is_some());
            if unmarked > 0 && (free.len() >= marked || depend.len() <= unmarked) {
                continue;
            }
            return failed(
                site,
                format!("this loop is marked `#[parallel]`, but {}", reason(&kernel, l, blocked)),
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

/// The loops of a list. A pass can have made several of one: those that became the same are one outcome.
fn list(kernel: &Kernel, code: &Code, found: &mut Vec<Outcome>) {
    let mut here: Vec<Outcome> = Vec::new();
    for item in code {
        match item {
            Item::Inst(..) => {}
            Item::While(w) => {
                list(kernel, &w.head, found);
                list(kernel, &w.body, found);
            }
            Item::Branch(b) => b.arms.iter().for_each(|(arm, _)| list(kernel, arm, found)),
            Item::Loop(l) => {
                if let Some(part) = l.site.map(|site| outcome(kernel, l, site)) {
                    // Parts in one list all run, one after the other.
                    match here.iter_mut().find(|o| o.is_like(&part)) {
                        Some(first) => {
                            first.work = first.work.zip(part.work).map(|(a, b)| (a.0 + b.0, a.1 + b.1))
                        }
                        None => here.push(part),
                    }
                }
                list(kernel, &l.body, found);
            }
        }
    }
    for outcome in here {
        // Of those in several lists one runs.
        match found.iter_mut().find(|o| o.is_like(&outcome)) {
            Some(first) => {
                first.work = first.work.zip(outcome.work).map(|(a, b)| (a.0.max(b.0), a.1.max(b.1)))
            }
            None => found.push(outcome),
        }
    }
}

fn outcome(kernel: &Kernel, l: &Loop, site: SiteId) -> Outcome {
    let mut words = Vec::new();
    let threads = threads(l);
    if l.mark.parallel.is_some() {
        words.push(match threads {
            1 => "parallel, but on one thread".to_string(),
            n => format!("parallel on up to {n} threads"),
        });
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
    let work = work::of_loop(kernel, l);
    let work = work.map(|w| (w.operations, w.bytes));
    let width = Width::of(kernel, l);
    Outcome { site, depth: 0, became: words.join(", "), why_not, threads, width, work }
}

/// How many threads a loop is divided among at most.
fn threads(l: &Loop) -> usize {
    // Engines keep to one thread where there is something else to fold than floats.
    match l.mark.parallel {
        Some(cost) if l.mark.folds.iter().all(|f| f.dtype.is_float()) => {
            launch::threads_of(l.max_trips, cost, l.mark.folds.len())
        }
        _ => 1,
    }
}
