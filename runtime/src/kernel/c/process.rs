//! Running a compiler, with a limit of time.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What a process wrote to its standard output.
pub(super) type Output = String;

/// Runs a command inside a directory of its own, where its temporary files go too. An error says why it did not
/// succeed.
pub(super) fn run(mut command: Command, dir: &Path, limit: Duration) -> Result<Output, String> {
    let (out, err) = (dir.join("output"), dir.join("errors"));
    let file = |path: &Path| File::create(path).map_err(|e| format!("{}: {e}", path.display()));
    command
        .current_dir(dir)
        .env("TMPDIR", dir)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(file(&out)?)
        .stderr(file(&err)?);
    group(&mut command);
    let mut child = command.spawn().map_err(|e| format!("{}: {e}", command.get_program().display()))?;
    let started = Instant::now();
    let mut pause = Duration::from_micros(500);
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if started.elapsed() < limit => std::thread::sleep(pause),
            waiting => {
                kill(&mut child);
                return Err(match waiting {
                    Ok(_) => format!("the compiler took more than {limit:?}"),
                    Err(e) => e.to_string(),
                });
            }
        }
        pause = (pause * 2).min(Duration::from_millis(5));
    };
    let text = |path: &Path| {
        let bytes = std::fs::read(path).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    if status.success() {
        Ok(text(&out))
    } else {
        let errors = text(&err);
        Err(format!("the compiler gave {status}: {}", errors.lines().next().unwrap_or_default()))
    }
}

/// The process and its children form a group, which ends with this thread.
#[cfg(unix)]
fn group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
    #[cfg(target_os = "linux")]
    {
        let end = || {
            // A compiler that is told to terminate removes its temporary files.
            rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::TERM))?;
            Ok(())
        };
        // SAFETY: one system call, which is allowed between fork and exec.
        unsafe { command.pre_exec(end) };
    }
}

#[cfg(unix)]
fn kill(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(pid, Signal::KILL);
    }
    let _ = child.wait();
}

#[cfg(not(unix))]
fn group(_: &mut Command) {}

#[cfg(not(unix))]
fn kill(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// This thread, and what it starts, leaves the processors to others.
pub(super) fn be_nice() {
    // On Linux this is of a thread, elsewhere of the whole process.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(10);
}
