"""Which layers are recorded: the argument ``layers=``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Any

from actwidget.capture.reasons import NOT_ASKED_FOR
from actwidget.model.layer_kinds import is_identity_at_inference
from actwidget.model.layer_tree import LayerNode
from actwidget.model.output_sizes import graph_nodes
from actwidget.utils.messages import unknown_name_message

ACCEPTED = (
    'names ("conv1", "mobilenet/Conv1"), patterns ("block*_conv*"), layer classes '
    '(keras.layers.Conv2D), a function from a layer to True or False, a list of these, or "all"'
)


class LayerSelection:
    """The layers that a user asks for.

    Parameters
    ----------
    layers : None, str, class, callable or iterable of these
        None for the default: all but those that repeat another's values and those that are an
        inner part of another. What is asked for is shown, also if the default leaves it out.

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
            raise TypeError(f"layers is {layers!r}; give {ACCEPTED}")
        for item in [layers] if single else layers:
            if isinstance(item, str):
                self._patterns.append(item)
            elif isinstance(item, type):
                self._classes.append(item)
            elif _is_layer(item):
                raise TypeError(
                    f"layers holds the layer {item.name} itself; give its name, {item.name!r}"
                )
            elif callable(item):
                self._predicates.append(item)
            else:
                raise TypeError(f"layers holds {item!r}; give {ACCEPTED}")
        if not (self._patterns or self._classes or self._predicates):
            raise ValueError(f"layers is empty, so nothing would be recorded; give {ACCEPTED}")

    def asks_for(self, place: LayerNode) -> bool:
        """Tell whether a layer is asked for, by whatever way; under the default none is."""
        if self.is_default or self.is_all:
            return self.is_all
        return self._asks_for_all_of(place) or any(
            names_place(_layer_of(pattern), place) for pattern in self._patterns
        )

    def shows(self, place: LayerNode, path: str) -> bool:
        """Tell whether one call or output of a layer that is asked for is meant, too.

        Parameters
        ----------
        place : LayerNode
            A layer that is asked for.
        path : str
            The entry's path, such as ``"dense#2"`` or ``"lstm:0"``.
        """
        return self._asks_for_all_of(place) or any(
            _means_output(pattern, place, path) for pattern in self._patterns
        )

    def _asks_for_all_of(self, place: LayerNode) -> bool:
        # A user's function is asked once for each layer.
        if place not in self._asked:
            self._asked[place] = (
                self.is_all
                or any(names_place(pattern, place) for pattern in self._patterns)
                or any(isinstance(place.layer, kind) for kind in self._classes)
                or any(predicate(place.layer) for predicate in self._predicates)
            )
        return self._asked[place]

    def check(self, places: Iterable[LayerNode]) -> None:
        """Raise if a part of the selection means no layer that can be shown.

        Raises
        ------
        ValueError
        """
        if self.is_default or self.is_all:
            return
        places = list(places)
        for pattern in self._patterns:
            if not any(names_place(pattern, place) for place in places):
                check_patterns("layers", [_layer_of(pattern)], places)
        for kind in self._classes:
            if not any(isinstance(place.layer, kind) for place in places):
                kinds = sorted({type(place.layer).__name__ for place in places})
                raise ValueError(
                    f"layers holds the class {kind.__module__}.{kind.__name__}, of which the "
                    f"model has no layer; its layers are of {', '.join(kinds)}"
                )
        asked = [place for place in places if self.asks_for(place)]
        if not asked:
            raise ValueError(
                f"layers is a function that says yes to none of the {len(places)} layers; it is "
                "given the layer itself, as in lambda layer: 'conv' in layer.name"
            )
        if all(place.every_step for place in asked):
            raise ValueError(
                f"layers asks for {asked[0].path}, which {asked[0].internal} and has no output "
                "of its own; ask for the layer around it"
            )

    def check_outputs(self, outputs: Iterable[tuple[LayerNode, str]]) -> None:
        """Raise if a call or an output is named that no layer has.

        Parameters
        ----------
        outputs : iterable of (LayerNode, str)
            Every output of every layer, with its path.

        Raises
        ------
        ValueError
        """
        outputs = list(outputs)
        for pattern in self._patterns:
            if _layer_of(pattern) == pattern or any(
                names_place(pattern, place) or _means_output(pattern, place, path)
                for place, path in outputs
            ):
                continue
            raise ValueError(unknown_name_message("layers", pattern, [path for _, path in outputs]))


def _layer_of(pattern: str) -> str:
    """Take the number of a call (``dense#2``) and of an output (``lstm:0``) off a name."""
    return pattern.partition("#")[0].partition(":")[0]


def _means_output(pattern: str, place: LayerNode, path: str) -> bool:
    if not names_place(_layer_of(pattern), place):
        return False
    # "lstm#2" stands for all outputs of the second call.
    return any(
        fnmatchcase(name, pattern) or name.startswith(f"{pattern}:")
        for name in (path, f"{place.layer.name}{path[len(place.path) :]}")
    )


def _is_layer(item: Any) -> bool:
    return callable(getattr(item, "_flatten_layers", None))


class Wanted:
    """What a selection means for each layer.

    Parameters
    ----------
    selection : LayerSelection
    """

    def __init__(self, selection: LayerSelection) -> None:
        self._selection = selection

    def is_watched(self, place: LayerNode) -> bool:
        """Tell whether a layer's calls are to be seen."""
        # A cell is called at every time step, and what is internal is no entry by default.
        return not place.every_step and (place.internal is None or self._selection.asks_for(place))

    def will_be_kept(self, place: LayerNode) -> bool:
        """Tell, before the pass, whether a layer's outputs will be kept."""
        if self._selection.asks_for(place) or not self._selection.is_default:
            return self._selection.asks_for(place) and not place.every_step
        # The output of a nested model is that of its last layer.
        return place.internal is None and not (
            is_identity_at_inference(place.layer) or graph_nodes(place.layer)
        )

    def why_not(self, place: LayerNode) -> str | None:
        """Say why a layer was not watched, or would not be kept; None if it would."""
        if not self._selection.is_default and not self._selection.asks_for(place):
            return NOT_ASKED_FOR
        return None if self.is_watched(place) else str(place.internal)


def names_place(pattern: str, place: LayerNode) -> bool:
    """Tell whether a path, a layer's name or a pattern (``"block*_conv*"``) means a layer."""
    return any(
        name == pattern or fnmatchcase(name, pattern) for name in (place.path, place.layer.name)
    )


def check_patterns(argument: str, patterns: Iterable[str], places: Iterable[LayerNode]) -> None:
    """Raise for the first pattern that means no layer, with the nearest names.

    Raises
    ------
    ValueError
    """
    patterns, places = list(patterns), list(places)
    if not patterns:
        return
    known = [place.path for place in places] + [place.layer.name for place in places]
    for pattern in patterns:
        if not any(names_place(pattern, place) for place in places):
            raise ValueError(unknown_name_message(argument, pattern, dict.fromkeys(known)))
