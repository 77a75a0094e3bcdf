"""Small models to record, and layers that misbehave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers


def small_cnn(*, shape: tuple[int | None, ...] = (12, 14, 3), name: str = "small") -> keras.Model:
    inputs = keras.Input(shape)
    x = layers.Conv2D(4, 3, activation="relu", name="conv")(inputs)
    x = layers.BatchNormalization(name="normalization")(x)
    x = layers.Activation("tanh", name="activation")(x)
    x = layers.MaxPooling2D(name="pool")(x)
    x = layers.Dropout(0.5, name="dropout")(x)
    x = layers.GlobalAveragePooling2D(name="average")(x)
    return keras.Model(inputs, layers.Dense(5, activation="softmax", name="dense")(x), name=name)


def outputs_of(model: keras.Model, batch: np.ndarray) -> dict[str, np.ndarray]:
    """What a multi-output model gives for the layers of a functional model."""
    inner = [layer for layer in model.layers if not isinstance(layer, layers.InputLayer)]
    every = keras.Model(model.inputs, [layer.output for layer in inner])
    outputs = every(batch, training=False)
    return {layer.name: np.asarray(output) for layer, output in zip(inner, outputs, strict=True)}


def with_layout(layout: str) -> keras.Model:
    first = layout == "channels_first"
    form = {"data_format": layout}
    inputs = keras.Input((3, 12, 14) if first else (12, 14, 3))
    x = layers.Conv2D(4, 3, name="conv", **form)(inputs)
    x = layers.BatchNormalization(axis=1 if first else -1, name="normalization")(x)
    x = layers.ReLU(name="relu")(x)
    x = layers.Dropout(0.5, name="dropout")(x)
    x = layers.Add(name="add")([x, layers.Activation("tanh", name="tanh")(x)])
    x = x * 0.5
    x = layers.LeakyReLU(name="leaky")(x)
    x = layers.AveragePooling2D(2, name="pool", **form)(x)
    x = layers.GlobalMaxPooling2D(name="largest", **form)(x)
    return keras.Model(inputs, layers.Dense(5, name="dense")(x), name=layout)


class Failing(layers.Layer):  # type: ignore[misc]
    """Raises at the second call, which is the one with numbers."""

    error: type[BaseException] = ArithmeticError

    def call(self, x: Any) -> Any:
        if isinstance(x, tf.Tensor) and tf.executing_eagerly():
            raise self.error("no luck")
        return x


class Waiting(layers.Layer):  # type: ignore[misc]
    """Runs a function in the middle of the pass."""

    meanwhile: Callable[[], None] | None = None

    def call(self, x: Any) -> Any:
        if self.meanwhile is not None and tf.executing_eagerly():
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        return x + 0


def waiting_model() -> tuple[keras.Model, Waiting]:
    waiting = Waiting(name="waiting")
    waiting.meanwhile = lambda: None
    model = keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            layers.Conv2D(2, 3, name="conv"),
            waiting,
            layers.ReLU(name="relu"),
        ]
    )
    return model, waiting


def traces(model: Any) -> dict[str, Any]:
    """What wrapping would change."""
    every = [model, *model._flatten_layers(include_self=False, recursive=True)]
    return {
        "attributes": [(layer.name, list(layer.__dict__)) for layer in every],
        "calls": [(layer.call.__func__, layer.quantized_call.__func__) for layer in every],
        "weights": [weight.tobytes() for weight in model.get_weights()],
        "trainable": [layer.trainable for layer in every],
    }
