"""Small models of every kind, each with an input: whatever backend Keras has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers, ops

Made = tuple[keras.Model, Any]

KINDS: dict[str, Callable[[], Made]] = {}


def kind(make: Callable[[], Made]) -> Callable[[], Made]:
    KINDS[make.__name__.replace("_", " ")] = make
    return make


def numbers(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype("f4")


def made(name: str) -> Made:
    """A model of a kind and its input; its weights are the same on every backend.

    Keras's initializers draw other numbers on each, with some of which a numerical difference
    crosses a kink of an activation.
    """
    keras.utils.set_random_seed(3)
    model, given = KINDS[name]()
    model(keras.tree.map_structure(ops.convert_to_tensor, given), training=False)
    for number, weight in enumerate(model.trainable_weights):
        # What is all ones or zeros stays so.
        deviation = float(np.std(ops.convert_to_numpy(weight)))
        if deviation:
            weight.assign(numbers(*weight.shape, seed=100 + number) * deviation)
    for layer in model._flatten_layers(include_self=False):
        if getattr(layer, "stateful", False):
            layer.reset_state()
    return model, given


def ended(x: Any, inputs: Any) -> keras.Model:
    if len(x.shape) > 2:
        pool = {3: layers.GlobalAveragePooling1D, 4: layers.GlobalAveragePooling2D}
        x = pool.get(len(x.shape), layers.GlobalAveragePooling3D)(name="average")(x)
    return keras.Model(inputs, layers.Dense(4, activation="softmax", name="dense")(x))


@kind
def functional() -> Made:
    inputs = keras.Input((8, 9, 3))
    x = layers.Conv2D(4, 3, activation="tanh", name="conv")(inputs)
    x = layers.BatchNormalization(name="normalization")(x)
    x = layers.Dropout(0.5, name="dropout")(x)
    return ended(layers.Add(name="add")([x, x * 0.5]), inputs), numbers(2, 8, 9, 3)


@kind
def nested() -> Made:
    inner_input = keras.Input((8, 8, 3))
    inner = keras.Model(
        inner_input, layers.Conv2D(4, 3, activation="silu", name="conv")(inner_input), name="inner"
    )
    inputs = keras.Input((8, 8, 3))
    return ended(inner(inputs), inputs), numbers(2, 8, 8, 3)


class Subclassed(keras.Model):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(name="subclassed")
        self.conv = layers.Conv2D(4, 3, activation="gelu", name="conv")
        self.average = layers.GlobalAveragePooling2D(name="average")
        self.dense = layers.Dense(4, name="dense")

    def call(self, x: Any) -> Any:
        return ops.softmax(self.dense(self.average(self.conv(x) * 2)))


@kind
def subclassed() -> Made:
    return Subclassed(), numbers(2, 8, 8, 3)


@kind
def sequential() -> Made:
    parts = [
        layers.Conv2D(4, 3, activation="elu", name="conv"),
        layers.Flatten(name="flatten"),
        layers.Dense(4, name="dense"),
        layers.Softmax(name="softmax"),
    ]
    return keras.Sequential(parts), numbers(2, 6, 6, 1)


@kind
def shared() -> Made:
    inputs = keras.Input((8, 8, 3))
    layer = layers.Conv2D(3, 3, padding="same", activation="tanh", name="conv")
    return ended(layer(layer(inputs)), inputs), numbers(2, 8, 8, 3)


@kind
def several_inputs() -> Made:
    left, right = keras.Input((8, 8, 3), name="left"), keras.Input((8, 8, 3), name="right")
    x = layers.Conv2D(4, 3, name="conv")(left)
    y = layers.Conv2D(4, 3, activation="tanh", name="other")(right)
    together = layers.Multiply(name="together")([x, y])
    given = {"left": numbers(2, 8, 8, 3), "right": numbers(2, 8, 8, 3, seed=1)}
    return ended(together, {"left": left, "right": right}), given


@kind
def several_outputs() -> Made:
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, activation="tanh", name="conv")(inputs)
    x = layers.GlobalAveragePooling2D(name="average")(x)
    first = layers.Dense(2, name="first")(x)
    second = layers.Dense(4, activation="softmax", name="dense")(x)
    return keras.Model(inputs, [first, second]), numbers(2, 8, 8, 3)


@kind
def recurrent() -> Made:
    inputs = keras.Input((6, 5))
    x = layers.LSTM(4, return_sequences=True, name="lstm")(inputs)
    x = layers.Bidirectional(layers.GRU(3, name="gru"), name="both")(x)
    return ended(x, inputs), numbers(2, 6, 5)


@kind
def images_over_time() -> Made:
    inputs = keras.Input((3, 7, 7, 2))
    x = layers.TimeDistributed(layers.Conv2D(3, 3, name="conv"), name="each")(inputs)
    x = layers.ConvLSTM2D(3, 3, name="convlstm")(x)
    return ended(x, inputs), numbers(2, 3, 7, 7, 2)


@kind
def attention() -> Made:
    inputs = keras.Input((6, 8))
    x = layers.MultiHeadAttention(2, 4, name="attention")(inputs, inputs)
    x = layers.LayerNormalization(name="normalization")(x)
    return ended(layers.Dense(5, activation="gelu", name="wide")(x), inputs), numbers(2, 6, 8)


@kind
def convolutions() -> Made:
    inputs = keras.Input((9, 9, 4))
    x = layers.Conv2D(4, 3, groups=2, name="grouped")(inputs)
    x = layers.DepthwiseConv2D(3, padding="same", name="depthwise")(x)
    x = layers.SeparableConv2D(5, 3, padding="same", name="separable")(x)
    x = layers.Conv2DTranspose(3, 3, strides=2, name="transposed")(x)
    return ended(layers.Activation("tanh", name="activation")(x), inputs), numbers(2, 9, 9, 4)


@kind
def activations() -> Made:
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, activation="silu", name="conv")(inputs)
    x = layers.LeakyReLU(name="leaky")(x)
    x = layers.PReLU(alpha_initializer="ones", name="prelu")(x)
    return ended(layers.ReLU(6, name="relu6")(x), inputs), numbers(2, 8, 8, 3)


@kind
def volumes() -> Made:
    inputs = keras.Input((5, 6, 7, 2))
    x = layers.Conv3D(3, 3, activation="tanh", name="conv")(inputs)
    x = layers.Conv3DTranspose(2, 2, name="transposed")(x)
    return ended(x, inputs), numbers(2, 5, 6, 7, 2)


@kind
def calling_functions() -> Made:
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, name="conv")(inputs)
    x = layers.Lambda(lambda t: ops.tanh(t) * t, name="function")(x)
    return ended(x, inputs), numbers(2, 8, 8, 3)


class Counting(layers.Layer):  # type: ignore[misc]
    """Writes into variables of its own."""

    def build(self, shape: Any) -> None:
        self.count = self.add_weight(shape=(), trainable=False, name="count")

    def call(self, x: Any) -> Any:
        self.count.assign(self.count + 1)
        return x * (1 + 0 * self.count)


@kind
def writing() -> Made:
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, activation="tanh", name="conv")(inputs)
    return ended(Counting(name="counting")(x), inputs), numbers(2, 8, 8, 3)


@kind
def stateful() -> Made:
    inputs = keras.Input(batch_shape=(2, 5, 4))
    return ended(layers.LSTM(3, stateful=True, name="lstm")(inputs), inputs), numbers(2, 5, 4)
