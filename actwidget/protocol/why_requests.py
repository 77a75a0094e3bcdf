"""The requests for what explains a target: importance, heatmaps on the input, receptive fields."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.heatmap import heatmap_codes, saliency
from actwidget.protocol.explainer import Explainer
from actwidget.protocol.requests import Reply, Request
from actwidget.protocol.shown_recording import ShownRecording

LEVELS = 255
"""Steps of a heatmap's codes, from 0 to its largest value."""


@dataclass(frozen=True, kw_only=True)
class AttributionRequest(Request):
    """What a layer does for a target, which is JSON.

    The reply holds the target's ``name`` and ``value``, the ``importance`` of each channel and
    ``cam``, the height, the width and the largest value of the layer's Grad-CAM, whose codes are
    the buffer; both null where there are none, and then a ``reason``. `recording` is the number of
    one of those that are compared, whose model it is asked of.
    """

    kind = "attribution"
    target: str
    layer: int
    image: int
    recording: int = 0


@dataclass(frozen=True, kw_only=True)
class SaliencyRequest(Request):
    """The largest absolute gradient of a target by the channels of the input, as a heatmap."""

    kind = "saliency"
    target: str
    image: int
    recording: int = 0


@dataclass(frozen=True, kw_only=True)
class FieldRequest(Request):
    """The receptive fields of a layer's units.

    The reply's ``field`` holds size, stride, offset and length of the windows of rows and of
    columns; ``"whole"``: each unit sees the whole image; ``"probe"``: there is no rule.
    """

    kind = "field"
    layer: int


@dataclass(frozen=True, kw_only=True)
class BoxRequest(Request):
    """What one unit sees: the reply's ``box`` is top, left, bottom and right."""

    kind = "box"
    layer: int
    row: int
    column: int


@dataclass(frozen=True, kw_only=True)
class AblationRequest(Request):
    """What the model answers with a channel switched off.

    The reply's ``values`` are those of the classes of these numbers.
    """

    kind = "ablation"
    layer: str
    channel: int
    image: int
    output: int
    classes: tuple[int, ...]


def handle_attribution(
    request: AttributionRequest, shown: ShownRecording, cancelled: threading.Event
) -> Reply:
    """Return what a layer does for a target."""
    entry, image = shown.layer(request.layer), request.image
    shown.check_image(image)
    explainer = shown.compared.explainer(request.recording)
    if request.recording:
        entry = shown.compared.entries(request.recording)[request.layer]
    if not explainer.recording.has_model:
        return _kept_attribution(request, entry.path, explainer)
    gradients = explainer.gradients(request.target)
    if cancelled.is_set():
        return Reply({})
    reply: dict[str, Any] = {
        "kind": "attribution",
        "name": gradients.name_of(image),
        "value": _number(gradients.target_values[image]),
        "importance": None,
        "cam": None,
        "reason": gradients.blocked.get(entry.path, ""),
        "note": gradients.note,
    }
    if entry.path not in gradients:
        return Reply(reply)
    reply["importance"] = numbers(gradients.importance_of(entry.path, image))
    if entry.depth > 1:
        reply["reason"] = "it is a volume, and the input no plane of it"
    if entry.kind != "maps" or entry.depth > 1 or entry.height * entry.width == 1:
        return Reply(reply)
    reply["cam"], codes = heatmap(gradients.grad_cam_of(entry.path, image))
    return Reply(reply, [codes])


def handle_saliency(
    request: SaliencyRequest, shown: ShownRecording, cancelled: threading.Event
) -> Reply:
    """Return the input's gradient."""
    shown.check_image(request.image)
    explainer = shown.compared.explainer(request.recording)
    if not explainer.recording.has_model:
        return _kept_saliency(request, explainer)
    gradients = explainer.gradients(request.target)
    path = explainer.recording.input.path
    if path not in gradients:
        return Reply({"kind": "saliency", "map": None, "reason": gradients.blocked.get(path, "")})
    size, codes = heatmap(saliency(gradients[path][request.image]))
    return Reply({"kind": "saliency", "map": size, "reason": ""}, [codes])


NOT_KEPT = (
    "it needs the model, which is not saved with a recording: attach it to the one that was loaded"
)


def _kept_attribution(request: AttributionRequest, path: str, explainer: Explainer) -> Reply:
    """Return what was kept of a layer, of a recording without its model."""
    kept, image = explainer.recording.kept_attributions, request.image
    rank = explainer.rank(request.target, image)
    reply: dict[str, Any] = {
        "kind": "attribution",
        "name": "",
        "value": None,
        "importance": None,
        "cam": None,
        "reason": NOT_KEPT,
        "note": "",
    }
    if kept is None or rank is None:
        return Reply(reply)
    reply |= {"name": kept.names[image][rank], "value": _number(kept.values[image, rank])}
    reply["reason"] = kept.reasons.get(path, "")
    if path in kept.importance:
        reply["importance"] = numbers(kept.importance[path][image, rank])
    if path not in kept.grad_cam:
        reply["reason"] = reply["reason"] or "it is kept of convolutions alone"
        return Reply(reply)
    reply["cam"], codes = heatmap(kept.grad_cam[path][image, rank])
    return Reply(reply, [codes])


def _kept_saliency(request: SaliencyRequest, explainer: Explainer) -> Reply:
    """Return the input's gradient that was kept, of a recording without its model."""
    kept = explainer.recording.kept_attributions
    rank = explainer.rank(request.target, request.image)
    if kept is None or kept.saliency is None or rank is None:
        return Reply({"kind": "saliency", "map": None, "reason": NOT_KEPT})
    size, codes = heatmap(kept.saliency[request.image, rank])
    return Reply({"kind": "saliency", "map": size, "reason": ""}, [codes])


def handle_field(request: FieldRequest, shown: ShownRecording, _: threading.Event) -> Reply:
    """Return the receptive fields of a layer's units."""
    path = shown.layer(request.layer).path
    try:
        windows = shown.explainer.windows(path)
    except KeyError:
        found = shown.explainer.field(path)
        if not found.is_whole_image and found.windows is None:
            return Reply({"kind": "field", "field": "probe"})
        windows = None if found.is_whole_image else found.windows
    return Reply({"kind": "field", "field": field_message(windows)})


def field_message(windows: Any) -> Any:
    """Return windows as the page takes them; None: each unit sees the whole image."""
    if windows is None:
        return "whole"
    return [
        each if isinstance(each, list) else [each.size, each.stride, each.offset, each.length]
        for each in windows
    ]


def handle_box(request: BoxRequest, shown: ShownRecording, _: threading.Event) -> Reply:
    """Return what one unit sees."""
    found = shown.explainer.field(shown.layer(request.layer).path)
    return Reply({"kind": "box", "box": list(found.box(request.row, request.column))})


def handle_ablation(request: AblationRequest, shown: ShownRecording, _: threading.Event) -> Reply:
    """Return what the model answers with a channel switched off."""
    shown.check_image(request.image)
    other = shown.explainer.without(request.layer, request.channel)
    # By its path: an output that could not be arranged is left out.
    path = shown.recording.outputs[request.output].path
    output = next((each for each in other.outputs if each.path == path), None)
    if output is None:
        raise ValueError(f"{path} gave something of another shape without the channel")
    values = np.asarray(output.maps[request.image]).reshape(-1)
    if len(values) == 1 and max(request.classes, default=0) == 1:
        # One unit stands for the second of two classes.
        values = np.array([1 - values[0], values[0]])
    return Reply(
        {"kind": "ablation", "values": [_number(values[each]) for each in request.classes]}
    )


def heatmap(values: NDArray[np.float32]) -> tuple[dict[str, Any], bytes]:
    """Return a heatmap's size and largest value, and its codes from 0 to that."""
    codes, maximum = heatmap_codes(values, LEVELS)
    height, width = values.shape
    size = {"height": height, "width": width, "maximum": float(maximum)}
    return size, codes.tobytes()


def numbers(values: NDArray[np.floating[Any]]) -> list[float | None]:
    """Return numbers in few digits; JSON has none that are not finite."""
    return [float(f"{each:.5g}") if np.isfinite(each) else None for each in values]


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
