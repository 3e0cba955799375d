"""An architecture as a graph of primitive layers with shapes and counts."""
