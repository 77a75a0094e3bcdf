"""The operations that TensorFlow executes."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from actwidget.attribution.dependence.running import RunningLayers
from actwidget.attribution.dependence.tracer import Trace
from actwidget.attribution.differentiation.passes import ForwardPass
from actwidget.attribution.filter_gradients import gradient_registry
from actwidget.capture.arrangement import CallKey
from actwidget.model.protocols import Tensor
from actwidget.model.tensors import dtype_name, is_floating

WITHOUT_GRADIENT = frozenset({"Round", "Rint", "Floor", "Ceil", "Sign", "FloorDiv"})
"""Operations with a registered gradient, which is None or zero."""

OF_SHAPES = frozenset({"Shape", "ShapeN", "Rank", "Size", "ZerosLike", "OnesLike"})
"""Operations in which the numbers of a tensor do not count."""


class TensorFlowTracer(RunningLayers):
    """See `actwidget.attribution.dependence.tracer.Tracer`."""

    def __init__(self) -> None:
        # No other tensor ever gets the number of one.
        super().__init__(lambda value: getattr(value, "_id", None))

    def trace(
        self,
        run: ForwardPass,
        inputs: Sequence[Tensor],
        outputs: dict[CallKey, tuple[tuple[int, ...], str]],
    ) -> Trace:
        """Run a forward pass and note its operations."""
        tf = sys.modules["tensorflow"]
        # It has no public name; who calls this goes without if it is not found.
        callbacks = sys.modules["tensorflow.python.framework.op_callbacks"]
        registry = gradient_registry()

        def note(
            kind: Any, given: Any, attributes: Any, made: Any, name: Any = None, graph: Any = None
        ) -> None:
            operation = kind.decode() if isinstance(kind, bytes) else kind
            if graph is not None or operation in OF_SHAPES:
                return
            # What has none registered calls a function.
            passes = operation not in WITHOUT_GRADIENT and (
                operation not in registry or registry[operation]["type"] is not None
            )
            passed = [each for each in made if passes and is_floating(each)]
            of_numbers = operation == "Cast" and not is_floating(made[0])
            named = f"a cast to {dtype_name(made[0])}" if of_numbers else operation
            self.note(named, self.numbers(given), self.numbers(made), self.numbers(passed))

        def watch(key: CallKey, tensor: Tensor) -> Tensor:
            (self.result.outputs[key],) = self.numbers([tensor])
            return tensor

        with tf.GradientTape(watch_accessed_variables=False) as tape, self._custom_gradients():
            for each in filter(is_floating, inputs):
                tape.watch(each)
            callbacks.add_op_callback(note)
            try:
                target, known = run(inputs, [], watch)
            finally:
                callbacks.remove_op_callback(note)
        self.result.inputs = list(self.numbers([inputs]))
        self.result.target, self.result.explained = self.numbers([target, known[0]])
        return self.result

    @contextmanager
    def _custom_gradients(self) -> Iterator[None]:
        """Note what has a gradient of its own, such as a straight-through estimator.

        Its operations are noted, too, and may pass none.
        """
        module: Any = sys.modules["tensorflow.python.eager.record"]
        before, thread = module.record_operation, threading.get_ident()

        def record_operation(kind: Any, made: Any, given: Any, *args: Any, **kwargs: Any) -> Any:
            if threading.get_ident() == thread:
                outputs = self.numbers([made])
                self.note(str(kind), self.numbers([given]), outputs, outputs)
            return before(kind, made, given, *args, **kwargs)

        module.record_operation = record_operation
        try:
            yield
        finally:
            module.record_operation = before
