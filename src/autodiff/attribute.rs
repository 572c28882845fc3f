//! The attributes of a node.

use crate::onnx::proto::attribute_proto::AttributeType;
use crate::onnx::proto::{AttributeProto, TensorProto};

/// An attribute's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// An integer.
    Int(i64),
    /// Integers.
    Ints(Vec<i64>),
    /// A real number.
    Float(f32),
    /// Real numbers.
    Floats(Vec<f32>),
    /// A text.
    Text(String),
    /// A tensor.
    Tensor(Box<TensorProto>),
    /// A graph, or whatever else: kept as it was read.
    Other(Box<AttributeProto>),
}

impl Attribute {
    pub(super) fn int(&self) -> Option<i64> {
        if let Attribute::Int(value) = self { Some(*value) } else { None }
    }

    pub(super) fn float(&self) -> Option<f32> {
        if let Attribute::Float(value) = self { Some(*value) } else { None }
    }

    pub(super) fn ints(&self) -> Option<&[i64]> {
        if let Attribute::Ints(values) = self { Some(values) } else { None }
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Attribute::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn is_graph(&self) -> bool {
        matches!(self, Attribute::Other(other) if other.g.is_some() || !other.graphs.is_empty())
    }

    /// Reads ONNX's message.
    pub(super) fn read(attribute: &AttributeProto) -> Attribute {
        // Old files leave the type out; then what is there tells it.
        let other = || Attribute::Other(Box::new(attribute.clone()));
        match attribute.r#type.and_then(|kind| AttributeType::try_from(kind).ok()) {
            Some(AttributeType::Int) => Attribute::Int(attribute.i()),
            Some(AttributeType::Ints) => Attribute::Ints(attribute.ints.clone()),
            Some(AttributeType::Float) => Attribute::Float(attribute.f()),
            Some(AttributeType::Floats) => Attribute::Floats(attribute.floats.clone()),
            Some(AttributeType::String) => {
                String::from_utf8(attribute.s().to_vec()).map_or_else(|_| other(), Attribute::Text)
            }
            Some(AttributeType::Tensor) => {
                attribute.t.as_ref().map_or_else(other, |t| Attribute::Tensor(Box::new(t.clone())))
            }
            _ => other(),
        }
    }

    /// Writes ONNX's message.
    pub(super) fn write(&self, name: &str) -> AttributeProto {
        let mut proto = AttributeProto { name: Some(name.to_owned()), ..Default::default() };
        let kind = match self {
            Attribute::Int(value) => {
                proto.i = Some(*value);
                AttributeType::Int
            }
            Attribute::Ints(values) => {
                proto.ints.clone_from(values);
                AttributeType::Ints
            }
            Attribute::Float(value) => {
                proto.f = Some(*value);
                AttributeType::Float
            }
            Attribute::Floats(values) => {
                proto.floats.clone_from(values);
                AttributeType::Floats
            }
            Attribute::Text(text) => {
                proto.s = Some(text.clone().into_bytes());
                AttributeType::String
            }
            Attribute::Tensor(tensor) => {
                proto.t = Some((**tensor).clone());
                AttributeType::Tensor
            }
            Attribute::Other(other) => return (**other).clone(),
        };
        proto.r#type = Some(kind as i32);
        proto
    }
}

impl From<i64> for Attribute {
    fn from(value: i64) -> Attribute {
        Attribute::Int(value)
    }
}

impl From<f32> for Attribute {
    fn from(value: f32) -> Attribute {
        Attribute::Float(value)
    }
}

impl From<Vec<i64>> for Attribute {
    fn from(values: Vec<i64>) -> Attribute {
        Attribute::Ints(values)
    }
}

impl From<&[i64]> for Attribute {
    fn from(values: &[i64]) -> Attribute {
        Attribute::Ints(values.to_vec())
    }
}

impl From<&str> for Attribute {
    fn from(text: &str) -> Attribute {
        Attribute::Text(text.to_owned())
    }
}
