"""Figures held to limits, to an earlier commit and to a lock."""
