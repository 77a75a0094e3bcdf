"""Units as bytes for the page: 16 bits each if nobody can see the difference, else float32."""

from __future__ import annotations

import zlib
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.normalization import Affine
from actwidget.numerics.statistics import Statistics
from actwidget.utils.constants import CODES

Encoding = Literal["codes", "half", "float32"]
"""``"codes"``: even steps from the channel's minimum to its maximum. ``"half"``: half floats of
the share of the channel's largest |x|, whose steps are finer near zero. ``"float32"``: the model's
own numbers."""

HALF_LARGEST = 32_768.0
"""The half float that the channel's largest |x| becomes; the smallest normal one is 2⁻²⁹ of it."""

HALF_STEP = 2.0**-11
"""The largest error of a normal half float, as a share of its value (IEEE 754 binary16)."""

EXACT_UNITS = 65_536
"""A picture of up to this many units is sent as float32: small enough, and exact at once."""

COARSEST_STEP = 1 / 512
"""An error may be this share of the colours' range; a larger one could be seen."""


def choose_encoding(units: int, statistics: Statistics, affines: list[Affine]) -> Encoding:
    """Choose how a layer's units are sent.

    Float32 where the picture is small. Else codes, unless one step between them could be seen in
    one of the normalizations, as where one unit is a thousand times stronger than the rest; then
    half floats, unless *their* steps could be seen, as where such a channel is far from zero.
    """
    if units <= EXACT_UNITS:
        return "float32"
    step = steps("codes", statistics)
    codes = half = True
    for affine in affines:
        visible = COARSEST_STEP * (affine.limits[1] - affine.limits[0])
        scale = np.abs(affine.scale)
        codes &= bool(np.all(scale * step <= visible))
        ends = np.abs(np.subtract.outer(affine.limits, affine.offset)).max(axis=0)
        # Between the limits no |x| is larger than this, nor than the channel's largest.
        half &= bool(np.all(HALF_STEP * np.minimum(ends, statistics.largest * scale) <= visible))
    return "codes" if codes else "half" if half else "float32"


def steps(encoding: Encoding, statistics: Statistics) -> NDArray[np.float64]:
    """Return what one step of an encoding is worth, shape ``(groups,)``."""
    if encoding == "codes":
        return (statistics.maximum - statistics.minimum) / CODES.last
    if encoding == "half":
        return statistics.largest / HALF_LARGEST
    return np.ones_like(statistics.mean)


def lows(encoding: Encoding, statistics: Statistics) -> NDArray[np.float64]:
    """Return the value that an encoding's 0 stands for, shape ``(groups,)``."""
    return statistics.minimum if encoding == "codes" else np.zeros_like(statistics.mean)


def encode(
    values: NDArray[np.float32],
    channels: NDArray[np.intp],
    statistics: Statistics,
    encoding: Encoding,
) -> NDArray[np.generic]:
    """Encode values: ``value ≈ low + number × step`` of its channel.

    Parameters
    ----------
    values : NDArray[np.float32]
        Shape ``(height, width, channels)``.
    channels : NDArray[np.intp]
        Shape ``(channels,)``: which channel of the layer each of them is.
    statistics : Statistics
        Of the whole layer: a channel is encoded the same way in every picture.
    encoding : {"codes", "half", "float32"}
        To uint16, float16 or float32 of the same shape; NaN and the infinities stay what they are,
        in codes of their own if it is codes.
    """
    if encoding == "float32":
        return values
    step, low = steps(encoding, statistics), lows(encoding, statistics)
    if len(step) > 1:
        step, low = step[channels], low[channels]
    factor = np.divide(1.0, step, out=np.zeros_like(step), where=step > 0)
    finite = np.isfinite(values)
    bad = None if finite.all() else ~finite
    numbers = values if bad is None else np.where(finite, values, np.float32(0))
    most = np.finfo(np.float32).max
    # The range of a channel may be twice the largest float32.
    if np.any(factor > most) or np.any(step * CODES.last > most):
        scaled = ((numbers.astype(np.float64) - low) * factor).astype(np.float32)
    else:
        # Float32 will do: the rounding it adds is 1/256 of a step.
        scaled = numbers - low.astype(np.float32)
        scaled *= factor.astype(np.float32)
    if encoding == "half":
        halves = scaled.astype(np.float16)
        if bad is not None:
            halves[bad] = values[bad]
        return halves
    np.rint(scaled, out=scaled)
    codes = np.clip(scaled, 0, CODES.last, out=scaled).astype(np.uint16)
    if bad is not None:
        codes[np.isnan(values)] = CODES.nan
        codes[np.isposinf(values)] = CODES.positive_infinity
        codes[np.isneginf(values)] = CODES.negative_infinity
    return codes


def round_to_nine_bits(halves: NDArray[np.float16]) -> NDArray[np.float16]:
    """Round half floats to nine significant bits, which compress better.

    That is off by at most 1/512 of a value: half a shade of 256 at the colours' end.
    """
    bits = halves.view(np.uint16)
    rounded = (bits + np.uint16(2)) & np.uint16(0xFFFC)
    return np.where(np.isfinite(halves), rounded, bits).view(np.float16)


def pack(
    arrays: dict[str, NDArray[np.generic]], *, small: bool = False
) -> tuple[list[list[object]], bytes]:
    """Pack arrays into one gzipped block.

    Parameters
    ----------
    arrays : dict of str to NDArray
        By the names under which the page knows them.
    small : bool
        Whether to take five times as long if that makes it smaller: for files.

    Returns
    -------
    layout : list of [name, dtype, count]
        In the order of the bytes; each array begins at a multiple of 8 bytes.
    data : bytes
        Little-endian, gzipped. Of an array of two bytes each all low bytes come first, then all
        high ones.
    """
    layout: list[list[object]] = []
    parts: list[bytes] = []
    for name, array in arrays.items():
        little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        layout.append([name, array.dtype.name, array.size])
        plain = little.tobytes()
        if little.itemsize == 2:
            # The bytes that vary little stand together: 5 to 10 per cent less.
            plain = plain[::2] + plain[1::2]
        parts += [plain, bytes(-little.nbytes % 8)]
    plain = b"".join(parts)
    # In activations hardly anything repeats but zeros and high bytes. Run lengths alone take half
    # the time of gzip's fastest level, and the result is 5 per cent smaller.
    runs = _gzip(plain, 1, zlib.Z_RLE)
    if not small:
        return layout, runs
    return layout, min(runs, _gzip(plain, 6, zlib.Z_DEFAULT_STRATEGY), key=len)


def _gzip(plain: bytes, level: int, strategy: int) -> bytes:
    # Window bits of 16 more than usual make gzip's format of it.
    compressor = zlib.compressobj(level, zlib.DEFLATED, zlib.MAX_WBITS + 16, strategy=strategy)
    return compressor.compress(plain) + compressor.flush()
