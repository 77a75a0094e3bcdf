"""Write live_frames.json: live frames as Python sends them, and what the page is to read.

python tests/shared/make_live_frames.py [file]
"""

from __future__ import annotations

import base64
import itertools
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.live.frame_message import frame_picture
from actwidget.live.live_scale import LiveScale
from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.protocol.live_requests import LiveRequest
from actwidget.recording.layer import LayerMaps

PATCH = (1, 2, 3, 2, 4)


def maps(scale: float) -> NDArray[np.float32]:
    """80 × 90 units of two channels, one of them with units that are not finite."""
    rows, columns = np.mgrid[:80, :90]
    waves = np.stack([np.sin(rows / 9), np.cos(columns / 7) * 40 - 3], axis=-1)
    found = (waves * scale).astype("f4")[None]
    found[0, 5, 6, 1] = np.nan
    return found


def layer(values: NDArray[np.float32]) -> LayerMaps:
    return LayerMaps("conv", "Conv2D", None, "maps", values)


def vector(request: LiveRequest, values: NDArray[np.float32], scale: LiveScale) -> dict[str, Any]:
    """A frame as a message, with some of its values: those of row 3, and of the patch."""
    content, buffers = frame_picture(request, layer(values), 1, scale, held=False)
    return {
        "message": content,
        "buffers": [base64.b64encode(each).decode() for each in buffers],
        "row": [[float(unit) for unit in row] for row in values[0, 3, :8].T],
        "window": [float(unit) for patch in request.patches for unit in _window(values, patch)],
    }


def _window(values: NDArray[np.float32], patch: tuple[int, ...]) -> NDArray[np.float32]:
    channel, row, column, rows, columns = patch
    return values[0, row : row + rows, column : column + columns, channel].ravel()


def vectors() -> list[dict[str, Any]]:
    """The first frame, one that counts on its scale, a compressed one, and a small layer."""
    common: dict[str, Any] = {"client": "page", "frames": 0, "layer": 2}
    large, small = (LiveScale(NORMALIZATIONS[:2], itertools.count(1)) for _ in range(2))
    return [
        vector(LiveRequest(id=1, **common, facts=True), maps(1), large),
        vector(LiveRequest(id=2, **common, version=1, block=1, patches=(PATCH,)), maps(1.5), large),
        vector(LiveRequest(id=3, **common, version=1, compress=True), maps(0.5), large),
        vector(LiveRequest(id=4, **common, facts=True), maps(1)[:, :4, :8, :1].copy(), small),
    ]


if __name__ == "__main__":
    default = Path(__file__).parent / "live_frames.json"
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    file.write_text(json.dumps(vectors(), indent=1) + "\n", encoding="utf-8")
