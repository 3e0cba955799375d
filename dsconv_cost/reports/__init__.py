"""The answer of each command as tables of raw values."""
