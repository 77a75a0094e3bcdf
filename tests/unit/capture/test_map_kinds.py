"""What a map is: every output gets a picture, and what can't be told can be stated."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from recorded import numbers, reasons, show

from actwidget import ActivationWidget, record
from actwidget.capture.feature_maps import maps_view
from actwidget.recording.layer import LayerMaps


@pytest.mark.parametrize(
    ("shape", "kind", "maps", "depth"),
    [
        ((2,), "units", (2, 1, 1, 1), 1),
        ((2, 5), "units", (2, 1, 1, 5), 1),
        ((2, 7, 5), "sequence", (2, 7, 5, 1), 1),
        ((2, 3, 4, 5), "maps", (2, 3, 4, 5), 1),
        ((2, 6, 3, 4, 5), "maps", (2, 18, 4, 5), 6),
        ((2, 3, 2, 3, 4, 5), "maps", (2, 18, 4, 5), 6),
    ],
)
def test_outputs_of_any_number_of_axes(
    shape: tuple[int, ...], kind: str, maps: tuple[int, ...], depth: int
) -> None:
    values = numbers(*shape)
    found = maps_view(values, len(shape) - 1).in_memory()
    assert (found.kind, found.values.shape, found.depth) == (kind, maps, depth)
    np.testing.assert_array_equal(found.values.ravel(), values.ravel())
    assert np.shares_memory(found.values, values)
    assert not found.values.flags.writeable


@pytest.mark.parametrize(
    ("shape", "axis"), [((2, 5, 7), 1), ((2, 5, 3, 4), 1), ((2, 3, 5, 4), 2), ((2, 5, 6, 3, 4), 1)]
)
def test_a_channel_axis_that_is_not_the_last_is_moved(shape: tuple[int, ...], axis: int) -> None:
    values = numbers(*shape)
    found = maps_view(values, axis).in_memory()
    np.testing.assert_array_equal(found.values.ravel(), np.moveaxis(values, axis, -1).ravel())
    assert found.values.flags.c_contiguous


def test_a_volume_is_looked_at_slice_by_slice() -> None:
    values = numbers(2, 6, 3, 4, 5)
    found = maps_view(values, 4).in_memory()
    entry = LayerMaps("conv", "Conv3D", "relu", found.kind, found.values, found.depth)
    np.testing.assert_array_equal(entry.volume, values)
    assert repr(entry) == "<LayerMaps conv: Conv3D + relu, 6 × 3 × 4 × 5>"
    one = entry.slice(4)
    np.testing.assert_array_equal(one.maps, values[:, 4])
    assert (one.height, one.width, one.channels, one.depth) == (3, 4, 5, 1)
    # What is strong in one slice is so beside the others.
    assert one.statistics is entry.statistics
    assert one.statistics.layer_maximum == values.max()
    with pytest.raises(IndexError, match="slice is 6; conv has slices 0 to 5"):
        entry.slice(6)


def test_an_entry_that_is_no_volume_has_one_slice() -> None:
    entry = LayerMaps("conv", "Conv2D", None, "maps", numbers(2, 3, 4, 5))
    np.testing.assert_array_equal(entry.slice(0).maps, entry.maps)


# Token grids


def vision_transformer(grid: tuple[int, int], leading: int) -> keras.Model:
    rows, columns = grid
    inputs = keras.Input((rows * 2, columns * 2, 3))
    x = layers.Conv2D(8, 2, strides=2, name="patches")(inputs)
    x = layers.Reshape((rows * columns, 8), name="tokens")(x)
    if leading:
        x = layers.ZeroPadding1D((leading, 0), name="leading")(x)
    x = layers.LayerNormalization(name="norm")(x)
    x = layers.Add(name="add")([x, layers.MultiHeadAttention(2, 4, name="attention")(x, x)])
    x = layers.GlobalAveragePooling1D(name="average")(x)
    return keras.Model(inputs, x, name="vit")


@pytest.mark.parametrize("leading", [0, 1, 5])
def test_tokens_of_a_vision_transformer_are_maps_when_told_so(leading: int) -> None:
    model = vision_transformer((4, 5), leading)
    plain = record(model, numbers(2, 8, 10, 3))
    recording = record(model, numbers(2, 8, 10, 3), grid=(4, 5))
    assert plain["norm"].kind == "sequence"
    assert plain["norm"].maps.shape == (2, 20 + leading, 8, 1)
    for path in ("norm", "attention", "add"):
        entry = recording[path]
        assert entry.kind == "maps"
        expected = plain[path].maps[:, leading:, :, 0].reshape(2, 4, 5, 8)
        np.testing.assert_array_equal(entry.maps, expected)
    np.testing.assert_array_equal(recording["tokens"].maps, recording["patches"].maps)
    assert recording["average"].kind == "units"
    show(recording)


def test_grids_by_layer() -> None:
    model = vision_transformer((4, 6), 0)
    recording = record(model, numbers(8, 12, 3), grid={"norm": (3, 8), "att*": (4, 6)})
    assert recording["norm"].maps.shape == (1, 3, 8, 8)
    assert recording["attention"].maps.shape == (1, 4, 6, 8)
    assert recording["add"].kind == "sequence"


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ((7, 7), r"\(7, 7\), which takes outputs of 49 tokens.*has 21 \(leading\)"),
        ((4,), "the rows and columns of a token grid, a pair of whole numbers"),
        ((4, 0), "the rows and columns"),
        ("4x5", "the rows and columns"),
        ({"nrm": (4, 5)}, "grid is 'nrm', which is not known; did you mean 'norm'"),
        ({"norm": 4}, "grid is 4 for 'norm'"),
    ],
)
def test_a_grid_that_fits_nothing_is_refused(grid: Any, message: str) -> None:
    model = vision_transformer((4, 5), 1)
    with pytest.raises(ValueError, match=message):
        record(model, numbers(8, 10, 3), grid=grid, layers=["leading", "norm"])


# The channel axis


def hidden_layout() -> keras.Model:
    """Channels come first, and no layer says so."""
    inputs = keras.Input((6, 7, 3))
    x = layers.Lambda(lambda x: keras.ops.transpose(x, (0, 3, 1, 2)), name="turned")(inputs)
    x = layers.ReLU(name="relu")(x)
    return keras.Model(inputs, layers.Activation("tanh", name="tanh")(x), name="hidden")


def test_a_channel_axis_that_cannot_be_told_is_stated() -> None:
    batch = numbers(2, 6, 7, 3)
    assert record(hidden_layout(), batch)["turned"].maps.shape == (2, 3, 6, 7)
    recording = record(hidden_layout(), batch, channel_axis={"turned": 1})
    np.testing.assert_array_equal(recording["turned"].maps, batch)
    # What follows is given the same tensor, and has its layout.
    assert recording["relu"].maps.shape == recording["tanh"].maps.shape == (2, 6, 7, 3)
    only = record(hidden_layout(), batch, channel_axis={"tanh": -3})
    assert only["relu"].maps.shape == (2, 3, 6, 7)
    assert only["tanh"].maps.shape == (2, 6, 7, 3)


def test_the_channel_axis_of_the_input_is_stated() -> None:
    inputs = keras.Input((3, 6, 7))
    model = keras.Model(inputs, layers.ReLU(name="relu")(inputs))
    recording = record(model, numbers(2, 3, 6, 7), channel_axis={"input": 1})
    assert recording.images.shape == (2, 6, 7, 3)
    assert recording["relu"].maps.shape == (2, 6, 7, 3)


@pytest.mark.parametrize(
    ("stated", "error", "message"),
    [
        ({"turnd": 1}, ValueError, "channel_axis is 'turnd', which is not known.*'turned'"),
        ({"turned": 4}, ValueError, r"of turned is 4, but its output has the shape \(1, 3, 6, 7\)"),
        ({"turned": 0}, ValueError, "of 'turned' is 0; it takes the number of an axis"),
        ({"turned": "first"}, ValueError, "is 'first'; it takes the number of an axis"),
        ({"input": 7}, ValueError, "hidden takes inputs of 4 axes"),
        (1, TypeError, "channel_axis is 1; it takes a dict from layers to axes"),
    ],
)
def test_a_channel_axis_that_means_nothing_is_refused(
    stated: Any, error: Any, message: str
) -> None:
    with pytest.raises(error, match=message):
        record(hidden_layout(), numbers(6, 7, 3), channel_axis=stated)


# What has none


def test_what_has_no_picture_is_named_with_the_reason() -> None:
    class Ragged(layers.Layer):
        def call(self, x: Any) -> Any:
            import tensorflow as tf

            return tf.RaggedTensor.from_tensor(x) if tf.executing_eagerly() else x

    class Model(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="model")
            self.ragged = Ragged(name="ragged")
            self.nothing = layers.Lambda(lambda x: None, name="nothing")
            self.complex = layers.Lambda(lambda x: np.full((1, 5), 1j), name="complex")
            self.relu = layers.ReLU(name="relu")

        def call(self, x: Any) -> Any:
            self.ragged(x), self.nothing(x), self.complex(x)
            return self.relu(x)

    model = Model()
    model.built = True
    recording = record(model, numbers(1, 5))
    assert list(recording.layers) == ["relu"]
    found = reasons(recording)
    assert found["nothing"] == "returned a NoneType, which is not a tensor"
    assert found["complex"] == "output has no maps: values of type complex128 are not real numbers"
    assert "ragged" in found


def test_the_widget_takes_the_same_options() -> None:
    model = vision_transformer((4, 5), 1)
    widget = ActivationWidget(model, numbers(8, 10, 3), grid=(4, 5), layers=["norm", "patches"])
    assert list(widget.recording.layers) == ["patches", "norm"]
    assert widget.recording["norm"].maps.shape == (1, 4, 5, 8)
    widget.layer = "norm"
    widget.close()
    widget = ActivationWidget(hidden_layout(), numbers(6, 7, 3), channel_axis={"turned": 1})
    assert widget.recording["turned"].maps.shape == (1, 6, 7, 3)
    with pytest.raises(TypeError, match="grid and memory_limit; model is a recording"):
        ActivationWidget(widget.recording, layers="all")
    widget.close()
