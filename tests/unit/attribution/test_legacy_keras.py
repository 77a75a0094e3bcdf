"""Models of tf_keras are explained like those of Keras 3."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from differentiable_models import numbers

from actwidget import Recording, record

tf_keras = pytest.importorskip("tf_keras")

Made = tuple[Any, np.ndarray, Recording]


@pytest.fixture(scope="module")
def made() -> Made:
    tf_keras.utils.set_random_seed(3)
    inputs = tf_keras.Input((8, 8, 3))
    x = tf_keras.layers.Conv2D(4, 3, activation="relu", name="conv")(inputs)
    x = tf_keras.layers.BatchNormalization(name="normalization")(x)
    x = tf_keras.layers.Flatten(name="flatten")(x)
    model = tf_keras.Model(inputs, tf_keras.layers.Dense(3, activation="softmax", name="dense")(x))
    given = numbers(2, 8, 8, 3)
    return model, given, record(model, given)


def test_gradients(made: Made) -> None:
    model, given, recording = made
    found = recording.gradients(1, weights=True)
    assert found.quantity == "logit"
    x = tf.constant(given)
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = model(x, training=False)._keras_logits[:, 1]
    expected = tape.gradient(logits, [x, model.get_layer("conv").kernel])
    np.testing.assert_allclose(found.input, expected[0], rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(found.weights["conv/kernel"], expected[1], rtol=1e-4, atol=1e-6)


def test_guided_backpropagation(made: Made) -> None:
    assert made[2].guided_backprop(1).relus == 1


def test_ablation(made: Made) -> None:
    model, _, recording = made
    found = recording.ablate("normalization", channels=[2])
    maps = np.array(recording["normalization"].maps)
    maps[..., 2] = 0
    kernel, bias = (np.array(each) for each in model.get_layer("dense").weights)
    expected = maps.reshape(2, -1) @ kernel + bias
    np.testing.assert_allclose(found.after[:, 0], expected, rtol=1e-4, atol=1e-5)


def test_receptive_fields_are_for_keras_3(made: Made) -> None:
    with pytest.raises(ValueError, match="is of tf_keras"):
        made[2].receptive_field("conv")
