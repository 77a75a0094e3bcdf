"""Receptive fields by arithmetic: from the size, stride and padding of each layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from actwidget.attribution.model_of import recorded_model
from actwidget.attribution.windows import Windows
from actwidget.model.keras_classes import computes_as
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

Pair = tuple[Windows, Windows]
"""The windows of rows and of columns."""

POINTWISE = {
    *("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax"),
    *("BatchNormalization", "Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout"),
    *("ActivityRegularization", "Rescaling", "Normalization", "Identity"),
}
"""Layers whose units see what the unit in the same place before them sees."""

MERGING = {
    *("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"),
}

SLIDING = {
    *("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "MaxPooling2D", "AveragePooling2D"),
}

WHOLE = {
    *("GlobalAveragePooling2D", "GlobalMaxPooling2D"),
}


def receptive_windows(recording: Recording) -> dict[str, Pair | None]:
    """Compute `Recording.receptive_windows`, which documents it.

    The formulas are those of Araujo, Norris and Sim 2019, "Computing receptive fields of
    convolutional neural networks".
    """
    recorded = recorded_model(recording)
    nodes = {each.path: node for (node, _, _), each in recorded.arrangements.items()}
    received = recording.input
    if received.kind != "maps" or received.depth > 1:
        return {}
    one = tuple(Windows(1, 1, 0, length) for length in (received.height, received.width))
    found: dict[str, Pair | None] = {received.path: (one[0], one[1])}
    for path in recording.layers:
        entry, node = recording[path], nodes.get(path)
        if node is None or not entry.inputs or any(each not in found for each in entry.inputs):
            continue
        if path not in recorded.fed_by_entries:
            # Another layer ran between them, which this recording does not have.
            continue
        before = [found[each] for each in entry.inputs]
        sizes = recording[entry.inputs[0]]
        rule = _rule_of(node.layer)
        if rule is None or (rule is not _whole and entry.kind != "maps"):
            continue
        windows = rule(node.layer, before, sizes, entry)
        if windows is not _UNKNOWN:
            found[path] = _as_seen(windows, entry, received)
    del found[received.path]
    return found


_UNKNOWN: Any = object()


def _as_seen(windows: Pair | None, entry: LayerMaps, received: LayerMaps) -> Pair | None:
    """Return None where each unit sees all of the image."""
    if windows is None:
        return None
    every = (
        (windows[0], entry.height, received.height),
        (windows[1], entry.width, received.width),
    )
    whole = all(each.of(0) == (0, length) == each.of(units - 1) for each, units, length in every)
    return None if whole else windows


def _rule_of(layer: Any) -> Callable[..., Pair | None] | None:
    for name in sorted(computes_as(layer)):
        if name in POINTWISE:
            return _same
        if name in MERGING:
            return _merged
        if name in SLIDING:
            return _slid
        if name == "ZeroPadding2D":
            return _padded
        if name in WHOLE:
            return _whole
    return None


def _whole(_layer: Any, before: list[Pair | None], sizes: LayerMaps, _entry: LayerMaps) -> Any:
    """Return one window each: from the first to the last that any unit sees."""
    if before[0] is None:
        return None
    found = []
    for one, count in zip(before[0], (sizes.height, sizes.width), strict=True):
        start, end = one.of(0)[0], one.of(count - 1)[1]
        found.append(Windows(end - start, 1, start, end))
    return tuple(found)


def _same(_layer: Any, before: list[Pair | None], sizes: LayerMaps, entry: LayerMaps) -> Any:
    if (sizes.height, sizes.width) != (entry.height, entry.width):
        return _UNKNOWN
    return before[0] if len(before) == 1 else _UNKNOWN


def _merged(layer: Any, before: list[Pair | None], sizes: LayerMaps, entry: LayerMaps) -> Any:
    if (sizes.height, sizes.width) != (entry.height, entry.width):
        return _UNKNOWN
    if getattr(layer, "axis", -1) not in (-1, 3):
        return _UNKNOWN
    if any(each is None for each in before):
        return None
    merged = []
    for axis, count in enumerate((sizes.height, sizes.width)):
        each = [pair[axis] for pair in before if pair is not None]
        if len({one.stride for one in each}) > 1:
            return _UNKNOWN
        start = min(one.offset for one in each)
        end = max(one.offset + one.size for one in each)
        length = max(one.of(count - 1)[1] for one in each)
        merged.append(replace(each[0], size=end - start, offset=start, length=length))
    return tuple(merged)


def _slid(layer: Any, before: list[Pair | None], sizes: LayerMaps, entry: LayerMaps) -> Any:
    """Return the windows of a layer that slides one of its own over its input."""
    if before[0] is None:
        return None
    if getattr(layer, "data_format", "channels_last") != "channels_last":
        return _UNKNOWN
    kernel = _pair(getattr(layer, "kernel_size", None) or layer.pool_size)
    strides = _pair(layer.strides)
    rates = _pair(getattr(layer, "dilation_rate", 1))
    found = []
    for axis, units in ((0, (sizes.height, entry.height)), (1, (sizes.width, entry.width))):
        reach = (kernel[axis] - 1) * rates[axis] + 1
        missing = (units[1] - 1) * strides[axis] + reach - units[0]
        padding = max(0, missing) // 2 if layer.padding == "same" else 0
        if padding and rates[axis] > 1:
            # A window with holes ends before the edge in some places.
            return _UNKNOWN
        one = before[0][axis]
        found.append(
            replace(
                one,
                size=one.size + (reach - 1) * one.stride,
                stride=one.stride * strides[axis],
                offset=one.offset - padding * one.stride,
                # What no unit of the layer before sees is not seen through it.
                length=one.of(units[0] - 1)[1],
            )
        )
    return tuple(found)


def _padded(layer: Any, before: list[Pair | None], sizes: LayerMaps, entry: LayerMaps) -> Any:
    if before[0] is None:
        return None
    if getattr(layer, "data_format", "channels_last") != "channels_last":
        return _UNKNOWN
    starts = [first for first, _ in layer.padding]
    return tuple(
        replace(one, offset=one.offset - start * one.stride, length=one.of(count - 1)[1])
        for one, start, count in zip(before[0], starts, (sizes.height, sizes.width), strict=True)
    )


def _pair(value: Any) -> tuple[int, int]:
    if isinstance(value, int):
        return value, value
    return int(value[0]), int(value[1])
