"""Guided backpropagation rectifies at every ReLU, at nothing else, and leaves nothing behind."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import keras
import numpy as np
import pytest
from differentiable_models import KINDS, numbers
from keras import layers, ops

from actwidget import Recording, record

on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="this is TensorFlow's registry"
)


def dense(*middle: layers.Layer, units: int = 24) -> keras.Model:
    """Vectors through some layers to three classes."""
    keras.utils.set_random_seed(2)
    inputs = x = keras.Input((4, 4, 1))
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(units, name="first")(x)
    for layer in middle:
        x = layer(x)
    return keras.Model(inputs, layers.Dense(3, activation="softmax", name="last")(x))


def by_hand(model: keras.Model, recording: Recording, most: float = np.inf) -> np.ndarray:
    """Class 1's signal, rectified once between the two dense layers."""
    before = np.asarray(recording["first"].maps).reshape(-1)
    kernel = np.array(model.get_layer("last").kernel)[:, 1]
    signal = np.maximum(kernel, 0) * ((before > 0) & (before < most))
    return (np.array(model.get_layer("first").kernel) @ signal).reshape(4, 4)


@pytest.mark.parametrize(
    "layer",
    [
        layers.ReLU(),
        layers.Activation("relu"),
        layers.Lambda(ops.relu),
        layers.Lambda(ops.relu6),
        layers.ReLU(6),
    ],
    ids=["layer", "activation", "function", "relu6", "ReLU(6)"],
)
def test_it_is_what_one_computes_by_hand(layer: layers.Layer) -> None:
    model = dense(layer)
    recording = record(model, numbers(1, 4, 4, 1))
    found = recording.guided_backprop(1)
    expected = by_hand(model, recording, most=6)
    np.testing.assert_allclose(found.input[0, ..., 0], expected, rtol=1e-5, atol=1e-6)
    assert found.relus == 1
    assert not np.allclose(found.input, recording.gradients(1).input)


@pytest.mark.parametrize(
    "layer",
    [
        layers.PReLU(alpha_initializer="ones"),
        layers.Activation("hard_sigmoid"),
        layers.Activation("hard_silu"),
        layers.LeakyReLU(),
        layers.Activation("silu"),
        layers.Activation("gelu"),
    ],
    ids=["prelu", "hard sigmoid", "hard silu", "leaky", "silu", "gelu"],
)
def test_what_is_no_relu_passes_as_it_is(layer: layers.Layer) -> None:
    # Behind a ReLU of its own, or it would be refused.
    model = dense(layer, layers.Dense(5), layers.ReLU())
    recording = record(model, numbers(1, 4, 4, 1))
    found, plain = recording.guided_backprop(1), recording.gradients(1)
    assert found.relus == 1
    # The signal before it is the one behind it times its own derivative.
    path = next(path for path in recording.layers if path not in ("flatten", "first"))
    after, before = (np.asarray(each) for each in (found[path], found["first"]))
    slope = plain["first"] / plain[path]
    np.testing.assert_allclose(before, after * slope, rtol=1e-3, atol=1e-5)
    assert "guided at 1 ReLUs; not at 1 " in found.label


def test_without_a_relu_it_is_refused() -> None:
    recording = record(dense(layers.Activation("silu")), numbers(1, 4, 4, 1))
    with pytest.raises(ValueError, match=r"no ReLU before the target, but 1 silu.*gradients\(\)"):
        recording.guided_backprop(1)


@pytest.mark.parametrize("name", ["nested", "subclassed", "shared", "activations"])
def test_gradients_afterwards_are_plain(name: str) -> None:
    keras.utils.set_random_seed(3)
    model, given = KINDS[name]()
    recording = record(model, given)
    before = recording.gradients(1)
    with suppress(ValueError):
        recording.guided_backprop(1)
    np.testing.assert_array_equal(recording.gradients(1).input, before.input)


class Failing(layers.Layer):
    error: BaseException | None = None

    def call(self, x: Any) -> Any:
        if self.error is not None:
            raise self.error
        return ops.relu(x)


@pytest.mark.parametrize("error", [ArithmeticError("no luck"), KeyboardInterrupt()])
def test_an_error_leaves_nothing_guided(error: BaseException) -> None:
    failing = Failing(name="failing")
    model = dense(layers.ReLU(), failing)
    recording = record(model, numbers(1, 4, 4, 1))
    before = recording.gradients(1).input
    failing.error = error
    with pytest.raises(type(error)):
        recording.guided_backprop(1)
    failing.error = None
    np.testing.assert_array_equal(recording.gradients(1).input, before)


@on_tensorflow
def test_a_function_that_is_traced_meanwhile_stays_plain() -> None:
    import tensorflow as tf

    @tf.function
    def rectify(x: Any) -> Any:
        return tf.nn.relu(x)

    inputs = keras.Input((4, 4, 1))
    x = layers.Flatten()(inputs)
    x = layers.ReLU()(layers.Dense(6)(x))
    x = layers.Lambda(rectify)(layers.Dense(6)(x))
    model = keras.Model(inputs, layers.Dense(3, activation="softmax")(x))
    recording = record(model, numbers(1, 4, 4, 1))
    recording.guided_backprop(1)
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(-rectify(x))
    np.testing.assert_array_equal(tape.gradient(y, x), [-1, -1])


@on_tensorflow
def test_other_threads_are_not_guided() -> None:
    import tensorflow as tf

    found = []

    def differentiate() -> None:
        x = tf.constant([1.0, 2.0])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(-tf.nn.relu(x))
        found.append(tape.gradient(y, x).numpy())

    class Meanwhile(layers.Layer):
        def call(self, x: Any) -> Any:
            @tf.custom_gradient
            def identity(x: Any) -> Any:
                def gradient(grad: Any) -> Any:
                    thread = threading.Thread(target=differentiate)
                    thread.start()
                    thread.join()
                    return grad

                return tf.identity(x), gradient

            return identity(x)

    recording = record(dense(layers.ReLU(), Meanwhile()), numbers(1, 4, 4, 1))
    recording.guided_backprop(1)
    assert found
    np.testing.assert_array_equal(found[-1], [-1, -1])
