"""What a view shows now, read off it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from actwidget.comparison.picked_images import PickedRecording
from actwidget.export.snapshot import Snapshot
from actwidget.numerics.photograph import HELD_TITLE
from actwidget.numerics.thumbnail import display_image
from actwidget.protocol.explainer import Explainer, to_json
from actwidget.protocol.shown_recording import ShownRecording
from actwidget.protocol.variants import ACTIVATION
from actwidget.protocol.why_requests import numbers
from actwidget.recording.layer import LayerMaps
from actwidget.surveys.layer_survey import LayerSurvey
from actwidget.view.activation_view import ActivationView
from actwidget.view.tile_order import ACTIVITY, SELECTIVITY, tile_order

T = TypeVar("T")


def snapshot_of(view: ActivationView) -> Snapshot:
    """Return what a view shows now."""
    maps, affine = view.layer_maps, view.affine
    channel, number = place_within(view, maps)
    # Of a layer that the page has just moved to, Python may not know the limits yet.
    limits = view.own_limits if view.view_state.limits_are_due else view.limits
    alone = channel is not None and maps.kind != "sequence"
    asked = view.recording_asked(view.view_state)
    effects = effects_of(view, asked)
    return Snapshot(
        model=view.recording.model_name,
        layer=maps.slice(number),
        image=view.image_shown,
        image_name=_image_name(view),
        channel=channel,
        slice=number if maps.depth > 1 else None,
        columns=view.shown.columns,
        normalization=view.normalization,
        affine=affine,
        limits=limits,
        title=HELD_TITLE if maps.is_image and limits != view.own_limits else affine.title,
        beyond=share_beyond(
            view, view.shown_variant, view.image_shown, limits, channel if alone else None
        ),
        order=tile_order(
            maps,
            view.image_shown,
            # The channels of an image are its colours.
            "number" if maps.is_image else view.sort,
            alive_only=view.alive_only and not maps.is_image,
            slice=number,
            block=view.shown.mosaics[view.layer_index].block,
            importance=effects,
            dead_only=view.dead_only and not maps.is_image,
            surveyed=_surveyed(view),
        ),
        effects=effects,
        quantity=_quantity(view),
        explained=explained_by(view, effects, asked),
        dead_on_all=_dead_on_all(view),
        as_bars=_is_final_softmax(view),
        alpha_overlay=view.alpha_overlay,
        why_not_over=_why_not_over(view),
        photograph=lambda: display_image(_photograph(view)),
        class_names=view.class_names if view.layers[view.layer_index]["named"] else [],
    )


def _surveyed(view: ActivationView) -> LayerSurvey | None:
    """Return what a survey found of the layer, if the order of the tiles takes it."""
    is_needed = view.dead_only or view.sort in (SELECTIVITY, ACTIVITY)
    return view.layer_surveyed(view.layer) if is_needed else None


def _dead_on_all(view: ActivationView) -> frozenset[int]:
    """Return the channels that are dead on the data set of a survey that was given."""
    given = view.shown.survey.given is not None
    found = view.layer_surveyed(view.layer) if given else None
    return frozenset(np.flatnonzero(found.dead).tolist()) if found is not None else frozenset()


def _photograph(view: ActivationView) -> NDArray[Any]:
    """Return the image that is shown: one of the recording, or of the survey."""
    return np.asarray(view.shown_variant.recording.images[view.image_shown])


def _image_name(view: ActivationView) -> str:
    """Return the image's number, unless what is shown or what is compared is named by its image."""
    comparison = view.shown.compared.comparison
    of_images = comparison is not None and isinstance(comparison.recordings[0], PickedRecording)
    return "" if of_images or view.explored is not None else f"image {view.image_shown}"


def place_within(view: ActivationView, maps: LayerMaps) -> tuple[int | None, int]:
    """Return the channel and the slice that are shown of a layer.

    Of what is compared, one of another shape may have neither that channel nor that slice.
    """
    channel = view.channel
    has_channel = channel is not None and channel < maps.channels
    return channel if has_channel else None, min(view.slice_shown, maps.depth - 1)


def share_beyond(
    view: ActivationView,
    variant: ShownRecording,
    image: int,
    limits: tuple[float, float],
    channel: int | None,
) -> float:
    """Return the share of a layer's or a channel's units beyond limits, as the page says it.

    The normalization's own are those of the layer in all images; of others, and of one channel, it
    is the share in the picture that is shown, or in the layer if its picture is reduced.
    """
    layer, normalization = view.layer_index, view.choices.normalizations.index(view.normalization)
    maps, affine = variant.layers[layer], variant.scales[layer].affines[normalization]
    if channel is None and limits == affine.limits and not maps.is_image:
        return variant.scales[layer].clipped[normalization]
    if limits == view.own_limits and maps.is_image:
        return 0.0
    if channel is None and variant.mosaics[layer].block > 1:
        return maps.map_array.clipped_share(maps.statistics, affine, limits)
    one = maps.slice(place_within(view, maps)[1]).maps
    chosen = slice(None) if channel is None else slice(channel, channel + 1)
    group = chosen if len(affine.scale) > 1 else slice(None)
    units = np.asarray(one[image, ..., chosen], np.float64)
    finite = np.isfinite(units)
    shown = np.where(finite, units, 0) * affine.scale[group] + affine.offset[group]
    beyond = finite & ((shown < limits[0]) | (shown > limits[1]))
    return float(beyond.sum() / max(1, finite.sum()))


def _is_final_softmax(view: ActivationView) -> bool:
    """Check whether the page shows bars: the same as ``js/view/class_bars.js``."""
    maps = view.layer_maps
    is_softmax = maps.activation == "softmax" or maps.layer_type == "Softmax"
    if view.show != ACTIVATION:
        return False
    is_last = view.layer_index == len(view.shown.layers) - 1
    return is_last and is_softmax and maps.height == maps.width == 1 and maps.depth == 1


def effects_of(view: ActivationView, recording: int) -> Sequence[float | None] | None:
    """Return how much each channel adds to the target, if there is one, and it is known.

    It is asked of the model of a recording, by its number among those that are compared.
    """
    if view.target is None:
        return None
    path = view.choices.paths[view.layer_index]
    found = _asked(
        view, recording, lambda one, target: one.importance(target, path, view.image_index)
    )
    return None if found is None else numbers(found)


def _quantity(view: ActivationView) -> str:
    """Return what is shown in place of the layer's values."""
    if view.explored is not None:
        return f"image {view.explored} of the survey"
    if view.ablated is not None:
        path, channel = view.ablated
        return f"without {path} {channel}"
    if view.show == ACTIVATION:
        return view.which_shown
    name = target_name(view, view.recording_asked(view.view_state))
    what = f"{view.show} of the {name}"
    return f"{what} · {view.which_shown}" if view.which_shown else what


def explained_by(
    view: ActivationView, effects: Sequence[float | None] | None, recording: int
) -> str:
    """Return what the bars of the tiles say, if what is shown does not name the target."""
    if effects is None or view.show != ACTIVATION:
        return ""
    name = target_name(view, recording)
    return f"effect on the {name}" if name else ""


def target_name(view: ActivationView, recording: int) -> str:
    """Return what a recording's model calls the target: its own likeliest class, say.

    Empty if it does not have that target.
    """
    found = _asked(view, recording, lambda one, target: one.name(target, view.image_index))
    return found or ""


def _asked(view: ActivationView, recording: int, what: Callable[[Explainer, str], T]) -> T | None:
    """Ask what explains a target with a recording's model; None if that one does not have it."""
    try:
        return what(view.shown.compared.explainer(recording), to_json(view.target))
    except (TypeError, ValueError, LookupError):
        # The target was checked against the first one.
        if recording == 0:
            raise
        return None


def _why_not_over(view: ActivationView) -> str:
    """Return why a map cannot lie over the input, as ``js/view/underlay.js`` does."""
    maps = view.layer_maps
    if not view.has_input_image:
        return "the model’s input is no image"
    if maps.is_input:
        return "this is the input itself"
    if maps.kind != "maps" or maps.height * maps.width == 1:
        return "this layer has no maps"
    if not view.layers[view.layer_index]["sharesInputGrid"]:
        return "this layer’s maps are not known to lie over the input"
    return "" if view.channel is not None else "all channels are shown: open one"
