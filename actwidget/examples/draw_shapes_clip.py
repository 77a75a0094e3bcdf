"""Drawing the clip of shapes on paper, and writing the file it is shipped as.

Run as ``python -m actwidget.examples.draw_shapes_clip``; it takes some seconds.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from actwidget.examples import shapes_clip
from actwidget.examples.shapes import outline, rotation

SECTIONS = ("square", "circle", "triangle", "cross", "star")
"""What is drawn on the sheets, in their order."""

SECTION_FRAMES = 30
FRAMES_A_SECOND = 15
WIDTH, HEIGHT = 160, 120

# Pillow draws without antialiasing: draw larger, then average blocks of this side.
_SUPERSAMPLING = 4
# A sheet comes in and goes out in so many frames.
_CHANGE = 4
_PAPER, _INK, _SKIN = (222, 219, 210), (38, 44, 92), (196, 148, 122)
# Half the height and width of a sheet, and the radius of what is drawn on it, in pixels.
_SHEET = (78, 88)
_RADIUS = 33
_LINE_WIDTH = 6.5
_NOISE = 3.0


def main() -> None:
    """Draw the clip, and write it."""
    write_clip(shapes_clip())


def write_clip(path: Path) -> None:
    """Write the clip as an animated WebP."""
    first, *others = (Image.fromarray(frame) for frame in draw_clip())
    count = 1 + len(others)
    # Whole milliseconds that add up to the frame rate.
    ends = [round(1000 * at / FRAMES_A_SECOND) for at in range(count + 1)]
    durations = [end - start for start, end in itertools.pairwise(ends)]
    first.save(
        path,
        "WEBP",
        save_all=True,
        append_images=others,
        duration=durations,
        loop=0,
        quality=80,
        method=6,
    )


def draw_clip() -> Iterator[npt.NDArray[np.uint8]]:
    """Draw the frames of the clip, ``(120, 160, 3)`` each, 30 of each of `SECTIONS`."""
    generator = np.random.default_rng(4)
    for section, name in enumerate(SECTIONS):
        corners = _by_hand(outline(name), generator)
        turn = generator.uniform(0, 2 * math.pi)
        for number in range(SECTION_FRAMES):
            sheet = _Sheet(section * SECTION_FRAMES + number, number, turn)
            yield _photographed(_scene(sheet, corners), generator)


class _Sheet:
    """Where a sheet of paper is held in one frame."""

    def __init__(self, frame: int, number: int, turn: float) -> None:
        seconds = frame / FRAMES_A_SECOND
        left = SECTION_FRAMES - 1 - number
        # It comes from below, and is put away downwards.
        away = max(0, _CHANGE - number, _CHANGE - left) / _CHANGE
        self.centre = np.array(
            [
                WIDTH / 2 + 5 * math.sin(2.1 * seconds) + 2 * math.sin(5.3 * seconds),
                HEIGHT / 2 + 4 * math.sin(1.7 * seconds + 1) + 1.5 * HEIGHT * away**2,
            ]
        )
        self.size = 1 + 0.1 * math.sin(1.3 * seconds)
        self.angle = 0.12 * math.sin(1.9 * seconds) + 0.05 * math.sin(4.7 * seconds)
        self.drawn_angle = turn + 0.35 * math.sin(2.6 * seconds)

    def place(self, points: npt.NDArray[np.float64]) -> list[tuple[float, float]]:
        """Return where points of the sheet, from its centre, lie in the enlarged frame."""
        placed = points @ rotation(self.angle) * self.size + self.centre
        return [(float(x), float(y)) for x, y in placed * _SUPERSAMPLING]


def _scene(sheet: _Sheet, corners: npt.NDArray[np.float64]) -> Image.Image:
    """Draw a room, the sheet before it, and the hands that hold the sheet, enlarged."""
    size = (WIDTH * _SUPERSAMPLING, HEIGHT * _SUPERSAMPLING)
    image = Image.new("RGB", size, (74, 82, 86))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, size[1] * 0.7, *size), fill=(92, 78, 66))
    half_height, half_width = _SHEET
    edge = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (half_width, half_height)
    pen.polygon(sheet.place(edge), fill=_PAPER)
    points = sheet.place(corners @ rotation(sheet.drawn_angle) * _RADIUS)
    width = round(_LINE_WIDTH * sheet.size * _SUPERSAMPLING)
    pen.line([*points, *points[:2]], fill=_INK, width=width, joint="curve")
    for side in (-1, 1):
        thumb = np.array([(side * (half_width - 12), 26.0)])
        ((x, y),) = sheet.place(thumb)
        across, down = 13 * _SUPERSAMPLING, 8 * _SUPERSAMPLING
        pen.ellipse((x - across, y - down, x + across, y + down), fill=_SKIN)
    return image


def _by_hand(
    corners: npt.NDArray[np.float64], generator: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Return an outline as a hand draws it: in short steps that are not quite straight."""
    steps = np.linspace(0, 1, max(1, 120 // len(corners)), endpoint=False)[:, None]
    following = np.roll(corners, -1, axis=0)
    line = np.concatenate(
        [start + (end - start) * steps for start, end in zip(corners, following, strict=True)]
    )
    angles = np.linspace(0, 2 * math.pi, len(line), endpoint=False)
    waves = sum(
        np.sin(frequency * angles[:, None] + generator.uniform(0, 2 * math.pi, 2)) / frequency
        for frequency in (2, 3, 5, 9)
    )
    return np.asarray(line + 0.03 * waves)


def _photographed(scene: Image.Image, generator: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Return a scene as a small camera takes it: soft, darker in the corners, with some noise."""
    small = scene.reduce(_SUPERSAMPLING).filter(ImageFilter.GaussianBlur(0.6))
    pixels = np.asarray(small, dtype=np.float64)
    down, across = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    light = 1 - 0.07 * (down**2 + across**2) + 0.04 * across
    noise = _NOISE * generator.standard_normal(pixels.shape[:2])
    pixels = pixels * light[..., None] + noise[..., None]
    levels: npt.NDArray[np.uint8] = np.rint(np.clip(pixels, 0, 255)).astype(np.uint8)
    return levels


if __name__ == "__main__":
    main()
