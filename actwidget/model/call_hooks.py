"""Hooks around the ``call`` of layers for the length of one forward pass."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from actwidget.model.backend import shape_inference_probe
from actwidget.model.layer_tree import LayerNode
from actwidget.model.structure import flatten


class CallListener(Protocol):
    """What is notified of each call of a wrapped layer."""

    def before_call(
        self, node: LayerNode, inputs: Any, arguments: list[Any]
    ) -> Iterable[LayerNode]:
        """Handle that a layer is about to run; return further layers to wrap.

        `inputs` is the layer's first argument, `arguments` are the leaves of all.
        """

    def around_call(self, node: LayerNode, call: Any) -> AbstractContextManager[None] | None:
        """Return a context in which the layer's own ``call`` is to run, if it needs one."""

    def after_call(
        self, node: LayerNode, arguments: list[Any], returned: Any, *, training: bool
    ) -> None:
        """Handle what a call returned."""


class CallHooks:
    """Wraps layers on the instance, notifies of their calls, and restores everything.

    Only calls in the thread that created it count, and none by which Keras infers shapes.

    Attributes
    ----------
    failing : LayerNode or None
        The innermost layer whose exception is propagating.
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
        """Restore what was there before."""
        while self._replaced:
            own, name, before = self._replaced[-1]
            if before is None:
                own.pop(name, None)
            else:
                own[name] = before
            self._replaced.pop()

    def _wrapper(self, node: LayerNode, original: Callable[..., Any]) -> Callable[..., Any]:
        # Keras reads the signature; a tf.function's attributes must not be copied.
        @functools.wraps(original, updated=())
        def call(*args: Any, **kwargs: Any) -> Any:
            ignored = threading.get_ident() != self._thread or self._is_inferring_shapes()
            # quantized_call may call the same layer's call.
            if ignored or (self._running and self._running[-1] is node):
                return original(*args, **kwargs)
            arguments = flatten(args) + flatten(kwargs.values())
            for new in self._listener.before_call(node, args[0] if args else kwargs, arguments):
                self.wrap(new)
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
            self._listener.after_call(node, arguments, returned, training=training)
            return returned

        return call
