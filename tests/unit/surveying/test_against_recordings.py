"""What a survey finds is what a recording of all images holds."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from differentiable_models import KINDS
from keras import layers
from short_form import short_form

import actwidget
from actwidget import LayerSurvey, Recording, Survey, record
from actwidget.examples import shapes_cnn
from actwidget.examples.shapes import draw_shapes

IS_EXACT = keras.backend.backend() != "jax"
"""XLA fuses operations, whose rounding then differs from one program to another."""


def units(recording: Recording, path: str) -> Any:
    """Return a layer's units, ``(images, units, channels)``, in float64."""
    entry = recording[path]
    return np.asarray(entry.maps, np.float64).reshape(entry.images, -1, entry.channels)


def check_tops(layer: LayerSurvey, values: Any, top: int) -> None:
    """Check a layer's lists; `values` are ``(images, units, channels)``."""
    largest = values.max(axis=1)
    # A stable order: of equal values the earlier image.
    order = np.argsort(-largest, axis=0, kind="stable")[:top]
    for channel in range(layer.channels):
        found, images = layer.top(channel), order[:, channel]
        if not IS_EXACT:
            expected = largest[images, channel]
            np.testing.assert_allclose(found.values, expected, rtol=1e-4, atol=1e-5)
            continue
        np.testing.assert_array_equal(found.images, images)
        np.testing.assert_array_equal(found.values, largest[images, channel])
        places = values[images, :, channel].argmax(axis=1)
        unit = found.places[:, 0] * layer.layer.columns + found.places[:, 1]
        np.testing.assert_array_equal(unit, places)


def check_statistics(layer: LayerSurvey, values: Any) -> None:
    """Check a layer's statistics."""
    flat, known = values.reshape(-1, layer.channels), layer.statistics
    spread = flat.std(axis=0)
    if not IS_EXACT:
        for name, expected in (("maximum", flat.max(axis=0)), ("mean", flat.mean(axis=0))):
            np.testing.assert_allclose(getattr(known, name), expected, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(known.standard_deviation, spread, rtol=1e-4, atol=1e-5)
        return
    np.testing.assert_array_equal(known.minimum, flat.min(axis=0))
    np.testing.assert_array_equal(known.maximum, flat.max(axis=0))
    np.testing.assert_allclose(known.standard_deviation, spread, rtol=1e-7, atol=1e-12)
    # A mean that is 0 but for the rounding has no relative error.
    np.testing.assert_allclose(known.mean, flat.mean(axis=0), rtol=1e-7, atol=1e-8 * spread.max())
    np.testing.assert_array_equal(np.rint(known.zeros * len(flat)), (flat == 0).sum(axis=0))
    np.testing.assert_array_equal(known.active, (values.max(axis=1) > 0).sum(axis=0))


@pytest.fixture(scope="module")
def shapes() -> tuple[Any, Any]:
    return draw_shapes(2000, seed=3)


@pytest.fixture(scope="module")
def surveyed(shapes: Any) -> Survey:
    images, labels = shapes
    names = shapes_cnn.CLASS_NAMES
    return actwidget.survey(shapes_cnn.model(), images, labels, class_names=names, layers="all")


@pytest.fixture(scope="module")
def recorded(shapes: Any) -> Recording:
    return record(shapes_cnn.model(), shapes[0], layers="all")


def test_all_layers_on_2000_shapes(surveyed: Survey, recorded: Recording) -> None:
    assert list(surveyed) == list(recorded.layers)
    assert (surveyed.images, surveyed.unreadable) == (2000, [])
    # On torch a model runs as it is.
    assert ("is slower" in surveyed.note) is (keras.backend.backend() == "torch"), surveyed.note
    for path, layer in surveyed.items():
        values = units(recorded, path)
        check_tops(layer, values, top=9)
        check_statistics(layer, values)
        dead = recorded[path].statistics.dead
        if len(dead) == layer.channels:
            np.testing.assert_array_equal(layer.dead, dead)
    assert surveyed["relu4"].dead.sum() == 4


@pytest.mark.slow
def test_quantiles_are_near_those_of_all_units(surveyed: Survey, recorded: Recording) -> None:
    shares = [0.5, 0.95, 0.995]
    for path, layer in surveyed.items():
        flat = units(recorded, path).reshape(-1, layer.channels)
        spread = np.maximum(flat.std(axis=0), 1e-9)[:, None]
        error = (layer.quantile(shares) - np.quantile(flat, shares, axis=0).T) / spread
        assert np.abs(error).max() < 0.25
        assert np.median(np.abs(error)) < 0.03
    assert surveyed["relu2"].quantile(0.5).shape == (24,)
    with pytest.raises(ValueError, match="takes numbers from 0 to 1"):
        surveyed["relu2"].quantile(95)


def test_classes(surveyed: Survey, recorded: Recording, shapes: Any) -> None:
    labels = shapes[1]
    layer = surveyed["relu4"]
    means = units(recorded, "relu4").mean(axis=1)
    expected = np.stack([means[labels == label].mean(axis=0) for label in np.unique(labels)])
    np.testing.assert_allclose(layer.class_mean, expected, rtol=1e-6, atol=1e-9)
    np.testing.assert_array_equal(surveyed.class_images, np.bincount(labels))
    assert surveyed.classes == tuple(shapes_cnn.CLASS_NAMES)
    alive = ~layer.dead
    best = expected.max(axis=0)
    others = (expected.sum(axis=0) - best) / (len(expected) - 1)
    selectivity = (best - others) / np.where(alive, best + others, 1)
    np.testing.assert_allclose(layer.class_selectivity[alive], selectivity[alive], rtol=1e-5)
    star = layer.preferred_class.index("star")
    assert set(layer.top(star).labels[:3]) == {"star"}
    # Means of which one is negative say nothing about selectivity.
    assert np.isnan(surveyed["conv4"].class_selectivity).any()


def test_a_place_and_its_box_are_where_the_unit_is(surveyed: Survey, recorded: Recording) -> None:
    top = surveyed["relu2"].top(5)
    field = recorded.receptive_field("relu2")
    for number, (row, column), box in zip(top.images, top.places, top.boxes, strict=True):
        assert recorded["relu2"].maps[number, row, column, 5] in top.values
        assert box is not None
        seen = field.box(int(row), int(column))
        top_, left, bottom, right = box
        height, width = recorded.images.shape[1:3]
        assert seen == (max(0, top_), max(0, left), min(height, bottom), min(width, right))


def test_pictures_are_what_the_units_see(surveyed: Survey, shapes: Any) -> None:
    images = shapes[0]
    top = surveyed["relu1"].top(3)
    assert len(top.pictures) == len(top.images) == 9
    for number, picture, box in zip(top.images, top.pictures, top.boxes, strict=True):
        assert box is not None
        first, left, bottom, right = box
        assert picture.shape[:2] == (bottom - first, right - left)
        inside = images[number, max(0, first) : bottom, max(0, left) : right, 0]
        if inside.shape == picture.shape[:2]:
            grey = picture if picture.ndim == 2 else picture[..., 0]
            difference = grey.astype(float) - 255 * inside
            # JPEG: near, on the average.
            assert np.abs(difference).mean() < 12


def test_the_defaults_are_the_layers_after_non_linearities(shapes: Any) -> None:
    found = actwidget.survey(shapes_cnn.model(), shapes[0][:40], pictures=False)
    assert list(found) == ["relu1", "relu2", "relu3", "relu4", "softmax"]
    assert 'layers="all"' in found.not_shown["conv1"]
    with pytest.raises(KeyError, match="not in this survey: comes before a non-linearity"):
        found["conv1"]


def test_ties_go_to_the_earlier_image(shapes: Any) -> None:
    # Every picture eight times, in parts of more than one batch, the last not full.
    images = np.tile(shapes[0][:130], (8, 1, 1, 1))
    found = actwidget.survey(
        shapes_cnn.model(), images, layers=["relu3", "softmax"], batch_size=64, pictures=False
    )
    once = record(shapes_cnn.model(), images, layers=["relu3", "softmax"])
    for path, layer in found.items():
        check_tops(layer, units(once, path), top=9)


@pytest.mark.parametrize("statistics", short_form(["sampled", None], ["sampled"]))
def test_lists_are_exact_whatever_the_statistics(
    statistics: Any, shapes: Any, recorded: Recording
) -> None:
    found = actwidget.survey(
        shapes_cnn.model(), shapes[0], layers="relu*", statistics=statistics, pictures=False
    )
    for path, layer in found.items():
        values = units(recorded, path)
        check_tops(layer, values, top=9)
        known = layer.statistics
        np.testing.assert_array_equal(known.maximum, values.max(axis=(0, 1)))
        np.testing.assert_array_equal(layer.dead, recorded[path].statistics.dead)
        if statistics is None:
            assert np.isnan(known.mean).all()
            assert np.isnan(known.zeros).all()
        else:
            spread = values.std(axis=(0, 1))
            assert np.abs(known.mean - values.mean(axis=(0, 1))).max() < 0.1 * spread.max()


@pytest.mark.parametrize("name", list(KINDS))
def test_every_kind_of_model(name: str) -> None:
    model, given = KINDS[name]()
    found = actwidget.survey(model, given, layers="all", batch_size=2, pictures=False)
    expected = record(model, given, layers="all")
    surveyed_or_said = {*found, *found.not_shown}
    assert set(expected.layers) <= surveyed_or_said
    assert len(found) > 0
    for path, layer in found.items():
        values = units(expected, path)
        flat, known = values.reshape(-1, layer.channels), layer.statistics
        np.testing.assert_allclose(known.maximum, flat.max(axis=0), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(known.minimum, flat.min(axis=0), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(known.mean, flat.mean(axis=0), rtol=1e-4, atol=1e-6)
        for channel in range(layer.channels):
            top = layer.top(channel)
            largest = values[..., channel].max(axis=1)
            np.testing.assert_allclose(top.values, np.sort(largest)[::-1], rtol=1e-5, atol=1e-6)


def small(*more: Any, size: int = 6) -> Any:
    return keras.Sequential(
        [keras.Input((size, size, 2)), layers.Conv2D(5, 3, name="conv"), *more], name="net"
    )


@keras.saving.register_keras_serializable("tests")
class OnNumbers(layers.Layer):
    """A layer that leaves the graph."""

    def call(self, inputs: Any) -> Any:
        return inputs * float(np.asarray(inputs).max() > -1)


class InALoop(keras.Model):
    """A model whose layer runs in a loop of TensorFlow."""

    def __init__(self) -> None:
        super().__init__(name="loop")
        self.first = layers.Conv2D(3, 3, padding="same", activation="relu", name="first")
        self.second = layers.Conv2D(3, 3, padding="same", activation="relu", name="second")

    def call(self, inputs: Any) -> Any:
        import tensorflow as tf

        x = self.first(inputs)
        for _ in tf.range(2):
            x = self.second(x)
        return x


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="of TensorFlow")
@pytest.mark.parametrize("make", [lambda: small(OnNumbers(name="numbers")), InALoop])
def test_what_cannot_be_compiled_runs_as_it_is_and_says_so(make: Any) -> None:
    images = np.random.default_rng(0).random((7, 6, 6, 2), "f4")
    model = make()
    found = actwidget.survey(model, images, layers="all", batch_size=4, pictures=False)
    assert "slower" in found.note
    expected = record(model, images, layers="all")
    assert {*expected.layers} <= {*found, *found.not_shown}
    for path, layer in found.items():
        check_tops(layer, units(expected, path), top=9)


def test_units_that_are_not_finite_are_left_out_and_counted() -> None:
    images = np.random.default_rng(0).random((9, 6, 6, 2), "f4")
    images[4, 2, 3] = np.nan
    images[6, 0, 0] = np.inf
    model = small(layers.ReLU(name="relu"))
    with pytest.warns(UserWarning, match="NaN or infinite"):
        found = actwidget.survey(model, images, layers="all", batch_size=4, pictures=False)
    with pytest.warns(UserWarning, match="NaN or infinite"):
        values = units(record(model, images), "conv")
    finite = np.isfinite(values)
    layer = found["conv"]
    np.testing.assert_array_equal(layer.statistics.non_finite, (~finite).sum(axis=(0, 1)))
    kept = np.where(finite, values, np.nan)
    np.testing.assert_allclose(layer.statistics.mean, np.nanmean(kept, axis=(0, 1)), rtol=1e-6)
    check_tops(layer, np.where(finite, values, -np.inf), top=9)


def test_the_model_is_as_before() -> None:
    model = small(layers.BatchNormalization(), layers.Dropout(0.5))
    before = [np.asarray(each).copy() for each in model.variables]
    attributes = [set(vars(layer)) for layer in model.layers]
    actwidget.survey(model, np.ones((3, 6, 6, 2), "f4"), batch_size=2)
    for one, other in zip(before, model.variables, strict=True):
        np.testing.assert_array_equal(one, np.asarray(other))
    assert [set(vars(layer)) for layer in model.layers] == attributes
    assert not any("call" in vars(layer) for layer in model.layers)


def test_preprocessing_and_weights_are_those_of_now() -> None:
    model = small()
    images = np.random.default_rng(0).integers(0, 256, (5, 6, 6, 2)).astype("u1")
    options: dict[str, Any] = {"preprocess": lambda batch: batch / 127.5 - 1}
    found = actwidget.survey(model, images, batch_size=2, layers="all", **options)
    check_tops(found["conv"], units(record(model, images, **options), "conv"), top=9)


def test_several_inputs_and_batches() -> None:
    left, right = keras.Input((5, 5, 2), name="left"), keras.Input((3,), name="right")
    dense = layers.Dense(4, activation="relu", name="dense")(right)
    flat = layers.GlobalMaxPooling2D(name="pool")(layers.Conv2D(4, 3, name="conv")(left))
    model = keras.Model([left, right], layers.Add(name="sum")([flat, dense]))
    random = np.random.default_rng(0)
    given = {"left": random.random((11, 5, 5, 2), "f4"), "right": random.random((11, 3), "f4")}
    found = actwidget.survey(model, given, layers="all", batch_size=4)
    expected = record(model, given, layers="all")
    for path, layer in found.items():
        check_tops(layer, units(expected, path), top=9)


def test_pictures_of_some_layers_show_what_the_whole_network_sees(shapes: Any) -> None:
    """Also where the layers between were left out."""
    images = shapes[0][:30]
    every = actwidget.survey(shapes_cnn.model(), images, layers="all", pictures=False)
    some = actwidget.survey(shapes_cnn.model(), images, layers=["conv1", "conv3"])
    for path, layer in some.items():
        assert layer.layer.windows == every[path].layer.windows
        assert layer.top(0).boxes == every[path].top(0).boxes
        windows = layer.layer.windows
        assert windows is not None
        assert layer.top(0).pictures[0].shape[0] == windows[0][0]
