"""What is said while a model is recorded and a widget made."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from progress_text import every_change, terminal
from recorded import numbers
from small_models import small_cnn, waiting_model

from actwidget import ActivationWidget, Recording, RecordingInterrupted, record
from actwidget.recording.map_array import MapArray
from actwidget.utils import progress

IMAGE = numbers(12, 14, 3)


@pytest.mark.parametrize("slow", [False, True])
def test_a_progress_bar_appears_after_a_while(slow: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = terminal(monkeypatch, delay=0 if slow else 1e6)
    model, waiting = waiting_model()
    seen = []
    waiting.meanwhile = lambda: seen.append(slow and screen.wait_for("): waiting: "))
    record(model, numbers(6, 6))
    assert seen == [slow]
    assert (f"recording {model.name}" in screen.text) is slow


def test_each_layer_is_named_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = every_change(monkeypatch)
    model, waiting = waiting_model()
    seen: list[str] = []
    waiting.meanwhile = lambda: seen.append(screen.states[-1])
    record(model, numbers(6, 6))
    assert f"recording {model.name} (" in seen[0]
    assert "): waiting: " in seen[0]
    assert "1/3" in seen[0]
    assert "preparing the images [" in screen.text
    assert screen.states[-2:] == ["", ""]


def test_layers_of_a_model_within_count_as_they_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = every_change(monkeypatch)
    inner = small_cnn(name="inner")
    record(keras.Sequential([keras.Input((12, 14, 3)), inner]), IMAGE)
    assert "inner/conv: " in screen.text


def test_a_widget_says_what_follows_the_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = every_change(monkeypatch)
    ActivationWidget(small_cnn(), IMAGE).close()
    said = [words for words in ORDER if words in screen.text]
    assert said == ORDER == sorted(said, key=screen.text.index)


ORDER = [
    "making the widget",
    "recording small (",
    "computing the statistics of conv",
    "looking for NaN and infinity: input",
    "looking for NaN and infinity: dense",
]


def test_a_widget_of_a_small_model_says_nothing(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a slow machine it is no short work.
    monkeypatch.setattr(progress, "DELAY", 60.0)
    widget = ActivationWidget(small_cnn(), IMAGE)
    widget.figure()
    widget.layer = "pool"
    widget.close()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("step", ["statistics_incrementally", "all_finite"])
def test_an_interrupt_of_what_follows_the_pass_keeps_all_of_it(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = small_cnn()
    whole = record(model, IMAGE)

    def interrupted(maps: Any) -> Any:
        raise KeyboardInterrupt

    screen = every_change(monkeypatch)
    with monkeypatch.context() as patched:
        patched.setattr(MapArray, step, interrupted)
        with pytest.raises(RecordingInterrupted, match=r"^6 of 6 layers") as caught:
            ActivationWidget(model, IMAGE)
        kept = caught.value.recording
        # A recording that was there before is its owner's still.
        with pytest.raises(KeyboardInterrupt) as plain:
            ActivationWidget(kept)
        assert type(plain.value) is KeyboardInterrupt
    assert screen.states[-2:] == ["", ""]
    assert_equal(kept, whole)
    ActivationWidget(kept).close()
    assert not kept.closed


def assert_equal(one: Recording, other: Recording) -> None:
    assert list(one) == list(other)
    for path, entry in one.items():
        np.testing.assert_array_equal(entry.maps, other[path].maps)
