"""What a new widget shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from agreement import NAMES, assert_stands
from recordings import Make, recorded

from actwidget import record
from actwidget.examples import shapes_cnn
from actwidget.numerics.mosaic import mosaic_for
from actwidget.recording.recording import Recording


@pytest.fixture(scope="module")
def shapes() -> Recording:
    """The shipped network on three of its images."""
    return record(shapes_cnn.model(), shapes_cnn.images()[:3])


def test_it_begins_with_all_channels_of_the_first_convolution_unnormalized(
    make: Make, shapes: Recording
) -> None:
    assert shapes.layers[0] == "centre"
    assert_stands(make(shapes), layer="conv1")


def test_without_a_convolution_it_begins_with_the_first_layer(make: Make) -> None:
    assert_stands(make(recorded(kind="Dense", first=(1, 1, 10), second=(1, 1, 3))), "first")


def test_the_layer_slider_begins_with_what_the_model_received(
    make: Make, shapes: Recording
) -> None:
    widget = make(shapes)
    assert list(widget.layer_slider.options) == list(widget.recording)
    assert list(widget.recording) == ["input", *shapes.layers]
    widget.layer = "input"
    assert_stands(widget, "input")
    np.testing.assert_array_equal(widget.figure().data[0].z, shapes["input"].maps[0, ..., 0])


def test_the_input_is_shown_after_preprocessing(make: Make) -> None:
    image = shapes_cnn.images()[0]
    widget = make(shapes_cnn.model(), image, preprocess=lambda batch: 1 - batch, layer="input")
    np.testing.assert_allclose(widget.figure().data[0].z, 1 - image[..., 0], atol=1e-6)


def test_a_model_is_recorded_with_its_image(make: Make) -> None:
    model, images = shapes_cnn.model(), shapes_cnn.images()
    widget = make(model, images[0])
    assert list(widget.recording.layers)[:3] == ["centre", "conv1", "relu1"]
    assert widget.recording["conv1"].maps.shape == (1, 44, 44, 16)
    # TensorFlow may convolve a larger batch in another order.
    np.testing.assert_allclose(
        widget.recording["softmax"].maps.ravel(), model(images[:1])[0], rtol=1e-5
    )


def test_it_begins_where_it_is_told_to(make: Make, by_hand: Recording) -> None:
    widget = make(by_hand, layer="wide", channel=30, normalization="channel z-score", image_index=1)
    assert_stands(widget, "wide", 30, "channel z-score", 1)


@pytest.mark.parametrize("columns", ["auto", "square", 16])
def test_columns_are_those_of_the_mosaic(make: Make, by_hand: Recording, columns: Any) -> None:
    widget = make(by_hand, columns=columns)
    # By itself the page chooses them for the room that there is.
    assert [layer["columns"] for layer in widget.layers] == [
        None
        if columns == "auto"
        else mosaic_for(entry.channels, entry.height, entry.width, columns=columns).columns
        for entry in by_hand.values()
    ]


def test_preprocess_is_for_the_model_and_not_for_the_image(make: Make) -> None:
    image = shapes_cnn.images()[0]
    widget = make(shapes_cnn.model(), image, preprocess=lambda batch: 1 - batch)
    np.testing.assert_array_equal(widget.recording.images[0], image)
    np.testing.assert_allclose(widget.recording["centre"].maps[0], 1 - 2 * image, atol=1e-6)


def test_every_layer_of_the_shipped_network_can_be_shown(make: Make, shapes: Recording) -> None:
    widget = make(shapes)
    for layer in shapes:
        widget.layer = layer
        assert_stands(widget, layer)


def keras_models() -> dict[str, Callable[[], Any]]:
    import keras
    from keras import layers

    def nested() -> Any:
        inner = keras.Sequential([layers.Conv2D(5, 3, name="inner_conv")], name="inner")
        image = keras.Input((12, 10, 3))
        merged = layers.Concatenate(name="both")([inner(image), layers.Conv2D(2, 3)(image)])
        return keras.Model(image, layers.Dense(4)(layers.Flatten(name="flat")(merged)))

    return {
        "never called": lambda: keras.Sequential([layers.Conv2D(3, 3), layers.ReLU()]),
        "nested": nested,
        "one layer": lambda: keras.Sequential([keras.Input((12, 10, 3)), layers.MaxPooling2D()]),
        "dense": lambda: keras.Sequential(
            [keras.Input((12, 10, 3)), layers.Flatten(), layers.Dense(30), layers.Dense(1)]
        ),
    }


@pytest.mark.parametrize("name", ["never called", "nested", "one layer", "dense"])
def test_any_small_model_can_be_looked_through(make: Make, name: str) -> None:
    image = np.random.default_rng(0).random((12, 10, 3))
    widget = make(keras_models()[name](), image)
    for layer in widget.recording:
        for normalization in NAMES:
            widget.layer, widget.normalization = layer, normalization
            widget.channel = widget.recording[layer].channels - 1
            assert_stands(widget, layer, widget.channel, normalization)
            widget.figure()
