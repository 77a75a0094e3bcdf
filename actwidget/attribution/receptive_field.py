"""Receptive fields: the part of the input that a unit can see."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.attribution.arranged_input import arranged_input
from actwidget.attribution.backward_pass import explain
from actwidget.attribution.linear_surrogate import LinearSurrogate, positive_weights
from actwidget.attribution.model_of import recorded_model
from actwidget.attribution.receptive_windows import receptive_windows
from actwidget.attribution.target import UnitTarget
from actwidget.attribution.target_pass import Changes, Wanted
from actwidget.attribution.windows import Windows
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.backend import is_legacy
from actwidget.model.protocols import Tensor
from actwidget.model.structure import leaves
from actwidget.model.tensors import to_array
from actwidget.recording.recording import Recording
from actwidget.utils.messages import quoted

Box = tuple[int, int, int, int]
"""Top, left, bottom and right, the last two exclusive, in rows and columns of the input."""


class ReceptiveField:
    """The part of the input that each unit of a layer can see.

    Attributes
    ----------
    layer : str
    size, stride, offset : (int, int) or None
        Of rows and of columns: a unit sees `size` of them from ``offset + stride × unit`` on, as
        far as they are in the image. None if there is no such rule, as behind an upsampling, or if
        a unit sees the whole image.
    windows : (Windows, Windows) or None
        The same, with the ends of what can be seen.
    is_whole_image : bool
        Whether every unit sees all of the image.
    """

    def __init__(self, recording: Recording, layer: str) -> None:
        self._recording = recording
        self._recorded = recorded_model(recording)
        self.layer = layer
        entry = recording[layer]
        rows, columns = entry.height * entry.depth, entry.width
        self._units = rows, columns
        shape = recording.input.maps.shape
        self._height, self._width = int(shape[1]), int(shape[2])
        self._probed: dict[tuple[int, int], Box] = {}
        self._weights = self._positive_weights()
        windows = self._worked_out() or self._found()
        whole = (0, 0, self._height, self._width)
        self.is_whole_image = windows is None and whole == self._probe(0, 0) == self._probe(
            rows - 1, columns - 1
        )
        self.windows = windows
        self.size = windows and (windows[0].size, windows[1].size)
        self.stride = windows and (windows[0].stride, windows[1].stride)
        self.offset = windows and (windows[0].offset, windows[1].offset)
        # As large as the model: made again where there is no rule.
        self._weights = []

    def box(self, row: int, column: int) -> Box:
        """Return what a unit can see: top, left, bottom and right, the last two exclusive.

        Raises
        ------
        ValueError
            If the layer has no such unit.
        """
        self._check(row, column)
        if self.is_whole_image:
            return 0, 0, self._height, self._width
        if self.windows is None:
            return self._probe(row, column)
        (top, bottom), (left, right) = self.windows[0].of(row), self.windows[1].of(column)
        # A unit of a padding sees nothing.
        return (top, left, bottom, right) if top < bottom and left < right else (0, 0, 0, 0)

    def effective_box(self, row: int, column: int, *, image: int = 0, share: float = 0.95) -> Box:
        """Return the box that holds a share of what a unit's gradient says of an image.

        Of the absolute gradient of the unit, in all channels: what counts is mostly a small part
        of what can be seen (Luo et al. 2016, "Understanding the effective receptive field in deep
        convolutional neural networks").

        Parameters
        ----------
        row, column : int
        image : int, optional
        share : float, optional

        Raises
        ------
        ValueError
            If there is no such unit or image, or the share is not between 0 and 1.
        """
        self._check(row, column)
        if not 0 <= image < len(self._recording.images):
            raise ValueError(
                f"image is {quoted(image)}; there are 0 to {len(self._recording.images) - 1}"
            )
        if not 0 < share < 1:
            raise ValueError(f"share is {quoted(share)}; it takes a number between 0 and 1")
        target = UnitTarget(self.layer, None, (row, column))
        found = explain(self._recorded, Wanted(target, only_inputs=True))
        gradient = self._input_gradient(self._recorded, found.derivatives.inputs)[image]
        return _holding(np.abs(gradient).sum(axis=-1), share)

    def _check(self, row: Any, column: Any) -> None:
        rows, columns = self._units
        if not (0 <= row < rows and 0 <= column < columns):
            raise ValueError(
                f"unit is {quoted((row, column))}; {self.layer} has rows 0 to {rows - 1} and "
                f"columns 0 to {columns - 1}"
            )

    def _worked_out(self) -> tuple[Windows, Windows] | None:
        """Return the windows as the layers' sizes have them, if a look at a unit agrees."""
        rows, columns = self._units
        windows = receptive_windows(self._recording).get(self.layer)
        if windows is None or rows * columns == 1:
            return None
        (top, bottom), (left, right) = windows[0].of(rows // 2), windows[1].of(columns // 2)
        agrees = self._probe(rows // 2, columns // 2) == (top, left, bottom, right)
        return windows if agrees else None

    def _found(self) -> tuple[Windows, Windows] | None:
        """Return the windows of rows and of columns, if looks at units show a rule."""
        rows, columns = self._units
        whole = (0, 0, self._height, self._width)
        if whole == self._probe(0, 0) == self._probe(rows - 1, columns - 1):
            return None
        second = self._probe(min(1, rows - 1), min(1, columns - 1))
        first, last = self._probe(0, 0), self._probe(rows - 1, columns - 1)
        windows = tuple(
            _windows(count, length, *((box[axis], box[axis + 2]) for box in (first, second, last)))
            for axis, (count, length) in enumerate([(rows, self._height), (columns, self._width)])
        )
        down, across = windows
        if down is None or across is None:
            return None
        # A further look, at units that were not used.
        for row, column in ((rows // 2, columns // 2), (rows // 3, columns - 1 - columns // 3)):
            top, left, bottom, right = self._probe(row, column)
            if (down.of(row), across.of(column)) != ((top, bottom), (left, right)):
                return None
        return down, across

    def _positive_weights(self) -> list[tuple[Any, Tensor]]:
        """Return other values of the weights of all that runs up to the layer."""
        recorded = self._recorded
        paths = [each.path for each in recorded.arrangements.values()]
        nodes = [node for node, _, _ in recorded.arrangements]
        end = paths.index(self.layer) + 1
        return positive_weights(recorded.tree, set(nodes[end:]) - set(nodes[:end]))

    def _probe(self, row: int, column: int) -> Box:
        if (row, column) not in self._probed:
            self._probed[row, column] = self._seen(row, column)
        return self._probed[row, column]

    def _seen(self, row: int, column: int) -> Box:
        """Return where a unit of the surrogate has a gradient."""
        recorded = self._recorded
        by_key = {each.key: each for each in recorded.inputs.inputs}
        random = np.random.default_rng(1)
        arrays = []
        for key, _ in leaves(recorded.inputs.structure):
            array = by_key[key].array
            is_float = array.dtype.kind == "f"
            arrays.append(random.uniform(0.5, 1.5, array.shape).astype("f4") if is_float else array)
        found = explain(
            recorded,
            Wanted(UnitTarget(self.layer, None, (row, column)), only_inputs=True),
            Changes(
                images=arrays,
                variables=self._weights or self._positive_weights(),
                functions=LinearSurrogate(),
            ),
            progress="finding receptive fields",
        )
        gradient = self._input_gradient(recorded, found.derivatives.inputs)
        rows, columns = np.nonzero(gradient[0].any(axis=-1))
        if not len(rows):
            return 0, 0, 0, 0
        return int(rows.min()), int(columns.min()), int(rows.max()) + 1, int(columns.max()) + 1

    def _input_gradient(self, recorded: RecordedModel, gradients: list[Any]) -> NDArray[np.float32]:
        shown = recorded.inputs.inputs[recorded.inputs.shown]
        keys = [key for key, _ in leaves(recorded.inputs.structure)]
        gradient = gradients[keys.index(shown.key)]
        if gradient is None:
            return np.zeros(self._recording.input.maps.shape, np.float32)
        return arranged_input(shown, to_array(gradient))

    def __repr__(self) -> str:
        """Describe the rule."""
        if self.is_whole_image:
            seen = "the whole image"
        elif self.size is None or self.stride is None:
            seen = "no rule: each unit is looked at"
        else:
            seen = f"{self.size[0]} × {self.size[1]}, every {self.stride[0]} × {self.stride[1]}"
        return f"<ReceptiveField of {self.layer}: {seen}>"


def _windows(count: int, length: int, first: Any, second: Any, last: Any) -> Windows | None:
    """Find the windows of units from what the first, the second and the last see."""
    if count == 1:
        return Windows(first[1] - first[0], 1, first[0], length)
    if first[1] >= length or last[0] <= 0:
        # Cut off at both ends: its size cannot be told.
        sees_all = (0, length)
        return Windows(length, 0, 0, length) if first == last == sees_all else None
    stride = second[1] - first[1] if second[1] < length else None
    if stride is None or stride < 1:
        return None
    offset = last[0] - stride * (count - 1)
    return Windows(first[1] - offset, stride, offset, length)


def _holding(sizes: NDArray[np.float32], share: float) -> Box:
    """Return a box that holds a share of the sum: rows and columns lose their ends alike."""
    total = float(sizes.sum(dtype=np.float64))
    if total == 0:
        return 0, 0, 0, 0
    height, width = sizes.shape
    tail = (1 - share) / 4
    while True:
        ends = []
        for axis, length in ((1, height), (0, width)):
            along = np.cumsum(sizes.sum(axis=axis, dtype=np.float64)) / total
            start = int(np.searchsorted(along, tail))
            stop = int(np.searchsorted(along, 1 - tail)) + 1
            ends.append((min(start, length - 1), min(stop, length)))
        (top, bottom), (left, right) = ends
        if sizes[top:bottom, left:right].sum(dtype=np.float64) >= share * total:
            return top, left, bottom, right
        tail /= 2


def receptive_field(recording: Recording, layer: str) -> ReceptiveField:
    """Compute `Recording.receptive_field`, which documents the parameters."""
    entry = recording[layer]
    recorded = recorded_model(recording)
    shown = recorded.inputs.inputs[recorded.inputs.shown]
    if entry.is_input:
        raise ValueError(f"layer is {layer!r}, an input: a unit of it sees itself")
    if shown.array.dtype.kind != "f":
        raise ValueError(
            f"{shown.path} holds {shown.array.dtype}; receptive fields are found by gradients, "
            "which whole numbers do not have"
        )
    if is_legacy(recorded.model):
        raise ValueError(
            f"{recording.model_name} is of tf_keras; receptive fields are found for models of "
            "Keras 3"
        )
    return ReceptiveField(recording, layer)
