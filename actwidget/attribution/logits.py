"""The values before a final softmax or sigmoid, found while the model runs."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

from actwidget.model.protocols import KerasModel, Tensor

FUNCTIONS = ("softmax", "sigmoid")


class Logits:
    """Remembers what each softmax and sigmoid of a pass was given.

    Keras notes it on the output of some forms, and of others its backend's function is replaced
    for the length of the pass, in this thread alone.
    """

    def __init__(self, model: KerasModel) -> None:
        self._model = model
        self._module: Any = _functions()
        self._before: dict[str, Callable[..., Any]] = {}
        self._thread = threading.get_ident()
        self._is_running = False
        # By the identity of what was returned, which is kept so that no other gets it.
        self._given: dict[int, tuple[Any, Tensor]] = {}

    def install(self) -> None:
        """Begin to remember."""
        self._is_running = True
        for name in FUNCTIONS:
            before = getattr(self._module, name, None)
            if before is not None and name not in self._before:
                self._before[name] = before
                setattr(self._module, name, self._remembering(before))

    def restore(self) -> None:
        """Restore the functions."""
        self._is_running = False
        for name, before in self._before.items():
            setattr(self._module, name, before)
        self._before.clear()

    def replaced(self, tensor: Any, before: Any) -> None:
        """Take note that a tensor stands for another with the same numbers."""
        if tensor is not before and (given := self.find(before)) is not None:
            self._given[id(tensor)] = (tensor, given)

    def find(self, output: Any) -> Tensor | None:
        """Return the logits that an output is the softmax or sigmoid of; None if there are none."""
        known = self._given.get(id(output))
        given: Any = known[1] if known else getattr(output, "_keras_logits", None)
        same_shape = given is not None and tuple(given.shape) == tuple(output.shape)
        return given if same_shape else None

    def _remembering(self, before: Callable[..., Any]) -> Callable[..., Any]:
        def function(x: Any, *args: Any, **kwargs: Any) -> Any:
            returned = before(x, *args, **kwargs)
            if self._is_running and threading.get_ident() == self._thread:
                self._given[id(returned)] = (returned, x)
            return returned

        return function


def _functions() -> Any:
    """Return the module whose functions Keras 3 calls, whatever the backend."""
    return getattr(sys.modules.get("keras.src.backend"), "nn", None)
