"""The handlers of the requests about a recording's pictures and numbers."""

from __future__ import annotations

import threading

import numpy as np

from actwidget.protocol import pictures
from actwidget.protocol.requests import (
    ClippedRequest,
    DetailRequest,
    InputRequest,
    OverviewRequest,
    PrepareRequest,
    Reply,
    ValueRequest,
    split_buffers,
)
from actwidget.protocol.shown_recording import ShownRecording

WORK = 0.05
"""Seconds of work between two looks at whether a request is cancelled."""


def needs_scales(
    request: OverviewRequest | DetailRequest | PrepareRequest, shown: ShownRecording
) -> bool:
    """Return whether a layer's statistics are to be computed first, which may take seconds."""
    return request.layer not in shown.scales


def handle_overview(
    request: OverviewRequest, shown: ShownRecording, cancelled: threading.Event
) -> Reply:
    """Return all channels of a picture."""
    shown.layer(request.layer)
    # What was computed when a request is cancelled is kept for the next.
    while not shown.scales.prepare(request.layer, WORK):
        if cancelled.is_set():
            return Reply({})
    place = request.layer, request.image, request.slice
    return split_buffers(shown.overview(*place, with_input=request.input))


def handle_detail(request: DetailRequest, shown: ShownRecording, _: threading.Event) -> Reply:
    """Return windows of a picture at a finer level of detail."""
    layer, image, number = request.layer, request.image, request.slice
    maps, mosaic = shown.layer(layer).slice(number), shown.mosaics[layer]
    shown.check_image(image)
    scales = shown.scales[layer]
    message = pictures.detail(maps, image, request.block, request.patches, mosaic, scales)
    message |= {"kind": "detail", "layer": layer, "image": image, "slice": number}
    message |= shown.variant_field
    return split_buffers(message)


def handle_value(request: ValueRequest, shown: ShownRecording, _: threading.Event) -> Reply:
    """Return the model's own number at a block."""
    maps = shown.layer(request.layer).slice(request.slice)
    shown.check_image(request.image)
    value, row, column = pictures.value_at(
        maps, request.image, request.channel, request.row, request.column, request.block
    )
    # JSON has no NaN or infinity.
    number = value if np.isfinite(value) else str(value)
    return Reply({"kind": "value", "value": number, "unit": [row, column]})


def handle_clipped(request: ClippedRequest, shown: ShownRecording, _: threading.Event) -> Reply:
    """Return the share of a layer's units outside limits."""
    maps = shown.layer(request.layer)
    shown.check_normalization(request.normalization)
    affine = shown.scales[request.layer].affines[request.normalization]
    share = maps.map_array.clipped_share(maps.statistics, affine, request.limits)
    return Reply({"kind": "clipped", "share": share})


def handle_input(request: InputRequest, shown: ShownRecording, _: threading.Event) -> Reply:
    """Return an input image."""
    shown.check_image(request.image)
    picture = dict(shown.recording.thumbnail(request.image))
    data = picture.pop("data")
    return Reply({"kind": "input", "image": request.image, **picture}, [data])


def handle_prepare(request: PrepareRequest, shown: ShownRecording, _: threading.Event) -> Reply:
    """Work on a layer's scales for a moment."""
    shown.layer(request.layer)
    done = shown.scales.prepare(request.layer, request.seconds)
    reply = {"kind": "prepare", "layer": request.layer, "done": done}
    return Reply(reply | shown.variant_field)
