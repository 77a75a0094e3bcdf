"""Grey images of five shapes, drawn from a seed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

CLASS_NAMES = ("circle", "square", "triangle", "cross", "star")
SIDE = 48

# Pillow draws without antialiasing: draw larger, then average blocks of this side.
_SUPERSAMPLING = 4
# The closest a shape comes to the border, in pixels.
_MARGIN = 2


def draw_shapes(count: int, *, seed: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Draw grey images that hold one shape each, with their labels.

    Class, position, size, angle, line or filled, contrast (dark on light too), background level
    and slope, and noise are drawn independently. The first images of a longer draw are those of
    a shorter draw with the same seed.

    Parameters
    ----------
    count
        The number of images, at least 1.
    seed
        The seed of `numpy.random.default_rng`.

    Returns
    -------
    images
        ``(images, 48, 48, 1)``, float32, 0 (black) to 1 (white), in steps of 1/255 as from an
        8-bit image file.
    labels
        ``(images,)``, int64, positions in `CLASS_NAMES`.

    Raises
    ------
    ValueError
        If `count` is less than 1.

    Examples
    --------
    >>> from actwidget.examples.shapes import draw_shapes
    >>> images, labels = draw_shapes(3, seed=1)
    >>> images.shape, labels.shape
    ((3, 48, 48, 1), (3,))
    """
    if count < 1:
        raise ValueError(f"count is {count}; draw_shapes draws 1 image or more")
    generator = np.random.default_rng(seed)
    images = np.empty((count, SIDE, SIDE, 1), dtype=np.float32)
    labels = np.empty(count, dtype=np.int64)
    for position in range(count):
        labels[position] = generator.integers(len(CLASS_NAMES))
        images[position, :, :, 0] = _draw_image(CLASS_NAMES[labels[position]], generator)
    return images, labels


def _draw_image(name: str, generator: np.random.Generator) -> npt.NDArray[np.float64]:
    coverage = _draw_coverage(name, generator)
    background = _background(generator)
    contrast = generator.uniform(0.2, 0.5)
    level = background.mean()
    # Dark on bright, bright on dark, and either on a middle grey, which has room for both.
    darker = level > generator.uniform(0.3, 0.7)
    shape_level = level - contrast if darker else level + contrast
    noise = generator.uniform(0.01, 0.1) * generator.standard_normal((SIDE, SIDE))
    image = background + coverage * (shape_level - background) + noise
    return _quantize(image)


def _quantize(image: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Clip to 0…1 and round to steps of 1/255, as an 8-bit image file would."""
    levels: npt.NDArray[np.float64] = np.round(np.clip(image, 0, 1) * 255)
    return levels / 255


def _background(generator: np.random.Generator) -> npt.NDArray[np.float64]:
    """Draw a grey level with a linear slope, so that brightness alone is not informative."""
    level = generator.uniform(0.15, 0.85)
    slope = generator.uniform(0, 0.25)
    angle = generator.uniform(0, 2 * np.pi)
    across = np.linspace(-0.5, 0.5, SIDE)
    ramp = np.cos(angle) * across[None, :] + np.sin(angle) * across[:, None]
    return np.asarray(level + slope * ramp)


def _draw_coverage(name: str, generator: np.random.Generator) -> npt.NDArray[np.float64]:
    """Draw how much of each pixel the shape covers, 0 to 1, ``(row, column)``."""
    radius = generator.uniform(9, 19)
    column, row = generator.uniform(_MARGIN + radius, SIDE - _MARGIN - radius, size=2)
    angle = generator.uniform(0, 2 * np.pi)
    filled = generator.random() < 0.5
    line_width = generator.uniform(1.5, 3.5)

    corners = outline(name) @ rotation(angle) * radius + (column, row)
    points = [(float(x), float(y)) for x, y in corners * _SUPERSAMPLING]
    canvas = Image.new("L", (SIDE * _SUPERSAMPLING, SIDE * _SUPERSAMPLING))
    pen = ImageDraw.Draw(canvas)
    if filled:
        pen.polygon(points, fill=255)
    else:
        # Two points over the end, so that the joint where the line closes is drawn as well.
        width = round(line_width * _SUPERSAMPLING)
        pen.line([*points, *points[:2]], fill=255, width=width, joint="curve")
    return np.asarray(canvas.reduce(_SUPERSAMPLING), dtype=np.float64) / 255


def outline(name: str) -> npt.NDArray[np.float64]:
    """Return the corners of a shape in the unit circle, ``(corner, (x, y))``."""
    if name == "circle":
        return _regular(64)
    if name == "square":
        return _regular(4)
    if name == "triangle":
        return _regular(3)
    if name == "star":
        # The inner corners of a pentagram lie at this part of the radius.
        inner = (3 - np.sqrt(5)) / 2
        return _regular(10) * np.where(np.arange(10) % 2, inner, 1.0)[:, None]
    half_arm = 0.28
    arm = np.array([(half_arm, half_arm), (half_arm, 0.96), (-half_arm, 0.96)])
    return np.concatenate([arm @ rotation(quarter * np.pi / 2) for quarter in range(4)])


def _regular(corners: int) -> npt.NDArray[np.float64]:
    angles = 2 * np.pi * np.arange(corners) / corners
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def rotation(angle: float) -> npt.NDArray[np.float64]:
    """Return the matrix that rotates points in rows, ``points @ matrix``, from x towards y."""
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
