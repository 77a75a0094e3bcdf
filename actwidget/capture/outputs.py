"""The outputs of every call of every layer in one forward pass, and their paths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from actwidget.capture.arrangement import Arrangement, CallKey
from actwidget.capture.feature_maps import FeatureMaps
from actwidget.capture.reasons import NOT_ASKED_FOR
from actwidget.capture.selection import LayerSelection
from actwidget.model.layer_tree import LayerNode, LayerTree, unique_path
from actwidget.model.protocols import KerasLayer
from actwidget.recording.layer import LayerMaps


@dataclass(eq=False)
class Output:
    """One tensor that one call of a layer returned.

    Attributes
    ----------
    node : LayerNode
        The layer; the model itself for what it received.
    call : int
        Which call of the layer it was, from 1.
    key : str
        Which of several outputs: ``":0"``, ``":boxes"``; empty if there is one.
    sources : tuple of Output
        Where the call's arguments came from, as far as that is known.
    knows_sources : bool
        Whether that is known of all of them; what an operation outside layers made is not.
    shape : tuple of int
        Of the tensor itself.
    dtype : str
    maps : FeatureMaps or None
    channel_axis : int
        Which axis of the tensor counts channels.
    grid : (int, int) or None
        The rows and columns of its token grid, if it is one.
    reason : str
        Why there are no maps.
    alias_of : Output or None
        The output of another layer that is the same tensor.
    """

    node: LayerNode
    call: int
    key: str
    sources: tuple[Output, ...] = ()
    knows_sources: bool = True
    shape: tuple[int, ...] = ()
    dtype: str = ""
    maps: FeatureMaps | None = None
    channel_axis: int = -1
    grid: tuple[int, int] | None = None
    reason: str = ""
    alias_of: Output | None = None


class Outputs:
    """All outputs of one forward pass, in execution order."""

    def __init__(self) -> None:
        self._outputs: list[Output] = []
        self._calls: Counter[LayerNode] = Counter()
        self._paths: dict[Output, str] = {}

    def count_call(self, node: LayerNode) -> int:
        """Count one more call of a layer, and return its number."""
        self._calls[node] += 1
        return self._calls[node]

    def add(self, output: Output) -> None:
        """Add an output."""
        self._outputs.append(output)

    def miss(self, reason: str) -> None:
        """Give a reason to those of which nothing is known."""
        for output in self._outputs:
            if output.maps is None and output.alias_of is None:
                output.reason = output.reason or reason

    def assign_paths(self, model_inputs: dict[Output, str]) -> None:
        """Assign a unique path to every output, once all are recorded.

        `model_inputs` are what the model received, each with the path of its entry.
        """
        taken = set(model_inputs.values())
        taken |= {node.path for node, count in self._calls.items() if count == 1}
        calls: dict[tuple[LayerNode, int], str] = {}
        self._paths = dict(model_inputs)
        for output in self._outputs:
            node = output.node
            path = node.path
            if self._calls[node] > 1:
                call = (node, output.call)
                if call not in calls:
                    calls[call] = unique_path(f"{path}#{output.call}", taken)
                path = calls[call]
            self._paths[output] = unique_path(f"{path}{output.key}", taken) if output.key else path

    def path(self, output: Output) -> str:
        """Return the path of an output; what no layer returned has the model's name."""
        return self._paths.get(output, output.node.layer.name)

    def entries(self, selection: LayerSelection) -> list[LayerMaps]:
        """Return the outputs that have maps and are meant by the selection.

        Raises
        ------
        ValueError
            If the selection names a call or an output that does not exist.
        """
        paths = self._paths
        selection.check_outputs((output.node, paths[output]) for output in self._outputs)
        # What the model received came from itself.
        came_from: dict[Output, tuple[str, ...]] = {each: (path,) for each, path in paths.items()}
        entries = []
        for output in self._outputs:
            # What is not an entry passes on where it came from itself.
            before = (output.alias_of,) if output.alias_of else output.sources
            inputs = tuple(dict.fromkeys(path for each in before for path in came_from[each]))
            came_from[output] = inputs
            if output.maps is None or not (
                selection.is_default or selection.shows(output.node, paths[output])
            ):
                continue
            came_from[output] = (paths[output],)
            layer = output.node.layer
            kind, activation = type(layer).__name__, _activation(layer)
            entries.append(output.maps.as_layer(paths[output], kind, activation, inputs))
        return entries

    def arrangements(self, entries: list[LayerMaps]) -> dict[CallKey, Arrangement]:
        """Return how the outputs that are entries are arranged there, in execution order."""
        shown = {entry.path for entry in entries}
        return {
            (output.node, output.call, output.key): Arrangement(
                *(self._paths[output], output.shape, output.dtype),
                *(output.channel_axis, output.grid),
            )
            for output in self._outputs
            if self._paths[output] in shown
        }

    def fed_by_entries(self, entries: list[LayerMaps]) -> frozenset[str]:
        """Return the paths of the entries whose inputs are what their layers were called with.

        Others came from an output that is no entry, because it was not asked for or has no maps, or
        also from an operation outside layers.
        """
        shown, of_layers = {entry.path for entry in entries}, set(self._outputs)
        # What the model received is there, and so is what repeats another output's values.
        is_there = {
            output: output not in of_layers or path in shown for output, path in self._paths.items()
        }
        for output in self._outputs:
            if output.alias_of is not None:
                is_there[output] = is_there.get(output.alias_of, False)
        return frozenset(
            self._paths[output]
            for output in self._outputs
            if self._paths[output] in shown
            and output.knows_sources
            and all(is_there.get(source, False) for source in output.sources)
        )

    def returned(
        self, returned: list[Output], entries: list[LayerMaps], model_name: str
    ) -> list[LayerMaps]:
        """Return what the model returned, as far as it is kept, and as the entry that holds it.

        An output has maps of its own, or else those of the output that it is an alias of. What no
        layer returned has the model's name as its path.
        """
        by_path = {entry.path: entry for entry in entries}
        found = []
        for output in returned:
            maker = output
            while maker.alias_of is not None:
                maker = maker.alias_of
            path = self._paths.get(maker, f"{model_name}{output.key}")
            maps = output.maps or maker.maps
            if path in by_path:
                found.append(by_path[path])
            elif maps is not None:
                layer = maker.node.layer
                activation = _activation(layer) if maker is not output else None
                found.append(maps.as_layer(path, type(layer).__name__, activation))
        return found

    def not_shown(
        self, tree: LayerTree, shown: set[str], why_no_output: Callable[[LayerNode], str]
    ) -> dict[str, str]:
        """Return why layers, or some of their outputs, are not entries.

        By the path of the layer, or of one of its outputs if others are entries (whose paths are
        `shown`) or have another reason. `why_no_output` is called for layers that returned nothing.
        """
        paths = self._paths
        missing: dict[LayerNode, dict[str, str]] = {}
        for output in self._outputs:
            if paths[output] not in shown:
                reason = output.reason or NOT_ASKED_FOR
                if output.alias_of and not (output.maps or output.reason):
                    reason = f"repeats {paths[output.alias_of]}"
                missing.setdefault(output.node, {})[paths[output]] = reason
        counts = Counter(output.node for output in self._outputs)
        reasons: dict[str, str] = {}
        for node in tree:
            each = missing.get(node, {})
            alike = list(dict.fromkeys(each.values()))
            complete = len(each) == counts[node]
            if not counts[node]:
                reasons[node.path] = why_no_output(node)
            elif complete and len(alike) == 1:
                reasons[node.path] = alike[0]
            elif complete and all(reason.startswith("repeats ") for reason in alike):
                repeated = ", ".join(reason.removeprefix("repeats ") for reason in alike)
                reasons[node.path] = f"repeats {repeated}"
            else:
                reasons |= each
        return reasons


def _activation(layer: KerasLayer) -> str | None:
    """Return the name of a layer's activation; None if it is linear or there is none."""
    activation = getattr(layer, "activation", None)
    if activation is None:
        return None
    if isinstance(activation, str):
        name = activation
    else:
        name = getattr(activation, "__name__", None) or type(activation).__name__
    return None if name == "linear" else name
