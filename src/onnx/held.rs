//! Outputs that stay in the memory of ONNX Runtime: looked at, or fed to another session, without a copy.

use super::proto::tensor_proto::DataType;
use super::session::{Feed, Session, failed, input};
use crate::error::{Error, Result};
use ort::session::SessionInputValue;
use ort::value::{DynValue, TensorElementType};
use std::collections::BTreeMap;

/// An output that a session made. It may outlive the run, and is freed when dropped.
#[derive(Debug)]
pub struct Held {
    value: DynValue,
}

impl Held {
    /// Its dimensions; empty where it is no tensor.
    pub fn shape(&self) -> Vec<usize> {
        let shape = self.value.dtype().tensor_shape();
        shape.map(|shape| shape.iter().map(|size| usize::try_from(*size).unwrap_or(0)).collect()).unwrap_or_default()
    }

    /// The type of its elements; `None` for what is no tensor, or of a type that this program does not use.
    pub fn element(&self) -> Option<DataType> {
        Some(match self.value.dtype().tensor_type()? {
            TensorElementType::Float32 => DataType::Float,
            TensorElementType::Float64 => DataType::Double,
            TensorElementType::Float16 => DataType::Float16,
            TensorElementType::Bfloat16 => DataType::Bfloat16,
            TensorElementType::Int64 => DataType::Int64,
            TensorElementType::Int32 => DataType::Int32,
            TensorElementType::Int8 => DataType::Int8,
            TensorElementType::Uint8 => DataType::Uint8,
            TensorElementType::Bool => DataType::Bool,
            _ => return None,
        })
    }

    /// Its elements row by row, where they are 32-bit reals.
    pub fn f32s(&self) -> Result<&[f32]> {
        self.value.try_extract_tensor::<f32>().map(|(_, data)| data).map_err(failed)
    }

    /// Its elements row by row, where they are 64-bit integers.
    pub fn i64s(&self) -> Result<&[i64]> {
        self.value.try_extract_tensor::<i64>().map(|(_, data)| data).map_err(failed)
    }
}

impl Session {
    /// Runs the model once and keeps every output. `held` are outputs of other runs, fed under these names.
    pub fn run_all(&mut self, feeds: &[Feed], held: &[(&str, &Held)]) -> Result<BTreeMap<String, Held>> {
        let mut inputs = feeds.iter().map(input).collect::<ort::Result<Vec<_>>>().map_err(failed)?;
        inputs.extend(held.iter().map(|(name, held)| (*name, SessionInputValue::from(&held.value))));
        let names: Vec<String> = self.inner.outputs().iter().map(|output| output.name().to_owned()).collect();
        let mut outputs = self.inner.run(inputs).map_err(failed)?;
        let take = |name: String| {
            let value = outputs.remove(&name);
            value.map(|value| (name, Held { value })).ok_or_else(|| Error::input("the model left an output out"))
        };
        names.into_iter().map(take).collect()
    }
}
