//! An ONNX model folder that scores pairs of query and document.
