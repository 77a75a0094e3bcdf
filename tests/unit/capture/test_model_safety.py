"""Ten kinds of models, each with eighteen properties that a recording has to leave as they were."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from recorded import numbers
from writing_layers import GENERATOR, CodeBook, Counter, Measuring, Remembering, Training

from actwidget import record
from actwidget.recording.recording import Recording

Batch = Any


class Subclassed(keras.Model):
    """Loops over layers in containers, and writes numbers of its own."""

    def __init__(self) -> None:
        super().__init__(name="subclassed")
        self.blocks = [layers.Conv2D(2, 3, padding="same", name=f"conv{n}") for n in range(2)]
        self.norms = {"norm": layers.BatchNormalization(name="norm")}
        self.head = layers.Dense(2, name="head")
        self.calls = 0

    def call(self, x: Any) -> Any:
        self.calls += 1
        for block in self.blocks:
            x = keras.ops.relu(self.norms["norm"](block(x)))
        return self.head(keras.ops.mean(x, axis=(1, 2)))


def picture() -> Any:
    return keras.Input((8, 8, 3), name="picture")


def pooled(x: Any) -> Any:
    return layers.Dense(2, name="head")(layers.GlobalAveragePooling2D(name="pool")(x))


def functional() -> Any:
    x = inputs = picture()
    left = layers.Conv2D(3, 3, padding="same", activation="relu", name="left")(x)
    x = layers.Add(name="add")([left, layers.Conv2D(3, 1, name="right")(x)])
    return keras.Model(inputs, pooled(layers.BatchNormalization(name="norm")(x)))


def sequential() -> Any:
    return keras.Sequential(
        [
            picture(),
            layers.RandomFlip(seed=1),
            layers.GaussianNoise(0.1, seed=2),
            layers.Conv2D(3, 3, kernel_regularizer="l2"),
            layers.Dropout(0.5, seed=3),
            layers.Flatten(),
            layers.Dense(2),
        ]
    )


def nested() -> Any:
    base = functional()
    base.trainable = False
    x = keras.Sequential([picture(), layers.Rescaling(2.0), base], name="inner")(
        inputs := picture()
    )
    return keras.Model(inputs, layers.Dense(2, name="top")(x))


def several() -> Any:
    left, right = keras.Input((8, 8, 3), name="left"), keras.Input((5, 4), name="right")
    x = layers.GlobalMaxPooling2D()(layers.Conv2D(3, 3)(left))
    return keras.Model(
        [left, right], layers.Dense(2)(layers.Concatenate()([x, layers.LSTM(3)(right)]))
    )


def stateful() -> Any:
    inputs = keras.Input(batch_shape=(2, 5, 4))
    x = layers.LSTM(3, stateful=True, return_sequences=True, name="lstm")(inputs)
    return keras.Model(inputs, layers.Dense(2)(layers.GRU(3, stateful=True, name="gru")(x)))


def attention() -> Any:
    inputs = keras.Input((5, 4))
    x = layers.MultiHeadAttention(2, 4, dropout=0.1)(inputs, inputs)
    x = layers.LayerNormalization()(layers.Add()([inputs, x]))
    return keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling1D()(x)))


def shared() -> Any:
    layer = layers.Conv2D(3, 3, padding="same", name="shared")
    inputs = picture()
    return keras.Model(inputs, pooled(layer(layers.ReLU()(layer(inputs)))))


def mixed() -> Any:
    inputs = picture()
    x = layers.Conv2D(3, 3, dtype="mixed_float16")(inputs)
    x = layers.BatchNormalization(dtype="mixed_bfloat16")(x)
    return keras.Model(inputs, layers.Dense(2, dtype="float32")(layers.Flatten()(x)))


def writing() -> Any:
    x = inputs = picture()
    for layer in (layers.Conv2D(2, 3), Counter(), CodeBook(), Measuring(), Training()):
        x = layer(x)
    return keras.Model(inputs, pooled(Remembering(name="remembering")(x)))


PICTURES = numbers(2, 8, 8, 3)
KINDS: dict[str, tuple[Callable[[], Any], Batch]] = {
    "functional": (functional, PICTURES),
    "sequential": (sequential, PICTURES),
    "subclassed": (Subclassed, PICTURES),
    "nested": (nested, PICTURES),
    "several inputs": (several, [PICTURES, numbers(2, 5, 4)]),
    "stateful": (stateful, numbers(2, 5, 4)),
    "attention": (attention, numbers(2, 5, 4)),
    "shared": (shared, PICTURES),
    "mixed precision": (mixed, PICTURES),
    "writing": (writing, PICTURES),
}
SHORT = {"subclassed", "writing"}
"""The kinds of the ordinary run."""


START = GENERATOR.bit_generator.state


def seed() -> None:
    keras.utils.set_random_seed(3)
    GENERATOR.bit_generator.state = START


def fitted(kind: str) -> Any:
    """Make a model, the same at every call, that was compiled, fitted and used."""
    make, batch = KINDS[kind]
    seed()
    model = make()
    model.compile("adam", "mse", metrics=["mae"], run_eagerly=True)
    model.fit(batch, numbers(2, 2), epochs=2, batch_size=2, verbose=0, shuffle=False)
    return model


def every(model: Any) -> list[Any]:
    return [model, *model._flatten_layers(include_self=False, recursive=True)]


def bits(variables: Any) -> list[bytes]:
    return [keras.ops.convert_to_numpy(variable).tobytes() for variable in variables]


def drawn() -> list[Any]:
    state = random.getstate(), np.random.get_state()  # noqa: NPY002
    values = [random.random(), np.random.random()]  # noqa: NPY002
    random.setstate(state[0])
    np.random.set_state(state[1])  # noqa: NPY002
    return values


def attributes(layer: Any) -> dict[str, Any]:
    return {
        name: value if isinstance(value, (int, float, str, bool, type(None))) else id(value)
        for name, value in vars(layer).items()
        if name not in {"_thread_local", "history"}
    }


# What is looked at, before and after. The later ones use the model, and change it in doing so.
AT_REST: dict[str, Callable[[Any], Any]] = {
    "weights": lambda model: bits(model.weights),
    "variables": lambda model: bits(model.variables),
    "optimizer": lambda model: bits(model.optimizer.variables),
    "metrics": lambda model: [bits(each.variables) for each in model.metrics],
    "metrics of layers": lambda model: [bits(layer.metrics_variables) for layer in every(model)],
    "seeds": lambda model: [
        bits([seed.state for seed in layer._seed_generators]) for layer in every(model)
    ],
    "trainable": lambda model: [layer.trainable for layer in every(model)],
    "trainable variables": lambda model: [each.path for each in model.trainable_variables],
    "layers": lambda model: [(layer.name, id(layer)) for layer in every(model)],
    "attributes": lambda model: [attributes(layer) for layer in every(model)],
    "calls": lambda model: [layer.call.__func__ for layer in every(model)],
    "losses": lambda model: [bits(layer._losses) for layer in every(model)],
    "description": lambda model: model.get_config() if model.name != "subclassed" else model.name,
    "generators": lambda model: (drawn(), tf.config.functions_run_eagerly()),
}


def predictions(model: Any, batch: Batch) -> Any:
    seed()
    return model.predict(batch, batch_size=2, verbose=0).tobytes()


def of_loaded(model: Any, folder: Path) -> Any:
    model.save_weights(folder / "model.weights.h5")
    for weight in model.weights:
        weight.assign(keras.ops.zeros_like(weight))
    model.load_weights(folder / "model.weights.h5")
    return bits(model.weights)


def history(model: Any, batch: Batch) -> Any:
    seed()
    return model.fit(batch, numbers(2, 2), batch_size=2, verbose=0, shuffle=False).history


def maps_of(recording: Recording) -> dict[str, bytes]:
    return {path: entry.maps.tobytes() for path, entry in recording.items()}


IN_USE = ("recordings", "prediction", "saved weights", "training")


@functools.cache
def compared(kind: str, folder: Path) -> dict[str, tuple[Any, Any]]:
    """Return each property of a model, without a recording and with one."""
    twin, model = fitted(kind), fitted(kind)
    batch = KINDS[kind][1]
    before = {name: look(model) for name, look in AT_REST.items()}
    first = record(model, batch)
    after = {name: look(model) for name, look in AT_REST.items()}
    second = record(model, batch)
    found = {name: (before[name], after[name]) for name in AT_REST}
    maps = [
        {path: entry.maps.tobytes() for path, entry in each.items()} for each in (first, second)
    ]
    found["recordings"] = (maps[0], maps[1])
    found["prediction"] = (predictions(twin, batch), predictions(model, batch))
    found["saved weights"] = (of_loaded(twin, folder), of_loaded(model, folder))
    found["training"] = (history(twin, batch), history(model, batch))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("weights")


@pytest.mark.parametrize("name", [*AT_REST, *IN_USE])
@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[] if kind in SHORT else pytest.mark.slow) for kind in KINDS]
)
def test_a_property_is_as_before(kind: str, name: str, folder: Path) -> None:
    without, recorded = compared(kind, folder)[name]
    assert recorded == without
    assert len(AT_REST) + len(IN_USE) == 18
    assert len(KINDS) == 10
