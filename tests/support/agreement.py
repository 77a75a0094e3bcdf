"""Where a widget stands: its traits and its core sliders, and what the page sends it."""

from __future__ import annotations

from typing import Any

from actwidget import ActivationWidget
from actwidget.numerics.builtin_normalizations import NORMALIZATIONS

NAMES = [normalization.name for normalization in NORMALIZATIONS]


def state(widget: ActivationWidget) -> dict[str, Any]:
    """Where a widget stands, part by part."""
    shown = widget.view_state
    return {
        "traits": (widget.layer, widget.channel, widget.normalization, widget.image_index),
        "state": (shown.layer, shown.channel, shown.normalization, shown.image_index),
        "sliders": (
            widget.layer_slider.value,
            widget.channel_slider.value,
            widget.channel_slider.max,
            widget.normalization_slider.value,
            widget.image_slider.value,
        ),
    }


def assert_stands(
    widget: ActivationWidget,
    layer: str = "narrow",
    channel: int | None = None,
    normalization: str = "raw",
    image: int = 0,
) -> None:
    """Assert that all of a widget's parts stand at one place."""
    last = widget.recording[layer].channels - 1
    number = -1 if channel is None else channel
    traits = (layer, channel, normalization, image)
    assert state(widget) == {
        "traits": traits,
        "state": traits,
        "sliders": (layer, number, last, normalization, image),
    }


def page_shows(widget: ActivationWidget, **changes: Any) -> None:
    """Send what the page sends once somebody has moved the picture there."""
    layer = widget.recording[changes.get("layer", widget.layer)]
    channel = changes.get("channel", widget.channel)
    if channel is not None and channel >= layer.channels:
        changes["channel"] = None
    widget.set_state(changes)
