"""Layers that need special care, told by their class: dropout and the like, embeddings."""

from __future__ import annotations

from typing import Any

import numpy as np

from actwidget.model.tensors import is_concrete, is_tensor, to_array


def tokens_out_of_range(layer: Any, tokens: Any) -> str | None:
    """Say which token an embedding has no row for, None if there is none or it is no embedding.

    Some backends fail on such a token with a message of their own, some give zeros or NaN.
    """
    if not any(kind.__name__ == "Embedding" for kind in type(layer).__mro__):
        return None
    if not (is_tensor(tokens) and is_concrete(tokens)):
        return None
    numbers = to_array(tokens)
    wrong = np.argwhere((numbers < 0) | (numbers >= layer.input_dim))
    if not len(wrong):
        return None
    first = tuple(int(index) for index in wrong[0])
    return (
        f"the token {numbers[first]:g} at {list(first)}; {layer.name} takes tokens from 0 to "
        f"{layer.input_dim - 1} (input_dim={layer.input_dim})"
    )


def is_identity_at_inference(layer: Any) -> bool:
    """Tell whether a layer is of a kind that does nothing at inference, as dropout."""
    kind = type(layer).__name__
    return kind.endswith("Dropout") or kind.startswith("Random") or kind == "GaussianNoise"
