"""What is not a model or an image is refused, with a way out."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from recorded import numbers
from small_models import small_cnn

from actwidget.capture.record import record


def ran(x: Any) -> Any:
    raise AssertionError("the model ran")


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        (small_cnn, TypeError, "function"),
        (keras.Model, TypeError, r"the class 'Model'; give a model made from it"),
        ("model.keras", TypeError, r"text \('model.keras'\), and there is no such file here"),
        (None, TypeError, "NoneType; it has to be a Keras model"),
        (layers.Dense(3, name="d"), TypeError, r"the layer d \(Dense\).*Sequential"),
        (keras.Sequential(name="bare"), ValueError, "model bare has no layers"),
    ],
)
def test_what_is_no_model_is_refused(model: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        record(model, numbers(8, 8))


def test_a_functional_model_without_layers_is_refused() -> None:
    entrance = keras.Input((2, 2, 1))
    # Keras 3.12 refuses by itself to make one, as a ValueError as well.
    with pytest.raises(ValueError, match=r"(?i)layer|output|input"):
        record(keras.Model(entrance, entrance, name="empty"), numbers(2, 2))


def test_inputs_of_six_axes_are_refused() -> None:
    many = keras.Sequential([keras.Input((2, 2, 2, 2, 1)), layers.ReLU()], name="many")
    with pytest.raises(ValueError, match=r"many takes inputs of shape \(None, 2, 2, 2, 2, 1\)"):
        record(many, numbers(2, 2, 2, 2, 1))


def test_swapped_arguments_are_told() -> None:
    with pytest.raises(TypeError, match="model and image are swapped"):
        record(numbers(12, 14, 3), small_cnn())
    with pytest.raises(TypeError, match="image is the model small"):
        record(small_cnn(), small_cnn())


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (numbers(13, 14, 3), ValueError, r"\(13, 14, 3\); small takes \(12, 14, 3\): resize it"),
        (numbers(12, 14, 1), ValueError, "make it coloured"),
        (np.zeros((0, 12, 14, 3)), ValueError, "no image in it"),
        ("cat.png", TypeError, "no such file"),
        ([[1, 2], [3]], ValueError, "ragged"),
    ],
)
def test_what_is_no_image_is_refused_before_the_model_runs(
    given: Any, error: type, message: str
) -> None:
    model = small_cnn()
    model.get_layer("conv").call = ran
    with pytest.raises(error, match=message):
        record(model, given)
