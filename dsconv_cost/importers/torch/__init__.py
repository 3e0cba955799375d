"""PyTorch modules, traced in the user's own environment."""
