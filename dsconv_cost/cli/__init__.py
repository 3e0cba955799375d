"""The command line: one thin module a command; the core is imported when a command runs."""
