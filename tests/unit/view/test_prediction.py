"""What the model made of each image, in the user's words."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from recordings import Make, of_maps

from actwidget import record
from actwidget.examples import shapes_cnn
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
from actwidget.view.prediction import check_class_names, predictions


def ending_in(outputs: list[list[float]]) -> Recording:
    """A recording whose last layer gave these, a row for each image."""
    units = np.array(outputs, "f4")[:, None, None, :]
    return of_maps(conv=np.zeros((len(units), 4, 4, 3), "f4"), out=units)


def told(recording: Recording, names: list[str]) -> list[list[tuple[str, float | None]]]:
    """The predictions, rounded."""
    return [
        [(name, None if value is None else round(value, 4)) for name, value in answers]
        for answers in predictions(recording, names)
    ]


def test_the_three_likeliest_classes_are_named_for_each_image() -> None:
    recording = ending_in([[0.01, 0.95, 0.02, 0.02], [0.5, 0.1, 0.35, 0.05]])
    assert told(recording, ["sad", "happy", "neutral", "angry"]) == [
        [("happy", 0.95), ("neutral", 0.02), ("angry", 0.02)],
        [("sad", 0.5), ("neutral", 0.35), ("happy", 0.1)],
    ]


def test_as_likely_ones_are_named_in_their_order() -> None:
    (answers,) = told(ending_in([[0.25] * 4]), ["a", "b", "c", "d"])
    assert [name for name, _ in answers] == ["a", "b", "c"]


def test_a_single_unit_is_the_likelihood_of_the_second_of_two_names() -> None:
    recording = ending_in([[0.97], [0.25]])
    assert told(recording, ["cat", "dog"]) == [
        [("dog", 0.97), ("cat", 0.03)],
        [("cat", 0.75), ("dog", 0.25)],
    ]


def test_a_single_unit_may_have_a_single_name() -> None:
    assert check_class_names(["dog"], ending_in([[0.97]])) == ["dog"]
    assert told(ending_in([[0.97]]), ["dog"]) == [[("dog", 0.97)]]


def test_nan_is_no_likely_class() -> None:
    names = ["a", "b", "c", "d"]
    (answers,) = told(ending_in([[np.nan, 0.2, np.nan, 0.7]]), names)
    assert answers == [("d", 0.7), ("b", 0.2), ("a", None)]
    (answers,) = told(ending_in([[np.nan] * 4]), names)
    assert [value for _, value in answers] == [None] * 3


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinity_has_no_value_that_json_can_hold(value: float) -> None:
    (answers,) = told(ending_in([[0.5, value]]), ["a", "b"])
    assert ("b", None) in answers
    json.dumps(answers, allow_nan=False)


def test_without_names_a_softmax_names_its_units() -> None:
    units = np.array([[[[0.1, 0.7, 0.2]]]], "f4")
    softmax = LayerMaps("out", "Dense", "softmax", "units", units)
    layer = LayerMaps("out", "Softmax", None, "units", units)
    for entry in (softmax, layer):
        recording = Recording([entry], model_name="net", inputs=units, images=units[:, :0])
        (answers,) = told(recording, [])
        assert answers == [("unit 1", 0.7), ("unit 2", 0.2), ("unit 0", 0.1)]
    assert predictions(ending_in([[0.1, 0.9]]), []) == []


def test_names_are_for_the_shipped_networks_softmax(make: Make) -> None:
    images = shapes_cnn.images()[:4]
    recording = record(shapes_cnn.model(), images)
    names = ["circle", "square", "triangle", "cross", "star"]
    found = make(recording, class_names=names).predictions
    outputs = np.asarray(shapes_cnn.model()(images))
    for answers, output in zip(found, outputs, strict=True):
        best = np.argsort(-output)[:3]
        assert [name for name, _ in answers] == [names[unit] for unit in best]
        assert [value for _, value in answers] == pytest.approx(output[best].tolist())


def test_the_models_own_output_counts_though_layers_left_it_out(make: Make) -> None:
    images = shapes_cnn.images()[:4]
    names = ["circle", "square", "triangle", "cross", "star"]
    whole = make(shapes_cnn.model(), images, class_names=names)
    part = make(shapes_cnn.model(), images, class_names=names, layers=["conv*"])
    assert "softmax" not in part.recording
    assert part.predictions == whole.predictions
    # The names are for the output's units, and for no other layer that has as many.
    assert [layer["path"] for layer in whole.layers if layer["named"]] == ["softmax"]
    assert not any(layer["named"] for layer in part.layers)


def test_of_several_outputs_the_one_that_has_as_many_units_is_named(make: Make) -> None:
    import keras

    inputs = keras.Input((6,))
    outputs = {
        "kind": keras.layers.Dense(3, name="kind")(inputs),
        "age": keras.layers.Dense(1, name="age")(inputs),
    }
    recording = record(keras.Model(inputs, outputs), np.ones((1, 6), "f4"))
    assert {entry.path for entry in recording.outputs} == {"kind", "age"}
    values = recording["kind"].maps.ravel()
    (((name, value), *_),) = predictions(recording, ["a", "b", "c"])
    assert name == "abc"[int(values.argmax())]
    assert value == pytest.approx(float(values.max()))
    with pytest.raises(ValueError, match=r"has 3 outputs \(layer kind\), 1 outputs \(layer age\)"):
        check_class_names(["a"] * 4, recording)


def test_an_output_that_no_layer_gave_is_named() -> None:
    import keras

    class Model(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="model")
            self.dense = keras.layers.Dense(3, name="dense")

        def call(self, x: Any) -> Any:
            return keras.ops.softmax(self.dense(x))

    recording = record(Model(), np.ones((2, 6), "f4"))
    (output,) = recording.outputs
    assert output.path == "model"
    np.testing.assert_allclose(output.maps.sum(axis=-1), 1, rtol=1e-6)
    assert check_class_names(["a", "b", "c"], recording)


def test_the_page_is_told_the_names_and_the_predictions(make: Make) -> None:
    recording = ending_in([[0.01, 0.97, 0.02]])
    widget = make(recording, class_names=("sad", "happy", "neutral"))
    assert widget.class_names == ["sad", "happy", "neutral"]
    ((best, *_),) = widget.predictions
    assert best == ("happy", pytest.approx(0.97))
    assert make(recording).predictions == []


@pytest.mark.parametrize(
    ("names", "error", "message"),
    [
        (["a", "b"], ValueError, r"class_names holds 2 names; net has 3 outputs \(layer out\)"),
        (["a"] * 1000, ValueError, "class_names holds 1000 names; net has 3 outputs"),
        ([], ValueError, "class_names holds 0 names"),
        ("abc", TypeError, "class_names is 'abc'; it takes a list of text"),
        ([0, 1, 2], TypeError, r"class_names is \[0, 1, 2\]; it takes a list of text"),
        (["a", "b", None], TypeError, "class_names is .*it takes a list of text"),
        (3, TypeError, "class_names is 3; it takes a list of text"),
    ],
    ids=["too few", "too many", "none", "text", "numbers", "None among them", "a number"],
)
def test_names_that_do_not_fit_are_refused(
    make: Make, names: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        make(ending_in([[0.01, 0.97, 0.02]]), class_names=names)


def test_names_may_be_an_array(make: Make) -> None:
    names = np.array(["sad", "happy", "neutral"])
    widget = make(ending_in([[0.01, 0.97, 0.02]]), class_names=names)
    assert widget.class_names == ["sad", "happy", "neutral"]


def test_a_model_that_ends_in_maps_has_no_classes(make: Make) -> None:
    recording = of_maps(conv=np.zeros((1, 4, 5, 3), "f4"))
    with pytest.raises(ValueError, match=r"a value for each class; net gives 4 × 5 × 3 \(conv\)"):
        make(recording, class_names=["a", "b", "c"])
