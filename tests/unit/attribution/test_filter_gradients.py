"""On TensorFlow gradients of filters are left out, and nothing else changes."""

from __future__ import annotations

import subprocess
import sys
import threading

import keras
import numpy as np
import pytest
import tensorflow as tf
from differentiable_models import KINDS, numbers
from keras import layers

from actwidget import record
from actwidget.attribution.filter_gradients import WITHOUT_FILTERS, ReplacedGradients

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="only TensorFlow has a registry of gradients"
)

# oneDNN ends the process as it computes the gradient of this filter (TensorFlow 2.21).
CRASH = """
import keras, numpy as np
from keras import layers
from actwidget import record
inputs = keras.Input((60, 60, 8))
x = layers.Conv2D(16, 1, strides=2, padding="same", name="shortcut")(inputs)
x = layers.GlobalAveragePooling2D()(x)
model = keras.Model(inputs, layers.Dense(3, activation="softmax")(x))
found = record(model, np.random.default_rng(0).normal(size=(1, 60, 60, 8))).gradients(0)
print(found.input.shape, bool(found.input.any()))
"""


def test_a_convolution_whose_filter_gradient_ends_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", CRASH], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split("\n")[-2] == "(1, 60, 60, 8) True"


@pytest.mark.parametrize("name", ["convolutions", "volumes", "nested"])
def test_the_other_gradients_are_the_same(name: str) -> None:
    keras.utils.set_random_seed(1)
    model, given = KINDS[name]()
    found = record(model, given).gradients(1)
    x = tf.constant(given)
    with tf.GradientTape() as tape:
        tape.watch(x)
        returned = model(x, training=False)
        target = tf.reduce_sum(returned._keras_logits[:, 1])
    expected = tape.gradient(target, x).numpy()
    np.testing.assert_allclose(found.input.reshape(expected.shape), expected, rtol=1e-5, atol=1e-7)


def test_filters_that_are_wanted_have_theirs() -> None:
    x = tf.constant(numbers(1, 6, 6, 2))
    kernel = tf.Variable(numbers(3, 3, 2, 4))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.nn.conv2d(x, kernel, 1, "SAME") ** 2)
    with ReplacedGradients(WITHOUT_FILTERS):
        found = tape.gradient(y, [x, kernel])
    assert all(each is not None for each in found)


def registered() -> list[object]:
    from tensorflow.python.framework import ops

    return [ops._gradient_registry._registry[name] for name in WITHOUT_FILTERS]


def test_the_registry_is_as_before_also_after_an_error() -> None:
    before = registered()
    with pytest.raises(KeyboardInterrupt), ReplacedGradients(WITHOUT_FILTERS):
        raise KeyboardInterrupt
    assert all(one is other for one, other in zip(before, registered(), strict=True))


def test_other_threads_compute_as_before() -> None:
    """What is left behind by an interrupt does so, too."""
    calls = []

    def noting(before: object) -> object:
        def gradient(op: object, *given: object) -> object:
            calls.append(threading.get_ident())
            return before(op, *given)  # type: ignore[operator]

        return gradient

    def differentiate() -> None:
        x = tf.constant([1.0])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.nn.relu(x)
        tape.gradient(y, x)

    replaced = ReplacedGradients({"Relu": noting})  # type: ignore[dict-item]
    with replaced:
        thread = threading.Thread(target=differentiate)
        thread.start()
        thread.join()
        assert calls == []
        differentiate()
        assert calls == [threading.get_ident()]


def test_without_the_registry_nothing_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actwidget.attribution.filter_gradients.gradient_registry", dict)
    inputs = keras.Input((6, 6, 2))
    x = layers.Flatten()(layers.Conv2D(4, 3)(inputs))
    model = keras.Model(inputs, layers.Dense(3, activation="softmax")(x))
    assert record(model, numbers(1, 6, 6, 2)).gradients(0).input.any()
