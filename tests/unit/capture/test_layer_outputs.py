"""Which outputs of layers become maps, whatever the layer is and returns."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from recorded import after_input, numbers, reasons
from small_models import small_cnn

from actwidget.capture.record import record


def test_sequences_are_one_map_and_cells_are_no_entries() -> None:
    inputs = keras.Input((7, 9))
    x = layers.LSTM(5, return_sequences=True, name="lstm")(inputs)
    x = layers.RNN(layers.GRUCell(4, name="gru_cell"), name="rnn")(x)
    recording = record(keras.Model(inputs, x), numbers(7, 9))
    assert {path: entry.maps.shape for path, entry in after_input(recording).items()} == {
        "lstm": (1, 7, 5, 1),
        "rnn": (1, 1, 1, 4),
    }
    lstm, rnn = reasons(recording)
    assert lstm.startswith("lstm/lstm_cell")
    assert rnn.startswith("rnn/gru_cell")
    assert "every time step" in recording.not_shown[rnn]


def test_what_is_applied_at_every_time_step_is_one_entry() -> None:
    model = keras.Sequential(
        [
            keras.Input((7, 36)),
            layers.TimeDistributed(layers.Dense(3, name="dense"), name="each"),
        ]
    )
    recording = record(model, numbers(7, 36))
    assert list(recording.layers) == ["each"]
    assert reasons(recording) == {"each/dense": "is what each applies to every time step"}


def test_the_inside_of_attention_is_not_shown() -> None:
    inputs = keras.Input((7, 8))
    x = layers.MultiHeadAttention(2, 4, name="attention")(inputs, inputs)
    recording = record(keras.Model(inputs, x), numbers(7, 8))
    assert list(recording.layers) == ["attention"]
    assert "not a feature map" in recording.not_shown["attention/query"]


class Windows(layers.Layer):
    def call(self, x: Any) -> Any:
        return keras.ops.reshape(x, (-1, 3, 3, x.shape[-1]))


class PastTheRecorder(layers.Layer):
    def __call__(self, x: Any, **options: Any) -> Any:
        return x


def test_what_has_no_picture_is_named_with_the_reason() -> None:
    class Odd(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="odd")
            self.windows = Windows(name="windows")
            self.past = PastTheRecorder(name="past")
            self.number = layers.Lambda(keras.ops.mean, name="number")

        def call(self, x: Any) -> Any:
            return self.windows(x), self.past(x), self.number(x)

    recording = record(Odd(), numbers(6, 6, 1))
    assert list(recording.layers) == []
    assert recording.not_shown == {
        "windows": "output of shape (4, 3, 3, 1) does not have the 1 images as its first axis",
        "past": "did not run, or ran past the recorder: PastTheRecorder overrides __call__",
        "number": "output of shape () is not a map",
    }


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "float64"])
def test_other_floats_become_float32_of_the_same_value(policy: str) -> None:
    inputs = keras.Input((8, 8, 1))
    x = layers.Conv2D(3, 3, name="conv", dtype=policy)(inputs)
    x = layers.ReLU(name="relu", dtype=policy)(x)
    model = keras.Model(inputs, x)
    batch = numbers(1, 8, 8, 1)
    recording = record(model, batch)
    expected = keras.Model(inputs, model.get_layer("conv").output)(batch)
    assert expected.dtype != tf.float32
    np.testing.assert_array_equal(recording["conv"].maps, tf.cast(expected, tf.float32))
    assert recording["relu"].maps.dtype == np.float32


def test_an_activation_layer_inside_a_layer_is_its_activation() -> None:
    conv = layers.Conv2D(2, 3, activation=layers.LeakyReLU(name="leaky"), name="conv")
    recording = record(keras.Sequential([keras.Input((6, 6, 1)), conv]), numbers(6, 6))
    assert list(recording.layers) == ["conv"]
    assert recording["conv"].activation == "LeakyReLU"
    assert reasons(recording) == {"conv/leaky": "is the activation of conv"}


class Traced(keras.Model):
    def __init__(self) -> None:
        super().__init__(name="traced")
        self.conv = layers.Conv2D(2, 3, name="conv")

    @tf.function
    def call(self, x: Any) -> Any:
        return self.conv(x)


@pytest.mark.parametrize("before", [False, True], ids=["not traced", "traced"])
def test_a_tf_function_hides_nothing(before: bool) -> None:
    model = Traced()
    if before:
        model(numbers(1, 6, 6, 1))
    assert list(record(model, numbers(6, 6)).layers) == ["conv"]
    assert not tf.config.functions_run_eagerly()


@pytest.mark.filterwarnings("ignore")
def test_a_quantized_model_is_recorded() -> None:
    model = keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(3, name="d")])
    model.quantize("int8")
    one = numbers(1, 4, 4, 1)
    recording = record(model, one)
    np.testing.assert_array_equal(recording["d"].maps[:, 0, 0], model(one))


class Reused(layers.Layer):
    """Returns an array of its own, and writes into it at the next call."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.array = np.zeros((1, 4, 4, 1), "f4")

    def call(self, x: Any) -> Any:
        if isinstance(x, tf.Tensor) and tf.executing_eagerly():
            self.array[:] = x
            return self.array
        return x


def test_an_array_that_a_layer_writes_into_again_is_copied() -> None:
    model = keras.Sequential([keras.Input((4, 4, 1)), Reused(name="reused")])
    one = numbers(4, 4, 1)
    recording = record(model, one)
    record(model, one + 1)
    np.testing.assert_array_equal(recording["reused"].maps[0], one)


def test_a_compiled_model_that_predicted_is_recorded() -> None:
    model = small_cnn()
    model.compile("sgd", "mse", jit_compile=True)
    model.predict(numbers(1, 12, 14, 3), verbose=0)
    assert len(record(model, numbers(12, 14, 3)).layers) == 6
