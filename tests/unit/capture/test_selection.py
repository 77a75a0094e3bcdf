"""Which layers are recorded: the default, and what ``layers=`` asks for."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from recorded import after_input, numbers, reasons

from actwidget import record


def blocks(name: str = "net") -> keras.Model:
    inputs = keras.Input((8, 8, 2))
    x = inputs
    for block in (1, 2):
        x = layers.Conv2D(3, 3, padding="same", name=f"block{block}_conv1")(x)
        x = layers.BatchNormalization(name=f"block{block}_norm")(x)
        x = layers.ReLU(name=f"block{block}_relu")(x)
        x = layers.SpatialDropout2D(0.5, name=f"block{block}_drop")(x)
    x = layers.GlobalMaxPooling2D(name="largest")(x)
    return keras.Model(inputs, layers.Dense(2, name="head")(x), name=name)


def nested() -> keras.Model:
    return keras.Sequential(
        [keras.Input((8, 8, 2)), blocks("inner"), layers.Dense(3, name="last")], name="outer"
    )


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ("block1_conv1", ["block1_conv1"]),
        (["head", "block1_conv1"], ["block1_conv1", "head"]),
        ("block*_conv*", ["block1_conv1", "block2_conv1"]),
        ("block?_norm", ["block1_norm", "block2_norm"]),
        (layers.Conv2D, ["block1_conv1", "block2_conv1"]),
        ([layers.Dense, "largest"], ["largest", "head"]),
        (lambda layer: "norm" in layer.name, ["block1_norm", "block2_norm"]),
        ([lambda layer: layer.name == "head", layers.ReLU], ["block1_relu", "block2_relu", "head"]),
        # What repeats another's values is left out by default, and shown where it is asked for.
        (layers.SpatialDropout2D, ["block1_drop", "block2_drop"]),
    ],
)
def test_layers_are_chosen_by_name_pattern_class_or_predicate(
    chosen: Any, expected: list[str]
) -> None:
    model, batch = blocks(), numbers(2, 8, 8, 2)
    recording = record(model, batch, layers=chosen)
    assert list(recording.layers) == expected
    everything = record(model, batch, layers="all")
    for path, entry in recording.items():
        np.testing.assert_array_equal(entry.maps, everything[path].maps)
    assert reasons(recording) == {
        path: "is not asked for by layers" for path in everything.layers if path not in expected
    }


def test_a_predicate_is_asked_once_for_each_layer() -> None:
    asked = []

    def predicate(layer: Any) -> bool:
        asked.append(layer.name)
        return layer.name == "head"

    record(blocks(), numbers(8, 8, 2), layers=predicate)
    assert len(asked) == len(set(asked)) == 10


def test_names_and_patterns_reach_into_nested_models() -> None:
    batch = numbers(8, 8, 2)
    for chosen in ("inner/block1_conv1", "block1_conv1", "inner/*1_conv1", "*conv1"):
        recording = record(nested(), batch, layers=chosen)
        assert "inner/block1_conv1" in recording
    # A nested model's own output, which the default leaves out.
    assert list(record(nested(), batch, layers="inner").layers) == ["inner"]


def test_the_default_says_what_it_leaves_out() -> None:
    recording = record(nested(), numbers(8, 8, 2))
    assert reasons(recording) == {
        "inner": "repeats inner/head",
        "inner/block1_drop": "repeats inner/block1_relu",
        "inner/block2_drop": "repeats inner/block2_relu",
    }
    assert sorted(set(recording.not_shown.values()))[:2] == [
        "only stands for what inner receives",
        "only stands for what outer receives",
    ]
    everything = record(nested(), numbers(8, 8, 2), layers="all")
    assert reasons(everything) == {}
    assert "inner/block1_drop" in everything
    assert "inner" in everything


def test_an_entry_came_from_the_nearest_entry_before_it() -> None:
    batch = numbers(8, 8, 2)
    inputs = {path: entry.inputs for path, entry in record(blocks(), batch).items()}
    assert inputs["block2_conv1"] == ("block1_relu",)
    everything = record(blocks(), batch, layers="all")
    assert everything["block1_drop"].inputs == ("block1_relu",)
    convolutions = record(blocks(), batch, layers=[layers.Conv2D, "head"])
    assert {path: entry.inputs for path, entry in after_input(convolutions).items()} == {
        "block1_conv1": ("input",),
        "block2_conv1": ("block1_conv1",),
        "head": ("block2_conv1",),
    }


def test_single_calls_and_outputs_are_chosen_by_number() -> None:
    shared = layers.Dense(4, name="dense")
    inputs = keras.Input((4, 4))
    x = shared(shared(inputs))
    x = layers.LSTM(4, return_state=True, name="lstm")(x)
    model = keras.Model(inputs, x)
    batch = numbers(4, 4)
    assert list(record(model, batch, layers="dense").layers) == ["dense#1", "dense#2"]
    assert list(record(model, batch, layers="dense#2").layers) == ["dense#2"]
    recording = record(model, batch, layers=["lstm:2", "dense#1"])
    assert list(recording.layers) == ["dense#1", "lstm:2"]
    assert reasons(recording)["dense#2"] == "is not asked for by layers"
    with pytest.raises(ValueError, match=r"layers is 'dense#3'.*'dense#[12]'"):
        record(model, batch, layers="dense#3")


def test_inner_parts_are_shown_where_they_are_asked_for() -> None:
    inputs = keras.Input((7, 8))
    model = keras.Model(inputs, layers.MultiHeadAttention(2, 4, name="attention")(inputs, inputs))
    assert list(record(model, numbers(7, 8), layers="attention/query").layers) == [
        "attention/query"
    ]
    conv = layers.Conv2D(2, 3, activation=layers.LeakyReLU(name="leaky"), name="conv")
    model = keras.Sequential([keras.Input((6, 6, 1)), conv])
    assert list(record(model, numbers(6, 6), layers="all").layers) == ["conv/leaky", "conv"]


def test_a_chosen_layer_of_a_model_that_is_not_built() -> None:
    class Late(keras.Model):
        def build(self, input_shape: Any) -> None:
            self.first = layers.Conv2D(2, 3, name="first")
            self.second = layers.Conv2D(2, 3, name="second")

        def call(self, x: Any) -> Any:
            return self.second(self.first(x))

    late = Late()
    late.spare = layers.Dense(1, name="spare")
    assert list(record(late, numbers(8, 8, 1), layers="second").layers) == ["second"]
    late = Late()
    late.spare = layers.Dense(1, name="spare")
    with pytest.raises(ValueError, match=r"layers is 'secnd', which is not known.*'second'"):
        record(late, numbers(8, 8, 1), layers="secnd")


# What is refused


def ran(x: Any) -> Any:
    raise AssertionError("the model ran")


@pytest.mark.parametrize(
    ("chosen", "error", "message"),
    [
        ("blok1_conv1", ValueError, "layers is 'blok1_conv1', which is not known.*'block1_conv1'"),
        (["head", "blok*_conv*"], ValueError, r"layers is 'blok\*_conv\*'.*'block\d_conv1'"),
        (layers.Conv3D, ValueError, "the class keras.*Conv3D, of which the model has no layer.*"
         "BatchNormalization, Conv2D, Dense"),
        (lambda layer: False, ValueError, "yes to none of the 10 layers"),
        ([], ValueError, "layers is empty"),
        (3, TypeError, "layers is 3; give names"),
        ([3], TypeError, "layers holds 3; give names"),
    ],
)  # fmt: skip
def test_a_choice_that_means_nothing_is_refused_before_the_model_runs(
    chosen: Any, error: Any, message: str
) -> None:
    model = blocks()
    model.get_layer("block1_conv1").call = ran
    with pytest.raises(error, match=message):
        record(model, numbers(8, 8, 2), layers=chosen)


def test_a_layer_itself_and_a_cell_are_refused() -> None:
    model = keras.Sequential([keras.Input((7, 9)), layers.LSTM(5, name="lstm")])
    with pytest.raises(ValueError, match="lstm/lstm_cell, which is the cell that lstm calls"):
        record(model, numbers(7, 9), layers="lstm_cell")
    with pytest.raises(TypeError, match="holds the layer lstm itself; give its name, 'lstm'"):
        record(model, numbers(7, 9), layers=[model.layers[0]])
