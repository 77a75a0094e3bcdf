"""How large the maps of a recording will be, told from a model's symbolic shapes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from actwidget.model.layer_tree import LayerNode, LayerTree
from actwidget.model.structure import flat

UNIT = 4
"""Bytes of a unit: maps are float32, whatever the model computes in."""


def expected_sizes(
    nesting: LayerTree, images: int, is_kept: Callable[[LayerNode], bool]
) -> dict[LayerNode, list[int] | None]:
    """Give the bytes of the maps of each layer that will be kept.

    Parameters
    ----------
    nesting : LayerTree
    images : int
    is_kept : callable
        Whether a layer's output is to be kept.

    Returns
    -------
    dict of LayerNode to list of int, or None
        A number for each call and output; None where the shapes are not known before the pass, as
        inside a subclassed model.
    """
    sizes: dict[LayerNode, list[int] | None] = {}
    for place, outputs in _calls(nesting, nesting.root):
        if is_kept(place):
            found = None if outputs is None else _sizes(outputs, images)
            before = sizes.get(place, [])
            sizes[place] = None if found is None or before is None else before + found
    return sizes


def _calls(nesting: LayerTree, parent: LayerNode) -> Iterator[tuple[LayerNode, list[Any] | None]]:
    """Go through the calls of layers below a place, each with its symbolic outputs if known."""
    children = set(parent.children)
    nodes = graph_nodes(parent.layer)
    for node in nodes:
        # Keras 3 says operation, as not all are layers.
        place = nesting.find(getattr(node, "operation", None) or getattr(node, "layer", None))
        if place in children:
            yield place, flat([node.outputs])
            yield from _calls(nesting, place)
    # Layers of a functional model that its graph does not call are left out.
    for place in () if nodes else parent.children:
        yield place, None
        yield from _calls(nesting, place)


def graph_nodes(layer: Any) -> list[Any]:
    """List the calls of layers in the graph of a functional or sequential model; else none."""
    # Keras 3's sequential models hold a functional one once they are built.
    graph = getattr(layer, "_functional", None) or layer
    by_depth = getattr(graph, "_nodes_by_depth", None)
    return [node for nodes in by_depth.values() for node in nodes] if by_depth else []


def _sizes(outputs: list[Any], images: int) -> list[int] | None:
    """Give the bytes of outputs; None where a length other than the batch's is unknown."""
    sizes = []
    for output in outputs:
        batch, *rest = (*output.shape,) or (0,)
        if any(length is None for length in rest):
            return None
        # Other first axes are no images, and such an output has no maps.
        if batch in (None, images):
            sizes.append(images * math.prod(rest) * UNIT)
    return sizes
