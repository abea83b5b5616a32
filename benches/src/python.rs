//! A Python process with one of the libraries; requests and replies are lines of JSON (`python/peer.py`).

use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::values::Values;

/// A library that a Python process speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    /// JAX on the CPU, in double precision.
    Jax,
    /// Numba.
    Numba,
}

/// `jax`, `numba`.
impl fmt::Display for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Library::Jax => "jax",
            Library::Numba => "numba",
        })
    }
}

/// The Python of `python/setup.sh`.
fn installed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench-venv/bin/python")
}

/// A running process.
pub struct Python {
    library: Library,
    child: Child,
    requests: ChildStdin,
    replies: BufReader<ChildStdout>,
}

impl Python {
    /// Starts a process and waits until it has imported its library.
    pub fn start(library: Library, python: Option<&Path>) -> Result<Python> {
        let python = python.map_or_else(installed, Path::to_path_buf);
        ensure!(python.exists(), "there is no {}", python.display());
        let mut child = Command::new(&python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("python/peer.py"))
            .args(["--library", &library.to_string()])
            // The libraries find out by themselves what the processor can do.
            .env_remove("OPENBLAS_CORETYPE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run {}", python.display()))?;
        let (requests, replies) = (child.stdin.take(), child.stdout.take());
        let requests = requests.context("no pipe to the process")?;
        let replies = BufReader::new(replies.context("no pipe from the process")?);
        let mut python = Python { library, child, requests, replies };
        let hello = python.reply()?;
        ensure!(hello["ready"] == true, "{hello}");
        Ok(python)
    }

    /// The library it speaks for.
    pub fn library(&self) -> Library {
        self.library
    }

    /// Loads a kernel with these arguments and calls it once: its results, and the milliseconds of the first
    /// call. The results are written into `folder` on the way.
    pub fn load(&mut self, kernel: &str, arguments: &[Value], folder: &Path) -> Result<(Vec<Values>, f64)> {
        let reply = self.ask(&json!({ "load": kernel, "arguments": arguments, "folder": folder }))?;
        let first_ms = reply["first_ms"].as_f64().context("no first_ms")?;
        let paths = reply["outputs"].as_array().context("no outputs")?;
        let read = |path: &Value| Values::read(Path::new(path.as_str().context("no path")?));
        Ok((paths.iter().map(read).collect::<Result<_>>()?, first_ms))
    }

    /// The time of `calls` calls of the loaded kernel together.
    pub fn time(&mut self, calls: usize) -> Result<Duration> {
        let reply = self.ask(&json!({ "time": calls }))?;
        Ok(Duration::from_secs_f64(reply["ms"].as_f64().context("no ms")? * 1e-3))
    }

    fn ask(&mut self, request: &Value) -> Result<Value> {
        writeln!(self.requests, "{request}")?;
        self.requests.flush()?;
        self.reply()
    }

    fn reply(&mut self) -> Result<Value> {
        let mut line = String::new();
        self.replies.read_line(&mut line)?;
        ensure!(!line.is_empty(), "the {} process ended", self.library);
        let reply: Value = serde_json::from_str(&line).with_context(|| line.clone())?;
        if let Some(error) = reply["error"].as_str() {
            bail!("{error}");
        }
        Ok(reply)
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        // Already ended, or waiting for a request that never comes.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
