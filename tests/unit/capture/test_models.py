"""Each kind of model that people bring is recorded as it computes, and shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from recorded import after_input, array, called, check, numbers, reasons, show

from actwidget import record


def test_a_sequential_model_that_is_not_built_and_was_never_called() -> None:
    model = keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", name="conv"),
            layers.MaxPooling2D(name="pool"),
            layers.Flatten(name="flatten"),
            layers.Dense(3, activation="softmax", name="dense"),
        ]
    )
    assert not model.built
    recording = check(model, numbers(2, 8, 8, 1))
    assert list(recording.layers) == ["conv", "pool", "flatten", "dense"]
    assert [entry.inputs for entry in after_input(recording).values()] == [
        ("input",),
        ("conv",),
        ("pool",),
        ("flatten",),
    ]


def test_a_functional_model_with_branches() -> None:
    inputs = keras.Input((8, 9, 3))
    left = layers.Conv2D(4, 3, padding="same", name="left")(inputs)
    right = layers.Conv2D(4, 1, name="right")(inputs)
    x = layers.Add(name="add")([left, right])
    x = layers.Concatenate(name="both")([x, left])
    recording = check(keras.Model(inputs, x), numbers(2, 8, 9, 3))
    assert {path: entry.inputs for path, entry in after_input(recording).items()} == {
        "left": ("input",),
        "right": ("input",),
        "add": ("left", "right"),
        "both": ("add", "left"),
    }


def transfer_model() -> keras.Model:
    base = keras.applications.MobileNetV2(
        input_shape=(32, 32, 3), alpha=0.35, include_top=False, weights=None
    )
    base.trainable = False
    front = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.RandomFlip("horizontal", name="flip"),
            layers.RandomRotation(0.1, name="rotation"),
            layers.Rescaling(1 / 127.5, offset=-1, name="rescaling"),
        ],
        name="front",
    )
    features = keras.Sequential([front, base], name="features")
    inputs = keras.Input((32, 32, 3))
    x = features(inputs)
    x = layers.GlobalAveragePooling2D(name="average")(x)
    x = layers.Dropout(0.5, name="dropout")(x)
    return keras.Model(inputs, layers.Dense(2, name="head")(x), name="transfer")


def test_a_transfer_learning_model_is_seen_into_two_levels_deep() -> None:
    model = transfer_model()
    recording = check(model, numbers(32, 32, 3) * 255, inputs=numbers(1, 32, 32, 3) * 255)
    paths = list(recording.layers)
    base = model.get_layer("features").layers[1]
    assert paths[0] == "features/front/rescaling"
    assert paths[1] == f"features/{base.name}/Conv1"
    assert paths[-2:] == ["average", "head"]
    assert recording[f"features/{base.name}/Conv1"].inputs == ("features/front/rescaling",)
    assert recording["head"].inputs == ("average",)
    assert recording["average"].inputs == (f"features/{base.name}/out_relu",)
    last = f"features/{base.name}/out_relu"
    assert reasons(recording) == {
        "features": f"repeats {last}",
        "features/front": "repeats features/front/rescaling",
        "features/front/flip": "repeats input",
        "features/front/rotation": "repeats input",
        f"features/{base.name}": f"repeats {last}",
        "dropout": "repeats average",
    }


class Collections(keras.Model):
    """Holds its layers in lists and dicts, loops over them, and computes between them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.blocks = [layers.Conv2D(3, 3, padding="same", name=f"block{n}") for n in range(3)]
        self.norms = {f"norm{n}": layers.BatchNormalization(name=f"norm{n}") for n in range(3)}
        self.pairs = [(layers.ReLU(name="relu0"), layers.ReLU(name="relu1"))]
        self.heads = {"up": [layers.Dense(2, name="up")], "down": [layers.Dense(3, name="down")]}

    def call(self, x: Any) -> Any:
        for block, norm in zip(self.blocks, self.norms.values(), strict=True):
            x = keras.ops.tanh(norm(block(x))) + x
        for pair in self.pairs:
            for relu in pair:
                x = relu(x - 0.1)
        x = keras.ops.mean(x, axis=(1, 2))
        return {name: head[0](x) for name, head in self.heads.items()}


@pytest.mark.parametrize("built", [False, True], ids=["unbuilt", "built"])
def test_a_subclassed_model_with_loops_lists_and_dicts_of_layers(built: bool) -> None:
    model = Collections(name="collections")
    if built:
        model(numbers(1, 6, 7, 3))
    recording = check(model, numbers(2, 6, 7, 3))
    assert list(recording.layers) == [
        *("block0", "norm0", "block1", "norm1", "block2", "norm2"),
        *("relu0", "relu1", "up", "down"),
    ]
    # What keras.ops computed leaves no trace.
    assert recording["norm1"].inputs == ("block1",)
    assert recording["block1"].inputs == ()


def test_a_layer_that_is_called_more_than_once() -> None:
    shared = layers.Dense(4, name="dense")
    inputs = keras.Input((4,))
    model = keras.Model(inputs, shared(layers.ReLU(name="relu")(shared(inputs))))
    recording = check(model, numbers(2, 4))
    assert list(recording.layers) == ["dense#1", "relu", "dense#2"]
    assert recording["dense#2"].inputs == ("relu",)
    assert recording["relu"].inputs == ("dense#1",)


def test_a_model_that_is_used_twice_in_another() -> None:
    tower = keras.Sequential(
        [keras.Input((4, 4, 1)), layers.Conv2D(2, 3, name="conv"), layers.Flatten(name="flat")],
        name="tower",
    )
    left, right = keras.Input((4, 4, 1), name="left"), keras.Input((4, 4, 1), name="right")
    model = keras.Model([left, right], layers.Subtract(name="minus")([tower(left), tower(right)]))
    recording = check(model, [numbers(2, 4, 4, 1), numbers(2, 4, 4, 1, seed=6)])
    assert list(recording) == [
        *("input:left", "input:right"),
        *("tower/conv#1", "tower/flat#1", "tower/conv#2", "tower/flat#2"),
        "minus",
    ]
    assert recording["tower/conv#2"].inputs == ("input:right",)
    assert recording["minus"].inputs == ("tower/flat#1", "tower/flat#2")


class Pair(layers.Layer):
    def call(self, x: Any) -> Any:
        return x * 2, [x + 1, None]


class Named(layers.Layer):
    def call(self, x: Any) -> Any:
        return {"boxes": x * 3, "scores": keras.ops.mean(x, axis=(1, 2))}


class Alone(layers.Layer):
    def call(self, x: Any) -> Any:
        return [x * 5]


def test_layers_that_return_tuples_lists_and_dicts_are_an_entry_for_each() -> None:
    class Model(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="model")
            self.pair, self.named = Pair(name="pair"), Named(name="named")
            self.alone, self.last = Alone(name="alone"), layers.ReLU(name="last")

        def call(self, x: Any) -> Any:
            twice, (_, _) = self.pair(x)
            named = self.named(twice)
            return self.last(self.alone(named["boxes"])[0]), named["scores"]

    one = numbers(1, 4, 5, 2)
    recording = record(Model(), one)
    assert list(recording.layers) == [
        *("pair:0", "pair:1:0", "named:boxes", "named:scores", "alone", "last"),
    ]
    np.testing.assert_array_equal(recording["pair:0"].maps, one * 2)
    np.testing.assert_array_equal(recording["pair:1:0"].maps, one + 1)
    np.testing.assert_array_equal(recording["named:boxes"].maps, one * 2 * 3)
    assert recording["named:scores"].kind == "units"
    np.testing.assert_array_equal(recording["alone"].maps, one * 2 * 3 * 5)
    assert recording["named:boxes"].inputs == ("pair:0",)
    assert recording["alone"].inputs == ("named:boxes",)
    show(recording)


def test_states_that_a_recurrent_layer_returns_are_entries() -> None:
    inputs = keras.Input((7, 3))
    sequence, hidden, cell = layers.LSTM(5, return_sequences=True, return_state=True, name="lstm")(
        inputs
    )
    final = layers.GRU(4, return_state=True, name="gru")(sequence)
    recording = check(keras.Model(inputs, [hidden, cell, *final]), numbers(2, 7, 3))
    assert {path: entry.maps.shape[1:] for path, entry in after_input(recording).items()} == {
        "lstm:0": (7, 5, 1),
        "lstm:1": (1, 1, 5),
        "lstm:2": (1, 1, 5),
        "gru:0": (1, 1, 4),
        "gru:1": (1, 1, 4),
    }
    assert recording["gru:0"].inputs == ("lstm:0",)


def test_recurrent_layers_with_and_without_sequences() -> None:
    inputs = keras.Input((7, 3))
    x = layers.SimpleRNN(4, return_sequences=True, name="simple")(inputs)
    x = layers.Bidirectional(layers.LSTM(5, return_sequences=True, name="both"), name="bi")(x)
    x = layers.RNN([layers.GRUCell(4), layers.LSTMCell(3)], return_sequences=True, name="deep")(x)
    x = layers.GRU(2, name="gru")(x)
    recording = check(keras.Model(inputs, x), numbers(2, 7, 3))
    kinds = {
        path: (entry.kind, entry.maps.shape[1:]) for path, entry in after_input(recording).items()
    }
    assert kinds == {
        "simple": ("sequence", (7, 4, 1)),
        "bi/forward_both": ("sequence", (7, 5, 1)),
        "bi/backward_both": ("sequence", (7, 5, 1)),
        "bi": ("sequence", (7, 10, 1)),
        "deep": ("sequence", (7, 3, 1)),
        "gru": ("units", (1, 1, 2)),
    }
    assert all("every time step" in reason for reason in reasons(recording).values())
    everything = record(keras.Model(inputs, x), numbers(2, 7, 3), layers="all")
    assert list(everything.layers) == list(recording.layers)


def test_time_distributed_images_are_volumes_over_time() -> None:
    inner = keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Conv2D(3, 3, name="conv"), layers.ReLU(name="relu")]
    )
    inputs = keras.Input((5, 8, 8, 1))
    x = layers.TimeDistributed(inner, name="each")(inputs)
    x = layers.ConvLSTM2D(4, 3, return_sequences=True, name="memory")(x)
    x = layers.ConvLSTM2D(2, 3, name="last")(x)
    recording = check(keras.Model(inputs, x), numbers(2, 5, 8, 8, 1))
    assert {
        path: (entry.depth, entry.maps.shape) for path, entry in after_input(recording).items()
    } == {
        "each": (5, (2, 5 * 6, 6, 3)),
        "memory": (5, (2, 5 * 4, 4, 4)),
        "last": (1, (2, 2, 2, 2)),
    }
    one = inner(numbers(2, 5, 8, 8, 1)[:, 3])
    np.testing.assert_array_equal(recording["each"].slice(3).maps, array(one))


def test_lambda_layers() -> None:
    inputs = keras.Input((5, 6, 2))
    x = layers.Lambda(lambda x: x * 2 - 1, name="scale")(inputs)
    x = layers.Lambda(lambda x: (x, x[..., :1]), name="split")(x)
    recording = check(keras.Model(inputs, x), numbers(5, 6, 2), inputs=numbers(1, 5, 6, 2))
    # The first of the two is what the layer was given.
    assert list(recording.layers) == ["scale", "split:1"]
    assert reasons(recording) == {"split:0": "repeats scale"}


def test_attention() -> None:
    inputs = keras.Input((7, 8))
    attention = layers.MultiHeadAttention(2, 4, name="attention")
    x, scores = attention(inputs, inputs, return_attention_scores=True)
    x = layers.LayerNormalization(name="norm")(layers.Add(name="add")([x, inputs]))
    model = keras.Model(inputs, [x, scores])
    recording = record(model, numbers(2, 7, 8))
    assert list(recording.layers) == ["attention:0", "attention:1", "add", "norm"]
    # A map for each head: who looks at whom.
    expected = array(called(model, numbers(2, 7, 8))["attention"][0][1])
    np.testing.assert_array_equal(recording["attention:1"].maps, np.moveaxis(expected, 1, -1))
    assert all("not a feature map" in reason for reason in reasons(recording).values())
    assert "attention/query" in reasons(recording)
    show(recording)
    everything = record(model, numbers(2, 7, 8), layers="all")
    assert everything["attention/query"].maps.shape == (2, 7, 2, 4)
    assert list(everything.layers)[-3:] == ["attention:1", "add", "norm"]


def test_tokens() -> None:
    inputs = keras.Input((None,), dtype="int32")
    x = layers.Embedding(50, 6, mask_zero=True, name="embedding")(inputs)
    x = layers.Conv1D(4, 3, padding="same", name="conv")(x)
    x = layers.LSTM(3, name="lstm")(x)
    tokens = np.array([[3, 1, 4, 1, 5, 9, 0, 0], [2, 7, 1, 8, 2, 8, 1, 8]])
    recording = check(keras.Model(inputs, x), tokens)
    assert recording["embedding"].kind == "sequence"
    assert recording["embedding"].inputs == ("input",)
    assert recording.input.kind == "units"
    np.testing.assert_array_equal(recording.input.maps[:, 0, 0], tokens)
    assert recording.images.shape == (2, 0, 0, 1)


@pytest.mark.parametrize(
    "given", [[3, 1, 4], [[3, 1, 4], [1, 5, 9]], np.array([3, 1, 4], np.uint8)]
)
def test_an_unbuilt_model_of_tokens(given: Any) -> None:
    model = keras.Sequential([layers.Embedding(50, 6, name="embedding"), layers.Flatten()])
    recording = record(model, given)
    expected = array(model.layers[0](np.reshape(given, (-1, 3))))
    np.testing.assert_array_equal(recording["embedding"].maps[..., 0], expected)


class Perceptron(keras.Model):
    def __init__(self) -> None:
        super().__init__(name="perceptron")
        self.hidden = layers.Dense(4, name="hidden")
        self.out = layers.Dense(1, name="out")

    def call(self, x: Any) -> Any:
        return self.out(self.hidden(x))


@pytest.mark.parametrize("built", [False, True])
def test_vectors(built: bool) -> None:
    model = Perceptron()
    if built:
        model(numbers(1, 9))
    recording = check(model, numbers(3, 9))
    assert [entry.kind for entry in after_input(recording).values()] == ["units", "units"]
    assert len(recording.images) == 3
    assert recording.input.maps.shape == (3, 1, 1, 9)


def test_convolutions_over_time() -> None:
    inputs = keras.Input((12, 3))
    x = layers.Conv1D(4, 3, name="conv")(inputs)
    x = layers.SeparableConv1D(5, 3, name="separable")(x)
    x = layers.DepthwiseConv1D(3, name="depthwise")(x)
    x = layers.Conv1DTranspose(6, 3, strides=2, name="transposed")(x)
    x = layers.MaxPooling1D(name="pool")(x)
    recording = check(keras.Model(inputs, x), numbers(2, 12, 3))
    assert all(entry.kind == "sequence" for entry in after_input(recording).values())
    assert recording["conv"].maps.shape == (2, 10, 4, 1)
    assert recording["transposed"].maps.shape == (2, 13, 6, 1)
    # A sequence can be shown beside the grid: one picture of time × channels.
    assert recording.images.shape == (2, 12, 3, 1)
    assert recording.input.kind == "sequence"


def test_convolutions_over_images() -> None:
    inputs = keras.Input((12, 13, 3))
    x = layers.Conv2D(4, 3, name="conv")(inputs)
    x = layers.SeparableConv2D(5, 3, name="separable")(x)
    x = layers.DepthwiseConv2D(3, name="depthwise")(x)
    x = layers.Conv2DTranspose(6, 3, strides=2, name="transposed")(x)
    x = layers.UpSampling2D(name="up")(x)
    recording = check(keras.Model(inputs, x), numbers(2, 12, 13, 3))
    assert recording["transposed"].maps.shape == (2, 13, 15, 6)
    assert all(
        entry.kind == "maps" and entry.depth == 1 for entry in after_input(recording).values()
    )


def test_convolutions_over_volumes() -> None:
    inputs = keras.Input((6, 7, 8, 2))
    x = layers.Conv3D(3, 3, padding="same", name="conv")(inputs)
    x = layers.MaxPooling3D(2, name="pool")(x)
    x = layers.Conv3DTranspose(4, 2, strides=2, name="transposed")(x)
    x = layers.GlobalAveragePooling3D(name="average")(x)
    recording = check(keras.Model(inputs, x), numbers(2, 6, 7, 8, 2))
    sizes = {
        path: (entry.depth, entry.maps.shape[1:]) for path, entry in after_input(recording).items()
    }
    assert sizes == {
        "conv": (6, (6 * 7, 8, 3)),
        "pool": (3, (3 * 3, 4, 3)),
        "transposed": (6, (6 * 6, 8, 4)),
        "average": (1, (1, 1, 4)),
    }
    assert recording.input.depth == 6
    assert recording.images.shape == (2, 0, 0, 1)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_channels_first_throughout(rank: int) -> None:
    form = {"data_format": "channels_first"}
    conv = getattr(layers, f"Conv{rank}D")
    pool = getattr(layers, f"AveragePooling{rank}D")
    inputs = keras.Input((2, *(9, 10, 11)[:rank]))
    x = conv(4, 3, name="conv", **form)(inputs)
    x = layers.BatchNormalization(axis=1, name="norm")(x)
    x = layers.ReLU(name="relu")(x)
    x = layers.Add(name="add")([x, layers.Activation("tanh", name="tanh")(x)])
    x = pool(2, name="pool", **form)(x)
    x = getattr(layers, f"GlobalMaxPooling{rank}D")(name="largest", keepdims=True, **form)(x)

    def arrange(values: np.ndarray) -> np.ndarray:
        return np.moveaxis(values, 1, -1)

    batch = numbers(2, 2, *(9, 10, 11)[:rank])
    recording = check(keras.Model(inputs, x), batch, arrange=arrange)
    assert list(recording.layers) == ["conv", "norm", "relu", "tanh", "add", "pool", "largest"]
    channels = 2 if rank == 1 else 3  # of a sequence they are columns
    assert [entry.maps.shape[channels] for entry in after_input(recording).values()] == [4] * 7
    np.testing.assert_array_equal(recording.input.maps.ravel(), arrange(batch).ravel())


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "bfloat16"])
def test_a_model_under_a_policy_of_small_floats(policy: str) -> None:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        inputs = keras.Input((8, 8, 1))
        x = layers.Conv2D(3, 3, name="conv")(inputs)
        x = layers.BatchNormalization(name="norm")(x)
        x = layers.ReLU(name="relu")(x)
        x = layers.Dropout(0.5, name="dropout")(x)
        x = layers.GlobalAveragePooling2D(name="average")(x)
        x = layers.Dense(2, activation="softmax", dtype="float32", name="dense")(x)
        model = keras.Model(inputs, x)
    finally:
        keras.config.set_dtype_policy(before)
    assert model.get_layer("conv").compute_dtype in ("float16", "bfloat16")
    recording = check(model, numbers(2, 8, 8, 1))
    assert list(recording.layers) == ["conv", "norm", "relu", "average", "dense"]
    assert reasons(recording) == {"dropout": "repeats relu"}


@pytest.mark.parametrize("options", [{"jit_compile": True}, {"run_eagerly": True}])
def test_a_compiled_model_that_was_fitted_and_has_predicted(options: Any) -> None:
    model = Perceptron()
    model.compile("sgd", "mse", **options)
    model.fit(numbers(4, 9), numbers(4, 1), verbose=0)
    model.predict(numbers(4, 9), verbose=0)
    assert check(model, numbers(2, 9)).layers == ("hidden", "out")


@pytest.mark.filterwarnings("ignore")
def test_a_model_that_was_quantized_to_int8() -> None:
    model = keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            layers.Conv2D(3, 3, name="conv"),
            layers.Flatten(name="flatten"),
            layers.Dense(4, activation="relu", name="dense"),
            layers.EinsumDense("ab,bc->ac", output_shape=3, name="einsum"),
        ]
    )
    model.quantize("int8")
    assert model.get_layer("dense").dtype_policy.quantization_mode == "int8"
    recording = check(model, numbers(2, 6, 6, 1))
    assert list(recording.layers) == ["conv", "flatten", "dense", "einsum"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("file", ["model.keras", "model.h5"])
def test_a_model_that_was_loaded(file: str, tmp_path: Path) -> None:
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(2, 3, name="conv")], name="in"),
            layers.Flatten(name="flatten"),
            layers.Dense(3, activation="softmax", name="dense"),
        ]
    )
    model.save(tmp_path / file)
    loaded = keras.models.load_model(tmp_path / file)
    recording = check(loaded, numbers(2, 8, 8, 1))
    assert list(recording.layers) == ["in/conv", "flatten", "dense"]
    np.testing.assert_array_equal(
        recording["dense"].maps, record(model, numbers(2, 8, 8, 1))["dense"].maps
    )


def test_layers_that_did_not_run_are_listed() -> None:
    model = Perceptron()
    model.spare = layers.Dense(3, name="spare")
    model.unused = keras.Sequential([layers.Dense(3, name="inside")], name="unused")
    recording = check(model, numbers(2, 9))
    assert reasons(recording) == {
        "spare": "did not run",
        "unused": "did not run",
        "unused/inside": "did not run",
    }
