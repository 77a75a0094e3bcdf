"""Saying what goes on where it takes long: one bar, in a notebook or in a terminal.

Work says what it does with a `Progress`, or with `each` of its parts. The first one of a thread
opens the bar, those within it only change what it says. It appears within a second, and is gone
once the first one ends. ``TQDM_DISABLE=1`` in the environment does without any.
"""

from __future__ import annotations

import _thread
import contextvars
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from tqdm.auto import tqdm as chosen_for_here
from tqdm.notebook import tqdm_notebook
from tqdm.std import tqdm

from actwidget.utils.messages import shortened

DELAY = 0.7
"""Seconds for which nothing is said: short work needs no bar, and no second passes in silence, also
where the bar's thread has to wait for its turn."""

INTERVAL = 0.2
"""Seconds between two states of the bar."""

PATIENCE = 1.0
"""Seconds for which the end of some work waits until its bar is gone."""

WORDS, PART = 60, 40
"""How many characters what goes on and its part take of the bar, which is one line."""

WITHOUT_TOTAL = "{desc} [{elapsed}]"

IN_NOTEBOOK = issubclass(chosen_for_here, tqdm_notebook)
"""Whether tqdm would draw with widgets."""

Item = TypeVar("Item")

_of_thread = threading.local()


class Progress:
    """Something that goes on while the ``with`` statement runs.

    Parameters
    ----------
    words : str
        What goes on: ``"saving vgg16.zarr"``.
    total : int, optional
        How many parts it has, if it has parts: they are counted.
    unit : str, optional
        What a part is called.
    """

    def __init__(self, words: str, total: int = 0, unit: str = "layer") -> None:
        self.words, self.total, self.unit = shortened(words, WORDS), total, unit
        self.part = ""
        self.done = 0
        self.began = 0.0
        self._bar: _Bar | None = None

    def begin(self, part: str) -> None:
        """Say which part is next."""
        self.part = shortened(part, PART)

    def advance(self) -> None:
        """Count one more part as done."""
        self.done += 1

    def start(self) -> None:
        """Say what goes on from now on, until `close`."""
        self.began = time.time()
        if getattr(_of_thread, "is_quiet", False):
            return
        around: _Bar | None = getattr(_of_thread, "bar", None)
        self._bar = bar = around or _Bar()
        try:
            bar.running.append(self)
            if around is None:
                _of_thread.bar = bar
                bar.start()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End it, and whatever began within it; it can be called again if it was interrupted."""
        bar = self._bar
        if bar is None or self not in bar.running:
            return
        if bar.running[0] is self:
            bar.close()
            _of_thread.bar = None
        del bar.running[bar.running.index(self) :]

    def __enter__(self) -> Progress:
        """Start it."""
        try:
            self.start()
            return self
        except BaseException:
            # An interrupt once it has begun.
            self.close()
            raise

    def __exit__(self, *_: object) -> None:
        """End it."""
        try:
            self.close()
        finally:
            # Again, as an interrupt may have come within.
            self.close()


def each(
    items: Sequence[Item], words: str, name: Callable[[Item], str], *, unit: str = "layer"
) -> Iterator[Item]:
    """Iterate over the parts of some work, and say which one is worked on."""
    with Progress(words, len(items), unit) as progress:
        for item in items:
            progress.begin(name(item))
            yield item
            progress.advance()


@contextmanager
def without_progress() -> Iterator[None]:
    """Say nothing of what is done in this thread: nobody waits for it, or the page says so."""
    before = getattr(_of_thread, "is_quiet", False)
    _of_thread.is_quiet = True
    try:
        yield
    finally:
        _of_thread.is_quiet = before


class _Bar:
    """The bar of a thread, drawn by another one alone.

    So it has a clock, however long a part takes, and an interrupt of the work never comes while it
    is drawn: tqdm would keep its lock.

    Attributes
    ----------
    running : list of Progress
        What goes on, each within the one before it.
    """

    def __init__(self) -> None:
        self.running: list[Progress] = []
        self._tqdm: Any = None
        self._counted: Progress | None = None
        self._ended, self._gone = threading.Event(), threading.Event()

    def start(self) -> None:
        """Draw it from now on, once it is time."""
        # In a copy of this context, by which Jupyter knows the cell that it belongs to.
        tick = contextvars.copy_context().run
        # Where there are no threads, as in a browser, nothing is said.
        with suppress(RuntimeError):
            # Unlike `threading.Thread.start` it does not wait until the thread runs.
            _thread.start_new_thread(tick, (self._tick,))

    def close(self) -> None:
        """Remove it."""
        self._ended.set()
        if self._tqdm is not None:
            self._gone.wait(PATIENCE)

    def _tick(self) -> None:
        wait = DELAY
        try:
            while not self._ended.wait(wait):
                self.draw()
                wait = INTERVAL
            if self._tqdm is not None:
                # Short of its total, as after an interrupt, it would look like a failure and stay.
                self._tqdm.total = self._tqdm.n
                self._tqdm.close()
        except Exception:
            # As where the error stream goes to a full disk. The work goes on, and so do other bars:
            # tqdm keeps its lock.
            if self._tqdm is not None:
                self._tqdm.disable = True
            with suppress(Exception):
                while True:
                    tqdm.get_lock().release()
        finally:
            self._gone.set()

    def draw(self) -> None:
        """Show what goes on now."""
        running = list(self.running)
        if not running:
            return
        counted = next((each for each in reversed(running) if each.total), running[-1])
        words, total = _words(running, counted), max(1, counted.total)
        bar_format = None if counted.total else WITHOUT_TOTAL
        if self._tqdm is None:
            kind = _Output if IN_NOTEBOOK else tqdm
            # With a delay it is not displayed yet.
            self._tqdm = kind(desc=words, total=total, bar_format=bar_format, delay=1, leave=False)
            self._tqdm.delay = 0
        bar = self._tqdm
        bar.desc, bar.unit, bar.bar_format = words, counted.unit, bar_format
        if counted is not self._counted:
            # Another count begins, with a time of its own.
            bar.reset(total)
            # The bar comes later than the work, whose rate and rest of the time it tells.
            bar.start_t = counted.began
            self._counted = counted
        bar.n = min(counted.done, total)
        bar.refresh()


class _Output(tqdm):  # type: ignore[misc]
    """A bar that is text in its cell's output.

    Not a widget: a page still draws that when it closes, and reports errors, and a saved notebook
    keeps the view of a widget that does not exist.
    """

    _handle: Any = None

    def display(self, msg: str | None = None, pos: int | None = None) -> None:
        """Show the bar, or what is given; nothing takes no room."""
        text = str(self) if msg is None else msg
        data = {"text/plain": text} if text else {}
        if self._handle is not None:
            self._handle.update(data, raw=True)
        elif text:
            from IPython.display import display

            self._handle = display(data, raw=True, display_id=True)


def _words(running: Sequence[Progress], counted: Progress) -> str:
    """Return what goes on: what is counted, and its part or what is done of that."""
    last = running[-1]
    if last is counted:
        return ": ".join(filter(None, [last.words, last.part]))
    return f"{counted.words}: {last.words}"
