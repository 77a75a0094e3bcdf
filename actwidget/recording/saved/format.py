"""The format of a saved recording.

It is a folder in zarr format 3. In a folder each part that is read is a file of its own, so that
any web server will do, even one without byte ranges such as ``python -m http.server``.

``zarr.json``
    The group. Its attribute ``actwidget`` describes the recording in JSON; see
    `actwidget.recording.saved.writer`.
``<folder>/maps/<number>``
    The maps of a layer, float32 ``(images, height, width, channels)``, bit for bit; of a volume
    ``(images, depth × height, width, channels)``, in chunks of single slices.
``<folder>/overviews/<number>``
    Each block's strongest unit, if the widget's overview has blocks of more than one unit; of a
    volume, slice below slice.
``<folder>/statistics/<number>``
    The statistics of the layer's channels, float64 ``(statistics, groups)``.
``<folder>/attributions/importance``, ``<folder>/attributions/heatmaps``
    What explains the likeliest classes, if there are classes: see
    `actwidget.recording.saved.saved_attributions`.
``<folder>/images``, ``<folder>/thumbnails``
    The images before preprocessing, and the image files that the page shows.

``<folder>`` is a new name at each save: a recording that is open while it is replaced misses its
parts, rather than reading those of another.
"""

from __future__ import annotations

import math
import os
import stat
from contextlib import suppress
from pathlib import Path

FORMAT = 2
"""Incremented when an older actwidget would misread what is written.

In format 1, overviews of volumes had blocks that reached from one slice into the next, and the
model's outputs were not saved.
"""

READABLE_FORMATS = range(1, FORMAT + 1)
"""What an older format lacks is computed from the maps."""

ATTRIBUTE = "actwidget"
"""The group's attribute that describes the recording."""

METADATA_FILE = "zarr.json"
"""The file that describes a zarr group or array."""

CODECS = ("bytes", "blosc", "crc32c")
"""The codecs that are read, in this order, of four axes after ``transpose``: none of these runs
code from the file, and the header that blosc writes tells how many bytes a chunk is to become."""

BLOSC_HEADER = 16
"""Bytes of that header; data that cannot be compressed grows by no more."""

CHECKSUM = 4
"""Bytes of the checksum at a chunk's end."""

DESCRIPTION_BYTES = 1 << 28
"""How long the description may be: that of 100,000 layers takes half of it."""

ARRAY_METADATA_BYTES = 1 << 16
"""How long an array's own metadata may be; what is written takes 1 KB."""

AXES = ("image", "row", "column", "channel")

CHUNK_UNITS = 1 << 16
"""About how many units a chunk has if maps are read in windows: 256 KB before compression, or one
channel of up to 256 × 256."""


def chunk_shape(shape: tuple[int, ...], *, block: int) -> tuple[int, ...]:
    """Choose the chunks of maps ``(images, height, width, channels)``: what is read at once.

    A whole image if the overview shows every unit (its level of detail, `block`, is 1), and so
    reads them all. Otherwise units are read one channel at a time: windows of one channel or, of
    small maps, a few.
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


def measure_files(folder: Path) -> tuple[int, int]:
    """Count a recording's files and their bytes, but not what a file manager adds to them."""
    count = size = 0
    for where, _, names in os.walk(folder):
        for name in names:
            if name == METADATA_FILE or name.startswith("c."):
                # It may just be deleted, if another recording takes this one's place.
                with suppress(FileNotFoundError):
                    found = os.stat(os.path.join(where, name))
                    count += stat.S_ISREG(found.st_mode)
                    size += found.st_size
    return count, size
