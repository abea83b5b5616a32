//! Whom a kernel is compared with.

use std::path::Path;

use anyhow::Result;
use clap::ValueEnum;

use crate::python::{Library, Python};

/// One peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Peer {
    /// JAX on the CPU: `python/kernels/NAME.py`, `jax_kernel`.
    Jax,
    /// Numba: `python/kernels/NAME.py`, `numba_kernel`.
    Numba,
    /// The function as written, compiled by rustc.
    Native,
    /// Parallel code by hand.
    Limit,
}

/// The peers of this run that are there.
pub struct Peers {
    /// The function as written is timed too.
    pub native: bool,
    /// So is the code by hand.
    pub limit: bool,
    /// The Python processes.
    pub python: Vec<Python>,
}

impl Peers {
    /// Starts the wanted peers. One that cannot be started is left out, with a line that says how to get it.
    pub fn start(wanted: &[Peer], python: Option<&Path>) -> Result<Peers> {
        let mut processes = Vec::new();
        for (peer, library) in [(Peer::Jax, Library::Jax), (Peer::Numba, Library::Numba)] {
            if !wanted.contains(&peer) {
                continue;
            }
            match Python::start(library, python) {
                Ok(process) => processes.push(process),
                Err(error) => eprintln!(
                    "note: {library} is left out ({error:#}); `sh benches/python/setup.sh` installs it"
                ),
            }
        }
        Ok(Peers {
            native: wanted.contains(&Peer::Native),
            limit: wanted.contains(&Peer::Limit),
            python: processes,
        })
    }
}
