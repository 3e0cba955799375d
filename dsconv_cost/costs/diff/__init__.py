"""The difference between two networks: layers aligned, changes, and where the cost comes from."""
