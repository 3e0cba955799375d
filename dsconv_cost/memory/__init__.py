"""What a network takes of a device: activation memory under named conventions, and flash."""
