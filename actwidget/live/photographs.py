"""Frames of image files: single ones, folders of them, and animations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from PIL import Image

from actwidget.images.files import SUFFIXES, open_picture, read_picture
from actwidget.images.read_image import pixels_of
from actwidget.live.reel import Frame, Reel, frame_name
from actwidget.utils.messages import shortened

USUAL_DURATION = 0.1
"""In seconds: browsers show a frame so long that has none."""


def picture_reel(path: Path) -> Reel | None:
    """Return the frame or the frames of one image file, None if it is another kind of file."""
    image = open_picture(path)
    if image is None:
        return None
    with image:
        if not getattr(image, "is_animated", False) or image.format in ("MPO", "TIFF", "ICO"):
            return Reel(path.name, partial(_play_files, [path]))
        fps = _rate(image)
    return Reel(path.name, partial(_play_animation_file, path), fps)


def image_reel(image: Image.Image) -> Reel:
    """Return the frame or the frames of a PIL image."""
    if getattr(image, "is_animated", False):
        play = partial(_play_animation, image)
        return Reel("frames", play, _rate(image))
    return Reel("image", lambda: iter([Frame(lambda: pixels_of(image))]))


def files_reel(paths: Sequence[Path]) -> Reel:
    """Return photographs, in the order of their paths; they have no pace of their own."""
    name = f"{len(paths):,} photograph{'' if len(paths) == 1 else 's'}"
    return Reel(name, partial(_play_files, paths))


def in_natural_order(paths: Sequence[Path]) -> list[Path]:
    """Return image files by name, numbers in names by their value: 2 before 10."""
    chosen = [path for path in paths if path.suffix.lower() in SUFFIXES and path.is_file()]
    return sorted(chosen, key=_natural)


def _natural(path: Path) -> list[tuple[int, int, str]]:
    parts = re.split(r"(\d+)", str(path).casefold())
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts]


def _play_files(paths: Sequence[Path]) -> Iterator[Frame]:
    for path in paths:
        yield Frame(partial(read_picture, path))


def _play_animation_file(path: Path) -> Iterator[Frame]:
    with Image.open(path) as image:
        yield from _play_animation(image)


def _play_animation(image: Image.Image) -> Iterator[Frame]:
    number, time = 0, 0.0
    while True:
        try:
            image.seek(number)
            # WebP tells a frame's duration only when it is decoded.
            image.load()
            still, duration = image.copy(), _duration(image)
        except EOFError:
            return
        except Exception as error:
            # Decoders raise what they like of a file that is damaged.
            name = Path(getattr(image, "filename", "") or "the animation").name
            raise ValueError(
                f"{frame_name(number, name)} cannot be read ({shortened(error)}); perhaps the "
                "file is damaged, or was not copied whole"
            ) from error
        yield Frame(partial(pixels_of, still), time, duration)
        number, time = number + 1, time + duration


def _rate(image: Image.Image) -> float:
    """Return the frames a second of an animation, of which the first stands for all."""
    # WebP tells it when the frame is decoded; if that fails, playing it says so.
    with suppress(Exception):
        image.load()
    return 1 / _duration(image)


def _duration(image: Image.Image) -> float:
    """Return for how long a frame is shown, in seconds."""
    milliseconds = image.info.get("duration") or 0
    return milliseconds / 1000 if milliseconds > 10 else USUAL_DURATION
