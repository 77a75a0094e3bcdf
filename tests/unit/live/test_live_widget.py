"""A live widget: its methods, its traits, and what never gets into a file."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray
from traitlets import TraitError

from actwidget import ActivationWidget, Recording, record
from actwidget.examples import shapes_cnn

SECONDS = 60

FRAMES = np.random.default_rng(0).integers(0, 256, (40, 48, 48, 1)).astype(np.uint8)


class Live(ActivationWidget):
    """A widget whose messages to the page are kept."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.sent: list[dict[str, Any]] = []
        self.arrived = threading.Condition()
        super().__init__(*arguments, **options)

    def send(self, content: Any, buffers: Any = None) -> None:
        with self.arrived:
            self.sent.append(content)
            self.arrived.notify_all()

    def ask(self, frames: int = 1, **fields: Any) -> None:
        """Ask for frames as a page does."""
        request = {"kind": "live", "id": 1, "client": "page", "frames": frames}
        fields = {"layer": self.choices.paths.index(self.layer)} | fields
        self._handle_custom_msg(request | fields, [])

    def frames(self) -> list[dict[str, Any]]:
        return [content for content in self.sent if content.get("kind") == "live"]

    def wait(self, holds: Callable[[], bool]) -> None:
        with self.arrived:
            assert self.arrived.wait_for(holds, SECONDS), self.sent


@pytest.fixture(scope="module")
def model() -> keras.Model:
    return shapes_cnn.model()


def to_shares(images: NDArray[np.float32]) -> NDArray[np.float32]:
    return images / np.float32(255)


@pytest.fixture
def make(model: keras.Model) -> Iterator[Callable[..., Live]]:
    made: list[Live] = []

    def widget(*arguments: Any, **options: Any) -> Live:
        made.append(Live(model, *arguments, preprocess=to_shares, **options))
        return made[-1]

    yield widget
    for each in made:
        each.close()


Make = Callable[..., Live]


def test_the_camera_needs_no_image_and_waits_for_a_click(make: Make) -> None:
    w = make(live="camera")
    assert (w.live_state, w.live_source["kind"]) == ("off", "camera")
    assert w.recording.images.shape == (1, 48, 48, 1)
    assert np.all(w.recording.images == 128)
    assert w._live_session is None


def test_a_frame_that_comes_before_the_state_is_to_be_asked_for_again(make: Make) -> None:
    w = make(live="camera")
    w.ask(0)
    assert [each["kind"] for each in w.sent if "kind" in each][-1] == "live-not-yet"
    w.set_state({"live_state": "live"})
    assert w._live_session is not None
    w.set_state({"live_state": "off"})
    assert w._live_session is None


def test_frames_play_at_once_when_a_page_asks(make: Make) -> None:
    w = make(live=FRAMES)
    assert (w.live_state, w.live_source) == ("live", {"kind": "kernel", "name": "frames"})
    w.ask(3)
    w.wait(lambda: len(w.frames()) == 3)
    assert [each["frame"] for each in w.frames()] == [1, 2, 3]


def test_a_pause_freezes_the_newest_frame_with_all_its_layers(make: Make) -> None:
    w = make(live=FRAMES, layer="conv1")
    w.ask(2)
    w.wait(lambda: len(w.frames()) == 2)
    w.pause()
    assert (w.live_state, w.live_frame) == ("paused", 2)
    expected = record(shapes_cnn.model(), FRAMES[1], preprocess=to_shares)
    np.testing.assert_allclose(
        np.asarray(w.layer_maps.maps), expected["conv1"].maps, rtol=1e-5, atol=1e-6
    )
    frozen = w.freeze()
    assert isinstance(frozen, Recording)
    np.testing.assert_array_equal(frozen.images[0], FRAMES[1])
    w.layer = "conv3"
    np.testing.assert_array_equal(w.layer_maps.maps, frozen["conv3"].maps)
    w.resume()
    assert w.live_state == "live"
    w.ask()
    w.wait(lambda: len(w.frames()) == 3)


@pytest.mark.parametrize("normalization", ["raw", "channel min-max"])
def test_on_a_pause_the_limits_stay(make: Make, normalization: str) -> None:
    # Frames that become darker: on their own each would have other limits.
    frames = (FRAMES[:6] / np.array([1, 2, 4, 8, 16, 32]).reshape(-1, 1, 1, 1)).astype("u1")
    w = make(live=frames, layer="conv1", normalization=normalization)
    w.ask(6)
    w.wait(lambda: len(w.frames()) == 6)
    number = w.normalizations.index(normalization)
    facts = next(each["facts"] for each in reversed(w.frames()) if "facts" in each)
    live = facts["normalizations"][number]["limits"]
    w.pause()
    assert tuple(w.affine.limits) == tuple(live)
    overview = w.shown_variant.overview(w.layer_index, 0, 0, with_input=True)
    assert tuple(overview["normalizations"][number]["limits"]) == tuple(live)


def test_the_frame_that_the_page_shows_is_the_one_that_stands_still(make: Make) -> None:
    w = make(live=FRAMES)
    w.ask(3)
    w.wait(lambda: len(w.frames()) == 3)
    w.set_state({"live_state": "paused", "live_frame": 2})
    assert (w.live_state, w.live_frame) == ("paused", 2)
    np.testing.assert_array_equal(w.freeze().images[0], FRAMES[1])


def test_a_clip_is_one_recording_of_the_last_frames(make: Make) -> None:
    w = make(live=FRAMES)
    w.ask(5)
    w.wait(lambda: len(w.frames()) == 5)
    clip = w.clip(seconds=10)
    np.testing.assert_array_equal(clip.images, FRAMES[:5])
    assert clip["conv1"].maps.shape[0] == 5


def test_stop_shows_the_recording_again(make: Make) -> None:
    w = make(live=FRAMES)
    w.ask()
    w.wait(lambda: len(w.frames()) == 1)
    w.pause()
    w.stop()
    assert (w.live_state, w.live_frame, w.frames_per_second) == ("off", None, 0)
    assert w.layer_maps is w.recording[w.layer]
    with pytest.raises(RuntimeError, match="nothing is live"):
        w.freeze()


def test_after_its_end_frames_can_be_played_again(make: Make) -> None:
    w = make(live=FRAMES[:2])
    w.ask(8)
    w.wait(lambda: any(each.get("kind") == "live-end" for each in w.sent))
    assert w.live_state == "paused"
    w.resume()
    w.ask(1)
    w.wait(lambda: len(w.frames()) == 3)


def test_no_frame_gets_into_the_state_or_the_picture_for_where_no_script_runs(make: Make) -> None:
    w = make(live=FRAMES, layer="conv1")
    before, picture = w.get_state("picture")["picture"], w._repr_mimebundle_()
    w.ask(2)
    w.wait(lambda: len(w.frames()) == 2)
    for pause in (False, True):
        if pause:
            w.pause()
        state = w.get_state()
        assert state["picture"] == before
        assert not any(isinstance(value, (bytes, memoryview)) for value in state.values())
        assert _png(w._repr_mimebundle_()) == _png(picture)


def _png(bundle: Any) -> bytes:
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    return base64.b64decode(data["image/png"])


def test_a_page_that_is_written_holds_no_frame(make: Make, tmp_path: Path) -> None:
    w = make(live=FRAMES, layer="conv1")
    before, after = tmp_path / "before.html", tmp_path / "after.html"
    w.to_html(before, include_plotlyjs="cdn")
    w.ask(2)
    w.wait(lambda: len(w.frames()) == 2)
    w.pause()
    w.to_html(after, include_plotlyjs="cdn")
    text = after.read_text("utf-8")
    for name in ("live_state", "live_frame", "live_source"):
        assert f'"{name}":' not in text
    assert len(text) == pytest.approx(len(before.read_text("utf-8")), rel=0.01)


def test_what_explains_a_frame_is_asked_of_its_recording(make: Make) -> None:
    w = make(FRAMES[0], class_names=shapes_cnn.CLASS_NAMES, target="top")
    w.live(FRAMES)
    assert w.target is None
    with pytest.raises(TraitError, match=r"ActivationWidget\(widget\.freeze\(\)\)"):
        w.target = "top"
    w.stop()
    w.target = "top"


def test_the_prediction_comes_with_class_names(make: Make) -> None:
    w = make(live=FRAMES, class_names=shapes_cnn.CLASS_NAMES)
    w.ask(2)
    w.wait(lambda: len(w.frames()) == 2)
    expected = record(shapes_cnn.model(), FRAMES[1], preprocess=to_shares)["softmax"].maps.ravel()
    answers = w.frames()[1]["answers"]
    best = int(np.argmax(expected))
    assert answers[0][0] == shapes_cnn.CLASS_NAMES[best]
    assert answers[0][1] == pytest.approx(expected[best], rel=1e-5)


def test_a_closed_widget_ends_its_session(make: Make) -> None:
    w = make(live=FRAMES)
    session = w._live_session
    assert session is not None
    w.close()
    session.wait(SECONDS)
    assert session._ended.is_set()


def test_an_exception_within_a_layer_is_told_and_the_widget_is_as_before(make: Make) -> None:
    class Moody(keras.layers.Layer):
        calm = True

        def call(self, x: Any) -> Any:
            if not Moody.calm:
                raise RuntimeError("not today")
            return x

    inputs = keras.Input((8, 8, 1))
    x = Moody(name="moody")(keras.layers.Conv2D(2, 3, name="conv")(inputs))
    model = keras.Model(inputs, keras.layers.ReLU(name="relu")(x))
    frames = np.zeros((5, 8, 8, 1), "u1")
    w = Live(model, live=frames, layer="relu", preprocess=to_shares)
    Moody.calm = False
    w.ask(2)
    w.wait(lambda: any(each.get("kind") == "live-end" for each in w.sent))
    assert any("not today" in each.get("message", "") for each in w.sent)
    assert w.live_state == "paused"
    assert w.recording["conv"].maps.shape == (1, 6, 6, 2)
    w.close()


def test_a_model_of_several_inputs_keeps_the_others() -> None:
    picture, numbers = keras.Input((8, 8, 3), name="picture"), keras.Input((4,), name="numbers")
    flat = keras.layers.Flatten()(keras.layers.Conv2D(2, 3, name="conv")(picture))
    joined = keras.layers.Concatenate(name="joined")([flat, numbers])
    model = keras.Model([picture, numbers], keras.layers.Dense(3, name="dense")(joined))
    given = [np.zeros((1, 8, 8, 3), "f4"), np.arange(4, dtype="f4")[None]]
    w = Live(model, given, live=np.ones((3, 8, 8, 3), "f4"))
    w.ask()
    w.wait(lambda: len(w.frames()) == 1)
    frozen = w.freeze()
    np.testing.assert_array_equal(frozen["input:numbers"].maps.ravel(), np.arange(4))
    np.testing.assert_array_equal(frozen["input:picture"].maps, np.ones((1, 8, 8, 3)))
    w.close()


def bad(message: str, *arguments: Any, **options: Any) -> Any:
    return pytest.param(arguments, options, message, id=message)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        bad("no-such-clip.mp4", "no-such-clip.mp4"),
        bad("fps and loop", "camera", fps=3),
        bad("fps", FRAMES, fps=0),
        bad("fps", FRAMES, fps="fast"),
        bad("source is of type int", 3),
    ],
)
def test_bad_sources_are_named_and_what_was_live_goes_on(
    make: Make, arguments: Any, options: Any, message: str
) -> None:
    w = make(live=FRAMES)
    w.ask()
    w.wait(lambda: len(w.frames()) == 1)
    with pytest.raises((TypeError, ValueError, OSError), match=message):
        w.live(*arguments, **options)
    assert w.live_state == "live"
    w.ask()
    w.wait(lambda: len(w.frames()) == 2)


@pytest.mark.parametrize("seconds", [0, -1, 11, "3", None, True])
def test_a_clip_is_of_some_seconds(make: Make, seconds: Any) -> None:
    w = make(live=FRAMES)
    with pytest.raises((TypeError, ValueError), match="seconds"):
        w.clip(seconds=seconds)


def test_before_the_first_frame_there_is_nothing_to_freeze(make: Make) -> None:
    w = make(live=FRAMES)
    for ask in (w.freeze, w.clip):
        with pytest.raises(RuntimeError, match="no frame has been computed yet"):
            ask()


def test_a_recording_without_its_model_says_how_to_give_it(
    make: Make, tmp_path: Path, model: keras.Model
) -> None:
    make(FRAMES[0]).recording.save(tmp_path / "kept.zarr")
    loaded = Recording.load(tmp_path / "kept.zarr")
    with pytest.raises(RuntimeError, match=r"recording\.attach\(model\)"):
        ActivationWidget(loaded, live="camera")
    loaded.attach(model)
    assert ActivationWidget(loaded, live="camera").live_source["kind"] == "camera"


def test_a_model_that_takes_no_image_is_refused() -> None:
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Dense(2, name="dense")(inputs), name="numbers")
    with pytest.raises(ValueError, match="numbers takes"):
        ActivationWidget(model, live="camera")
    with pytest.raises(ValueError, match="no image"):
        ActivationWidget(model, np.zeros((1, 4)), live="camera")


def test_the_limits_that_a_page_reads_off_a_frame_are_no_choice_of_anybody(make: Make) -> None:
    w = make(live=FRAMES, layer="relu2")
    own = w.limits
    w.set_state({"limits": [0, 12.5], "hold_scale": False})
    # Any others would be sent back to the page, which would hold them.
    assert (w.limits, w.hold_scale) == ((0, 12.5), False)
    assert own != w.limits
    w.set_state({"limits": [0, 3], "hold_scale": True})
    assert (w.limits, w.hold_scale) == ((0, 3), True)


def test_two_live_widgets_each_get_their_frames(make: Make) -> None:
    one, other = make(live=FRAMES), make(live=FRAMES[::-1])
    for w in (one, other):
        w.ask(3)
    for w in (one, other):
        w.wait(lambda w=w: len(w.frames()) == 3)  # type: ignore[misc]
    np.testing.assert_array_equal(one.freeze().images[0], FRAMES[2])
    np.testing.assert_array_equal(other.freeze().images[0], FRAMES[-3])


def test_limits_are_those_of_what_is_shown_and_are_held_by_nobody(make: Make) -> None:
    w = make(live=FRAMES, layer="conv1")
    recorded = w.limits
    w.ask()
    w.wait(lambda: len(w.frames()) == 1)
    # What a page has read off a frame of this layer.
    w.set_state({"limits": [-9.0, 9.0]})
    assert w.limits == (-9, 9)
    w.layer = "conv2"
    w.pause()
    echoed: list[dict[str, Any]] = []
    w._send = lambda message, buffers=None: echoed.append(message)
    # On its way while the layer changed, and the frame was to stand still.
    w.set_state({"limits": [-7.0, 7.0]})
    del w._send
    assert not w.hold_scale
    assert [each["state"]["limits"] for each in echoed if "limits" in each["state"]] == [[-7, 7]]
    assert w.own_limits != recorded_limits(w, "conv2")
    w.limits = None
    w.layer = "conv1"
    w.stop()
    assert (w.limits, w.hold_scale) == (recorded, False)


def test_held_limits_stay_while_frames_come_and_go(make: Make) -> None:
    w = make(live=FRAMES, layer="conv1")
    w.limits = (-1.5, 2)
    for change in (w.pause, w.resume, w.stop):
        change()
        assert (w.limits, w.hold_scale) == ((-1.5, 2), True)


def recorded_limits(w: Live, layer: str) -> tuple[float, float]:
    """The limits that a layer has without any frame."""
    shown = ActivationWidget(w.recording, layer=layer)
    limits: tuple[float, float] = shown.limits
    shown.close()
    return limits
