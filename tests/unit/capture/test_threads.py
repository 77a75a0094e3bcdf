"""Recording while other threads use or record the same model."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from recorded import numbers
from small_models import traces, waiting_model

from actwidget.capture.record import record
from actwidget.recording.recording import Recording


def in_a_thread(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_another_threads_calls_are_not_recorded() -> None:
    model, waiting = waiting_model()
    results = []
    other = numbers(1, 6, 6, 1) * 5

    def meanwhile() -> None:
        in_a_thread(lambda: results.append(model(other))).join()

    waiting.meanwhile = meanwhile
    recording = record(model, numbers(6, 6))
    assert list(recording.layers) == ["conv", "waiting", "relu"]
    np.testing.assert_array_equal(results[0], model(other))


def test_two_threads_that_record_at_once_take_turns() -> None:
    model, waiting = waiting_model()
    batches = [numbers(1, 6, 6, 1), numbers(1, 6, 6, 1) * 5]
    model(batches[0])
    before = traces(model)
    recordings: dict[int, Recording] = {}
    threads = []

    def meanwhile() -> None:
        # The first is in the middle of its pass, and the second has to wait for it.
        threads.append(in_a_thread(lambda: recordings.update({1: record(model, batches[1])})))
        threads[0].join(0.2)
        assert threads[0].is_alive()

    waiting.meanwhile = meanwhile
    recordings[0] = record(model, batches[0])
    threads[0].join()
    for number, batch in enumerate(batches):
        assert list(recordings[number].layers) == ["conv", "waiting", "relu"]
        np.testing.assert_array_equal(recordings[number]["relu"].maps, model(batch))
    assert traces(model) == before
