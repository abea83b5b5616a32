//! Starting the examples as a user does.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Runs an example in `folder` with `arguments`, and with the environment variables `variables` set.
pub fn run_with(name: &str, folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(program(name));
    command.current_dir(folder).args(arguments).env_remove("DESC_BACKEND").envs(variables.iter().copied());
    command.output().unwrap_or_else(|e| panic!("{name} does not start: {e}"))
}

/// Runs an example in `folder` with `arguments`.
pub fn run(name: &str, folder: &Path, arguments: &[&str]) -> Output {
    run_with(name, folder, arguments, &[])
}

/// What a run that must succeed wrote to standard output.
pub fn stdout_of(output: &Output) -> String {
    assert!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What a run that must fail wrote to standard error. It must end with exit code 1, and a panic would be 101.
pub fn error_of(output: &Output) -> String {
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    stderr
}

/// Asserts that a file is a PNG picture at least 300 pixels wide and 100 high.
pub fn assert_picture(path: &Path) {
    let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n", "{}", path.display());
    let size = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    assert!(size(16) >= 300 && size(20) >= 100, "{} x {} pixels", size(16), size(20));
}

/// The built example: `cargo test` builds examples next to the tests. Only `cargo test --test NAME` does not,
/// so it is built here then.
fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    // target/debug/deps/this_test -> target/debug
    let profile = test.ancestors().nth(2).expect("tests lie in a folder of their profile");
    let program = profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        let profile_name = match profile.file_name().and_then(|n| n.to_str()) {
            Some("debug") | None => "dev",
            Some(other) => other,
        };
        let status = Command::new(env!("CARGO"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(["build", "--example", name, "--profile", profile_name, "--target-dir"])
            .arg(profile.parent().expect("a profile's folder lies in the target folder"))
            .status()
            .expect("cargo starts");
        assert!(status.success(), "cargo cannot build the example {name}");
    }
    program
}
