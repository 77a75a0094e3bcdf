"""Layers that need special care, recognised by their class: embeddings, dropout and the like."""

from __future__ import annotations

from typing import Any

import numpy as np

from actwidget.model.keras_classes import computes_as, keras_kinds
from actwidget.model.protocols import KerasLayer
from actwidget.model.tensors import is_concrete, is_tensor, to_array

ATTENTION = frozenset({"MultiHeadAttention", "GroupedQueryAttention"})
"""Keras's layers that project to heads."""

ATTENTION_PARTS = (
    *("_query_dense", "_key_dense", "_value_dense", "_gate_dense", "_output_dense"),
    *("_softmax", "_dropout_layer"),
)
"""Where these keep the layers that they work with."""


def tokens_out_of_range(layer: KerasLayer, tokens: Any) -> str | None:
    """Describe the first token an embedding has no row for; None if there is none.

    Some backends fail on such a token with a message of their own, some return zeros or NaN.
    """
    kinds = computes_as(layer)
    # A reversible one is also given vectors, to turn into tokens.
    if "Embedding" not in kinds or "ReversibleEmbedding" in kinds:
        return None
    if not (is_tensor(tokens) and is_concrete(tokens)):
        return None
    rows = int(getattr(layer, "input_dim", 0))
    numbers = to_array(tokens)
    wrong = np.argwhere((numbers < 0) | (numbers >= rows))
    if not len(wrong):
        return None
    first = tuple(int(index) for index in wrong[0])
    return (
        f"the token {numbers[first]:g} at {list(first)}; {layer.name} takes tokens from 0 to "
        f"{rows - 1}, as its input_dim is {rows}"
    )


def is_identity_at_inference(layer: KerasLayer) -> bool:
    """Check whether a layer is of a kind that does nothing at inference, such as dropout."""
    return any(
        kind.endswith("Dropout") or kind.startswith("Random") or kind == "GaussianNoise"
        for kind in computes_as(layer)
    )


def is_part_of_attention(layer: Any, part: object) -> bool:
    """Check whether a layer is one of the projections, or the like, inside Keras's attention."""
    # A subclass may hold layers besides.
    return bool(keras_kinds(layer) & ATTENTION) and any(
        getattr(layer, name, None) is part for name in ATTENTION_PARTS
    )
