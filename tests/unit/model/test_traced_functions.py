"""A ``tf.function`` hides the layers below it once it is traced; a recording sees them."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from recorded import numbers, reasons, show

from actwidget import record


class Traced(keras.Model):
    def __init__(self, **options: Any) -> None:
        super().__init__(name="traced")
        self.conv = layers.Conv2D(2, 3, name="conv")
        self.pool = layers.GlobalMaxPooling2D(name="pool")
        # A trace made while Keras builds the model would hold the weights of that moment.
        self.conv.build((None, 6, 6, 1))
        self.function = tf.function(lambda x: self.pool(self.conv(x)), **options)

    def call(self, x: Any) -> Any:
        return self.function(x)


class Decorated(keras.Model):
    def __init__(self) -> None:
        super().__init__(name="decorated")
        self.conv = layers.Conv2D(2, 3, name="conv")
        self.pool = layers.GlobalMaxPooling2D(name="pool")

    @tf.function
    def call(self, x: Any) -> Any:
        return self.pool(self.conv(x))


@pytest.mark.parametrize("before", [False, True], ids=["not traced", "traced"])
@pytest.mark.parametrize(
    "make", [Decorated, Traced, lambda: Traced(jit_compile=True)], ids=["call", "inner", "jit"]
)
def test_a_tf_function(make: Any, before: bool) -> None:
    model = make()
    batch = numbers(2, 6, 6, 1)
    if before:
        model(batch)
    recording = record(model, batch)
    assert list(recording.layers) == ["conv", "pool"]
    expected = model.conv(batch)
    np.testing.assert_array_equal(recording["conv"].maps, expected)
    np.testing.assert_allclose(recording["pool"].maps[:, 0, 0], model(batch), rtol=1e-6)
    assert not tf.config.functions_run_eagerly()
    show(recording)


def test_a_layer_that_only_a_compiled_function_calls_is_listed() -> None:
    class Mapped(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="mapped")
            self.dense = layers.Dense(3, name="dense")
            self.out = layers.Dense(2, name="out")

        def call(self, x: Any) -> Any:
            return self.out(tf.vectorized_map(lambda row: self.dense(row[None])[0], x))

    model = Mapped()
    model.dense.build((None, 9))
    recording = record(model, numbers(2, 9))
    assert list(recording.layers) == ["out"]
    assert "compiled function" in reasons(recording)["dense"]
