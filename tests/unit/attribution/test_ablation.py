"""Switching channels off is exact for every kind of model, and computes nothing twice."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from differentiable_models import made, numbers
from keras import layers, ops

from actwidget import Recording, record
from actwidget.attribution.ablation import AblationInterrupted
from actwidget.attribution.switching_off import switched_off
from actwidget.capture.arrangement import Arrangement

LAYERS = {
    "functional": "conv",
    "nested": "inner/conv",
    "subclassed": "conv",
    "sequential": "conv",
    "shared": "conv#2",
    "several inputs": "other",
    "several outputs": "conv",
    "recurrent": "lstm",
    "images over time": "each",
    "attention": "attention",
    "convolutions": "depthwise",
    "activations": "leaky",
    "volumes": "conv",
    "calling functions": "conv",
    "writing": "conv",
}


def recorded(name: str) -> tuple[keras.Model, Any, Recording]:
    model, given = made(name)
    return model, given, record(model, given)


def one_at_a_time(model: keras.Model, given: Any, path: str, channel: int, axis: int) -> np.ndarray:
    """The probabilities without a channel, by a layer whose call is another."""
    name, _, call = path.partition("#")
    layer: Any = model
    for part in name.split("/"):
        layer = layer.get_layer(part)
    original, calls = layer.call, [0]

    def changed(*args: Any, **kwargs: Any) -> Any:
        returned = original(*args, **kwargs)
        calls[0] += 1
        if calls[0] != int(call or 1):
            return returned
        kept = np.ones(returned.shape, "f4")
        kept[(slice(None),) * (axis % kept.ndim) + (channel,)] = 0
        return returned * ops.convert_to_tensor(kept)

    layer.call = changed
    try:
        returned = model(keras.tree.map_structure(ops.convert_to_tensor, given), training=False)
    finally:
        layer.call = original
    return ops.convert_to_numpy(keras.tree.flatten(returned)[-1])


@pytest.mark.parametrize("name", LAYERS)
def test_it_equals_runs_one_at_a_time(name: str) -> None:
    model, given, recording = recorded(name)
    path = LAYERS[name]
    channels = [0, recording[path].channels - 1]
    found = recording.ablate(path, channels=channels)
    assert found.quantity == "logit"
    for place, channel in enumerate(channels):
        expected = one_at_a_time(model, given, path, channel, axis=-1)
        logits = found.after[:, place]
        exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
        probabilities = exponents / exponents.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(probabilities, expected, atol=2e-6)


def test_the_drop_of_a_class() -> None:
    _, _, recording = recorded("functional")
    recording.class_names = ["cat", "dog", "bird", "fish"]
    found = recording.ablate("conv")
    assert found.after.shape == (2, 4, 4)
    np.testing.assert_array_equal(found.drop("dog"), found.before[:, 1:2] - found.after[..., 1])
    top = found.before.argmax(axis=1)
    assert found.drop().shape == (2, 4)
    np.testing.assert_array_equal(found.drop()[0], found.drop(int(top[0]))[0])


def test_each_output_has_classes_of_its_own() -> None:
    model, _, recording = recorded("several outputs")
    found = recording.ablate("average")
    assert found.after.shape == (2, 4, 4)
    average = np.asarray(recording["average"].maps).reshape(2, 4)
    for name, classes in (("dense", list("abcd")), ("first", list("xy"))):
        kernel = np.array(model.get_layer(name).kernel)
        drop = found.drop(1, class_names=classes)
        np.testing.assert_allclose(drop, average * kernel[:, 1], rtol=1e-4, atol=1e-6)


def test_of_the_last_linear_layer_it_is_what_gradients_say() -> None:
    _, _, recording = recorded("functional")
    exact, estimate = recording.ablate("average").drop(1), recording.gradients(1)
    np.testing.assert_allclose(exact, estimate.importance("average"), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 3, 1, 2), (3, 0, 2, 1)])
def test_an_array_is_changed_however_it_lies_in_memory(order: tuple[int, ...]) -> None:
    array = numbers(2, 4, 5, 3).transpose(order).copy().transpose(np.argsort(order))
    arrangement = Arrangement("conv", array.shape, "float32", -1, None)
    found = switched_off(array, arrangement, [1], 0.0)
    assert not found[..., 1].any()
    np.testing.assert_array_equal(found[..., [0, 2]], array[..., [0, 2]])


def test_a_mean_in_place_of_zero() -> None:
    _, _, recording = recorded("functional")
    found = recording.ablate("average", value="mean")
    # A channel of one unit is its mean.
    np.testing.assert_allclose(found.drop(1), 0, atol=1e-6)


def test_what_was_finished_before_is_not_computed_again() -> None:
    calls = []

    class Noting(layers.Layer):
        def call(self, x: Any) -> Any:
            calls.append(self.name)
            return x + 0

    inputs = keras.Input((6, 6, 1))
    x = Noting(name="before")(inputs)
    x = layers.Conv2D(4, 3, name="conv")(x)
    x = layers.Flatten(name="flatten")(Noting(name="behind")(x))
    model = keras.Model(inputs, layers.Dense(3, activation="softmax", name="dense")(x))
    recording = record(model, numbers(1, 6, 6, 1))
    calls.clear()
    recording.ablate("conv")
    # Once to know what is finished, and once for all channels together.
    assert calls == ["before", "behind", "behind"]


def test_the_model_is_as_it_was() -> None:
    model, given, recording = recorded("writing")
    before = [np.array(each) for each in model.get_weights()]
    recording.ablate("conv")
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(recording.rerun(given)["dense"].maps, recording["dense"].maps)


def test_an_interrupt_keeps_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, recording = recorded("functional")
    monkeypatch.setattr("actwidget.attribution.channel_ablation.TOGETHER", 3)
    from actwidget.attribution.altered_pass import AlteredPass

    run, runs = AlteredPass.run, []

    def interrupted(self: AlteredPass, copies: np.ndarray) -> dict[int, np.ndarray]:
        runs.append(len(copies))
        if len(runs) == 2:
            raise KeyboardInterrupt
        return run(self, copies)

    monkeypatch.setattr(AlteredPass, "run", interrupted)
    with pytest.raises(AblationInterrupted) as caught:
        recording.ablate("conv")
    after = caught.value.ablation.after
    assert np.isfinite(after[0, :2]).all()
    assert np.isnan(after[0, 2:]).all()


@pytest.mark.parametrize(
    ("layer", "options", "error", "message"),
    [
        ("cnov", {}, KeyError, "conv"),
        ("input", {}, ValueError, "an input: only a layer"),
        ("conv", {"channels": [9]}, ValueError, "channels holds 9; conv has 4, 0 to 3"),
        ("conv", {"channels": "all"}, TypeError, "it takes numbers"),
        ("conv", {"value": "zero"}, ValueError, "value is 'zero'; it takes a number"),
    ],
)
def test_bad_options(
    layer: str, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    _, _, recording = recorded("functional")
    with pytest.raises(error, match=message):
        recording.ablate(layer, **options)
