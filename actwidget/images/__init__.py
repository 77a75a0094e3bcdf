"""Images: reading pictures and fitting them to a size."""
