"""Models of tf_keras, which is Keras 2."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from recorded import check, numbers, reasons

from actwidget import record

tf_keras = pytest.importorskip("tf_keras")
layers = tf_keras.layers


@pytest.fixture(autouse=True)
def _fixed_weights() -> None:
    tf_keras.utils.set_random_seed(3)


def functional() -> Any:
    inputs = tf_keras.Input((12, 14, 3), name="picture")
    x = layers.Conv2D(4, 3, activation="relu", name="conv")(inputs)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.Dropout(0.5, name="dropout")(x)
    x = layers.MaxPooling2D(name="pool")(x)
    x = layers.GlobalAveragePooling2D(name="average")(x)
    return tf_keras.Model(inputs, layers.Dense(5, name="dense")(x), name="small")


def test_a_functional_model() -> None:
    recording = check(functional(), numbers(2, 12, 14, 3), package=tf_keras)
    assert list(recording.layers) == ["conv", "norm", "pool", "average", "dense"]
    assert recording["conv"].activation == "relu"
    assert reasons(recording) == {"dropout": "repeats norm"}
    # Through the dropout, which copies at inference.
    assert recording["pool"].inputs == ("norm",)
    assert recording["conv"].inputs == ("input",)


def test_a_sequential_model_that_was_never_called() -> None:
    model = tf_keras.Sequential(
        [layers.Conv2D(2, 3, name="conv"), layers.Flatten(name="flatten"), layers.Dense(3)]
    )
    recording = check(model, numbers(6, 6), inputs=numbers(1, 6, 6, 1), package=tf_keras)
    assert list(recording.layers)[:2] == ["conv", "flatten"]


def test_a_nested_model_with_a_base_of_the_applications() -> None:
    base = tf_keras.applications.MobileNetV2(
        input_shape=(32, 32, 3), alpha=0.35, include_top=False, weights=None
    )
    model = tf_keras.Sequential(
        [
            tf_keras.Input((32, 32, 3)),
            layers.RandomFlip(name="flip"),
            layers.Rescaling(1 / 255, name="rescaling"),
            base,
            layers.GlobalAveragePooling2D(name="average"),
        ]
    )
    recording = check(model, numbers(2, 32, 32, 3) * 255, package=tf_keras)
    assert recording.layers[0] == "rescaling"
    assert f"{base.name}/Conv1" in recording
    assert reasons(recording) == {
        "flip": "repeats input",
        base.name: f"repeats {base.name}/out_relu",
    }


class Subclassed(tf_keras.Model):  # type: ignore[name-defined]
    def __init__(self) -> None:
        super().__init__(name="subclassed")
        self.blocks = [layers.Conv2D(2, 3, name=f"conv{number}") for number in range(2)]
        self.heads = {"a": layers.Dense(2, name="a"), "b": layers.Dense(3, name="b")}
        self.flatten = layers.Flatten(name="flatten")

    @tf.function
    def call(self, x: Any) -> Any:
        for block in self.blocks:
            x = tf.nn.tanh(block(x))
        return {name: head(self.flatten(x)) for name, head in self.heads.items()}


@pytest.mark.parametrize("before", [False, True], ids=["unbuilt", "traced"])
def test_a_subclassed_model_with_a_tf_function(before: bool) -> None:
    model = Subclassed()
    if before:
        model(numbers(1, 8, 8, 1))
    recording = record(model, numbers(2, 8, 8, 1))
    assert list(recording.layers) == ["conv0", "conv1", "flatten#1", "a", "flatten#2", "b"]
    expected = model(numbers(2, 8, 8, 1))
    np.testing.assert_allclose(recording["b"].maps[:, 0, 0], expected["b"], rtol=1e-5)


@pytest.mark.parametrize("as_dict", [False, True])
def test_several_inputs_and_outputs(as_dict: bool) -> None:
    vector, picture = tf_keras.Input((4,), name="vector"), tf_keras.Input((6, 6, 1), name="picture")
    x = layers.Flatten(name="flatten")(picture)
    x = layers.Concatenate(name="join")([vector, x])
    nest = {"vector": vector, "picture": picture} if as_dict else [vector, picture]
    model = tf_keras.Model(nest, [layers.Dense(2, name="up")(x), layers.Dense(1, name="down")(x)])
    given = {"vector": numbers(2, 4), "picture": numbers(2, 6, 6, 1)}
    for image in (given, list(given.values())):
        inputs = given if as_dict else list(given.values())
        recording = check(model, image, inputs=inputs, package=tf_keras)
        assert list(recording)[:4] == ["input:picture", "input:vector", "flatten", "join"]
        assert set(recording) >= {"up", "down"}
        assert recording.input.path == "input:picture"
        assert recording["join"].inputs == ("input:vector", "flatten")


def test_sequences_tokens_and_attention() -> None:
    inputs = tf_keras.Input((7,), dtype="int32")
    x = layers.Embedding(50, 8, name="embedding")(inputs)
    x = layers.MultiHeadAttention(2, 4, name="attention")(x, x)
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True, name="lstm"), name="both")(x)
    x = layers.TimeDistributed(layers.Dense(2), name="each")(x)
    x, state = layers.GRU(4, return_state=True, name="gru")(x)
    model = tf_keras.Model(inputs, [x, state])
    recording = record(model, np.arange(14).reshape(2, 7))
    assert list(recording.layers) == [
        *("embedding", "attention", "both/forward_lstm", "both/backward_lstm", "both", "each"),
        *("gru:0", "gru:1"),
    ]
    expected = model(np.arange(14).reshape(2, 7))
    np.testing.assert_allclose(recording["gru:0"].maps[:, 0, 0], expected[0], rtol=1e-5)
    with pytest.raises(ValueError, match=r"image holds the token 50 at \[0, 3\]; embedding takes"):
        record(model, [[1, 2, 3, 50, 5, 6, 7]])


def test_operations_that_keras_2_makes_layers_of() -> None:
    inputs = tf_keras.Input((4, 4, 1))
    model = tf_keras.Model(inputs, layers.ReLU(name="relu")(inputs * 2 - 1))
    recording = record(model, numbers(4, 4))
    np.testing.assert_array_equal(
        recording["relu"].maps[0, ..., 0], np.maximum(numbers(4, 4) * 2 - 1, 0)
    )
    assert len(recording.layers) == 3
    assert recording["relu"].inputs == (recording.layers[1],)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_a_mixed_precision_policy(policy: str) -> None:
    tf_keras.mixed_precision.set_global_policy(policy)
    try:
        model = functional()
    finally:
        tf_keras.mixed_precision.set_global_policy("float32")
    recording = check(model, numbers(2, 12, 14, 3), package=tf_keras)
    assert list(recording.layers) == ["conv", "norm", "pool", "average", "dense"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("file", ["model.keras", "model.h5"])
def test_a_model_that_was_loaded_stays_as_it_was(file: str, tmp_path: Path) -> None:
    model = functional()
    model.save(tmp_path / file)
    loaded = tf_keras.models.load_model(tmp_path / file)
    loaded(numbers(2, 12, 14, 3))  # which leaves Keras's own traces
    every = list(loaded._flatten_layers())
    before = [list(layer.__dict__) for layer in every]
    expected = record(model, numbers(2, 12, 14, 3))
    for _ in range(2):
        recording = record(loaded, numbers(2, 12, 14, 3))
    np.testing.assert_array_equal(recording["dense"].maps, expected["dense"].maps)
    assert [list(layer.__dict__) for layer in every] == before
    assert loaded.to_json() == model.to_json()
    loaded.save(tmp_path / "again.keras")


def test_layers_are_chosen_by_the_classes_of_keras_2() -> None:
    recording = record(functional(), numbers(12, 14, 3), layers=[layers.Dense, "co*"])
    assert list(recording.layers) == ["conv", "dense"]


class Writing(layers.Layer):  # type: ignore[name-defined]
    """Writes a weight, a metric, a loss, its own numbers and the statistics of a normalization."""

    def __init__(self) -> None:
        super().__init__(name="writing")
        self.norm, self.mean = layers.BatchNormalization(), tf_keras.metrics.Mean()
        self.calls = 0

    def build(self, shape: Any) -> None:
        self.count = self.add_weight(name="count", shape=(), initializer="zeros", trainable=False)

    def call(self, x: Any) -> Any:
        self.count.assign_add(1.0)
        self.mean.update_state(x)
        self.add_loss(tf.reduce_sum(x))
        self.calls += 1
        return self.norm(x, training=True) + self.count + self.mean.result() + self.calls


@pytest.mark.parametrize("built", [False, True], ids=["unbuilt", "built"])
@pytest.mark.parametrize("policy", ["float32", "mixed_float16"])
def test_a_layer_that_writes(built: bool, policy: str) -> None:
    tf_keras.mixed_precision.set_global_policy(policy)
    try:
        parts = [layers.Conv2D(2, 3, name="conv"), Writing()]
    finally:
        tf_keras.mixed_precision.set_global_policy("float32")
    model = tf_keras.Sequential([tf_keras.Input((6, 6, 1)), *parts] if built else parts)
    first = record(model, numbers(6, 6))
    before = [variable.numpy().tobytes() for variable in model.variables]
    calls, losses = parts[1].calls, len(model.losses)
    second = record(model, numbers(6, 6))
    assert [variable.numpy().tobytes() for variable in model.variables] == before
    assert (parts[1].calls, len(model.losses)) == (calls, losses)
    for path, entry in first.items():
        np.testing.assert_array_equal(entry.maps, second[path].maps)


def test_a_sequence_beside_an_image() -> None:
    sequence = tf_keras.Input((10, 20), name="seq")
    picture = tf_keras.Input((8, 8, 3), name="img")
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3)(picture))
    model = tf_keras.Model([sequence, picture], layers.Concatenate()([layers.LSTM(6)(sequence), x]))
    entry = record(model, [numbers(1, 10, 20), numbers(1, 8, 8, 3)])["input:seq"]
    assert (entry.kind, entry.channels) == ("sequence", 20)


def test_attributes_and_classes_of_any_name() -> None:
    class Permute(layers.Layer):  # type: ignore[name-defined]
        def __init__(self) -> None:
            super().__init__(name="block")
            self.cell, self.activation = layers.Conv2D(2, 3, name="conv"), layers.ReLU(name="relu")

        def call(self, x: Any) -> Any:
            return self.activation(self.cell(x))

    model = tf_keras.Sequential([tf_keras.Input((6, 6, 1)), Permute()])
    assert list(record(model, numbers(6, 6)).layers) == ["block/conv", "block/relu"]
