"""One forward pass of a model in which every layer's output is kept."""

from __future__ import annotations

import threading
import weakref
from contextlib import AbstractContextManager
from typing import Any, NoReturn

from actwidget.capture.cost import Cost, cost_of
from actwidget.capture.feature_maps import FeatureMaps
from actwidget.capture.inputs.model_inputs import ModelInputs, input_entries, input_paths
from actwidget.capture.map_store import MapStore
from actwidget.capture.outputs import Output, Outputs
from actwidget.capture.overrides import OutputOverrides
from actwidget.capture.provenance import ChannelAxes, TensorOrigin, TensorOrigins, passed_through
from actwidget.capture.reasons import NOT_ASKED_FOR, did_not_run, why_no_maps, why_unreadable
from actwidget.capture.selection import LayerSelection, Wanted
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
    nesting : LayerTree
        The layers of the model.
    received : ModelInputs
        What to call the model with.
    selection : LayerSelection
        The layers whose outputs to keep.
    overrides : OutputOverrides
        What the user states of their outputs.
    memory_limit : int
        Bytes of maps that stay in memory at most; the others go to scratch files.

    Attributes
    ----------
    received : ModelInputs
    cost : Cost
        What it will cost, as far as that is known beforehand.
    keeping : MapStore
        Where the maps are.

    Raises
    ------
    ValueError
        If the selection or an override means no layer of a model whose layers are known, since
        it is built.
    """

    def __init__(
        self,
        nesting: LayerTree,
        received: ModelInputs,
        selection: LayerSelection,
        overrides: OutputOverrides,
        memory_limit: int,
    ) -> None:
        self._model = model = nesting.root.layer
        self.received = received
        self._selection = selection
        self._wanted = Wanted(selection)
        self._overrides = overrides
        self._nesting = nesting
        self._inputs = {
            each.key: Output(self._nesting.root, 0, each.key) for each in received.inputs
        }
        self._outputs = Outputs()
        self._returned: list[Output] = []
        self._origins = TensorOrigins()
        self._axes = ChannelAxes(self._origins)
        for each in received.inputs:
            self._axes.saw(each.array.ndim, each.channel_axis)
        self._reasons: dict[LayerNode, str] = {}
        # A cycle would hold all maps, closed or not, until the garbage collector comes by.
        self._wrapping = CallHooks(weakref.proxy(self))
        self._functions = EagerFunctions(model)
        self._refusal: ValueError | None = None
        self._progress: Any = None
        if getattr(model, "built", False):
            self._check_names()
        sizes = expected_sizes(nesting, len(received.images), self._wanted.will_be_kept).values()
        self.cost: Cost = cost_of(sizes, memory_limit)
        self.keeping = MapStore(memory_limit, [size for each in sizes for size in each or ()])

    @property
    def failing(self) -> LayerNode | None:
        """The layer whose exception ended the pass."""
        return self._wrapping.failing

    def run(self) -> None:
        """Call the model; whatever happens, its layers are as before afterwards."""
        places = [self._nesting.root, *self._nesting]
        watched = sum(map(self._wanted.is_watched, places[1:]))
        text = f"recording {self._model.name} ({self.cost})"
        with _LOCK:
            try:
                with (
                    preserved_state(self._model, [place.layer for place in places]),
                    progress_bar(text, watched) as self._progress,
                ):
                    for place in places:
                        self._wrap(place)
                    self._model(self.received.structure, training=False)
            except Exception:
                # Keras would bury the message under the arguments of every call around it.
                if self._refusal is not None:
                    raise self._refusal from None
                raise
            finally:
                self._wrapping.restore()
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
        return input_entries(self.received, self._input_paths())

    def not_shown(self, entries: list[LayerMaps]) -> dict[str, str]:
        """Say of every layer that is no entry why."""
        shown = {entry.path for entry in entries}
        inputs = {
            path: f"only stands for what {place.path or self._model.name} receives"
            for path, place in self._nesting.input_layers
            if path not in shown
        }

        def why_no_output(place: LayerNode) -> str:
            known = self._wanted.why_not(place) or self._reasons.get(place)
            return known or did_not_run(place.layer)

        return inputs | self._outputs.not_shown(self._nesting, shown, why_no_output)

    def _input_paths(self) -> list[str]:
        taken = any(place.path == INPUT for place in self._nesting)
        return input_paths(self.received, self._model.name, taken=taken)

    def _check_names(self) -> None:
        """Raise if a name that the user gave means no layer."""
        self._selection.check(self._nesting)
        self._overrides.check(self._nesting, [each.path for each in self.received.inputs])

    def _wrap(self, place: LayerNode) -> None:
        if self._wanted.is_watched(place):
            self._wrapping.wrap(place)

    def entering(self, place: LayerNode, given: Any, arguments: list[Any]) -> None:
        """Prepare for what runs inside a layer: by now its ``build`` has made all layers."""
        for new in self._nesting.grow(place):
            self._wrap(new)
        if place is self._nesting.root:
            self._take_inputs(given)
        elif arguments and (wrong := tokens_out_of_range(place.layer, arguments[0])):
            origin = self._origins.find(arguments[0])
            received = origin is not None and origin.maker in self._inputs.values()
            giver = "image holds" if received else f"layer {place.path} was given"
            self._refuse(f"{giver} {wrong}")

    def _take_inputs(self, structure: Any) -> None:
        """Remember the tensors that the model itself receives: no layer made them."""
        axes = {each.key: each.channel_axis for each in self.received.inputs}
        for key, tensor in leaves(structure):
            if key in axes and is_tensor(tensor) and is_concrete(tensor):
                self._origins.set(tensor, TensorOrigin(self._inputs[key], axes[key]))

    def during(self, place: LayerNode, call: Any) -> AbstractContextManager[None] | None:
        """Let functions run eagerly that may hide layers, and no others."""
        watched = any(self._wanted.is_watched(child) for child in place.children)
        return self._functions.switched(watched and may_hide_layers(place.layer, call))

    def left(
        self, place: LayerNode, arguments: list[Any], returned: Any, *, training: bool
    ) -> None:
        """Keep what one call of a layer gave, or why not."""
        if is_tensor(returned):
            tensors = [("", returned)]
        else:
            tensors = [(key, leaf) for key, leaf in leaves(returned) if is_tensor(leaf)]
        if place is self._nesting.root:
            self._take_returned(tensors)
            return
        for _, tensor in tensors:
            # An unbuilt model is called once with symbols, to build it.
            if not is_concrete(tensor):
                self._reasons[place] = why_unreadable(tensor)
                return
        self._progress.update()
        call = self._outputs.next_call(place)
        found = [self._origins.find(item) for item in arguments]
        sources = tuple(dict.fromkeys([origin.maker for origin in found if origin]))
        if not tensors:
            reason = f"returned a {type(returned).__name__}, which is no tensor"
            self._outputs.add(Output(place, call, "", sources, reason=reason))
        for number, (key, tensor) in enumerate(tensors):
            output = Output(place, call, key if len(tensors) > 1 else "", sources)
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
            output = Output(self._nesting.root, 1, key, repeats=maker)
            is_kept = maker is not None and maker.maps is not None
            if not is_kept and len(shape) <= 2 and not why_no_maps(shape, self._images()):
                kept = self._kept_maps(self._nesting.root, tensor, shape, len(shape) - 1)
                output.maps = kept if isinstance(kept, FeatureMaps) else None
            self._returned.append(output)

    def _images(self) -> int:
        return len(self.received.images)

    def _keep_tensor(
        self, output: Output, number: int, tensor: Any, arguments: list[Any], *, training: bool
    ) -> None:
        place, shape = output.place, tuple(tensor.shape)
        origin = self._origins.find(tensor)
        if origin is None and not training:
            origin = passed_through(place.layer, tensor, arguments, self._origins)
        if origin is not None and origin.maker.place is not place:
            output.repeats = origin.maker
        try:
            axis = self._overrides.channel_axis(place, shape)
        except ValueError as error:
            self._refuse(str(error))
        if axis is None:
            axis = self._axes.of(place.layer, tensor, arguments, number=number)
        if origin is None:
            origin = TensorOrigin(output, axis)
            self._axes.saw(len(shape), axis)
        self._origins.set(tensor, origin)
        if not self._selection.asks_for(place):
            if not self._selection.is_default:
                output.reason = NOT_ASKED_FOR
            if output.reason or output.repeats:
                return
        reason = why_no_maps(shape, len(self.received.images))
        if reason is None:
            kept = self._kept_maps(place, tensor, shape, axis)
            output.maps, reason = (kept, "") if isinstance(kept, FeatureMaps) else (None, kept)
        output.reason = reason

    def _kept_maps(
        self, place: LayerNode, tensor: Any, shape: tuple[int, ...], channel_axis: int
    ) -> FeatureMaps | str:
        """Turn a tensor into the maps that are kept, or say why that cannot be done."""
        grid = self._overrides.grid(place, shape, channel_axis)
        return self.keeping.keep(to_array(tensor), channel_axis, grid)

    def _refuse(self, message: str) -> NoReturn:
        self._refusal = ValueError(message)
        raise self._refusal
