"""Recording a model: the layers that become entries, and their values."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from recorded import after_input, numbers, reasons
from small_models import outputs_of, small_cnn

import actwidget.capture.call_recorder
from actwidget.capture.record import record
from actwidget.model.tensors import to_array


def test_maps_are_those_of_a_multi_output_model() -> None:
    model = small_cnn()
    batch = numbers(2, 12, 14, 3)
    recording = record(model, batch, layers="all")
    expected = outputs_of(model, batch)
    assert list(recording.layers) == list(expected)
    for path, output in expected.items():
        entry = recording[path]
        maps = output if output.ndim == 4 else output[:, None, None, :]
        np.testing.assert_array_equal(entry.maps, maps)
        assert entry.maps.dtype == np.float32
        assert entry.maps.flags.c_contiguous
        assert entry.kind == ("maps" if output.ndim == 4 else "units")
    assert [entry.layer_type for entry in after_input(recording).values()] == [
        "Conv2D",
        "BatchNormalization",
        "Activation",
        "MaxPooling2D",
        "Dropout",
        "GlobalAveragePooling2D",
        "Dense",
    ]
    activations = [recording[path].activation for path in ("conv", "activation", "pool", "dense")]
    assert activations == ["relu", "tanh", None, "softmax"]
    assert recording.model_name == "small"
    assert reasons(recording) == {}
    np.testing.assert_array_equal(recording.inputs, batch)
    np.testing.assert_array_equal(recording.images, batch)


def test_later_calls_and_later_training_leave_the_recording_alone() -> None:
    model = small_cnn()
    model.compile("sgd", "mse")
    recording = record(model, numbers(12, 14, 3))
    before = {path: entry.maps.copy() for path, entry in after_input(recording).items()}
    model(numbers(1, 12, 14, 3) + 1)
    model.fit(numbers(4, 12, 14, 3), np.zeros((4, 5)), verbose=0)
    for path, maps in before.items():
        np.testing.assert_array_equal(recording[path].maps, maps)


def test_a_sequential_model_that_was_never_called_is_recorded() -> None:
    model = keras.Sequential(
        [
            layers.Conv2D(4, 3, name="conv"),
            layers.Flatten(name="flatten"),
            layers.Dense(3, name="dense"),
        ]
    )
    one = numbers(8, 8)
    recording = record(model, one)
    assert list(recording.layers) == ["conv", "flatten", "dense"]
    assert recording["conv"].maps.shape == (1, 6, 6, 4)
    assert recording["flatten"].maps.shape == (1, 1, 1, 144)
    expected = model(one[None, :, :, None])
    np.testing.assert_array_equal(recording["dense"].maps[:, 0, 0], expected)
    assert list(record(model, numbers(2, 8, 8, 1)).layers) == ["conv", "flatten", "dense"]


def test_nested_models_give_paths_and_no_output_of_their_own() -> None:
    inner = small_cnn(name="inner")
    middle = keras.Sequential([keras.Input((12, 14, 3)), layers.Rescaling(2.0), inner], name="mid")
    model = keras.Sequential([keras.Input((12, 14, 3)), middle, layers.Dense(2, name="head")])
    one = numbers(12, 14, 3)
    recording = record(model, one)
    names = [layer.name for layer in inner.layers[1:] if layer.name != "dropout"]
    rescaling = f"mid/{middle.layers[0].name}"
    assert list(recording.layers) == [rescaling, *(f"mid/inner/{name}" for name in names), "head"]
    assert reasons(recording) == {
        "mid": "repeats mid/inner/dense",
        "mid/inner": "repeats mid/inner/dense",
        "mid/inner/dropout": "repeats mid/inner/pool",
    }
    expected = outputs_of(inner, one[None] * 2)
    for name in names:
        values = expected[name].reshape(recording[f"mid/inner/{name}"].maps.shape)
        np.testing.assert_array_equal(recording[f"mid/inner/{name}"].maps, values)


class Residual(layers.Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.inside = layers.Conv2D(3, 3, padding="same", name="inside")

    def call(self, x: Any) -> Any:
        return x + self.inside(x)


def test_a_layer_that_goes_on_after_its_last_layer_is_an_entry_too() -> None:
    model = keras.Sequential([keras.Input((6, 6, 3)), Residual(name="residual")])
    one = numbers(6, 6, 3)
    recording = record(model, one)
    assert list(recording.layers) == ["residual/inside", "residual"]
    np.testing.assert_array_equal(
        recording["residual"].maps[0], recording["residual/inside"].maps[0] + one
    )


class Late(keras.Model):
    """Makes its layers only when it is built, and shares names among them."""

    def build(self, input_shape: Any) -> None:
        self.blocks = [layers.Conv2D(2, 3, name="conv"), layers.Conv2D(2, 3, name="conv")]
        self.heads = {"a": layers.Dense(3, name="a"), "b": layers.Dense(2, name="b")}
        self.flatten = layers.Flatten(name="flatten")
        self.spare = layers.Dense(1, name="spare")
        self.first = layers.Conv2D(2, 1, name="first")
        super().build(input_shape)

    def call(self, x: Any) -> Any:
        x = self.first(x)
        for block in self.blocks:
            x = keras.ops.tanh(block(x)) * 2
        x = self.flatten(x)
        return {name: head(x) for name, head in self.heads.items()}


class Early(Late):
    def __init__(self) -> None:
        super().__init__(name="early")
        Late.build(self, None)

    def build(self, input_shape: Any) -> None:
        keras.Model.build(self, input_shape)


@pytest.mark.parametrize("kind", [Late, Early])
def test_an_unbuilt_subclassed_model_is_recorded_once(kind: type[keras.Model]) -> None:
    model = kind()
    if kind is Late:
        model.placeholder = layers.Identity(name="placeholder")
    recording = record(model, numbers(8, 9, 1))
    assert list(recording.layers) == ["first", "conv", "conv(2)", "flatten", "a", "b"]
    assert recording["conv(2)"].maps.shape == (1, 4, 5, 2)
    assert recording.not_shown["spare"] == "did not run"
    again = record(model, numbers(8, 9, 1))
    np.testing.assert_array_equal(again["b"].maps, recording["b"].maps)


class Plain(keras.Model):
    """Has no ``build``: Keras builds it with a call on symbols."""

    def __init__(self) -> None:
        super().__init__(name="plain")
        self.conv = layers.Conv2D(2, 3, name="conv")
        self.dense = layers.Dense(3, name="dense")

    def call(self, x: Any) -> Any:
        return self.dense(self.conv(x))


def test_the_symbolic_call_that_builds_a_model_is_not_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def spy(tensor: Any) -> np.ndarray:
        asked.append(type(tensor).__name__)
        return to_array(tensor)

    monkeypatch.setattr(actwidget.capture.call_recorder, "to_array", spy)
    recording = record(Plain(), numbers(6, 6))
    assert list(recording.layers) == ["conv", "dense"]
    assert asked == ["EagerTensor"] * 2


def test_a_layer_that_is_called_twice_is_two_entries() -> None:
    shared = layers.Conv2D(1, 3, padding="same", name="shared")
    inputs = keras.Input((6, 6, 1))
    recording = record(keras.Model(inputs, shared(shared(inputs))), numbers(6, 6, 1))
    assert list(recording.layers) == ["shared#1", "shared#2"]
    np.testing.assert_array_equal(recording["shared#2"].maps, shared(recording["shared#1"].maps))


def test_a_name_that_looks_like_a_second_call_stays_its_own() -> None:
    shared = layers.Dense(4, name="dense")
    inputs = keras.Input((6, 6, 1))
    x = layers.Flatten(name="flatten")(inputs)
    x = layers.Dense(4, name="dense#1")(x)
    once = shared(x)
    model = keras.Model(inputs, shared(once))
    recording = record(model, numbers(6, 6, 1))
    assert list(recording.layers) == ["flatten", "dense#1", "dense#1(2)", "dense#2"]
    np.testing.assert_array_equal(
        recording["dense#2"].maps[:, 0, 0], shared(recording["dense#1(2)"].maps[:, 0, 0])
    )


def test_the_face_networks_of_mtcnn_are_recorded() -> None:
    from mtcnn.stages.stage_onet import StageONet

    model = StageONet().model
    batch = numbers(2, 48, 48, 3) * 2 - 1
    recording = record(model, batch)
    first = ["conv1", "prelu1", "maxpooling1", "conv2", "prelu2", "maxpooling2", "conv3"]
    assert list(recording.layers)[:7] == first
    assert list(recording.layers)[-5:] == ["fc5", "prelu5", "fc6-1", "fc6-2", "fc6-3"]
    for path, expected in zip(("fc6-1", "fc6-2", "fc6-3"), model(batch), strict=True):
        np.testing.assert_array_equal(recording[path].maps[:, 0, 0], expected)
    # Its Permute swaps height and width, and leaves the channels where they are.
    np.testing.assert_array_equal(
        recording["permute"].maps, recording["prelu4"].maps.transpose(0, 2, 1, 3)
    )
