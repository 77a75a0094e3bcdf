"""Gradients agree with numerical differences, for each kind of model and whatever its backend."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from differentiable_models import KINDS, made, numbers
from keras import layers, ops

from actwidget import ActivationWidget, Recording, record

STEP = 5e-4


def recorded(name: str) -> tuple[keras.Model, Any, Recording]:
    model, given = made(name)
    return model, given, record(model, given)


def logits(model: keras.Model, given: Any) -> np.ndarray:
    """The logarithm of a softmax, which is its logits but for a term that is all classes'."""
    for layer in model.layers:
        if getattr(layer, "stateful", False):
            layer.reset_state()
    returned = model(keras.tree.map_structure(ops.convert_to_tensor, given), training=False)
    last = keras.tree.flatten(returned)[-1]
    return np.log(ops.convert_to_numpy(last).astype("f8"))


def between(values: np.ndarray) -> np.ndarray:
    """The difference of two classes' logits, which has no such term."""
    return values[:, 1] - values[:, 2]


def agrees(found: np.ndarray, values: list[np.ndarray]) -> None:
    """Compare derivatives with the differences between three values, a step apart.

    A kink of an activation is crossed on one side, if at all: the other's difference is right.
    """
    before, here, after = values
    differences = [(after - before) / 2, after - here, here - before]
    errors = np.min([np.abs(found - each / STEP) for each in differences], axis=0)
    np.testing.assert_array_less(errors, 1e-3 + 1e-2 * np.abs(after - before) / (2 * STEP))


@pytest.mark.parametrize("name", KINDS)
def test_by_the_input(name: str) -> None:
    model, given, recording = recorded(name)
    one, two = recording.gradients(1), recording.gradients(2)
    assert one.quantity == "logit"
    direction = keras.tree.map_structure(lambda each: numbers(*each.shape, seed=5), given)
    step = keras.tree.map_structure(lambda way: STEP * way, direction)
    ends = [keras.tree.map_structure(move, given, step) for move in (np.subtract, np.add)]
    values = [between(logits(model, each)) for each in (ends[0], given, ends[1])]
    ways = direction if isinstance(direction, dict) else {"": direction}
    found = np.zeros(2)
    for key, way in ways.items():
        path = f"input:{key}" if key else "input"
        difference = one[path] - two[path]
        found += (difference.reshape(2, -1) * way.reshape(2, -1)).sum(axis=1)
    agrees(found, values)


@pytest.mark.parametrize("name", KINDS)
def test_by_the_first_layer(name: str) -> None:
    model, given, recording = recorded(name)
    path = next(path for path in recording.layers if recording[path].inputs)
    if "#" in path:
        path = path.replace("#1", "#2")
    gradient = recording.gradients(1)[path] - recording.gradients(2)[path]
    entry = recording[path]
    assert gradient.shape == entry.maps.shape
    assert gradient.dtype == np.float32
    way = numbers(*entry.maps.shape, seed=6)
    found = (gradient * way).reshape(2, -1).sum(axis=1)
    values = [between(changed(model, path, sign * STEP * way, given)) for sign in (-1, 0, 1)]
    agrees(found, values)


def changed(model: keras.Model, path: str, by: np.ndarray, given: Any) -> np.ndarray:
    """The logits with something added to what a layer's last call returns."""
    name, _, call = path.partition("#")
    layer: Any = model
    for part in name.split("/"):
        layer = layer.get_layer(part)
    original, calls = layer.call, [0]

    def call_changed(*args: Any, **kwargs: Any) -> Any:
        returned = original(*args, **kwargs)
        calls[0] += 1
        if calls[0] != int(call or 1):
            return returned
        return returned + ops.convert_to_tensor(by.reshape(returned.shape))

    layer.call = call_changed
    try:
        return logits(model, given)
    finally:
        layer.call = original


@pytest.mark.parametrize("name", KINDS)
def test_the_model_is_as_it_was(name: str) -> None:
    model, given, recording = recorded(name)
    before = [np.array(weight) for weight in model.get_weights()]
    state = [{**vars(layer)}.keys() for layer in model._flatten_layers()]
    recording.gradients("top", weights=True)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert [{**vars(layer)}.keys() for layer in model._flatten_layers()] == state
    np.testing.assert_array_equal(recording.rerun(given).inputs, recording.inputs)


def test_a_channel_and_a_unit() -> None:
    _, _, recording = recorded("functional")
    maps = np.asarray(recording["conv"].maps)
    channel = recording.gradients(("conv", 2))
    np.testing.assert_allclose(channel.target_values, maps[..., 2].sum(axis=(1, 2)), rtol=1e-4)
    np.testing.assert_array_equal(channel["conv"][..., 2], 1)
    assert not channel["conv"][..., :2].any()
    unit = recording.gradients(("conv", 2, (3, 4)))
    np.testing.assert_array_equal(unit.target_values, maps[:, 3, 4, 2])
    # What a 3 × 3 convolution sees.
    rows, columns = np.nonzero(np.abs(unit.input[0]).sum(axis=-1))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (3, 5, 4, 6)
    assert unit.name == "conv, channel 2, row 3, column 4"


def test_a_channel_of_a_sequence_is_a_column() -> None:
    _, _, recording = recorded("recurrent")
    found = recording.gradients(("lstm", 1, (5, 0)))
    np.testing.assert_array_equal(
        found.target_values, np.asarray(recording["lstm"].maps)[:, 5, 1, 0]
    )


def test_top_is_each_images_own() -> None:
    _, _, recording = recorded("functional")
    top = np.asarray(recording["dense"].maps).reshape(2, -1).argmax(axis=1)
    found = recording.gradients()
    for image, number in enumerate(top):
        one = recording.gradients(int(number))
        np.testing.assert_allclose(found.input[image], one.input[image], rtol=1e-4, atol=1e-7)


def test_probability_is_another_quantity() -> None:
    _, _, recording = recorded("functional")
    found = recording.gradients(1, of="probability")
    assert found.quantity == "probability"
    probabilities = np.asarray(recording["dense"].maps).reshape(2, -1)
    np.testing.assert_allclose(found.target_values, probabilities[:, 1], rtol=1e-5)


@pytest.mark.parametrize(
    "form", ["layer", "activation", "function", "dropout", "nested", "sigmoid"]
)
def test_logits_are_found(form: str) -> None:
    inputs = keras.Input((4, 4, 1))
    x = layers.Flatten(name="flatten")(inputs)
    if form == "nested":
        inner = keras.Input((16,))
        x = keras.Model(inner, layers.Dense(3, activation="softmax")(inner), name="inner")(x)
    elif form in ("activation", "dropout", "sigmoid"):
        x = layers.Dense(3, activation="sigmoid" if form == "sigmoid" else "softmax")(x)
        if form == "dropout":
            x = layers.Dropout(0.5)(x)
    else:
        x = layers.Dense(3, name="logits")(x)
        x = layers.Softmax()(x) if form == "layer" else ops.softmax(x)
    recording = record(keras.Model(inputs, x), numbers(1, 4, 4, 1))
    assert recording.gradients(0).quantity == "logit"


def test_without_a_softmax_the_target_is_what_the_model_returns() -> None:
    model = keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(3)])
    found = record(model, numbers(1, 4, 4, 1)).gradients(2)
    assert found.quantity == "output"
    assert found.name == "output of class 2"


def test_a_function_of_what_the_model_returns() -> None:
    model, given, recording = recorded("functional")
    found = recording.gradients(lambda returned: -ops.log(returned[:, 1]), weights=True)
    assert found.quantity == "value"
    kernel = model.get_layer("dense").kernel
    before = np.array(kernel)
    way = numbers(*before.shape, seed=7)
    ends = []
    for sign in (-1, 1):
        kernel.assign(before + sign * STEP * way)
        ends.append(-logits(model, given)[:, 1].sum())
    kernel.assign(before)
    expected = (ends[1] - ends[0]) / (2 * STEP)
    np.testing.assert_allclose((found.weights["dense/kernel"] * way).sum(), expected, rtol=1e-2)
    assert set(found.weights) == {
        *("conv/kernel", "conv/bias", "normalization/gamma", "normalization/beta"),
        *("dense/kernel", "dense/bias"),
    }


def test_half_precision_is_scaled() -> None:
    keras.utils.set_random_seed(3)
    inputs = keras.Input((8, 8, 3), dtype="float32")
    policy = keras.DTypePolicy("mixed_float16")
    x = layers.Conv2D(4, 3, activation="tanh", dtype=policy, name="conv")(inputs)
    x = layers.GlobalAveragePooling2D(dtype=policy, name="average")(x)
    x = layers.Dense(3, activation="softmax", dtype="float32", name="dense")(x)
    recording = record(keras.Model(inputs, x), numbers(1, 8, 8, 3))
    # So small that half of it is no number of 16 bits.
    small = recording.gradients(lambda returned: returned[:, 1] * 1e-5)
    large = recording.gradients(lambda returned: returned[:, 1])
    assert np.count_nonzero(small["conv"]) > 0.9 * np.count_nonzero(large["conv"])
    assert large.precision == "float16"


@pytest.mark.parametrize(
    ("target", "error", "message"),
    [
        ("cta", ValueError, "did you mean 'cat'"),
        (9, ValueError, "target is class 9; .* has 4, 0 to 3"),
        (("conv", 99), ValueError, "channel 99 of conv, which has 4, 0 to 3"),
        (("conv", 0, (99, 0)), ValueError, r"\(row, column\), rows 0 to 5"),
        (("cnov", 0), KeyError, "conv"),
        (1.5, TypeError, "target is 1.5; it takes a class name"),
        (lambda returned: "loss", TypeError, "returned str"),
    ],
)
def test_bad_targets(target: Any, error: type[Exception], message: str) -> None:
    _, _, recording = recorded("functional")
    with pytest.raises(error, match=message):
        recording.gradients(target, class_names=["cat", "dog", "bird", "fish"])


def test_a_model_without_classes_says_what_can_be_explained() -> None:
    inputs = keras.Input((6, 6, 1))
    recording = record(
        keras.Model(inputs, layers.Conv2D(2, 3, name="c")(inputs)), numbers(1, 6, 6, 1)
    )
    with pytest.raises(ValueError, match=r"has no classes.*\(layer, channel\)"):
        recording.gradients()


def test_a_model_that_has_changed_is_told() -> None:
    model, _, recording = recorded("functional")
    model.get_layer("dense").kernel.assign(model.get_layer("dense").kernel * 3)
    with pytest.warns(UserWarning, match="has changed since it was recorded"):
        recording.gradients(0)


def test_a_recording_without_its_model_says_so() -> None:
    _, _, recording = recorded("functional")
    recording.close()
    with pytest.raises(RuntimeError, match="closed"):
        recording.gradients(0)


def test_a_widget_that_is_given_class_names_gives_them_to_its_recording() -> None:
    _, _, recording = recorded("functional")
    ActivationWidget(recording, class_names=["cat", "dog", "bird", "fish"]).close()
    assert recording.gradients("dog").name == "logit of dog"


class Full(layers.Layer):
    is_full = False

    def call(self, x: Any) -> Any:
        if self.is_full:
            raise RuntimeError("CUDA out of memory. Tried to allocate 9 GiB")
        return x + 0


def test_without_memory_the_message_names_the_way_out() -> None:
    full = Full(name="full")
    parts = [keras.Input((6, 6, 1)), full, layers.Flatten(), layers.Dense(3, name="dense")]
    recording = record(keras.Sequential(parts), numbers(2, 6, 6, 1))
    full.is_full = True
    with pytest.raises(MemoryError, match=r"2 images at once: record fewer images, or fewer"):
        recording.gradients(0)
    full.is_full = False
    assert recording.gradients(0).input.any()
