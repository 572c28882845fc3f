//! The encoders of `fixtures/autodiff` and what PyTorch says of them. Its README says how the files are laid out.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
pub struct Expected {
    pub inputs: BTreeMap<String, Vec<Vec<i64>>>,
    pub output: String,
    pub output_shape: Vec<usize>,
    pub largest: f64,
    pub parameters: Vec<Parameter>,
}

#[derive(Deserialize)]
pub struct Parameter {
    pub name: String,
    pub shape: Vec<usize>,
    /// Whether its gradient is zero in theory; errors are then relative to the largest gradient of the model.
    pub zero: bool,
    pub fp32_error: f64,
    #[serde(skip)]
    pub values: Vec<f32>,
    #[serde(skip)]
    pub gradient: Vec<f32>,
}

/// What PyTorch says of a family.
pub struct Family {
    pub expected: Expected,
    pub seed: Vec<f32>,
    pub output: Vec<f32>,
}

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/autodiff")
}

pub fn family(name: &str) -> Family {
    let path = |ending: &str| fixtures().join(format!("expected/{name}.{ending}"));
    let mut expected: Expected = serde_json::from_slice(&fs::read(path("json")).unwrap()).unwrap();
    let bytes = fs::read(path("bin")).unwrap();
    let mut numbers = bytes.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()));
    let mut take = |shape: &[usize]| -> Vec<f32> { numbers.by_ref().take(shape.iter().product()).collect() };
    let (seed, output) = (take(&expected.output_shape), take(&expected.output_shape));
    for parameter in &mut expected.parameters {
        parameter.values = take(&parameter.shape);
        parameter.gradient = take(&parameter.shape);
    }
    assert_eq!(numbers.count(), 0, "{name}: numbers are left over");
    Family { expected, seed, output }
}
