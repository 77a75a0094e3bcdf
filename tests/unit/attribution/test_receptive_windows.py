"""Receptive fields by arithmetic are those that probes of the model find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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


@pytest.mark.parametrize("layer_type", ["Conv2D", "MaxPooling2D", "ReLU", "Add", "SeparableConv2D"])
def test_layers_that_were_not_recorded_are_not_passed_over(
    recorded: Recording, layer_type: str
) -> None:
    """What a unit sees is the same in a recording of some layers, or it is not known."""
    kept = [path for path in recorded.layers if recorded[path].layer_type != layer_type]
    some = recorded.recorded_model.record(np.asarray(recorded.images))
    assert some.receptive_windows() == recorded.receptive_windows()
    model = recorded.recorded_model.tree.model  # type: ignore[attr-defined]
    part = record(model, np.asarray(recorded.images), layers=kept)
    whole, known = recorded.receptive_windows(), part.receptive_windows()
    assert {path: whole[path] for path in known} == known
    left_out = next(path for path in recorded.layers if recorded[path].layer_type == layer_type)
    first = kept.index(next(path for path in kept if left_out in recorded[path].inputs))
    assert kept[first] not in known
    # The look at a unit needs no other layer.
    assert part.receptive_field(kept[first]).box(0, 0) == recorded.receptive_field(kept[first]).box(
        0, 0
    )


def test_an_operation_outside_layers_leaves_the_field_unknown() -> None:
    class Joined(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="joined")
            self.wide = layers.Conv2D(2, 9, padding="same", name="wide")
            self.narrow = layers.Conv2D(2, 3, padding="same", name="narrow")
            self.add = layers.Add(name="add")

        def call(self, inputs: Any) -> Any:
            return self.add([self.narrow(inputs), self.wide(inputs) * 2])

    recording = record(Joined(), np.ones((1, 20, 20, 1), "f4"))
    assert "add" not in recording.receptive_windows()
    assert recording.receptive_field("add").size == (9, 9)
