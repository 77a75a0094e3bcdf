"""What a page without a kernel keeps of a comparison: the other recordings, and the differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actwidget.protocol.archived_together import OtherLayers
from actwidget.protocol.chosen_scales import ChosenScales
from actwidget.protocol.compare_requests import changes_message, layer_distance
from actwidget.protocol.variants import ACTIVATION, DIFFERENCE, SIDE_BY_SIDE, variant_name
from actwidget.recording.class_attributions import attributions_to_keep
from actwidget.view.activation_view import ActivationView


def other_layers(
    view: ActivationView, numbers: Sequence[int], *, explained: bool
) -> list[OtherLayers]:
    """Return the layers of the other recordings and of the differences, of those that are kept.

    What explains each one's likeliest classes goes with them if that is wanted.
    """
    slot = view.shown.compared
    if slot.comparison is None:
        return []
    found = []
    has_images = view.compared["inputs"]
    for number in range(1, slot.count):
        for mode in (SIDE_BY_SIDE, DIFFERENCE):
            shown = view.shown.variant(variant_name(ACTIVATION, None, None, None, mode, number))
            is_other, recording = mode == SIDE_BY_SIDE, slot.comparison.recordings[number]
            # What is not in both is the first one's, and shown as such.
            missing = {
                place
                for place, layer in enumerate(numbers)
                if layer in shown.missing or (is_other and number not in slot.holders(layer))
            }
            found.append(
                OtherLayers(
                    shown.variant_name,
                    [shown.layers[layer] for layer in numbers],
                    ChosenScales(shown.scales, numbers),
                    missing,
                    recording if is_other and has_images else None,
                    attributions_to_keep(recording) if is_other and explained else None,
                )
            )
    return found


def kept_comparison(view: ActivationView, numbers: Sequence[int]) -> dict[str, Any]:
    """Return what a page is told of a comparison at first: of the layers that it keeps."""
    comparison = view.shown.compared.comparison
    if comparison is None:
        return {}
    header = view.compared
    others = range(1, len(comparison.recordings))
    return {
        **header,
        "holders": [header["holders"][layer] for layer in numbers],
        "reshaped": {
            number: {
                str(numbers.index(int(layer))): described
                for layer, described in layers.items()
                if int(layer) in numbers
            }
            for number, layers in header["reshaped"].items()
        },
        "kept": {
            "distances": {
                str(other): [layer_distance(comparison, layer, other) for layer in numbers]
                for other in others
            },
            "changes": {
                str(other): [changes_message(comparison, layer, other) for layer in numbers]
                for other in others
            },
        },
    }
