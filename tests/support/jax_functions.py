"""What is JAX's own: run by test_backends.py in a process whose Keras computes with JAX."""

from __future__ import annotations

from typing import Any

import jax
import keras
import numpy as np
from keras import layers
from recorded import numbers, reasons

from actwidget import record


def test_keras_computes_with_jax() -> None:
    assert keras.backend.backend() == "jax"
    x = keras.Input((4,))
    recording = record(keras.Model(x, layers.Dense(2, name="dense")(x)), numbers(1, 4))
    assert list(recording.layers) == ["dense"]


class Jitted(keras.Model):
    """Calls one layer in a compiled function, which hides its values, and one outside."""

    def __init__(self) -> None:
        super().__init__(name="jitted")
        self.inside = layers.Dense(3, name="inside")
        self.outside = layers.Dense(2, name="outside")
        self.inside.build((None, 4))

    def call(self, x: Any) -> Any:
        return self.outside(jax.jit(lambda x: self.inside(x))(x))


def test_a_layer_inside_a_jitted_function_is_listed() -> None:
    model = Jitted()
    recording = record(model, numbers(2, 4))
    assert list(recording.layers) == ["outside"]
    assert "compiled function" in reasons(recording)["inside"]
    np.testing.assert_allclose(recording["outside"].maps[:, 0, 0], model(numbers(2, 4)), rtol=1e-6)


def test_random_state_is_put_back() -> None:
    class Sampling(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="sampling")
            self.generator = keras.random.SeedGenerator(3)

        def call(self, x: Any) -> Any:
            return x + keras.random.normal(x.shape, seed=self.generator)

    x = keras.Input(batch_shape=(1, 4))
    model = keras.Model(x, Sampling()(x))
    recording = record(model, numbers(1, 4))
    np.testing.assert_array_equal(recording["sampling"].maps[:, 0, 0], model(numbers(1, 4)))
    assert not np.array_equal(recording["sampling"].maps[:, 0, 0], model(numbers(1, 4)))


class Writing(layers.Layer):
    """Writes a weight, a metric, a loss, its own numbers and the statistics of a normalization."""

    def __init__(self) -> None:
        super().__init__(name="writing")
        self.norm, self.mean, self.calls = layers.BatchNormalization(), keras.metrics.Mean(), 0
        self.drop = layers.Dropout(0.5, seed=3)

    def build(self, shape: Any) -> None:
        self.count = self.add_weight(shape=(), initializer="zeros", trainable=False)
        self.norm.build(shape)

    def call(self, x: Any) -> Any:
        self.count.assign_add(1.0)
        self.mean.update_state(x)
        self.add_loss(keras.ops.sum(x))
        self.calls += 1
        x = self.drop(self.norm(x, training=True), training=True)
        return x + self.count + self.mean.result() + self.calls


def test_a_layer_that_writes() -> None:
    for parts in ([Writing()], [keras.Input((6, 6, 2)), Writing()]):
        model = keras.Sequential(parts)
        first = record(model, numbers(6, 6, 2))
        writing = model.layers[-1]
        before = [np.asarray(variable).tobytes() for variable in model.variables]
        state = writing.calls, len(model.losses), float(writing.mean.result())
        second = record(model, numbers(6, 6, 2))
        assert [np.asarray(variable).tobytes() for variable in model.variables] == before
        assert (writing.calls, len(model.losses), float(writing.mean.result())) == state
        for path, entry in first.items():
            np.testing.assert_array_equal(entry.maps, second[path].maps)
