//! What ONNX Runtime computes on.

use crate::cache::KeyBuilder;
use crate::error::Error;
use ort::ep;
use std::fmt;
use std::str::FromStr;

/// What ONNX Runtime computes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Device {
    /// The processor.
    #[default]
    Cpu,
    /// The first NVIDIA card. Numbers differ from the processor's in the last digits, and from run to run.
    Cuda,
}

impl Device {
    /// Adds the device to a key, so that nothing that one made is taken for what the other makes. Keys of the processor
    /// are as they always were.
    pub fn in_key(self, key: KeyBuilder) -> KeyBuilder {
        match self {
            Device::Cpu => key,
            Device::Cuda => key.text("cuda"),
        }
    }

    /// The execution providers to add; the processor's is always there.
    pub(super) fn providers(self) -> Vec<ep::ExecutionProviderDispatch> {
        match self {
            Device::Cpu => Vec::new(),
            // With TF32 products of matrices would have 10 bits.
            Device::Cuda => vec![ep::CUDA::default().with_tf32(false).build().error_on_failure()],
        }
    }

    /// Adds what to do where it cannot be computed on.
    pub(super) fn ways_out(self, error: Error) -> Error {
        match self {
            Device::Cpu => error,
            Device::Cuda => error
                .help("`python3 -m pip install onnxruntime-gpu` (1.18 or newer) in the Python that is first on PATH, without the package onnxruntime beside it")
                .help("or set DISTILGATE_ONNXRUNTIME to the libonnxruntime.so in its folder onnxruntime/capi")
                .help("CUDA and cuDNN of the versions that it names have to be where the system's loader finds them")
                .help("or leave out --device: the processor is the default"),
        }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Device::Cpu => "cpu",
            Device::Cuda => "cuda",
        })
    }
}

impl FromStr for Device {
    type Err = String;

    fn from_str(text: &str) -> Result<Device, String> {
        match text {
            "cpu" => Ok(Device::Cpu),
            "cuda" => Ok(Device::Cuda),
            _ => Err(format!("\"{text}\" is no device: cpu or cuda")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::Key;

    #[test]
    fn what_is_kept_of_one_device_is_not_found_for_another() {
        let key = |device: Device| device.in_key(Key::of("scores/1").text("model")).build();
        assert_eq!(key(Device::Cpu), Key::of("scores/1").text("model").build());
        assert_ne!(key(Device::Cuda), key(Device::Cpu));
        for device in [Device::Cpu, Device::Cuda] {
            assert_eq!(device.to_string().parse(), Ok(device));
        }
        assert!("gpu".parse::<Device>().is_err());
    }
}
