"""The cost of a network at every point of a space of settings: tables over the settings that each item reads, summed."""
