"""Layers that write in ``call`` what is theirs: weights, metrics, attributes, losses."""

from __future__ import annotations

import random
from collections import deque
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

GLOBAL = tf.Variable(0.0)
GENERATOR = np.random.default_rng(4)


class Counter(layers.Layer):  # type: ignore[misc]
    """Counts its calls in a weight."""

    def build(self, shape: Any) -> None:
        self.count = self.add_weight(shape=(), initializer="zeros", trainable=False, name="count")

    def call(self, x: Any) -> Any:
        self.count.assign_add(1.0)
        return x + self.count


class CodeBook(layers.Layer):  # type: ignore[misc]
    """Moves the nearest of its codes towards what it is given, as a VQ-VAE with averages does."""

    def build(self, shape: Any) -> None:
        self.codes = self.add_weight(shape=(5, shape[-1]), initializer="random_normal")
        self.is_ready = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, x: Any) -> Any:
        rows = ops.reshape(x, (-1, x.shape[-1]))
        distance = ops.sum((rows[:, None] - self.codes[None]) ** 2, -1)
        nearest = ops.one_hot(ops.argmin(distance, 1), 5)
        self.codes.assign(0.9 * self.codes + 0.1 * ops.matmul(ops.transpose(nearest), rows))
        self.is_ready.assign(1.0)
        return ops.reshape(ops.matmul(nearest, self.codes), ops.shape(x))


class Measuring(layers.Layer):  # type: ignore[misc]
    """Updates metrics, and adds losses."""

    def __init__(self, **options: Any) -> None:
        super().__init__(activity_regularizer="l2", **options)
        self.mean = keras.metrics.Mean()
        self.several = [keras.metrics.Sum(), {"accuracy": keras.metrics.MeanSquaredError()}]

    def call(self, x: Any) -> Any:
        self.mean.update_state(ops.mean(x))
        self.several[0].update_state(x)
        self.several[1]["accuracy"].update_state(x, x + 1)
        self.add_loss(ops.sum(x))
        return x + self.mean.result() + self.several[0].result()


class Training(layers.Layer):  # type: ignore[misc]
    """Always trains its normalization, and drops always."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.norm, self.drop = layers.BatchNormalization(), layers.Dropout(0.5, seed=3)

    def call(self, x: Any) -> Any:
        return self.drop(self.norm(x, training=True), training=True)


class Spectral(layers.Layer):  # type: ignore[misc]
    """One step of the power iteration at every call."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.conv = layers.SpectralNormalization(layers.Conv2D(2, 3, padding="same"))

    def call(self, x: Any) -> Any:
        return self.conv(x, training=True)


class Helper:
    """No layer: Keras does not look into it."""

    def __init__(self) -> None:
        self.variable = tf.Variable([1.0, 2.0])
        self.nested = {"deep": [tf.Variable(3.0)]}


class Module(tf.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.total = tf.Variable(0.0)
        self.calls = 0


class Hidden(layers.Layer):  # type: ignore[misc]
    """Keeps variables where Keras does not see them."""

    shared = tf.Variable(0.0)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.helper, self.module = Helper(), Module()
        self.boxed = {"list": [tf.Variable(0.0)], "tuple": (tf.Variable(0.0), 1)}
        closed = tf.Variable(0.0)

        def step() -> Any:
            closed.assign_add(1.0)
            return closed + GLOBAL

        self.step, self.closed = step, [closed]
        self.average = tf.train.ExponentialMovingAverage(0.9)
        self.average.apply([self.helper.variable])

    def variables_of_mine(self) -> list[Any]:
        return [
            *(self.helper.variable, self.helper.nested["deep"][0], self.module.total, self.shared),
            *(self.boxed["list"][0], self.boxed["tuple"][0], *self.closed, GLOBAL),
            self.average.average(self.helper.variable),
        ]

    def call(self, x: Any) -> Any:
        total = self.step()
        for variable in self.variables_of_mine():
            total += ops.sum(variable)
            variable.assign_add(tf.ones_like(variable))
        self.module.calls += 1
        return x + total + self.module.calls


class Remembering(layers.Layer):  # type: ignore[misc]
    """Counts in numbers, arrays and containers of Python."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.calls, self.last, self.seen = 0, None, [1.0]
        self.counts = np.zeros(3)
        self.by_name, self.recent = {"calls": [0]}, deque([0.0], maxlen=2)
        self.generator, self.random = np.random.default_rng(3), random.Random(3)

    def call(self, x: Any) -> Any:
        self.calls += 1
        self.counts[1] += 1
        self.seen.append(self.calls)
        self.recent.append(self.calls)
        self.by_name["calls"][0] += 1
        self.by_name[f"call {self.calls}"] = [self.calls]
        before, self.last = self.last, x
        self.added = getattr(self, "added", 0) + 1
        number = self.generator.random() + self.random.random() + GENERATOR.random()
        number += self.calls + sum(self.counts) + len(self.seen) + self.added + len(self.by_name)
        return x + number + (0 if before is None else 100) + sum(self.recent)


WRITING: dict[str, Any] = {
    "counter": Counter,
    "code book": CodeBook,
    "metrics and losses": Measuring,
    "training": Training,
    "spectral": Spectral,
    "hidden variables": Hidden,
    "attributes": Remembering,
}


def writing_model(kind: str, *, nested: bool = False) -> Any:
    """Make a functional model of a layer that writes, within another model or not."""
    parts = [
        layers.Conv2D(2, 3, padding="same", name="conv"),
        WRITING[kind](name="writing"),
        layers.GlobalAveragePooling2D(name="pool"),
    ]
    if nested:
        inner = keras.Sequential([keras.Input((6, 7, 3)), *parts], name="inner")
        return keras.Sequential([keras.Input((6, 7, 3)), inner, layers.Dense(2, name="dense")])
    return keras.Sequential([keras.Input((6, 7, 3)), *parts])


def unbuilt_model(kind: str) -> Any:
    """Make the same without an input."""
    return keras.Sequential([layers.Conv2D(2, 3, padding="same"), WRITING[kind](name="writing")])
