"""The graph of tensors to the ordinary graph of layers."""
