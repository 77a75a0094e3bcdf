"""What a user states of outputs that cannot be inferred: ``channel_axis=`` and ``grid=``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from actwidget.capture.selection import check_patterns, matches_node
from actwidget.model.layer_tree import LayerNode
from actwidget.utils.messages import listed, quoted, shortened

LEADING_TOKENS = 8
"""At most so many tokens precede a grid: of the class, of distillation, registers."""


class OutputOverrides:
    """The channel axes and token grids that a user states.

    Parameters
    ----------
    channel_axis : mapping of str to int, optional
        Path, name or pattern of a layer to the axis of its output that counts channels, the
        batch axis being 0.
    grid : (int, int), or mapping of str to (int, int), optional
        The rows and columns of token grids: of every layer whose number of tokens fits, or by
        layer.

    Raises
    ------
    TypeError, ValueError
        If they are something else.
    """

    def __init__(self, channel_axis: Any = None, grid: Any = None) -> None:
        channel_axis = {} if channel_axis is None else channel_axis
        if not _is_by_layer(channel_axis):
            raise TypeError(
                f"channel_axis is {quoted(channel_axis)}; it takes a dict from layers to axes, "
                "such "
                'as {"*": -1}'
            )
        for name, axis in channel_axis.items():
            if not _is_whole(axis) or axis == 0:
                raise ValueError(
                    f"channel_axis of {quoted(name)} is {quoted(axis)}; it takes the number of "
                    "an axis: 1 for "
                    "the first after the batch axis, -1 for the last"
                )
        self._channel_axes: dict[str, int] = dict(channel_axis)
        if grid is not None and not _is_by_layer(grid):
            grid = {"*": grid}
        for name, sizes in (grid or {}).items():
            if not (
                isinstance(sizes, (list, tuple))
                and len(sizes) == 2
                and all(_is_whole(size) and size > 0 for size in sizes)
            ):
                raise ValueError(
                    f"grid is {quoted(sizes)}{'' if name == '*' else f' for {quoted(name)}'}; it "
                    "takes the rows and columns of a token grid, a pair of whole numbers, or a "
                    "dict "
                    "from layers to them"
                )
        self._grids: dict[str, tuple[int, int]] = {
            name: (int(sizes[0]), int(sizes[1])) for name, sizes in (grid or {}).items()
        }
        self._used: set[str] = set()
        self._lengths: dict[int, str] = {}

    def check(self, nodes: Iterable[LayerNode], inputs: Iterable[str]) -> None:
        """Raise ValueError if a name matches no layer, nor an input in the case of an axis."""
        nodes, inputs = list(nodes), set(inputs)
        check_patterns("channel_axis", self._channel_axes.keys() - inputs, nodes)
        check_patterns("grid", self._grids.keys() - {"*"}, nodes)

    def input_axis(self, path: str) -> int | None:
        """Return the channel axis stated for an input, by the path of its entry."""
        return self._channel_axes.get(path)

    def channel_axis(self, node: LayerNode, shape: tuple[int, ...]) -> int | None:
        """Return the channel axis stated for a layer, None if none is.

        Raises ValueError if the output has no such axis.
        """
        rank = len(shape)
        # With fewer axes there is no choice.
        if not self._channel_axes or rank < 3:
            return None
        axes = self._channel_axes.items()
        axis = next((axis for name, axis in axes if matches_node(name, node)), None)
        if axis is None:
            return None
        if not -rank < axis < rank:
            raise ValueError(
                f"channel_axis of {shortened(node.path)} is {axis}, but its output has the shape "
                f"{shortened(shape)}: "
                f"give 1 to {rank - 1}, or -1 for the last"
            )
        return axis % rank

    def grid(
        self, node: LayerNode, shape: tuple[int, ...], channel_axis: int
    ) -> tuple[int, int] | None:
        """Return the token grid that fits a layer's output, None if none does."""
        if not self._grids or len(shape) != 3:
            return None
        tokens = shape[3 - channel_axis]
        self._lengths.setdefault(tokens, node.path)
        for name, (rows, columns) in self._grids.items():
            if matches_node(name, node) and 0 <= tokens - rows * columns <= LEADING_TOKENS:
                self._used.add(name)
                return rows, columns
        return None

    def check_grids(self) -> None:
        """Raise ValueError if a grid fits no output."""
        for name, (rows, columns) in self._grids.items():
            if name not in self._used:
                found = [f"{count} ({path})" for count, path in sorted(self._lengths.items())]
                has = f"has {listed(found)}" if found else "gives no tokens at all"
                raise ValueError(
                    f"grid is ({rows}, {columns}), which takes outputs of {rows * columns} tokens, "
                    f"or a few more where some stand before the grid; the model {has}"
                )


def _is_by_layer(stated: Any) -> bool:
    return isinstance(stated, Mapping) and all(isinstance(name, str) for name in stated)


def _is_whole(number: Any) -> bool:
    return hasattr(number, "__index__") and not isinstance(number, bool)
