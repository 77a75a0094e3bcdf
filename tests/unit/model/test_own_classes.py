"""Layers are taken for what they are: Keras's own classes, whatever a user's are called."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from recorded import called, numbers, reasons, show

from actwidget import record
from actwidget.model.layer_tree import LayerTree

PICTURE = numbers(1, 16, 16, 3)


def assert_all_shown(model: Any, given: Any = PICTURE, **options: Any) -> list[str]:
    """Record a model of which nothing is hidden, and return the paths of its layers."""
    recording = record(model, given, **options)
    assert all(reason.startswith("repeats ") for reason in reasons(recording).values())
    returned = called(model, given)
    for path in recording.layers:
        entry = recording[path]
        name, _, call = path.rpartition("/")[2].partition("#")
        output = returned[name][int(call or 1) - 1]
        np.testing.assert_array_equal(entry.maps.ravel(), np.asarray(output).ravel())
    show(recording)
    return list(recording.layers)


class Block(layers.Layer):
    """Two convolutions."""

    def __init__(self) -> None:
        super().__init__(name="block")
        self.a = layers.Conv2D(4, 3, padding="same", name="a")
        self.b = layers.Conv2D(4, 3, padding="same", name="b")

    def call(self, x: Any) -> Any:
        return self.b(self.a(x))


def block_called(kind: str) -> layers.Layer:
    """Make a block of a class with this name."""
    return type(kind, (Block,), {})()


class Holding(keras.Model):
    """Keeps a layer under any name, and pools what it returns."""

    def __init__(self, attribute: str, layer: Any) -> None:
        super().__init__(name="holding")
        self.attribute = attribute
        setattr(self, attribute, layer)
        self.pool = layers.GlobalAveragePooling2D(name="pool")

    def call(self, x: Any) -> Any:
        return self.pool(getattr(self, self.attribute)(x))


ATTRIBUTES = [
    "activation",
    "cell",
    "layer",
    "_query_dense",
    "_functional",
    "forward_layer",
    "states",
]


@pytest.mark.parametrize("built", [False, True], ids=["unbuilt", "built"])
@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_an_attribute_may_have_any_name(attribute: str, built: bool) -> None:
    model = Holding(attribute, Block())
    if built:
        model(PICTURE)
    assert assert_all_shown(model) == ["block/a", "block/b", "pool"]
    assert "block" in assert_all_shown(model, layers="all")


def test_an_activation_that_is_a_layer_of_the_model_itself() -> None:
    model = Holding("activation", layers.ReLU(name="relu"))
    assert assert_all_shown(model) == ["relu", "pool"]


def test_a_block_that_calls_its_activation_twice() -> None:
    class Residual(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="residual")
            self.conv = layers.Conv2D(3, 3, padding="same", name="conv")
            self.activation = layers.ReLU(name="relu")

        def call(self, x: Any) -> Any:
            return self.activation(x - 0.5) + self.activation(self.conv(x))

    model = keras.Sequential([keras.Input((16, 16, 3)), Residual()])
    expected = ["residual/relu#1", "residual/conv", "residual/relu#2", "residual"]
    assert assert_all_shown(model) == expected


def test_a_convolution_of_ones_own_that_normalizes_before_its_activation() -> None:
    class Normalized(layers.Conv2D):
        def __init__(self) -> None:
            super().__init__(4, 3, name="conv")
            self.norm = layers.BatchNormalization(name="norm")
            self.activation = layers.LeakyReLU(name="leaky")

        def call(self, x: Any) -> Any:
            return self.activation(self.norm(self.convolution_op(x, self.kernel)))

    model = keras.Sequential([keras.Input((16, 16, 3)), Normalized()])
    assert assert_all_shown(model) == ["conv/norm", "conv/leaky"]


@pytest.mark.parametrize(
    "kind",
    [
        *("Permute", "TimeDistributed", "InputLayer", "Embedding", "MultiHeadAttention", "RNN"),
        *("GroupedQueryAttention", "Functional", "Sequential", "Flatten", "BatchNormalization"),
        *("Dropout", "RandomShift", "GaussianNoise", "LSTM", "Dense"),
    ],
)
def test_a_class_may_have_any_name(kind: str) -> None:
    inputs = keras.Input((16, 16, 3))
    x = block_called(kind)(inputs)
    model = keras.Model(inputs, layers.GlobalAveragePooling2D(name="pool")(x))
    assert assert_all_shown(model) == ["block/a", "block/b", "pool"]
    # Nothing is hidden as part of another, and an unbuilt model is taken for what it is.
    assert assert_all_shown(Holding("layer", block_called(kind))) == [
        "block/a",
        "block/b",
        "pool",
    ]


def test_a_normalization_of_ones_own_whose_axis_is_not_that_of_channels() -> None:
    class RowNormalization(layers.Layer):
        axis = 1

        def call(self, x: Any) -> Any:
            return x - keras.ops.mean(x, axis=self.axis, keepdims=True)

    model = keras.Sequential([keras.Input((6, 7, 3)), RowNormalization(name="rows")])
    assert record(model, numbers(6, 7, 3))["rows"].maps.shape == (1, 6, 7, 3)


def test_attention_of_ones_own_that_returns_maps() -> None:
    class SpatialAttention(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="attention")
            self.query = layers.Conv2D(2, 1, name="query")

        def call(self, x: Any) -> Any:
            weights = keras.ops.sigmoid(self.query(x))
            return x * weights[..., :1], weights

    inputs = keras.Input((6, 7, 3))
    recording = record(keras.Model(inputs, SpatialAttention()(inputs)), numbers(6, 7, 3))
    assert list(recording.layers) == ["attention/query", "attention:0", "attention:1"]
    assert recording["attention:1"].maps.shape == (1, 6, 7, 2)


def test_layers_that_a_subclass_of_attention_adds_are_shown() -> None:
    class Local(layers.MultiHeadAttention):
        def __init__(self) -> None:
            super().__init__(2, 4, name="local")
            self.mix_dense = layers.Conv1D(8, 3, padding="same", name="mix")

        def call(self, query: Any, value: Any, key: Any = None, **options: Any) -> Any:
            return super().call(self.mix_dense(query), value, key=key, **options)

    inputs = keras.Input((5, 8))
    recording = record(keras.Model(inputs, Local()(inputs, inputs)), numbers(5, 8))
    assert list(recording.layers) == ["local/mix", "local"]
    assert "works inside the attention of local" in reasons(recording)["local/query"]


def test_a_cell_in_a_loop_of_ones_own_is_shown_at_every_step() -> None:
    class Loop(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="loop")
            self.cell = layers.Dense(3, name="dense")

        def call(self, x: Any) -> Any:
            return keras.ops.stack([self.cell(x[:, step]) for step in range(2)], axis=1)

    inputs = keras.Input((2, 4))
    recording = record(keras.Model(inputs, Loop()(inputs)), numbers(2, 4))
    assert list(recording.layers) == ["loop/dense#1", "loop/dense#2", "loop"]


def test_what_keras_itself_calls_at_every_step_is_named_with_its_parent() -> None:
    class Recurrent(layers.LSTM):
        """Holds one more layer than Keras's own."""

        def __init__(self) -> None:
            super().__init__(4, return_sequences=True, name="recurrent")
            self.before = layers.Dense(3, name="before")

        def call(self, sequences: Any, initial_state: Any = None, **options: Any) -> Any:
            return super().call(self.before(sequences), initial_state, **options)

        def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
            super().build((*sequences_shape[:-1], 3))

    inputs = keras.Input((5, 6))
    x = layers.TimeDistributed(layers.Dense(6, name="each"), name="steps")(inputs)
    recording = record(keras.Model(inputs, Recurrent()(x)), numbers(5, 6))
    assert list(recording.layers) == ["steps", "recurrent/before", "recurrent"]
    assert reasons(recording) == {
        "steps/each": "is what steps applies to every time step",
        "recurrent/lstm_cell": "is the cell that recurrent calls at every time step",
    }


def test_the_activation_that_keras_applies_is_part_of_its_layer() -> None:
    convolution = layers.Conv2D(2, 3, activation=layers.LeakyReLU(name="leaky"), name="conv")
    model = keras.Sequential([keras.Input((6, 6, 1)), convolution])
    recording = record(model, numbers(6, 6))
    assert list(recording.layers) == ["conv"]
    assert reasons(recording) == {"conv/leaky": "is the activation of conv"}


@pytest.mark.parametrize(
    ("outer", "reason"),
    [
        (layers.LSTM(3, name="outer"), "is the cell that outer calls at every time step"),
        (
            layers.TimeDistributed(layers.Dense(2), name="outer"),
            "is what outer applies to every time step",
        ),
        (
            layers.Dense(2, activation=layers.ReLU(), name="outer"),
            "is the activation of outer",
        ),
    ],
)
def test_no_reason_has_a_hole_where_a_path_is_empty(outer: Any, reason: str) -> None:
    assert [node.internal for node in LayerTree(outer)] == [reason]


def test_a_dropout_of_ones_own_that_drops_at_inference_is_shown() -> None:
    class Always(layers.Dropout):
        def call(self, x: Any, training: bool | None = None) -> Any:
            return x * 0.5

    model = keras.Sequential([keras.Input((6, 6, 1)), Always(0.5, name="always")])
    assert list(record(model, numbers(6, 6)).layers) == ["always"]


def test_vectors_that_a_reversible_embedding_turns_into_tokens_are_no_tokens() -> None:
    embedding = layers.ReversibleEmbedding(9, 4, name="embedding")
    inputs = keras.Input((3,), dtype="int32")
    model = keras.Model(inputs, embedding(embedding(inputs) - 5.0, reverse=True))
    assert list(record(model, [[1, 2, 3]]).layers) == ["embedding#1", "embedding#2"]
