"""What is known of Keras models: their layer tree, inputs, tensors and calls."""
