"""What to change in a network: convolutions to make separable, and what else an expert would say."""
