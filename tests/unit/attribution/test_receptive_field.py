"""What a unit can see, of every kind of layer, is what its gradient says."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from differentiable_models import numbers
from keras import layers

from actwidget import Recording, record
from actwidget.examples import shapes_cnn


@pytest.fixture(scope="module")
def shapes() -> Recording:
    return record(shapes_cnn.model(), shapes_cnn.images()[:1])


# Windows of the chain, by arithmetic from the kernels' sizes and the strides.
SHAPES = {
    "conv1": (5, 1),
    "relu1": (5, 1),
    "pool1": (6, 2),
    "conv2": (10, 2),
    "pool2": (12, 4),
    "conv3": (20, 4),
    "pool3": (24, 8),
}


@pytest.mark.parametrize("layer", SHAPES)
def test_of_a_chain_it_is_the_arithmetic(shapes: Recording, layer: str) -> None:
    found = shapes.receptive_field(layer)
    size, stride = SHAPES[layer]
    assert (found.size, found.stride) == ((size, size), (stride, stride))
    assert found.box(1, 0) == (stride, 0, stride + size, size)


def test_behind_global_pooling_it_is_the_whole_image(shapes: Recording) -> None:
    found = shapes.receptive_field("average")
    assert found.is_whole_image
    assert found.box(0, 0) == (0, 0, 48, 48)
    assert "the whole image" in repr(found)


def test_padding_is_cut_off_at_the_image() -> None:
    inputs = keras.Input((20, 24, 1))
    x = layers.Conv2D(2, 5, padding="same", name="first")(inputs)
    x = layers.Conv2D(2, 3, strides=2, padding="same", name="second")(x)
    found = record(keras.Model(inputs, x), numbers(1, 20, 24, 1)).receptive_field("second")
    assert (found.size, found.stride) == ((7, 7), (2, 2))
    assert found.box(0, 0) == (0, 0, 5, 5)
    assert found.box(9, 11) == (16, 20, 20, 24)


def test_all_branches_count() -> None:
    inputs = keras.Input((24, 24, 1))
    one = layers.Conv2D(2, 1, name="one")(inputs)
    five = layers.Conv2D(2, 5, padding="same", name="five")(inputs)
    x = layers.Concatenate(name="both")([one, five])
    found = record(keras.Model(inputs, x), numbers(1, 24, 24, 1)).receptive_field("both")
    assert found.size == (5, 5)


def test_behind_an_upsampling_each_unit_is_looked_at() -> None:
    inputs = keras.Input((8, 8, 1))
    x = layers.UpSampling2D(2, name="up")(inputs)
    x = layers.Conv2D(2, 3, padding="same", name="conv")(x)
    found = record(keras.Model(inputs, x), numbers(1, 8, 8, 1)).receptive_field("conv")
    assert found.size is None
    # Rows 4 to 6 of the upsampled image are rows 2 to 3.
    assert found.box(5, 4) == (2, 1, 4, 3)


def test_squeeze_and_excitation_sees_the_whole_image() -> None:
    inputs = keras.Input((12, 12, 3))
    x = layers.Conv2D(4, 3, activation="relu", name="conv")(inputs)
    scale = layers.GlobalAveragePooling2D(keepdims=True)(x)
    scale = layers.Conv2D(4, 1, activation="sigmoid")(scale)
    x = layers.Multiply(name="scaled")([x, scale])
    recording = record(keras.Model(inputs, x), numbers(1, 12, 12, 3))
    assert recording.receptive_field("scaled").is_whole_image
    assert recording.receptive_field("conv").size == (3, 3)


def test_weights_that_are_zero_change_nothing() -> None:
    inputs = keras.Input((12, 12, 1))
    conv = layers.Conv2D(2, 3, name="conv", kernel_initializer="zeros")
    recording = record(keras.Model(inputs, conv(inputs)), numbers(1, 12, 12, 1))
    assert recording.receptive_field("conv").size == (3, 3)
    assert not np.array(conv.kernel).any()


def test_what_counts_is_a_part_of_what_can_be_seen(shapes: Recording) -> None:
    found = shapes.receptive_field("conv3")
    top, left, bottom, right = found.box(2, 2)
    inner = found.effective_box(2, 2)
    assert top <= inner[0] < inner[2] <= bottom
    assert left <= inner[1] < inner[3] <= right
    gradient = np.abs(
        sum(shapes.gradients(("conv3", channel, (2, 2))).input for channel in range(32))
    )[0, ..., 0]
    share = gradient[inner[0] : inner[2], inner[1] : inner[3]].sum() / gradient.sum()
    assert 0.95 <= share < 1


@pytest.mark.parametrize(
    ("layer", "message"),
    [("input", "a unit of it sees itself")],
)
def test_bad_layers(shapes: Recording, layer: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        shapes.receptive_field(layer)
    with pytest.raises(ValueError, match="rows 0 to 43"):
        shapes.receptive_field("conv1").box(99, 0)


def windows_of(layer: keras.Layer) -> tuple[int, int]:
    """The kernel and the stride of a layer, in either direction."""
    size = getattr(layer, "kernel_size", getattr(layer, "pool_size", (1, 1)))
    return size[0], getattr(layer, "strides", (1, 1))[0]


def by_arithmetic(model: keras.Model) -> dict[str, tuple[int, int]]:
    """Size and stride of every layer, from the graph: of an addition the larger size."""
    found: dict[str, tuple[int, int]] = {}
    for layer in model.layers:
        before = [
            found[node.operation.name]
            for node in layer._inbound_nodes[0].parent_nodes
            if node.operation.name in found
        ] or [(1, 1)]
        size, stride = max(size for size, _ in before), before[0][1]
        kernel, step = windows_of(layer)
        found[layer.name] = size + (kernel - 1) * stride, stride * step
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", ["VGG16", "MobileNetV2"])
def test_of_every_layer_of_a_large_network(name: str) -> None:
    make = getattr(keras.applications, name)
    model = make(weights=None, include_top=False, input_shape=(224, 224, 3))
    recording = record(model, numbers(1, 224, 224, 3))
    expected = by_arithmetic(model)
    compared = 0
    for path in recording.layers:
        found = recording.receptive_field(path)
        size, stride = expected[path]
        assert found.is_whole_image == (size > 2 * 224), path
        if found.size is not None:
            assert (found.size, found.stride) == ((size, size), (stride, stride)), path
            compared += 1
    assert compared > 10
