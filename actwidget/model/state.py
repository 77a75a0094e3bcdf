"""What a forward pass changes as a side effect, remembered beforehand and put back afterwards."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

from actwidget.model.attributes import RememberedAttributes, RememberedContents, is_container
from actwidget.model.backend import shape_inference_probe
from actwidget.model.generators import (
    remembered_generator,
    remembered_shared_generators,
    tensorflow_generator,
)
from actwidget.model.keras_classes import keras_kinds
from actwidget.model.protocols import KerasLayer, KerasModel
from actwidget.model.reachable import is_users_own, reachable
from actwidget.model.tensors import is_concrete, is_tensor
from actwidget.model.variables import RememberedVariable, is_variable
from actwidget.utils.all_steps import run_all


class ModelState:
    """Everything that a pass may write, put back bit for bit.

    These are the variables that the model's layers, metrics and seed generators hold or its code
    refers to, the losses that layers add, the attributes of users' layers that hold numbers, arrays
    or containers, and the random generators of Keras, Python and NumPy.

    What a layer changes elsewhere cannot be found: files, lookup tables, global numbers, numbers in
    objects that are no layers. TensorFlow's own operations (``tf.random.normal``) keep their state
    in each operation, where it cannot be reached.

    Variables are left alone if the model's optimizer has taken a step meanwhile: another thread is
    training then. The shared generators are left alone if the model is not built yet, as it draws
    its first weights in the pass: restored, they would give the next model the same weights. So are
    they in any thread but the main one, in which a cell may draw from them meanwhile: it would get
    the same numbers again.
    """

    def __init__(self, model: KerasModel) -> None:
        self._model = model
        self._variables: list[RememberedVariable] = []
        self._steps: RememberedVariable | None = None
        self._put_back: list[Callable[[], Any]] = []
        self._known: dict[int, Any] = {}
        self._called: set[int] = set()
        self._is_complete = False
        self._is_inferring_shapes = shape_inference_probe()

    def remember(self, layers: Iterable[KerasLayer]) -> None:
        """Remember what is there before the pass; `layers` are all of the model's."""
        every = [self._model, *layers]
        self._steps = _optimizer_steps(self._model)
        # What is not built yet changes by being built, which is to stay.
        self._is_complete = all(map(_is_built, every))
        self._remember([*every, tensorflow_generator()], only_variables=not self._is_complete)
        if _is_built(self._model) and threading.current_thread() is threading.main_thread():
            self._put_back += remembered_shared_generators()

    def remember_built(self, layer: KerasLayer, arguments: Iterable[Any]) -> None:
        """Remember what a layer was built with in the pass, before its first call with numbers.

        `arguments` are the leaves of what it is called with.
        """
        if self._is_complete or id(layer) in self._called or self._is_inferring_shapes():
            return
        if all(is_concrete(each) for each in arguments if is_tensor(each)):
            self._called.add(id(layer))
            self._remember([layer])

    def restore(self) -> None:
        """Put everything back; to be called again if it was interrupted."""
        is_trained = self._steps is not None and self._steps.has_changed
        variables = [] if is_trained else [each.put_back for each in self._variables]
        run_all([*variables, *self._put_back])
        self._variables, self._put_back, self._known = [], [], {}

    def _remember(self, things: Iterable[Any], *, only_variables: bool = False) -> None:
        for thing in reachable(things):
            if id(thing) in self._known:
                continue
            if is_variable(thing):
                self._variables.append(RememberedVariable(thing))
            elif only_variables or not (_is_built(thing) or id(thing) in self._called):
                continue
            elif (generator := remembered_generator(thing)) is not None:
                self._put_back.append(generator)
            elif keras_kinds(thing) & {"Layer", "Metric"} or _is_module(thing):
                self._put_back += _remembered_call(thing)
                if is_users_own(thing):
                    self._put_back.append(RememberedAttributes(thing).put_back)
            self._known[id(thing)] = thing


def _is_built(thing: Any) -> bool:
    """Check whether a layer is built; anything else is."""
    return "Layer" not in keras_kinds(thing) or bool(thing.built)


def _optimizer_steps(model: Any) -> RememberedVariable | None:
    # Past the public property, which makes the variable in some.
    steps = getattr(getattr(model, "optimizer", None), "_iterations", None)
    return RememberedVariable(steps) if is_variable(steps) else None


def _is_module(thing: Any) -> bool:
    tensorflow = sys.modules.get("tensorflow")
    return tensorflow is not None and isinstance(thing, getattr(tensorflow, "Module", ()))


def _remembered_call(layer: Any) -> list[Callable[[], Any]]:
    """Return functions that put back what Keras keeps of a call: losses, and that there was one."""
    own = vars(layer)
    lists = [own[name] for name in ("_losses", "_loss_ids") if is_container(own.get(name))]
    put_back: list[Callable[[], Any]] = [RememberedContents(each).put_back for each in lists]
    if own.get("_called") is False:
        put_back.append(lambda: own.update(_called=False))
    # Where tf_keras keeps the losses of the last call.
    local = own.get("_thread_local")
    if (losses := getattr(local, "_eager_losses", None)) is not None:
        before = list(losses)
        put_back.append(lambda: setattr(local, "_eager_losses", before))
    return put_back
