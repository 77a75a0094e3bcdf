"""One forward pass of a model in which every layer's output is kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NoReturn

import numpy as np
from tqdm.auto import tqdm

from actwidget.backend import EagerFunctions, may_hide_layers
from actwidget.feature_maps import FeatureMaps, as_maps, why_no_maps
from actwidget.layout import ChannelAxes
from actwidget.leaves import leaves
from actwidget.model_state import kept_state
from actwidget.nesting import Nesting, Place
from actwidget.origins import Origin, Origins
from actwidget.outputs import NOT_ASKED_FOR, Output, Outputs
from actwidget.overrides import Overrides
from actwidget.received import Received, ReceivedInput
from actwidget.recording import INPUT, Entry
from actwidget.selection import Selection
from actwidget.tensors import is_concrete, is_symbolic, is_tensor, to_array, to_float32
from actwidget.tokens import tokens_out_of_range
from actwidget.wrapping import Wrapping

_LOCK = threading.RLock()
"""One recording at a time: two that wrap the same layer would restore each other's wrappers."""


class ForwardPass:
    """One forward pass with every layer's ``call`` wrapped.

    Parameters
    ----------
    nesting : Nesting
        The layers of the model.
    received : Received
        What to call the model with.
    selection : Selection
        The layers whose outputs to keep.
    overrides : Overrides
        What the user states of their outputs.

    Raises
    ------
    ValueError
        If the selection or an override means no layer of a model whose layers are known, since
        it is built.
    """

    def __init__(
        self, nesting: Nesting, received: Received, selection: Selection, overrides: Overrides
    ) -> None:
        self._model = model = nesting.root.layer
        self._received = received
        self._selection = selection
        self._overrides = overrides
        self._nesting = nesting
        self._inputs = {
            each.key: Output(self._nesting.root, 0, each.key) for each in received.inputs
        }
        self._outputs = Outputs()
        self._origins = Origins()
        self._axes = ChannelAxes(self._origins)
        for each in received.inputs:
            self._axes.saw(each.array.ndim, each.channel_axis)
        self._reasons: dict[Place, str] = {}
        self._wrapping = Wrapping(self)
        self._functions = EagerFunctions(model)
        self._refusal: ValueError | None = None
        self._progress: Any = None
        if getattr(model, "built", False):
            self._check_names()

    @property
    def failing(self) -> Place | None:
        """The layer whose exception ended the pass."""
        return self._wrapping.failing

    def run(self) -> None:
        """Call the model; whatever happens, its layers are as before afterwards."""
        places = [self._nesting.root, *self._nesting]
        with _LOCK:
            try:
                with (
                    kept_state(self._model, [place.layer for place in places]),
                    self._bar(),
                ):
                    for place in places:
                        self._wrap(place)
                    self._model(self._received.structure, training=False)
                    # Layers that did not run would leave the bar standing as if it had failed.
                    self._progress.total = self._progress.n
            except Exception:
                # Keras would bury the message under the arguments of every call around it.
                if self._refusal is not None:
                    raise self._refusal from None
                raise
            finally:
                self._wrapping.restore()
        self._check_names()
        self._overrides.check_grids()
        self._outputs.name({self._inputs[each.key]: path for each, path in self._input_paths()})

    def entries(self) -> list[Entry]:
        """Give what was recorded, in execution order."""
        return self._outputs.entries(self._selection)

    def input_entries(self) -> list[Entry]:
        """Give what the model received."""
        return [
            Entry(
                path=path,
                layer_type="Input",
                activation=None,
                kind=maps.kind,
                maps=maps.values,
                depth=maps.depth,
            )
            for each, path in self._input_paths()
            for maps in [each.maps()]
        ]

    def not_shown(self, entries: list[Entry]) -> dict[str, str]:
        """Say of every layer that is no entry why."""
        shown = {entry.path for entry in entries}
        inputs = {
            path: f"only stands for what {place.path or self._model.name} receives"
            for path, place in self._nesting.input_layers
            if path not in shown
        }
        return inputs | self._outputs.not_shown(self._nesting, shown, self._why_no_output)

    def _why_no_output(self, place: Place) -> str:
        if not self._selection.is_default and not self._selection.asks_for(place):
            return NOT_ASKED_FOR
        if place.every_step or (place.internal and not self._selection.asks_for(place)):
            return str(place.internal)
        return self._reasons.get(place) or _did_not_run(place.layer)

    def _input_paths(self) -> Iterator[tuple[ReceivedInput, str]]:
        # A layer may be named so, too.
        taken = any(place.path == INPUT for place in self._nesting)
        for each in self._received.inputs:
            path = f"{INPUT} of {self._model.name}{each.path[len(INPUT) :]}"
            yield each, path if taken else each.path

    def _check_names(self) -> None:
        """Raise if a name that the user gave means no layer."""
        self._selection.check(self._nesting)
        self._overrides.check(self._nesting, [each.path for each in self._received.inputs])

    @contextmanager
    def _bar(self) -> Iterator[None]:
        """Show a progress bar once the pass has taken a second."""
        layers = sum(self._is_watched(place) for place in self._nesting)
        name = f"recording {self._model.name}"
        with tqdm(total=layers, desc=name, unit="layer", delay=1, leave=False) as self._progress:
            yield

    def _wrap(self, place: Place) -> None:
        if self._is_watched(place):
            self._wrapping.wrap(place)

    def _is_watched(self, place: Place) -> bool:
        # A cell is called at every time step, and what is internal is no entry by default.
        return not place.every_step and (place.internal is None or self._selection.asks_for(place))

    def entering(self, place: Place, given: Any, arguments: list[Any]) -> None:
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
        axes = {each.key: each.channel_axis for each in self._received.inputs}
        for key, tensor in leaves(structure):
            if key in axes and is_tensor(tensor) and is_concrete(tensor):
                self._origins.set(tensor, Origin(self._inputs[key], axes[key]))

    def during(self, place: Place, call: Any) -> AbstractContextManager[None] | None:
        """Let functions run eagerly that may hide layers, and no others."""
        watched = any(self._is_watched(child) for child in place.children)
        return self._functions.switched(watched and may_hide_layers(place.layer, call))

    def left(self, place: Place, arguments: list[Any], returned: Any, *, training: bool) -> None:
        """Keep what one call of a layer gave, or why not."""
        if place is self._nesting.root:
            return
        if is_tensor(returned):
            tensors = [("", returned)]
        else:
            tensors = [(key, leaf) for key, leaf in leaves(returned) if is_tensor(leaf)]
        for _, tensor in tensors:
            # An unbuilt model is called once with symbols, to build it.
            if not is_concrete(tensor):
                self._reasons[place] = _why_unreadable(tensor)
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

    def _keep_tensor(
        self, output: Output, number: int, tensor: Any, arguments: list[Any], *, training: bool
    ) -> None:
        place, shape = output.place, tuple(tensor.shape)
        origin = self._origins.find(tensor)
        if origin is None and not training:
            origin = self._handed_on(place.layer, tensor, arguments)
        if origin is not None and origin.maker.place is not place:
            output.repeats = origin.maker
        try:
            axis = self._overrides.channel_axis(place, shape)
        except ValueError as error:
            self._refuse(str(error))
        if axis is None:
            axis = self._axes.of(place.layer, tensor, arguments, number=number)
        if origin is None:
            origin = Origin(output, axis)
            self._axes.saw(len(shape), axis)
        self._origins.set(tensor, origin)
        if not self._selection.asks_for(place):
            if not self._selection.is_default:
                output.reason = NOT_ASKED_FOR
            if output.reason or output.repeats:
                return
        reason = why_no_maps(shape, len(self._received.images))
        if reason is None:
            kept = self._kept_maps(place, tensor, shape, axis)
            output.maps, reason = (kept, "") if isinstance(kept, FeatureMaps) else (None, kept)
        output.reason = reason

    def _kept_maps(
        self, place: Place, tensor: Any, shape: tuple[int, ...], channel_axis: int
    ) -> FeatureMaps | str:
        """Turn a tensor into the maps that are kept, or say why that cannot be done."""
        grid = self._overrides.grid(place, shape, channel_axis)
        try:
            array = to_float32(to_array(tensor))
        except TypeError as error:
            return f"output holds {error}"
        return as_maps(array, channel_axis, grid)

    def _handed_on(self, layer: Any, tensor: Any, arguments: list[Any]) -> Origin | None:
        """Find the argument that a layer copied which does nothing at inference, as dropout."""
        kind = type(layer).__name__
        if not (kind.endswith("Dropout") or kind.startswith("Random") or kind == "GaussianNoise"):
            return None
        for item in arguments:
            origin = self._origins.find(item)
            if origin and item.shape == tensor.shape and item.dtype == tensor.dtype:
                return origin if np.array_equal(to_array(item), to_array(tensor)) else None
        return None

    def _refuse(self, message: str) -> NoReturn:
        self._refusal = ValueError(message)
        raise self._refusal


def _why_unreadable(tensor: Any) -> str:
    if is_symbolic(tensor):
        return "ran only inside a compiled function, which hides its values"
    return f"output is a {type(tensor).__name__}, whose values cannot be read as an array"


def _did_not_run(layer: Any) -> str:
    owner = next(kind for kind in type(layer).__mro__ if "__call__" in kind.__dict__)
    if owner.__module__.partition(".")[0] in {"keras", "tf_keras"}:
        return "did not run"
    return f"did not run, or ran past the recorder: {owner.__name__} overrides __call__"
