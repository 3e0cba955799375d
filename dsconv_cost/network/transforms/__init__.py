"""A graph of layers to another: standard and separable convolutions, folded norms."""
