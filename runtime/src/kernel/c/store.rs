//! Libraries kept on disk, each under a hash of everything that it was made of.
//!
//! A file ends with a hash of its contents, so that one that was cut short, or is no library of ours, is not
//! loaded. Files appear under their names complete, and a loaded one may be removed, so several processes can
//! use one directory.

use super::private::{self, Workspace};
use crate::observe::TARGET;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How many bytes are kept.
const LIMIT: u64 = 256 << 20;

/// The directories of builds start with this.
const BUILD: &str = "build-";
/// Those in the system's directory for temporary files, with this.
const TEMPORARY: &str = "desc-jit-";

/// Behind the hash at the end of a file.
const SEAL: &[u8; 16] = b"desc-jit sealed\n";

/// A hash of parts, as text.
pub(super) fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A place for libraries.
#[derive(Debug)]
pub(super) struct Store {
    /// `None`: nothing is kept.
    dir: Option<PathBuf>,
    limit: u64,
}

impl Store {
    /// The directory that the environment names.
    pub fn system() -> Store {
        let given = |name: &str| std::env::var_os(name).filter(|text| !text.is_empty()).map(PathBuf::from);
        if std::env::var_os("DESC_CACHE").is_some_and(|text| text == "off") {
            return Store::open(None);
        }
        let below = |dir: PathBuf| Some(dir).filter(|d| d.is_absolute()).map(|d| d.join("desc-jit"));
        let dir = given("DESC_CACHE_DIR")
            .or_else(|| given("XDG_CACHE_HOME").and_then(below))
            .or_else(|| given("HOME").and_then(|home| below(home.join(".cache"))));
        Store::open(dir)
    }

    /// A directory, where nobody else can write to it.
    pub fn open(dir: Option<PathBuf>) -> Store {
        let usable = |dir: &PathBuf| match private::directory(dir) {
            Ok(()) => true,
            Err(problem) => {
                tracing::debug!(target: TARGET, %problem, "compiled code is not kept on disk");
                false
            }
        };
        let dir = dir.filter(usable);
        match &dir {
            Some(dir) => private::sweep(dir, BUILD),
            None => private::sweep(&std::env::temp_dir(), TEMPORARY),
        }
        Store { dir, limit: LIMIT }
    }

    /// A directory for a build.
    pub fn workspace(&self) -> Result<Workspace, String> {
        if let Some(dir) = &self.dir
            && let Ok(workspace) = Workspace::new(dir, BUILD)
        {
            return Ok(workspace);
        }
        Workspace::new(&std::env::temp_dir(), TEMPORARY)
    }

    fn path(&self, key: &str) -> Option<PathBuf> {
        self.dir.as_ref().map(|dir| dir.join(format!("{key}.so")))
    }

    /// A library that was kept, complete.
    pub fn find(&self, key: &str) -> Option<PathBuf> {
        let path = self.path(key)?;
        let bytes = fs::read(&path).ok()?;
        if !private::is_our_file(&path) || !is_sealed(&bytes) {
            tracing::debug!(target: TARGET, path = %path.display(), "a damaged library is made again");
            self.forget(key);
            return None;
        }
        // What was used last is removed last.
        let _ = File::open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        Some(path)
    }

    /// Keeps a sealed library; it may be loaded already.
    pub fn keep(&self, key: &str, library: &Path) {
        let Some(path) = self.path(key) else { return };
        match fs::rename(library, &path) {
            Ok(()) => self.trim(),
            Err(problem) => tracing::debug!(target: TARGET, %problem, "compiled code was not kept on disk"),
        }
    }

    /// Removes a library.
    pub fn forget(&self, key: &str) {
        if let Some(path) = self.path(key) {
            let _ = fs::remove_file(path);
        }
    }

    /// Removes what was not used for the longest time, down to the limit.
    fn trim(&self) {
        let Some(entries) = self.dir.as_ref().and_then(|dir| fs::read_dir(dir).ok()) else { return };
        let mut files: Vec<(SystemTime, u64, PathBuf)> = entries
            .flatten()
            .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "so"))
            .filter_map(|entry| {
                let found = entry.metadata().ok()?;
                Some((found.modified().ok()?, found.len(), entry.path()))
            })
            .collect();
        files.sort_unstable();
        let mut total: u64 = files.iter().map(|file| file.1).sum();
        for (_, size, path) in files {
            if total <= self.limit {
                return;
            }
            if fs::remove_file(path).is_ok() {
                total -= size;
            }
        }
    }
}

/// Puts the hash of a library's contents at its end.
pub(super) fn seal(library: &Path) -> std::io::Result<()> {
    let bytes = fs::read(library)?;
    let mut file = File::options().append(true).open(library)?;
    file.write_all(&Sha256::digest(&bytes))?;
    file.write_all(SEAL)
}

fn is_sealed(bytes: &[u8]) -> bool {
    let Some((rest, seal)) = bytes.split_last_chunk::<16>() else { return false };
    let Some((contents, hash)) = rest.split_last_chunk::<32>() else { return false };
    seal == SEAL && Sha256::digest(contents).as_slice() == hash
}
