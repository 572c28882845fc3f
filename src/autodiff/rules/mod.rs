//! One rule per operator: from the gradient of its output to those of its inputs.
//!
//! Each rule is a vector-Jacobian product with its formula above it: x the inputs, y the output, g the gradient of
//! y, dx that of x. An operator is in one of three states: it has a rule; it has no gradient by definition, because
//! it gives integers or truth values or is constant almost everywhere; or it is not in the table, and a model that
//! needs it is refused. There is never a silent zero.

mod gather;
mod gemm;
mod layer_normalization;
mod linear;
mod matmul;
mod parts;
mod pointwise;
mod reduce;
mod shape;
mod softmax;
#[cfg(test)]
mod tests;

use super::graph::{COMPOSITE, Node};
use super::step::Step;

/// What a rule gives back: nothing, or why this use of the operator is not supported.
pub type Done = Result<(), String>;

/// How an operator is differentiated.
#[derive(Clone, Copy)]
pub enum State {
    /// By this rule.
    Rule(fn(&mut Step) -> Done),
    /// Not at all: what it gives does not change with its inputs, almost everywhere.
    Zero,
}

use State::{Rule, Zero};

/// Every operator that is known, in alphabetical order; they are ONNX's own, as of opset 13 to 23.
pub const TABLE: [(&str, State); 72] = [
    ("Abs", Rule(pointwise::abs)),
    ("Add", Rule(pointwise::add)),
    ("And", Zero),
    ("ArgMax", Zero),
    ("ArgMin", Zero),
    ("Cast", Rule(pointwise::cast)),
    ("Ceil", Zero),
    ("Clip", Rule(pointwise::clip)),
    ("Concat", Rule(parts::concat)),
    ("ConstantOfShape", Zero),
    ("Cos", Rule(pointwise::cos)),
    ("Div", Rule(pointwise::div)),
    ("Dropout", Rule(pointwise::dropout)),
    ("Equal", Zero),
    ("Erf", Rule(pointwise::erf)),
    ("Exp", Rule(pointwise::exp)),
    ("Expand", Rule(shape::expand)),
    ("Flatten", Rule(shape::reshape)),
    ("Floor", Zero),
    ("Gather", Rule(gather::gather)),
    ("Gelu", Rule(pointwise::gelu)),
    ("Gemm", Rule(gemm::gemm)),
    ("Greater", Zero),
    ("GreaterOrEqual", Zero),
    ("Identity", Rule(pointwise::identity)),
    ("IsInf", Zero),
    ("IsNaN", Zero),
    ("LayerNormalization", Rule(layer_normalization::layer_normalization)),
    ("LeakyRelu", Rule(pointwise::leaky_relu)),
    ("Less", Zero),
    ("LessOrEqual", Zero),
    ("Log", Rule(pointwise::log)),
    ("LogSoftmax", Rule(softmax::log_softmax)),
    ("MatMul", Rule(matmul::matmul)),
    ("Max", Rule(pointwise::max)),
    ("Min", Rule(pointwise::max)),
    ("Mul", Rule(pointwise::mul)),
    ("Neg", Rule(pointwise::neg)),
    ("NonZero", Zero),
    ("Not", Zero),
    ("Or", Zero),
    ("Pad", Rule(parts::pad)),
    ("Pow", Rule(pointwise::pow)),
    ("Range", Zero),
    ("Reciprocal", Rule(pointwise::reciprocal)),
    ("ReduceL2", Rule(reduce::l2)),
    ("ReduceMax", Rule(reduce::max)),
    ("ReduceMean", Rule(reduce::mean)),
    ("ReduceMin", Rule(reduce::max)),
    ("ReduceSum", Rule(reduce::sum)),
    ("Relu", Rule(pointwise::relu)),
    ("Reshape", Rule(shape::reshape)),
    ("Round", Zero),
    ("Shape", Zero),
    ("Sigmoid", Rule(pointwise::sigmoid)),
    ("Sign", Zero),
    ("Sin", Rule(pointwise::sin)),
    ("Size", Zero),
    ("Slice", Rule(parts::slice)),
    ("Softmax", Rule(softmax::softmax)),
    ("Softplus", Rule(pointwise::softplus)),
    ("Split", Rule(parts::split)),
    ("Sqrt", Rule(pointwise::sqrt)),
    ("Squeeze", Rule(shape::reshape)),
    ("Sub", Rule(pointwise::sub)),
    ("Sum", Rule(pointwise::sum)),
    ("Tanh", Rule(pointwise::tanh)),
    ("Transpose", Rule(shape::transpose)),
    ("Trilu", Rule(parts::trilu)),
    ("Unsqueeze", Rule(shape::reshape)),
    ("Where", Rule(pointwise::choose)),
    ("Xor", Zero),
];

/// The state of a node's operator; `None` if it is not supported.
pub fn find(node: &Node) -> Option<State> {
    let named = || TABLE.binary_search_by(|(op, _)| (*op).cmp(node.op.as_str())).ok().map(|index| TABLE[index].1);
    match (node.domain.as_str(), node.op.as_str()) {
        ("", _) => named(),
        (COMPOSITE, "Linear") => Some(Rule(linear::linear)),
        _ => None,
    }
}

/// The page that lists the operators, for the docs.
pub fn markdown() -> String {
    let list = |wanted: fn(&State) -> bool| {
        let names = TABLE.iter().filter(|(_, state)| wanted(state)).map(|(op, _)| format!("`{op}`"));
        names.collect::<Vec<_>>().join(", ")
    };
    format!(
        "# Operators and their gradients\n\nThis page is made from the code. A model can be trained if every operator \
         between its trained weights and its output is in one of these lists; what lies beside that way may be \
         anything. Operators are ONNX's own, of opset {} to 23.\n\n## With a gradient\n\n{}.\n\n## Without one by \
         definition\n\nThey give integers or truth values, or do not change with their inputs almost everywhere.\n\n{}.\n\n\
         ## Taken apart first\n\n`Attention` (opset 23), and of ONNX Runtime's fused operators `Gelu`, `BiasGelu`, \
         `FastGelu`, `SkipLayerNormalization`, `FusedMatMul` and `FusedGemm`. Others are refused by name: give the graph \
         that was not optimised.\n",
        super::OLDEST_OPSET,
        list(|state| matches!(state, Rule(_))),
        list(|state| matches!(state, Zero)),
    )
}
