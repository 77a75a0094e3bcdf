"""From an image of any kind to the tensors that the model is called with."""
