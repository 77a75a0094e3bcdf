"""The newest frame is computed, when a page asks for it, and nothing else."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from actwidget import record
from actwidget.examples import shapes_cnn
from actwidget.live.model_frames import ModelFrames
from actwidget.live.session import Classes, LiveSession
from actwidget.live.sources import open_source
from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.protocol.live_requests import LiveRequest
from actwidget.protocol.shown_recording import ShownRecording, show_recording

SECONDS = 60

CONV1 = 2


class Page:
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.messages: list[tuple[dict[str, Any], list[bytes]]] = []
        self.ends: list[str] = []
        self.arrived = threading.Condition()

    def send(self, content: dict[str, Any], buffers: Any) -> None:
        with self.arrived:
            self.messages.append((content, list(buffers)))
            self.arrived.notify_all()

    def count(self, frames_per_second: float) -> None:
        self.rate = frames_per_second

    def end(self, message: str) -> None:
        with self.arrived:
            self.ends.append(message)
            self.arrived.notify_all()

    def wait(self, holds: Callable[[], bool]) -> None:
        with self.arrived:
            assert self.arrived.wait_for(holds, SECONDS), (len(self.messages), self.ends)

    def wait_for(self, count: int) -> dict[str, Any]:
        self.wait(lambda: len(self.messages) >= count)
        return self.messages[count - 1][0]


@pytest.fixture(scope="module")
def shown() -> ShownRecording:
    recording = record(
        shapes_cnn.model(), np.full((48, 48, 1), 128, "u1"), preprocess=lambda image: image / 255
    )
    return show_recording(recording, NORMALIZATIONS, "auto", lambda: None)


Begin = Callable[..., tuple[LiveSession, Page]]


@pytest.fixture
def begin(shown: ShownRecording) -> Iterator[Begin]:
    sessions = []

    def start(source: Any = None, **options: Any) -> tuple[LiveSession, Page]:
        page = Page()
        options = {"classes": None, "is_held": lambda: False} | options
        opened = None if source is None else open_source(source)
        session = LiveSession(shown, ModelFrames(shown.recording), opened, page=page, **options)
        sessions.append(session)
        return session, page

    yield start
    for session in sessions:
        session.close()


def picture(seed: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (48, 48, 3)).astype(np.uint8)


def png(pixels: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def request(number: int, **fields: Any) -> LiveRequest:
    given: dict[str, Any] = {"id": number, "client": "a", "frames": 0, "layer": CONV1}
    return LiveRequest(**(given | fields))


def image_request(number: int, **fields: Any) -> LiveRequest:
    return request(number, **fields, buffers=(png(picture(number)),))


def values_of(content: dict[str, Any], buffers: list[bytes]) -> NDArray[np.float32]:
    """Read a picture as the page does, ``(channels, blocks)``."""
    low, step = np.frombuffer(buffers[1], np.float32).reshape(2, -1)
    if content["encoding"] == "float32":
        return np.frombuffer(buffers[0], np.float32).reshape(len(low), -1)
    codes = np.frombuffer(buffers[0], np.uint8).reshape(len(low), -1)
    return codes * step[:, None] + low[:, None]


def test_a_frame_is_answered_with_what_the_layer_gives(begin: Begin) -> None:
    session, page = begin()
    for number in (1, 2):
        session.receive(image_request(number))
        content, buffers = page.wait_for(number), page.messages[number - 1][1]
        assert (content["id"], content["client"], content["layer"]) == (number, "a", CONV1)
        maps = session.frozen(content["frame"])["conv1"].maps[0]
        expected = np.moveaxis(np.asarray(maps), -1, 0).reshape(maps.shape[-1], -1)
        step = np.frombuffer(buffers[1], np.float32).reshape(2, -1)[1]
        assert np.all(np.abs(values_of(content, buffers) - expected) <= 0.501 * step[:, None])


def test_small_pictures_are_exact(begin: Begin) -> None:
    session, page = begin()
    last = len(session._shown.layers) - 1
    session.receive(image_request(1, layer=last))
    content = page.wait_for(1)
    assert content["encoding"] == "float32"
    expected = np.asarray(session.frozen(content["frame"])["softmax"].maps).ravel()
    np.testing.assert_allclose(values_of(*page.messages[0]).ravel(), expected, rtol=1e-5)


def test_where_nobody_asks_nothing_is_computed(begin: Begin) -> None:
    session, page = begin(np.stack([picture(k) for k in range(5)]))
    session.receive(request(1, frames=2))
    page.wait_for(2)
    session.receive(request(2, frames=1))
    page.wait_for(3)
    assert [content["frame"] for content, _ in page.messages] == [1, 2, 3]
    assert session.kept.newest == 3


def test_the_newest_frame_wins(begin: Begin) -> None:
    gate, entered = threading.Event(), threading.Event()

    def answers(_output: Any) -> list[Any]:
        entered.set()
        assert gate.wait(SECONDS)
        return []

    session, page = begin(classes=Classes(0, answers))
    session.receive(image_request(1))
    assert entered.wait(SECONDS)
    for number in (2, 3, 4):
        session.receive(image_request(number))
    gate.set()
    page.wait_for(2)
    assert [content["id"] for content, _ in page.messages] == [1, 4]
    assert page.messages[1][0]["dropped"] == 2


def test_two_pages_have_their_turns(begin: Begin) -> None:
    session, page = begin(np.stack([picture(k) for k in range(12)]))
    session.receive(request(1, frames=4))
    session.receive(request(2, frames=4, client="b", layer=CONV1 + 1))
    page.wait_for(8)
    clients = [content["client"] for content, _ in page.messages]
    assert sorted(clients) == ["a"] * 4 + ["b"] * 4
    assert {content["layer"] for content, _ in page.messages if content["client"] == "b"} == {3}


def test_another_layer_is_wanted_of_the_frames_that_were_granted(begin: Begin) -> None:
    frames = iter([picture(0), picture(1)])
    asked, more = threading.Event(), threading.Event()

    def slowly() -> Iterator[NDArray[np.uint8]]:
        yield next(frames)
        asked.set()
        assert more.wait(SECONDS)
        yield next(frames)

    session, page = begin(slowly())
    session.receive(request(1, frames=2))
    assert asked.wait(SECONDS)
    session.receive(request(2, layer=CONV1 + 1))
    more.set()
    assert page.wait_for(2)["layer"] == CONV1 + 1


def test_a_source_that_ends_says_so(begin: Begin) -> None:
    session, page = begin(np.stack([picture(0)]))
    session.receive(request(1, frames=8))
    page.wait(lambda: bool(page.ends))
    assert page.ends == ["that was all of it"]
    assert len(page.messages) == 1


def test_what_a_generator_raises_is_told(begin: Begin) -> None:
    def failing() -> Iterator[Any]:
        yield picture(0)
        raise RuntimeError("the sensor is too hot")

    session, page = begin(failing())
    session.receive(request(1, frames=8))
    page.wait(lambda: bool(page.ends))
    assert "the sensor is too hot" in page.ends[0]


def test_what_is_no_image_is_refused_and_the_next_frame_is_shown(begin: Begin) -> None:
    session, page = begin()
    session.receive(request(1, buffers=(b"<svg/>",)))
    page.wait(lambda: bool(page.ends))
    assert "JPEG or PNG" in page.ends[0]
    session.receive(image_request(2))
    assert page.wait_for(1)["id"] == 2


def test_the_table_comes_when_the_scale_has_changed_or_numbers_are_wanted(begin: Begin) -> None:
    session, page = begin(np.stack([picture(0)] * 6), is_held=lambda: True)
    session.receive(request(1, frames=1))
    first = page.wait_for(1)
    assert "table" in first
    session.receive(request(2, frames=2, version=first["version"], facts=True))
    page.wait_for(3)
    assert "table" in page.messages[1][0]
    # Numbers were asked for once.
    assert "table" not in page.messages[2][0]
    session.receive(request(3, frames=1, version=first["version"], rescale=True))
    again = page.wait_for(4)
    assert "table" in again
    assert again["frames"] == 1


def test_numbers_are_those_of_the_frame(begin: Begin) -> None:
    session, page = begin(np.stack([picture(0), picture(1)]))
    session.receive(request(1, frames=2, facts=True))
    session.receive(request(2, facts=True))
    page.wait_for(2)
    for content, _ in page.messages:
        if "facts" in content:
            statistics = session.frozen(content["frame"])["conv1"].statistics
            assert content["facts"]["mean"] == pytest.approx(statistics.layer_mean, rel=1e-4)


def test_a_channel_is_dead_if_it_was_silent_in_every_frame(begin: Begin) -> None:
    relu = 3
    grey, busy = np.full((48, 48, 3), 128, np.uint8), picture(3)
    session, page = begin(np.stack([grey, busy, grey]))
    for number in (1, 2, 3):
        session.receive(request(number, frames=1, layer=relu, facts=True))
        page.wait_for(number)
    dead = []
    for content, buffers in page.messages:
        table = np.frombuffer(buffers[content["table"]], np.float64).reshape(-1, content["groups"])
        dead.append(np.flatnonzero(table[5] == 2).tolist())
    assert [content["frames"] for content, _ in page.messages] == [1, 2, 3]
    # What was alive once stays so, though it is silent now.
    assert set(dead[2]) <= set(dead[1]) <= set(dead[0])
    assert dead[0], "the grey image was to silence some channels"
    assert len(dead[2]) < len(dead[0])


def test_windows_are_sent_at_the_level_that_is_asked_for(begin: Begin) -> None:
    session, page = begin()
    patches = ((5, 10, 12, 4, 6),)
    session.receive(image_request(1, block=1, patches=patches))
    content = page.wait_for(1)
    _, buffers = page.messages[0]
    low, step = np.frombuffer(buffers[1], np.float32).reshape(2, -1)[:, 5]
    codes = np.frombuffer(buffers[content["detail"]["buffer"]], np.uint8).reshape(4, 6)
    maps = session.frozen(content["frame"])["conv1"].maps
    expected = np.asarray(maps)[0, 10:14, 12:18, 5]
    assert np.all(np.abs(codes * step + low - expected) <= 0.501 * step)


def test_it_is_not_closed_while_a_frame_is_on_its_way(begin: Begin) -> None:
    session, page = begin()
    sending, gate = threading.Event(), threading.Event()
    send = page.send

    def slowly(content: dict[str, Any], buffers: Any) -> None:
        sending.set()
        assert gate.wait(SECONDS)
        send(content, buffers)

    page.send = slowly  # type: ignore[method-assign]
    session.receive(image_request(1))
    assert sending.wait(SECONDS)
    sent_when_closed: list[int] = []

    def close() -> None:
        session.close()
        sent_when_closed.append(len(page.messages))

    closing = threading.Thread(target=close)
    closing.start()
    gate.set()
    closing.join(SECONDS)
    # A message after the widget has closed would have nobody to go to.
    assert sent_when_closed == [1]
    session.wait(SECONDS)
    assert len(page.messages) == 1


def test_once_it_is_closed_nothing_is_sent(begin: Begin) -> None:
    session, page = begin()
    session.receive(image_request(1))
    page.wait_for(1)
    session.close()
    session.receive(image_request(2))
    assert len(page.messages) == 1
    with pytest.raises(LookupError, match="no longer kept"):
        session.frozen(99)
