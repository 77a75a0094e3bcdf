"""Which layers of a functional model work on one of its inputs, and whether that is a sequence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from actwidget.model.input_rank import (
    expected_rank,
    layer_rank,
    takes_pictures,
    takes_sequences,
    without_wrapped,
)
from actwidget.model.input_spec import InputSpec
from actwidget.model.keras_classes import computes_as
from actwidget.model.layer_tree import is_input_layer
from actwidget.model.output_sizes import graph_calls
from actwidget.model.protocols import KerasLayer, KerasModel
from actwidget.model.structure import flatten
from actwidget.model.validation import looks_like_layer


def layers_of_input(model: KerasModel, declared: InputSpec) -> list[KerasLayer] | None:
    """List the layers that compute from one input of a functional model alone, in their order.

    None if the model has no graph.
    """
    calls = graph_calls(model) if declared.tensor is not None else []
    return list(_layers_from(calls, declared.tensor)) if calls else None


def _layers_from(calls: list[Any], tensor: Any) -> Iterator[KerasLayer]:
    reached = {id(tensor)}
    for call in calls:
        # Keras 2 says keras_inputs, and its input_tensors are the first argument's.
        received = flatten([getattr(call, "keras_inputs", None) or call.input_tensors])
        # Keras 3 says operation, as not all are layers.
        layer: Any = getattr(call, "operation", None) or call.layer
        if (
            is_input_layer(layer)
            or not received
            or any(id(each) not in reached for each in received)
        ):
            continue
        reached |= {id(each) for each in flatten([call.outputs])}
        if looks_like_layer(layer):
            yield layer
            if inner := graph_calls(layer):
                yield from _layers_from(inner, _first_input(layer))


def _first_input(model: Any) -> Any:
    return model.inputs[0]


def is_sequence(
    model: KerasModel,
    layers: Sequence[KerasLayer],
    own: Sequence[KerasLayer] | None,
    *,
    beside_picture: bool,
) -> bool:
    """Check whether an input of three axes holds sequences rather than pictures of one channel.

    Parameters
    ----------
    model : KerasModel
    layers : sequence of KerasLayer
        All of the model's.
    own : sequence of KerasLayer, optional
        Those that compute from this input, if that is known.
    beside_picture : bool
        Whether another of the model's inputs is a picture.
    """
    if own is not None:
        if (rank := expected_rank(own, 3)) is not None:
            return rank == 3
        if beside_picture:
            return not _becomes_picture(own)
    if own is not None or "Sequential" in computes_as(model):
        return expected_rank([layer for layer in layers if computes_as(layer)], 3) == 3
    inner = without_wrapped(layers)
    return takes_sequences(inner) and (beside_picture or not takes_pictures(inner))


def _becomes_picture(layers: Sequence[KerasLayer]) -> bool:
    """Check whether layers give pictures of one channel the channel axis that they lack."""
    for layer in layers:
        rank = layer_rank(layer)
        if rank == 3 or "Flatten" in computes_as(layer):
            return False
        if rank == 4:
            return True
    return False
