"""What a target is computed of, operation by operation: where gradients do not come through."""
