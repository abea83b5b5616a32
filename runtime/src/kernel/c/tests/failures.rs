//! Compilers that are missing, fail, hang or write nonsense, and libraries on disk that are damaged: each gives
//! one sentence, in bounded time, and never code.

use super::tools::tools;
use crate::kernel::c::build::{self, Tools};
use crate::kernel::c::compiler::Compiler;
use crate::kernel::c::load::Loaded;
use crate::kernel::c::private::Workspace;
use crate::kernel::c::store::Store;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const SOURCE: &str = "int not_a_kernel;";

/// A script in place of a compiler.
fn script(dir: &Path, name: &str, text: &str) -> String {
    let path = dir.join(name);
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).expect("an executable file");
    path.to_str().expect("a name in UTF-8").to_string()
}

fn directory() -> Workspace {
    Store::open(None).workspace().expect("a directory")
}

/// A script that answers as a compiler does, until it is to compile.
fn compiler_that(dir: &Path, does: &str) -> Compiler {
    let text = format!(
        "case \"$*\" in\n*--version*) echo 'cc 1.0';;\n*-dM*) echo '#define __X 1';;\n*) {does};;\nesac"
    );
    Compiler::probe(&script(dir, "cc", &text), dir, Duration::from_secs(10)).expect("it answers")
}

fn built(compiler: Compiler) -> Result<Loaded, String> {
    build::build(&Tools { compiler, store: Store::open(None) }, SOURCE)
}

#[test]
fn a_missing_compiler_is_named() {
    let dir = directory();
    let problem = Compiler::probe("desc-jit-no-such-compiler", dir.path(), Duration::from_secs(10));
    assert!(problem.unwrap_err().starts_with("desc-jit-no-such-compiler: "));
    let problem = Compiler::probe("  ", dir.path(), Duration::from_secs(10));
    assert_eq!(problem.unwrap_err(), "no compiler is named");
}

#[test]
fn a_program_that_is_no_compiler_is_not_taken_for_one() {
    let dir = directory();
    let silent = script(dir.path(), "silent", "exit 0");
    let problem = Compiler::probe(&silent, dir.path(), Duration::from_secs(10)).unwrap_err();
    assert_eq!(problem, "the compiler does not say what it is");
    let failing = script(dir.path(), "failing", "echo 'out of order' >&2; exit 3");
    let problem = Compiler::probe(&failing, dir.path(), Duration::from_secs(10)).unwrap_err();
    assert!(problem.ends_with(": out of order"), "{problem}");
}

#[test]
fn a_compiler_that_hangs_is_ended_with_its_children() {
    let dir = directory();
    let child = dir.path().join("child");
    let text = format!("sleep 600 & echo $! > {}; wait", child.display());
    let hanging = script(dir.path(), "hanging", &text);
    let started = Instant::now();
    let problem = Compiler::probe(&hanging, dir.path(), Duration::from_millis(500)).unwrap_err();
    assert!(problem.contains("took more than"), "{problem}");
    assert!(started.elapsed() < Duration::from_secs(60));
    let id = fs::read_to_string(child).expect("the child had started");
    let status = Path::new("/proc").join(id.trim()).join("status");
    let gone = || fs::read_to_string(&status).map_or(true, |text| text.contains("State:\tZ"));
    let ended = || started.elapsed() > Duration::from_secs(60);
    while !gone() && !ended() {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(gone(), "the child still runs");
}

#[test]
fn what_a_broken_compiler_makes_is_not_loaded() {
    let dir = directory();
    let problem = built(compiler_that(dir.path(), "echo 'no space' >&2; exit 1")).unwrap_err();
    assert!(problem.ends_with(": no space"), "{problem}");
    // It succeeds and writes nothing, nonsense, or half a library.
    assert!(built(compiler_that(dir.path(), "exit 0")).is_err());
    assert!(built(compiler_that(dir.path(), "echo nonsense > kernel.so")).is_err());
    assert!(built(compiler_that(dir.path(), "printf '\\177ELF\\002\\001\\001' > kernel.so")).is_err());
}

/// The one library of a store.
fn kept(dir: &Path) -> PathBuf {
    let mut paths = fs::read_dir(dir).expect("a directory").flatten().map(|entry| entry.path());
    paths.find(|path| path.extension().is_some_and(|e| e == "so")).expect("a library is kept")
}

#[test]
fn a_damaged_library_on_disk_is_made_again() {
    let dir = directory();
    let place = dir.path().join("kept");
    let tools = Tools { compiler: tools().compiler, store: Store::open(Some(place.clone())) };
    let entry = crate::kernel::c::print::ENTRY;
    let source = format!("__attribute__((visibility(\"default\"))) int {entry}(void) {{ return 0; }}");
    drop(build::build(&tools, &source).expect("it compiles"));
    let path = kept(&place);
    let good = fs::read(&path).expect("a file");
    let damages: [fn(&mut Vec<u8>); 4] = [
        |bytes| bytes.clear(),
        |bytes| bytes.truncate(bytes.len() / 2),
        |bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        },
        |bytes| bytes.fill(b'x'),
    ];
    for damage in damages {
        let mut bytes = good.clone();
        damage(&mut bytes);
        // Not in place: the library that was loaded is still mapped.
        fs::remove_file(&path).expect("the library");
        fs::write(&path, &bytes).expect("a file");
        drop(build::build(&tools, &source).expect("it compiles again"));
        assert_ne!(fs::read(kept(&place)).expect("a file"), bytes, "the damaged file is still there");
    }
}
