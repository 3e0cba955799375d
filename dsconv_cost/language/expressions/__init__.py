"""The arithmetic of the language: text to compiled expressions."""
