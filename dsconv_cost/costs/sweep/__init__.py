"""What a network costs at every point of a grid of settings, and which points keep limits."""
