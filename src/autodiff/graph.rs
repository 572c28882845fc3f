//! A graph that can be rewritten: nodes in topological order, and the tensors that they start from.
//!
//! ONNX's own message is made for exchange; here attributes are a map, domains and names are never absent, and new
//! values get names that nothing else has. [`super::convert`] reads and writes the message.

use super::attribute::Attribute;
use crate::onnx::proto::TensorProto;
use crate::onnx::proto::tensor_proto::DataType;
use std::collections::{BTreeMap, BTreeSet};

/// The domain of operators that stand for several of ONNX's and are written out before anything runs.
pub const COMPOSITE: &str = "composite";

/// One operator at work.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The operator, spelt as ONNX does: `MatMul`.
    pub op: String,
    /// Empty for ONNX's own operators, which is also what `ai.onnx` is read as.
    pub domain: String,
    /// The exporter's name of the node, for messages; may be empty.
    pub name: String,
    /// Names of the values it reads; empty where an optional one is left out.
    pub inputs: Vec<String>,
    /// Names of the values it makes; empty where an optional one is not wanted.
    pub outputs: Vec<String>,
    /// Its attributes; one that has ONNX's default may be absent.
    pub attributes: BTreeMap<String, Attribute>,
}

impl Node {
    /// A node of ONNX's own domain without attributes or name.
    pub fn new(op: &str, inputs: &[&str], outputs: &[&str]) -> Node {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Node {
            op: op.to_owned(),
            domain: String::new(),
            name: String::new(),
            inputs: names(inputs),
            outputs: names(outputs),
            attributes: BTreeMap::new(),
        }
    }

    /// The same node with one more attribute.
    pub fn with(mut self, name: &str, attribute: impl Into<Attribute>) -> Node {
        self.attributes.insert(name.to_owned(), attribute.into());
        self
    }

    /// The same node with a tensor as one more attribute.
    pub fn with_tensor(self, name: &str, tensor: TensorProto) -> Node {
        self.with(name, Attribute::Tensor(Box::new(tensor)))
    }

    /// Whether this is that operator of ONNX's own domain.
    pub fn is(&self, op: &str) -> bool {
        self.domain.is_empty() && self.op == op
    }

    /// An input's name; `None` where it is left out.
    pub fn input(&self, index: usize) -> Option<&str> {
        self.inputs.get(index).map(String::as_str).filter(|name| !name.is_empty())
    }

    /// The first output's name; every operator has one.
    pub fn output(&self) -> &str {
        self.outputs.first().map_or("", String::as_str)
    }

    /// An integer attribute, or its default.
    pub fn int(&self, name: &str, default: i64) -> i64 {
        self.attributes.get(name).and_then(Attribute::int).unwrap_or(default)
    }

    /// A real attribute, or its default.
    pub fn float(&self, name: &str, default: f32) -> f32 {
        self.attributes.get(name).and_then(Attribute::float).unwrap_or(default)
    }

    /// A list of integers, where the attribute is given.
    pub fn ints(&self, name: &str) -> Option<&[i64]> {
        self.attributes.get(name).and_then(Attribute::ints)
    }

    /// A text attribute, where it is given.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).and_then(Attribute::text)
    }

    /// Whether it holds graphs of its own, as loops do, which may read any value.
    pub fn has_graphs(&self) -> bool {
        self.attributes.values().any(Attribute::is_graph)
    }

    /// How messages name the node: `MatMul "/encoder/layer.0/MatMul"`, or by its output where it has no name.
    pub fn title(&self) -> String {
        let domain = if self.domain.is_empty() { String::new() } else { format!("{}::", self.domain) };
        let name = if self.name.is_empty() { self.output() } else { &self.name };
        format!("{domain}{} \"{name}\"", self.op)
    }
}

/// A value that is fed or read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Its name.
    pub name: String,
    /// The type of its elements.
    pub element: DataType,
}

impl Edge {
    /// A value of this name and type.
    pub fn new(name: impl Into<String>, element: DataType) -> Edge {
        Edge { name: name.into(), element }
    }
}

/// Nodes in topological order, and what they start from.
#[derive(Clone, Debug)]
pub struct Graph {
    /// The nodes; each reads only inputs, initializers and what nodes before it make.
    pub nodes: Vec<Node>,
    /// Tensors of fixed content: weights and constants.
    pub initializers: BTreeMap<String, TensorProto>,
    /// What is fed.
    pub inputs: Vec<Edge>,
    /// What is read.
    pub outputs: Vec<Edge>,
    /// The version of ONNX's own operators.
    pub opset: i64,
    /// The versions of other domains' operators.
    pub domains: BTreeMap<String, i64>,
    /// Vectors of zeros that the exporter wrote where the model has none, such as the bias of a normalisation
    /// without one.
    pub(super) blanks: BTreeSet<String>,
    /// Names that the file had, so that new ones are new.
    taken: BTreeSet<String>,
    /// How many names were made.
    made: usize,
}

impl Graph {
    /// An empty graph.
    pub fn new(opset: i64) -> Graph {
        Graph {
            nodes: Vec::new(),
            initializers: BTreeMap::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            opset,
            domains: BTreeMap::new(),
            blanks: BTreeSet::new(),
            taken: BTreeSet::new(),
            made: 0,
        }
    }

    /// Remembers names that new ones must not be.
    pub(super) fn take_names(&mut self, names: impl IntoIterator<Item = String>) {
        self.taken.extend(names);
    }

    /// A name that no value has.
    pub fn fresh(&mut self, stem: &str) -> String {
        loop {
            self.made += 1;
            let name = format!("{stem}~{}", self.made);
            if !self.taken.contains(&name) {
                return name;
            }
        }
    }

    /// Adds an input.
    pub fn input(&mut self, name: &str, element: DataType) -> String {
        self.take_names([name.to_owned()]);
        self.inputs.push(Edge::new(name, element));
        name.to_owned()
    }

    /// Makes a value an output under a name of its own, so that it may be an input or an output already.
    pub fn output(&mut self, value: &str, name: &str, element: DataType) {
        self.nodes.push(Node::new("Identity", &[value], &[name]));
        self.outputs.push(Edge::new(name, element));
    }

    /// Adds a node with one output at the end, and names that.
    pub fn add(&mut self, op: &str, inputs: &[&str]) -> String {
        self.push(Node::new(op, inputs, &[]))
    }

    /// Adds a node whose first output is still to be named.
    pub fn push(&mut self, mut node: Node) -> String {
        if node.outputs.is_empty() {
            node.outputs.push(self.fresh(&node.op));
        }
        let output = node.output().to_owned();
        self.nodes.push(node);
        output
    }

    /// A single real number, without dimensions.
    pub fn scalar(&mut self, value: f32) -> String {
        self.constant(&format!("scalar:{value:e}"), tensor_f32(&[], &[value]))
    }

    /// A list of integers.
    pub fn ints(&mut self, values: &[i64]) -> String {
        self.constant(&format!("ints:{values:?}"), tensor_i64(&[values.len() as i64], values))
    }

    /// A single integer, without dimensions.
    pub fn int(&mut self, value: i64) -> String {
        self.constant(&format!("int:{value}"), tensor_i64(&[], &[value]))
    }

    /// A constant, kept once under a name that its content gives it.
    fn constant(&mut self, name: &str, tensor: TensorProto) -> String {
        let name = format!("{name}~");
        self.initializers.entry(name.clone()).or_insert_with(|| TensorProto { name: Some(name.clone()), ..tensor });
        name
    }

    /// The numbers of a 32-bit initializer; `None` if the value is another, or not fixed.
    pub fn fixed_f32(&self, value: &str) -> Option<Vec<f32>> {
        let tensor = self.initializers.get(value)?;
        (tensor.data_type == Some(DataType::Float as i32)).then(|| f32s(tensor))
    }

    /// The one number of a 32-bit initializer with one element, however many dimensions it has.
    pub fn fixed_scalar(&self, value: &str) -> Option<f32> {
        let tensor = self.initializers.get(value)?;
        if tensor.dims.iter().product::<i64>() != 1 {
            return None;
        }
        self.fixed_f32(value)?.first().copied()
    }

    /// The numbers of an integer initializer; `None` if the value is another, or not fixed.
    pub fn fixed_ints(&self, value: &str) -> Option<Vec<i64>> {
        let tensor = self.initializers.get(value)?;
        match DataType::try_from(tensor.data_type?).ok()? {
            DataType::Int64 if tensor.raw_data.is_none() => Some(tensor.int64_data.clone()),
            DataType::Int64 => Some(chunks(tensor.raw_data(), i64::from_le_bytes)),
            DataType::Int32 if tensor.raw_data.is_none() => {
                Some(tensor.int32_data.iter().map(|n| i64::from(*n)).collect())
            }
            DataType::Int32 => Some(chunks(tensor.raw_data(), i32::from_le_bytes).into_iter().map(i64::from).collect()),
            _ => None,
        }
    }

    /// For each value the nodes that read it, by position; a node that reads it twice is there twice.
    pub fn readers(&self) -> BTreeMap<&str, Vec<usize>> {
        let mut readers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, node) in self.nodes.iter().enumerate() {
            for input in node.inputs.iter().filter(|input| !input.is_empty()) {
                readers.entry(input).or_default().push(index);
            }
        }
        readers
    }

    /// For each value that a node makes the node's position.
    pub fn makers(&self) -> BTreeMap<&str, usize> {
        let nodes = self.nodes.iter().enumerate();
        nodes.flat_map(|(index, node)| node.outputs.iter().map(move |output| (output.as_str(), index))).collect()
    }

    /// Lets everything that read one value read another.
    pub fn replace(&mut self, value: &str, by: &str) {
        for input in self.nodes.iter_mut().flat_map(|node| &mut node.inputs).filter(|input| *input == value) {
            by.clone_into(input);
        }
        for output in self.outputs.iter_mut().filter(|output| output.name == value) {
            by.clone_into(&mut output.name);
        }
    }

    /// Removes nodes and initializers that no output needs.
    pub fn prune(&mut self) {
        let mut needed: BTreeSet<String> = self.outputs.iter().map(|output| output.name.clone()).collect();
        let mut kept = Vec::new();
        for node in std::mem::take(&mut self.nodes).into_iter().rev() {
            if node.outputs.iter().any(|output| needed.contains(output)) {
                needed.extend(node.inputs.iter().cloned());
                kept.push(node);
            }
        }
        kept.reverse();
        self.nodes = kept;
        self.initializers.retain(|name, _| needed.contains(name));
    }

    /// Puts the nodes into topological order, keeping their order where it is free.
    pub fn sort(&mut self) {
        let makers: BTreeMap<String, usize> = self.makers().into_iter().map(|(v, i)| (v.to_owned(), i)).collect();
        let mut waiting: Vec<usize> = Vec::new();
        let mut readers: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        for (index, node) in self.nodes.iter().enumerate() {
            let from: BTreeSet<usize> = node.inputs.iter().filter_map(|input| makers.get(input).copied()).collect();
            waiting.push(from.len());
            from.into_iter().for_each(|maker| readers[maker].push(index));
        }
        let mut ready: BTreeSet<usize> = (0..self.nodes.len()).filter(|index| waiting[*index] == 0).collect();
        let mut order = Vec::new();
        while let Some(index) = ready.pop_first() {
            order.push(index);
            for reader in &readers[index] {
                waiting[*reader] -= 1;
                if waiting[*reader] == 0 {
                    ready.insert(*reader);
                }
            }
        }
        let mut nodes: Vec<Option<Node>> = std::mem::take(&mut self.nodes).into_iter().map(Some).collect();
        // A cycle would leave nodes out; no runtime takes such a graph, and it fails there with its own words.
        self.nodes = order.into_iter().filter_map(|index| nodes[index].take()).collect();
    }
}

/// A tensor of 32-bit reals.
pub fn tensor_f32(dims: &[i64], values: &[f32]) -> TensorProto {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    TensorProto {
        dims: dims.to_vec(),
        data_type: Some(DataType::Float as i32),
        raw_data: Some(bytes.into()),
        ..Default::default()
    }
}

/// A tensor of 64-bit integers.
pub fn tensor_i64(dims: &[i64], values: &[i64]) -> TensorProto {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    TensorProto {
        dims: dims.to_vec(),
        data_type: Some(DataType::Int64 as i32),
        raw_data: Some(bytes.into()),
        ..Default::default()
    }
}

/// The numbers of a tensor of 32-bit reals, whichever of the two ways they are kept in.
pub fn f32s(tensor: &TensorProto) -> Vec<f32> {
    match &tensor.raw_data {
        Some(raw) => chunks(raw, f32::from_le_bytes),
        None => tensor.float_data.clone(),
    }
}

fn chunks<const N: usize, T>(bytes: &[u8], read: fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks::<N>().0.iter().map(|chunk| read(*chunk)).collect()
}
