"""Files, folders, commits and bundled names: the argument of a command to something loaded."""
