"""A whole notebook as one page that needs no kernel."""
