"""The bar that says what goes on."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from interrupted import lines_of
from progress_text import every_change, terminal

from actwidget.utils import progress
from actwidget.utils.progress import Progress, each, without_progress


@pytest.mark.parametrize("delay", [0.0, 1e6])
def test_it_appears_after_a_while(delay: float, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = terminal(monkeypatch, delay=delay)
    with Progress("saving", 2) as saving:
        saving.begin("first")
        if not delay:
            # A part that takes long says nothing, and has a clock.
            assert screen.wait_for("saving: first", times=3)
    assert (screen.text == "") is bool(delay)
    assert progress._of_thread.bar is None


def test_it_names_the_part_and_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = every_change(monkeypatch)
    assert list(each(["conv", "dense"], "looking", lambda name: f"the {name}")) == ["conv", "dense"]
    first = next(state for state in screen.states if "the conv" in state)
    second = next(state for state in screen.states if "the dense" in state)
    assert first.startswith("looking: the conv:   0%")
    assert "0/2" in first
    assert second.startswith("looking: the dense:  50%")
    assert "1/2" in second


def test_the_rate_is_that_of_the_work_and_not_of_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar comes later than the work: what was done before counts with the time it took."""
    screen = terminal(monkeypatch, delay=1e6)
    with Progress("surveying", 10_000, "image") as surveying:
        surveying.began -= 100
        surveying.done = 1000
        progress._of_thread.bar.draw()
    rates = re.findall(r"([\d.]+)image/s", screen.text)
    assert 9 < float(rates[-1]) < 10.01
    assert "01:40<" in screen.text


def test_what_is_within_is_said_and_what_is_around_again(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = every_change(monkeypatch)
    with Progress("making"):
        with Progress("recording", 3) as recording:
            recording.begin("conv")
            with Progress("computing"):
                assert screen.states[-1].startswith("recording: computing:   0%")
            assert screen.states[-1].startswith("recording: conv:   0%")
        assert screen.states[-1].startswith("making [")


def raises(error: type[BaseException]) -> bool:
    raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_it_is_gone_at_the_end_however_that_comes(
    error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = every_change(monkeypatch)
    with pytest.raises(error), Progress("making"):
        next(one for one in each("ab", "looking", str) if raises(error))
    assert "looking: a" in screen.text
    assert screen.states[-2:] == ["", ""]
    before = len(screen.text)
    with Progress("drawing"):
        pass
    assert screen.states[-3].startswith("drawing [")
    assert "looking" not in screen.text[before:]


@pytest.mark.parametrize("method", ["start", "close"])
@pytest.mark.parametrize("after", [False, True])
def test_an_interrupt_while_it_starts_or_ends_leaves_none(
    method: str, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = getattr(progress._Bar, method)
    calls = []

    def interrupted(bar: progress._Bar) -> None:
        calls.append(bar)
        if len(calls) > 1:
            original(bar)
            return
        if after:
            original(bar)
        raise KeyboardInterrupt

    monkeypatch.setattr(progress._Bar, method, interrupted)
    with pytest.raises(KeyboardInterrupt), Progress("making"):
        pass
    assert progress._of_thread.bar is None
    bar = calls[0]
    assert bar.running == []
    assert bar._ended.is_set()


def test_an_interrupt_at_any_line_leaves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    class Bar(progress._Bar):
        def __init__(self) -> None:
            super().__init__()
            self.begun = False
            made.append(self)

        def start(self) -> None:
            self.begun = True
            super().start()

    def work() -> None:
        with Progress("making"):
            list(each("ab", "looking", str))

    monkeypatch.setattr(progress, "_Bar", Bar)
    folders = (Path(progress.__file__).parent,)
    count = len(lines_of(work, folders))
    assert count > 60
    # Nothing can be done about the moment before `__exit__` does anything.
    before = inspect.getsourcelines(Progress.__exit__)[1] + 2
    for number in range(count):
        line = lines_of(work, folders, at=number)[-1]
        bar = getattr(progress._of_thread, "bar", None)
        if bar is not None and line[1] == before:
            bar.running[0].close()
            bar = progress._of_thread.bar
        assert bar is None, line
        assert [each for each in made if each.running or each.begun > each._ended.is_set()] == []


def test_where_there_are_no_threads_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = terminal(monkeypatch, delay=0)

    def start(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("_thread.start_new_thread", start)
    assert list(each("ab", "looking", str)) == ["a", "b"]
    assert screen.text == ""


def test_work_that_nobody_waits_for_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = every_change(monkeypatch)
    with without_progress(), Progress("drawing"):
        list(each("ab", "looking", str))
    assert screen.text == ""
    with Progress("making"):
        assert "making" in screen.text


def test_each_thread_has_a_bar_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = every_change(monkeypatch)

    def work() -> None:
        with Progress("drawing"):
            pass

    with Progress("saving", 2):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert "drawing [" in screen.text
    assert "saving: drawing" not in screen.text


def test_a_terminal_that_is_gone_ends_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, tried = terminal(monkeypatch, delay=0), threading.Event()

    def write(text: str) -> None:
        tried.set()
        raise OSError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(screen, "write", write)
        with Progress("drawing"):
            assert tried.wait(20)
    with Progress("drawing"):
        assert screen.wait_for("drawing")


def test_long_names_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = every_change(monkeypatch)
    list(each(["n" * 300], "w" * 300, str))
    assert "n…n" in screen.text
    assert max(map(len, screen.states)) <= 160


DRAWN = """
from actwidget.utils import progress
with progress.Progress("saving"):
    progress._of_thread.bar.draw()
"""


@pytest.mark.parametrize("disabled", [False, True])
def test_the_environment_can_switch_it_off(disabled: bool) -> None:
    # In a process of its own, as tqdm reads the environment once.
    environment = {name: value for name, value in os.environ.items() if name != "TQDM_DISABLE"}
    if disabled:
        environment["TQDM_DISABLE"] = "1"
    done = subprocess.run(
        [sys.executable, "-c", DRAWN], env=environment, capture_output=True, text=True, check=True
    )
    assert ("saving" in done.stderr) is not disabled
