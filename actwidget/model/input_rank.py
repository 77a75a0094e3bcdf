"""How many axes a model takes, as far as its layers tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from actwidget.model.input_spec import declared_inputs
from actwidget.model.keras_classes import computes_as, keras_kinds
from actwidget.model.protocols import KerasLayer, KerasModel

DENSE = frozenset({"Dense", "EinsumDense"})
"""Keras's layers that take any number of axes, vectors among them."""

SMALLEST_PICTURE = 4
"""Fewer rows are rather a few sequences, where a model may take them."""


def layer_rank(layer: Any) -> int | None:
    """Return how many axes a layer requires of what it is given, the batch axis included.

    None if it takes several numbers of axes, or is a user's own.
    """
    kinds = computes_as(layer)
    if "TimeDistributed" in kinds:
        axes = layer_rank(layer.layer)
        return None if axes is None else axes + 1
    if kinds & {"Functional", "Sequential"}:
        declared = declared_inputs(layer)
        shape = declared.inputs[0].shape if declared else None
        return None if shape is None else len(shape)
    if "Embedding" in kinds:
        return 2
    recurrent = "RNN" in kinds
    if found := re.search(r"([123])D(Transpose)?\b", " ".join(kinds)):
        return int(found[1]) + 2 + recurrent
    if recurrent or any(kind.endswith("Attention") for kind in kinds):
        return 3
    if kinds & {"Resizing", "CenterCrop"} or any(kind.startswith("Random") for kind in kinds):
        return 4
    return None


def expected_rank(layers: Iterable[Any], given: int) -> int | None:
    """Return how many axes the first of layers that run in this order expects of a batch.

    None if that is not known. A dense layer takes vectors if it is `given` two axes.
    """
    for layer in layers:
        kinds = computes_as(layer)
        # What another class does cannot be known.
        if not kinds or kinds & {"Flatten", "Reshape", "Lambda"}:
            return None
        if "TimeDistributed" in kinds and computes_as(layer.layer) & DENSE:
            return 3 if given <= 3 else None
        if kinds & DENSE:
            return 2 if given <= 2 else None
        if (axes := layer_rank(layer)) is not None:
            return axes
    return None


def undeclared_rank(
    model: KerasModel, layers: Sequence[KerasLayer], shape: tuple[int, ...], *, tokens: bool
) -> int:
    """Return as how many axes an array is to be taken by a model that declares no input.

    `shape` is that of the array, `tokens` whether it holds integers that are no pixels. The layers
    of a sequential model run in their order. Another's are known, but not which is given the
    input: an image is taken as an image then, and Keras decides.
    """
    if "Sequential" in computes_as(model):
        rank = expected_rank(layers, len(shape))
        if rank is not None:
            return rank
    inner = without_wrapped(layers)
    ranks = {layer_rank(layer) for layer in inner} | ({3} if takes_sequences(inner) else set())
    match len(shape):
        case 5:
            return 5
        case 4:
            return 5 if 5 in ranks and 4 not in ranks else 4
        case 3:
            return 4 if 3 not in ranks or _is_picture(shape, ranks) else 3
        case 2 if 2 in ranks and tokens:
            return 2
        case 2 if 4 in ranks:
            return 4
    return expected_rank([layer for layer in layers if computes_as(layer)], len(shape)) or 4


def takes_sequences(layers: Iterable[KerasLayer]) -> bool:
    """Check whether some of the layers take sequences."""
    # Asked for one at a time, a dense layer at every time step counts as well.
    return any(expected_rank([layer], 3) == 3 for layer in layers)


def takes_pictures(layers: Iterable[KerasLayer]) -> bool:
    """Check whether some of the layers take pictures."""
    return any(layer_rank(layer) == 4 for layer in layers)


def without_wrapped(layers: Sequence[Any]) -> list[Any]:
    """Return layers except those that Keras's wrapper gives one time step."""
    wrapped = {id(layer.layer) for layer in layers if "TimeDistributed" in keras_kinds(layer)}
    return [layer for layer in layers if id(layer) not in wrapped]


def _is_picture(shape: tuple[int, ...], ranks: set[int | None]) -> bool:
    height, width, channels = shape
    return channels in (1, 3, 4) and (4 in ranks or min(height, width) >= SMALLEST_PICTURE)
