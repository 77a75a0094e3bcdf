"""The image is kept beside what the model received."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import PIL.Image
import pytest
import tensorflow as tf
from keras import layers
from recorded import numbers
from small_models import outputs_of, small_cnn, with_layout

from actwidget.capture.record import record


def test_the_original_image_is_kept_beside_what_the_model_received() -> None:
    original = np.random.default_rng(1).integers(0, 256, (12, 14, 3), np.uint8)
    model = small_cnn()
    given: list[tuple[tuple[int, ...], Any]] = []

    def preprocess(batch: np.ndarray) -> np.ndarray:
        given.append((batch.shape, batch.dtype))
        batch /= 255
        return batch

    recording = record(model, PIL.Image.fromarray(original), preprocess=preprocess)
    assert given == [((1, 12, 14, 3), np.float32)]
    np.testing.assert_array_equal(recording.images[0], original)
    assert recording.images.dtype == np.uint8
    np.testing.assert_array_equal(recording.inputs[0], original.astype("f4") / 255)
    expected = outputs_of(model, np.asarray(recording.inputs))["conv"]
    np.testing.assert_array_equal(recording["conv"].maps, expected)


def test_preprocess_gets_the_models_layout_and_may_resize_or_give_a_tensor() -> None:
    model = with_layout("channels_first")
    shapes = []

    def preprocess(batch: np.ndarray) -> tf.Tensor:
        shapes.append(batch.shape)
        return tf.constant(batch[:, :, :12, :14])

    recording = record(model, numbers(20, 30, 3), preprocess=preprocess)
    assert shapes == [(1, 3, 20, 30)]
    assert recording.inputs.shape == (1, 12, 14, 3)
    assert recording.images.shape == (1, 20, 30, 3)


def test_a_model_of_integers_gets_integers() -> None:
    inputs = keras.Input((4, 4, 1), dtype="uint8")
    x = layers.Rescaling(1 / 255, name="rescaling")(inputs)
    recording = record(keras.Model(inputs, x), np.full((4, 4, 1), 255, np.uint8))
    np.testing.assert_array_equal(recording["rescaling"].maps, 1)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: [x], lambda x: {"picture": x}])
def test_the_nesting_of_a_models_input_is_kept(wrap: Callable[[Any], Any]) -> None:
    inputs = keras.Input((4, 4, 1), name="picture")
    x = layers.ReLU(name="relu")(inputs)
    assert list(record(keras.Model(wrap(inputs), x), numbers(4, 4)).layers) == ["relu"]


def test_an_image_with_gaps_is_warned_of_and_recorded() -> None:
    one = numbers(12, 14, 3)
    one[0, 0, 0], one[0, 1, 0] = np.nan, np.inf
    with pytest.warns(UserWarning, match="2 NaN or infinite values") as caught:
        recording = record(small_cnn(), one)
    assert caught[0].filename == __file__
    assert recording["conv"].statistics.non_finite > 0


@pytest.mark.parametrize(
    ("preprocess", "error", "message"),
    [
        (3, TypeError, "preprocess is of type int"),
        (lambda x: x[:, :5], ValueError, r"after preprocess \(1, 5, 14, 3\); small takes \(12, 14"),
        (lambda x: x[0], ValueError, "let preprocess keep the shape"),
        (lambda x: x[[0, 0]], ValueError, r"after preprocess \(2, 12, 14, 3\)"),
        (lambda x: None, TypeError, "the result of preprocess is of type NoneType"),
    ],
)
def test_a_preprocess_that_does_not_fit_is_refused(
    preprocess: Any, error: type, message: str
) -> None:
    with pytest.raises(error, match=message):
        record(small_cnn(), numbers(12, 14, 3), preprocess=preprocess)
