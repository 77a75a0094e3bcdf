"""Units as bytes for the page: 16-bit codes per channel, or float32 where those would not do."""

from __future__ import annotations

import gzip
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from actwidget.normalization import Affine
from actwidget.statistics import Statistics

Encoding = Literal["codes", "float32"]

LAST_CODE = 65_532
"""Codes 0…65532 are the channel's minimum to maximum in even steps."""

NAN_CODE, POSITIVE_INFINITY_CODE, NEGATIVE_INFINITY_CODE = 65_533, 65_534, 65_535

EXACT_UNITS = 65_536
"""A picture of up to this many units is sent as float32: small enough, and exact at once."""

COARSEST_STEP = 1 / 512
"""A code's step may be this share of the colours' range; a coarser one could be seen."""


def choose_encoding(units: int, statistics: Statistics, affines: list[Affine]) -> Encoding:
    """Choose how a layer's units are sent.

    Float32 where the picture is small or where one code's step would be visible in one of the
    normalizations: a layer with one unit a thousand times stronger than the rest would otherwise
    lose the rest.
    """
    if units <= EXACT_UNITS:
        return "float32"
    step = code_step(statistics)
    for affine in affines:
        colour_range = affine.limits[1] - affine.limits[0]
        if np.any(np.abs(affine.scale) * step > colour_range * COARSEST_STEP):
            return "float32"
    return "codes"


def code_step(statistics: Statistics) -> NDArray[np.float64]:
    """Give the difference between two neighbouring codes, shape ``(groups,)``."""
    return (statistics.maximum - statistics.minimum) / LAST_CODE


def encode(
    values: NDArray[np.float32], channels: NDArray[np.intp], statistics: Statistics
) -> NDArray[np.uint16]:
    """Turn values into codes: ``value ≈ minimum + code × step`` of its channel.

    Parameters
    ----------
    values : NDArray[np.float32]
        Shape ``(height, width, channels)``.
    channels : NDArray[np.intp]
        Shape ``(channels,)``: which channel of the layer each of them is.
    statistics : Statistics
        Of the whole layer: a channel has the same codes in every picture.

    Returns
    -------
    NDArray[np.uint16]
        Shape ``(height, width, channels)``; NaN and the infinities have codes of their own.
    """
    step = code_step(statistics)
    # In float32: the rounding it adds is 1/256 of a code's step.
    factor = np.divide(1.0, step, out=np.zeros_like(step), where=step > 0)
    if len(step) > 1:
        factor, low = factor[channels], statistics.minimum[channels]
    else:
        low = statistics.minimum
    scaled = (values.astype(np.float64) - low) * factor if np.any(factor > 1e30) else None
    if scaled is None:
        scaled = values - low.astype(np.float32)
        scaled *= factor.astype(np.float32)
    finite = np.isfinite(values)
    if finite.all():
        np.rint(scaled, out=scaled)
        return np.clip(scaled, 0, LAST_CODE, out=scaled).astype(np.uint16)
    codes = np.clip(np.rint(np.where(finite, scaled, 0)), 0, LAST_CODE).astype(np.uint16)
    codes[np.isnan(values)] = NAN_CODE
    codes[np.isposinf(values)] = POSITIVE_INFINITY_CODE
    codes[np.isneginf(values)] = NEGATIVE_INFINITY_CODE
    return codes


def pack(arrays: dict[str, NDArray[np.generic]]) -> tuple[list[list[object]], bytes]:
    """Pack arrays into one gzipped block.

    Returns
    -------
    layout : list of [name, dtype, count]
        In the order of the bytes; each array begins at a multiple of 8 bytes.
    data : bytes
        Little-endian, gzipped at level 1: the fastest, and within a few per cent of the others
        for activations.
    """
    layout: list[list[object]] = []
    parts: list[bytes] = []
    for name, array in arrays.items():
        little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        layout.append([name, array.dtype.name, array.size])
        parts += [little.tobytes(), bytes(-little.nbytes % 8)]
    return layout, gzip.compress(b"".join(parts), compresslevel=1)
