//! From C to a loaded library.

use super::compiler::Compiler;
use super::load::{KEY, Loaded};
use super::store::{self, Store};
use crate::kernel::library;
use crate::observe::TARGET;
use std::sync::OnceLock;

/// A compiler and a place for what it makes.
#[derive(Debug)]
pub(super) struct Tools {
    pub compiler: Compiler,
    pub store: Store,
}

impl Tools {
    /// Those that the environment names, found once; `None` where there is no compiler.
    pub fn system() -> Option<&'static Tools> {
        static TOOLS: OnceLock<Option<Tools>> = OnceLock::new();
        TOOLS
            .get_or_init(|| match Tools::find() {
                Ok(tools) => Some(tools),
                Err(problem) => {
                    tracing::debug!(target: TARGET, %problem, "no C compiler");
                    None
                }
            })
            .as_ref()
    }

    fn find() -> Result<Tools, String> {
        if !cfg!(unix) {
            return Err("only on Unix".into());
        }
        let store = Store::system();
        let compiler = Compiler::find(store.workspace()?.path())?;
        Ok(Tools { compiler, store })
    }
}

/// What a library is known by.
pub(super) fn key(compiler: &Compiler, source: &str) -> String {
    store::hash(&[source, &compiler.identity, env!("CARGO_PKG_VERSION"), &library::names()])
}

/// Loads the library of a C text: the one that was kept, or a new one.
pub(super) fn build(tools: &Tools, source: &str) -> Result<Loaded, String> {
    let Tools { compiler, store } = tools;
    let key = key(compiler, source);
    if let Some(path) = store.find(&key) {
        // SAFETY: it is complete, and nobody else could have put it there.
        match unsafe { Loaded::open(&path, &key) } {
            Ok(loaded) => return Ok(loaded),
            Err(problem) => {
                tracing::debug!(target: TARGET, %problem, "a library is made again");
                store.forget(&key);
            }
        }
    }
    let started = std::time::Instant::now();
    let text =
        format!("{source}\n__attribute__((visibility(\"default\"))) const char {KEY}[] = \"{key}\";\n");
    let workspace = store.workspace()?;
    let library = compiler.compile(&text, workspace.path())?;
    store::seal(&library).map_err(|e| format!("{}: {e}", library.display()))?;
    // SAFETY: the compiler made it just now, in a directory of this user alone.
    let loaded = unsafe { Loaded::open(&library, &key) }?;
    store.keep(&key, &library);
    tracing::debug!(target: TARGET, elapsed = ?started.elapsed(), "compiled C");
    Ok(loaded)
}
