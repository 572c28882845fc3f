//! The protobuf types of ONNX: a model, its graph, nodes and tensors, as the files hold them.
//!
//! Generated from `fixtures/onnx/onnx-ml.proto`, which is from the package `onnx` 1.23.2 (Apache-2.0); its
//! comments say what each field means. A test makes the file again and compares. Unknown fields are dropped
//! when a model is read, and reading stops at a hundred levels of nesting.

#[allow(missing_docs, clippy::all, reason = "generated code")]
#[rustfmt::skip]
mod generated;

pub use generated::*;

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::{env, fs};

    const HEAD: &str = "//! Generated from `fixtures/onnx/onnx-ml.proto`; see the module above. Do not edit.\n\n";

    /// Set this to write the file instead of comparing.
    const UPDATE: &str = "UPDATE_ONNX_PROTO";

    fn generate() -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/onnx");
        let descriptors = protox::compile(["onnx-ml.proto"], [folder]).unwrap();
        let out = tempfile::tempdir().unwrap();
        let mut config = prost_build::Config::new();
        // Weights: a view into the bytes that were read, not a copy of them.
        config.bytes([".onnx.TensorProto.raw_data"]).disable_comments(["."]).out_dir(out.path());
        config.compile_fds(descriptors).unwrap();
        format!("{HEAD}{}", fs::read_to_string(out.path().join("onnx.rs")).unwrap())
    }

    #[test]
    fn the_committed_types_are_those_of_the_proto_file() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/onnx/proto/generated.rs");
        let generated = generate();
        if env::var_os(UPDATE).is_some() {
            fs::write(&path, &generated).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap();
        assert!(committed == generated, "make it again: {UPDATE}=1 cargo test the_committed_types");
    }
}
