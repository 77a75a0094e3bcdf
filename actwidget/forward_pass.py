"""One forward pass of a model in which every layer's output is kept."""

from __future__ import annotations

import functools
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from actwidget.input_form import InputForm
from actwidget.layout import ChannelAxes
from actwidget.model_input import as_input
from actwidget.nesting import Nesting, Place, free_path
from actwidget.recording import Entry
from actwidget.tensors import is_concrete, is_tensor, to_array, to_float32

_LOCK = threading.RLock()
"""One recording at a time: two that wrap the same layer would restore each other's wrappers."""

_CALLS = ("call", "quantized_call")


@dataclass(frozen=True)
class _Kept:
    """What one call of a layer left."""

    place: Place
    maps: NDArray[np.float32]
    kind: Literal["maps", "units"]


class ForwardPass:
    """One forward pass with every layer's ``call`` wrapped."""

    def __init__(self, model: Any, form: InputForm, *, images: int) -> None:
        self.failing: Place | None = None
        self._model = model
        self._images = images
        self._nesting = Nesting(model)
        self._kept: list[_Kept] = []
        self._reasons: dict[Place, str] = {}
        self._running: list[Place] = []
        self._thread = threading.get_ident()
        self._replaced: list[tuple[dict[str, Any], str, Any]] = []
        channel_axis = form.axes.find("C") if "C" in form.axes else len(form.axes) - 1
        self._axes = ChannelAxes(channel_axis, len(form.axes))
        self._progress: Any = None

    def run(self, batch: NDArray[Any]) -> None:
        """Call the model; whatever happens, its layers are as before afterwards."""
        with _LOCK:
            try:
                with _functions_run_eagerly(self._model), self._bar():
                    for place in (self._nesting.root, *self._nesting):
                        self._wrap(place)
                    self._model(as_input(self._model, batch), training=False)
                    # Layers that did not run would leave the bar standing as if it had failed.
                    self._progress.total = self._progress.n
            finally:
                self._restore()

    def entries(self) -> Iterator[Entry]:
        """Give what was recorded, in execution order."""
        calls = Counter(kept.place for kept in self._kept)
        seen: Counter[Place] = Counter()
        taken = {place.path for place, count in calls.items() if count == 1}
        for kept in self._kept:
            place = kept.place
            seen[place] += 1
            path = place.path
            if calls[place] > 1:
                path = free_path(f"{path}#{seen[place]}", taken)
            yield Entry(
                path=path,
                layer_type=type(place.layer).__name__,
                activation=_activation(place.layer),
                kind=kept.kind,
                maps=kept.maps,
            )

    def not_shown(self) -> dict[str, str]:
        """Say of every layer that is no entry why."""
        recorded = {kept.place for kept in self._kept}
        return {
            place.path: place.internal or self._reasons.get(place) or _did_not_run(place.layer)
            for place in self._nesting
            if place not in recorded
        }

    @contextmanager
    def _bar(self) -> Iterator[None]:
        """Show a progress bar once the pass has taken a second."""
        layers = sum(place.internal is None for place in self._nesting)
        name = f"recording {self._model.name}"
        with tqdm(total=layers, desc=name, unit="layer", delay=1, leave=False) as self._progress:
            yield

    def _wrap(self, place: Place) -> None:
        # What is internal is no entry, and a cell is called at every time step.
        if place.internal is not None:
            return
        own = place.layer.__dict__
        for name in _CALLS:
            if callable(original := getattr(place.layer, name, None)):
                # Remembered first, so that an interrupt in between cannot leave a wrapper.
                self._replaced.append((own, name, own.get(name)))
                # Into __dict__, past the layer's own tracking of attributes.
                own[name] = self._wrapper(place, original)

    def _restore(self) -> None:
        while self._replaced:
            own, name, before = self._replaced[-1]
            if before is None:
                own.pop(name, None)
            else:
                own[name] = before
            self._replaced.pop()

    def _wrapper(self, place: Place, original: Callable[..., Any]) -> Callable[..., Any]:
        # Keras reads the signature; a tf.function's attributes are not to be copied.
        @functools.wraps(original, updated=())
        def call(*args: Any, **kwargs: Any) -> Any:
            elsewhere = threading.get_ident() != self._thread
            # quantized_call may go on to the same layer's call.
            if elsewhere or (self._running and self._running[-1] is place):
                return original(*args, **kwargs)
            arguments = list(_flat((args, kwargs)))
            self._enter(place, arguments)
            self._running.append(place)
            try:
                output = original(*args, **kwargs)
            except Exception:
                self.failing = self.failing or place
                raise
            finally:
                self._running.pop()
            # An exception that came from further in was dealt with on the way.
            self.failing = None
            self._keep(place, arguments, output)
            return output

        return call

    def _enter(self, place: Place, arguments: list[Any]) -> None:
        """Prepare for what runs inside a layer: by now its ``build`` has made all layers."""
        for new in self._nesting.grow(place):
            self._wrap(new)
        if place is self._nesting.root and arguments and is_concrete(arguments[0]):
            self._axes.set_input(arguments[0])

    def _keep(self, place: Place, arguments: list[Any], output: Any) -> None:
        """Keep what one call of a layer gave, or why not."""
        if place is self._nesting.root:
            return
        outputs = list(_flat(output))
        tensors = [item for item in outputs if is_tensor(item)]
        # An unbuilt model is called once with symbols, to build it.
        if tensors and not all(map(is_concrete, tensors)):
            return
        self._progress.update()
        makers = [self._axes.maker(tensor) for tensor in tensors]
        inside = [maker for maker in makers if maker and maker.startswith(f"{place.path}/")]
        if place.children and outputs and len(inside) == len(outputs):
            self._reasons[place] = f"repeats {', '.join(dict.fromkeys(inside))}"
        elif len(outputs) != 1 or not tensors:
            self._reasons[place] = f"has {len(outputs)} outputs, of which none is the one to show"
        else:
            self._keep_tensor(place, arguments, tensors[0])

    def _keep_tensor(self, place: Place, arguments: list[Any], tensor: Any) -> None:
        shape = tuple(tensor.shape)
        if not 2 <= len(shape) <= 4 or 0 in shape:
            self._reasons[place] = f"output of shape {shape} is no map"
            return
        axis = self._axes.of(place.layer, tensor, arguments)
        self._axes.set(tensor, axis, place.path)
        if shape[0] != self._images:
            self._reasons[place] = (
                f"output of shape {shape} does not have the {self._images} images as its first axis"
            )
            return
        try:
            array = to_float32(to_array(tensor))
        except TypeError as error:
            self._reasons[place] = f"output holds {error}"
            return
        self._kept.append(
            _Kept(place, _as_maps(array, axis), "units" if len(shape) == 2 else "maps")
        )


def _as_maps(array: NDArray[np.float32], channel_axis: int) -> NDArray[np.float32]:
    """Arrange an output as (images, height, width, channels), read-only."""
    if array.ndim > 2 and channel_axis != array.ndim - 1:
        array = np.moveaxis(array, channel_axis, -1)
    if array.ndim == 2:
        array = array[:, None, None, :]
    elif array.ndim == 3:
        array = array[..., None]
    maps = np.ascontiguousarray(array)
    maps.flags.writeable = False
    return maps


def _flat(structure: Any) -> Iterator[Any]:
    """Go through the leaves of nested lists, tuples and dicts."""
    if isinstance(structure, dict):
        structure = structure.values()
    elif not isinstance(structure, (list, tuple)):
        yield structure
        return
    items: Iterable[Any] = structure
    for item in items:
        yield from _flat(item)


def _activation(layer: Any) -> str | None:
    """Name the activation of a layer; None where it is linear or there is none."""
    activation = getattr(layer, "activation", None)
    if activation is None:
        return None
    if isinstance(activation, str):
        name = activation
    else:
        name = getattr(activation, "__name__", None) or type(activation).__name__
    return None if name == "linear" else name


def _did_not_run(layer: Any) -> str:
    owner = next(kind for kind in type(layer).__mro__ if "__call__" in kind.__dict__)
    if owner.__module__.partition(".")[0] in {"keras", "tf_keras"}:
        return "did not run"
    return f"did not run, or ran past the recorder: {owner.__name__} overrides __call__"


@contextmanager
def _functions_run_eagerly(model: Any) -> Iterator[None]:
    """Let Python run inside ``tf.function``: a trace hides the layers below it."""
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is None or not _is_on_tensorflow(model):
        yield
        return
    before = tensorflow.config.functions_run_eagerly()
    tensorflow.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tensorflow.config.run_functions_eagerly(before)


def _is_on_tensorflow(model: Any) -> bool:
    packages = {kind.__module__.partition(".")[0] for kind in type(model).__mro__}
    if "tf_keras" in packages or "keras" not in packages:
        return True
    return bool(sys.modules["keras"].backend.backend() == "tensorflow")
