"""Live frames of one widget: the newest is computed, in a thread of its own, when a page asks."""

from __future__ import annotations

import atexit
import contextvars
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol
from weakref import WeakSet

from numpy.typing import NDArray

from actwidget.live.frame_message import frame_picture
from actwidget.live.frame_runner import FrameRunner
from actwidget.live.frames import decode_image
from actwidget.live.input_picture import input_picture
from actwidget.live.kept_frames import KeptFrame, KeptFrames
from actwidget.live.live_scale import LiveScale
from actwidget.live.model_frames import ModelFrames
from actwidget.live.sources import FrameSource, SourceEnded
from actwidget.numerics.normalization import Affine
from actwidget.protocol.live_requests import LiveRequest
from actwidget.protocol.requests import Buffer, Reply
from actwidget.protocol.shown_recording import ShownRecording
from actwidget.utils.worker_pool import AT_EXIT, start_daemon

MOST_CREDIT = 16
"""How many frames of a source a page may have asked for at most: what nobody looks at is not
computed for longer."""

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


@dataclass
class _Client:
    """What a page waits for.

    Frames are sent in the context of its last message: ipykernel has the page's next ones handled
    where the last one was, and in the main thread they would wait for the cell that is running.
    """

    wanted: LiveRequest
    context: contextvars.Context
    image: Buffer | None = None
    credit: int = 0
    served: int = 0


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
        self.dropped = 0
        self._shown = shown
        self._frames = frames
        self._classes = classes
        self._page = page
        self._is_held = is_held
        self._runner: FrameRunner | None = None
        self._scales: dict[int, LiveScale] = {}
        # One after another, also where a scale begins anew: pages keep some.
        self._versions = itertools.count(1)
        self._clients: dict[str, _Client] = {}
        self._number = 0
        self._sent: deque[float] = deque(maxlen=120)
        self._counted = 0.0
        self._closed = self._is_over = False
        self._condition = threading.Condition()
        self._ended = threading.Event()
        _sessions.add(self)
        start_daemon(self._work, "actwidget live")

    # What other threads call

    def receive(self, request: LiveRequest) -> None:
        """Take note of what a page wants, of its frame, or of how many it may be sent."""
        context = contextvars.copy_context()
        with self._condition:
            client = self._clients.setdefault(request.client, _Client(request, context))
            client.wanted, client.context = replace(request, buffers=()), context
            if request.buffers:
                self.dropped += client.image is not None
                client.image = request.buffers[0]
            elif self.source is not None:
                client.credit = min(MOST_CREDIT, client.credit + max(0, request.frames))
            self._condition.notify()

    def pause(self, frame: int | None) -> None:
        """Forget what pages wait for, and keep a frame for as long as it is shown."""
        with self._condition:
            self._clients.clear()
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
        scale = self._scales.get(layer)
        return None if scale is None else scale.scales.affines

    def frozen(self, frame: int) -> Any:
        """Return the recording of one of the last frames, by its number."""
        return self._frames.record([self.kept.get(frame).image])

    def record(self, frames: Sequence[KeptFrame]) -> Any:
        """Return the recording of some of the last frames."""
        return self._frames.record([each.image for each in frames])

    def close(self) -> None:
        """End it; the frame that is being computed is not sent."""
        with self._condition:
            self._closed = True
            self._clients.clear()
            self._condition.notify()
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
        while (task := self._next()) is not None:
            context, request, image = task
            context.run(self._answer, request, image)
            # Nothing of it is kept while the thread waits.
            del task, context, request, image

    def _answer(self, request: LiveRequest, image: Buffer | None) -> None:
        try:
            self._compute(request, image)
        except SourceEnded:
            self._is_over = True
            self._stop("that was all of it")
        except Exception as error:
            # A layer's or a generator's own, which the page tells of.
            if not self._closed:
                self._stop(str(error) or type(error).__name__)

    @staticmethod
    def _once(client: _Client) -> LiveRequest:
        """Return what a page wants now, of which some is for a single frame."""
        request = client.wanted
        client.wanted = replace(request, facts=False, rescale=False)
        return request

    def _next(self) -> tuple[contextvars.Context, LiveRequest, Buffer | None] | None:
        """Wait for something to do; None: it is closed."""
        with self._condition:
            while not self._closed:
                waiting = [c for c in self._clients.values() if c.image is not None or c.credit]
                if waiting:
                    # Of several pages each has its turn.
                    client = min(waiting, key=lambda each: each.served)
                    self._number += 1
                    client.served = self._number
                    image, client.image = client.image, None
                    if image is None:
                        client.credit -= 1
                    return client.context, self._once(client), image
                self._condition.wait()
        return None

    def _stop(self, message: str) -> None:
        with self._condition:
            self._clients.clear()
        self._page.end(message)

    def _compute(self, request: LiveRequest, data: Buffer | None) -> None:
        number, began = self._number, time.perf_counter()
        if data is not None:
            given: Any = decode_image(bytes(data))
        else:
            assert self.source is not None
            given = self.source.next_frame()
            # Waiting for it is not work.
            began = time.perf_counter()
            request = self._latest(request)
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
        if request.layer not in self._scales:
            scale = LiveScale(self._shown.normalizations, self._versions)
            self._scales[request.layer] = scale
        picture = frame_picture(
            request,
            replace(entry, maps=maps),
            self._shown.mosaics[request.layer].block,
            self._scales[request.layer],
            held=self._is_held(),
        )
        self.kept.add(number, image)
        content, buffers = dict(picture.content), list(picture.buffers)
        content |= {"frame": number, "dropped": self.dropped, "note": self.note}
        if self.source is not None:
            content["dropped"] += self.source.skipped
        if output is not None and self._classes is not None:
            content["answers"] = self._classes.answers(output)
        if data is None:
            content["input"], pixels = input_picture(image)
            content["input"]["buffer"] = len(buffers)
            buffers.append(pixels)
        content["milliseconds"] = round(1e3 * (time.perf_counter() - began), 2)
        self._send(Reply(content, buffers))

    @property
    def note(self) -> str:
        """What is to be known; empty if there is nothing."""
        return self._runner.note if self._runner else ""

    def _latest(self, request: LiveRequest) -> LiveRequest:
        """Return what the page wants by now."""
        with self._condition:
            client = self._clients.get(request.client)
            if client is None:
                return request
            newer = self._once(client)
        facts, rescale = request.facts or newer.facts, request.rescale or newer.rescale
        return replace(newer, facts=facts, rescale=rescale)

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
