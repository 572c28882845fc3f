//! A model that runs: numbers in, numbers out.
//!
//! A session computes the same bytes for the same numbers: the optimisation level is pinned (levels differ
//! around the seventh digit), and so is the number of threads. Threads do not spin while they wait: on a shared
//! machine that halves the speed of everybody.

use super::runtime::Runtime;
use crate::error::{Error, Result};
use ort::session::builder::GraphOptimizationLevel;
use ort::session::{Session as OrtSession, SessionInputValue};
use ort::value::{TensorElementType, TensorRef};

/// A tensor to feed: its name, its dimensions, and its elements row by row. Nothing is copied.
#[derive(Clone, Copy, Debug)]
pub struct Feed<'a> {
    /// The name of the graph's input.
    pub name: &'a str,
    /// The dimensions.
    pub shape: &'a [usize],
    /// The elements; their number is the product of the dimensions.
    pub data: Elements<'a>,
}

/// The elements of a tensor to feed.
#[derive(Clone, Copy, Debug)]
pub enum Elements<'a> {
    /// Token ids, masks, positions.
    I64(&'a [i64]),
    /// The same for models that were exported with the smaller type.
    I32(&'a [i32]),
    /// Anything continuous.
    F32(&'a [f32]),
}

/// A model, ready to run on the runtime's device. One thread may use it at a time.
#[derive(Debug)]
pub struct Session {
    pub(super) inner: OrtSession,
}

impl Session {
    /// Starts a session from the bytes of a model that has its weights inside, with `threads` threads within an
    /// operator. What does not start is the model's fault (exit 2).
    pub fn new(runtime: &Runtime, model: &[u8], threads: usize) -> Result<Session> {
        Session::start(runtime, model, threads, GraphOptimizationLevel::All)
    }

    /// The same with the graph as it is: every value may be looked at, and starting takes less time.
    pub fn plain(runtime: &Runtime, model: &[u8]) -> Result<Session> {
        Session::start(runtime, model, 1, GraphOptimizationLevel::Disable)
    }

    fn start(runtime: &Runtime, model: &[u8], threads: usize, level: GraphOptimizationLevel) -> Result<Session> {
        let start = || -> ort::Result<OrtSession> {
            let builder = OrtSession::builder(runtime.environment())?
                .with_optimization_level(level)?
                .with_intra_threads(threads)?
                .with_inter_threads(1)?
                .with_intra_op_spinning(false)?
                .with_inter_op_spinning(false)?
                .with_execution_providers(runtime.device().providers())?;
            let mut builder = builder.with_log_level(ort::logging::LogLevel::Error)?;
            builder.commit_from_memory(model)
        };
        start().map(|inner| Session { inner }).map_err(|error| {
            let version = runtime.found().version.as_deref().unwrap_or("1");
            Error::input(format!("ONNX Runtime {version} cannot run this model: {}", one_line(&error)))
                .help("a model with a newer opset needs a newer ONNX Runtime, or to be exported with a lower opset")
        })
    }

    /// Runs the model once and lets `read` look at one output: its dimensions and its elements row by row.
    pub fn run<T>(&mut self, feeds: &[Feed], output: &str, read: impl FnOnce(&[usize], &[f32]) -> T) -> Result<T> {
        let inputs = feeds.iter().map(input).collect::<ort::Result<Vec<_>>>().map_err(failed)?;
        let outputs = self.inner.run(inputs).map_err(failed)?;
        let value = outputs.iter().find(|(name, _)| *name == output).map(|(_, value)| value);
        let value = value.ok_or_else(|| Error::input(format!("the model has no output \"{output}\"")))?;
        if value.dtype().tensor_type() != Some(TensorElementType::Float32) {
            let what = format!("the model's output \"{output}\" is {}, where 32-bit floats are needed", value.dtype());
            return Err(Error::input(what).help("export the model in fp32"));
        }
        let (shape, data) = value.try_extract_tensor::<f32>().map_err(failed)?;
        let shape: Vec<usize> = shape.iter().map(|size| usize::try_from(*size).unwrap_or(0)).collect();
        Ok(read(&shape, data))
    }
}

pub(super) fn failed(error: ort::Error) -> Error {
    Error::input(format!("the model failed: {}", one_line(&error)))
}

type NamedInput<'a> = (&'a str, SessionInputValue<'a>);

pub(super) fn input<'a>(feed: &Feed<'a>) -> ort::Result<NamedInput<'a>> {
    let value = match feed.data {
        Elements::I64(data) => TensorRef::from_array_view((feed.shape, data))?.into(),
        Elements::I32(data) => TensorRef::from_array_view((feed.shape, data))?.into(),
        Elements::F32(data) => TensorRef::from_array_view((feed.shape, data))?.into(),
    };
    Ok((feed.name, value))
}

/// What ONNX Runtime says, on one line and without the places in its own source files.
fn one_line<R>(error: &ort::Error<R>) -> String {
    let words = error.message().split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty() && !word.starts_with("/onnxruntime_src/")).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::model::tests::small_model;
    use super::*;
    use crate::Exit;
    use crate::onnx::runtime_for_tests as runtime;
    use prost::Message;

    fn feed<'a>(name: &'a str, data: &'a [f32]) -> Feed<'a> {
        Feed { name, shape: &[2], data: Elements::F32(data) }
    }

    #[test]
    fn a_model_made_here_runs() {
        let mut session = Session::new(runtime(), &small_model().encode_to_vec(), 1).unwrap();
        let sum = session.run(&[feed("x", &[0.5, -2.0])], "y", |shape, data| (shape.to_vec(), data.to_vec()));
        assert_eq!(sum.unwrap(), (vec![2], vec![1.5, 0.0]));
    }

    #[test]
    fn what_goes_wrong_is_said_in_words() {
        let mut session = Session::new(runtime(), &small_model().encode_to_vec(), 1).unwrap();
        let long = [0.0; 3];
        let cases = [
            session.run(&[], "y", |_, _| ()),
            session.run(&[feed("z", &[0.0; 2])], "y", |_, _| ()),
            session.run(&[feed("x", &[0.0; 2])], "no such output", |_, _| ()),
            session.run(&[feed("x", &[0.0; 1])], "y", |_, _| ()),
            session.run(&[Feed { name: "x", shape: &[3], data: Elements::F32(&long) }], "y", |_, _| ()),
            session.run(&[Feed { name: "x", shape: &[2], data: Elements::I64(&[1, 2]) }], "y", |_, _| ()),
        ];
        for case in cases {
            let error = case.unwrap_err();
            assert_eq!(error.exit(), Exit::Unusable);
            assert!(!error.to_string().contains('\n') && error.to_string().starts_with("the model"), "{error}");
        }
    }

    #[test]
    fn a_graph_that_cannot_run_does_not_start() {
        let mut unknown = small_model();
        unknown.graph.as_mut().unwrap().node[0].op_type = Some("NoSuchOperator".into());
        let mut future = small_model();
        future.opset_import[0].version = Some(1000);
        for model in [unknown.encode_to_vec(), future.encode_to_vec(), vec![], vec![7; 100]] {
            let error = Session::new(runtime(), &model, 1).unwrap_err();
            assert!(error.to_string().contains("cannot run this model"), "{error}");
            assert_eq!(error.exit(), Exit::Unusable);
        }
    }
}
