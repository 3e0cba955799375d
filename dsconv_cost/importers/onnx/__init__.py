"""ONNX: a file's fields to a graph of tensors."""
