"""Of several inputs, one of three axes is a sequence, or a picture without a channel axis."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from recorded import numbers, show

from actwidget import record


def joined(sequence: Any, picture: Any) -> Any:
    return layers.Concatenate(name="join")([sequence, picture])


def seen(picture: Any, **options: Any) -> Any:
    return layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3, **options)(picture))


SEQUENCES = {
    "lstm": lambda x: layers.LSTM(6)(x),
    "convolution": lambda x: layers.GlobalMaxPooling1D()(layers.Conv1D(4, 3)(x)),
    "dense": lambda x: layers.GlobalAveragePooling1D()(layers.Dense(4)(x)),
    "attention": lambda x: layers.GlobalAveragePooling1D()(layers.MultiHeadAttention(2, 4)(x, x)),
    "normalized": lambda x: layers.GRU(4)(layers.LayerNormalization()(x)),
    "flat": lambda x: layers.Dense(4)(layers.Flatten()(x)),
    "nested": lambda x: keras.Sequential([keras.Input((10, 20)), layers.LSTM(4)])(x),
    "masked": lambda x: layers.LSTM(4)(layers.Masking()(x)),
}


@pytest.mark.parametrize("order", [0, 1], ids=["first", "last"])
@pytest.mark.parametrize("name", SEQUENCES)
def test_a_sequence_beside_an_image_is_a_sequence(name: str, order: int) -> None:
    sequence, picture = keras.Input((10, 20), name="seq"), keras.Input((8, 8, 3), name="img")
    output = joined(SEQUENCES[name](sequence), seen(picture))
    inputs, given = [sequence, picture], [numbers(2, 10, 20), numbers(2, 8, 8, 3)]
    if order:
        inputs, given = inputs[::-1], given[::-1]
    recording = record(keras.Model(inputs, output), given)
    entry = recording["input:seq"]
    assert (entry.kind, entry.channels, entry.sizes) == ("sequence", 20, (10, 20))
    np.testing.assert_array_equal(entry.maps[..., 0], given[order])
    assert recording.input is not None
    assert recording.input.path == "input:img"
    show(recording)


def test_it_stays_one_beside_a_convolution_of_channels_first() -> None:
    sequence, picture = keras.Input((10, 20), name="seq"), keras.Input((3, 8, 9), name="img")
    output = joined(
        layers.LSTM(6)(sequence),
        layers.GlobalAveragePooling2D(data_format="channels_first")(
            layers.Conv2D(4, 3, data_format="channels_first")(picture)
        ),
    )
    given = [numbers(2, 10, 20), numbers(2, 3, 8, 9)]
    recording = record(keras.Model([sequence, picture], output), given)
    np.testing.assert_array_equal(recording["input:seq"].maps[..., 0], given[0])
    assert recording["input:seq"].kind == "sequence"


@pytest.mark.parametrize("nest", [list, tuple, dict], ids=["list", "tuple", "dict"])
@pytest.mark.parametrize("built", [False, True], ids=["unbuilt", "built"])
def test_so_it_is_of_a_subclassed_model(nest: Any, built: bool) -> None:
    class Both(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="both")
            self.conv, self.pool = layers.Conv2D(4, 3), layers.GlobalAveragePooling2D()
            self.lstm = layers.LSTM(6)

        def call(self, x: Any) -> Any:
            sequence, picture = x.values() if isinstance(x, dict) else x
            return keras.ops.concatenate([self.lstm(sequence), self.pool(self.conv(picture))], -1)

    parts = {"a": numbers(2, 10, 20), "b": numbers(2, 8, 8, 3)}
    given = parts if nest is dict else nest(parts.values())
    model = Both()
    if built:
        model(given)
    recording = record(model, given)
    path = "input:a" if nest is dict else "input:0"
    assert (recording[path].kind, recording[path].channels) == ("sequence", 20)


def test_two_sequences_and_one_that_is_of_vectors() -> None:
    left, right = keras.Input((5, 4), name="left"), keras.Input((6, 3), name="right")
    vector = keras.Input((7,), name="vector")
    output = layers.Concatenate()([layers.LSTM(2)(left), layers.GRU(3)(right), vector])
    recording = record(
        keras.Model([vector, left, right], output),
        [numbers(1, 7), numbers(1, 5, 4), numbers(1, 6, 3)],
    )
    assert recording["input:vector"].kind == "units"
    assert recording["input:right"].kind == "sequence"
    assert recording.input is not None
    assert (recording.input.path, recording.input.kind) == ("input:left", "sequence")


def test_a_picture_without_a_channel_axis_beside_an_image_stays_a_picture() -> None:
    depth, picture = keras.Input((8, 9), name="depth"), keras.Input((8, 9, 3), name="img")
    deep = seen(layers.Reshape((8, 9, 1))(layers.Rescaling(0.1)(depth)))
    recording = record(
        keras.Model([depth, picture], joined(deep, seen(picture))),
        [numbers(1, 8, 9), numbers(1, 8, 9, 3)],
    )
    assert recording["input:depth"].kind == "maps"


@pytest.mark.parametrize(
    "make",
    [
        lambda x: layers.Dense(4)(layers.Flatten()(x)),
        lambda x: seen(layers.Reshape((8, 9, 1))(x)),
        lambda x: seen(layers.Reshape((1, 8, 9))(x), data_format="channels_first", padding="same"),
    ],
    ids=["flattened", "reshaped", "channels first"],
)
def test_a_lone_picture_without_a_channel_axis_is_a_picture(make: Any) -> None:
    x = keras.Input((8, 9))
    recording = record(keras.Model(x, make(x)), numbers(8, 9))
    assert recording.input is not None
    assert recording.input.kind == "maps"
    np.testing.assert_array_equal(recording.images[0, :, :, 0], numbers(8, 9))
