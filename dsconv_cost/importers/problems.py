"""Why a model's file cannot be read."""


class BrokenModel(Exception):
    """Bytes that are no model of their format: cut off, out of range, nested too deeply."""
