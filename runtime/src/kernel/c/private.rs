//! Directories that nobody else can write to: code that is loaded comes from such places only.

use std::fs::{self, DirBuilder};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Abandoned directories of builds are removed after this time; no build takes that long.
const ABANDONED: Duration = Duration::from_secs(600);

/// Makes a directory, for this user alone. One that exists is fine for `all`, which makes its parents too.
fn make(path: &Path, all: bool) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(all);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes sure that there is such a directory, and that it belongs to this user alone.
pub(super) fn directory(path: &Path) -> Result<(), String> {
    let problem = |e: io::Error| format!("{}: {e}", path.display());
    make(path, true).map_err(problem)?;
    let found = fs::metadata(path).map_err(problem)?;
    if belongs_to_us(&found) {
        Ok(())
    } else {
        Err(format!("{}: others can write to it, so no code is kept there", path.display()))
    }
}

#[cfg(unix)]
fn belongs_to_us(found: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o022 == 0
}

#[cfg(not(unix))]
fn belongs_to_us(_: &fs::Metadata) -> bool {
    false
}

/// A file that was put there by this user.
pub(super) fn is_our_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_file() && belongs_to_us(&found))
}

/// A new directory for one build, removed when this is dropped.
#[derive(Debug)]
pub(super) struct Workspace(PathBuf);

impl Workspace {
    /// Inside `parent`; its name starts with `prefix`.
    pub fn new(parent: &Path, prefix: &str) -> Result<Workspace, String> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        // Nobody can know the name before.
        let name = format!("{prefix}{}-{n}-{:016x}", std::process::id(), RandomState::new().hash_one(n));
        let path = parent.join(name);
        make(&path, false).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(Workspace(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Removes what processes that were stopped left behind.
pub(super) fn sweep(parent: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(prefix));
        let Some(found) = entry.metadata().ok().filter(|_| ours) else { continue };
        let age = found.modified().ok().and_then(|t| t.elapsed().ok());
        if found.is_dir() && belongs_to_us(&found) && age.is_some_and(|age| age > ABANDONED) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
