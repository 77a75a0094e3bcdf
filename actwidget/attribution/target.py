"""What is explained: a class, a channel or a unit, or a function of what the model returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
from actwidget.utils.messages import listed, quoted, unknown_name_message

Of = Literal["logit", "probability"]


@dataclass(frozen=True, eq=False)
class ClassTarget:
    """A class of each image.

    Attributes
    ----------
    output : int
        Which of the model's outputs has the classes.
    units : NDArray[np.intp]
        The unit of that output, by image.
    signs : NDArray[np.float32]
        By image: −1 for the first of two classes of which one unit counts the second.
    name : str
        ``"cat"``, ``"the likeliest class"``.
    names : tuple of str
        By image, where each has a class of its own; else empty.
    """

    output: int
    units: NDArray[np.intp]
    signs: NDArray[np.float32]
    name: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class UnitTarget:
    """A channel of a layer, summed over its units, or one unit of it.

    Attributes
    ----------
    path : str
        The layer's.
    channel : int or None
        None for all of them.
    unit : (int, int) or None
        Row and column.
    """

    path: str
    channel: int | None
    unit: tuple[int, int] | None

    @property
    def name(self) -> str:
        """How it is called in labels."""
        place = f", row {self.unit[0]}, column {self.unit[1]}" if self.unit else ""
        return f"{self.path}, channel {self.channel}{place}"


@dataclass(frozen=True, eq=False)
class FunctionTarget:
    """A function of what the model returns.

    Attributes
    ----------
    function : callable
    name : str
    """

    function: Callable[[Any], Any]
    name: str


Target = ClassTarget | UnitTarget | FunctionTarget

ACCEPTED = (
    'a class name, the number of a class, "top" (each image\'s likeliest class), (layer, channel), '
    "(layer, channel, (row, column)), or a function of what the model returns"
)


def parse_target(target: Any, recording: Recording, class_names: Sequence[str]) -> Target:
    """Check what is to be explained against a recording.

    Raises
    ------
    TypeError
        If it is none of what is accepted.
    ValueError
        If the model has no such class, or the layer no such channel or unit.
    KeyError
        If no layer has the path.
    """
    if isinstance(target, ClassTarget):
        return target
    if callable(target):
        return FunctionTarget(target, getattr(target, "__name__", "function"))
    if isinstance(target, tuple) and len(target) in (2, 3) and isinstance(target[0], str):
        return _unit(recording, *target)
    if isinstance(target, str) or _is_whole(target):
        return _class(recording, target, class_names)
    raise TypeError(f"target is {quoted(target)}; it takes {ACCEPTED}")


def check_target(recording: Recording, target: Any) -> str:
    """Return what a target of a widget is called; raises if it is none."""
    if callable(target):
        raise TypeError(
            f"target is {quoted(target)}; a widget takes {ACCEPTED.rpartition(', or')[0]}: "
            "recording.gradients takes functions, too"
        )
    return parse_target(target, recording, recording.class_names).name


def _class(recording: Recording, target: Any, names: Sequence[str]) -> ClassTarget:
    number, output = classified_output(recording, names)
    images, channels = len(recording.images), output.channels
    values = np.asarray(output.maps).reshape(images, channels)
    # One unit stands for the second of two classes.
    classes = 2 if channels == 1 and len(names) == 2 else channels
    if isinstance(target, str) and target == "top" and "top" not in names:
        if classes > channels:
            chosen = (values[:, 0] >= 0.5).astype(np.intp)
        else:
            chosen = np.where(np.isnan(values), -np.inf, values).argmax(axis=1)
        found = _of_classes(number, chosen, classes > channels, "the likeliest class")
        return replace(found, names=tuple(_class_name(each, names, classes) for each in chosen))
    if isinstance(target, str):
        if not names:
            raise ValueError(
                f"target is {quoted(target)}, but the classes have no names: give class_names, a "
                f"list of {classes}, or the number of a class, 0 to {classes - 1}"
            )
        if target not in names:
            raise ValueError(unknown_name_message("class", target, names))
        index = list(names).index(target)
    else:
        index = int(target)
        if not 0 <= index < classes:
            raise ValueError(
                f"target is class {index}; {recording.model_name} has {classes}, 0 to {classes - 1}"
            )
    name = _class_name(index, names, classes)
    return _of_classes(number, np.full(images, index), classes > channels, name)


def _class_name(index: int, names: Sequence[str], classes: int) -> str:
    return names[index] if len(names) == classes else f"class {index}"


def _of_classes(output: int, chosen: NDArray[np.intp], is_one_unit: bool, name: str) -> ClassTarget:
    signs = np.where(chosen == 0, -1, 1) if is_one_unit else np.ones(len(chosen))
    units = np.zeros_like(chosen) if is_one_unit else chosen
    return ClassTarget(output, units, signs.astype(np.float32), name)


def classified_output(recording: Recording, names: Sequence[str]) -> tuple[int, LayerMaps]:
    """Return the number of the output that has the classes, and the output."""
    vectors = vector_outputs(recording)
    if not vectors:
        ends = listed(" × ".join(map(str, output.sizes)) for output in recording.outputs)
        raise ValueError(
            f"{recording.model_name} has no classes: it returns {ends or 'nothing recorded'}. Give "
            "(layer, channel), or a function of what it returns"
        )
    if not names:
        return vectors[-1]
    for size in (len(names), 1) if len(names) == 2 else (len(names),):
        for number, output in reversed(vectors):
            if output.channels == size:
                return number, output
    units = listed(str(output.channels) for _, output in vectors)
    raise ValueError(f"class_names holds {len(names)} names; {recording.model_name} has {units}")


def vector_outputs(recording: Recording) -> list[tuple[int, LayerMaps]]:
    """Return the outputs that may have classes, each with its number: those of single units."""
    return [
        (number, output)
        for number, output in enumerate(recording.outputs)
        if output.kind != "sequence" and output.depth * output.height * output.width == 1
    ]


def _unit(recording: Recording, path: str, channel: Any, unit: Any = None) -> UnitTarget:
    layer = recording[path]
    if not _is_whole(channel) or not 0 <= int(channel) < layer.channels:
        raise ValueError(
            f"target is channel {quoted(channel)} of {path}, which has {layer.channels}, 0 to "
            f"{layer.channels - 1}"
        )
    if unit is None:
        return UnitTarget(path, int(channel), None)
    # Of a sequence the channel is the column.
    rows, columns = layer.height * layer.depth, 1 if layer.kind == "sequence" else layer.width
    is_pair = isinstance(unit, (tuple, list)) and len(unit) == 2 and all(map(_is_whole, unit))
    if not is_pair or not (0 <= int(unit[0]) < rows and 0 <= int(unit[1]) < columns):
        raise ValueError(
            f"target is unit {quoted(unit)} of {path}; it takes (row, column), rows 0 to "
            f"{rows - 1}, columns 0 to {columns - 1}"
        )
    return UnitTarget(path, int(channel), (int(unit[0]), int(unit[1])))


def _is_whole(number: Any) -> bool:
    return hasattr(number, "__index__") and not isinstance(number, bool)
