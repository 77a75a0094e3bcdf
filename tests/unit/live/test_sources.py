"""Whatever frames can come from is opened and played; whatever they can't is refused in words."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]
import keras
import numpy as np
import pytest
import tensorflow as tf
import zarr
from PIL import Image
from played import Clock, all_frames, write_video

from actwidget.live.photographs import picture_reel
from actwidget.live.sources import FrameSource, SourceEnded, open_source
from actwidget.live.video import video_reel

FRAMES = np.arange(5 * 6 * 8 * 3, dtype=np.uint8).reshape(5, 6, 8, 3)


def check_plays(source: FrameSource, frames: Any = FRAMES) -> None:
    """Check that a source gives these frames as fast as it is asked, and ends."""
    assert source.fps is None
    played = all_frames(source)
    assert len(played) == len(frames)
    for frame, expected in zip(played, frames, strict=True):
        np.testing.assert_array_equal(frame, expected)


# Arrays


def test_an_array_plays_its_images() -> None:
    source = open_source(FRAMES)

    assert source.name == "frames"
    check_plays(source)
    source.rewind()
    check_plays(source)


def test_greys_need_no_channels() -> None:
    check_plays(open_source(FRAMES[..., 0]), FRAMES[..., 0])


@pytest.mark.parametrize("image", [FRAMES[0], FRAMES[0, ..., 0], FRAMES[0, ..., :1]])
def test_one_image_is_one_frame(image: np.ndarray) -> None:
    check_plays(open_source(image), [image])


def test_arrays_in_files_are_read_frame_by_frame(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "frames.h5", "w") as file:
        check_plays(open_source(file.create_dataset("frames", data=FRAMES)))
    check_plays(open_source(zarr.create_array({}, data=FRAMES)))


def test_tensors_are_arrays() -> None:
    check_plays(open_source(tf.constant(FRAMES)))


# Iterables


def test_what_is_iterated_gives_frames() -> None:
    check_plays(open_source(list(FRAMES)))
    check_plays(open_source(frame for frame in FRAMES))
    check_plays(open_source([Image.fromarray(frame) for frame in FRAMES]))
    check_plays(open_source(tf.constant(frame) for frame in FRAMES))
    check_plays(open_source([FRAMES[:2], FRAMES[2:]]))
    check_plays(open_source([(FRAMES[:2], [0, 1]), (FRAMES[2:], [2, 3, 4])]))
    check_plays(open_source({"label": 3, "image": frame} for frame in FRAMES))


@pytest.mark.parametrize("batch", [None, 2])
@pytest.mark.parametrize("labels", [False, True])
@pytest.mark.parametrize("grey", [False, True])
def test_data_sets_give_their_images(batch: int | None, labels: bool, grey: bool) -> None:
    frames = FRAMES[..., 0] if grey else FRAMES
    data = tf.data.Dataset.from_tensor_slices((frames, np.arange(5)) if labels else frames)

    source = open_source(data if batch is None else data.batch(batch))

    check_plays(source, frames)
    source.rewind()
    check_plays(source, frames)


def test_a_sequence_of_keras_gives_its_images() -> None:
    class Batches(keras.utils.PyDataset):
        def __len__(self) -> int:
            return 2

        def __getitem__(self, at: int) -> Any:
            return FRAMES[3 * at : 3 * at + 3], np.arange(3)

    check_plays(open_source(Batches()))


def test_frames_may_change_in_size_and_type() -> None:
    frames = [FRAMES[0], FRAMES[1, :3, :, 0], FRAMES[2] / 255]

    check_plays(open_source(iter(frames)), frames)


def test_frames_of_a_generator_can_have_a_pace() -> None:
    source = open_source((frame for frame in FRAMES), fps=15)

    assert source.fps == 15
    np.testing.assert_array_equal(source.next_frame(), FRAMES[0])


def test_an_iterable_can_be_looped_and_an_array() -> None:
    for frames in (FRAMES, list(FRAMES)):
        source = open_source(frames, loop=True)
        played = [source.next_frame() for _ in range(12)]
        np.testing.assert_array_equal(played[10:], FRAMES[:2])


# Readers


class Reader:
    """Gives frames, then None."""

    def __init__(self) -> None:
        self._frames = iter(FRAMES)

    def read(self) -> Any:
        return next(self._frames, None)


class VideoCapture(Reader):
    """What OpenCV's is to us: it gives BGR and whether there is a frame, and counts frames."""

    __module__ = "cv2"
    count, rate, is_open = 5.0, 0.0, True

    def read(self) -> Any:
        frame = super().read()
        return frame is not None, None if frame is None else frame[..., ::-1]

    def isOpened(self) -> bool:  # noqa: N802 (OpenCV's name)
        return self.is_open

    def get(self, number: int) -> float:
        return {7: self.count, 5: self.rate}[number]

    def set(self, number: int, value: float) -> bool:
        assert (number, value) == (1, 0)
        self._frames = iter(FRAMES)
        return True


def test_what_reads_gives_frames() -> None:
    check_plays(open_source(Reader()))


def test_a_capture_of_opencv_gives_rgb_and_begins_again() -> None:
    source = open_source(VideoCapture())

    check_plays(source)
    source.rewind()
    check_plays(source)


def test_a_capture_of_opencv_has_its_own_pace() -> None:
    class Camera(VideoCapture):
        count, rate = -1.0, 30.0

    assert open_source(Camera()).fps == 30
    with pytest.raises(ValueError, match="loop is True, but the source can be played only once"):
        open_source(Camera(), loop=True)


def test_a_capture_that_is_not_open_is_refused() -> None:
    class Missing(VideoCapture):
        is_open = False

    with pytest.raises(ValueError, match="source is a capture of OpenCV that is not open"):
        open_source(Missing())


# Images in files


@pytest.fixture
def photographs(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in (10, 9, 1):
        Image.new("L", (4, 3), number).save(folder / f"photo {number}.png")
    (folder / "notes.txt").write_text("no image", encoding="utf-8")
    return folder


def test_a_folder_plays_its_photographs_in_natural_order(photographs: Path) -> None:
    source = open_source(photographs, fps=1000)

    assert source.name == "3 photographs"
    assert source.next_frame()[0, 0] == 1
    assert open_source(str(photographs)).fps == 1
    assert open_source(photographs, fps=3).fps == 3


def test_photographs_stay_for_a_second(photographs: Path) -> None:
    from actwidget.live.sources import _open

    clock = Clock()
    player = clock.play(_open(photographs), fps=1)

    assert [frame[0, 0] for frame in all_frames(player)] == [1, 9, 10]
    assert clock.waited == [1, 1]


def test_a_pattern_chooses_photographs(photographs: Path) -> None:
    assert open_source(f"{photographs}/*.png").name == "3 photographs"
    assert open_source(f"{photographs}/photo 1*").name == "2 photographs"
    assert open_source(f"{photographs.parent}/**/*9.png").name == "1 photograph"
    names = [photographs / "photo 9.png", str(photographs / "photo 1.png")]
    chosen = open_source(names)
    assert chosen.name == "2 photographs"
    assert chosen.next_frame()[0, 0] == 9


def test_a_file_whose_name_is_a_pattern_is_that_file(tmp_path: Path) -> None:
    Image.new("L", (4, 3), 7).save(tmp_path / "a[1].png")

    check_plays(open_source(tmp_path / "a[1].png"), [np.full((3, 4), 7)])


def test_names_of_photographs_can_be_iterated(photographs: Path) -> None:
    source = open_source(path for path in [photographs / "photo 10.png"])

    assert source.next_frame()[0, 0] == 10


def test_an_image_file_is_one_frame(photographs: Path) -> None:
    source = open_source(photographs / "photo 9.png")

    assert source.name == "photo 9.png"
    check_plays(source, [np.full((3, 4), 9)])


def test_a_photograph_is_upright(tmp_path: Path) -> None:
    image = Image.fromarray(FRAMES[0])
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    image.save(tmp_path / "turned.png", exif=exif)

    check_plays(open_source(tmp_path / "turned.png"), [np.rot90(FRAMES[0], -1)])


def test_a_file_of_16_bits_is_shown_in_8(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 65535, 32768]], np.uint16)).save(tmp_path / "deep.png")

    check_plays(open_source(tmp_path / "deep.png"), [[[0, 255, 128]]])


@pytest.mark.parametrize(("name", "options"), [("a.gif", {}), ("a.webp", {"lossless": True})])
def test_an_animation_plays_at_its_own_pace(
    tmp_path: Path, name: str, options: dict[str, Any]
) -> None:
    frames = [Image.new("RGB", (4, 3), (level, 0, 0)) for level in (0, 100, 200)]
    frames[0].save(
        tmp_path / name,
        save_all=True,
        append_images=frames[1:],
        duration=[200, 400, 200],
        loop=0,
        **options,
    )
    reel = picture_reel(tmp_path / name)
    assert reel
    clock = Clock()
    player = clock.play(reel, loop=True)

    shown = [player.next_frame()[0, 0, 0] for _ in range(4)]

    assert shown == [0, 100, 200, 0]
    np.testing.assert_allclose(clock.waited, [0.2, 0.4, 0.2])
    assert player.name == name
    assert player.fps == 5
    with Image.open(tmp_path / name) as image:
        np.testing.assert_array_equal(open_source(image).next_frame()[0, 0], [0, 0, 0])


# Videos


def test_a_video_plays_at_its_own_pace_in_colours(tmp_path: Path) -> None:
    clock = Clock()
    player = clock.play(video_reel(write_video(tmp_path / "clip.mp4")))

    frames = all_frames(player)

    assert (player.name, player.fps) == ("clip.mp4", 10)
    assert len(frames) == 10
    np.testing.assert_allclose(clock.waited, [0.1] * 9, atol=1e-9)
    for number, frame in enumerate(frames):
        assert frame.shape == (48, 64, 3)
        np.testing.assert_allclose(frame[:, 40:].mean((0, 1)), [20 + 10 * number] * 3, atol=6)
    left = frames[-1][:, :24].mean((0, 1))
    assert left[0] > 90
    assert (left[1:] < 20).all()


def test_late_frames_of_a_video_are_skipped(tmp_path: Path) -> None:
    clock = Clock()
    player = clock.play(video_reel(write_video(tmp_path / "clip.mp4")))
    player.next_frame()
    clock.now += 0.55

    np.testing.assert_allclose(player.next_frame()[:, 40:].mean(), 70, atol=6)
    assert player.skipped == 4


def test_a_video_is_looped_and_rewound(tmp_path: Path) -> None:
    clock = Clock()
    player = clock.play(video_reel(write_video(tmp_path / "clip.mp4", 3)), loop=True)

    levels = [float(player.next_frame()[:, 40:].mean()) for _ in range(4)]
    player.rewind()
    levels.append(float(player.next_frame()[:, 40:].mean()))

    np.testing.assert_allclose(levels, [20, 30, 40, 20, 20], atol=6)


def test_a_video_is_opened_by_its_name(tmp_path: Path) -> None:
    source = open_source(str(write_video(tmp_path / "clip.mp4")), fps=1000, loop=True)

    assert source.next_frame().shape == (48, 64, 3)
    source.close()
    with pytest.raises(SourceEnded):
        source.next_frame()


def test_a_video_that_was_filmed_upright_is_upright(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4")
    data = path.read_bytes()
    one, zero = (1 << 16).to_bytes(4, "big"), bytes(4)
    lying = one + zero * 3 + one
    # The track's own matrix is the second; the first is the file's.
    at = data.index(lying, data.index(b"tkhd"))
    clockwise = zero + one + zero + (0xFFFF0000).to_bytes(4, "big") + zero
    path.write_bytes(data[:at] + clockwise + data[at + len(lying) :])

    frame = open_source(path).next_frame()

    assert frame.shape == (64, 48, 3)
    # What was left is up.
    assert frame[:24, :, 1].mean() < 5 < frame[40:, :, 1].mean()


def test_without_pyav_the_message_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_video(tmp_path / "clip.mp4")
    monkeypatch.setitem(sys.modules, "av", None)

    with pytest.raises(ImportError, match=r'clip.mp4.*PyAV.*: pip install "actwidget\[video\]"$'):
        open_source(path)


def test_a_clip_that_is_no_video_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_text("not a video", encoding="utf-8")

    with pytest.raises(ValueError, match=r"clip.mp4'?, which is neither a picture nor a video"):
        open_source(path)


def test_sound_alone_is_refused(tmp_path: Path) -> None:
    import wave

    with wave.open(str(tmp_path / "sound.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(16000))

    with pytest.raises(ValueError, match=r"sound.wav', in which there is no picture"):
        open_source(tmp_path / "sound.wav")


def test_a_clip_without_its_end_is_refused(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4", 40)
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"moov")])

    with pytest.raises(ValueError, match="perhaps it is damaged, or was not copied whole"):
        open_source(path)


def test_a_clip_that_breaks_off_plays_until_there(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4", 100, movflags="faststart")
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 2])
    player = Clock().play(video_reel(path))
    count = 0

    def play() -> None:
        nonlocal count
        while True:
            player.next_frame()
            count += 1

    with pytest.raises(ValueError, match=r"the clip breaks off before frame \d+ of clip.mp4"):
        play()
    assert 20 < count < 80


# What is refused


def test_a_truncated_animation_plays_until_there(tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    first, *others = (
        Image.fromarray(generator.integers(256, size=(32, 32), dtype=np.uint8)) for _ in range(5)
    )
    first.save(tmp_path / "a.gif", save_all=True, append_images=others)
    data = (tmp_path / "a.gif").read_bytes()
    (tmp_path / "a.gif").write_bytes(data[: len(data) // 2])
    source = open_source(tmp_path / "a.gif", fps=1000)

    with pytest.raises(ValueError, match=r"frame \d of a.gif cannot be read .*truncated"):
        all_frames(source)


def test_a_damaged_photograph_is_named_and_the_next_follows(photographs: Path) -> None:
    (photographs / "photo 1.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    source = open_source(photographs, fps=1000)

    with pytest.raises(ValueError, match=r"photo 1.png cannot be read as an image"):
        source.next_frame()
    assert source.next_frame()[0, 0] >= 9


def failing() -> Iterator[np.ndarray]:
    yield FRAMES[0]
    raise RuntimeError("the telescope is closed")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="notes came with Python 3.11")
def test_what_a_generator_raises_is_raised_and_names_the_frame() -> None:
    source = open_source(failing())
    source.next_frame()

    with pytest.raises(RuntimeError, match="the telescope is closed") as caught:
        source.next_frame()
    assert caught.value.__notes__ == ["raised by the source in place of frame 1 of frames"]


@pytest.mark.parametrize("frames", [iter([]), (frame for frame in FRAMES[:0])])
def test_a_generator_that_ends_at_once_is_an_error(frames: Any) -> None:
    source = open_source(frames)

    with pytest.raises(ValueError, match="ended before its first frame; what was played once"):
        source.next_frame()


def test_a_generator_cannot_be_looped() -> None:
    with pytest.raises(ValueError, match=r"only once, as a generator; files, arrays, lists"):
        open_source((frame for frame in FRAMES), loop=True)


def test_a_frame_that_is_no_image_is_named() -> None:
    source = open_source(iter([FRAMES[0], np.zeros(5)]))
    source.next_frame()

    with pytest.raises(ValueError, match=r"frame 1 of frames has shape \(5,\); give arrays"):
        source.next_frame()


@pytest.mark.parametrize("fps", [0, -1, float("nan"), float("inf")])
def test_a_pace_is_positive(fps: float) -> None:
    with pytest.raises(ValueError, match=r"fps is .*; it takes a positive number"):
        open_source(FRAMES, fps=fps)


@pytest.mark.parametrize("fps", ["15", True, [15]])
def test_a_pace_is_a_number(fps: Any) -> None:
    with pytest.raises(TypeError, match=r"fps is .*; it takes a number of frames a second"):
        open_source(FRAMES, fps=fps)


@pytest.mark.parametrize(
    ("source", "kind", "words"),
    [
        ("missing.mp4", FileNotFoundError, "source is 'missing.mp4', and there is no such file in"),
        ("/missing.mp4", FileNotFoundError, "source is '/missing.mp4', and there is no such file$"),
        ("a" * 10_000, FileNotFoundError, "there is no such file"),
        ("a\0b", FileNotFoundError, "there is no such file"),
        ("nothing/*.jpg", FileNotFoundError, "no image has such a name$"),
        ("*.txt", FileNotFoundError, "no image has such a name, but 1 other"),
        (".", FileNotFoundError, "source is '.', a folder without images"),
        (["missing.jpg"], FileNotFoundError, "source is 'missing.jpg'"),
        ("https://example.org/clip.mp4", ValueError, "download it"),
        ("notes.txt", ValueError, "which is neither a picture nor a video"),
        (b"\0" * 1000, TypeError, "source is 1,000 bytes; write them to a file"),
        (io.BytesIO(b"\0"), TypeError, "source is an open file, 'BytesIO'; give the name"),
        ({"a": FRAMES}, TypeError, "source is a dict of 'a'; give one of its arrays"),
        ([], ValueError, "source is an empty list"),
        (np.zeros(5), ValueError, r"array of shape \(5,\); it takes \(images, height, width\)"),
        (np.zeros((0, 5, 5, 3)), ValueError, r"array of shape \(0, 5, 5, 3\)"),
        (None, TypeError, "source is of type NoneType; give the name of a video or an image"),
        (3, TypeError, "source is of type int; give the name"),
        (Reader, TypeError, "source is the class Reader; give an object of it"),
        (lambda: FRAMES[0], TypeError, "source is the function <lambda>; give the frames"),
        (failing, TypeError, r"source is the function failing; .*: source\(\)$"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else value[:20],
)
def test_what_gives_no_frames_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    source: Any,
    kind: type[Exception],
    words: str,
) -> None:
    (tmp_path / "notes.txt").write_text("no image", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(kind, match=words) as caught:
        open_source(source)

    assert len(str(caught.value)) <= 600


def test_a_model_is_not_what_it_sees() -> None:
    model = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Flatten()], name="net")

    with pytest.raises(TypeError, match="source is a model, 'net'; give what it is to see"):
        open_source(model)
