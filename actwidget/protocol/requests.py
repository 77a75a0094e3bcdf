"""The answers to the page's questions about a layer, as messages."""

from __future__ import annotations

from typing import Any

import numpy as np

from actwidget.numerics.mosaic import Mosaic
from actwidget.protocol import pictures
from actwidget.protocol.scales import LayerScales, ScalesCache
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording


def answer(
    question: dict[str, Any],
    recording: Recording,
    entry: LayerMaps,
    mosaic: Mosaic,
    sheets: ScalesCache,
) -> dict[str, Any]:
    """Make the message that answers a question.

    Parameters
    ----------
    question : dict
        Its ``kind``, the numbers of the ``layer``, the ``image`` and the ``slice``, and what else
        the kind asks for.
    recording : Recording
        What is shown.
    entry, mosaic
        The layer asked about and its layout.
    sheets
        The recording's: not every answer needs the layer's.

    Returns
    -------
    dict
        The bytes of a picture are its ``data``; an answer that is no picture has none.

    Raises
    ------
    ValueError
        If the kind is none of those that are answered.
    """
    layer, image, number = question["layer"], question["image"], question.get("slice", 0)
    if question["kind"] == "overview":
        place = layer, image, number
        asked = question["input"]
        return overview(recording, entry, mosaic, sheets[layer], place, with_input=asked)
    if question["kind"] == "prepare":
        done = sheets.prepare(layer, question["seconds"])
        return {"kind": "prepare", "layer": layer, "done": done}
    if question["kind"] == "detail":
        patches = [tuple(patch) for patch in question["patches"]]
        message = pictures.detail(
            entry.slice(number), image, question["block"], patches, sheets[layer]
        )
        return message | {"kind": "detail", "layer": layer, "image": image, "slice": number}
    if question["kind"] == "exact":
        place_in_tile = [question[key] for key in ("channel", "row", "column", "block")]
        value, row, column = pictures.exact(entry.slice(number), image, *place_in_tile)
        # JSON has no NaN or infinity.
        shown = value if np.isfinite(value) else str(value)
        return {"kind": "exact", "question": question, "value": shown, "unit": [row, column]}
    if question["kind"] == "beyond":
        affine = sheets[layer].affines[question["normalization"]]
        share = entry.map_array.clipped_share(entry.statistics, affine, tuple(question["limits"]))
        return {"kind": "beyond", "question": question, "share": share}
    raise ValueError(
        f"kind is {question['kind']!r}; it is overview, prepare, detail, exact or beyond"
    )


def overview(
    recording: Recording,
    entry: LayerMaps,
    mosaic: Mosaic,
    sheet: LayerScales,
    place: tuple[int, int, int],
    *,
    with_input: bool,
    saved: bool = False,
) -> dict[str, Any]:
    """Make the message that holds a layer's overview, and the input image where asked.

    `place` numbers the layer, the image and the slice.
    """
    layer, image, number = place
    message = pictures.overview(entry.slice(number), image, mosaic, sheet, saved=saved)
    message |= {"kind": "overview", "layer": layer, "image": image, "slice": number}
    # There is no image where the model takes vectors, tokens or volumes.
    if with_input and recording.images.size:
        message["input"] = recording.thumbnail(image)
    return message


def apart(message: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """Take the bytes of a picture, and those of the input image, out of a message."""
    message = dict(message)
    buffers = [message.pop("data")]
    if "input" in message:
        message["input"] = dict(message["input"])
        buffers.append(message["input"].pop("data"))
    return message, buffers
