"""Advice on how to make an image fit a model, with a line of Python that does it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actwidget.capture.inputs.input_layout import InputLayout


@dataclass(frozen=True)
class Given:
    """An image as Python expressions, so that advice can be run as it is written.

    Attributes
    ----------
    argument : str
        What was given: ``"image"``, or ``"image['left']"`` of several.
    array : str
        The same as an array: ``"np.asarray(image)"`` of a list.
    is_pil : bool
        Whether it is a PIL image, which has methods of its own.
    resize : str
        What resizes an array, with places for it and for (height, width).
    """

    argument: str = "image"
    array: str = "image"
    is_pil: bool = False
    resize: str = "keras.ops.image.resize({0}, {1})"


IMAGE = Given()
"""A lone array, given as ``image``."""

RESIZED = ("u1", "f2", "f4", "f8")
"""The types of pixels that every backend resizes, and keeps."""


def advice(shape: tuple[int, ...], dtype: str, layout: InputLayout) -> str:
    """Return advice on how to make an image of this shape and dtype (as ``"u1"``) fit."""
    if layout.axes == "NW":
        return _vectors(shape, layout)
    if len(layout.axes) != 4 or "C" not in layout.axes:
        return f"give {named(layout.axes)}"
    array = layout.given.array
    for axes, source in (("CHW", 0), ("NCHW", 1)):
        if layout.fits(shape, axes):
            return f"move the channel axis to the end: np.moveaxis({array}, {source}, -1)"
    sizes = [layout.size(axis) for axis in "HWC"]
    is_flat = 1 <= len(shape) <= 2 and None not in sizes and layout.axes == "NHWC"
    if is_flat and shape[-1] == math.prod(size or 0 for size in sizes):
        return f"give it the axes of an image: np.reshape({array}, {(-1, *sizes)})"
    if not 2 <= len(shape) <= 4:
        return "give (height, width, channels), or (images, height, width, channels) for several"
    return _pixels(shape, dtype, layout)


def _vectors(shape: tuple[int, ...], layout: InputLayout) -> str:
    """Return advice on arrays for a model that takes a row of numbers for each image."""
    size = layout.size("W")
    if size is None:
        return "give one row of numbers for each image"
    if size in (math.prod(shape), math.prod(shape[1:])):
        code = f"np.reshape({layout.given.array}, (-1, {size}))"
        return f"flatten each image to {size} numbers: {code}"
    return f"give {size} numbers for each image"


def named(axes: str) -> str:
    """Write axes in words: ``(height, width, channels)``."""
    words = {"N": "images", "D": "depth", "H": "height", "W": "width", "C": "channels"}
    return f"({', '.join(words[axis] for axis in axes)})"


def _pixels(shape: tuple[int, ...], dtype: str, layout: InputLayout) -> str:
    """Return advice on another size, and other channels, of pixels."""
    given = layout.given
    height, width, channels = (layout.size(axis) for axis in "HWC")
    axes = ("HW", "HWC", "NHWC")[len(shape) - 2]
    # Pictures have few channels: as many as that are pictures without a channel axis.
    several = axes == "HWC" and shape[-1] not in (1, 2, 3, 4) and channels in (1, 3)
    if several and channels == 3:
        several = (height, width) != shape[:2]
    lengths = dict(zip("NHW" if several else axes, shape, strict=True))
    steps, code, pil = [], given.array, given.argument
    wrong_size = height not in (None, lengths["H"]) or width not in (None, lengths["W"])
    if wrong_size and dtype not in RESIZED:
        code += '.astype("float32")'
    if several and channels == 1:
        steps.append("add the channel axis if these are several images")
        code += "[..., None]"
    elif channels not in (None, has := lengths.get("C", 1)):
        step, code = _channels(channels or 0, has, code, has_axis="C" in lengths)
        steps.append(step)
        if mode := {1: "L", 3: "RGB", 4: "RGBA"}.get(channels or 0):
            pil += f'.convert("{mode}")'
    elif "C" not in lengths:
        code += "[..., None]"
    if wrong_size:
        height, width = height or lengths["H"], width or lengths["W"]
        steps.insert(0, f"resize it to {height} × {width} pixels")
        code = given.resize.format(code, (height, width))
        pil += f".resize({(width, height)})"
    if not steps:
        return f"give {named(axes)}"
    code = pil if given.is_pil else code
    is_done = code not in (given.array, given.argument)
    return " and ".join(steps) + (f": {code}" if is_done else "")


def _channels(channels: int, has: int, code: str, *, has_axis: bool) -> tuple[str, str]:
    """Return how pixels get another number of channels, in words and in Python."""
    if channels == 1:
        colours = f"{code}[..., :3]" if has == 4 else code
        return "make it grey", f"{colours}.mean(-1, keepdims=True)"
    if channels == 3 and not has_axis:
        return "make it coloured", f"np.stack([{code}] * 3, -1)"
    if channels == 3 and has == 1:
        return "make it coloured", f"np.repeat({code}, 3, -1)"
    if channels == 3 and has == 4:
        return "leave the transparency out", f"{code}[..., :3]"
    return f"give {channels} channels instead of {has}", code
