"""Hooks around the ``call`` of layers for the length of one forward pass."""

from __future__ import annotations

import functools
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from actwidget.model.backend import infers_shapes_with_numbers, shape_inference_probe
from actwidget.model.layer_tree import LayerNode
from actwidget.model.protocols import KerasLayer
from actwidget.model.structure import flatten

Undo = functools.partial[Any]


class CallListener(Protocol):
    """What is notified of each call of a wrapped layer."""

    def before_call(
        self, node: LayerNode, inputs: Any, arguments: list[Any]
    ) -> Iterable[LayerNode]:
        """Handle that a layer is about to run; return further layers to wrap.

        `inputs` is the layer's first argument, `arguments` are the leaves of all.
        """

    def instead_of_call(self, node: LayerNode) -> Any:
        """Return what a call is to return without being made, or None to make it."""

    def around_call(self, node: LayerNode, call: Any) -> AbstractContextManager[None] | None:
        """Return a context in which the layer's own ``call`` is to run, if it needs one."""

    def after_call(
        self, node: LayerNode, arguments: list[Any], returned: Any, *, training: bool
    ) -> Any:
        """Handle what a call returned; return what is to be handed on in its place, or None."""


class CallHooks:
    """Wraps layers on the instance, notifies of their calls, and restores everything.

    Only calls in the thread that created it count, and none by which Keras infers shapes.

    Attributes
    ----------
    failing : LayerNode or None
        The innermost layer whose exception is propagating.
    is_running : bool
        Whether the pass is running; calls before and after it do not count.
    """

    def __init__(self, listener: CallListener) -> None:
        self.failing: LayerNode | None = None
        self.is_running = False
        self._listener = listener
        self._running: list[LayerNode] = []
        self._thread = threading.get_ident()
        self._is_inferring_shapes = shape_inference_probe()
        # Elsewhere the listener sees it by the tensors, and such calls build layers to be watched.
        self._ignores_inference = infers_shapes_with_numbers()
        self._undo: list[Undo] = []

    def wrap(self, node: LayerNode) -> None:
        """Wrap a layer's ``call``."""
        own = node.layer.__dict__
        quantized = getattr(node.layer, "quantization_mode", None)
        for name in ("call", "quantized_call") if quantized else ("call",):
            before, wrapper = own.get(name), self._wrapper(node, getattr(node.layer, name))
            setattr(wrapper, REPLACED, before)
            # Remembered first, so that an interrupt in between cannot leave a wrapper.
            self._undo.append(_undo(own, name, before))
            # Into __dict__, past the layer's own tracking of attributes.
            own[name] = wrapper

    def restore(self) -> None:
        """Restore what was there before; an interrupt comes before that or after it."""
        # One call, which runs no Python code.
        deque(map(Undo.__call__, reversed(self._undo)), maxlen=0)
        self._undo.clear()

    def _wrapper(self, node: LayerNode, original: Callable[..., Any]) -> Callable[..., Any]:
        # Keras reads the signature; a tf.function's attributes must not be copied.
        @functools.wraps(original, updated=())
        def call(*args: Any, **kwargs: Any) -> Any:
            if not self._counts(node):
                return original(*args, **kwargs)
            arguments = flatten(args) + flatten(kwargs.values())
            for new in self._listener.before_call(node, args[0] if args else kwargs, arguments):
                self.wrap(new)
            if (known := self._listener.instead_of_call(node)) is not None:
                return known
            self._running.append(node)
            context = self._listener.around_call(node, original)
            try:
                if context is None:
                    returned = original(*args, **kwargs)
                else:
                    with context:
                        returned = original(*args, **kwargs)
            except Exception:
                self.failing = self.failing or node
                raise
            finally:
                self._running.pop()
            # An exception from an inner layer was handled on the way.
            self.failing = None
            training = bool(kwargs.get("training"))
            replaced = self._listener.after_call(node, arguments, returned, training=training)
            return returned if replaced is None else replaced

        return call

    def _counts(self, node: LayerNode) -> bool:
        """Check whether a call of a layer is one to notify of."""
        if not self.is_running or threading.get_ident() != self._thread:
            return False
        # quantized_call may call the same layer's call.
        called_itself = bool(self._running) and self._running[-1] is node
        return not called_itself and not (self._ignores_inference and self._is_inferring_shapes())


REPLACED = "_actwidget_replaced"
"""The attribute of a wrapper that holds what it replaced on the layer; None for nothing."""


def _undo(own: dict[str, Any], name: str, before: Any) -> Undo:
    """Return a function, without Python code of its own, that restores an attribute."""
    if before is None:
        return functools.partial(own.pop, name, None)
    return functools.partial(own.__setitem__, name, before)


def unwrap(layers: Iterable[KerasLayer]) -> None:
    """Take off wrappers that an earlier pass has left behind: no pass may be running."""
    for layer in layers:
        own = layer.__dict__
        for name in ("call", "quantized_call"):
            while hasattr(found := own.get(name), REPLACED):
                _undo(own, name, getattr(found, REPLACED))()
