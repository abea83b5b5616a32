//! Where data live: the CPU, or one GPU.

use crate::error::{Error, ErrorKind, Result};
use candle_core::DeviceLocation;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Mutex, PoisonError};

/// A place where arrays live and kernels run: the CPU or one GPU.
///
/// ```
/// use desc_jit::array::Device;
///
/// assert_eq!(Device::cpu().to_string(), "cpu");
/// assert!(Device::open("abacus").is_err());
/// ```
#[derive(Clone)]
pub struct Device(candle_core::Device);

impl Device {
    /// The CPU, which is always there.
    pub const fn cpu() -> Device {
        Device(candle_core::Device::Cpu)
    }

    /// The device of that name: `cpu`, `gpu` or `cuda` (the first GPU), `cuda:N`, `gpu:N`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] for a name that is none of these, [`ErrorKind::Device`] when this machine or
    /// this build has no such device.
    pub fn open(name: &str) -> Result<Device> {
        let lower = name.trim().to_ascii_lowercase();
        if lower == "cpu" {
            return Ok(Device::cpu());
        }
        let (kind, ordinal) = lower.split_once(':').unwrap_or((&lower, "0"));
        match (kind, ordinal.parse::<usize>()) {
            ("gpu" | "cuda", Ok(ordinal)) => Device::cuda(ordinal),
            _ => Err(Error::new(
                ErrorKind::Argument,
                format!(
                    "there is no device called \"{name}\"; write \"cpu\", \"gpu\", \"cuda\" or \"cuda:N\""
                ),
            )),
        }
    }

    /// The `ordinal`-th CUDA device. Each is opened once, so that all arrays on it share one stream.
    fn cuda(ordinal: usize) -> Result<Device> {
        static OPEN: Mutex<BTreeMap<usize, Device>> = Mutex::new(BTreeMap::new());
        if !candle_core::utils::cuda_is_available() {
            return Err(Error::new(
                ErrorKind::Device,
                format!("cuda:{ordinal} is not available: desc-jit was built without the `cuda` feature"),
            )
            .note("build with `--features cuda` (it needs the CUDA toolkit)"));
        }
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(device) = open.get(&ordinal) {
            return Ok(device.clone());
        }
        let device = candle_core::Device::new_cuda_with_stream(ordinal).map(Device).map_err(|e| {
            Error::new(
                ErrorKind::Device,
                format!("cuda:{ordinal} is not available: no such GPU answered ({e})"),
            )
        })?;
        open.insert(ordinal, device.clone());
        Ok(device)
    }

    /// It is the CPU.
    pub fn is_cpu(&self) -> bool {
        self.0.is_cpu()
    }

    /// The same device as Candle names it.
    pub fn candle(&self) -> &candle_core::Device {
        &self.0
    }

    /// Waits until everything that was started on the device has finished.
    ///
    /// # Errors
    ///
    /// What the device reports about work that failed.
    pub fn synchronize(&self) -> Result<()> {
        Ok(self.0.synchronize()?)
    }
}

impl From<candle_core::Device> for Device {
    fn from(device: candle_core::Device) -> Device {
        Device(device)
    }
}

impl From<Device> for candle_core::Device {
    fn from(device: Device) -> candle_core::Device {
        device.0
    }
}

impl PartialEq for Device {
    fn eq(&self, other: &Device) -> bool {
        (self.is_cpu() && other.is_cpu()) || self.0.location() == other.0.location()
    }
}

impl Eq for Device {}

impl Hash for Device {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.location().hash(state);
    }
}

impl Default for Device {
    fn default() -> Device {
        Device::cpu()
    }
}

/// `cpu`, `cuda:0`.
impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.location() {
            DeviceLocation::Cpu => write!(f, "cpu"),
            DeviceLocation::Cuda { gpu_id } => write!(f, "cuda:{gpu_id}"),
            DeviceLocation::Metal { gpu_id } => write!(f, "metal:{gpu_id}"),
        }
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
