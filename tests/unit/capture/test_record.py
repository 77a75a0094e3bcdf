from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import PIL.Image
import pytest
import tensorflow as tf
import tqdm
from keras import layers

import actwidget.capture.call_recorder
from actwidget.capture.record import record
from actwidget.model.tensors import to_array
from actwidget.recording.recording import Recording


@pytest.fixture(autouse=True)
def _fixed_weights() -> None:
    keras.utils.set_random_seed(3)


def image(*shape: int) -> np.ndarray:
    return np.random.default_rng(5).random(shape, "f4")


def small_cnn(*, shape: tuple[int | None, ...] = (12, 14, 3), name: str = "small") -> keras.Model:
    inputs = keras.Input(shape)
    x = layers.Conv2D(4, 3, activation="relu", name="conv")(inputs)
    x = layers.BatchNormalization(name="normalization")(x)
    x = layers.Activation("tanh", name="activation")(x)
    x = layers.MaxPooling2D(name="pool")(x)
    x = layers.Dropout(0.5, name="dropout")(x)
    x = layers.GlobalAveragePooling2D(name="average")(x)
    return keras.Model(inputs, layers.Dense(5, activation="softmax", name="dense")(x), name=name)


def outputs_of(model: keras.Model, batch: np.ndarray) -> dict[str, np.ndarray]:
    """What a multi-output model gives for the layers of a functional model."""
    inner = [layer for layer in model.layers if not isinstance(layer, layers.InputLayer)]
    every = keras.Model(model.inputs, [layer.output for layer in inner])
    outputs = every(batch, training=False)
    return {layer.name: np.asarray(output) for layer, output in zip(inner, outputs, strict=True)}


def reasons(recording: Recording) -> dict[str, str]:
    """Why layers are no entries, but for input layers, whose names Keras counts up."""
    return {
        path: reason
        for path, reason in recording.not_shown.items()
        if not reason.startswith("only stands for what")
    }


def traces(model: Any) -> dict[str, Any]:
    """What wrapping would change."""
    every = [model, *model._flatten_layers(include_self=False, recursive=True)]
    return {
        "attributes": [(layer.name, list(layer.__dict__)) for layer in every],
        "calls": [(layer.call.__func__, layer.quantized_call.__func__) for layer in every],
        "weights": [weight.tobytes() for weight in model.get_weights()],
        "trainable": [layer.trainable for layer in every],
    }


class Failing(layers.Layer):
    """Raises at the second call, which is the one with numbers."""

    error: type[BaseException] = ArithmeticError

    def call(self, x: Any) -> Any:
        if isinstance(x, tf.Tensor) and tf.executing_eagerly():
            raise self.error("no luck")
        return x


# What is recorded


def test_maps_are_those_of_a_multi_output_model() -> None:
    model = small_cnn()
    batch = image(2, 12, 14, 3)
    recording = record(model, batch, layers="all")
    expected = outputs_of(model, batch)
    assert list(recording) == list(expected)
    for path, output in expected.items():
        entry = recording[path]
        maps = output if output.ndim == 4 else output[:, None, None, :]
        np.testing.assert_array_equal(entry.maps, maps)
        assert entry.maps.dtype == np.float32
        assert entry.maps.flags.c_contiguous
        assert entry.kind == ("maps" if output.ndim == 4 else "units")
    assert [entry.layer_type for entry in recording.values()] == [
        "Conv2D",
        "BatchNormalization",
        "Activation",
        "MaxPooling2D",
        "Dropout",
        "GlobalAveragePooling2D",
        "Dense",
    ]
    activations = [recording[path].activation for path in ("conv", "activation", "pool", "dense")]
    assert activations == ["relu", "tanh", None, "softmax"]
    assert recording.model_name == "small"
    assert reasons(recording) == {}
    np.testing.assert_array_equal(recording.inputs, batch)
    np.testing.assert_array_equal(recording.images, batch)


def test_later_calls_and_later_training_leave_the_recording_alone() -> None:
    model = small_cnn()
    model.compile("sgd", "mse")
    recording = record(model, image(12, 14, 3))
    before = {path: entry.maps.copy() for path, entry in recording.items()}
    model(image(1, 12, 14, 3) + 1)
    model.fit(image(4, 12, 14, 3), np.zeros((4, 5)), verbose=0)
    for path, maps in before.items():
        np.testing.assert_array_equal(recording[path].maps, maps)


def test_a_sequential_model_that_was_never_called_is_recorded() -> None:
    model = keras.Sequential(
        [
            layers.Conv2D(4, 3, name="conv"),
            layers.Flatten(name="flatten"),
            layers.Dense(3, name="dense"),
        ]
    )
    one = image(8, 8)
    recording = record(model, one)
    assert list(recording) == ["conv", "flatten", "dense"]
    assert recording["conv"].maps.shape == (1, 6, 6, 4)
    assert recording["flatten"].maps.shape == (1, 1, 1, 144)
    expected = model(one[None, :, :, None])
    np.testing.assert_array_equal(recording["dense"].maps[:, 0, 0], expected)
    assert list(record(model, image(2, 8, 8, 1))) == ["conv", "flatten", "dense"]


def test_nested_models_give_paths_and_no_output_of_their_own() -> None:
    inner = small_cnn(name="inner")
    middle = keras.Sequential([keras.Input((12, 14, 3)), layers.Rescaling(2.0), inner], name="mid")
    model = keras.Sequential([keras.Input((12, 14, 3)), middle, layers.Dense(2, name="head")])
    one = image(12, 14, 3)
    recording = record(model, one)
    names = [layer.name for layer in inner.layers[1:] if layer.name != "dropout"]
    rescaling = f"mid/{middle.layers[0].name}"
    assert list(recording) == [rescaling, *(f"mid/inner/{name}" for name in names), "head"]
    assert reasons(recording) == {
        "mid": "repeats mid/inner/dense",
        "mid/inner": "repeats mid/inner/dense",
        "mid/inner/dropout": "repeats mid/inner/pool",
    }
    expected = outputs_of(inner, one[None] * 2)
    for name in names:
        values = expected[name].reshape(recording[f"mid/inner/{name}"].maps.shape)
        np.testing.assert_array_equal(recording[f"mid/inner/{name}"].maps, values)


class Residual(layers.Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.inside = layers.Conv2D(3, 3, padding="same", name="inside")

    def call(self, x: Any) -> Any:
        return x + self.inside(x)


def test_a_layer_that_goes_on_after_its_last_layer_is_an_entry_too() -> None:
    model = keras.Sequential([keras.Input((6, 6, 3)), Residual(name="residual")])
    one = image(6, 6, 3)
    recording = record(model, one)
    assert list(recording) == ["residual/inside", "residual"]
    np.testing.assert_array_equal(
        recording["residual"].maps[0], recording["residual/inside"].maps[0] + one
    )


class Late(keras.Model):
    """Makes its layers only when it is built, and shares names among them."""

    def build(self, input_shape: Any) -> None:
        self.blocks = [layers.Conv2D(2, 3, name="conv"), layers.Conv2D(2, 3, name="conv")]
        self.heads = {"a": layers.Dense(3, name="a"), "b": layers.Dense(2, name="b")}
        self.flatten = layers.Flatten(name="flatten")
        self.spare = layers.Dense(1, name="spare")
        self.first = layers.Conv2D(2, 1, name="first")
        super().build(input_shape)

    def call(self, x: Any) -> Any:
        x = self.first(x)
        for block in self.blocks:
            x = keras.ops.tanh(block(x)) * 2
        x = self.flatten(x)
        return {name: head(x) for name, head in self.heads.items()}


class Early(Late):
    def __init__(self) -> None:
        super().__init__(name="early")
        Late.build(self, None)

    def build(self, input_shape: Any) -> None:
        keras.Model.build(self, input_shape)


@pytest.mark.parametrize("kind", [Late, Early])
def test_an_unbuilt_subclassed_model_is_recorded_once(kind: type[keras.Model]) -> None:
    model = kind()
    if kind is Late:
        model.placeholder = layers.Identity(name="placeholder")
    recording = record(model, image(8, 9, 1))
    assert list(recording) == ["first", "conv", "conv(2)", "flatten", "a", "b"]
    assert recording["conv(2)"].maps.shape == (1, 4, 5, 2)
    assert recording.not_shown["spare"] == "did not run"
    again = record(model, image(8, 9, 1))
    np.testing.assert_array_equal(again["b"].maps, recording["b"].maps)


class Plain(keras.Model):
    """Has no ``build``: Keras builds it with a call on symbols."""

    def __init__(self) -> None:
        super().__init__(name="plain")
        self.conv = layers.Conv2D(2, 3, name="conv")
        self.dense = layers.Dense(3, name="dense")

    def call(self, x: Any) -> Any:
        return self.dense(self.conv(x))


def test_the_symbolic_call_that_builds_a_model_is_not_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def spy(tensor: Any) -> np.ndarray:
        asked.append(type(tensor).__name__)
        return to_array(tensor)

    monkeypatch.setattr(actwidget.capture.call_recorder, "to_array", spy)
    recording = record(Plain(), image(6, 6))
    assert list(recording) == ["conv", "dense"]
    assert asked == ["EagerTensor"] * 2


def test_a_layer_that_is_called_twice_is_two_entries() -> None:
    shared = layers.Conv2D(1, 3, padding="same", name="shared")
    inputs = keras.Input((6, 6, 1))
    recording = record(keras.Model(inputs, shared(shared(inputs))), image(6, 6, 1))
    assert list(recording) == ["shared#1", "shared#2"]
    np.testing.assert_array_equal(recording["shared#2"].maps, shared(recording["shared#1"].maps))


def test_a_name_that_looks_like_a_second_call_stays_its_own() -> None:
    shared = layers.Dense(4, name="dense")
    inputs = keras.Input((6, 6, 1))
    x = layers.Flatten(name="flatten")(inputs)
    x = layers.Dense(4, name="dense#1")(x)
    once = shared(x)
    model = keras.Model(inputs, shared(once))
    recording = record(model, image(6, 6, 1))
    assert list(recording) == ["flatten", "dense#1", "dense#1(2)", "dense#2"]
    np.testing.assert_array_equal(
        recording["dense#2"].maps[:, 0, 0], shared(recording["dense#1(2)"].maps[:, 0, 0])
    )


def test_the_face_networks_of_mtcnn_are_recorded() -> None:
    from mtcnn.stages.stage_onet import StageONet

    model = StageONet().model
    batch = image(2, 48, 48, 3) * 2 - 1
    recording = record(model, batch)
    first = ["conv1", "prelu1", "maxpooling1", "conv2", "prelu2", "maxpooling2", "conv3"]
    assert list(recording)[:7] == first
    assert list(recording)[-5:] == ["fc5", "prelu5", "fc6-1", "fc6-2", "fc6-3"]
    for path, expected in zip(("fc6-1", "fc6-2", "fc6-3"), model(batch), strict=True):
        np.testing.assert_array_equal(recording[path].maps[:, 0, 0], expected)
    # Its Permute swaps height and width, and leaves the channels where they are.
    np.testing.assert_array_equal(
        recording["permute"].maps, recording["prelu4"].maps.transpose(0, 2, 1, 3)
    )


# Layouts


def with_layout(layout: str) -> keras.Model:
    first = layout == "channels_first"
    form = {"data_format": layout}
    inputs = keras.Input((3, 12, 14) if first else (12, 14, 3))
    x = layers.Conv2D(4, 3, name="conv", **form)(inputs)
    x = layers.BatchNormalization(axis=1 if first else -1, name="normalization")(x)
    x = layers.ReLU(name="relu")(x)
    x = layers.Dropout(0.5, name="dropout")(x)
    x = layers.Add(name="add")([x, layers.Activation("tanh", name="tanh")(x)])
    x = x * 0.5
    x = layers.LeakyReLU(name="leaky")(x)
    x = layers.AveragePooling2D(2, name="pool", **form)(x)
    x = layers.GlobalMaxPooling2D(name="largest", **form)(x)
    return keras.Model(inputs, layers.Dense(5, name="dense")(x), name=layout)


@pytest.mark.parametrize("given", ["channels_first", "channels_last"])
def test_channels_first_gives_the_same_maps(given: str) -> None:
    last, first = with_layout("channels_last"), with_layout("channels_first")
    first.set_weights(last.get_weights())
    batch = image(2, 12, 14, 3)
    expected = record(last, batch)
    found = record(first, batch.transpose(0, 3, 1, 2) if given == "channels_first" else batch)
    assert list(found) == list(expected)
    for path in expected:
        np.testing.assert_allclose(found[path].maps, expected[path].maps, atol=1e-5)
        assert found[path].maps.flags.c_contiguous
    np.testing.assert_array_equal(found.inputs, batch)
    np.testing.assert_array_equal(found.images, batch)


def test_layouts_are_told_apart_in_one_model() -> None:
    inputs = keras.Input((8, 9, 2))
    x = layers.Conv2D(3, 3, padding="same", name="last")(inputs)
    x = layers.Permute((3, 1, 2), name="permute")(x)
    x = layers.Activation("relu", name="relu")(x)
    x = layers.Conv2D(5, 1, data_format="channels_first", name="first")(x)
    x = layers.Permute((2, 3, 1), name="back")(x)
    x = layers.Conv2D(7, 1, name="again")(x)
    recording = record(keras.Model(inputs, x), image(8, 9, 2))
    shapes = {path: entry.maps.shape[1:] for path, entry in recording.items()}
    assert shapes == {
        "last": (8, 9, 3),
        "permute": (8, 9, 3),
        "relu": (8, 9, 3),
        "first": (8, 9, 5),
        "back": (8, 9, 5),
        "again": (8, 9, 7),
    }
    np.testing.assert_array_equal(recording["permute"].maps, recording["last"].maps)


class Branches(keras.Model):
    def __init__(self) -> None:
        super().__init__(name="branches")
        self.last = layers.Conv2D(3, 1, name="last")
        self.permute = layers.Permute((3, 1, 2), name="permute")
        self.first = layers.Conv2D(5, 1, data_format="channels_first", name="first")
        self.relus = [layers.ReLU(name="relu_last"), layers.ReLU(name="relu_first")]

    def call(self, x: Any) -> Any:
        last, first = self.last(x), self.first(self.permute(x))
        return [relu(branch) for relu, branch in zip(self.relus, (last, first), strict=True)]


def test_a_layer_without_a_layout_has_that_of_what_it_was_given() -> None:
    recording = record(Branches(), image(8, 9, 2))
    assert recording["relu_last"].maps.shape == (1, 8, 9, 3)
    assert recording["relu_first"].maps.shape == (1, 8, 9, 5)


def test_a_permuted_input_is_read_as_the_model_takes_it() -> None:
    inputs = keras.Input((8, 9, 3))
    x = layers.Permute((3, 1, 2), name="permute")(inputs)
    x = layers.Conv2D(5, 1, data_format="channels_first", name="first")(x)
    recording = record(keras.Model(inputs, x), image(8, 9, 3))
    np.testing.assert_array_equal(recording["permute"].maps, recording.inputs)


# What else has an output


def test_sequences_are_one_map_and_cells_are_no_entries() -> None:
    inputs = keras.Input((7, 9))
    x = layers.LSTM(5, return_sequences=True, name="lstm")(inputs)
    x = layers.RNN(layers.GRUCell(4, name="gru_cell"), name="rnn")(x)
    recording = record(keras.Model(inputs, x), image(7, 9))
    assert {path: entry.maps.shape for path, entry in recording.items()} == {
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
    recording = record(model, image(7, 36))
    assert list(recording) == ["each"]
    assert reasons(recording) == {"each/dense": "is what each applies to every time step"}


def test_the_inside_of_attention_is_not_shown() -> None:
    inputs = keras.Input((7, 8))
    x = layers.MultiHeadAttention(2, 4, name="attention")(inputs, inputs)
    recording = record(keras.Model(inputs, x), image(7, 8))
    assert list(recording) == ["attention"]
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

    recording = record(Odd(), image(6, 6, 1))
    assert list(recording) == []
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
    batch = image(1, 8, 8, 1)
    recording = record(model, batch)
    expected = keras.Model(inputs, model.get_layer("conv").output)(batch)
    assert expected.dtype != tf.float32
    np.testing.assert_array_equal(recording["conv"].maps, tf.cast(expected, tf.float32))
    assert recording["relu"].maps.dtype == np.float32


def test_an_activation_layer_inside_a_layer_is_its_activation() -> None:
    conv = layers.Conv2D(2, 3, activation=layers.LeakyReLU(name="leaky"), name="conv")
    recording = record(keras.Sequential([keras.Input((6, 6, 1)), conv]), image(6, 6))
    assert list(recording) == ["conv"]
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
        model(image(1, 6, 6, 1))
    assert list(record(model, image(6, 6))) == ["conv"]
    assert not tf.config.functions_run_eagerly()


@pytest.mark.filterwarnings("ignore")
def test_a_quantized_model_is_recorded() -> None:
    model = keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(3, name="d")])
    model.quantize("int8")
    one = image(1, 4, 4, 1)
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
    one = image(4, 4, 1)
    recording = record(model, one)
    record(model, one + 1)
    np.testing.assert_array_equal(recording["reused"].maps[0], one)


def test_a_compiled_model_that_predicted_is_recorded() -> None:
    model = small_cnn()
    model.compile("sgd", "mse", jit_compile=True)
    model.predict(image(1, 12, 14, 3), verbose=0)
    assert len(record(model, image(12, 14, 3))) == 6


# The model stays as it was


def test_nothing_remains_on_the_model(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((12, 14, 3)), small_cnn(), layers.Dense(2)])
    before, description = traces(model), model.to_json()
    record(model, image(12, 14, 3))
    assert traces(model) == before
    assert model.to_json() == description
    pickle.loads(pickle.dumps(model))
    copy.deepcopy(model)
    model.save(tmp_path / "model.keras")


@pytest.mark.parametrize("error", [ArithmeticError, KeyboardInterrupt])
def test_nothing_remains_on_the_model_after_an_exception(error: type[BaseException]) -> None:
    failing = Failing(name="failing")
    failing.error = error
    inner = keras.Sequential([keras.Input((6, 6, 1)), layers.Conv2D(2, 3), failing], name="inner")
    model = keras.Sequential([keras.Input((6, 6, 1)), inner, layers.Flatten()], name="outer")
    before = traces(model)
    with pytest.raises(error) as caught:
        record(model, image(6, 6))
    assert traces(model) == before
    assert not tf.config.functions_run_eagerly()
    if error is ArithmeticError:
        notes = getattr(caught.value, "__notes__", [str(caught.value)])
        assert "raised in layer inner/failing (Failing) of outer" in notes[0]


def test_a_call_of_the_users_own_is_put_back() -> None:
    model = small_cnn()
    layer = model.get_layer("pool")
    original = layer.call
    calls = []

    def own(x: Any) -> Any:
        calls.append(1)
        return original(x)

    layer.call = own
    record(model, image(12, 14, 3))
    assert layer.call is own
    assert calls == [1]


def test_an_exception_that_a_layer_deals_with_is_not_blamed() -> None:
    class Careful(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="careful")
            self.failing = Failing(name="failing")

        def call(self, x: Any) -> Any:
            try:
                return self.failing(x)
            except ArithmeticError:
                return x * 2

    class Later(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="later")
            self.careful = Careful()

        def call(self, x: Any) -> Any:
            x = self.careful(x)
            if tf.executing_eagerly():
                raise ArithmeticError("of the model itself")
            return x

    with pytest.raises(ArithmeticError) as caught:
        record(Later(), image(6, 6))
    assert not getattr(caught.value, "__notes__", [])


def test_a_model_built_for_another_size_says_so() -> None:
    from mtcnn.stages.stage_onet import StageONet

    with pytest.raises(ValueError, match="fc5") as caught:
        record(StageONet().model, image(64, 64, 3))
    if hasattr(caught.value, "__notes__"):
        assert "built for (None, 48, 48, 3), and received (1, 64, 64, 3)" in str(
            caught.value.__notes__
        )


def test_random_state_is_not_consumed() -> None:
    model = small_cnn()
    seeds = [np.asarray(seed.state) for seed in [model.get_layer("dropout").seed_generator]]
    record(model, image(12, 14, 3))
    after = [np.asarray(seed.state) for seed in [model.get_layer("dropout").seed_generator]]
    np.testing.assert_array_equal(seeds, after)


# Threads


class Waiting(layers.Layer):
    """Runs a function in the middle of the pass."""

    meanwhile: Callable[[], None] | None = None

    def call(self, x: Any) -> Any:
        if self.meanwhile is not None and tf.executing_eagerly():
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        return x + 0


def in_a_thread(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def waiting_model() -> tuple[keras.Model, Waiting]:
    waiting = Waiting(name="waiting")
    waiting.meanwhile = lambda: None
    model = keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            layers.Conv2D(2, 3, name="conv"),
            waiting,
            layers.ReLU(name="relu"),
        ]
    )
    return model, waiting


def test_another_threads_calls_are_not_recorded() -> None:
    model, waiting = waiting_model()
    results = []
    other = image(1, 6, 6, 1) * 5

    def meanwhile() -> None:
        in_a_thread(lambda: results.append(model(other))).join()

    waiting.meanwhile = meanwhile
    recording = record(model, image(6, 6))
    assert list(recording) == ["conv", "waiting", "relu"]
    np.testing.assert_array_equal(results[0], model(other))


def test_two_threads_that_record_at_once_take_turns() -> None:
    model, waiting = waiting_model()
    batches = [image(1, 6, 6, 1), image(1, 6, 6, 1) * 5]
    model(batches[0])
    before = traces(model)
    recordings: dict[int, Recording] = {}
    threads = []

    def meanwhile() -> None:
        # The first is in the middle of its pass, and the second has to wait for it.
        threads.append(in_a_thread(lambda: recordings.update({1: record(model, batches[1])})))
        threads[0].join(0.2)
        assert threads[0].is_alive()

    waiting.meanwhile = meanwhile
    recordings[0] = record(model, batches[0])
    threads[0].join()
    for number, batch in enumerate(batches):
        assert list(recordings[number]) == ["conv", "waiting", "relu"]
        np.testing.assert_array_equal(recordings[number]["relu"].maps, model(batch))
    assert traces(model) == before


# Images


def test_the_original_image_is_kept_beside_what_the_model_received() -> None:
    original = np.random.default_rng(1).integers(0, 256, (12, 14, 3), np.uint8)
    model = small_cnn()
    given: list[tuple[tuple[int, ...], Any]] = []

    def preprocess(batch: np.ndarray) -> np.ndarray:
        given.append((batch.shape, batch.dtype))
        batch /= 255
        return batch

    recording = record(model, PIL.Image.fromarray(original), preprocess=preprocess)
    assert given == [((1, 12, 14, 3), np.float32)]
    np.testing.assert_array_equal(recording.images[0], original)
    assert recording.images.dtype == np.uint8
    np.testing.assert_array_equal(recording.inputs[0], original.astype("f4") / 255)
    expected = outputs_of(model, np.asarray(recording.inputs))["conv"]
    np.testing.assert_array_equal(recording["conv"].maps, expected)


def test_preprocess_gets_the_models_layout_and_may_resize_or_give_a_tensor() -> None:
    model = with_layout("channels_first")
    shapes = []

    def preprocess(batch: np.ndarray) -> tf.Tensor:
        shapes.append(batch.shape)
        return tf.constant(batch[:, :, :12, :14])

    recording = record(model, image(20, 30, 3), preprocess=preprocess)
    assert shapes == [(1, 3, 20, 30)]
    assert recording.inputs.shape == (1, 12, 14, 3)
    assert recording.images.shape == (1, 20, 30, 3)


def test_a_model_of_integers_gets_integers() -> None:
    inputs = keras.Input((4, 4, 1), dtype="uint8")
    x = layers.Rescaling(1 / 255, name="rescaling")(inputs)
    recording = record(keras.Model(inputs, x), np.full((4, 4, 1), 255, np.uint8))
    np.testing.assert_array_equal(recording["rescaling"].maps, 1)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: [x], lambda x: {"picture": x}])
def test_the_nesting_of_a_models_input_is_kept(wrap: Callable[[Any], Any]) -> None:
    inputs = keras.Input((4, 4, 1), name="picture")
    x = layers.ReLU(name="relu")(inputs)
    assert list(record(keras.Model(wrap(inputs), x), image(4, 4))) == ["relu"]


def test_an_image_with_gaps_is_warned_of_and_recorded() -> None:
    one = image(12, 14, 3)
    one[0, 0, 0], one[0, 1, 0] = np.nan, np.inf
    with pytest.warns(UserWarning, match="2 NaN or infinite values") as caught:
        recording = record(small_cnn(), one)
    assert caught[0].filename == __file__
    assert recording["conv"].statistics.non_finite > 0


# Progress


class Terminal:
    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None: ...


@pytest.mark.parametrize("slow", [False, True])
def test_a_progress_bar_appears_after_a_second(slow: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, now = Terminal(), [0.0]

    def bar(**options: Any) -> Any:
        made = tqdm.tqdm(**options, file=terminal)
        # Its own clock, so that no test has to wait.
        made._time, made.start_t, made.last_print_t = lambda: now[0], 0.0, 0.0
        return made

    monkeypatch.setattr("actwidget.utils.progress.tqdm", bar)
    model, waiting = waiting_model()
    waiting.meanwhile = lambda: now.__setitem__(0, 1.5 if slow else 0.9)
    record(model, image(6, 6))
    assert (f"recording {model.name}" in terminal.text) is slow


# What is refused


def ran(x: Any) -> Any:
    raise AssertionError("the model ran")


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        (small_cnn, TypeError, "function"),
        (Late, TypeError, r"the class Late; give a model made from it: Late\(...\)"),
        ("model.keras", TypeError, r"keras.models.load_model\('model.keras'\)"),
        (None, TypeError, "NoneType; it has to be a Keras model"),
        (layers.Dense(3, name="d"), TypeError, r"the layer d \(Dense\).*Sequential"),
        (keras.Sequential(name="bare"), ValueError, "model bare has no layers"),
    ],
)
def test_what_is_no_model_is_refused(model: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        record(model, image(8, 8))


def test_a_functional_model_without_layers_is_refused() -> None:
    entrance = keras.Input((2, 2, 1))
    # Keras 3.12 refuses by itself to make one, as a ValueError as well.
    with pytest.raises(ValueError, match=r"(?i)layer|output|input"):
        record(keras.Model(entrance, entrance, name="empty"), image(2, 2))


def test_inputs_of_six_axes_are_refused() -> None:
    many = keras.Sequential([keras.Input((2, 2, 2, 2, 1)), layers.ReLU()], name="many")
    with pytest.raises(ValueError, match=r"many takes inputs of shape \(None, 2, 2, 2, 2, 1\)"):
        record(many, image(2, 2, 2, 2, 1))


def test_swapped_arguments_are_told() -> None:
    with pytest.raises(TypeError, match="model and image are swapped"):
        record(image(12, 14, 3), small_cnn())
    with pytest.raises(TypeError, match="image is the model small"):
        record(small_cnn(), small_cnn())


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (image(13, 14, 3), ValueError, r"\(13, 14, 3\); small takes \(12, 14, 3\): resize it"),
        (image(12, 14, 1), ValueError, "make it coloured"),
        (np.zeros((0, 12, 14, 3)), ValueError, "no image in it"),
        ("cat.png", TypeError, "PIL.Image.open"),
        ([[1, 2], [3]], ValueError, "ragged"),
    ],
)
def test_what_is_no_image_is_refused_before_the_model_runs(
    given: Any, error: type, message: str
) -> None:
    model = small_cnn()
    model.get_layer("conv").call = ran
    with pytest.raises(error, match=message):
        record(model, given)


@pytest.mark.parametrize(
    ("preprocess", "error", "message"),
    [
        (3, TypeError, "preprocess is of type int"),
        (lambda x: x[:, :5], ValueError, r"after preprocess \(1, 5, 14, 3\); small takes \(12, 14"),
        (lambda x: x[0], ValueError, "let preprocess keep the shape"),
        (lambda x: x[[0, 0]], ValueError, r"after preprocess \(2, 12, 14, 3\)"),
        (lambda x: None, TypeError, "the result of preprocess is of type NoneType"),
    ],
)
def test_a_preprocess_that_does_not_fit_is_refused(
    preprocess: Any, error: type, message: str
) -> None:
    with pytest.raises(error, match=message):
        record(small_cnn(), image(12, 14, 3), preprocess=preprocess)
