"""The functions of `import dsconv_cost`, one for each command, and their results for programs and notebooks."""
