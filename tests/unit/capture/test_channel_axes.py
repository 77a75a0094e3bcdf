"""The channel axis of every output is found, whatever the data format."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from recorded import after_input, numbers
from small_models import with_layout

from actwidget.capture.record import record


@pytest.mark.parametrize("given", ["channels_first", "channels_last"])
def test_channels_first_gives_the_same_maps(given: str) -> None:
    last, first = with_layout("channels_last"), with_layout("channels_first")
    first.set_weights(last.get_weights())
    batch = numbers(2, 12, 14, 3)
    expected = record(last, batch)
    found = record(first, batch.transpose(0, 3, 1, 2) if given == "channels_first" else batch)
    assert list(found) == list(expected)
    for path in expected:
        np.testing.assert_allclose(found[path].maps, expected[path].maps, atol=1e-5)
        assert found[path].maps.flags.c_contiguous
    np.testing.assert_array_equal(found.inputs, batch)
    np.testing.assert_array_equal(found.images, batch)


def test_layouts_are_told_apart_in_one_model() -> None:
    inputs = keras.Input((8, 9, 2))
    x = layers.Conv2D(3, 3, padding="same", name="last")(inputs)
    x = layers.Permute((3, 1, 2), name="permute")(x)
    x = layers.Activation("relu", name="relu")(x)
    x = layers.Conv2D(5, 1, data_format="channels_first", name="first")(x)
    x = layers.Permute((2, 3, 1), name="back")(x)
    x = layers.Conv2D(7, 1, name="again")(x)
    recording = record(keras.Model(inputs, x), numbers(8, 9, 2))
    shapes = {path: entry.maps.shape[1:] for path, entry in after_input(recording).items()}
    assert shapes == {
        "last": (8, 9, 3),
        "permute": (8, 9, 3),
        "relu": (8, 9, 3),
        "first": (8, 9, 5),
        "back": (8, 9, 5),
        "again": (8, 9, 7),
    }
    np.testing.assert_array_equal(recording["permute"].maps, recording["last"].maps)


class Branches(keras.Model):
    def __init__(self) -> None:
        super().__init__(name="branches")
        self.last = layers.Conv2D(3, 1, name="last")
        self.permute = layers.Permute((3, 1, 2), name="permute")
        self.first = layers.Conv2D(5, 1, data_format="channels_first", name="first")
        self.relus = [layers.ReLU(name="relu_last"), layers.ReLU(name="relu_first")]

    def call(self, x: Any) -> Any:
        last, first = self.last(x), self.first(self.permute(x))
        return [relu(branch) for relu, branch in zip(self.relus, (last, first), strict=True)]


def test_a_layer_without_a_layout_has_that_of_what_it_was_given() -> None:
    recording = record(Branches(), numbers(8, 9, 2))
    assert recording["relu_last"].maps.shape == (1, 8, 9, 3)
    assert recording["relu_first"].maps.shape == (1, 8, 9, 5)


def test_a_permuted_input_is_read_as_the_model_takes_it() -> None:
    inputs = keras.Input((8, 9, 3))
    x = layers.Permute((3, 1, 2), name="permute")(inputs)
    x = layers.Conv2D(5, 1, data_format="channels_first", name="first")(x)
    recording = record(keras.Model(inputs, x), numbers(8, 9, 3))
    np.testing.assert_array_equal(recording["permute"].maps, recording.inputs)
