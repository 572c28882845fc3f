//! A model file, read and looked at before ONNX Runtime sees it.
//!
//! What is wrong with a file is said here, in words and with exit code 2, rather than by a session that does
//! not start. Weights that lie in other files are taken in (see [`super::external`]), so that what is digested
//! is what is run, and so that no session has to find files. Nothing is executed.

use super::external;
use super::proto::tensor_proto::DataType;
use super::proto::{GraphProto, ModelProto, TensorProto, ValueInfoProto, tensor_shape_proto, type_proto};
use crate::cache::{Digest, digest_bytes};
use crate::error::{Error, Place, Result};
use prost::Message;
use prost::bytes::Bytes;
use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// No protobuf message can be longer, and so no model with its weights inside.
pub const MAX_BYTES: u64 = (1 << 31) - 1;

/// What a Git LFS pointer begins with.
const LFS: &[u8] = b"version https://git-lfs.github.com/spec/";

/// A model with all its weights in memory.
#[derive(Clone, Debug)]
pub struct Model {
    /// The file it was read from.
    pub path: PathBuf,
    /// The model; every tensor's data is inside.
    pub proto: ModelProto,
    bytes: Bytes,
}

impl Model {
    /// Reads a model and the weight files that belong to it. Every error is the user's to mend (exit 2).
    pub fn read(path: &Path) -> Result<Model> {
        let original = read_bounded(path)?;
        check_fetched(path, &original)?;
        let proto = ModelProto::decode(original.clone()).map_err(|e| not_onnx(path, &e.to_string()))?;
        check_whole(path, &proto)?;
        Model::take_in(path, proto, original)
    }

    fn take_in(path: &Path, mut proto: ModelProto, original: Bytes) -> Result<Model> {
        let bytes = match external::take_in(path, &mut proto, original.len() as u64)? {
            0 => original,
            _ => Bytes::from(proto.encode_to_vec()),
        };
        Ok(Model { path: path.to_owned(), proto, bytes })
    }

    /// The file that a session starts from: the model with its weights inside.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The SHA-256 of [`Self::bytes`].
    pub fn digest(&self) -> Digest {
        digest_bytes(&self.bytes)
    }

    /// What has to be fed, in the graph's order.
    pub fn inputs(&self) -> Vec<Port> {
        let weights: BTreeSet<&str> = self.graph().initializer.iter().map(TensorProto::name).collect();
        // Before IR version 4 every weight was listed among the inputs too.
        self.graph().input.iter().filter(|input| !weights.contains(input.name())).map(Port::new).collect()
    }

    /// What comes out, in the graph's order.
    pub fn outputs(&self) -> Vec<Port> {
        self.graph().output.iter().map(Port::new).collect()
    }

    /// The version of the standard operators, ONNX's own domain.
    pub fn opset(&self) -> i64 {
        let standard = |domain: &str| domain.is_empty() || domain == "ai.onnx";
        self.proto.opset_import.iter().find(|set| standard(set.domain())).map_or(0, |set| set.version())
    }

    /// How many numbers the weights hold: the elements of all initializers of a type that weights have. Shapes
    /// and positions, which exporters keep as initializers too, are of other types.
    pub fn parameters(&self) -> u64 {
        self.weights().map(elements).sum()
    }

    /// How many of the [`Model::parameters`] every token meets: all but those in tables whose rows are looked up, which
    /// hold most of a small encoder's weights and cost next to nothing.
    pub fn working_parameters(&self) -> u64 {
        let graph = self.graph();
        let looked_up = |name: &str| {
            let mut uses = graph.node.iter().filter(|node| node.input.iter().any(|input| input == name)).peekable();
            uses.peek().is_some() && uses.all(|node| node.op_type() == "Gather")
        };
        self.weights().filter(|weight| !looked_up(weight.name())).map(elements).sum()
    }

    /// The initializers of a type that weights have.
    fn weights(&self) -> impl Iterator<Item = &TensorProto> {
        const WEIGHTS: [DataType; 6] =
            [DataType::Float, DataType::Double, DataType::Float16, DataType::Bfloat16, DataType::Int8, DataType::Uint8];
        let counts = |weight: &&TensorProto| WEIGHTS.iter().any(|t| weight.data_type == Some(*t as i32));
        self.graph().initializer.iter().filter(counts)
    }

    /// The graph; [`Model::read`] has made sure that there is one.
    pub fn graph(&self) -> &GraphProto {
        self.proto.graph.as_ref().expect("a model that was read has a graph")
    }
}

/// Refuses the text that a checkout holds in place of a file that Git LFS has not fetched.
pub(crate) fn check_fetched(path: &Path, bytes: &[u8]) -> Result<()> {
    if !bytes.starts_with(LFS) {
        return Ok(());
    }
    Err(Error::input("this is a Git LFS pointer: the file itself was not fetched")
        .at(Place::file(path))
        .help("run `git lfs pull`"))
}

/// How many elements a tensor has, as its dimensions say.
pub(super) fn elements(tensor: &TensorProto) -> u64 {
    tensor.dims.iter().fold(1, |product, dim| u64::saturating_mul(product, u64::try_from(*dim).unwrap_or(0)))
}

fn read_bounded(path: &Path) -> Result<Bytes> {
    let reading = |e| Error::reading(path, e);
    let file = File::open(path).map_err(reading)?;
    let length = file.metadata().map_err(reading)?.len();
    let mut bytes = Vec::with_capacity(length.min(MAX_BYTES) as usize);
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(reading)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Error::input("this file is longer than 2 GiB, which no ONNX model can be")
            .at(Place::file(path))
            .help("models of that size keep their weights in a file beside; export it that way"));
    }
    Ok(Bytes::from(bytes))
}

/// Almost any bytes can pass for a protobuf message with unknown fields, so the parts that every ONNX model
/// has are asked for.
fn check_whole(path: &Path, proto: &ModelProto) -> Result<()> {
    let graph = proto.graph.as_ref().ok_or_else(|| not_onnx(path, "it has no graph"))?;
    if proto.ir_version.is_none() || proto.opset_import.is_empty() {
        return Err(not_onnx(path, "it names no version of ONNX"));
    }
    if graph.node.is_empty() || graph.output.is_empty() {
        return Err(not_onnx(path, "its graph is empty"));
    }
    Ok(())
}

fn not_onnx(path: &Path, why: &str) -> Error {
    let empty = fs::metadata(path).is_ok_and(|metadata| metadata.len() == 0);
    let why = if empty { "it is empty" } else { why };
    Error::input(format!("this is not an ONNX model, or it was cut short: {why}"))
        .at(Place::file(path))
        .help("export the model with `optimum-cli export onnx`, torch.onnx.export or sentence-transformers")
}

/// One dimension of a tensor that goes in or comes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// Always this size.
    Fixed(i64),
    /// Whatever size it has at run time; the name is the exporter's, and may be empty.
    Free(String),
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Dimension::Fixed(size) => write!(f, "{size}"),
            Dimension::Free(name) if name.is_empty() => write!(f, "?"),
            Dimension::Free(name) => write!(f, "{name}"),
        }
    }
}

/// A tensor that goes into a graph or comes out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// The type of its elements; `None` if it is no tensor or of a type that this program does not know.
    pub element: Option<DataType>,
    /// Its dimensions; `None` if the file does not say.
    pub shape: Option<Vec<Dimension>>,
}

impl Port {
    fn new(info: &ValueInfoProto) -> Port {
        let tensor = info.r#type.as_ref().and_then(|t| match t.value.as_ref()? {
            type_proto::Value::TensorType(tensor) => Some(tensor),
            _ => None,
        });
        let element = tensor.and_then(|tensor| DataType::try_from(tensor.elem_type?).ok());
        let shape = tensor.and_then(|tensor| tensor.shape.as_ref());
        let shape = shape.map(|shape| shape.dim.iter().map(dimension).collect());
        Port { name: info.name().to_owned(), element, shape }
    }

    /// How many dimensions it has, where the file says so.
    pub fn rank(&self) -> Option<usize> {
        self.shape.as_ref().map(Vec::len)
    }

    /// The size of the last dimension, where it is fixed.
    pub fn last_dimension(&self) -> Option<i64> {
        match self.shape.as_ref()?.last()? {
            Dimension::Fixed(size) => Some(*size),
            Dimension::Free(_) => None,
        }
    }
}

fn dimension(dim: &tensor_shape_proto::Dimension) -> Dimension {
    match &dim.value {
        Some(tensor_shape_proto::dimension::Value::DimValue(size)) if *size >= 0 => Dimension::Fixed(*size),
        Some(tensor_shape_proto::dimension::Value::DimParam(name)) => Dimension::Free(name.clone()),
        _ => Dimension::Free(String::new()),
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let element = self.element.map_or("unknown", |element| element.as_str_name());
        write!(f, "{} {}", self.name, element.to_lowercase())?;
        match &self.shape {
            None => Ok(()),
            Some(shape) => {
                let sizes: Vec<String> = shape.iter().map(Dimension::to_string).collect();
                write!(f, "[{}]", sizes.join(", "))
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::Exit;
    use crate::onnx::proto::{NodeProto, OperatorSetIdProto, TypeProto};

    /// `y = x + w` over float32 vectors of two numbers.
    pub(crate) fn small_model() -> ModelProto {
        let text = |text: &str| Some(text.to_owned());
        let port = |name: &str| ValueInfoProto {
            name: text(name),
            r#type: Some(TypeProto {
                value: Some(type_proto::Value::TensorType(type_proto::Tensor {
                    elem_type: Some(DataType::Float as i32),
                    shape: Some(super::super::proto::TensorShapeProto {
                        dim: vec![tensor_shape_proto::Dimension {
                            value: Some(tensor_shape_proto::dimension::Value::DimValue(2)),
                            ..Default::default()
                        }],
                    }),
                })),
                ..Default::default()
            }),
            ..Default::default()
        };
        let add = NodeProto {
            op_type: text("Add"),
            input: vec!["x".into(), "w".into()],
            output: vec!["y".into()],
            ..Default::default()
        };
        let weight = TensorProto {
            name: text("w"),
            dims: vec![2],
            data_type: Some(DataType::Float as i32),
            raw_data: Some(Bytes::from_static(&[0, 0, 128, 63, 0, 0, 0, 64])), // 1.0, 2.0
            ..Default::default()
        };
        let graph = GraphProto {
            name: text("small"),
            node: vec![add],
            initializer: vec![weight],
            input: vec![port("x"), port("w")],
            output: vec![port("y")],
            ..Default::default()
        };
        ModelProto {
            ir_version: Some(8),
            opset_import: vec![OperatorSetIdProto { domain: None, version: Some(17) }],
            graph: Some(graph),
            ..Default::default()
        }
    }

    fn read(bytes: &[u8]) -> Result<Model> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.onnx");
        fs::write(&path, bytes).unwrap();
        Model::read(&path)
    }

    #[test]
    fn a_model_tells_what_goes_in_and_comes_out() {
        let bytes = small_model().encode_to_vec();
        let model = read(&bytes).unwrap();
        assert_eq!(model.bytes(), bytes);
        let shown = |ports: Vec<Port>| ports.iter().map(Port::to_string).collect::<Vec<_>>().join(", ");
        assert_eq!(shown(model.inputs()), "x float[2]", "a weight is no input");
        assert_eq!(shown(model.outputs()), "y float[2]");
        assert_eq!((model.opset(), model.parameters()), (17, 2));
    }

    #[test]
    fn what_is_no_model_is_refused_in_words() {
        let whole = small_model().encode_to_vec();
        let without_graph = ModelProto { graph: None, ..small_model() }.encode_to_vec();
        let cases: [(&[u8], &str); 6] = [
            (b"", "it is empty"),
            (b"PK\x03\x04 a zip file", "not an ONNX model"),
            (b"<!DOCTYPE html>", "not an ONNX model"),
            (b"version https://git-lfs.github.com/spec/v1\noid sha256:00", "git lfs pull"),
            (&whole[..whole.len() - 3], "not an ONNX model"),
            (&without_graph, "it has no graph"),
        ];
        for (bytes, reason) in cases {
            let error = read(bytes).unwrap_err();
            assert_eq!(error.exit(), Exit::Unusable);
            assert!(error.to_string().contains(reason), "{error}");
        }
        assert_eq!(Model::read(Path::new("no/such.onnx")).unwrap_err().exit(), Exit::Unusable);
    }
}
