//! What is in use, to print at the head of a run.

use super::{Backend, Device, Engine, backend, device, engine};
use crate::dtype::DType;
use std::fmt;

/// The release of Candle that this one is built on. (Candle does not say; a test compares it with the lock
/// file.)
const CANDLE_VERSION: &str = "0.11.1";

/// Versions, backend, default dtype, device and memory: see [`backend_info`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BackendInfo {
    /// The version of desc-jit.
    pub version: &'static str,
    /// The version of Candle.
    pub candle_version: &'static str,
    /// What calls of annotated functions run.
    pub backend: Backend,
    /// What runs staged functions.
    pub engine: String,
    /// The dtype of floating-point literals: never narrowed silently.
    pub default_float: DType,
    /// The device that staged functions run on.
    pub device: Device,
    /// The name of the device's hardware, where the system tells.
    pub device_name: Option<String>,
    /// How many threads the CPU runs at the same time.
    pub threads: usize,
    /// Memory in bytes that programs can still take, where the system tells (of the host).
    pub available_memory: Option<u64>,
    /// Memory in bytes (of the host).
    pub total_memory: Option<u64>,
}

/// What is in use now, on this thread.
pub fn backend_info() -> BackendInfo {
    let device = device();
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    BackendInfo {
        version: env!("CARGO_PKG_VERSION"),
        candle_version: CANDLE_VERSION,
        backend: backend(),
        engine: match backend() {
            Backend::Native => "rustc (functions as written)".to_string(),
            // Kernels work on host memory.
            Backend::Jit if device.is_cpu() => match (engine(), crate::kernel::c_compiler()) {
                (engine @ (Engine::Auto | Engine::C), Some(compiler)) => format!("{engine} ({compiler})"),
                (engine, _) => engine.to_string(),
            },
            Backend::Jit => Engine::Candle.to_string(),
        },
        default_float: DType::F64,
        device_name: if device.is_cpu() { cpu_name() } else { None },
        device,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        available_memory: kilobytes(&memory, "MemAvailable:"),
        total_memory: kilobytes(&memory, "MemTotal:"),
    }
}

/// The value in bytes of a line like `MemTotal:  16316412 kB`.
fn kilobytes(meminfo: &str, key: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix(key))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

fn cpu_name() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_string())
}

/// Prints [`backend_info`] on the standard output.
pub fn print_backend_info() {
    println!("{}", backend_info());
}

fn gibibytes(bytes: u64) -> f64 {
    bytes as f64 / (1u64 << 30) as f64
}

impl fmt::Display for BackendInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "desc-jit {}, candle {}", self.version, self.candle_version)?;
        writeln!(
            f,
            "backend: {}, engine: {}, default float: {}",
            self.backend, self.engine, self.default_float
        )?;
        write!(f, "device: {}", self.device)?;
        if let Some(name) = &self.device_name {
            write!(f, " ({name})")?;
        }
        write!(f, ", {} CPU thread{}", self.threads, if self.threads == 1 { "" } else { "s" })?;
        if let (Some(available), Some(total)) = (self.available_memory, self.total_memory) {
            let (available, total) = (gibibytes(available), gibibytes(total));
            write!(f, "\nmemory: {available:.2} GiB available of {total:.2} GiB")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_candle_is_that_of_the_lock_file() {
        let lock = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
        let Ok(text) = std::fs::read_to_string(lock) else {
            return;
        };
        let entry = text.split("[[package]]").find(|e| e.contains("name = \"candle-core\"")).unwrap();
        assert!(entry.contains(&format!("version = \"{CANDLE_VERSION}\"")), "{entry}");
    }

    #[test]
    fn memory_is_read_as_the_kernel_writes_it() {
        let text = "MemTotal:       16316412 kB\nMemFree:         1 kB\nMemAvailable:    8000000 kB\n";
        assert_eq!(kilobytes(text, "MemTotal:"), Some(16316412 * 1024));
        assert_eq!(kilobytes(text, "MemAvailable:"), Some(8000000 * 1024));
        assert_eq!(kilobytes(text, "SwapTotal:"), None);
        assert_eq!(kilobytes("MemTotal: many kB", "MemTotal:"), None);
    }

    #[test]
    fn the_text_names_everything() {
        let info = BackendInfo {
            version: "1.2.3",
            candle_version: "0.11.1",
            backend: Backend::Jit,
            engine: "candle".to_string(),
            default_float: DType::F64,
            device: Device::cpu(),
            device_name: Some("Abacus 3".into()),
            threads: 1,
            available_memory: Some(3 << 30),
            total_memory: Some(4 << 30),
        };
        assert_eq!(
            info.to_string(),
            "desc-jit 1.2.3, candle 0.11.1\nbackend: jit, engine: candle, default float: f64\n\
             device: cpu (Abacus 3), 1 CPU thread\nmemory: 3.00 GiB available of 4.00 GiB"
        );
    }
}
