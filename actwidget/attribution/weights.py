"""A model's trainable weights, by the paths of their layers."""

from __future__ import annotations

from typing import Any

from actwidget.model.layer_tree import LayerTree, unique_path


def trainable_weights(tree: LayerTree) -> dict[str, Any]:
    """Return the trainable variables, by the layer's path and the variable's name.

    ``"conv2/kernel"``, ``"mobilenet/Conv1/kernel"``; one of the model itself, ``"scale"``.
    """
    found: dict[int, tuple[str, Any]] = {}
    taken: set[str] = set()
    # The innermost layer that has a variable names it.
    for node in reversed([tree.root, *tree]):
        for variable in node.layer.trainable_weights:
            if id(variable) not in found:
                name = variable.name.rpartition("/")[2].partition(":")[0]
                path = unique_path(f"{node.path}/{name}" if node.path else name, taken)
                found[id(variable)] = path, variable
    return dict(reversed(list(found.values())))
