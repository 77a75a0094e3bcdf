"""A frame's picture as a message: bytes for the page, and what changed beside them."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.live.live_scale import LiveScale
from actwidget.numerics.frame_codes import frame_codes, frame_range
from actwidget.protocol.live_requests import LiveRequest
from actwidget.protocol.pictures import window_blocks
from actwidget.protocol.requests import Reply
from actwidget.protocol.scales import channel_table, layer_header
from actwidget.recording.layer import LayerMaps

EXACT_UNITS = 4_096
"""A picture of up to this many units is sent as float32: it is small, and its values are exact."""

Numbers = NDArray[np.float32]


def frame_picture(
    request: LiveRequest, layer: LayerMaps, block: int, scale: LiveScale, *, held: bool
) -> Reply:
    """Return the picture of a frame.

    Parameters
    ----------
    request : LiveRequest
    layer : LayerMaps
        With the maps of this frame alone.
    block : int
        An overview's cell stands for block × block units.
    scale : LiveScale
        Takes the frame into account.
    held : bool
        Whether the scale is to stay as it is.
    """
    shown = _slice(layer, request.slice)
    blocks = shown.map_array.block_extremes(0, block)
    one_group = shown.height * shown.width * layer.depth == 1
    largest = np.atleast_1d(np.abs(blocks).max((0, 1, 2) if one_group else (0, 1)))
    scale.take(layer, largest, held=held)
    low, step = frame_range(blocks, one_group=one_group)
    is_exact = blocks.size <= EXACT_UNITS
    if is_exact:
        low, step = np.zeros_like(low), np.ones_like(step)

    def encoded(values: Numbers, groups: Any = slice(None)) -> NDArray[Any]:
        return values if is_exact else frame_codes(values, low[groups], step[groups])

    units = np.ascontiguousarray(np.moveaxis(encoded(blocks), -1, 0))
    content: dict[str, Any] = {
        "kind": "live",
        "client": request.client,
        "id": request.id,
        "layer": request.layer,
        "slice": request.slice,
        "block": block,
        "groups": len(low),
        "encoding": "float32" if is_exact else "codes",
        "version": scale.version,
        "frames": scale.frames,
        "compressed": request.compress,
    }
    buffers = [_packed(units, request), np.stack([low, step]).tobytes()]
    if request.facts or request.version != scale.version:
        content |= {"facts": _header(layer, scale), "table": len(buffers)}
        buffers.append(_table(layer, low, step, scale).tobytes())
    if request.patches:
        windows = [window_blocks(shown, 0, request.block, patch) for patch in request.patches]
        groups = [0 if one_group or len(low) == 1 else patch[0] for patch in request.patches]
        parts = [
            encoded(window, slice(group, group + 1)).ravel()
            for window, group in zip(windows, groups, strict=True)
        ]
        content["detail"] = {
            "block": request.block,
            "patches": [list(patch) for patch in request.patches],
            "buffer": len(buffers),
        }
        buffers.append(_packed(np.concatenate(parts), request))
    return Reply(content, buffers)


def _slice(layer: LayerMaps, number: int) -> LayerMaps:
    """Return one slice of a volume; `LayerMaps.slice` would compute the statistics of all."""
    if not 0 <= number < layer.depth:
        raise IndexError(f"slice is {number}; {layer.path} has slices 0 to {layer.depth - 1}")
    if layer.depth == 1:
        return layer
    return replace(layer, maps=layer.map_array.slice(number, layer.depth), depth=1)


def _packed(units: NDArray[Any], request: LiveRequest) -> bytes:
    plain = units.tobytes()
    if not request.compress:
        return plain
    compressor = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS + 16, strategy=zlib.Z_RLE)
    return compressor.compress(plain) + compressor.flush()


def _header(layer: LayerMaps, scale: LiveScale) -> dict[str, Any]:
    limits = layer.image_limits(0) if layer.is_image else None
    return layer_header(layer.statistics, scale.scales, limits)


def _table(layer: LayerMaps, low: Numbers, step: Numbers, scale: LiveScale) -> NDArray[np.float64]:
    """Return the numbers of this very frame, but dead channels only if they always were."""
    table = channel_table(
        layer.statistics, scale.scales, low.astype(np.float64), step.astype(np.float64)
    )
    flat = table[5] > 0
    table[5] = np.where(flat & scale.dead, 2, 0)
    return table
