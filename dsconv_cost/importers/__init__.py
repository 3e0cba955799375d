"""Models of other tools to the ordinary graph: a reader for each format, one graph of tensors between them, one lowering."""
