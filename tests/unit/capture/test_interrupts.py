"""An interrupt at any line of recording and restoring leaves the model as it was."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from interrupted import Line, lines_of, raise_interrupt, send_interrupt
from IPython.core.interactiveshell import InteractiveShell
from keras import layers
from recorded import numbers
from writing_layers import Counter, Remembering

import actwidget
from actwidget import RecordingInterrupted, record
from actwidget.capture.hooked_pass import HookedPass
from actwidget.capture.reasons import INTERRUPTED
from actwidget.capture.turn import Turn
from actwidget.model.call_hooks import CallHooks
from actwidget.utils.interrupts import HeldInterrupts

PACKAGE = Path(actwidget.__file__).parent
CODE = (PACKAGE / "capture", PACKAGE / "model", PACKAGE / "utils")
IMAGE = numbers(4, 4, 1)


class Traced(layers.Layer):
    """Holds a layer that a ``tf.function`` calls."""

    def __init__(self) -> None:
        super().__init__(name="traced")
        self.inner = layers.Dense(2, name="inner")
        self.function = tf.function(lambda x: self.inner(x))

    def call(self, x: Any) -> Any:
        return self.function(x)


def model_of_everything(*, stops: bool = False) -> keras.Model:
    """A model that a pass changes in every way; one that stops interrupts itself at its end."""
    last = Remembering(name="remembering")
    model = keras.Sequential(
        [keras.Input((4, 4, 1)), layers.Conv2D(2, 3), Counter(name="counter"), Traced(), last]
    )
    model(IMAGE[None])
    if stops:
        original = last.call

        def call(x: Any) -> Any:
            original(x)
            raise KeyboardInterrupt

        last.__dict__["call"] = call
    return model


def state(model: keras.Model) -> dict[str, Any]:
    """What a pass changes, and has to put back."""
    every = [model, *model._flatten_layers(include_self=False, recursive=True)]
    last = model.get_layer("remembering")
    function = type(tf.function(lambda: None))
    return {
        "calls": [vars(layer).get("call") for layer in every],
        "weights": [weight.tobytes() for weight in model.get_weights()],
        "numbers": (last.calls, last.counts.tolist(), list(last.seen), list(last.recent)),
        "handler": signal.getsignal(signal.SIGINT),
        "switch": vars(function)["_run_functions_eagerly"],
        "eager": tf.config.functions_run_eagerly(),
        "turn": Turn._owner,
    }


@pytest.fixture(autouse=True)
def _python_handles_interrupts() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def model() -> keras.Model:
    return model_of_everything()


@pytest.fixture(scope="module")
def stopping() -> keras.Model:
    return model_of_everything(stops=True)


def once_each(lines: list[Line]) -> list[int]:
    """Number the first and the last time that each line is run."""
    first = {line: number for number, line in reversed(list(enumerate(lines)))}
    last = {line: number for number, line in enumerate(lines)}
    return sorted({*first.values(), *last.values()})


RESTORING = (HookedPass, "_restore")


def assert_untouched_by(
    model: keras.Model,
    interrupt: Callable[[], None],
    *,
    within: tuple[type, str] | None = None,
    every: int = 1,
) -> int:
    """Interrupt a recording at one line after the other, and count them."""
    before = state(model)
    chosen = once_each(lines_of(lambda: record(model, IMAGE), CODE, within=within))
    for number in chosen[::every]:
        lines = lines_of(
            lambda: record(model, IMAGE), CODE, at=number, interrupt=interrupt, within=within
        )
        assert state(model) == before, lines[-1]
        assert not is_locked(), lines[-1]
    return len(chosen)


def is_locked() -> bool:
    """Check whether another thread would have to wait for its turn."""
    got: list[bool] = []

    def take() -> None:
        got.append(Turn._lock.acquire(blocking=False))
        if got[0]:
            Turn._lock.release()

    thread = threading.Thread(target=take)
    thread.start()
    thread.join()
    return not got[0]


INTERRUPTS = pytest.mark.parametrize("interrupt", [raise_interrupt, send_interrupt])


@INTERRUPTS
def test_an_interrupt_while_restoring(model: keras.Model, interrupt: Callable[[], None]) -> None:
    first = record(model, IMAGE)
    assert assert_untouched_by(model, interrupt, within=RESTORING, every=6) > 60
    assert_equal(record(model, IMAGE), first)


# A signal comes at every other line: it takes the same way on from there.
@pytest.mark.slow
@pytest.mark.parametrize(("interrupt", "every"), [(raise_interrupt, 1), (send_interrupt, 2)])
def test_an_interrupt_at_any_line(
    model: keras.Model, interrupt: Callable[[], None], every: int
) -> None:
    first = record(model, IMAGE)
    assert assert_untouched_by(model, interrupt, every=every) > 600
    assert_equal(record(model, IMAGE), first)


@pytest.mark.slow
@INTERRUPTS
def test_a_second_interrupt_while_the_first_is_dealt_with(
    stopping: keras.Model, interrupt: Callable[[], None]
) -> None:
    assert assert_untouched_by(stopping, interrupt, within=RESTORING) > 60


def test_a_held_interrupt_arrives_once_all_is_restored(
    model: keras.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, restore = state(model), CallHooks.restore

    def interrupted(hooks: CallHooks) -> None:
        for _ in range(3):
            send_interrupt()
        restore(hooks)

    monkeypatch.setattr(CallHooks, "restore", interrupted)
    with pytest.raises(KeyboardInterrupt):
        record(model, IMAGE)
    assert state(model) == before


def test_the_stop_button_stops_the_pass(model: keras.Model) -> None:
    conv = model.layers[0]
    original = conv.call

    def call(x: Any) -> Any:
        send_interrupt()
        return original(x)

    conv.call = call
    before = state(model)
    try:
        with pytest.raises(KeyboardInterrupt):
            record(model, IMAGE)
        assert state(model) == before
    finally:
        del conv.__dict__["call"]


class Stopping(layers.Layer):
    """Interrupts the pass if it is told to."""

    stops = False

    def call(self, x: Any) -> Any:
        if self.stops:
            raise KeyboardInterrupt
        return x + 1


@pytest.mark.parametrize("limit", [None, 1])
def test_what_was_recorded_before_an_interrupt_stays_usable(limit: int | None) -> None:
    stopping = Stopping(name="stopping")
    every = [layers.Conv2D(2, 3, name="conv"), layers.ReLU(name="relu"), stopping]
    model = keras.Sequential([keras.Input((4, 4, 1)), *every, layers.Flatten(name="last")])
    whole = record(model, IMAGE)
    stopping.stops = True
    with pytest.raises(RecordingInterrupted, match=r"^2 of 4 layers of .* were recorded") as caught:
        record(model, IMAGE, memory_limit=limit)
    kept = caught.value.recording
    assert kept.layers == ("conv", "relu")
    for path in kept.layers:
        np.testing.assert_array_equal(kept[path].maps, whole[path].maps)
    assert kept.not_shown["stopping"] == kept.not_shown["last"] == INTERRUPTED
    assert kept.outputs == ()
    widget = actwidget.ActivationWidget(kept)
    widget.layer = "relu"
    widget.close()


def test_before_the_first_layer_is_done_there_is_nothing_to_keep() -> None:
    def stop(x: Any) -> Any:
        raise KeyboardInterrupt

    model = keras.Sequential([keras.Input((4, 4, 1)), layers.ReLU(), layers.ReLU()])
    model.layers[0].__dict__["call"] = stop
    with pytest.raises(KeyboardInterrupt) as caught:
        record(model, IMAGE)
    assert type(caught.value) is KeyboardInterrupt


def test_a_later_recording_heals_what_an_earlier_one_left(
    model: keras.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, before = record(model, IMAGE), state(model)
    expected = model(IMAGE[None])
    with monkeypatch.context() as patched:

        def never(_: Any) -> None:
            raise KeyboardInterrupt

        patched.setattr(CallHooks, "restore", never)
        patched.setattr("actwidget.model.eager_functions.EagerFunctions.restore", never)
        with pytest.raises(KeyboardInterrupt):
            record(model, IMAGE)
    assert any(state(model)["calls"])
    # What was left behind does no harm.
    count = [weight.tobytes() for weight in model.get_weights()]
    np.testing.assert_array_equal(np.shape(model.predict(IMAGE[None], verbose=0)), expected.shape)
    for weight, old in zip(model.weights, count, strict=True):
        weight.assign(np.frombuffer(old, "f4").reshape(weight.shape))
    model.get_layer("remembering").calls = before["numbers"][0]
    record(model, IMAGE)
    assert state(model)["calls"] == before["calls"]
    assert state(model)["switch"] == before["switch"]
    assert list(record(model, IMAGE)) == list(first)


def test_a_recording_within_a_recording() -> None:
    inner = keras.Sequential([keras.Input((4, 4, 1)), layers.Conv2D(2, 3, name="conv")])
    found = []

    class Recording(layers.Layer):
        def call(self, x: Any) -> Any:
            if tf.executing_eagerly() and isinstance(x, tf.Tensor):
                found.append(record(inner, IMAGE))
            return inner(x)

    model = keras.Sequential([keras.Input((4, 4, 1)), Recording(name="recording")])
    inner_calls = [vars(layer).get("call") for layer in inner.layers]
    assert list(record(model, IMAGE).layers) == ["recording"]
    assert [list(each.layers) for each in found] == [["conv"]]
    assert [vars(layer).get("call") for layer in inner.layers] == inner_calls
    assert Turn._owner is None


def test_interrupts_are_handled_as_before_elsewhere() -> None:
    handled: list[int] = []
    signal.signal(signal.SIGINT, lambda number, frame: handled.append(number))
    own = signal.getsignal(signal.SIGINT)
    held = HeldInterrupts()
    held.start()
    send_interrupt()
    send_interrupt()
    assert not handled
    held.allow()
    assert len(handled) == 1
    send_interrupt()
    assert len(handled) == 2
    held.hold()
    send_interrupt()
    held.stop()
    held.stop()
    assert len(handled) == 3
    assert signal.getsignal(signal.SIGINT) is own
    # In other threads there are none.
    thread = threading.Thread(target=HeldInterrupts().start)
    thread.start()
    thread.join()
    assert signal.getsignal(signal.SIGINT) is own


@pytest.mark.parametrize("handler", [signal.SIG_IGN, signal.SIG_DFL])
def test_interrupts_that_python_does_not_handle_are_left_alone(handler: Any) -> None:
    signal.signal(signal.SIGINT, handler)
    held = HeldInterrupts()
    held.start()
    assert signal.getsignal(signal.SIGINT) == handler
    held.stop()
    assert signal.getsignal(signal.SIGINT) == handler


def assert_equal(one: Any, other: Any) -> None:
    assert list(one) == list(other)
    for path, entry in one.items():
        np.testing.assert_array_equal(entry.maps, other[path].maps)


def test_a_notebook_reaches_what_an_interrupted_cell_recorded() -> None:
    shell = InteractiveShell.instance()
    kept = record(keras.Sequential([keras.Input((4, 4, 1)), layers.ReLU(name="relu")]), IMAGE)

    def interrupted() -> None:
        raise RecordingInterrupted(kept)

    shell.user_ns["interrupted"] = interrupted
    shell.run_cell("interrupted()")
    shell.run_cell("import sys; reached = sys.last_value.recording")
    assert shell.user_ns["reached"] is kept
    InteractiveShell.clear_instance()
