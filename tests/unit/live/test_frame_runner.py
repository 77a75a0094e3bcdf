"""Live layers are computed in the fastest way that gives what a recording gives."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import pytest
from differentiable_models import KINDS
from keras import layers

from actwidget import Recording, record
from actwidget.capture.recorded_model import RecordedModel
from actwidget.live.frame_runner import FrameRunner
from actwidget.model.structure import map_leaves

SECONDS = 60
"""How long it may take to compile something before a test gives up."""


def one(given: Any) -> Any:
    """Return the first of several samples."""
    return map_leaves(given, lambda array: array[:1])


@contextmanager
def running(model: Any, given: Any) -> Iterator[tuple[FrameRunner, Recording, Any]]:
    """Begin with a frame, and compile for its last layer."""
    recording, reference = record(model, given), record(model, given)
    recorded = recording.recorded_model
    assert isinstance(recorded, RecordedModel)
    runner = FrameRunner(recorded, 0)
    runner.start(list(recording)[-1], recorded.prepare(given), reference)
    try:
        yield runner, recording, recorded.prepare
    finally:
        runner.close()


def compiled(runner: FrameRunner, path: str) -> bool:
    """Wait until nothing is being compiled, and return whether a layer is, alone."""
    runner.wait(SECONDS)
    return runner.way(path, with_output=True) == "alone"


# A batch of its own size is none of a camera's frames.
@pytest.mark.parametrize("name", [name for name in KINDS if name != "stateful"])
def test_every_layer_of_every_kind_of_model_is_that_of_the_recording(name: str) -> None:
    model, given = KINDS[name]()
    given, other = one(given), map_leaves(one(given), lambda array: array[:, ::-1].copy())
    with running(model, given) as (runner, recording, prepare):
        assert compiled(runner, recording.layers[-1]), runner.note
        expected = record(model, other)
        for path in recording.layers:
            for _ in range(2):
                maps, output = runner.run(path, prepare(other), with_output=True)
                np.testing.assert_allclose(maps, expected[path].maps, rtol=1e-5, atol=1e-6)
                assert output is not None
                np.testing.assert_allclose(
                    output.reshape(-1),
                    np.asarray(expected.outputs[0].maps).reshape(-1),
                    rtol=1e-5,
                    atol=1e-6,
                )
                assert compiled(runner, path), f"{path} was never compiled: {runner.note}"
    assert runner.note == ""


def test_the_output_is_computed_only_if_it_is_asked_for() -> None:
    model, given = KINDS["functional"]()
    with running(model, one(given)) as (runner, _recording, prepare):
        assert runner.run("conv", prepare(one(given)), with_output=False)[1] is None


def test_a_layer_that_comes_first_is_shown_while_it_is_compiled() -> None:
    model, given = KINDS["functional"]()
    with running(model, one(given)) as (runner, recording, prepare):
        assert runner.way("conv", with_output=True) in ("as it is", "with all")
        maps, _ = runner.run("conv", prepare(one(given)), with_output=True)
        np.testing.assert_allclose(maps, recording["conv"].maps, rtol=1e-5, atol=1e-6)


def test_weights_that_change_are_followed() -> None:
    model, given = KINDS["functional"]()
    given = one(given)
    with running(model, given) as (runner, _recording, prepare):
        runner.run("conv", prepare(given), with_output=True)
        assert compiled(runner, "conv"), runner.note
        kernel = model.get_layer("conv").kernel
        kernel.assign(2 * kernel.value)
        maps, _ = runner.run("conv", prepare(given), with_output=True)
        np.testing.assert_allclose(maps, record(model, given)["conv"].maps, rtol=1e-5, atol=1e-6)


def test_the_model_is_as_before() -> None:
    model, given = KINDS["functional"]()
    given = one(given)
    before, attributes = [v.numpy().copy() for v in model.variables], dict(vars(model.layers[1]))
    with running(model, given) as (runner, _recording, prepare):
        runner.run("conv", prepare(given), with_output=True)
        # On torch a model runs as it is.
        assert compiled(runner, "conv") or keras.backend.backend() == "torch", runner.note
    assert "call" not in vars(model.layers[1])
    assert vars(model.layers[1]).keys() == attributes.keys()
    for one_before, variable in zip(before, model.variables, strict=True):
        np.testing.assert_array_equal(one_before, variable.numpy())


class Deciding(layers.Layer):
    def call(self, x: Any) -> Any:
        return x * 2 if float(np.asarray(x).sum()) > 0 else -x


class Counting(layers.Layer):
    """Gives something else whenever it is called, which a trace would freeze."""

    def call(self, x: Any) -> Any:
        # The state of a generator would be put back after each pass.
        return x + time.perf_counter_ns() % 1_000_003 / 1e4


def small_model(layer: layers.Layer) -> keras.Model:
    inputs = keras.Input((6, 6, 1))
    x = layers.Conv2D(3, 3, name="conv")(inputs)
    model = keras.Model(inputs, x)

    class Around(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="around")
            self.model, self.layer = model, layer

        def call(self, x: Any) -> Any:
            return self.layer(self.model(x))

    return Around()


def test_a_model_that_cannot_be_traced_runs_as_it_is_and_says_so() -> None:
    image = np.random.default_rng(1).normal(size=(1, 6, 6, 1)).astype("f4")
    with running(small_model(Deciding(name="deciding")), image) as (runner, recording, prepare):
        runner.wait(SECONDS)
        assert "cannot be compiled" in runner.note
        assert "slower" in runner.note
        maps, _ = runner.run("deciding", prepare(image), with_output=True)
        np.testing.assert_array_equal(maps, recording["deciding"].maps)
        assert runner.way("deciding", with_output=True) == "as it is"


def test_what_a_trace_would_freeze_is_not_compiled() -> None:
    image = np.random.default_rng(1).normal(size=(1, 6, 6, 1)).astype("f4")
    with running(small_model(Counting(name="counting")), image) as (runner, _recording, prepare):
        runner.wait(SECONDS)
        assert "counting" in runner.note
        first = runner.run("counting", prepare(image), with_output=False)[0]
        second = runner.run("counting", prepare(image), with_output=False)[0]
        assert not np.array_equal(first, second)


def test_the_input_is_what_the_model_receives() -> None:
    model, given = KINDS["functional"]()
    given = one(given)
    with running(model, given) as (runner, recording, prepare):
        maps, output = runner.run("input", prepare(given), with_output=True)
        np.testing.assert_array_equal(maps, recording["input"].maps)
        assert output is not None
