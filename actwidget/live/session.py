"""Live frames of one widget: the newest is computed, in a thread of its own, when a page asks."""

from __future__ import annotations

import atexit
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, Protocol
from weakref import WeakSet

from numpy.typing import NDArray

from actwidget.live.frame_message import frame_picture
from actwidget.live.frame_requests import FrameRequests, Turn
from actwidget.live.frame_runner import FrameRunner
from actwidget.live.input_picture import input_picture
from actwidget.live.kept_frames import KeptFrame, KeptFrames
from actwidget.live.live_scale import LiveScale
from actwidget.live.model_frames import ModelFrames
from actwidget.live.sent_image import decode_image
from actwidget.live.sources import FrameSource, SourceEnded
from actwidget.numerics.normalization import Affine
from actwidget.protocol.live_requests import LiveRequest
from actwidget.protocol.requests import Buffer, Reply
from actwidget.protocol.shown_recording import ShownRecording
from actwidget.protocol.variants import named
from actwidget.utils.worker_pool import AT_EXIT, start_daemon

RATE_SECONDS = 2.0
"""Over how long the frames a second are counted."""


_sessions: WeakSet[LiveSession] = WeakSet()


@atexit.register
def _close_all() -> None:
    """End what is live before Python ends: a thread within TensorFlow would end it with a crash."""
    sessions = list(_sessions)
    for session in sessions:
        session.close()
    for session in sessions:
        session.wait(AT_EXIT)


class Page(Protocol):
    """What a session tells of itself, from its thread."""

    def send(self, content: dict[str, Any], buffers: Sequence[Buffer]) -> object:
        """Send a message."""

    def count(self, frames_per_second: float) -> object:
        """Tell how many frames were sent in a second."""

    def end(self, message: str) -> object:
        """Tell that there are no more frames, and why."""


class Classes(NamedTuple):
    """The model's classes.

    Attributes
    ----------
    output : int
        Which of its outputs has them.
    answers : callable
        Returns the likeliest ones of an output, as the page shows them.
    """

    output: int
    answers: Callable[[NDArray[Any]], list[Any]]


class LiveSession:
    """Computes frames that pages send, or those of a source, until it is closed.

    A page gets the newest frame that it sent: one that came before it and had to wait is dropped.
    Of a source it gets as many as it asked for. Where no page asks, nothing runs.

    Parameters
    ----------
    shown : ShownRecording
    frames : ModelFrames
    source : FrameSource or None
        None: the pages send them.
    classes : Classes or None
    page : Page
    is_held : callable
        Whether the scale is to stay as it is.
    """

    def __init__(
        self,
        shown: ShownRecording,
        frames: ModelFrames,
        source: FrameSource | None,
        *,
        classes: Classes | None,
        page: Page,
        is_held: Callable[[], bool],
    ) -> None:
        self.source = source
        self.kept = KeptFrames()
        self._shown = shown
        self._frames = frames
        self._classes = classes
        self._page = page
        self._is_held = is_held
        self._runner: FrameRunner | None = None
        self._scales: dict[tuple[int, str], LiveScale] = {}
        # One after another, also where a scale begins anew: pages keep some.
        self._versions = itertools.count(1)
        self._requests = FrameRequests()
        self._sent: deque[float] = deque(maxlen=120)
        self._counted = 0.0
        self._closed = self._is_over = False
        # Whoever sends may close it.
        self._sending = threading.RLock()
        self._ended = threading.Event()
        _sessions.add(self)
        start_daemon(self._work, "actwidget live")

    # What other threads call

    def receive(self, request: LiveRequest) -> None:
        """Take note of what a page wants, of its frame, or of how many it may be sent."""
        self._requests.receive(request)

    def pause(self, frame: int | None) -> None:
        """Forget what pages wait for, and keep a frame for as long as it is shown."""
        self._requests.clear()
        if self.source is not None:
            self.source.pause()
        if frame is not None:
            self.kept.pin(frame)

    def resume(self) -> None:
        """Go on; a source that was at its end begins again, where it can."""
        if self.source is not None and self._is_over:
            self._is_over = False
            self.source.rewind()

    def affines(self, layer: int) -> Sequence[Affine] | None:
        """Return a layer's scale, by its number, as the last frames had it; None: it has none."""
        scale = self._scales.get((layer, ""))
        return None if scale is None else scale.scales.affines

    def frozen(self, frame: int) -> Any:
        """Return the recording of one of the last frames, by its number."""
        return self._frames.record([self.kept.get(frame).image])

    def record(self, frames: Sequence[KeptFrame]) -> Any:
        """Return the recording of some of the last frames."""
        return self._frames.record([each.image for each in frames])

    def close(self) -> None:
        """End it: once this returns nothing is sent, neither what is being computed."""
        with self._sending:
            self._closed = True
        self._requests.close()
        if self.source is not None:
            self.source.close()
        if self._runner is not None:
            self._runner.close()

    def wait(self, seconds: float) -> None:
        """Wait for about so long until its thread has ended."""
        self._ended.wait(seconds)

    # The thread

    def _work(self) -> None:
        try:
            self._work_until_closed()
        finally:
            self._ended.set()

    def _work_until_closed(self) -> None:
        while (turn := self._requests.next()) is not None:
            turn.context.run(self._answer, turn)
            # Nothing of it is kept while the thread waits.
            del turn

    def _answer(self, turn: Turn) -> None:
        try:
            self._compute(turn)
        except SourceEnded:
            self._is_over = True
            self._stop("that was all of it")
        except Exception as error:
            # A layer's or a generator's own, which the page tells of.
            self._stop(str(error) or type(error).__name__)

    def _stop(self, message: str) -> None:
        if self._closed:
            return
        self._requests.clear()
        self._page.end(message)

    def _compute(self, turn: Turn) -> None:
        number, request, began = turn.number, turn.request, time.perf_counter()
        if turn.image is not None:
            given: Any = decode_image(bytes(turn.image))
        else:
            assert self.source is not None
            given = self.source.next_frame()
            # Waiting for it is not work.
            began = time.perf_counter()
            request = self._requests.latest(request)
        image = self._frames.fitted(given)
        entry = self._shown.layer(request.layer)
        maps, output = self._maps(entry.path, image)
        if maps.shape[1:] != entry.maps.shape[1:]:
            raise ValueError(
                f"layer {entry.path} gave {maps.shape[1:]} for a frame and {entry.maps.shape[1:]} "
                "for what was recorded: a live layer keeps its shape"
            )
        if request.rescale:
            self._scales.clear()
        slot = self._shown.compared
        frame = replace(entry, maps=maps)
        quantity, layer = slot.frame_shown(request.layer, frame, slot.against)
        picture = frame_picture(
            request,
            layer,
            self._shown.mosaics[request.layer].block,
            self._scale(request.layer, quantity),
            held=self._is_held(),
        )
        self.kept.add(number, image)
        content, buffers = dict(picture.content), list(picture.buffers)
        content |= {"frame": number, "dropped": self._requests.dropped, "note": self.note}
        if self.source is not None:
            content["dropped"] += self.source.skipped
        if output is not None and self._classes is not None:
            content["answers"] = self._classes.answers(output)
        if turn.image is None:
            content["input"], pixels = input_picture(image)
            content["input"]["buffer"] = len(buffers)
            buffers.append(pixels)
        content["milliseconds"] = round(1e3 * (time.perf_counter() - began), 2)
        self._send(Reply(content, buffers))

    def _scale(self, layer: int, quantity: str) -> LiveScale:
        """Return the scale of a layer, or of its difference."""
        if (layer, quantity) not in self._scales:
            normalizations = named(self._shown.normalizations, quantity)
            self._scales[layer, quantity] = LiveScale(normalizations, self._versions)
        return self._scales[layer, quantity]

    @property
    def credit(self) -> int:
        """How many frames of the source pages still wait for."""
        return self._requests.credit

    @property
    def note(self) -> str:
        """What is to be known; empty if there is nothing."""
        return self._runner.note if self._runner else ""

    def _maps(self, path: str, image: NDArray[Any]) -> Any:
        inputs = self._frames.inputs([image])
        if self._runner is None:
            return self._first(path, image, inputs)
        return self._runner.run(path, inputs, with_output=self._classes is not None)

    def _first(self, path: str, image: NDArray[Any], inputs: Any) -> Any:
        """Record the first frame, by which what is compiled is checked."""
        reference = self._frames.record([image])
        classes = self._classes
        self._runner = FrameRunner(self._frames.recorded, classes.output if classes else None)
        self._runner.start(path, inputs, reference)
        output = reference.outputs[classes.output].maps if classes else None
        return reference[path].maps, output

    def _send(self, reply: Reply) -> None:
        with self._sending:
            if self._closed:
                return
            self._page.send(reply.content, reply.buffers)
        now = time.monotonic()
        self._sent.append(now)
        if now - self._counted > 1:
            self._counted = now
            recent = [each for each in self._sent if each > now - RATE_SECONDS]
            span = recent[-1] - recent[0]
            self._page.count(round((len(recent) - 1) / span, 1) if span else 0.0)
