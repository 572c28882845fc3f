//! Gradients as ONNX graphs.
