"""A network as the text of an architecture: the YAML that a person would have written."""
