"""What a widget shows side by side at one moment."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from actwidget.export.snapshot import Snapshot
from actwidget.export.view_snapshot import (
    effects_of,
    place_within,
    share_beyond,
    snapshot_of,
    target_name,
)
from actwidget.numerics.thumbnail import display_image
from actwidget.protocol.shown_recording import ShownRecording
from actwidget.view.activation_view import ActivationView

EFFECTS = "effects on what each panel names"
"""What bars say where each of several models explains another class."""

THREE = 900
"""Pixels of a width from which three panels stand in a row."""


@dataclass(frozen=True)
class Panel:
    """One of the recordings that are shown beside each other.

    Attributes
    ----------
    name : str
        The recording's; empty if there is no other.
    shown : Snapshot
    """

    name: str
    shown: Snapshot

    def over_input(self, alpha: float) -> Panel:
        """Return the same with another opacity over the input; see `Snapshot.over_input`."""
        return Panel(self.name, self.shown.over_input(alpha))


def panel_columns(count: int, width: float) -> int:
    """Return how many panels stand in a row, as in ``js/view/frame.js``."""
    return (3 if width >= THREE else 2) if count == 3 else min(count, 2)


def snapshot_panels(view: ActivationView) -> list[Panel]:
    """Return what a view shows now: one panel, or those of a comparison in the page's order."""
    first, state, layer = snapshot_of(view), view.view_state, view.layer_index
    comparison = view.shown.compared.comparison
    if comparison is None:
        return [Panel("", first)]
    numbers, panels = [view.first_panel(state)], [first]
    for number in view.beside(state):
        variant = view.variant_beside(state, number)
        if layer in variant.missing:
            continue
        numbers.append(number)
        panels.append(_beside(first, view, variant, number))
    names = [comparison.names[number] for number in numbers]
    if view.target is not None and len(panels) > 1:
        targets = [target_name(view, number) for number in numbers]
        # Each model has a likeliest class of its own.
        if all(targets) and len(set(targets)) > 1:
            names = [f"{name} · {of}" for name, of in zip(names, targets, strict=True)]
            panels = [replace(each, explained=EFFECTS if each.explained else "") for each in panels]
    return [Panel(name, shown) for name, shown in zip(names, panels, strict=True)]


def _beside(
    first: Snapshot, view: ActivationView, variant: ShownRecording, recording: int
) -> Snapshot:
    """Return what is shown of another recording, by its number."""
    number, normalization = view.layer_index, view.normalization
    maps, image = variant.layers[number], view.image_index
    channel, depth = place_within(view, maps)
    alone = channel if maps.kind != "sequence" else None
    return replace(
        first,
        layer=maps.slice(depth),
        image=image,
        channel=channel,
        slice=depth if maps.depth > 1 else None,
        affine=variant.scales[number].affines[view.choices.normalizations.index(normalization)],
        beyond=share_beyond(view, variant, image, first.limits, alone),
        order=first.order if maps.tiles == first.layer.tiles else list(range(maps.tiles)),
        effects=effects_of(view, recording),
        photograph=lambda: display_image(np.asarray(variant.recording.images[image])),
    )
