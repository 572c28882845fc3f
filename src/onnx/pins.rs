//! The ONNX Runtime that is installed where none is found: one wheel per platform, pinned by SHA-256.
//!
//! The library in a wheel is the same file whichever Python the wheel is for, so that one pin per platform is
//! enough, and so that a library which somebody else installed can be recognised. Digests were taken from the
//! wheels on PyPI. Only data here: [`super::install`] uses it.

use crate::cache::Digest;

/// A wheel of ONNX Runtime and the one library in it that is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The version of the package.
    pub version: &'static str,
    /// The platform tag of the wheel, as pip spells it.
    pub platform: &'static str,
    /// SHA-256 of the wheel.
    pub wheel: &'static str,
    /// About how many bytes the wheel has; said before the download.
    pub megabytes: u32,
    /// The library's path in the wheel.
    pub library: &'static str,
    /// SHA-256 of the library.
    pub digest: &'static str,
}

impl Pin {
    /// The file name of the library.
    pub fn file_name(&self) -> &'static str {
        self.library.rsplit('/').next().unwrap_or(self.library)
    }

    /// The digest that the library must have.
    pub fn library_digest(&self) -> Digest {
        Digest::from_hex(self.digest).expect("a test reads every digest of the table")
    }
}

/// The Python for which the wheels are: any would do, since the library does not depend on it.
pub const PYTHON: &str = "3.12";

/// The same as an ABI tag.
pub const ABI: &str = "cp312";

const LINUX_X86_64: Pin = Pin {
    version: "1.32.0",
    platform: "manylinux_2_28_x86_64",
    wheel: "99e1074c4b2197accd5073052a465361be17b89c093b8ffb6e6bd8f986c52df8",
    megabytes: 28,
    library: "onnxruntime/capi/libonnxruntime.so.1.32.0",
    digest: "6c1585d1bbf45b0712ea4a21b705c5fcb4ba04ff2e30f1fbf81a49faf658638f",
};

const LINUX_AARCH64: Pin = Pin {
    version: "1.32.0",
    platform: "manylinux_2_28_aarch64",
    wheel: "e36c187006e7a7c8b8d6d57f1a209dd63f52430dca6c282b177718ad6b841054",
    megabytes: 23,
    library: "onnxruntime/capi/libonnxruntime.so.1.32.0",
    digest: "49852228a93995158b2a813d4df487d47a1b76b0eaa894507ef49e91b6d7954a",
};

const MACOS_ARM64: Pin = Pin {
    version: "1.32.0",
    platform: "macosx_14_0_arm64",
    wheel: "d52510bbbcc880c13b826f7d75cdf33ac5cf0bb864d960000fc29ce73f0cb83e",
    megabytes: 23,
    library: "onnxruntime/capi/libonnxruntime.1.32.0.dylib",
    digest: "fa585fabbea65b823b9a8f7e27d46aee3989d1be7e36b528203d3a1fd613aae7",
};

/// 1.23.2 is the last version with a wheel for Macs with an Intel processor.
const MACOS_X86_64: Pin = Pin {
    version: "1.23.2",
    platform: "macosx_13_0_x86_64",
    wheel: "218295a8acae83905f6f1aed8cacb8e3eb3bd7513a13fe4ba3b2664a19fc4a6b",
    megabytes: 19,
    library: "onnxruntime/capi/libonnxruntime.1.23.2.dylib",
    digest: "41e7960eccef34f60ca21d091d37bc97d0e70a0b4ce902babf5f795a76e1af74",
};

const WINDOWS_X86_64: Pin = Pin {
    version: "1.32.0",
    platform: "win_amd64",
    wheel: "efe7456952c243a05a53d5b8732953625144642c2f3989094277f6217f0c0c40",
    megabytes: 17,
    library: "onnxruntime/capi/onnxruntime.dll",
    digest: "443c0065fcdba17618ddef05050308f4b471893c5c7da0337d6957c9073ad8a7",
};

const WINDOWS_ARM64: Pin = Pin {
    version: "1.32.0",
    platform: "win_arm64",
    wheel: "64d394c69d561af3efd4d4f49dcac8f11d0ce135a20701c16d53b74056cd4cf8",
    megabytes: 16,
    library: "onnxruntime/capi/onnxruntime.dll",
    digest: "a5c1951a7d495fa0c22a0865fe36981fe67f9d5dc7ba3893c20fa7266dd1e994",
};

/// Every pin.
#[cfg(test)]
pub const ALL: [Pin; 6] = [LINUX_X86_64, LINUX_AARCH64, MACOS_ARM64, MACOS_X86_64, WINDOWS_X86_64, WINDOWS_ARM64];

/// The pin for the platform that this program was built for; `None` where there is no wheel, as with musl.
pub fn for_this_platform() -> Option<Pin> {
    if cfg!(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64")) {
        Some(LINUX_X86_64)
    } else if cfg!(all(target_os = "linux", target_env = "gnu", target_arch = "aarch64")) {
        Some(LINUX_AARCH64)
    } else if cfg!(all(target_os = "macos", target_arch = "aarch64")) {
        Some(MACOS_ARM64)
    } else if cfg!(all(target_os = "macos", target_arch = "x86_64")) {
        Some(MACOS_X86_64)
    } else if cfg!(all(target_os = "windows", target_arch = "x86_64")) {
        Some(WINDOWS_X86_64)
    } else if cfg!(all(target_os = "windows", target_arch = "aarch64")) {
        Some(WINDOWS_ARM64)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digest_of_the_table_can_be_read() {
        for pin in ALL {
            assert_eq!(pin.library_digest().to_string(), pin.digest);
            assert!(Digest::from_hex(pin.wheel).is_some(), "{}", pin.platform);
            assert!(pin.platform.starts_with("win") || pin.library.contains(pin.version), "{}", pin.platform);
        }
    }
}
