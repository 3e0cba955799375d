"""The cost of a network at every point of a grid of settings, and the points within limits."""
