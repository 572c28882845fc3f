//! What a rule has in its hands: the node, the gradients of its outputs, and a pen.

use super::backward::Rows;
use super::graph::{Graph, Node};
use super::known::{Known, KnownValues};
use std::collections::{BTreeMap, BTreeSet};

/// What a rule gave: dense gradients and gradients of rows, each with the value that it belongs to.
pub(super) type Given = (Vec<(String, String)>, Vec<(String, Rows)>);

/// One node on the way back. Rules name its values as formulas do: x the inputs, y the output, g the gradient of y.
pub struct Step<'a> {
    graph: &'a mut Graph,
    known: &'a KnownValues,
    wanted: &'a BTreeSet<String>,
    leaves: &'a [String],
    position: usize,
    node: Node,
    gradients: Vec<Option<String>>,
    /// Nodes that were added before, by what they compute, so that nothing is computed twice.
    made: &'a mut BTreeMap<String, String>,
    dense: Vec<(String, String)>,
    rows: Vec<(String, Rows)>,
}

impl<'a> Step<'a> {
    #[allow(clippy::too_many_arguments, reason = "made in one place; a struct would only repeat the names")]
    pub(super) fn new(
        graph: &'a mut Graph,
        known: &'a KnownValues,
        wanted: &'a BTreeSet<String>,
        leaves: &'a [String],
        position: usize,
        node: Node,
        gradients: Vec<Option<String>>,
        made: &'a mut BTreeMap<String, String>,
    ) -> Step<'a> {
        Step { graph, known, wanted, leaves, position, node, gradients, made, dense: Vec::new(), rows: Vec::new() }
    }

    /// What the rule gave.
    pub(super) fn given(self) -> Given {
        (self.dense, self.rows)
    }

    /// The node.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// The version of the operators that are written.
    pub fn opset(&self) -> i64 {
        self.graph.opset
    }

    /// The name of an input; empty where it is left out.
    pub fn x(&self, index: usize) -> String {
        self.node.input(index).unwrap_or_default().to_owned()
    }

    /// The name of the output.
    pub fn y(&self) -> String {
        self.node.output().to_owned()
    }

    /// The gradient of the first output. Rules of operators with one output are called only where it is there.
    pub fn g(&self) -> String {
        self.gradients.first().cloned().flatten().unwrap_or_default()
    }

    /// The gradient of an output, where there is one.
    pub fn g_of(&self, output: usize) -> Option<String> {
        self.gradients.get(output).cloned().flatten()
    }

    /// Whether an input's gradient is wanted.
    pub fn wants(&self, index: usize) -> bool {
        self.node.input(index).is_some_and(|input| self.wanted.contains(input))
    }

    /// Whether an input is itself one of the values that are differentiated, rather than made from them.
    pub fn is_leaf(&self, index: usize) -> bool {
        self.node.input(index).is_some_and(|input| self.leaves.iter().any(|leaf| leaf == input))
    }

    /// What is known of a value of the graph.
    pub fn known(&self, value: &str) -> Result<&'a Known, String> {
        self.known.get(value).ok_or_else(|| format!("nothing is known of the value \"{value}\""))
    }

    /// The integers of an input that is fixed.
    pub fn fixed_ints(&self, index: usize) -> Option<Vec<i64>> {
        self.graph.fixed_ints(self.node.input(index)?)
    }

    /// The number of an input that is fixed and has one element.
    pub fn fixed_scalar(&self, index: usize) -> Option<f32> {
        self.graph.fixed_scalar(self.node.input(index)?)
    }

    /// Asks the node itself for an output that it has not been asked for so far.
    pub fn further_output(&mut self, index: usize) -> String {
        let node = &mut self.graph.nodes[self.position];
        if let Some(output) = node.outputs.get(index).filter(|output| !output.is_empty()) {
            return output.clone();
        }
        let op = node.op.clone();
        let name = self.graph.fresh(&op);
        let node = &mut self.graph.nodes[self.position];
        node.outputs.resize(node.outputs.len().max(index + 1), String::new());
        node.outputs[index].clone_from(&name);
        name
    }

    /// Gives an input its gradient, which has the input's shape.
    pub fn give(&mut self, index: usize, gradient: String) {
        self.dense.push((self.x(index), gradient));
    }

    /// Gives rows of an input, looked up by `indices`, their gradients.
    pub fn give_rows(&mut self, index: usize, indices: String, rows: String) {
        self.rows.push((self.x(index), Rows { indices, rows }));
    }

    /// Gives an input that was broadcast to the output's shape its gradient: the sum over what it was repeated for.
    pub fn give_summed(&mut self, index: usize, gradient: String) -> Result<(), String> {
        let summed = self.summed(&gradient, &self.y(), &self.x(index))?;
        self.give(index, summed);
        Ok(())
    }

    /// Undoes broadcasting: `gradient` has the shape of `from`; it is summed over the axes that `to` lacks or has
    /// with size 1.
    pub fn summed(&mut self, gradient: &str, from: &str, to: &str) -> Result<String, String> {
        self.summed_in_front(gradient, from, to, 0)
    }

    /// The same for the axes in front of the last `own`, which are not broadcast.
    pub fn summed_in_front(&mut self, gradient: &str, from: &str, to: &str, own: usize) -> Result<String, String> {
        let (from, target) = (self.known(from)?, self.known(to)?);
        let lacking = from.rank().checked_sub(target.rank()).ok_or("the output has fewer dimensions than an input")?;
        let ones = (lacking..from.rank() - own).filter(|axis| target.is_one(axis - lacking) && !from.is_one(*axis));
        let ones: Vec<i64> = ones.map(|axis| axis as i64).collect();
        let leading: Vec<i64> = (0..lacking as i64).collect();
        let mut gradient = gradient.to_owned();
        if !ones.is_empty() {
            gradient = self.sum(&gradient, &ones, true);
        }
        if !leading.is_empty() {
            gradient = self.sum(&gradient, &leading, false);
        }
        Ok(gradient)
    }

    /// Adds a node, or finds the one that computes the same.
    pub fn emit(&mut self, node: Node) -> String {
        let key = format!("{} {:?} {:?}", node.op, node.inputs, node.attributes);
        if let Some(made) = self.made.get(&key) {
            return made.clone();
        }
        let output = self.graph.push(node);
        self.made.insert(key, output.clone());
        output
    }

    /// An operator without attributes.
    pub fn op(&mut self, op: &str, inputs: &[&str]) -> String {
        self.emit(Node::new(op, inputs, &[]))
    }

    /// a + b
    pub fn add(&mut self, a: &str, b: &str) -> String {
        self.op("Add", &[a, b])
    }

    /// a - b
    pub fn sub(&mut self, a: &str, b: &str) -> String {
        self.op("Sub", &[a, b])
    }

    /// a b, element by element
    pub fn mul(&mut self, a: &str, b: &str) -> String {
        self.op("Mul", &[a, b])
    }

    /// a / b, element by element
    pub fn div(&mut self, a: &str, b: &str) -> String {
        self.op("Div", &[a, b])
    }

    /// -a
    pub fn neg(&mut self, a: &str) -> String {
        self.op("Neg", &[a])
    }

    /// c a
    pub fn scale(&mut self, a: &str, c: f32) -> String {
        let c = self.scalar(c);
        self.mul(a, &c)
    }

    /// a where the condition holds, elsewhere b
    pub fn choose(&mut self, condition: &str, a: &str, b: &str) -> String {
        self.op("Where", &[condition, a, b])
    }

    /// A number without dimensions.
    pub fn scalar(&mut self, value: f32) -> String {
        self.graph.scalar(value)
    }

    /// An integer without dimensions.
    pub fn int(&mut self, value: i64) -> String {
        self.graph.int(value)
    }

    /// A list of integers.
    pub fn ints(&mut self, values: &[i64]) -> String {
        self.graph.ints(values)
    }

    /// The sum over some axes.
    pub fn sum(&mut self, value: &str, axes: &[i64], keep: bool) -> String {
        let axes = self.ints(axes);
        self.emit(Node::new("ReduceSum", &[value, &axes], &[]).with("keepdims", i64::from(keep)))
    }

    /// The mean over some axes, which are kept with size 1.
    pub fn mean(&mut self, value: &str, axes: &[i64]) -> String {
        // The axes were an attribute until opset 17.
        let node = match self.opset() >= 18 {
            true => {
                let axes = self.ints(axes);
                Node::new("ReduceMean", &[value, &axes], &[])
            }
            false => Node::new("ReduceMean", &[value], &[]).with("axes", axes),
        };
        self.emit(node.with("keepdims", 1))
    }

    /// The sizes of a value's dimensions.
    pub fn shape(&mut self, value: &str) -> String {
        self.op("Shape", &[value])
    }

    /// A value in the shape of another.
    pub fn shaped_as(&mut self, value: &str, other: &str) -> String {
        let shape = self.shape(other);
        self.op("Reshape", &[value, &shape])
    }

    /// A value broadcast to the shape of another.
    pub fn expanded_as(&mut self, value: &str, other: &str) -> String {
        let shape = self.shape(other);
        self.op("Expand", &[value, &shape])
    }

    /// The same elements as a matrix: every axis but the last becomes one.
    pub fn as_matrix(&mut self, value: &str, width: Option<usize>) -> Result<String, String> {
        let width = width.ok_or("the last dimension of a matrix product is not fixed")?;
        let shape = self.ints(&[-1, width as i64]);
        Ok(self.op("Reshape", &[value, &shape]))
    }

    /// The last two axes exchanged.
    pub fn transposed(&mut self, value: &str, rank: usize) -> String {
        let mut order: Vec<i64> = (0..rank as i64).collect();
        order.swap(rank - 1, rank - 2);
        self.emit(Node::new("Transpose", &[value], &[]).with("perm", order))
    }

    /// 1 where a condition holds, elsewhere 0, in the type of the gradient.
    pub fn as_number(&mut self, condition: &str) -> String {
        let float = crate::onnx::proto::tensor_proto::DataType::Float as i64;
        self.emit(Node::new("Cast", &[condition], &[]).with("to", float))
    }

    /// A gradient of a part, as a gradient of the whole `x`: zeros around it. `begins` says where the part begins on
    /// every axis of x.
    pub fn embedded(&mut self, part: &str, x: &str, begins: &str) -> String {
        let (whole, own) = (self.shape(x), self.shape(part));
        let rest = self.sub(&whole, &own);
        let ends = self.sub(&rest, begins);
        let pads = self.emit(Node::new("Concat", &[begins, &ends], &[]).with("axis", 0));
        self.op("Pad", &[part, &pads])
    }
}
