"""One forward pass of a model in which every layer's output is kept."""

from __future__ import annotations

import threading
import weakref
from contextlib import AbstractContextManager
from typing import Any, NoReturn

from actwidget.capture.cost import Cost, estimate_cost
from actwidget.capture.feature_maps import FeatureMaps
from actwidget.capture.inputs.model_inputs import ModelInputs, input_entries, input_paths
from actwidget.capture.map_store import MapStore
from actwidget.capture.outputs import Output, Outputs
from actwidget.capture.overrides import OutputOverrides
from actwidget.capture.provenance import ChannelAxes, TensorOrigin, TensorOrigins, passed_through
from actwidget.capture.reasons import NOT_ASKED_FOR, did_not_run, why_no_maps, why_unreadable
from actwidget.capture.selection import LayerSelection
from actwidget.model.backend import EagerFunctions, may_hide_layers
from actwidget.model.call_hooks import CallHooks
from actwidget.model.layer_kinds import tokens_out_of_range
from actwidget.model.layer_tree import LayerNode, LayerTree
from actwidget.model.output_sizes import expected_sizes
from actwidget.model.state import preserved_state
from actwidget.model.structure import leaves
from actwidget.model.tensors import is_concrete, is_tensor, to_array
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import INPUT
from actwidget.utils.progress import progress_bar

_LOCK = threading.RLock()
"""One recording at a time: two that wrap the same layer would restore each other's wrappers."""


class ForwardPass:
    """One forward pass with every layer's ``call`` wrapped.

    Parameters
    ----------
    tree : LayerTree
        The layers of the model.
    model_inputs : ModelInputs
        What to call the model with.
    selection : LayerSelection
        The layers whose outputs to keep.
    overrides : OutputOverrides
        What the user states of their outputs.
    memory_limit : int
        Bytes of maps that stay in memory at most; the others go to scratch files.

    Attributes
    ----------
    model_inputs : ModelInputs
    cost : Cost
        What it will cost, as far as that is known beforehand.
    store : MapStore
        Where the maps are.

    Raises
    ------
    ValueError
        If the selection or an override means no layer of a model whose layers are known, since
        it is built.
    """

    def __init__(
        self,
        tree: LayerTree,
        model_inputs: ModelInputs,
        selection: LayerSelection,
        overrides: OutputOverrides,
        memory_limit: int,
    ) -> None:
        self._model = model = tree.root.layer
        self.model_inputs = model_inputs
        self._selection = selection
        self._overrides = overrides
        self._tree = tree
        self._inputs = {
            each.key: Output(self._tree.root, 0, each.key) for each in model_inputs.inputs
        }
        self._outputs = Outputs()
        self._returned: list[Output] = []
        self._origins = TensorOrigins()
        self._axes = ChannelAxes(self._origins)
        for each in model_inputs.inputs:
            self._axes.remember(each.array.ndim, each.channel_axis)
        self._reasons: dict[LayerNode, str] = {}
        # A cycle would hold all maps, closed or not, until the garbage collector comes by.
        self._hooks = CallHooks(weakref.proxy(self))
        self._functions = EagerFunctions(model)
        self._refusal: ValueError | None = None
        self._progress: Any = None
        if getattr(model, "built", False):
            self._check_names()
        sizes = expected_sizes(
            tree, len(model_inputs.images), self._selection.will_be_kept
        ).values()
        self.cost: Cost = estimate_cost(sizes, memory_limit)
        self.store = MapStore(memory_limit, [size for each in sizes for size in each or ()])

    @property
    def failing(self) -> LayerNode | None:
        """The layer whose exception ended the pass."""
        return self._hooks.failing

    def run(self) -> None:
        """Call the model; whatever happens, its layers are as before afterwards."""
        nodes = [self._tree.root, *self._tree]
        watched = sum(map(self._selection.is_watched, nodes[1:]))
        text = f"recording {self._model.name} ({self.cost})"
        with _LOCK:
            try:
                with (
                    preserved_state(self._model, [node.layer for node in nodes]),
                    progress_bar(text, watched) as self._progress,
                ):
                    for node in nodes:
                        self._wrap(node)
                    self._model(self.model_inputs.structure, training=False)
            except Exception:
                # Keras would bury the message under the arguments of every call around it.
                if self._refusal is not None:
                    raise self._refusal from None
                raise
            finally:
                self._hooks.restore()
        self._check_names()
        self._overrides.check_grids()
        paths = zip(self._inputs.values(), self._input_paths(), strict=True)
        self._outputs.name(dict(paths))

    def entries(self) -> list[LayerMaps]:
        """Give what was recorded, in execution order."""
        return self._outputs.entries(self._selection)

    def output_entries(self, entries: list[LayerMaps]) -> list[LayerMaps]:
        """Give what the model returned, as those of the entries that hold it where some do."""
        return self._outputs.returned(self._returned, entries, self._model.name)

    def input_entries(self) -> list[LayerMaps]:
        """Give what the model received."""
        return input_entries(self.model_inputs, self._input_paths())

    def not_shown(self, entries: list[LayerMaps]) -> dict[str, str]:
        """Say of every layer that is no entry why."""
        shown = {entry.path for entry in entries}
        inputs = {
            path: f"only stands for what {node.path or self._model.name} receives"
            for path, node in self._tree.input_layers
            if path not in shown
        }

        def why_no_output(node: LayerNode) -> str:
            known = self._selection.why_not(node) or self._reasons.get(node)
            return known or did_not_run(node.layer)

        return inputs | self._outputs.not_shown(self._tree, shown, why_no_output)

    def _input_paths(self) -> list[str]:
        taken = any(node.path == INPUT for node in self._tree)
        return input_paths(self.model_inputs, self._model.name, taken=taken)

    def _check_names(self) -> None:
        """Raise if a name that the user gave means no layer."""
        self._selection.check(self._tree)
        self._overrides.check(self._tree, [each.path for each in self.model_inputs.inputs])

    def _wrap(self, node: LayerNode) -> None:
        if self._selection.is_watched(node):
            self._hooks.wrap(node)

    def before_call(self, node: LayerNode, given: Any, arguments: list[Any]) -> None:
        """Prepare for what runs inside a layer: by now its ``build`` has made all layers."""
        for new in self._tree.grow(node):
            self._wrap(new)
        if node is self._tree.root:
            self._take_inputs(given)
        elif arguments and (wrong := tokens_out_of_range(node.layer, arguments[0])):
            origin = self._origins.find(arguments[0])
            is_input = origin is not None and origin.maker in self._inputs.values()
            giver = "image holds" if is_input else f"layer {node.path} was given"
            self._refuse(f"{giver} {wrong}")

    def _take_inputs(self, structure: Any) -> None:
        """Remember the tensors that the model itself receives: no layer made them."""
        axes = {each.key: each.channel_axis for each in self.model_inputs.inputs}
        for key, tensor in leaves(structure):
            if key in axes and is_tensor(tensor) and is_concrete(tensor):
                self._origins.set(tensor, TensorOrigin(self._inputs[key], axes[key]))

    def around_call(self, node: LayerNode, call: Any) -> AbstractContextManager[None] | None:
        """Let functions run eagerly that may hide layers, and no others."""
        watched = any(self._selection.is_watched(child) for child in node.children)
        return self._functions.switched(watched and may_hide_layers(node.layer, call))

    def after_call(
        self, node: LayerNode, arguments: list[Any], returned: Any, *, training: bool
    ) -> None:
        """Keep what one call of a layer gave, or why not."""
        if is_tensor(returned):
            tensors = [("", returned)]
        else:
            tensors = [(key, leaf) for key, leaf in leaves(returned) if is_tensor(leaf)]
        if node is self._tree.root:
            self._take_returned(tensors)
            return
        for _, tensor in tensors:
            # An unbuilt model is called once with symbols, to build it.
            if not is_concrete(tensor):
                self._reasons[node] = why_unreadable(tensor)
                return
        self._progress.update()
        call = self._outputs.count_call(node)
        found = [self._origins.find(item) for item in arguments]
        sources = tuple(dict.fromkeys([origin.maker for origin in found if origin]))
        if not tensors:
            reason = f"returned a {type(returned).__name__}, which is no tensor"
            self._outputs.add(Output(node, call, "", sources, reason=reason))
        for number, (key, tensor) in enumerate(tensors):
            output = Output(node, call, key if len(tensors) > 1 else "", sources)
            self._outputs.add(output)
            self._keep_tensor(output, number, tensor, arguments, training=training)

    def _take_returned(self, tensors: list[tuple[str, Any]]) -> None:
        """Keep what the model itself returns: the outputs of layers, and vectors else."""
        self._returned = []
        for key, tensor in tensors:
            if not is_concrete(tensor):
                return
            shape = tuple(tensor.shape)
            origin = self._origins.find(tensor)
            maker = origin.maker if origin is not None else None
            output = Output(self._tree.root, 1, key, alias_of=maker)
            is_kept = maker is not None and maker.maps is not None
            if not is_kept and len(shape) <= 2 and not why_no_maps(shape, self._images()):
                kept = self._kept_maps(self._tree.root, tensor, shape, len(shape) - 1)
                output.maps = kept if isinstance(kept, FeatureMaps) else None
            self._returned.append(output)

    def _images(self) -> int:
        return len(self.model_inputs.images)

    def _keep_tensor(
        self, output: Output, number: int, tensor: Any, arguments: list[Any], *, training: bool
    ) -> None:
        node, shape = output.node, tuple(tensor.shape)
        origin = self._origins.find(tensor)
        if origin is None and not training:
            origin = passed_through(node.layer, tensor, arguments, self._origins)
        if origin is not None and origin.maker.node is not node:
            output.alias_of = origin.maker
        try:
            axis = self._overrides.channel_axis(node, shape)
        except ValueError as error:
            self._refuse(str(error))
        if axis is None:
            axis = self._axes.of(node.layer, tensor, arguments, number=number)
        if origin is None:
            origin = TensorOrigin(output, axis)
            self._axes.remember(len(shape), axis)
        self._origins.set(tensor, origin)
        if not self._selection.asks_for(node):
            if not self._selection.is_default:
                output.reason = NOT_ASKED_FOR
            if output.reason or output.alias_of:
                return
        reason = why_no_maps(shape, len(self.model_inputs.images))
        if reason is None:
            kept = self._kept_maps(node, tensor, shape, axis)
            output.maps, reason = (kept, "") if isinstance(kept, FeatureMaps) else (None, kept)
        output.reason = reason

    def _kept_maps(
        self, node: LayerNode, tensor: Any, shape: tuple[int, ...], channel_axis: int
    ) -> FeatureMaps | str:
        """Turn a tensor into the maps that are kept, or say why that cannot be done."""
        grid = self._overrides.grid(node, shape, channel_axis)
        return self.store.keep(to_array(tensor), channel_axis, grid)

    def _refuse(self, message: str) -> NoReturn:
        self._refusal = ValueError(message)
        raise self._refusal
