//! Where the shipped data lies, and where results go.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A file of `examples/data/`, found from wherever the example is started.
pub fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name)
}

/// Makes the folder for the results, with its parents.
pub fn make_output_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the output folder {}", folder.display()))
}
