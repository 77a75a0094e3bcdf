"""What a model received, as entries like those of its layers."""

from __future__ import annotations

from actwidget.entry import Entry
from actwidget.received import Received
from actwidget.recording import INPUT


def input_paths(received: Received, model_name: str, *, taken: bool) -> list[str]:
    """Give the paths of a model's inputs.

    Parameters
    ----------
    received : Received
    model_name : str
    taken : bool
        Whether a layer is named as inputs are.
    """
    start = f"{INPUT} of {model_name}" if taken else INPUT
    return [start + each.path[len(INPUT) :] for each in received.inputs]


def input_entries(received: Received, paths: list[str]) -> list[Entry]:
    """Give a model's inputs as entries."""
    return [
        Entry(
            path=path,
            layer_type="Input",
            activation=None,
            kind=maps.kind,
            maps=maps.values,
            depth=maps.depth,
        )
        for each, path in zip(received.inputs, paths, strict=True)
        for maps in [each.maps()]
    ]
