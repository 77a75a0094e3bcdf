"""How large the maps of a recording will be, from a model's symbolic shapes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from actwidget.model.keras_classes import computes_as
from actwidget.model.layer_tree import LayerNode, LayerTree
from actwidget.model.structure import flatten

BYTES_PER_UNIT = 4
"""Maps are float32, whatever the model computes in."""


def expected_sizes(
    tree: LayerTree, images: int, is_kept: Callable[[LayerNode], bool]
) -> dict[LayerNode, list[int] | None]:
    """Return the bytes of the maps of each layer that will be kept, for each call and output.

    None if the shapes are not known before the pass, as inside a subclassed model.
    """
    sizes: dict[LayerNode, list[int] | None] = {}
    for node, outputs in _calls(tree, tree.root):
        if is_kept(node):
            found = None if outputs is None else _sizes(outputs, images)
            before = sizes.get(node, [])
            sizes[node] = None if found is None or before is None else before + found
    return sizes


def _calls(tree: LayerTree, parent: LayerNode) -> Iterator[tuple[LayerNode, list[Any] | None]]:
    """Iterate over the calls of layers below a node, each with its symbolic outputs if known."""
    children = set(parent.children)
    calls = graph_calls(parent.layer)
    for call in calls:
        # Keras 3 says operation, as not all are layers.
        node = tree.find(getattr(call, "operation", None) or getattr(call, "layer", None))
        if node in children:
            yield node, flatten([call.outputs])
            yield from _calls(tree, node)
    # Layers of a functional model that its graph does not call are left out.
    for node in () if calls else parent.children:
        yield node, None
        yield from _calls(tree, node)


def graph_calls(layer: Any) -> list[Any]:
    """List the calls in the graph of a functional or sequential model, in order; else none."""
    kinds = computes_as(layer)
    # Keras 3's sequential models hold a functional one once they are built.
    graph = getattr(layer, "_functional", None) if "Sequential" in kinds else None
    if graph is None and "Functional" not in kinds:
        return []
    by_depth = getattr(graph or layer, "_nodes_by_depth", None) or {}
    return [call for depth in sorted(by_depth, reverse=True) for call in by_depth[depth]]


def _sizes(outputs: list[Any], images: int) -> list[int] | None:
    """Return the bytes of outputs; None if a length other than the batch's is unknown."""
    sizes = []
    for output in outputs:
        batch, *rest = (*output.shape,) or (0,)
        if any(length is None for length in rest):
            return None
        # Other first axes are not images, and such an output has no maps.
        if batch in (None, images):
            sizes.append(images * math.prod(rest) * BYTES_PER_UNIT)
    return sizes
