"""The order of axes that a model takes, and arranging an image in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.capture.inputs.advice import IMAGE, Given, advice, named
from actwidget.model.channel_axis import input_channel_axis
from actwidget.model.input_rank import undeclared_rank
from actwidget.model.input_spec import InputSpec
from actwidget.model.protocols import KerasLayer, KerasModel
from actwidget.recording.recording import INPUT
from actwidget.utils.messages import NAME, shortened


@dataclass(frozen=True)
class InputLayout:
    """What a model takes.

    Attributes
    ----------
    model : str
        The model's name, for messages.
    axes : str
        One letter per axis, N for images, D for depth, H for height, W for width, C for channels:
        ``"NHWC"``, ``"NCHW"``, ``"NHW"`` (no channel axis, or time × channels), ``"NW"`` (a
        vector), ``"NDHWC"`` (a volume), ``"N"`` (a number).
    sizes : tuple of (int or None), or None
        The sizes of these axes but N, None for any; None as a whole for a model that is not built.
    given : Given
        What the user gave, for messages.
    dtype : str or None
        The type of integers the model takes; None for floats.
    """

    model: str
    axes: str
    sizes: tuple[int | None, ...] | None
    given: Given = IMAGE
    dtype: str | None = None

    @property
    def canonical(self) -> str:
        """The order of axes that everything else works with."""
        return "NDHWC" if "D" in self.axes else "NHWC"

    def size(self, axis: str) -> int | None:
        """Return the size the model takes of an axis, None for any; 1 for one it does not have."""
        if axis not in self.axes:
            return 1
        return self.sizes[self.axes.index(axis) - 1] if self.sizes else None

    def fits(self, shape: tuple[int, ...], axes: str) -> bool:
        """Check whether the model takes an array of this shape with these axes."""
        if len(shape) != len(axes):
            return False
        sizes = dict(zip(axes, shape, strict=True))
        return all(
            self.size(axis) in (None, sizes.get(axis, 1)) for axis in "DHWC" if axis in self.axes
        ) and all(size == 1 for axis, size in sizes.items() if axis not in self.axes)

    def __str__(self) -> str:
        """Write the sizes as a tuple, with "any" for an open one."""
        sizes = self.sizes or (None,) * (len(self.axes) - 1)
        text = ", ".join("any" if size is None else str(size) for size in sizes)
        order = ", channels first" if self.axes in ("NCHW", "NCDHW") else ""
        return f"({text}{',' if len(sizes) == 1 else ''}){order}"


def arrange(array: NDArray[Any], layout: InputLayout) -> NDArray[Any]:
    """Bring an image or a batch into the shape (images, height, width, channels).

    ``(height, width, channels)`` and ``(images, height, width, channels)`` are always accepted,
    as is the model's own order of axes. A missing channel axis is added if the model takes one
    channel.

    Returns
    -------
    NDArray
        A view, shape ``(images, height, width, channels)``, of volumes ``(images, depth, height,
        width, channels)``; axes the model does not have are 1.

    Raises
    ------
    ValueError
        If it does not fit the model, or fits in several ways.
    """
    complete, without_channels = _readings(layout)
    for readings in (complete, without_channels):
        fitting = [axes for axes in readings if layout.fits(array.shape, axes)]
        # Axes of one element do not show the order: (1, 28, 28) is one picture either way.
        distinct = {
            "".join(axis for axis, size in zip(axes, array.shape, strict=True) if size > 1): axes
            for axes in fitting
        }
        if len(distinct) > 1:
            # Photographs have 1, 3 or 4 channels; nothing else is known about an open shape.
            likely = {
                key: axes
                for key, axes in distinct.items()
                if array.shape[axes.index("C")] in (1, 3, 4)
            }
            distinct = likely if len(likely) == 1 else distinct
        if len(distinct) > 1:
            ways = " or ".join(named(axes) for axes in distinct.values())
            raise ValueError(
                f"{layout.given.argument} has shape {array.shape}, which can be read as {ways}; "
                f"{layout.model} takes {layout}, for which both fit: build the model for a fixed "
                "height and width"
            )
        for axes in distinct.values():
            return permute_axes(array, axes, layout.canonical)
    raise ValueError(
        f"{layout.given.argument} has shape {shortened(array.shape)}; {layout.model} takes "
        f"{layout}: {advice(array.shape, array.dtype.str[1:], layout)}"
    )


def permute_axes(array: NDArray[Any], given: str, target: str) -> NDArray[Any]:
    """Reorder named axes; missing ones are added with size 1, surplus ones must have size 1.

    Examples
    --------
    >>> permute_axes(np.zeros((28, 30)), "HW", "NHWC").shape
    (1, 28, 30, 1)
    """
    missing = [axis for axis in target if axis not in given]
    surplus = [axis for axis in given if axis not in target]
    array = array.reshape(array.shape + (1,) * len(missing))
    order = [*given, *missing]
    array = array.transpose([order.index(axis) for axis in [*target, *surplus]])
    return array.reshape(array.shape[: len(target)])


def _readings(layout: InputLayout) -> tuple[list[str], list[str]]:
    """List how an image may be meant: with all axes, and without or with a surplus channel axis."""
    axes = layout.axes
    if axes == "N":
        return ["N"], []
    if axes == "NW":
        return ["NW", "W"], ["N"] if layout.size("W") == 1 else []
    if axes == "NWH":
        return ["NWH", "WH"], []
    if "C" not in axes:
        return ["NHW", "HW"], ["NHWC", "HWC"]
    # If any height and width is taken, a colour photograph would pass as many narrow grey images.
    fixed = layout.size("H") is not None and layout.size("W") is not None
    complete = dict.fromkeys([layout.canonical, layout.canonical[1:], axes, axes[1:]])
    without = layout.canonical[:-1]
    return list(complete), [without, without[1:]] if fixed else [without[1:]]


def infer_input_layout(
    model: KerasModel,
    layers: list[KerasLayer],
    declared: InputSpec,
    array: NDArray[Any],
    channel_axis: int | None,
    given: Given,
) -> InputLayout:
    """Infer the order of axes that a model takes for one of its inputs.

    `layers` are those that may work on this input.
    """
    shape = declared.shape
    lone = not declared.key
    if shape is not None:
        rank = len(shape)
    elif lone:
        tokens = array.dtype.kind in "iu" and array.dtype != np.uint8
        rank = undeclared_rank(model, layers, array.shape, tokens=tokens)
    else:
        rank = array.ndim
    if not 1 <= rank <= 5:
        raise ValueError(
            f"model {shortened(model.name, NAME)} takes inputs of shape {shortened(shape)}; at "
            "most five axes, "
            "(images, depth, height, width, channels), can be recorded"
        )
    if channel_axis is None:
        channel_axis = input_channel_axis(layers, rank)
    elif not -rank < channel_axis < rank:
        raise ValueError(
            f"channel_axis of {INPUT} is {channel_axis}; {shortened(model.name, NAME)} takes "
            "inputs "
            f"of {rank} axes"
        )
    # A sequence has channels, too, but its picture is one map of time × channels.
    axes = {1: "N", 2: "N", 3: "NH", 4: "NHW", 5: "NDHW"}[rank]
    letter = {1: "", 2: "W", 3: "W"}.get(rank, "C")
    position = channel_axis % rank
    axes = axes[:position] + letter + axes[position:]
    dtype = declared.dtype
    if dtype is None and rank <= 2 and array.dtype.kind in "iu":
        dtype = "int32"
    integers = dtype if dtype is not None and "int" in dtype else None
    sizes = None if shape is None else shape[1:]
    return InputLayout(shortened(model.name, NAME), axes, sizes, given, integers)
