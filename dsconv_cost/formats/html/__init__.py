"""Reports as pages: one file with its styles, its script and its pictures in it, that loads nothing."""
