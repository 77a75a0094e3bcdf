"""A layer without a gradient says why: what does not pass it on is found and named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from differentiable_models import numbers
from keras import layers, ops

from actwidget import record
from actwidget.attribution import blocked

BACKEND = keras.backend.backend()


class Doing(layers.Layer):
    """Computes something of its own."""

    def __init__(self, does: Callable[[Any], Any], name: str) -> None:
        super().__init__(name=name)
        self.does = does

    def call(self, x: Any) -> Any:
        return self.does(x)


def picked(x: Any) -> Any:
    return ops.one_hot(ops.argmax(x, axis=-1), 2)


def counted(x: Any) -> Any:
    return ops.cast(ops.cast(x * 9, "int32"), "float32")


def compared(x: Any) -> Any:
    return ops.cast(ops.greater(x, 0), "float32")


# As each backend calls it.
NAMES: dict[Callable[[Any], Any], dict[str, str]] = {
    ops.stop_gradient: {"tensorflow": "stop_gradient", "jax": "stop_gradient", "torch": "detach"},
    ops.round: {"tensorflow": "Round", "jax": "round", "torch": "round"},
    ops.floor: {"tensorflow": "Floor", "jax": "floor", "torch": "floor"},
    ops.sign: {"tensorflow": "Sign", "jax": "sign", "torch": "sign"},
    picked: {"tensorflow": "ArgMax", "jax": "argmax", "torch": "argmax"},
    counted: dict.fromkeys(["tensorflow", "jax", "torch"], "a cast to int32"),
    compared: {"tensorflow": "Greater", "jax": "gt", "torch": "greater"},
}


def ended(inputs: Any, x: Any) -> keras.Model:
    x = layers.Conv2D(2, 3, name="after")(x)
    x = layers.Dense(3, activation="softmax", name="dense")(layers.Flatten(name="flatten")(x))
    return keras.Model(inputs, x)


@pytest.mark.parametrize("does", NAMES, ids=lambda does: does.__name__)
def test_the_operation_is_named_and_its_layer(does: Callable[[Any], Any]) -> None:
    inputs = keras.Input((6, 6, 1))
    x = layers.Conv2D(2, 3, name="conv")(inputs)
    model = ended(inputs, Doing(does, "inside")(x))
    found = record(model, numbers(1, 6, 6, 1)).gradients(0)
    assert found["after"].any()
    expected = f"blocked by {NAMES[does][BACKEND]} in inside, which passes no gradients on"
    assert found.blocked.keys() == {"input", "conv", "dense"}
    assert found.blocked["input"] == found.blocked["conv"] == expected
    with pytest.raises(KeyError, match=f"there is no gradient of conv: {expected}"):
        found["conv"]


class Subclassed(keras.Model):
    """Whose layers' connection is lost in operations of its own."""

    def __init__(self) -> None:
        super().__init__(name="subclassed")
        self.conv = layers.Conv2D(2, 3, name="conv")
        self.beside = layers.Conv2D(2, 3, name="beside")
        self.flatten = layers.Flatten(name="flatten")
        self.dense = layers.Dense(3, name="dense")

    def call(self, x: Any) -> Any:
        aside = self.beside(x)
        logits = self.dense(self.flatten(ops.round(self.conv(x) * 3)))
        return aside, ops.softmax(logits)


def test_between_layers_too() -> None:
    model, x = Subclassed(), numbers(1, 6, 6, 1)
    model(x)
    found = record(model, x).gradients(0)
    name = NAMES[ops.round][BACKEND]
    assert found.blocked["conv"] == f"blocked by {name}, which passes no gradients on"
    assert found.blocked["beside"] == "the target does not depend on it"
    assert found["flatten"].any()


def test_each_way_is_named() -> None:
    inputs = keras.Input((6, 6, 1))
    x = layers.Conv2D(2, 3, name="conv")(inputs)
    one, other = Doing(ops.stop_gradient, "stop")(x), Doing(ops.sign, "sign")(x)
    found = record(ended(inputs, layers.Add(name="add")([one, other])), numbers(1, 6, 6, 1))
    stop, sign = (NAMES[does][BACKEND] for does in (ops.stop_gradient, ops.sign))
    expected = f"blocked by {stop} in stop and {sign} in sign, which pass no gradients on"
    assert found.gradients(0).blocked["conv"] == expected


def test_what_has_another_way_is_not_blocked() -> None:
    inputs = keras.Input((6, 6, 1))
    x = layers.Conv2D(2, 3, name="conv")(inputs)
    both = layers.Add(name="add")([Doing(ops.sign, "sign")(x), x])
    found = record(ended(inputs, both), numbers(1, 6, 6, 1)).gradients(0)
    assert not found.blocked.keys() - {"dense"}
    assert found["conv"].any()


def test_the_first_on_the_way_is_named() -> None:
    """A softmax subtracts its maximum, which is stopped, before the argmax that blocks."""
    inputs = keras.Input((6, 6, 1))
    x = layers.Conv2D(2, 3, name="conv")(inputs)
    x = Doing(picked, "pick")(layers.Softmax(name="likely")(x))
    found = record(ended(inputs, Doing(ops.round, "round")(x)), numbers(1, 6, 6, 1)).gradients(0)
    name = NAMES[picked][BACKEND]
    for path in ("conv", "likely"):
        assert found.blocked[path] == f"blocked by {name} in pick, which passes no gradients on"


@pytest.mark.skipif(BACKEND == "jax", reason="JAX cannot differentiate what leaves it")
def test_arrays_within_a_layer_are_told() -> None:
    def doubled(x: Any) -> Any:
        return ops.convert_to_tensor(np.asarray(ops.convert_to_numpy(x)) * 2)

    inner_input = keras.Input((4, 4, 2))
    inside = Doing(doubled, "inside")
    inside.compute_output_spec = lambda x: keras.KerasTensor(x.shape)
    inner = keras.Model(inner_input, inside(inner_input), name="inner")
    inputs = keras.Input((6, 6, 1))
    model = ended(inputs, inner(layers.Conv2D(2, 3, name="conv")(inputs)))
    found = record(model, numbers(1, 6, 6, 1)).gradients(0)
    assert found.blocked["conv"] == (
        "blocked in inner/inside, which computes with arrays, such as NumPy's, that pass no "
        "gradients on"
    )


@pytest.mark.skipif(BACKEND != "tensorflow", reason="this is TensorFlow's")
def test_a_straight_through_estimator_is_not_what_blocks() -> None:
    import tensorflow as tf

    @tf.custom_gradient
    def straight(x: Any) -> Any:
        return tf.round(x), lambda gradient: gradient

    inputs = keras.Input((6, 6, 1))
    x = layers.Conv2D(2, 3, name="conv")(inputs)
    through = Doing(straight, "through")(x)
    found = record(ended(inputs, through), numbers(1, 6, 6, 1)).gradients(0)
    assert found["conv"].any()
    found = record(ended(inputs, Doing(picked, "pick")(through)), numbers(1, 6, 6, 1)).gradients(0)
    assert found.blocked["conv"] == "blocked by ArgMax in pick, which passes no gradients on"


def test_where_the_operations_cannot_be_told_the_reason_is_general(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inputs = keras.Input((6, 6, 1))
    x = layers.Conv2D(2, 3, name="conv")(inputs)
    recording = record(ended(inputs, Doing(ops.stop_gradient, "stop")(x)), numbers(1, 6, 6, 1))
    monkeypatch.setattr(blocked, "traced", lambda *_: None)
    found = recording.gradients(0)
    if BACKEND == "jax":
        assert not found["conv"].any()
    else:
        assert found.blocked["conv"].startswith("something between it and the target")


def test_what_comes_after_the_target_or_beside_it() -> None:
    inputs = keras.Input((6, 6, 1))
    x = layers.Conv2D(2, 3, name="conv")(inputs)
    beside = layers.Conv2D(2, 3, name="beside")(inputs)
    x = layers.Dense(3, activation="softmax", name="dense")(layers.Flatten(name="flatten")(x))
    recording = record(keras.Model(inputs, [beside, x]), numbers(1, 6, 6, 1))
    found = recording.gradients(0)
    assert "comes after the target" in found.blocked["dense"]
    assert found.blocked["beside"] == "the target does not depend on it"
    of_conv = recording.gradients(("conv", 0))
    assert of_conv.blocked["flatten"] == "comes after the target, conv"
    assert of_conv.blocked["beside"] == "the target does not depend on it"


def test_what_comes_after_the_target_within_a_model_that_does_as_it_likes() -> None:
    model, x = Subclassed(), numbers(1, 6, 6, 1)
    model(x)
    found = record(model, x).gradients(("conv", 0))
    assert {found.blocked[path] for path in ("flatten", "dense")} == {"comes after the target"}


def test_whole_numbers_name_the_first_layer_with_a_gradient() -> None:
    inputs = keras.Input((5,), dtype="int32")
    x = layers.Embedding(20, 4, name="embedding")(inputs)
    model = keras.Model(inputs, layers.Dense(2, activation="softmax")(layers.Flatten()(x)))
    found = record(model, np.arange(5, dtype="int32")[None]).gradients(0)
    assert found.blocked["input"] == (
        "holds int32, and whole numbers have no gradients: see embedding, the first layer after it"
    )
    assert found["embedding"].any()


def test_also_where_operations_come_between() -> None:
    inputs = keras.Input((6, 6, 1), dtype="uint8")
    model = ended(inputs, ops.cast(inputs, "float32") / 255)
    given = np.random.default_rng(0).integers(0, 255, (1, 6, 6, 1)).astype("uint8")
    reason = record(model, given).gradients(0).blocked["input"]
    assert reason.endswith("whole numbers have no gradients: see after, the first layer after it")


class Dead(keras.Model):
    """Its layers' connection is lost in an operation, and its ReLU gives nothing."""

    def __init__(self) -> None:
        super().__init__(name="dead")
        bias = keras.initializers.Constant(-99)
        self.conv = layers.Conv2D(2, 3, activation="relu", bias_initializer=bias, name="conv")
        self.flatten = layers.Flatten(name="flatten")
        self.dense = layers.Dense(3, activation="softmax", name="dense")

    def call(self, x: Any) -> Any:
        return self.dense(self.flatten(self.conv(x) * 2))


def test_a_gradient_that_is_zero_is_zero_and_not_blocked() -> None:
    model, x = Dead(), numbers(1, 6, 6, 1)
    model(x)
    found = record(model, x).gradients(1)
    assert "input" not in found.blocked
    assert not found.input.any()
