"""Running ``tf.function`` eagerly, in one thread, where a trace would hide layers."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from actwidget.model.backend import is_on_tensorflow
from actwidget.model.keras_classes import is_own_class
from actwidget.model.protocols import KerasLayer, KerasModel

SWITCH = "_run_functions_eagerly"
"""The property by which TensorFlow's functions decide; the public switch is for all threads."""

REPLACED = "_actwidget_replaced"
"""The attribute of a getter of ours that holds the property which it replaced."""

NEVER_EAGER = ("tensorflow.", "keras.src.backend.tensorflow.nn")
"""Modules whose functions only work compiled: vectorized maps, and some convolutions."""


class EagerFunctions:
    """Lets Python run inside ``tf.function`` where a trace would hide layers.

    All other functions run as usual, as do all of other threads: Keras itself compiles some
    convolutions, whose last digits differ when they run eagerly. Nothing changes for a model that
    does not compute with TensorFlow.
    """

    def __init__(self, model: KerasModel) -> None:
        tensorflow = sys.modules.get("tensorflow")
        self._kind: Any = None
        if tensorflow is not None and is_on_tensorflow(model):
            self._kind = type(tensorflow.function(lambda: None))
        self._before: Any = None
        self._thread = threading.get_ident()
        self._is_eager = False

    def install(self, *, alone: bool) -> None:
        """Let `switched` take effect, until `restore`; `alone` if no other pass is running."""
        before = vars(self._kind).get(SWITCH) if self._kind else None
        if not isinstance(before, property):
            return
        # Left behind by a pass that could not restore it.
        while alone and hasattr(before.fget, REPLACED):
            before = getattr(before.fget, REPLACED)
        self._before = before

        def runs_eagerly(function: Any) -> bool:
            in_pass = self._is_eager and threading.get_ident() == self._thread
            return (in_pass and not _is_never_eager(function)) or before.__get__(function)

        setattr(runs_eagerly, REPLACED, before)
        setattr(self._kind, SWITCH, property(runs_eagerly))

    def restore(self) -> None:
        """Restore what was there before."""
        if self._before is not None:
            setattr(self._kind, SWITCH, self._before)
            # Once: a second time it would be another pass's.
            self._before = None

    def switched(self, eager: bool) -> AbstractContextManager[None] | None:
        """Run functions eagerly, or not; None if that is how they run already."""
        return None if eager == self._is_eager else self._switched(eager)

    @contextmanager
    def _switched(self, eager: bool) -> Iterator[None]:
        self._is_eager = eager
        try:
            yield
        finally:
            self._is_eager = not eager


def may_hide_layers(layer: KerasLayer, call: Any) -> bool:
    """Check whether a layer's ``call`` may hold a ``tf.function``: Keras's own models have none."""
    kind = type(layer)
    is_plain_model = is_own_class(kind) and kind.__name__ in {"Functional", "Sequential"}
    return not is_plain_model or hasattr(call, "python_function")


def _is_never_eager(function: Any) -> bool:
    module = getattr(function.python_function, "__module__", None)
    return (module or "").startswith(NEVER_EAGER)
