"""The picture shared with the page: its state, its controls and the traits that follow it."""
