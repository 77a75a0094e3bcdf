"""What a widget shows at first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
from actwidget.view.choice_checks import check_choice, layer_path
from actwidget.view.choices import Choices
from actwidget.view.view_state import ViewState


def initial_view(
    recording: Recording,
    choices: Choices,
    *,
    layer: Any,
    channel: int | None,
    slice: int | None,
    **rest: Any,
) -> ViewState:
    """Return the state to begin with.

    By default that is the first convolution, or else the first layer after the input, and the
    middle slice of the first volume from there on. Raises TraitError if a choice does not exist.
    """
    if layer is None:
        layer = initial_layer(list(recording.values()))
    layer = layer_path(choices, layer)
    given = {"layer": str(layer), "channel": channel, **rest}
    if slice is not None:
        given["slice"] = slice
    for name, value in given.items():
        check_choice(choices, str(layer), name, value)
    given.setdefault("slice", _initial_slice(choices, str(layer)))
    return ViewState(**given)


def initial_layer(layers: Sequence[LayerMaps]) -> str:
    """Return the path of the first convolution, or else of the first layer after the input."""
    after_input = [layer for layer in layers if not layer.is_input] or list(layers)
    convolutions = [layer for layer in layers if "Conv" in layer.layer_type]
    return (convolutions or after_input)[0].path


def _initial_slice(choices: Choices, layer: str) -> int:
    """Return the middle slice of the first volume from a layer on."""
    first = choices.paths.index(layer)
    depths = [each.depth for each in (*choices.layers[first:], *choices.layers) if each.is_volume]
    return depths[0] // 2 if depths else 0
