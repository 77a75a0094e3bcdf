"""Keeping what each call of a layer returned, while a model runs."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, NoReturn

from actwidget.capture.feature_maps import FeatureMaps
from actwidget.capture.inputs.model_inputs import ModelInputs
from actwidget.capture.inputs.value_range import RangeWatch
from actwidget.capture.map_store import MapStore
from actwidget.capture.outputs import Output, Outputs
from actwidget.capture.overrides import OutputOverrides
from actwidget.capture.provenance import ChannelAxes, TensorOrigin, TensorOrigins, passed_through
from actwidget.capture.reasons import NOT_ASKED_FOR, why_no_maps, why_unreadable
from actwidget.capture.selection import LayerSelection
from actwidget.model.eager_functions import EagerFunctions, may_hide_layers
from actwidget.model.layer_kinds import tokens_out_of_range
from actwidget.model.layer_tree import LayerNode, LayerTree
from actwidget.model.protocols import Tensor
from actwidget.model.state import ModelState
from actwidget.model.structure import leaves
from actwidget.model.tensors import dtype_name, is_concrete, is_tensor, to_array
from actwidget.numerics.dtypes import count_beyond_float32
from actwidget.utils.progress import Progress


class CallRecorder:
    """Listens to the calls of layers, and keeps their outputs.

    Attributes
    ----------
    outputs : Outputs
        Of all layers so far.
    returned : list of Output
        What the model itself returned.
    reasons : dict of LayerNode to str
        Why layers whose calls were seen have no output.
    refusal : ValueError or None
        The error of this recorder that ended the pass.
    range_watch : RangeWatch
        Its hint says that the image's numbers may be of another range than the model is made for.
    beyond_float32 : list of Output
        Those with finite values that became infinite, as maps are float32.
    """

    def __init__(
        self,
        store: MapStore,
        tree: LayerTree,
        inputs: ModelInputs,
        selection: LayerSelection,
        overrides: OutputOverrides,
        functions: EagerFunctions,
        state: ModelState,
        progress: Progress,
    ) -> None:
        self.outputs = Outputs()
        self.returned: list[Output] = []
        self.reasons: dict[LayerNode, str] = {}
        self.refusal: ValueError | None = None
        self.range_watch = RangeWatch(inputs.picture)
        self.beyond_float32: list[Output] = []
        self._tree = tree
        self._selection = selection
        self._overrides = overrides
        self._store = store
        self._images = len(inputs.images)
        self._inputs = {
            each.key: TensorOrigin(Output(tree.root, 0, each.key), each.channel_axis)
            for each in inputs.inputs
        }
        self._origins = TensorOrigins()
        self._axes = ChannelAxes(self._origins)
        for each in inputs.inputs:
            self._axes.remember(each.array.ndim, each.channel_axis)
        self._functions = functions
        self._state = state
        self._progress = progress

    def assign_paths(self, input_paths: list[str]) -> None:
        """Assign a unique path to every output, once all are recorded."""
        makers = [origin.maker for origin in self._inputs.values()]
        self.outputs.assign_paths(dict(zip(makers, input_paths, strict=True)))

    def before_call(self, node: LayerNode, inputs: Any, arguments: list[Any]) -> list[LayerNode]:
        """Return the layers that this one's ``build`` has created, to be watched as well."""
        self._state.remember_built(node.layer, arguments)
        new = [found for found in self._tree.grow(node) if self._selection.is_watched(found)]
        if node is self._tree.root:
            # No layer made the tensors that the model itself receives.
            for key, tensor in leaves(inputs):
                if key in self._inputs and is_tensor(tensor) and is_concrete(tensor):
                    self._origins.set(tensor, self._inputs[key])
            return new
        self._progress.begin(node.path)
        self.range_watch.before_call(node.layer, arguments, is_group=bool(node.children))
        if arguments and (wrong := tokens_out_of_range(node.layer, arguments[0])):
            is_input = self._origins.find(arguments[0]) in self._inputs.values()
            self._refuse(f"{'image holds' if is_input else f'layer {node.path} was given'} {wrong}")
        return new

    def instead_of_call(self, node: LayerNode) -> None:
        """Have every call made."""

    def around_call(self, node: LayerNode, call: Any) -> AbstractContextManager[None] | None:
        """Run functions eagerly that may hide layers, and no others."""
        watched = any(self._selection.is_watched(child) for child in node.children)
        return self._functions.switched(watched and may_hide_layers(node.layer, call))

    def after_call(
        self, node: LayerNode, arguments: list[Any], returned: Any, *, training: bool
    ) -> None:
        """Keep what one call of a layer returned, or why it cannot be kept."""
        if is_tensor(returned):
            tensors: list[tuple[str, Tensor]] = [("", returned)]
        else:
            tensors = [(key, leaf) for key, leaf in leaves(returned) if is_tensor(leaf)]
        if node is self._tree.root:
            self._take_returned(tensors)
            return
        for _, tensor in tensors:
            # An unbuilt model is called once with symbols, to build it.
            if not is_concrete(tensor):
                self.reasons[node] = why_unreadable(tensor)
                return
        self._progress.advance()
        call = self.outputs.count_call(node)
        origins = [self._origins.find(item) for item in arguments]
        sources = tuple(dict.fromkeys([origin.maker for origin in origins if origin]))
        knows_sources = all(
            origin is not None or not is_tensor(item)
            for item, origin in zip(arguments, origins, strict=True)
        )
        if not tensors:
            reason = f"returned a {type(returned).__name__}, which is not a tensor"
            self.outputs.add(Output(node, call, "", sources, knows_sources, reason=reason))
        for number, (key, tensor) in enumerate(tensors):
            key = key if len(tensors) > 1 else ""
            output = Output(node, call, key, sources, knows_sources)
            self.outputs.add(output)
            self._record(output, number, tensor, arguments, training=training)

    def _take_returned(self, tensors: list[tuple[str, Tensor]]) -> None:
        """Keep what the model returns: as the outputs of layers, or else if they are vectors."""
        self.returned = []
        for key, tensor in tensors:
            if not is_concrete(tensor):
                return
            shape = tuple(tensor.shape)
            origin = self._origins.find(tensor)
            maker = origin.maker if origin is not None else None
            output = Output(self._tree.root, 1, key, alias_of=maker)
            is_kept = maker is not None and maker.maps is not None
            if not is_kept and len(shape) <= 2 and not why_no_maps(shape, self._images):
                self._keep(output, tensor, len(shape) - 1)
            self.returned.append(output)

    def _record(
        self, output: Output, number: int, tensor: Tensor, arguments: list[Any], *, training: bool
    ) -> None:
        """Find out what one output is, and keep its maps if they are asked for."""
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
            axis = self._axes.infer(node.layer, tensor, arguments, number=number)
        if origin is None:
            origin = TensorOrigin(output, axis)
            self._axes.remember(len(shape), axis)
        self._origins.set(tensor, origin)
        if not self._selection.asks_for(node):
            if not self._selection.is_default:
                output.reason = NOT_ASKED_FOR
            if output.reason or output.alias_of:
                return
        output.reason = why_no_maps(shape, self._images) or ""
        if not output.reason:
            self._keep(output, tensor, axis)

    def _keep(self, output: Output, tensor: Tensor, channel_axis: int) -> None:
        """Keep a tensor as maps, or the reason why that is impossible."""
        output.shape, output.dtype = tuple(tensor.shape), dtype_name(tensor)
        output.channel_axis = channel_axis
        output.grid = self._overrides.grid(output.node, tuple(tensor.shape), channel_axis)
        array = to_array(tensor)
        kept = self._store.keep(array, channel_axis, output.grid)
        if count_beyond_float32(array):
            self.beyond_float32.append(output)
        if isinstance(kept, FeatureMaps):
            output.maps = kept
        else:
            output.reason = kept

    def _refuse(self, message: str) -> NoReturn:
        self.refusal = ValueError(message)
        raise self.refusal
