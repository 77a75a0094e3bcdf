"""Differentiation: one forward and one backward pass, on each backend."""
