"""What is refused, with a way out, and leaves everything as it was."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import ipywidgets
import numpy as np
import pytest
import traitlets
from agreement import assert_stands

from actwidget import ActivationWidget
from actwidget.examples import shapes_cnn
from actwidget.recording.recording import Recording


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("layer", "wid", "layer is 'wid', which is not known; did you mean 'wide'"),
        (
            "layer",
            "conv9",
            "layer is 'conv9', which is not known; known: 'input', 'narrow', 'wide', 'big'",
        ),
        ("layer", 5, "layer is 5; the recording has layers 0 to 4"),
        ("layer", -6, "layer is -6; the recording has layers 0 to 4"),
        ("layer", True, "layer"),
        ("layer", 1.0, "layer"),
        ("layer", None, "layer"),
        ("channel", 40, "channel is 40; wide has channels 0 to 39, and None shows all of them"),
        ("channel", -1, "channel is -1; wide has channels 0 to 39"),
        ("channel", "all", "channel"),
        ("channel", 1.5, "channel"),
        ("normalization", "zscore", "'zscore', which is not known; did you mean 'channel z-score'"),
        ("normalization", None, "normalization"),
        ("image_index", 2, "image_index is 2; the recording has images 0 to 1"),
        ("image_index", -1, "image_index is -1; the recording has images 0 to 1"),
        ("image_index", None, "image_index"),
        ("sort", "strong", "sort is 'strong', which is not known; did you mean 'strongest'"),
        (
            "sort",
            "alphabet",
            "sort is 'alphabet', which is not known; known: 'number', 'strongest'",
        ),
        ("sort", None, "sort"),
        ("hold_scale", "yes", "hold_scale"),
    ],
)
def test_a_failing_assignment_names_the_way_out_and_changes_nothing(
    widget: ActivationWidget,
    sent: list[tuple[ipywidgets.Widget, dict[str, Any]]],
    name: str,
    value: Any,
    message: str,
) -> None:
    widget.layer, widget.channel = "wide", 30
    widget.normalization, widget.image_index = "symmetric", 1
    assert_stands(widget, "wide", 30, "symmetric", 1)
    sent.clear()
    told: list[Any] = []
    widget.observe(told.append)
    with pytest.raises(traitlets.TraitError, match=message):
        setattr(widget, name, value)
    assert_stands(widget, "wide", 30, "symmetric", 1)
    assert told == sent == []


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"colums": 4}, TypeError, "'colums', which is not known; did you mean 'columns'"),
        ({"normalisation": "raw"}, TypeError, "did you mean 'normalization'"),
        (
            {"xyz": 1},
            TypeError,
            "the keyword is 'xyz', which is not known; known: 'model', 'image'",
        ),
        ({"columns": 0}, ValueError, 'columns is 0; .* 1 or more .* "auto" or "square"'),
        ({"columns": "wide"}, ValueError, "columns is 'wide'"),
        ({"normalization": "zscore"}, ValueError, "'zscore'.* did you mean 'channel z-score'"),
        ({"sort": "strong"}, ValueError, "sort is 'strong'.* did you mean 'strongest'"),
        ({"class_names": ["a", "b"]}, ValueError, "class_names holds 2 names; net has 10 outputs"),
        ({"layer": "wid"}, traitlets.TraitError, "'wid', which is not known; .*'wide'"),
        ({"channel": 4}, traitlets.TraitError, "channel is 4; narrow has channels 0 to 3"),
        ({"layer": "wide", "channel": 40}, traitlets.TraitError, "wide has channels 0 to 39"),
        ({"image_index": 2}, traitlets.TraitError, "images 0 to 1"),
        ({"image": np.zeros((8, 9, 1))}, TypeError, r"already holds .*leave them out"),
        ({"preprocess": abs}, TypeError, "already holds"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else None,
)
# A half-made widget that is thrown away must not complain in place of the error.
@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_widget_that_cannot_be_made_says_why(
    by_hand: Recording, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        ActivationWidget(by_hand, **options)
    gc.collect()


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("model", "message"),
    [
        (None, "model is .*NoneType; it has to be a Keras model"),
        ("vgg16", r"model is text \('vgg16'\), and there is no such file here"),
        (np.zeros((8, 8, 1)), "model is .*ndarray; it has to be a Keras model"),
    ],
    ids=["None", "text", "array"],
)
def test_what_is_no_model_is_refused(model: object, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        ActivationWidget(model, np.zeros((8, 8, 1)))
    gc.collect()


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_wrong_options_are_refused_before_the_model_is_run() -> None:
    runs: list[int] = []
    model = shapes_cnn.model()

    def preprocess(batch: np.ndarray) -> np.ndarray:
        runs.append(1)
        return batch

    for options in (
        {"columns": 0},
        {"normalization": "zscore"},
        {"colums": 3},
        {"sort": "strong"},
        {"normalizations": ["raw"]},
    ):
        with pytest.raises((TypeError, ValueError)):
            ActivationWidget(model, shapes_cnn.images()[0], preprocess=preprocess, **options)
    assert runs == []
    gc.collect()


def test_a_recording_without_a_layer_is_refused() -> None:
    images = np.zeros((1, 8, 8, 1), "f4")
    empty = Recording([], model_name="net", inputs=images, images=images)
    with pytest.raises(ValueError, match=r"net .*layer"):
        ActivationWidget(empty)


def test_a_recording_that_is_closed_is_refused(by_hand: Recording) -> None:
    by_hand.close()
    with pytest.raises(RuntimeError, match="recording of net is closed"):
        ActivationWidget(by_hand)


def test_a_widget_that_could_not_be_made_keeps_nothing_alive(
    monkeypatch: pytest.MonkeyPatch, by_hand: Recording
) -> None:
    held = weakref.ref(by_hand["big"])
    monkeypatch.setattr("actwidget.widget.record", lambda *_, **__: by_hand)
    with pytest.raises(traitlets.TraitError):
        ActivationWidget(object(), np.zeros((8, 9, 1)), layer="conv9")
    by_hand.close()
    gc.collect()
    assert held() is None
