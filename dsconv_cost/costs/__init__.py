"""The figures of a network under a convention, of its parts, and of what changed between two."""
