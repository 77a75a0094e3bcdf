"""Which layers are recorded: the argument ``layers=``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from actwidget.capture.reasons import NOT_ASKED_FOR
from actwidget.model.layer_kinds import is_identity_at_inference
from actwidget.model.layer_tree import LayerNode
from actwidget.model.output_sizes import graph_calls
from actwidget.model.validation import looks_like_layer
from actwidget.utils.messages import NAME, QUOTED, listed, quoted, shortened, unknown_name_message
from actwidget.utils.patterns import matches

ACCEPTED = (
    "names of layers or patterns of names, layer classes, a function from a layer to True or "
    "False, "
    'a list of these, or "all"'
)


class LayerSelection:
    """The layers that a user asks for.

    Parameters
    ----------
    layers : None, str, class, callable or iterable of these
        None for the default: all but those that repeat another's values and those that are an
        inner part of another. What is asked for is shown, even if the default leaves it out.

    Raises
    ------
    TypeError
        If it is nothing of this kind.
    ValueError
        If it is empty.
    """

    def __init__(self, layers: Any = None) -> None:
        self.is_default = layers is None
        self.is_all = isinstance(layers, str) and layers == "all"
        self._patterns: list[str] = []
        self._classes: list[type] = []
        self._predicates: list[Callable[[Any], Any]] = []
        self._asked: dict[LayerNode, bool] = {}
        if self.is_default or self.is_all:
            return
        single = isinstance(layers, (str, type)) or callable(layers)
        if not single and not isinstance(layers, Iterable):
            raise TypeError(f"layers is {quoted(layers)}; give {ACCEPTED}")
        for item in [layers] if single else layers:
            if isinstance(item, str):
                self._patterns.append(item)
            elif isinstance(item, type):
                self._classes.append(item)
            elif looks_like_layer(item):
                raise TypeError(
                    f"layers holds the layer {shortened(item.name, NAME)} itself; give its name"
                    + (f", {item.name!r}" if len(item.name) <= QUOTED else "")
                )
            elif callable(item):
                self._predicates.append(item)
            else:
                raise TypeError(f"layers holds {quoted(item)}; give {ACCEPTED}")
        if not (self._patterns or self._classes or self._predicates):
            raise ValueError(f"layers is empty, so nothing would be recorded; give {ACCEPTED}")

    def asks_for(self, node: LayerNode) -> bool:
        """Check whether a layer is asked for, in whatever way; by default none is."""
        if self.is_default or self.is_all:
            return self.is_all
        return self._asks_for_all_of(node) or any(
            matches_node(_layer_part(pattern), node) for pattern in self._patterns
        )

    def shows(self, node: LayerNode, path: str) -> bool:
        """Check whether one call (``dense#2``) or output (``lstm:0``) is meant.

        `node` is a layer that is asked for, and `path` that of the entry.
        """
        return self._asks_for_all_of(node) or any(
            _matches_output(pattern, node, path) for pattern in self._patterns
        )

    def is_watched(self, node: LayerNode) -> bool:
        """Check whether a layer's calls are observed."""
        # A cell is called at every time step, and what is internal is not an entry by default.
        return not node.every_step and (node.internal is None or self.asks_for(node))

    def will_be_kept(self, node: LayerNode) -> bool:
        """Check, before the pass, whether a layer's outputs will be kept."""
        if self.asks_for(node) or not self.is_default:
            return self.asks_for(node) and not node.every_step
        # The output of a nested model is that of its last layer.
        return node.internal is None and not (
            is_identity_at_inference(node.layer) or graph_calls(node.layer)
        )

    def why_not(self, node: LayerNode) -> str | None:
        """Return why a layer was not watched, or would not be kept; None if it would."""
        if not self.is_default and not self.asks_for(node):
            return NOT_ASKED_FOR
        return None if self.is_watched(node) else str(node.internal)

    def _asks_for_all_of(self, node: LayerNode) -> bool:
        # A user's function is asked once for each layer.
        if node not in self._asked:
            self._asked[node] = (
                self.is_all
                or any(matches_node(pattern, node) for pattern in self._patterns)
                or any(isinstance(node.layer, kind) for kind in self._classes)
                or any(predicate(node.layer) for predicate in self._predicates)
            )
        return self._asked[node]

    def check(self, nodes: Iterable[LayerNode]) -> None:
        """Raise ValueError if a part of the selection matches no layer that can be shown."""
        if self.is_default or self.is_all:
            return
        nodes = list(nodes)
        for pattern in self._patterns:
            if not any(matches_node(pattern, node) for node in nodes):
                check_patterns("layers", [_layer_part(pattern)], nodes)
        for kind in self._classes:
            if not any(isinstance(node.layer, kind) for node in nodes):
                kinds = sorted({type(node.layer).__name__ for node in nodes})
                raise ValueError(
                    f"layers holds the class {shortened(f'{kind.__module__}.{kind.__name__}')}, of "
                    f"which the model has no layer; its layers are of {listed(kinds)}"
                )
        asked = [node for node in nodes if self.asks_for(node)]
        if not asked:
            raise ValueError(
                f"layers is a function that says yes to none of the {len(nodes)} layers; it is "
                f"given the layer itself, as in lambda layer: {nodes[0].layer.name[:NAME]!r} in "
                "layer.name"
            )
        if all(node.every_step for node in asked):
            raise ValueError(
                f"layers asks for {shortened(asked[0].path)}, which {asked[0].internal} and has "
                "no output "
                "of its own; ask for the layer around it"
            )

    def check_outputs(self, outputs: Iterable[tuple[LayerNode, str]]) -> None:
        """Raise ValueError if a call or an output is named that is not among all outputs."""
        outputs = list(outputs)
        for pattern in self._patterns:
            if _layer_part(pattern) != pattern and not any(
                matches_node(pattern, node) or _matches_output(pattern, node, path)
                for node, path in outputs
            ):
                known = [path for _, path in outputs]
                raise ValueError(unknown_name_message("layers", pattern, known))


def _layer_part(pattern: str) -> str:
    """Take the number of a call (``dense#2``) and of an output (``lstm:0``) off a name."""
    return pattern.partition("#")[0].partition(":")[0]


def _matches_output(pattern: str, node: LayerNode, path: str) -> bool:
    if not matches_node(_layer_part(pattern), node):
        return False
    names = path, f"{node.layer.name}{path[len(node.path) :]}"
    # "lstm#2" stands for all outputs of the second call.
    return matches(pattern, *names) or any(name.startswith(f"{pattern}:") for name in names)


def matches_node(pattern: str, node: LayerNode) -> bool:
    """Check whether a path, a layer's name or a pattern (``"block*_conv*"``) means a layer."""
    return matches(pattern, node.path, node.layer.name)


def check_patterns(argument: str, patterns: Iterable[str], nodes: Iterable[LayerNode]) -> None:
    """Raise ValueError for the first pattern that matches no layer, with the nearest names."""
    nodes = list(nodes)
    for pattern in patterns:
        if not any(matches_node(pattern, node) for node in nodes):
            known = [node.path for node in nodes] + [node.layer.name for node in nodes]
            raise ValueError(unknown_name_message(argument, pattern, dict.fromkeys(known)))
