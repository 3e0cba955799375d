"""The version, a literal: reading installed metadata costs more than the rest of a start."""

__version__ = "0.1.0"
