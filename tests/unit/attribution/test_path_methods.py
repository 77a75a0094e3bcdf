"""Integrated gradients add up to the target's change; SmoothGrad is a mean of gradients."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from differentiable_models import KINDS, numbers
from keras import layers

from actwidget import Recording, record

pytestmark = pytest.mark.filterwarnings("error:.*has changed since it was recorded")


@pytest.fixture(scope="module")
def recording() -> Recording:
    keras.utils.set_random_seed(3)
    model, given = KINDS["functional"]()
    made = record(model, given)
    made.class_names = ["cat", "dog", "bird", "fish"]
    return made


def test_attributions_add_up_to_the_targets_change(recording: Recording) -> None:
    found = recording.integrated_gradients("dog", baseline=0.5, steps=32)
    assert found.attributions.shape == recording.inputs.shape
    change = found.target_values - found.baseline_values
    summed = found.attributions.sum(axis=(1, 2, 3))
    np.testing.assert_allclose(summed, change, atol=1e-2)
    np.testing.assert_allclose(found.completeness_error, np.abs(summed - change), atol=1e-6)
    rough = recording.integrated_gradients("dog", baseline=0.5, steps=2)
    assert rough.completeness_error.max() > found.completeness_error.max()
    assert "logit of dog, 32 steps: their sum is off by" in repr(found)


def test_of_a_linear_model_one_step_is_exact() -> None:
    parts = [keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(3)]
    model = keras.Sequential(parts)
    given = numbers(2, 4, 4, 1)
    start = numbers(4, 4, 1, seed=4)
    found = record(model, given).integrated_gradients(2, baseline=start, steps=1)
    kernel = np.array(model.layers[-1].kernel)[:, 2].reshape(4, 4, 1)
    np.testing.assert_allclose(found.attributions, kernel * (given - start), rtol=1e-4, atol=1e-6)


def test_of_several_inputs_the_one_that_is_shown_moves() -> None:
    model, given = KINDS["several inputs"]()
    found = record(model, given).integrated_gradients(0, baseline=0.0, steps=16)
    assert found.attributions.shape == (2, 8, 8, 3)
    assert found.completeness_error.max() < 1e-2


def test_without_noise_it_is_the_gradient(recording: Recording) -> None:
    found = recording.smooth_grad("dog", samples=1, noise=0)
    np.testing.assert_allclose(found, recording.gradients("dog").input, rtol=1e-5, atol=1e-8)


def test_a_seed_gives_the_same_again(recording: Recording) -> None:
    one, same, other = (recording.smooth_grad(1, samples=3, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(
    ("method", "options", "message"),
    [
        ("integrated_gradients", {"baseline": "black"}, "baseline is 'black'; it takes a number"),
        ("integrated_gradients", {"baseline": np.zeros((3, 3))}, r"fits what .* \(2, 8, 9, 3\)"),
        ("integrated_gradients", {"baseline": np.nan}, "NaN"),
        ("integrated_gradients", {"baseline": 0, "steps": 0}, "steps is 0; it takes a whole"),
        ("smooth_grad", {"samples": 0}, "samples is 0"),
        ("smooth_grad", {"noise": -1}, "noise is -1; it takes a share"),
    ],
)
def test_bad_options(
    recording: Recording, method: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        getattr(recording, method)(0, **options)


def test_a_function_has_one_value_for_all_images(recording: Recording) -> None:
    with pytest.raises(TypeError, match="one value for all images"):
        recording.integrated_gradients(lambda returned: returned, baseline=0)


def test_whole_numbers_have_no_gradients() -> None:
    inputs = keras.Input((5,), dtype="int32")
    x = layers.Flatten()(layers.Embedding(20, 4)(inputs))
    made = record(keras.Model(inputs, layers.Dense(2)(x)), np.arange(5, dtype="int32")[None])
    with pytest.raises(ValueError, match="holds int32, and whole numbers"):
        made.smooth_grad(0)
