"""Images as a model takes them: cropped at the centre or stretched, in grey or in colours."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actwidget.images.read_image import read_image
from actwidget.utils.number_text import number_text

LUMA = (0.299, 0.587, 0.114)
"""The weights of red, green and blue in a grey: ITU-R BT.601, as in Pillow's mode ``"L"``."""

Resize = Literal["crop", "stretch"]
"""Whether an image of other proportions is cropped at its centre or squeezed into the size."""

_SMALL = 32
"""Proportions are written in whole numbers up to this."""


def fit_image(
    image: Any,
    height: int,
    width: int,
    channels: int,
    *,
    resize: Resize = "crop",
    what: str = "the image",
) -> NDArray[Any]:
    """Return an image as a model takes it.

    It is resized with Pillow's bilinear filter, which averages where it reduces. Numbers keep their
    range: ``uint8`` stays ``uint8``, anything else becomes ``float32`` of the same values. Nothing
    is computed of an image that has the size and the channels already.

    Parameters
    ----------
    image
        ``(height, width)`` or ``(height, width, channels)``, of any size: an array, a tensor or a
        PIL image.
    height, width, channels
        What the model takes.
    resize
        ``"crop"`` first crops it at the centre to the model's proportions; ``"stretch"`` keeps all
        of it.
    what
        What errors call it, such as ``"frame 12 of clip.mp4"``.

    Returns
    -------
    NDArray
        ``(height, width, channels)``, contiguous, uint8 or float32. Greys are repeated for a model
        that takes colours, and colours become greys by `LUMA`. Four channels are colours over
        white, as pictures with transparency are shown, unless the model takes four.

    Raises
    ------
    TypeError
        If the image does not hold real numbers.
    ValueError
        If it is not an image, or has channels that do not become the model's.
    """
    pixels = read_image(image, what=what)
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    shape = tuple(pixels.shape)
    if resize == "crop":
        pixels = pixels[_crop(shape[0], shape[1], height, width)]
    # Fewer channels are less to resize, so greys are repeated last.
    coloured = _in_channels(pixels, channels, what, shape)
    if coloured.dtype != np.uint8:
        with np.errstate(over="ignore"):
            coloured = coloured.astype(np.float32, copy=False)
    if coloured.shape[:2] != (height, width):
        coloured = _resized(coloured, height, width)
    if coloured.shape[-1] != channels:
        coloured = np.repeat(coloured, channels, axis=-1)
    return np.ascontiguousarray(coloured)


def crop_note(image_height: int, image_width: int, height: int, width: int) -> str:
    """Return what `fit_image` crops, for a caption: ``"cropped to 1 : 1"``, or nothing.

    Proportions are width to height, as of screens: ``"4 : 3"``.
    """
    rows, columns = _crop(image_height, image_width, height, width)
    if (rows.stop - rows.start, columns.stop - columns.start) == (image_height, image_width):
        return ""
    common = math.gcd(width, height)
    across, down = width // common, height // common
    if max(across, down) <= _SMALL:
        return f"cropped to {across} : {down}"
    if across > down:
        return f"cropped to {number_text(across / down, 3)} : 1"
    return f"cropped to 1 : {number_text(down / across, 3)}"


def _crop(image_height: int, image_width: int, height: int, width: int) -> tuple[slice, slice]:
    """Return the rows and columns of the largest centred part of the model's proportions."""
    rows = min(image_height, max(1, round(image_width * height / width)))
    columns = min(image_width, max(1, round(image_height * width / height)))
    top, left = (image_height - rows) // 2, (image_width - columns) // 2
    return slice(top, top + rows), slice(left, left + columns)


def _in_channels(
    pixels: NDArray[Any], channels: int, what: str, shape: tuple[int, ...]
) -> NDArray[Any]:
    """Return as many channels as are wanted, or one grey that stands for all of them."""
    given = pixels.shape[-1]
    if given == channels:
        return pixels
    if channels not in (1, 3) or given not in (1, 3, 4):
        first = " (its first axis has to be its last)" if shape[0] in (channels, 1, 3, 4) else ""
        takes = f"takes {channels}" if channels not in (1, 3) else "takes 1, 3 or 4"
        raise ValueError(
            f"{what} has shape {shape}, which is {given:,} channels; the model {takes}{first}"
        )
    if given == 4:
        pixels = _over_white(pixels)
    if channels == 1 and pixels.shape[-1] == 3:
        return _grey(pixels)
    return pixels


def _over_white(pixels: NDArray[Any]) -> NDArray[Any]:
    """Return RGBA as RGB over white, in the same dtype or in float."""
    colours, alpha = pixels[..., :3], pixels[..., 3:]
    if pixels.dtype.kind == "u":
        white = np.iinfo(pixels.dtype).max
    else:
        white = 255 if np.nanmax(alpha, initial=0) > 1 else 1
    if np.all(alpha == white):
        return colours
    share = alpha / np.float32(white)
    mixed = colours * share + white * (1 - share)
    return np.rint(mixed).astype(np.uint8) if pixels.dtype == np.uint8 else mixed


def _grey(pixels: NDArray[Any]) -> NDArray[Any]:
    if pixels.dtype == np.uint8:
        return np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).convert("L"))[..., None]
    luma: NDArray[Any] = pixels @ np.array(LUMA, np.float32)
    return luma[..., None]


def _resized(pixels: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    if pixels.dtype == np.uint8 and pixels.shape[-1] == 3:
        return _resized_part(pixels, height, width)
    parts = [_resized_part(pixels[..., at], height, width) for at in range(pixels.shape[-1])]
    return np.stack(parts, axis=-1)


def _resized_part(pixels: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    image = Image.fromarray(np.ascontiguousarray(pixels))
    # A large reduction is first done by whole steps, which does not show and is much faster.
    return np.asarray(image.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=3.0))
