"""A model is the same after it has been recorded, even if the pass fails."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from recorded import numbers
from small_models import Failing, small_cnn, traces

from actwidget.capture.record import record


def test_nothing_remains_on_the_model(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((12, 14, 3)), small_cnn(), layers.Dense(2)])
    before, description = traces(model), model.to_json()
    record(model, numbers(12, 14, 3))
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
        record(model, numbers(6, 6))
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
    record(model, numbers(12, 14, 3))
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
        record(Later(), numbers(6, 6))
    assert not getattr(caught.value, "__notes__", [])


def test_a_model_built_for_another_size_says_so() -> None:
    from mtcnn.stages.stage_onet import StageONet

    with pytest.raises(ValueError, match="fc5") as caught:
        record(StageONet().model, numbers(64, 64, 3))
    if hasattr(caught.value, "__notes__"):
        assert "built for (None, 48, 48, 3), and received (1, 64, 64, 3)" in str(
            caught.value.__notes__
        )


def test_random_state_is_not_consumed() -> None:
    model = small_cnn()
    seeds = [np.asarray(seed.state) for seed in [model.get_layer("dropout").seed_generator]]
    record(model, numbers(12, 14, 3))
    after = [np.asarray(seed.state) for seed in [model.get_layer("dropout").seed_generator]]
    np.testing.assert_array_equal(seeds, after)
