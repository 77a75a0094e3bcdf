"""Frames as a model takes them: cropped at the centre, resized, in grey or in colours."""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actwidget.live.read_frame import eight_bits, pixels_of, read_frame
from actwidget.utils.messages import shortened
from actwidget.utils.number_text import number_text
from actwidget.utils.sizes import format_bytes

LUMA = (0.299, 0.587, 0.114)
"""The weights of red, green and blue in a grey: ITU-R BT.601, as in Pillow's mode ``"L"``."""

FORMATS = ("JPEG", "PNG")
"""What is read; Pillow's other decoders are not even asked."""

MOST_PIXELS = 4096 * 4096

MOST_BYTES = 64 * 10**6

_SMALL = 32
"""Proportions are written in whole numbers up to this."""


def fit_frame(
    frame: Any, height: int, width: int, channels: int, *, what: str = "the frame"
) -> NDArray[Any]:
    """Return a frame as a model takes it.

    It is cropped at the centre to the model's proportions and resized with Pillow's bilinear
    filter, which averages where it reduces. Numbers keep their range: ``uint8`` stays ``uint8``,
    anything else becomes ``float32`` of the same values. Nothing is computed of a frame that has
    the size and the channels already.

    Parameters
    ----------
    frame
        ``(height, width)`` or ``(height, width, channels)``, of any size: an array, a tensor or a
        PIL image.
    height, width, channels
        What the model takes.
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
        If the frame does not hold real numbers.
    ValueError
        If it is not an image, or has channels that do not become the model's.
    """
    pixels = read_frame(frame, what=what)
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    rows, columns = _crop(pixels.shape[0], pixels.shape[1], height, width)
    cropped = pixels[rows, columns]
    # Fewer channels are less to resize, so greys are repeated last.
    coloured = _in_channels(cropped, channels, what, tuple(pixels.shape))
    if coloured.dtype != np.uint8:
        with np.errstate(over="ignore"):
            coloured = coloured.astype(np.float32, copy=False)
    if coloured.shape[:2] != (height, width):
        coloured = _resized(coloured, height, width)
    if coloured.shape[-1] != channels:
        coloured = np.repeat(coloured, channels, axis=-1)
    return np.ascontiguousarray(coloured)


def crop_note(frame_height: int, frame_width: int, height: int, width: int) -> str:
    """Return what `fit_frame` cuts off, for a caption: ``"cropped to 1 : 1"``, or nothing.

    Proportions are width to height, as of screens: ``"4 : 3"``.
    """
    rows, columns = _crop(frame_height, frame_width, height, width)
    if (rows.stop - rows.start, columns.stop - columns.start) == (frame_height, frame_width):
        return ""
    common = math.gcd(width, height)
    across, down = width // common, height // common
    if max(across, down) <= _SMALL:
        return f"cropped to {across} : {down}"
    if across > down:
        return f"cropped to {number_text(across / down, 3)} : 1"
    return f"cropped to 1 : {number_text(down / across, 3)}"


def decode_image(data: bytes | bytearray | memoryview) -> NDArray[np.uint8]:
    """Decode a JPEG or PNG file.

    Parameters
    ----------
    data
        The whole file.

    Returns
    -------
    NDArray[np.uint8]
        ``(height, width, channels)``: one channel of a grey image, three of any other.
        Transparency is over white.

    Raises
    ------
    ValueError
        If it is anything else, is damaged, or has more than `MOST_PIXELS` or `MOST_BYTES`, which
        is seen before it is decoded.
    """
    if (size := memoryview(data).nbytes) > MOST_BYTES:
        raise ValueError(
            f"the image that was sent takes {format_bytes(size)}; "
            f"it may take {format_bytes(MOST_BYTES)}"
        )
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _TooLargeError(
                    f"the image that was sent has {image.width:,} × {image.height:,} pixels; "
                    f"it may have {MOST_PIXELS:,}"
                )
            pixels = eight_bits(pixels_of(image))
    except _TooLargeError:
        raise
    except Exception as error:
        # Decoders raise what they like of a file that is damaged, or made to harm.
        raise ValueError(
            f"what was sent is not a JPEG or PNG image that can be read ({shortened(error)})"
        ) from error
    height, width = pixels.shape[:2]
    return fit_frame(pixels, height, width, 1 if pixels.ndim == 2 else 3)


def _crop(frame_height: int, frame_width: int, height: int, width: int) -> tuple[slice, slice]:
    """Return the rows and columns of the largest centred part of the model's proportions."""
    rows = min(frame_height, max(1, round(frame_width * height / width)))
    columns = min(frame_width, max(1, round(frame_height * width / height)))
    top, left = (frame_height - rows) // 2, (frame_width - columns) // 2
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


class _TooLargeError(ValueError):
    """Among what decoders raise, what is to be passed on as it is."""
