"""Layers that need special care, recognised by their class: embeddings, dropout and the like."""

from __future__ import annotations

from typing import Any

import numpy as np

from actwidget.model.protocols import KerasLayer
from actwidget.model.tensors import is_concrete, is_tensor, to_array


def tokens_out_of_range(layer: KerasLayer, tokens: Any) -> str | None:
    """Describe the first token an embedding has no row for; None if there is none.

    Some backends fail on such a token with a message of their own, some return zeros or NaN.
    """
    if not any(kind.__name__ == "Embedding" for kind in type(layer).__mro__):
        return None
    if not (is_tensor(tokens) and is_concrete(tokens)):
        return None
    rows = getattr(layer, "input_dim", 0)
    numbers = to_array(tokens)
    wrong = np.argwhere((numbers < 0) | (numbers >= rows))
    if not len(wrong):
        return None
    first = tuple(int(index) for index in wrong[0])
    return (
        f"the token {numbers[first]:g} at {list(first)}; {layer.name} takes tokens from 0 to "
        f"{rows - 1} (input_dim={rows})"
    )


def is_identity_at_inference(layer: KerasLayer) -> bool:
    """Check whether a layer is of a kind that does nothing at inference, such as dropout."""
    kind = type(layer).__name__
    return kind.endswith("Dropout") or kind.startswith("Random") or kind == "GaussianNoise"
