//! Many kernels in one library, so that thousands of programs are compiled in seconds.

use crate::graph::{Graph, ValueId};
use crate::kernel::c::build::Tools;
use crate::kernel::c::compiler::Compiler;
use crate::kernel::c::load::Loaded;
use crate::kernel::c::private::Workspace;
use crate::kernel::c::store::Store;
use crate::kernel::c::{C, print};
use crate::kernel::inst::Inst;
use crate::kernel::ir::{Call, Item, Kernel, for_each_code};
use crate::kernel::library::Function;
use crate::kernel::program::{Interface, kernel_of};
use crate::kernel::{Program, Unit};
use crate::op::UnaryOp;
use libloading::Library;
use std::collections::HashSet;
use std::sync::Arc;

/// The compiler of this system, and nothing kept on disk.
pub(super) fn tools() -> Tools {
    let store = Store::open(None);
    let workspace = store.workspace().expect("a directory");
    let compiler = Compiler::find(workspace.path()).expect("these tests need a C compiler");
    Tools { compiler, store }
}

/// The kernel of a graph's control node; with `dead`, its arguments are given away.
pub(super) fn lowered(graph: &Graph, dead: bool) -> (Kernel, Interface) {
    let node = graph.body.nodes.iter().find(|n| n.op.is_control()).expect("a control node");
    let all: HashSet<ValueId> = graph.body.params.iter().copied().collect();
    let dead_after = |v: ValueId| dead && all.contains(&v);
    let unit =
        Unit { graph, nodes: std::slice::from_ref(node), outputs: &node.outputs, dead_after: &dead_after };
    kernel_of(&unit).expect("a kernel")
}

/// Compiles many kernels at once.
pub(super) fn batch(kernels: &[&Kernel], flag: &'static str) -> Vec<C> {
    let mut text = print::PRELUDE.to_string();
    let mut names = 0;
    for (k, kernel) in kernels.iter().enumerate() {
        text += &print::functions(kernel, &format!("entry{k}"), &mut names).expect("this engine takes it");
    }
    let tools = tools();
    let workspace: Workspace = tools.store.workspace().expect("a directory");
    let compiler = tools.compiler.with_flag(flag);
    let path = match compiler.compile(&text, workspace.path()) {
        Ok(path) => path,
        Err(problem) => {
            let errors = std::fs::read_to_string(workspace.path().join("errors")).unwrap_or_default();
            panic!("{problem}\n{errors}\n{text}")
        }
    };
    // SAFETY: made just now.
    let library = Arc::new(unsafe { Library::new(path) }.expect("a library"));
    let code = |(k, kernel): (usize, &&Kernel)| {
        // SAFETY: as above.
        let loaded = unsafe { Loaded::of_batch(&library, &format!("entry{k}")) };
        C { loaded: Arc::new(loaded), registers: kernel.regs.len() }
    };
    kernels.iter().enumerate().map(code).collect()
}

/// Functions whose bits differ between std and the library are replaced by others.
pub(super) fn without_library(kernel: &mut Kernel) {
    let calls = kernel.calls.clone();
    for_each_code(&mut kernel.code, &mut |list| {
        for item in list {
            let Item::Inst(inst, _) = item else { continue };
            match inst {
                Inst::Math { op, .. } => {
                    let call = Call::Unary(*op, crate::dtype::DType::F64);
                    if Function::scalar_of(call).is_some() {
                        *op = UnaryOp::Fract;
                    }
                }
                Inst::CallPure { id, .. } => {
                    assert!(Function::scalar_of(calls[*id as usize]).is_none(), "not in these programs");
                }
                _ => {}
            }
        }
    });
}

/// A program that runs this code.
pub(super) fn program(
    graph: &Graph,
    (kernel, interface): (Kernel, Interface),
    code: Box<dyn crate::kernel::engine::Executable>,
) -> Program {
    Program::new(graph, kernel, interface, code)
}
