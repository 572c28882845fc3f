//! ONNX Runtime: finding or installing it, model files, sessions.
