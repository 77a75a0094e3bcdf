"""Layers that write in ``call``: every variable is as before, and two recordings are equal."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from recorded import numbers
from small_models import Waiting
from writing_layers import GENERATOR, WRITING, Counter, Hidden, unbuilt_model, writing_model

from actwidget import record
from actwidget.model.reachable import reachable
from actwidget.model.variables import RememberedVariable, is_variable

IMAGE = numbers(6, 7, 3)


def everything(model: Any) -> dict[str, Any]:
    """What a layer that writes could have changed, bit for bit."""
    every = [model, *model._flatten_layers(include_self=False, recursive=True)]
    variables = [*model.variables, *(v for layer in every for v in layer.metrics_variables)]
    hidden = [v for layer in every if isinstance(layer, Hidden) for v in layer.variables_of_mine()]
    return {
        "variables": [np.asarray(variable).tobytes() for variable in variables],
        "hidden": [variable.numpy().tobytes() for variable in hidden],
        "losses": [len(layer._losses) for layer in every],
        "attributes": [sorted(vars(layer)) for layer in every],
        "values": [copy.deepcopy(plain(vars(layer))) for layer in every],
        "generator": GENERATOR.bit_generator.state,
    }


def plain(value: Any) -> Any:
    """Reduce attributes to what can be compared."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items() if not name.startswith("_")}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return value.tobytes()
    if hasattr(value, "bit_generator"):
        return value.bit_generator.state
    return value if isinstance(value, (int, float, str, type(None))) else repr(type(value))


def assert_equal(one: Any, other: Any) -> None:
    assert list(one) == list(other)
    for path, entry in one.items():
        np.testing.assert_array_equal(entry.maps, other[path].maps)


@pytest.mark.parametrize("called", [False, True], ids=["never called", "called"])
@pytest.mark.parametrize("nested", [False, True], ids=["flat", "nested"])
@pytest.mark.parametrize("kind", WRITING)
def test_a_layer_that_writes(kind: str, nested: bool, called: bool) -> None:
    model = writing_model(kind, nested=nested)
    if called:
        model(IMAGE[None])
    before = everything(model)
    first = record(model, IMAGE)
    assert everything(model) == before
    second = record(model, IMAGE)
    assert everything(model) == before
    assert_equal(first, second)
    # What was recorded is what the model computes next.
    np.testing.assert_array_equal(first.outputs[0].maps[:, 0, 0], model(IMAGE[None]))


@pytest.mark.parametrize("kind", WRITING)
def test_a_layer_that_writes_in_a_model_that_recording_builds(kind: str) -> None:
    model = unbuilt_model(kind)
    first = record(model, IMAGE)
    before = everything(model)
    second = record(model, IMAGE)
    assert everything(model) == before
    assert_equal(first, second)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ArithmeticError, SystemExit])
@pytest.mark.parametrize("kind", WRITING)
def test_a_pass_that_ends_early(kind: str, error: type[BaseException]) -> None:
    model = writing_model(kind)

    class Stopping(layers.Layer):
        def call(self, x: Any) -> Any:
            if not keras.ops.shape(x)[0]:
                return x
            raise error("no further")

    stopped = keras.Sequential(model.layers)
    stopping = Stopping()
    stopping.built = True
    stopped.build((None, 6, 7, 3))
    last = stopped.layers[-1]
    last.call = lambda x: stopping.call(x)
    before = everything(stopped)
    with pytest.raises(error):
        record(stopped, IMAGE)
    assert everything(stopped) == before


def test_a_shared_layer_that_counts() -> None:
    counter = Counter(name="counter")
    x = keras.Input((4,))
    model = keras.Model(x, counter(counter(x)))
    recording = record(model, numbers(1, 4))
    difference = recording["counter#2"].maps - recording["counter#1"].maps
    np.testing.assert_allclose(difference, 2, rtol=1e-6)
    assert float(counter.count) == 0


def test_several_inputs_of_a_subclassed_model_that_counts() -> None:
    class Two(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="two")
            self.left, self.right, self.steps = Counter(), Counter(), 0

        def call(self, inputs: Any) -> Any:
            self.steps += 1
            return self.left(inputs[0]) + self.right(inputs[1]) + self.steps

    model, given = Two(), (numbers(1, 4), numbers(1, 4))
    first, second = record(model, given), record(model, given)
    assert_equal(first, second)
    # Keras has called it once to build it.
    assert (float(model.left.count), model.steps) == (0, 1)
    model(given)
    record(model, given)
    assert (float(model.left.count), model.steps) == (1, 2)


def test_a_cell_that_counts_its_steps() -> None:
    class Cell(layers.SimpleRNNCell):
        def build(self, shape: Any) -> None:
            super().build(shape)
            self.steps = self.add_weight(shape=(), initializer="zeros", trainable=False)

        def call(self, x: Any, states: Any, training: bool = False) -> Any:
            self.steps.assign_add(1.0)
            return super().call(x, states, training=training)

    inputs = keras.Input((5, 3))
    cell = Cell(4)
    model = keras.Model(inputs, layers.RNN(cell)(inputs))
    before = float(cell.steps)
    assert_equal(record(model, numbers(5, 3)), record(model, numbers(5, 3)))
    assert float(cell.steps) == before


def test_what_a_layer_makes_at_its_first_call_stays() -> None:
    class Lazy(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="lazy")
            self.scale, self.is_ready = None, False

        def call(self, x: Any) -> Any:
            if not self.is_ready:
                self.scale, self.is_ready = tf.Variable(3.0), True
            return x * self.scale

    lazy = Lazy()
    model = keras.Sequential([keras.Input((4,)), lazy])
    lazy.scale, lazy.is_ready = None, False
    first = record(model, numbers(1, 4))
    assert (lazy.is_ready, lazy.scale is None) == (True, False)
    assert_equal(first, record(model, numbers(1, 4)))


def test_variables_hold_the_same_bits() -> None:
    bits = np.array([0x7FC01234, 0x7F800001, 0x80000000, 0x00000001], "u4").view("f4")

    class Odd(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="odd")
            self.odd = self.add_weight(shape=(4,), trainable=False)
            self.text = tf.Variable(["a", "b"])

        def call(self, x: Any) -> Any:
            self.odd.assign(self.odd * 0)
            self.text.assign(["c", "d"])
            return x

    layer = Odd()
    model = keras.Sequential([keras.Input((4,)), layer])
    layer.odd.assign(bits)
    layer.text.assign(["a", "b"])
    record(model, numbers(1, 4))
    assert np.asarray(layer.odd).tobytes() == bits.tobytes()
    assert layer.text.numpy().tolist() == [b"a", b"b"]


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "float64"])
def test_weights_of_another_dtype_than_computed_with(policy: str) -> None:
    layer = Counter(name="counter", dtype=policy)
    model = keras.Sequential([layer])
    assert_equal(record(model, numbers(1, 4)), record(model, numbers(1, 4)))
    assert float(layer.count) == 0
    assert layer.count.dtype == ("float64" if policy == "float64" else "float32")


def test_a_variable_that_nothing_writes_is_not_copied() -> None:
    variable = keras.Variable(np.ones((1000, 100), "f4"))
    remembered = RememberedVariable(variable)
    held = np.asarray(remembered._before)
    assert held.ctypes.data == np.asarray(variable._value.value()).ctypes.data
    remembered.put_back()
    variable.assign_add(np.ones((1000, 100), "f4"))
    assert held[0, 0] == 1
    remembered.put_back()
    assert float(variable[0, 0]) == 1


def test_weights_that_were_trained_meanwhile_are_those_of_the_next_recording() -> None:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(2), Counter()])
    model.compile("sgd", "mse")
    record(model, numbers(1, 4))
    model.fit(numbers(8, 4), numbers(8, 2), verbose=0)
    before = [weight.tobytes() for weight in model.get_weights()]
    recording = record(model, numbers(1, 4))
    assert [weight.tobytes() for weight in model.get_weights()] == before
    np.testing.assert_array_equal(recording.outputs[0].maps[:, 0, 0], model(numbers(1, 4)))


def test_what_another_thread_learns_meanwhile_stays() -> None:
    x = keras.Input((4,))
    waiting = Waiting(name="waiting")
    model = keras.Model(x, layers.Dense(2)(waiting(layers.Dense(3)(x))))
    model.compile("sgd", "mse")

    def train() -> None:
        fit = partial(model.fit, numbers(8, 4), numbers(8, 2), verbose=0)
        thread = threading.Thread(target=fit)
        thread.start()
        thread.join()

    waiting.meanwhile = train
    before = [weight.tobytes() for weight in model.get_weights()]
    record(model, numbers(1, 4))
    assert int(model.optimizer.iterations) == 1
    assert [weight.tobytes() for weight in model.get_weights()] != before


def found(*things: Any) -> list[Any]:
    return [thing for thing in reachable(things) if is_variable(thing)]


def test_variables_are_found_in_functions() -> None:
    inside, given, default = tf.Variable(1.0), tf.Variable(2.0), tf.Variable(3.0)

    def outer() -> Callable[[], Any]:
        return lambda: inside + 1

    def with_default(x: Any, by: Any = default, *, other: Any = given) -> Any:
        return x * by * other

    assert found(outer()) == found(inside)
    assert {id(each) for each in found(with_default)} == {id(given), id(default)}
    assert [id(each) for each in found(tf.function(outer()))] == [id(inside)]
    assert [id(each) for each in found(layers.Lambda(outer()))] == [id(inside)]


def test_loops_and_large_lists_are_walked_once() -> None:
    ring: list[Any] = [tf.Variable(1.0), list(range(100_000))]
    ring.append(ring)
    assert len(found(ring, ring)) == 1
