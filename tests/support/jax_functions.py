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
