"""What the page is told of a survey."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from recordings import Make, recorded
from replies import reply_to
from surveys import survey_of

from actwidget import ActivationWidget, record
from actwidget.examples import shapes_cnn
from actwidget.examples.shapes import CLASS_NAMES, draw_shapes
from actwidget.recording.recording import Recording
from actwidget.surveys.survey import Survey

IMAGES, LABELS = draw_shapes(30, seed=5)


@pytest.fixture(scope="module")
def surveyed() -> Recording:
    return record(shapes_cnn.untrained_model(), IMAGES)


@pytest.fixture(scope="module")
def survey(surveyed: Recording) -> Survey:
    return survey_of(surveyed, LABELS.tolist(), CLASS_NAMES)


@pytest.fixture
def widget(make: Make, survey: Survey) -> ActivationWidget:
    return make(shapes_cnn.untrained_model(), shapes_cnn.images()[0], survey=survey)


def number_of(widget: ActivationWidget, path: str) -> int:
    return widget.choices.paths.index(path)


def test_a_layers_numbers(widget: ActivationWidget, survey: Survey) -> None:
    content, buffers = reply_to(widget, {"kind": "survey", "layer": number_of(widget, "relu4")})
    layer = survey["relu4"]
    assert content["active"] == layer.statistics.active.tolist()
    assert content["dead"] == np.flatnonzero(layer.dead).tolist()
    np.testing.assert_allclose(content["selectivity"], layer.class_selectivity, rtol=1e-4)
    assert list(buffers) == []


def test_a_selectivity_that_is_not_defined_is_null(widget: ActivationWidget) -> None:
    content, _ = reply_to(widget, {"kind": "survey", "layer": number_of(widget, "conv2")})
    assert None in content["selectivity"]


def test_a_channels_strongest_images(widget: ActivationWidget, survey: Survey) -> None:
    request = {"kind": "top-images", "layer": number_of(widget, "relu2"), "channel": 3}
    content, (strip,) = reply_to(widget, request)
    top = survey["relu2"].top(3)
    assert content["images"] == top.images.tolist()
    assert content["names"] == list(top.names)
    assert content["labels"] == list(top.labels)
    assert content["boxes"] == [list(box) for box in top.boxes if box is not None]
    assert content["width"] == top.strip_width
    assert Image.open(io.BytesIO(strip)).size[0] == 9 * top.strip_width
    means = dict(zip(survey.classes, survey["relu2"].class_mean[:, 3], strict=True))
    assert [name for name, _ in content["means"]] == sorted(means, key=lambda n: -means[n])


def test_of_many_classes_the_largest_means_are_sent(make: Make) -> None:
    several = recorded(conv=(3, 3, 2))
    images = Recording(
        [several["conv"]], model_name="net", inputs=several.inputs, images=several.images
    )
    many = survey_of(images, [0, 1], ["a", "b"])
    many.classes = tuple(f"class {n}" for n in range(20))
    means = np.arange(40.0).reshape(20, 2)
    many["conv"].__dict__["class_mean"] = means
    widget = make(images, survey=many)
    content, _ = reply_to(widget, {"kind": "top-images", "layer": 1, "channel": 0})
    assert content["means"] == [[f"class {n}", 2.0 * n] for n in range(19, 7, -1)]


def test_a_channel_that_is_not_there_is_an_error(widget: ActivationWidget) -> None:
    request = {"kind": "top-images", "layer": number_of(widget, "relu2"), "channel": 99}
    content, _ = reply_to(widget, request)
    assert content["kind"] == "error"
    assert "channel is 99; relu2 has channels 0 to 23" in content["message"]


def test_one_of_the_images(widget: ActivationWidget) -> None:
    content, (file,) = reply_to(widget, {"kind": "survey-image", "image": 7})
    assert (content["height"], content["width"], content["size"]) == (48, 48, [48, 48])
    assert content["reason"] == ""
    pixels = np.asarray(Image.open(io.BytesIO(file)))
    np.testing.assert_array_equal(pixels[..., 0], np.rint(IMAGES[7, ..., 0] * 255))


def test_an_image_that_cannot_be_explored_is_shown_with_the_reason(
    make: Make, survey: Survey, surveyed: Recording
) -> None:
    without = Recording(
        [surveyed[path] for path in surveyed.layers],
        model_name="shapes_cnn",
        inputs=np.asarray(surveyed.inputs),
        images=np.asarray(surveyed.images),
    )
    widget = make(without, survey=survey)
    content, _ = reply_to(widget, {"kind": "survey-image", "image": 7})
    assert content["reason"].startswith("it needs the model")


def test_boxes_count_in_what_the_model_received(make: Make) -> None:
    maps = np.random.default_rng(0).random((2, 4, 4, 3)).astype("f4")
    half = recorded(conv=(4, 4, 3))
    images = np.zeros((2, 20, 30, 3), "u1")
    resized = Recording([half["conv"]], model_name="net", inputs=maps, images=images)
    content, _ = reply_to(make(resized), {"kind": "survey-image", "image": 1})
    assert (content["height"], content["width"], content["size"]) == (20, 30, [4, 4])


def test_of_a_recording_the_layers_are_looked_at_when_a_channel_is_opened(make: Make) -> None:
    own = make(recorded(conv=(6, 6, 5), more=(4, 4, 2)))
    assert own.shown.survey._own is None
    content, (strip,) = reply_to(own, {"kind": "top-images", "layer": 1, "channel": 2})
    strongest = own.recording["conv"].maps[..., 2].max(axis=(1, 2))
    assert content["images"] == np.argsort(-strongest).tolist()
    assert content["means"] is None
    assert strip[:3] == b"\xff\xd8\xff"


def test_a_single_image_has_none(make: Make) -> None:
    alone = make(shapes_cnn.untrained_model(), shapes_cnn.images()[0])
    content, _ = reply_to(alone, {"kind": "top-images", "layer": 2, "channel": 2})
    assert (content["kind"], "there is no survey" in content["message"]) == ("error", True)
