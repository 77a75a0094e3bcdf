"""Models with several inputs and outputs, and inputs that are no images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from recorded import check, numbers, reasons

from actwidget import record

PICTURE, VECTOR = numbers(2, 6, 7, 3), numbers(2, 4)


def two_inputs(nest: Callable[[Any, Any], Any]) -> keras.Model:
    """A picture and a vector, of which the vector comes first."""
    vector, picture = keras.Input((4,), name="vector"), keras.Input((6, 7, 3), name="picture")
    x = layers.Flatten(name="flatten")(layers.Conv2D(2, 3, name="conv")(picture))
    x = layers.Concatenate(name="join")([layers.Dense(3, name="dense")(vector), x])
    outputs = {"yes": layers.Dense(2, name="yes")(x), "no": [layers.Dense(1, name="no")(x)]}
    return keras.Model(nest(vector, picture), outputs, name="two")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "nest",
    [
        lambda vector, picture: [vector, picture],
        lambda vector, picture: (vector, picture),
        lambda vector, picture: {"vector": vector, "picture": picture},
    ],
    ids=["list", "tuple", "dict"],
)
@pytest.mark.parametrize(
    "given",
    [
        [VECTOR, PICTURE],
        (VECTOR, PICTURE),
        {"picture": PICTURE, "vector": VECTOR},
        [VECTOR.tolist(), list(PICTURE)],
    ],
    ids=["list", "tuple", "dict", "nested lists"],
)
def test_several_inputs_are_given_by_order_or_by_name(nest: Any, given: Any) -> None:
    recording = check(two_inputs(nest), given, inputs=nest(VECTOR, PICTURE))
    assert list(recording)[:2] == ["input:picture", "input:vector"]
    assert list(recording.layers)[-3:] == ["join", "yes", "no"]
    assert set(recording) >= {"conv", "flatten", "dense"}
    # The picture is what is shown beside the grid.
    assert recording.input.path == "input:picture"
    np.testing.assert_array_equal(recording.images, PICTURE)
    np.testing.assert_array_equal(recording.inputs, PICTURE)
    np.testing.assert_array_equal(recording["input:picture"].maps, PICTURE)
    np.testing.assert_array_equal(recording["input:vector"].maps[:, 0, 0], VECTOR)
    assert recording["conv"].inputs == ("input:picture",)
    assert recording["dense"].inputs == ("input:vector",)
    assert recording["join"].inputs == ("dense", "flatten")


def test_a_single_picture_of_several_inputs_needs_no_batch_axis() -> None:
    model = two_inputs(lambda vector, picture: [vector, picture])
    recording = record(model, [VECTOR[0], PICTURE[0]])
    np.testing.assert_array_equal(
        recording["join"].maps, record(model, [VECTOR[:1], PICTURE[:1]])["join"].maps
    )


def test_preprocess_is_given_the_picture_alone() -> None:
    model = two_inputs(lambda vector, picture: [vector, picture])
    recording = record(model, [VECTOR, PICTURE], preprocess=lambda x: x * 2)
    np.testing.assert_array_equal(recording.images, PICTURE)
    np.testing.assert_array_equal(recording.inputs, PICTURE * 2)
    np.testing.assert_array_equal(recording["input:vector"].maps[:, 0, 0], VECTOR)


def test_without_a_picture_the_images_are_only_counted() -> None:
    left, right = keras.Input((3,), name="left"), keras.Input((5,), dtype="int32", name="right")
    x = layers.Embedding(9, 2, name="embedding")(right)
    x = layers.Concatenate(name="join")([left, layers.Flatten(name="flatten")(x)])
    given = [numbers(4, 3), np.arange(20).reshape(4, 5) % 9]
    recording = check(keras.Model([left, right], x), given)
    assert recording.images.shape == (4, 0, 0, 1)
    assert recording.input.path == "input:left"


class Subclassed(keras.Model):
    def __init__(self, names: Any) -> None:
        super().__init__(name="subclassed")
        self.names = names
        self.conv = layers.Conv2D(2, 3, name="conv")
        self.flatten = layers.Flatten(name="flatten")
        self.dense = layers.Dense(3, name="dense")

    def call(self, x: Any) -> Any:
        vector, picture = (x[name] for name in self.names)
        return [self.dense(vector), (self.flatten(self.conv(picture)),)]


@pytest.mark.parametrize("built", [False, True], ids=["unbuilt", "built"])
@pytest.mark.parametrize(
    ("names", "given"),
    [
        ((0, 1), [VECTOR, PICTURE]),
        ((0, 1), (VECTOR, PICTURE)),
        (("v", "p"), {"v": VECTOR, "p": PICTURE}),
    ],
    ids=["list", "tuple", "dict"],
)
def test_a_subclassed_model_is_given_the_nesting_that_the_user_gave(
    names: Any, given: Any, built: bool
) -> None:
    model = Subclassed(names)
    if built:
        model(given)
    recording = check(model, given)
    first, second = (f"input:{name}" for name in names)
    assert list(recording) == [second, first, "dense", "conv", "flatten"]
    assert recording["dense"].inputs == (first,)
    assert recording["conv"].inputs == (second,)


def test_two_pictures_in_a_list_with_batch_axes_are_two_inputs() -> None:
    class Both(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="both")
            self.minus = layers.Subtract(name="minus")

        def call(self, x: Any) -> Any:
            return self.minus(x)

    pair = [numbers(2, 4, 5, 1), numbers(2, 4, 5, 1, seed=6)]
    recording = record(Both(), pair)
    np.testing.assert_array_equal(recording["minus"].maps, pair[0] - pair[1])


def test_a_list_of_pictures_is_a_batch_for_a_model_of_one_input() -> None:
    model = keras.Sequential([layers.Conv2D(2, 3, name="conv")])
    assert len(record(model, list(numbers(3, 6, 6, 1))).images) == 3
    named = keras.Sequential([keras.Input((6, 6, 1), name="picture"), layers.ReLU(name="relu")])
    assert len(record(named, {"picture": numbers(6, 6)}).images) == 1


def test_an_input_of_one_number_needs_no_axis_of_its_own() -> None:
    age, picture = keras.Input((1,), name="age"), keras.Input((4, 4, 1), name="picture")
    x = layers.Concatenate(name="join")([age, layers.Flatten(name="flatten")(picture)])
    recording = record(keras.Model([age, picture], x), [[31, 47], numbers(2, 4, 4)])
    np.testing.assert_array_equal(recording["join"].maps[:, 0, 0, 0], [31, 47])


def test_a_layer_named_input_does_not_hide_what_the_model_received() -> None:
    left, right = keras.Input((3,), name="left"), keras.Input((3,), name="right")
    x = layers.Add(name="input")([left, right])
    recording = record(keras.Model([left, right], x, name="net"), [numbers(1, 3), numbers(1, 3)])
    assert list(recording) == [f"input of net:{name}" for name in ("left", "right")] + ["input"]
    assert recording["input"].inputs == ("input of net:left", "input of net:right")


# What is refused


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (
            PICTURE,
            TypeError,
            r"one ndarray; two takes 2 inputs: vector \(4,\), picture \(6, 7, 3\)",
        ),
        ([VECTOR], ValueError, r"list of 1; two takes 2 inputs: vector \(4,\), picture"),
        ([VECTOR, PICTURE, PICTURE], ValueError, "list of 3; two takes 2 inputs"),
        ({"vector": VECTOR}, ValueError, "lacks 'picture'; two takes 2 inputs: vector"),
        (
            {"vector": VECTOR, "image": PICTURE},
            ValueError,
            "holds the unknown 'image'; two takes 2 inputs: vector",
        ),
        ([PICTURE, VECTOR], ValueError, r"image\[0\] has shape \(2, 6, 7, 3\); two takes"),
        ([VECTOR[:1], PICTURE], ValueError, "1 of input:vector, 2 of input:picture"),
        ([VECTOR, "cat.png"], TypeError, r"image\[1\] is text"),
    ],
)
def test_a_wrong_number_or_name_of_inputs_is_refused(given: Any, error: Any, message: str) -> None:
    model = two_inputs(lambda vector, picture: [vector, picture])
    with pytest.raises(error, match=message):
        record(model, given)


def test_names_for_a_model_of_one_input() -> None:
    model = keras.Sequential([keras.Input((6, 6, 1), name="picture"), layers.ReLU()], name="one")
    with pytest.raises(ValueError, match=r"unknown 'image'; one takes one input, picture \(6, 6,"):
        record(model, {"image": numbers(6, 6)})


@pytest.mark.parametrize("token", [-1, 50])
def test_a_token_out_of_range_is_refused(token: int) -> None:
    model = keras.Sequential([keras.Input((3,)), layers.Embedding(50, 2, name="embedding")])
    with pytest.raises(ValueError, match="token") as caught:
        record(model, [[1, 2, 3], [4, token, 6]])
    assert str(caught.value) == (
        f"image holds the token {token} at [1, 1]; embedding takes tokens from 0 to "
        "49, as its input_dim is 50"
    )
    assert "call" not in model.get_layer("embedding").__dict__


def test_a_token_that_the_model_itself_put_out_of_range_is_told_by_the_layer() -> None:
    inputs = keras.Input((3,))
    x = layers.Rescaling(10, name="rescaling")(inputs)
    x = layers.Embedding(50, 2, name="embedding")(x)
    with pytest.raises(ValueError, match="layer embedding was given the token 60 at"):
        record(keras.Model(inputs, x), [[1, 2, 6]])


def test_an_input_layer_is_said_to_be_no_entry() -> None:
    model = two_inputs(lambda vector, picture: [vector, picture])
    recording = record(model, [VECTOR, PICTURE])
    assert recording.not_shown["picture"] == "only stands for what two receives"
    assert reasons(recording) == {}
