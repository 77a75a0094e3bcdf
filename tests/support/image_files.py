"""Image files, written for data sets; each is of one brightness, from which it is known again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from actwidget.surveying.sources.source import Batch


def write_image(
    path: Path, level: int, *, size: tuple[int, int] = (12, 16), mode: str = "RGB"
) -> Path:
    """Write an image of a brightness and a size (height, width)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = Image.fromarray(np.full(size, level, np.uint8)).convert(mode)
    pixels.save(path, quality=95)
    return path


def write_classes(folder: Path) -> list[Path]:
    """Write images 0, 10, 20, 30 of cats and dogs; returns them in their order."""
    names = ["cats/10.png", "cats/9.png", "dogs/a.png", "dogs/old/b.png"]
    return [write_image(folder / name, 10 * at) for at, name in enumerate(names)]


def levels(batch: Batch) -> list[int]:
    """Return the brightness of each image."""
    return [round(float(np.mean(image))) for image in batch.images]
