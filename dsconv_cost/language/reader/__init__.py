"""YAML nodes to the parts of an architecture, each problem with its place."""
