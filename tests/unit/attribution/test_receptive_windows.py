"""Receptive fields by arithmetic are those that probes of the model find."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import pytest
from keras import layers

from actwidget import Recording, record

SIZE = (61, 60)


def every_rule() -> keras.Model:
    inputs = keras.Input((*SIZE, 3))
    x = layers.Rescaling(1 / 255)(inputs)
    x = layers.Conv2D(4, 3, strides=2, padding="same")(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.ZeroPadding2D(((0, 1), (0, 1)))(x)
    x = layers.DepthwiseConv2D(3, strides=2)(x)
    x = layers.MaxPooling2D(2)(x)
    added = layers.Add()([x, layers.Conv2D(4, 3, padding="same")(x)])
    x = layers.Concatenate()([added, x])
    x = layers.AveragePooling2D((3, 1), strides=(1, 2), padding="same")(x)
    x = layers.SeparableConv2D(4, 3)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(x))


@pytest.fixture(scope="module")
def recorded() -> Recording:
    return record(every_rule(), np.random.default_rng(0).uniform(0, 255, (1, *SIZE, 3)))


def test_arithmetic_knows_all_but_the_dense_layer(recorded: Recording) -> None:
    known = recorded.receptive_windows()
    unknown = [path for path in recorded.layers if path not in known]
    assert [recorded[path].layer_type for path in unknown] == ["Dense"]


@pytest.mark.parametrize("number", range(12))
def test_arithmetic_and_probes_find_the_same_boxes(recorded: Recording, number: int) -> None:
    path = recorded.layers[number]
    windows = recorded.receptive_windows()[path]
    entry, field = recorded[path], recorded.receptive_field(path)
    for row in {0, 1, entry.height // 2, entry.height - 1} & set(range(entry.height)):
        for column in {0, 1, entry.width // 2, entry.width - 1} & set(range(entry.width)):
            seen = field._seen(row, column)
            assert field.box(row, column) == seen
            if windows is None:
                assert seen == (0, 0, *SIZE)
                continue
            (top, bottom), (left, right) = windows[0].of(row), windows[1].of(column)
            # A unit of a padding sees nothing.
            empty = top >= bottom or left >= right
            assert seen == ((0, 0, 0, 0) if empty else (top, left, bottom, right))


class Shifted(layers.Layer):
    def call(self, x: object) -> object:
        return keras.ops.roll(x, 3, axis=1)


class MyConv(layers.Conv2D):
    def call(self, x: object) -> object:
        return keras.ops.roll(super().call(x), 3, axis=1)


def dilated() -> layers.Layer:
    # Windows with holes, some of which lie over the edge.
    return layers.Conv2D(3, 3, padding="same", dilation_rate=2)


@pytest.mark.parametrize("odd", [Shifted, lambda: MyConv(3, 3, padding="same"), dilated])
def test_what_follows_no_rule_is_not_guessed(odd: Callable[[], layers.Layer]) -> None:
    inputs = keras.Input((16, 16, 3))
    x = layers.Conv2D(3, 3, name="before")(inputs)
    x = odd()(x)
    x = layers.Conv2D(3, 3, name="behind")(x)
    recorded = record(keras.Model(inputs, x), np.zeros((1, 16, 16, 3), np.float32))
    known = recorded.receptive_windows()
    assert "before" in known
    assert "behind" not in known
