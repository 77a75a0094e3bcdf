"""A model that declares no input: an image is taken as an image, and Keras decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops
from recorded import numbers, reasons, show

from actwidget import record


class Patches(layers.Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(name="patches", **options)
        self.project = layers.Conv2D(8, 4, 4, name="project")

    def call(self, x: Any) -> Any:
        return ops.reshape(self.project(x), (-1, 16, 8))


class OfPixels(layers.Layer):
    """Cuts patches without a convolution: nothing in the model takes pictures but the model."""

    def call(self, x: Any) -> Any:
        return ops.reshape(x, (-1, 16, 48))


class Embedding(layers.Layer):
    """Has the name of Keras's own, and no tokens."""

    def call(self, x: Any) -> Any:
        return ops.reshape(x, (-1, 16, 48))


class First(keras.Model):
    """Sets layers as attributes in one order, and calls them in another."""

    def __init__(self, *attributes: Any, call: Any) -> None:
        super().__init__(name="first")
        for number, layer in enumerate(attributes):
            setattr(self, f"layer{number}", layer)
        self.run = call

    def call(self, x: Any) -> Any:
        return self.run(self, x)


def tokens_of(x: Any) -> Any:
    return ops.reshape(x, (-1, 16, 48))


MODELS: dict[str, Callable[[], Any]] = {
    "patch embedding": lambda: First(
        Patches(), layers.Dense(3), call=lambda m, x: m.layer1(ops.mean(m.layer0(x), 1))
    ),
    "patches without a convolution": lambda: First(
        OfPixels(), layers.LSTM(4), call=lambda m, x: m.layer1(m.layer0(x))
    ),
    "own Embedding": lambda: First(
        Embedding(), layers.LSTM(4), call=lambda m, x: m.layer1(m.layer0(x))
    ),
    "LSTM first": lambda: First(
        layers.LSTM(4), layers.Dense(3), call=lambda m, x: m.layer1(m.layer0(tokens_of(x)))
    ),
    "bidirectional first": lambda: First(
        layers.Bidirectional(layers.GRU(4)), call=lambda m, x: m.layer0(tokens_of(x))
    ),
    "attention first": lambda: First(
        layers.MultiHeadAttention(2, 4), call=lambda m, x: m.layer0(tokens_of(x), tokens_of(x))
    ),
    "Conv1D first": lambda: First(layers.Conv1D(4, 3), call=lambda m, x: m.layer0(tokens_of(x))),
    "time distributed first": lambda: First(
        layers.TimeDistributed(layers.Dense(3)), call=lambda m, x: m.layer0(tokens_of(x))
    ),
    "positions first": lambda: First(
        layers.Embedding(16, 8),
        Patches(),
        layers.Flatten(),
        call=lambda m, x: m.layer2(m.layer1(x) + m.layer0(ops.arange(16))),
    ),
    "head first": lambda: First(
        layers.Dense(2),
        layers.Conv2D(4, 3),
        call=lambda m, x: m.layer0(ops.mean(m.layer1(x), (1, 2))),
    ),
    "LSTM before a convolution": lambda: First(
        layers.LSTM(4),
        layers.Conv2D(4, 3),
        call=lambda m, x: m.layer0(ops.mean(m.layer1(x), 1)),
    ),
    "nothing known": lambda: First(OfPixels(), call=lambda m, x: m.layer0(x)),
    "a nested sequence": lambda: First(
        keras.Sequential([layers.LSTM(4)]), call=lambda m, x: m.layer0(tokens_of(x))
    ),
    "sequential": lambda: keras.Sequential([Patches(), layers.LSTM(4)]),
    "sequential of pixels": lambda: keras.Sequential([OfPixels(), layers.Conv1D(4, 3)]),
    "sequential lambda": lambda: keras.Sequential([layers.Lambda(tokens_of), layers.GRU(4)]),
}


@pytest.mark.parametrize("shape", [(16, 16, 3), (1, 16, 16, 3), (2, 16, 16, 3)])
@pytest.mark.parametrize("name", MODELS)
def test_an_image_is_taken_as_an_image(name: str, shape: tuple[int, ...]) -> None:
    model, image = MODELS[name](), numbers(*shape)
    recording = record(model, image)
    batch = image.reshape(-1, 16, 16, 3)
    np.testing.assert_array_equal(recording.images, batch)
    np.testing.assert_array_equal(recording.outputs[0].maps.ravel(), np.ravel(model(batch)))
    assert "did not run" not in reasons(recording).values()
    show(recording)


@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_a_grey_image_of_a_model_whose_head_is_set_first(dtype: str) -> None:
    model = MODELS["head first"]()
    recording = record(model, np.ones((12, 14), dtype))
    assert recording.images.shape == (1, 12, 14, 1)


@pytest.mark.parametrize(
    ("layer", "shape", "kind"),
    [
        (lambda: layers.LSTM(4), (2, 7, 8), "sequence"),
        (lambda: layers.LSTM(4), (7, 8), "sequence"),
        (lambda: layers.LSTM(4), (2, 7, 3), "sequence"),
        (lambda: layers.Conv1D(4, 3), (1, 12, 3), "sequence"),
        (lambda: layers.TimeDistributed(layers.Dense(3)), (2, 7, 8), "sequence"),
        (lambda: layers.Dense(4), (3, 9), "units"),
        (lambda: layers.Embedding(9, 4), (2, 5), "units"),
        (lambda: layers.Conv2D(4, 3), (8, 9), "maps"),
        (lambda: layers.Conv3D(4, 3), (6, 7, 8, 2), "maps"),
    ],
)
def test_other_inputs_are_taken_for_what_the_layers_take(
    layer: Any, shape: tuple[int, ...], kind: str
) -> None:
    model = First(layer(), call=lambda m, x: m.layer0(x))
    given = np.ones(shape, "int64" if isinstance(model.layer0, layers.Embedding) else "f4")
    recording = record(model, given)
    assert recording.input is not None
    assert recording.input.kind == kind
    np.testing.assert_array_equal(recording.input.maps.ravel(), given.ravel())


def test_what_keras_refuses_says_how_it_was_taken() -> None:
    model = First(layers.LSTM(4), call=lambda m, x: m.layer0(x))
    with pytest.raises(ValueError, match="ndim=3") as caught:
        record(model, numbers(9, 12, 3))
    notes = "\n".join(getattr(caught.value, "__notes__", [str(caught.value)]))
    assert "first declares no input, and was given (1, 9, 12, 3)" in notes
    # The way out that it names.
    model(numbers(9, 12, 3))
    assert record(model, numbers(9, 12, 3)).input.kind == "sequence"
