"""The table of wrong files, by what is wrong, and how a row is held to what a run reports."""
