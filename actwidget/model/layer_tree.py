"""A Keras model's layers, each with its path from the model down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from actwidget.model.keras_classes import applies_activation, keras_kinds
from actwidget.model.layer_kinds import is_part_of_attention
from actwidget.model.protocols import KerasLayer, KerasModel


@dataclass(eq=False)
class LayerNode:
    """A layer and its position in a model.

    Attributes
    ----------
    layer : KerasLayer
    path : str
        Names from the model down, as ``"mobilenet/Conv1"``; empty for the model itself.
    internal : str or None
        Why the layer is an inner part of its parent, None for every other layer.
    every_step : bool
        Whether its parent calls it at every time step, so that it has no output of its own.
    children : list of LayerNode
        The layers inside, in the model's order.
    """

    layer: KerasLayer
    path: str
    internal: str | None = None
    every_step: bool = False
    children: list[LayerNode] = field(default_factory=list)


class LayerTree:
    """The tree of a model's layers. Paths come from the nesting: ``layer.path`` may be None.

    Attributes
    ----------
    model : KerasModel
    root : LayerNode
        The model itself.
    input_layers : list of (str, LayerNode)
        The input layers, which compute nothing: the path of each, and the model that it is in.
    """

    def __init__(self, model: KerasModel) -> None:
        self.model = model
        self.root = LayerNode(model, "")
        self.input_layers: list[tuple[str, LayerNode]] = []
        self._nodes = {id(model): self.root}
        self._paths = {""}
        self.grow(self.root)

    def __iter__(self) -> Iterator[LayerNode]:
        """Iterate over all layers below the model, except input layers."""
        return _walk(self.root)

    def find(self, layer: object) -> LayerNode | None:
        """Return the node of a layer, None if it is not in the tree."""
        return self._nodes.get(id(layer))

    def grow(self, node: LayerNode) -> list[LayerNode]:
        """Add layers that appeared below a node, and return them with all below them."""
        new: list[LayerNode] = []
        for layer in node.layer._flatten_layers(include_self=False, recursive=False):
            # A layer that is used several times has the path of its first use.
            if id(layer) in self._nodes:
                continue
            path = f"{node.path}/{layer.name}" if node.path else layer.name
            if is_input_layer(layer):
                self._nodes[id(layer)] = node
                self.input_layers.append((path, node))
                continue
            path = unique_path(path, self._paths)
            each_step = _is_called_at_every_step(node.layer, layer)
            internal = node.internal or _internal(node, layer, each_step)
            child = LayerNode(layer, path, internal, each_step or node.every_step)
            self._nodes[id(layer)] = child
            node.children.append(child)
            new += [child, *self.grow(child)]
        return new


def unique_path(path: str, taken: set[str]) -> str:
    """Make a path unique and take it: a subclassed model's layers may share a name."""
    unique, number = path, 2
    while unique in taken:
        unique, number = f"{path}({number})", number + 1
    taken.add(unique)
    return unique


def is_input_layer(layer: KerasLayer) -> bool:
    """Check whether a layer only stands for one of a model's inputs."""
    return "InputLayer" in keras_kinds(layer)


def _walk(node: LayerNode) -> Iterator[LayerNode]:
    for child in node.children:
        yield child
        yield from _walk(child)


def _is_called_at_every_step(parent: Any, layer: KerasLayer) -> bool:
    """Check whether a layer is what Keras's wrapper or recurrent layer calls at every time step."""
    kinds = keras_kinds(parent)
    return ("TimeDistributed" in kinds and parent.layer is layer) or (
        "RNN" in kinds and parent.cell is layer
    )


def _internal(parent: LayerNode, layer: KerasLayer, each_step: bool) -> str | None:
    """Return why a layer is an inner part of its parent, None if it is not."""
    path = parent.path or parent.layer.name
    if each_step:
        wraps = "TimeDistributed" in keras_kinds(parent.layer)
        what = "what {} applies to" if wraps else "the cell that {} calls at"
        return f"is {what.format(path)} every time step"
    # A user's own class may call what it keeps as its activation wherever it likes.
    if getattr(parent.layer, "activation", None) is layer and applies_activation(parent.layer):
        return f"is the activation of {path}"
    if is_part_of_attention(parent.layer, layer):
        return f"works inside the attention of {path}; its output is not a feature map"
    return None
