"""One channel's strongest images as bytes: a header in JSON, then the strip of pictures."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np

from actwidget.surveys.arrays import ChannelTop

_LENGTH = struct.Struct("<I")

MOST_IMAGES = 1000


def write_record(top: ChannelTop) -> bytes:
    """Return a channel's strongest images as bytes."""
    header = {
        "images": top.images.tolist(),
        "units": top.units.tolist(),
        # The shortest number that is read as the same float32.
        "values": [float(str(value)) for value in top.values],
        "names": top.names,
        "labels": top.labels,
        "width": top.strip_width,
    }
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "backslashreplace"
    )
    return _LENGTH.pack(len(text)) + text + (top.strip or b"")


def read_record(data: bytes) -> ChannelTop:
    """Return a channel's strongest images; of no bytes, none.

    Raises
    ------
    ValueError
        If the bytes are none that `write_record` wrote.
    """
    if not data:
        none = np.zeros(0, np.int64)
        return ChannelTop(none, none, none.astype(np.float32), [], [])
    try:
        (length,) = _LENGTH.unpack_from(data)
        header = json.loads(data[_LENGTH.size : _LENGTH.size + length].decode("utf-8"))
        return _checked(header, data[_LENGTH.size + length :])
    except (struct.error, ValueError, LookupError, TypeError, RecursionError) as error:
        raise ValueError(
            f"the survey is damaged: what is known of a channel cannot be read ({error!s:.100}); "
            "copy it again, or save it again"
        ) from None


def _checked(header: dict[str, Any], strip: bytes) -> ChannelTop:
    images = np.asarray(header["images"], np.int64)
    units = np.asarray(header["units"], np.int64)
    values = np.asarray(header["values"], np.float32)
    names, labels, width = header["names"], header["labels"], header["width"]
    count = len(images)
    is_right = (
        images.shape == units.shape == values.shape == (count,)
        and count <= MOST_IMAGES
        and bool((images >= 0).all() and (units >= 0).all())
        and isinstance(names, list)
        and len(names) == count
        and all(isinstance(name, str) for name in names)
        and isinstance(labels, list)
        and len(labels) in (0, count)
        and all(type(label) is int for label in labels)
        and type(width) is int
        and 0 <= width <= 1 << 12
    )
    if not is_right:
        raise ValueError("its lists do not fit each other")
    return ChannelTop(images, units, values, names, labels, strip or None, width)
