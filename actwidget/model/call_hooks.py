"""CallHooks the ``call`` of layers for the length of one forward pass."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from actwidget.model.backend import shape_inference_probe
from actwidget.model.layer_tree import LayerNode
from actwidget.model.structure import flatten


class CallListener(Protocol):
    """What is told of each call of a wrapped layer."""

    def before_call(self, node: LayerNode, given: Any, arguments: list[Any]) -> None:
        """Tell that a layer is called, with what and with which leaves of it."""

    def around_call(self, node: LayerNode, call: Any) -> AbstractContextManager[None] | None:
        """Give what is to be entered while the layer's own ``call`` runs, if anything is."""

    def after_call(
        self, node: LayerNode, arguments: list[Any], returned: Any, *, training: bool
    ) -> None:
        """Tell what a call returned."""


class CallHooks:
    """Wraps layers on the instance, tells of their calls, and puts everything back.

    Only calls of the thread that made it are told, and none by which Keras learns shapes alone.

    Parameters
    ----------
    listener : CallListener

    Attributes
    ----------
    failing : LayerNode or None
        The innermost layer whose exception is on its way out.
    """

    def __init__(self, listener: CallListener) -> None:
        self.failing: LayerNode | None = None
        self._listener = listener
        self._running: list[LayerNode] = []
        self._thread = threading.get_ident()
        self._is_inferring_shapes = shape_inference_probe()
        self._replaced: list[tuple[dict[str, Any], str, Any]] = []

    def wrap(self, node: LayerNode) -> None:
        """Wrap a layer's ``call``."""
        own = node.layer.__dict__
        quantized = getattr(node.layer, "quantization_mode", None)
        for name in ("call", "quantized_call") if quantized else ("call",):
            original = getattr(node.layer, name)
            # Remembered first, so that an interrupt in between cannot leave a wrapper.
            self._replaced.append((own, name, own.get(name)))
            # Into __dict__, past the layer's own tracking of attributes.
            own[name] = self._wrapper(node, original)

    def restore(self) -> None:
        """Put back what was there before."""
        while self._replaced:
            own, name, before = self._replaced[-1]
            if before is None:
                own.pop(name, None)
            else:
                own[name] = before
            self._replaced.pop()

    def _wrapper(self, node: LayerNode, original: Callable[..., Any]) -> Callable[..., Any]:
        # Keras reads the signature; a tf.function's attributes are not to be copied.
        @functools.wraps(original, updated=())
        def call(*args: Any, **kwargs: Any) -> Any:
            elsewhere = threading.get_ident() != self._thread or self._is_inferring_shapes()
            # quantized_call may go on to the same layer's call.
            if elsewhere or (self._running and self._running[-1] is node):
                return original(*args, **kwargs)
            arguments = flatten(args) + flatten(kwargs.values())
            self._listener.before_call(node, args[0] if args else kwargs, arguments)
            self._running.append(node)
            around_call = self._listener.around_call(node, original)
            try:
                if around_call is None:
                    returned = original(*args, **kwargs)
                else:
                    with around_call:
                        returned = original(*args, **kwargs)
            except Exception:
                self.failing = self.failing or node
                raise
            finally:
                self._running.pop()
            # An exception that came from further in was dealt with on the way.
            self.failing = None
            training = bool(kwargs.get("training"))
            self._listener.after_call(node, arguments, returned, training=training)
            return returned

        return call
