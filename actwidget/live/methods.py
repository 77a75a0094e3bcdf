"""What makes a widget live: its methods, and what the page does to the same traits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from actwidget.live.kept_frames import MOST_SECONDS
from actwidget.live.model_frames import ModelFrames
from actwidget.live.session import Classes, LiveSession
from actwidget.live.sources import FrameSource, open_source
from actwidget.protocol.requests import Buffer
from actwidget.recording.recording import Recording
from actwidget.view.activation_view import ActivationView
from actwidget.view.lifetime import weak_method
from actwidget.view.live_traits import LIVE, OFF, PAUSED
from actwidget.view.prediction import NAMED, likeliest

if TYPE_CHECKING:
    from collections.abc import Callable

CAMERA = "camera"


class LiveMethods(ActivationView):
    """A view that frames can be fed to."""

    _live: tuple[Any, dict[str, Any]] | None = None
    _live_session: LiveSession | None = None

    def live(
        self,
        source: Any = CAMERA,
        *,
        fps: float | None = None,
        loop: bool = False,
        mirror: bool | None = None,
    ) -> None:
        """Feed frames to the model, and show the layer as it moves.

        The model runs once a frame, compiled where it can be, and only as far as is shown. Nothing
        of it gets into the notebook's file.

        Parameters
        ----------
        source : str, path, array or iterable, optional
            ``"camera"``, that of the page, which starts when somebody presses the button there and
            at nothing else; a video file (``pip install "actwidget[video]"``), an animated GIF or
            WebP; an image, a folder or a pattern such as ``"photos/*.jpg"``; frames
            ``(images, height, width, channels)``; anything that yields frames, a ``tf.data``
            data set among them; or anything with ``read()``, as ``cv2.VideoCapture``. Frames are
            ``(height, width)`` or ``(height, width, channels)``, in whatever numbers the model
            takes, cropped at the centre and resized to its input.
        fps : float, optional
            Frames a second; by default a file's own, 1 of photographs, and else as fast as it goes.
        loop : bool, optional
            Whether it begins again at its end.
        mirror : bool, optional
            Whether the camera's picture is mirrored; by default unless it faces away.

        Raises
        ------
        RuntimeError
            If the widget is closed, or its recording has no model.
        TypeError, ValueError, OSError
            If the model takes no image, or there are no frames in the source.
        """
        self.require_open()
        # Before anything is stopped, so that a mistake leaves the widget as it was.
        frames = ModelFrames(self.recording)
        is_camera = isinstance(source, str) and source == CAMERA
        if is_camera and (fps is not None or loop):
            raise ValueError("fps and loop are for files and frames; the camera has its own pace")
        opened = None if is_camera else open_source(source, fps=fps, loop=loop)
        self.stop()
        self._live = source, {"fps": fps, "loop": loop}
        if is_camera:
            self.live_source = {"kind": "camera", "name": "camera", "mirror": mirror}
            return
        assert opened is not None
        self.live_source = {"kind": "kernel", "name": opened.name}
        self._begin(frames, opened)
        self.live_state = LIVE

    def pause(self) -> None:
        """Have the newest frame stand still: all layers of it can be looked at, exactly."""
        if self.live_state == LIVE:
            newest = self._live_session.kept.newest if self._live_session else None
            with self.hold_trait_notifications():
                self.live_frame = newest
                self.live_state = PAUSED

    def resume(self) -> None:
        """Go on after a pause; a camera that has ended waits for the button in the page."""
        if self.live_state == PAUSED:
            self.live_state = LIVE

    def stop(self) -> None:
        """End it; the widget shows its recording again."""
        self.live_state = OFF

    def freeze(self) -> Recording:
        """Record the frame that is shown: every layer of it.

        Raises
        ------
        RuntimeError
            If nothing is live, or no frame has been computed yet.
        LookupError
            If the frame is no longer kept.
        """
        session = self._session()
        frame = self.live_frame if self.frame_shown is not None else session.kept.newest
        if frame is None:
            raise RuntimeError("no frame has been computed yet: wait until the picture moves")
        frozen: Recording = session.frozen(frame)
        return frozen

    def clip(self, seconds: float = 3.0) -> Recording:
        """Record the frames of the last seconds, as one recording of as many images.

        Parameters
        ----------
        seconds : float, optional
            At most 10.

        Raises
        ------
        TypeError, ValueError
            If it is no such number.
        RuntimeError
            If nothing is live, or no frame has been computed yet.
        """
        if not isinstance(seconds, (int, float)) or isinstance(seconds, bool):
            raise TypeError(f"seconds is {seconds!r}; it takes a number, at most {MOST_SECONDS:g}")
        if not 0 < seconds <= MOST_SECONDS:
            raise ValueError(
                f"seconds is {seconds!r}; frames are kept for {MOST_SECONDS:g} seconds: give at "
                "most that, and more than 0"
            )
        session = self._session()
        frames = session.kept.last(seconds)
        if not frames:
            raise RuntimeError("no frame has been computed yet: wait until the picture moves")
        clip: Recording = session.record(frames)
        return clip

    def close(self) -> None:
        """End what is live, and close the view."""
        self._end()
        super().close()

    # What the traits do

    @traitlets.observe("live_state")
    def _live_state_changed(self, change: Any) -> None:
        """Follow what the page or a method has done."""
        if not self.is_open:
            return
        if change.new == OFF:
            self._end()
            self.live_frame = None
            self.set_trait("frames_per_second", 0.0)
        elif change.new == LIVE:
            self._explain_nothing()
            if self._live_session is not None:
                self._live_session.resume()
            elif self._live is not None:
                self._begin_again()
        elif change.new == PAUSED:
            if self._live_session is not None:
                self._live_session.pause(self.live_frame)
            self.set_trait("frames_per_second", 0.0)

    def _begin_again(self) -> None:
        """Open what was live before it was stopped, or the camera's frames for the first time."""
        assert self._live is not None
        source, options = self._live
        is_camera = self.live_source.get("kind") == "camera"
        opened = None if is_camera else open_source(source, **options)
        self._begin(ModelFrames(self.recording), opened)

    def _explain_nothing(self) -> None:
        """Leave what is computed of the recording: a frame has none of it."""
        for name in ("target", "ablated", "explored"):
            if getattr(self, name) is not None:
                with self.hold_trait_notifications():
                    self.set_trait(name, None)

    # The session

    def _session(self) -> LiveSession:
        if self._live_session is None:
            raise RuntimeError(
                "nothing is live: widget.live() shows the button that starts the camera, and "
                'widget.live("clip.mp4") plays a file'
            )
        return self._live_session

    def _begin(self, frames: ModelFrames, source: FrameSource | None) -> None:
        self._end()
        names = list(self.class_names)
        session = LiveSession(
            self.shown,
            frames,
            source,
            classes=Classes(self.class_output, _answers(names)) if names else None,
            page=_Page(self),
            is_held=lambda: bool(held()),
        )
        held = weak_method(self, "_is_scale_held")
        self._live_session = self.shown.live.frames = session

    def _is_scale_held(self) -> bool:
        return bool(self.hold_scale)

    def _end(self) -> None:
        session, self._live_session = self._live_session, None
        if session is None:
            return
        session.close()
        if self._shown is not None:
            self._shown.live.frames = None
            self._shown.variants.forget_frames()

    def _count_frames(self, frames_per_second: float) -> None:
        if self.live_state == LIVE:
            self.set_trait("frames_per_second", frames_per_second)

    def _end_frames(self, message: str) -> None:
        """Say why there are no more frames; the last one stands still."""
        self.pause()
        self.send({"kind": "live-end", "message": message})


class _Page:
    """Where a session's frames go: a widget that is not kept alive by them."""

    def __init__(self, widget: LiveMethods) -> None:
        self._send = weak_method(widget, "send")
        self._count = weak_method(widget, "_count_frames")
        self._end = weak_method(widget, "_end_frames")

    def send(self, content: dict[str, Any], buffers: Sequence[Buffer]) -> object:
        return self._send(content, buffers)

    def count(self, frames_per_second: float) -> object:
        return self._count(frames_per_second)

    def end(self, message: str) -> object:
        return self._end(message)


def _answers(names: list[str]) -> Callable[[NDArray[Any]], list[Any]]:
    def answers(output: NDArray[Any]) -> list[Any]:
        values = np.asarray(output, np.float32).reshape(1, -1)
        (found,) = likeliest(values, names, NAMED)
        return [[name, value] for _, name, value in found]

    return answers
