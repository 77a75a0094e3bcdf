"""What a saved recording consists of.

It is a folder in zarr format 3. A folder and not one file, since then each part that is read is a
file of its own: any web server that serves files will do, also one that knows no byte ranges, such
as ``python -m http.server``.

``zarr.json``
    The group. Its attribute ``actwidget`` describes the recording in JSON; see
    `actwidget.recording.saved.writer`.
``<folder>/maps/<number>``
    The maps of a layer, float32 ``(images, height, width, channels)``, bit for bit; of a volume
    ``(images, depth × height, width, channels)``, in chunks of single slices.
``<folder>/overviews/<number>``
    Each block's strongest unit, where the widget's overview has blocks larger than single units;
    of a volume, slice below slice.
``<folder>/statistics/<number>``
    The statistics of the layer's channels, float64 ``(statistics, groups)``.
``<folder>/images``, ``<folder>/thumbnails``
    The images before preprocessing, and the files of how the page shows them.

``<folder>`` is a name of each save's own: a recording that was opened and is replaced meanwhile
misses its parts, rather than reading those of another.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

FORMAT = 2
"""Counts up when an older actwidget would misread what is written.

1: overviews of volumes had blocks that reached from one slice into the next, and what the model
returned was not kept.
"""

OPENED = range(1, FORMAT + 1)
"""The formats that are read: of an older one, what it lacks is worked out from the maps."""

KEY = "actwidget"
"""The group's attribute that describes the recording."""

DESCRIPTION = "zarr.json"
"""The file that tells a recording."""

CODECS = frozenset({"transpose", "bytes", "blosc", "crc32c"})
"""How chunks are encoded; none of these runs code from the file."""

AXES = ("image", "row", "column", "channel")

CHUNK_UNITS = 1 << 16
"""About how many units a chunk has of maps that are read in windows: 256 KB before compression,
and one channel of up to 256 × 256."""


def chunk_shape(shape: tuple[int, ...], *, block: int) -> tuple[int, ...]:
    """Choose the chunks of maps: what is read at once.

    Parameters
    ----------
    shape : tuple[int, ...]
        ``(images, height, width, channels)``.
    block : int
        The level of detail of the overview.

    Returns
    -------
    tuple[int, ...]
        One image whole where the overview shows every unit and reads all of them. Where it does
        not, units are read one channel at a time: windows of one or, of small maps, a few channels.
    """
    _, height, width, channels = shape
    if block == 1:
        return 1, height, width, channels
    rows, columns = height, width
    if height * width > 2 * CHUNK_UNITS:
        rows = min(height, math.isqrt(CHUNK_UNITS))
        columns = min(width, CHUNK_UNITS // rows)
        rows = min(height, CHUNK_UNITS // columns)
    return 1, rows, columns, max(1, min(channels, CHUNK_UNITS // (rows * columns)))


def measure(folder: Path) -> tuple[int, int]:
    """Count the files of a recording, and their bytes; not what a file manager adds to them."""
    sizes = [
        os.path.getsize(os.path.join(where, name))
        for where, _, names in os.walk(folder)
        for name in names
        if name == DESCRIPTION or name.startswith("c.")
    ]
    return len(sizes), sum(sizes)
