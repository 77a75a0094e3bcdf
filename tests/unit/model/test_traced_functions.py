"""A ``tf.function`` hides the layers below it once it is traced; a recording sees them."""

from __future__ import annotations

import threading
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


def test_other_threads_run_their_functions_as_before() -> None:
    model = Decorated()
    model(numbers(1, 6, 6, 1))
    ran_in_python: list[bool] = []

    @tf.function
    def doubled(x: Any) -> Any:
        ran_in_python.append(tf.executing_eagerly())
        return x * 2

    doubled(tf.constant(1.0))
    seen: list[Any] = []

    def elsewhere() -> None:
        seen.append(tf.config.functions_run_eagerly())
        seen.append(float(doubled(tf.constant(2.0))))
        # A new trace, which is none of the recording's.
        seen.append(float(doubled(tf.constant(3))))

    original = model.pool.call

    def call(x: Any) -> Any:
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        return original(x)

    model.pool.call = call
    assert list(record(model, numbers(1, 6, 6, 1)).layers) == ["conv", "pool"]
    assert seen == [False, 4.0, 6.0]
    # In Python as often as it was traced, and never eagerly.
    assert ran_in_python == [False, False]


def test_a_function_of_keras_that_only_works_compiled_stays_compiled() -> None:
    class Grouped(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="grouped")
            self.conv = layers.Conv2D(4, 3, groups=2, name="conv")
            self.conv.build((None, 6, 6, 2))

        @tf.function
        def call(self, x: Any) -> Any:
            return self.conv(x)

    model = keras.Sequential([keras.Input((6, 6, 2)), Grouped()])
    batch = numbers(1, 6, 6, 2)
    recording = record(model, batch)
    assert list(recording.layers) == ["grouped/conv"]
    np.testing.assert_allclose(recording["grouped/conv"].maps, model(batch), rtol=1e-5)


def test_a_class_named_as_a_model_of_keras_may_hide_layers() -> None:
    hiding = type("Sequential", (Traced,), {})()
    hiding(numbers(1, 6, 6, 1))
    assert list(record(hiding, numbers(1, 6, 6, 1)).layers) == ["conv", "pool"]


def test_functions_that_run_eagerly_anyway_do_so_afterwards() -> None:
    tf.config.run_functions_eagerly(True)
    try:
        assert list(record(Decorated(), numbers(1, 6, 6, 1)).layers) == ["conv", "pool"]
        assert tf.config.functions_run_eagerly()
    finally:
        tf.config.run_functions_eagerly(False)
