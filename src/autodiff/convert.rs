//! From ONNX's message to a graph that can be rewritten, and back.

use super::attribute::Attribute;
use super::graph::{Edge, Graph, Node, f32s};
use crate::error::{Error, Result};
use crate::onnx::proto::tensor_proto::DataType;
use crate::onnx::proto::{
    GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto, TypeProto, ValueInfoProto, type_proto,
};
use std::collections::BTreeMap;

/// Before this opset `Softmax`, `Squeeze` and the reductions meant other things or were written otherwise.
pub const OLDEST_OPSET: i64 = 13;

/// Graphs that are rewritten have at least this opset, the first with `Gelu`; see [`super::make_known`].
pub const OPSET: i64 = 20;

/// The version of the format that is written.
const IR_VERSION: i64 = 9;

impl Graph {
    /// Reads a model. Constants become initializers; nothing else is changed.
    ///
    /// # Errors
    /// An opset that is too old, an output that is no tensor, functions of the model's own (exit 2).
    pub fn read(model: &ModelProto) -> Result<Graph> {
        let proto = model.graph.as_ref().ok_or_else(|| Error::input("the model has no graph"))?;
        let mut domains: BTreeMap<String, i64> =
            model.opset_import.iter().map(|set| (standard(set.domain()).to_owned(), set.version())).collect();
        let opset = domains.remove("").unwrap_or(0);
        if opset < OLDEST_OPSET {
            return Err(Error::input(format!(
                "the model was exported with opset {opset}, whose operators mean other things"
            ))
            .help(format!("export it again with opset {OPSET} or later")));
        }
        if !model.functions.is_empty() {
            return Err(Error::input("the model brings functions of its own, which are not taken apart")
                .help("export it with torch.onnx.export or `optimum-cli export onnx`"));
        }
        let mut graph = Graph::new(opset);
        graph.domains = domains;
        graph.initializers = proto.initializer.iter().map(|t| (t.name().to_owned(), t.clone())).collect();
        for node in &proto.node {
            match constant(node) {
                Some(tensor) => {
                    // Weights are initializers; what stands in a node was written by the exporter.
                    if is_blank(&tensor) {
                        graph.blanks.insert(tensor.name().to_owned());
                    }
                    graph.initializers.insert(tensor.name().to_owned(), tensor);
                }
                None => graph.nodes.push(read_node(node)),
            }
        }
        let inputs = proto.input.iter().filter(|input| !graph.initializers.contains_key(input.name()));
        let inputs = inputs.map(edge).collect::<Result<Vec<_>>>()?;
        graph.inputs = inputs;
        graph.outputs = proto.output.iter().map(edge).collect::<Result<Vec<_>>>()?;
        let made: Vec<String> = graph.nodes.iter().flat_map(|node| node.outputs.clone()).collect();
        graph.take_names(made);
        graph.take_names(graph.inputs.iter().map(|input| input.name.clone()).collect::<Vec<_>>());
        graph.take_names(graph.initializers.keys().cloned().collect::<Vec<_>>());
        graph.sort();
        Ok(graph)
    }

    /// Writes a model. Composite operators must have been written out.
    pub fn write(&self) -> ModelProto {
        let sets = std::iter::once((String::new(), self.opset)).chain(self.domains.clone());
        let tensor =
            |(name, tensor): (&String, &TensorProto)| TensorProto { name: Some(name.clone()), ..tensor.clone() };
        let graph = GraphProto {
            name: Some("distilgate".to_owned()),
            node: self.nodes.iter().map(write_node).collect(),
            initializer: self.initializers.iter().map(tensor).collect(),
            input: self.inputs.iter().map(info).collect(),
            output: self.outputs.iter().map(info).collect(),
            ..Default::default()
        };
        ModelProto {
            ir_version: Some(IR_VERSION),
            opset_import: sets
                .map(|(domain, version)| OperatorSetIdProto { domain: Some(domain), version: Some(version) })
                .collect(),
            producer_name: Some("distilgate".to_owned()),
            graph: Some(graph),
            ..Default::default()
        }
    }
}

/// ONNX's own domain has two names.
fn standard(domain: &str) -> &str {
    if domain == "ai.onnx" { "" } else { domain }
}

fn read_node(node: &NodeProto) -> Node {
    Node {
        op: node.op_type().to_owned(),
        domain: standard(node.domain()).to_owned(),
        name: node.name().to_owned(),
        inputs: node.input.clone(),
        outputs: node.output.clone(),
        attributes: node.attribute.iter().map(|a| (a.name().to_owned(), Attribute::read(a))).collect(),
    }
}

fn write_node(node: &Node) -> NodeProto {
    NodeProto {
        op_type: Some(node.op.clone()),
        domain: Some(node.domain.clone()),
        name: Some(node.name.clone()),
        input: node.inputs.clone(),
        output: node.outputs.clone(),
        attribute: node.attributes.iter().map(|(name, attribute)| attribute.write(name)).collect(),
        ..Default::default()
    }
}

/// The tensor that a `Constant` node stands for, under the name of its output.
fn constant(node: &NodeProto) -> Option<TensorProto> {
    if node.op_type() != "Constant" || !standard(node.domain()).is_empty() {
        return None;
    }
    let attribute = node.attribute.first()?;
    let mut tensor = match (attribute.name(), Attribute::read(attribute)) {
        ("value", Attribute::Tensor(tensor)) => *tensor,
        ("value_float", Attribute::Float(value)) => super::graph::tensor_f32(&[], &[value]),
        ("value_floats", Attribute::Floats(values)) => super::graph::tensor_f32(&[values.len() as i64], &values),
        ("value_int", Attribute::Int(value)) => super::graph::tensor_i64(&[], &[value]),
        ("value_ints", Attribute::Ints(values)) => super::graph::tensor_i64(&[values.len() as i64], &values),
        _ => return None,
    };
    tensor.name = node.output.first().cloned();
    Some(tensor)
}

/// Whether a tensor is a vector of nothing but zeros.
fn is_blank(tensor: &TensorProto) -> bool {
    let real_vector = tensor.data_type == Some(DataType::Float as i32) && tensor.dims.len() == 1;
    real_vector && f32s(tensor).iter().all(|number| *number == 0.0)
}

fn edge(info: &ValueInfoProto) -> Result<Edge> {
    let tensor = info.r#type.as_ref().and_then(|t| match t.value.as_ref()? {
        type_proto::Value::TensorType(tensor) => Some(tensor),
        _ => None,
    });
    let element = tensor.and_then(|tensor| DataType::try_from(tensor.elem_type?).ok());
    match element {
        Some(element) => Ok(Edge::new(info.name(), element)),
        None => Err(Error::input(format!("the model does not say what \"{}\" is, or it is no tensor", info.name()))
            .help("export it with torch.onnx.export or `optimum-cli export onnx`")),
    }
}

/// A value without a shape: ONNX Runtime takes what it is given.
fn info(edge: &Edge) -> ValueInfoProto {
    let tensor = type_proto::Tensor { elem_type: Some(edge.element as i32), shape: None };
    let kind = TypeProto { value: Some(type_proto::Value::TensorType(tensor)), ..Default::default() };
    ValueInfoProto { name: Some(edge.name.clone()), r#type: Some(kind), ..Default::default() }
}

/// An output of which only the name is said.
pub(super) fn untyped(name: &str) -> ValueInfoProto {
    ValueInfoProto { name: Some(name.to_owned()), ..Default::default() }
}
