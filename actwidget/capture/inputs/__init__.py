"""From whatever a user calls an image to what the model is called with."""
