"""Write messages.json: requests that Python accepts, and what it replies to them.

python tests/shared/make_messages.py [file]
"""

from __future__ import annotations

import base64
import gzip
import json
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.protocol.profiles import ProfilesRequest
from actwidget.protocol.registry import parse, registered
from actwidget.protocol.requests import (
    ClippedRequest,
    DetailRequest,
    InputRequest,
    OverviewRequest,
    PrepareRequest,
    Request,
    ValueRequest,
)
from actwidget.protocol.responder import Responder
from actwidget.protocol.shown_recording import ShownRecording, show_recording
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

LARGE: Any = {"layer": 2, "image": 0, "slice": 0}

REQUESTS: list[Request] = [
    PrepareRequest(id=1, layer=2, seconds=60.0),
    OverviewRequest(id=2, layer=1, image=0, slice=0, input=False),
    OverviewRequest(id=3, **LARGE, input=False),
    DetailRequest(id=4, **LARGE, block=1, patches=((1, 2, 3, 1, 4), (0, 0, 0, 2, 2))),
    ValueRequest(id=5, **LARGE, channel=1, row=2, column=3, block=2),
    ValueRequest(id=6, layer=1, image=0, slice=0, channel=0, row=0, column=0, block=1),
    ClippedRequest(id=7, layer=1, normalization=0, limits=(-0.5, 1.0)),
    OverviewRequest(id=8, layer=9, image=0, slice=0, input=False),
    ProfilesRequest(id=9, first=1),
    InputRequest(id=10, image=0),
]


def shown() -> ShownRecording:
    """A small layer with units that are not finite, and one that is sent as codes."""
    small = (np.arange(2 * 3 * 2).reshape(1, 2, 3, 2) % 7 - 3).astype("f4") / 4
    small[0, 0, 0, 0] = np.nan
    # Runs of the same value, so that the file stays small.
    rows = (np.arange(200) // 20 - 5).astype("f4")
    large = np.ascontiguousarray(np.broadcast_to(rows[:, None, None], (1, 200, 200, 2)))
    large[0, 0, 0, 0] = np.inf
    layers = [
        LayerMaps(path, "Conv2D", None, "maps", maps)
        for path, maps in {"small": small, "large": large}.items()
    ]
    image = np.zeros((1, 4, 4, 3), "u1")
    recording = Recording(layers, model_name="net", inputs=image.astype("f4"), images=image)
    return show_recording(recording, NORMALIZATIONS[:2], "auto", lambda: None)


def message(request: Request) -> dict[str, Any]:
    """The request as the page sends it."""
    fields = {name: value for name, value in asdict(request).items() if name != "buffers"}
    found: dict[str, Any] = json.loads(json.dumps({"kind": request.kind, **fields}))
    assert parse(found) == request
    return found


def vectors() -> list[dict[str, Any]]:
    """Each request with its reply; of bytes also the first of the units that they hold."""
    replies: list[tuple[dict[str, Any], Sequence[bytes]]] = []
    responder = Responder(shown(), lambda content, buffers: replies.append((content, buffers)))
    found = []
    for request in REQUESTS:
        # In place, whatever the kind: one after the other.
        responder._answer(request, registered(request), threading.Event())
        content, buffers = replies.pop()
        found.append(
            {
                "request": message(request),
                "reply": content,
                "buffers": [base64.b64encode(each).decode() for each in buffers],
                "units": _units(content, buffers),
            }
        )
    return found


def _units(content: dict[str, Any], buffers: Sequence[bytes]) -> list[Any]:
    if not buffers or content["kind"] == "input":
        return []
    block, offset, arrays = gzip.decompress(buffers[0]), 0, {}
    for name, kind, count in content["arrays"]:
        dtype = np.dtype(kind).newbyteorder("<")
        plain = np.frombuffer(block, np.uint8, count * dtype.itemsize, offset)
        if dtype.itemsize == 2:
            plain = np.ascontiguousarray(plain.reshape(2, -1).T).reshape(-1)
        arrays[name] = plain.view(dtype)
        offset += -(-plain.nbytes // 8) * 8
    # JSON has no NaN or infinity.
    return [float(u) if np.isfinite(u) else str(u) for u in arrays["units"][:12]]


if __name__ == "__main__":
    default = Path(__file__).with_name("messages.json")
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    file.write_text(json.dumps(vectors(), indent=1) + "\n", "utf-8")
