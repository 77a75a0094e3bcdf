"""What a recording will cost, told before it is made."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from progress_text import every_change
from recorded import after_input, numbers

from actwidget import Recording, record, recording_cost


def size(recording: Recording) -> int:
    return sum(entry.maps.nbytes for entry in after_input(recording).values())


def functional() -> keras.Model:
    """Branches, a layer called twice, several outputs, dropout and a nested model."""
    inputs = keras.Input((16, 12, 3))
    shared = layers.Conv2D(3, 3, padding="same", name="shared")
    x = shared(shared(inputs))
    x = layers.Dropout(0.5)(x)
    inner_inputs = keras.Input((16, 12, 3))
    inner = keras.Model(inner_inputs, layers.Conv2D(5, 3)(inner_inputs), name="inner")
    x = layers.Concatenate()([inner(x), layers.Conv2D(2, 3)(x)])
    x = layers.Reshape((14 * 10, 7))(x)
    x, state, _ = layers.LSTM(6, return_sequences=True, return_state=True)(x)
    return keras.Model(inputs, [layers.Dense(4)(x), state], name="functional")


def sequential() -> keras.Model:
    return keras.Sequential(
        [keras.Input((9, 8, 1)), layers.Conv2D(4, 2), layers.Flatten(), layers.Dense(3)]
    )


def open_sizes() -> keras.Model:
    """Takes images of any size."""
    inputs = keras.Input((None, None, 3))
    x = layers.Conv2D(4, 3)(inputs)
    return keras.Model(inputs, layers.GlobalAveragePooling2D()(x))


class Subclassed(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.first = layers.Conv2D(4, 3)
        self.second = layers.Conv2D(4, 3)

    def call(self, x: Any) -> Any:
        return self.second(self.first(x))


@pytest.mark.parametrize(("make", "shape"), [(functional, (16, 12, 3)), (sequential, (9, 8, 1))])
def test_the_size_is_known_beforehand(make: Any, shape: tuple[int, ...]) -> None:
    model, images = make(), numbers(2, *shape)
    cost = recording_cost(model, images)
    recording = record(model, images)
    assert cost.bytes == size(recording)
    assert (cost.unknown, cost.in_files) == (0, 0)


def test_so_it_is_of_a_model_of_the_applications() -> None:
    model = keras.applications.MobileNetV2(weights=None, input_shape=(32, 32, 3))
    images = numbers(1, 32, 32, 3)
    assert recording_cost(model, images).bytes == size(record(model, images))


def test_only_layers_that_are_asked_for_are_counted() -> None:
    images = numbers(2, 16, 12, 3)
    cost = recording_cost(functional(), images, layers="shared")
    assert cost.layers == 1
    assert cost.bytes == size(record(functional(), images, layers="shared")) == 2 * 2 * 2304


def test_what_goes_to_files_is_known_beforehand() -> None:
    model, images = functional(), numbers(2, 16, 12, 3)
    cost = recording_cost(model, images, memory_limit=20_000)
    recording = record(model, images, memory_limit=20_000)
    maps = [entry.maps for entry in after_input(recording).values()]
    assert cost.in_files == sum(each.nbytes for each in maps if isinstance(each, np.memmap)) > 0
    assert cost.memory_limit == 20_000


def test_a_subclassed_model_says_that_it_does_not_know() -> None:
    cost = recording_cost(Subclassed(), numbers(1, 8, 8, 3))
    assert (cost.bytes, cost.unknown, cost.layers) == (0, 2, 2)
    assert str(cost) == "size not known beforehand"


def test_what_is_not_known_is_told_apart() -> None:
    cost = recording_cost(open_sizes(), numbers(1, 8, 8, 3))
    assert (cost.bytes, cost.unknown, cost.layers) == (16, 1, 2)
    assert str(cost) == "at least 16 B"


def test_nothing_is_computed_to_know_it() -> None:
    class Failing(layers.Layer):
        def call(self, x: Any) -> Any:
            assert not hasattr(x, "numpy")
            return x

    model = keras.Sequential([keras.Input((8, 8, 3)), Failing()])
    assert recording_cost(model, numbers(1, 8, 8, 3)).bytes == 8 * 8 * 3 * 4


def test_the_progress_bar_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = every_change(monkeypatch)
    record(functional(), numbers(2, 16, 12, 3))
    record(functional(), numbers(2, 16, 12, 3), memory_limit=20_000)
    assert "recording functional (44 kB): shared: " in screen.text
    assert "recording functional (44 kB, 28 kB of it in files): shared: " in screen.text


def test_a_small_model_prints_nothing(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a slow machine it is no short work.
    monkeypatch.setattr("actwidget.utils.progress.DELAY", 60.0)
    record(sequential(), numbers(1, 9, 8, 1))
    assert capfd.readouterr() == ("", "")
