"""The sanity check: whether a map depends on what the model has learnt."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from differentiable_models import KINDS, numbers
from keras import layers

from actwidget import record
from actwidget.attribution.randomization import spearman
from actwidget.examples import shapes_cnn


def test_rank_correlation() -> None:
    values = np.array([3.0, 1.0, 2.0, 2.0])
    assert spearman(values, values) == pytest.approx(1)
    assert spearman(values, -values) == pytest.approx(-1)
    assert spearman(values, np.ones(4)) == 0
    # Ranks 4, 1, 2.5, 2.5 and 1, 2, 3, 4.
    assert spearman(values, np.array([1.0, 2.0, 3.0, 4.0])) == pytest.approx(-0.3162, abs=1e-4)


def test_guided_backpropagation_hardly_depends_on_the_class() -> None:
    model = shapes_cnn.model()
    recording = record(model, shapes_cnn.images()[:4])
    weights = [np.array(each) for each in model.get_weights()]
    plain = recording.gradients().randomization_check()
    guided = recording.guided_backprop().randomization_check()
    assert guided.class_layer == plain.class_layer == "logits"
    assert guided.randomized > plain.randomized
    assert guided.other_class > plain.other_class
    assert guided.randomized > 0.8
    for one, other in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_of_a_linear_model_a_shuffled_layer_leaves_little() -> None:
    keras.utils.set_random_seed(2)
    parts = [keras.Input((16, 16, 1)), layers.Flatten(), layers.Dense(5, activation="softmax")]
    recording = record(keras.Sequential(parts), numbers(1, 16, 16, 1))
    assert abs(recording.gradients(1).randomization_check().randomized) < 0.3


def test_a_channel_is_no_class() -> None:
    model, given = KINDS["functional"]()
    found = record(model, given).gradients(("conv", 0))
    with pytest.raises(ValueError, match="the target is conv, channel 0; the check takes a class"):
        found.randomization_check()
